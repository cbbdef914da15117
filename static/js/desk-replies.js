// data-replies="text-id": puts the chosen standard reply into the answer. Without this the button
// saves the draft with the text in it.
function insert(textarea, body) {
  const typed = textarea.value.trimEnd();
  textarea.value = typed ? `${typed}\n\n${body}` : body;
  textarea.dispatchEvent(new Event("input", { bubbles: true }));
  textarea.focus();
}

document.querySelectorAll("[data-replies]").forEach((row) => {
  const textarea = document.getElementById(row.dataset.replies);
  const select = row.querySelector("select");
  row.querySelector("button").addEventListener("click", (event) => {
    event.preventDefault();
    const body = select.selectedOptions[0]?.dataset.body;
    if (body) insert(textarea, body);
  });
});
