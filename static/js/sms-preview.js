// data-sms-preview="/address" data-source="form-id": shows the SMS as it would be sent while the
// form is being filled in. The address gets the form's fields and answers
// {"text": "…", "segments": 2, "characters": 160}, with "notes" where the page has room for more.
const PAUSE = 400;

function show(bubble, preview) {
  bubble.querySelector("[data-sms-text]").textContent = preview.text;
  bubble.querySelector("[data-sms-segments]").textContent = preview.segments;
  bubble.querySelector("[data-sms-characters]").textContent = preview.characters;
  const notes = bubble.querySelector("[data-sms-notes]");
  if (notes) notes.textContent = preview.notes;
  bubble.querySelector(".phone__count").classList.toggle("phone__count--many", preview.segments > 3);
}

async function refresh(bubble, form, signal) {
  const fields = new FormData(form);
  for (const [name, value] of [...fields]) if (value instanceof File) fields.delete(name);
  const response = await fetch(bubble.dataset.smsPreview, { method: "POST", body: fields, signal });
  if (response.ok) show(bubble, await response.json());
}

function follow(bubble) {
  const form = document.getElementById(bubble.dataset.source);
  if (!form) return;
  let timer;
  let running = new AbortController();
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      running.abort();
      running = new AbortController();
      // A lost preview is not worth a message: the next key press asks again.
      refresh(bubble, form, running.signal).catch(() => undefined);
    }, PAUSE);
  };
  form.addEventListener("input", later);
  form.addEventListener("change", later);
  later();
}

document.querySelectorAll("[data-sms-preview]").forEach(follow);
