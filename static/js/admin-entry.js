// The call centre's form: what is known about a phone appears while the agent goes on, and so do the
// questions of the chosen category. Without this, the buttons of the page do the same.
const form = document.querySelector("[data-entry]");

async function piece(address, options) {
  const response = await fetch(address, { ...options, headers: { "X-Requested-With": "fetch" } });
  return response.ok ? response.text() : null;
}

async function lookUp() {
  const data = new FormData();
  for (const name of ["csrfmiddlewaretoken", "phone"]) data.append(name, form.elements[name].value);
  const html = await piece(form.dataset.lookup, { method: "POST", body: data });
  if (html === null) return;
  document.getElementById("entry-earlier").innerHTML = html;
}

async function askQuestions() {
  const address = `${form.dataset.questions}?category=${encodeURIComponent(form.elements.category.value)}`;
  const html = await piece(address);
  if (html !== null) document.getElementById("entry-questions").innerHTML = html;
}

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
