// What the stock admin's scripts leave unfinished for screen readers.

// The two-list selector draws its search icon as a labelled <span>, which may not carry a label.
window.addEventListener("load", () => {
  document
    .querySelectorAll("span.help-tooltip[aria-label]")
    .forEach((icon) => icon.setAttribute("role", "img"));
});
