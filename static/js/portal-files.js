// Files go up as soon as they are chosen, so that the next photo does not replace the last one and each can be
// taken off again. <button data-attach> is the button that does the same without this script.
document.querySelectorAll("[data-attach]").forEach((button) => {
  const input = button.form.querySelector('input[type="file"]');
  input?.addEventListener("change", () => {
    if (input.files.length) button.click();
  });
});
