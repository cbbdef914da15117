// Keyboard for staff who do two hundred of these a day.
//
// data-key="s"        that key clicks the element, or focuses it if it is a field
// data-key-row        j and k walk these rows; Enter opens the row's first link
// <dialog data-keys-help>   ? opens it

const rows = () => [...document.querySelectorAll("[data-key-row]")];

function isTyping(target) {
  return target.closest("input, select, textarea, [contenteditable]") !== null;
}

function press(element) {
  for (let fold = element.closest("details"); fold; fold = fold.parentElement.closest("details")) {
    if (!element.matches("summary") || element.parentElement !== fold) fold.open = true;
  }
  if (element.matches("input:not([type=submit]), select, textarea")) element.focus();
  else element.click();
}

function move(step) {
  const all = rows();
  if (!all.length) return;
  const now = all.findIndex((row) => row.classList.contains("row--current"));
  const next = all[Math.min(all.length - 1, Math.max(0, now + step))];
  all.forEach((row) => row.classList.toggle("row--current", row === next));
  const link = next.querySelector("a");
  (link ?? next).focus();
  next.scrollIntoView({ block: "nearest" });
}

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  const help = document.querySelector("dialog[data-keys-help]");
  if (help?.open) return;
  const owner = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (event.key === "j" && rows().length) move(1);
  else if (event.key === "k" && rows().length) move(-1);
  else if (event.key === "?" && help) help.showModal();
  else if (owner) press(owner);
  else return;
  event.preventDefault();
}

document.addEventListener("keydown", onKey);
