// The call centre's form: what is known about a phone appears while the agent goes on, and so do the
// questions of the chosen category. Without this, the buttons of the page do the same.
const form = document.querySelector("[data-entry]");

// The question under way for each piece of the page.
const running = {};

// Posts the fields that isWanted and puts the answer where it belongs. What was asked before is not waited for any
// more: an answer about half a number must not come last and stay.
async function fill(id, address, isWanted) {
  running[id]?.abort();
  running[id] = new AbortController();
  const body = new FormData();
  for (const [name, value] of new FormData(form)) {
    if (name === "csrfmiddlewaretoken" || isWanted(name)) body.append(name, value);
  }
  const { signal } = running[id];
  const response = await fetch(address, { method: "POST", body, headers: { "X-Requested-With": "fetch" }, signal });
  if (response.ok) document.getElementById(id).innerHTML = await response.text();
}

// A question that was given up or lost is not worth a message: the page's buttons ask again.
const lookUp = () => fill("entry-earlier", form.dataset.lookup, (name) => name === "phone").catch(() => undefined);

// What was answered goes along, so that it comes back with the questions.
const askQuestions = () =>
  fill("entry-questions", form.dataset.questions, (name) => name === "category" || name.startsWith("q_")).catch(
    () => undefined,
  );

// The telephone system opens this page with the number behind a #, which no server and no log ever sees.
if (/^#\+?\d+$/.test(location.hash) && !form.elements.phone.value) {
  form.elements.phone.value = location.hash.slice(1);
  history.replaceState(null, "", location.pathname);
  lookUp();
  form.elements.description.focus();
}

// Coming back, the browser fills the fields in again but not what was found.
window.addEventListener("pageshow", () => {
  const known = document.querySelector("#entry-earlier ul");
  if (!known && form.elements.phone.value) lookUp();
});

let last = form.elements.phone.value;
form.elements.phone.addEventListener("input", () => {
  const digits = form.elements.phone.value.replace(/\D/g, "");
  if (digits.length < 10 || digits === last) return;
  last = digits;
  lookUp();
});

// The access keys work with Alt alone, whatever the browser asks for besides; one that took the key itself says so.
document.addEventListener("keydown", (event) => {
  if (!event.altKey || event.ctrlKey || event.metaKey || event.defaultPrevented) return;
  const owner = form.querySelector(`[accesskey="${CSS.escape(event.key.toLowerCase())}"]`);
  if (!owner) return;
  event.preventDefault();
  owner.focus();
  if (owner.matches("button, [type=checkbox]")) owner.click();
});

form.elements.category.addEventListener("change", askQuestions);

form.querySelector("[name=lookup]").addEventListener("click", (event) => {
  event.preventDefault();
  lookUp();
});

// Enter in the phone field looks the phone up; it must not send a half-filled form.
form.elements.phone.addEventListener("keydown", (event) => {
  if (event.key !== "Enter") return;
  event.preventDefault();
  lookUp();
  form.elements.description.focus();
});
