// Small helps for forms. Everything here works without them.

// One press, one request: a button with data-prevent-double-click sends its form once.
function sendOnce(event) {
  const form = event.target;
  const button = form.querySelector("[data-prevent-double-click]");
  if (!button || event.defaultPrevented) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  button.setAttribute("aria-busy", "true");
}

// Coming back with the browser's back button must find the form usable again.
function unlockForms() {
  document.querySelectorAll("form[data-sent]").forEach((form) => {
    delete form.dataset.sent;
    form.querySelectorAll("[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
  });
}

// data-show-for="outcome" data-show-values="scheduled refused": shown while that field has
// one of those values. What is hidden is disabled too, so it is not sent.
function showMatching(block) {
  const form = block.closest("form") ?? document;
  const values = block.dataset.showValues.split(" ");
  const chosen = [...form.querySelectorAll(`[name="${block.dataset.showFor}"]`)]
    .filter((input) => (input.type !== "radio" && input.type !== "checkbox" ? true : input.checked))
    .map((input) => input.value);
  const visible = chosen.some((value) => values.includes(value));
  block.hidden = !visible;
  block.querySelectorAll("input, select, textarea").forEach((input) => (input.disabled = !visible));
}

function watchConditions() {
  const blocks = [...document.querySelectorAll("[data-show-for]")];
  if (!blocks.length) return;
  const update = () => blocks.forEach(showMatching);
  document.addEventListener("change", update);
  window.addEventListener("pageshow", update);
  update();
}

// The photos just chosen, so that a wrong one is seen before it is sent.
function previewItem(file) {
  const item = document.createElement("li");
  item.className = "preview__item";
  if (file.type.startsWith("image/")) {
    const image = document.createElement("img");
    image.alt = "";
    const reader = new FileReader();
    reader.addEventListener("load", () => (image.src = reader.result));
    reader.readAsDataURL(file);
    item.append(image);
  }
  item.append(file.name);
  return item;
}

function previewFiles(group) {
  const input = group.querySelector('input[type="file"]');
  if (!input) return;
  const list = document.createElement("ul");
  list.className = "preview";
  list.setAttribute("aria-live", "polite");
  (input.closest(".file-pick") ?? input).after(list);
  input.addEventListener("change", () => list.replaceChildren(...[...input.files].map(previewItem)));
}

// A page that answers a form stands in the history under an address that can be opened, so that neither Back nor
// Reload asks to send the form again.
function standUnderOwnAddress() {
  const address = document.querySelector('meta[name="shown-again"]')?.content;
  if (address) history.replaceState(null, "", address);
}

standUnderOwnAddress();
document.addEventListener("submit", sendOnce);
window.addEventListener("pageshow", unlockForms);
document.querySelectorAll("[data-file-preview]").forEach(previewFiles);
document.querySelectorAll("[data-print]").forEach((button) => {
  button.addEventListener("click", () => window.print());
});
watchConditions();
