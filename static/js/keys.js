// Keyboard for staff who do two hundred of these a day.
//
// data-key="s"        that key clicks the element, or focuses it if it is a field
// data-key-row        j and k walk these rows; Enter opens the row's first link
// <dialog data-keys-help>   ? opens it, and so does the button data-keys-open, shown where scripts run
// data-keys-switch    a box: without its tick no key does anything (WCAG 2.1.4). The browser remembers it.

const OFF = "keys-are-off";

// Where a browser keeps nothing, the keys are on and the switch holds for the page.
function remembered() {
  try {
    return localStorage.getItem(OFF) !== null;
  } catch {
    return false;
  }
}

function remember(isOff) {
  try {
    if (isOff) localStorage.setItem(OFF, "1");
    else localStorage.removeItem(OFF);
  } catch {
    // The class below holds for this page.
  }
}

const page = document.documentElement;
const help = document.querySelector("dialog[data-keys-help]");

function switchKeys(isOff) {
  page.classList.toggle(OFF, isOff);
}

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
  if (page.classList.contains(OFF) || help?.open) return;
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  const owner = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (event.key === "j" && rows().length) move(1);
  else if (event.key === "k" && rows().length) move(-1);
  else if (event.key === "?" && help) help.showModal();
  else if (owner) press(owner);
  else return;
  event.preventDefault();
}

switchKeys(remembered());
document.addEventListener("keydown", onKey);
document.querySelectorAll("[data-keys-open]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => help.showModal());
});
document.querySelectorAll("[data-keys-switch]").forEach((box) => {
  box.checked = !remembered();
  box.addEventListener("change", () => {
    switchKeys(!box.checked);
    remember(!box.checked);
  });
});
