// data-copy="26-0000123-4": copies that text. The button's answer is in data-copied.
async function copy(button) {
  await navigator.clipboard.writeText(button.dataset.copy);
  const label = button.querySelector("[data-copy-label]") ?? button;
  const before = label.textContent;
  label.textContent = button.dataset.copied;
  setTimeout(() => (label.textContent = before), 3000);
}

document.querySelectorAll("[data-copy]").forEach((button) => {
  // Without https there is no clipboard: the button would only disappoint.
  if (!navigator.clipboard) button.hidden = true;
  const label = button.querySelector("[data-copy-label]") ?? button;
  label.setAttribute("aria-live", "polite");
  button.addEventListener("click", () => copy(button));
});
