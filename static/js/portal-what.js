// Help with the subject: suggests some from the text, and the usual kind of the chosen one.
// <div data-suggest="/address" data-suggest-text data-suggest-category data-suggest-kind> holds ids of the
// fields; the buttons go into [data-suggest-list]. The select lists stay the truth.
const PAUSE = 700;
const ENOUGH = 8;

class Suggestions {
  constructor(box) {
    this.box = box;
    this.list = box.querySelector("[data-suggest-list]");
    [this.text, this.category, this.kind] = ["suggestText", "suggestCategory", "suggestKind"].map((name) =>
      document.getElementById(box.dataset[name]),
    );
    this.running = new AbortController();
    // A kind that the visitor chose is never changed again.
    this.kindIsOurs = this.kind.value === "";
  }

  start() {
    this.text.addEventListener("input", () => this.later());
    this.category.addEventListener("change", () => this.chosen());
    this.kind.addEventListener("change", () => (this.kindIsOurs = this.kind.value === ""));
    this.later();
  }

  later() {
    clearTimeout(this.timer);
    // A lost suggestion is not worth a message: the next key press asks again.
    this.timer = setTimeout(() => this.ask().catch(() => undefined), PAUSE);
  }

  async ask() {
    this.running.abort();
    if (this.text.value.trim().length < ENOUGH) return;
    this.running = new AbortController();
    const response = await fetch(this.box.dataset.suggest, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ text: this.text.value.slice(0, 2000) }),
      signal: this.running.signal,
    });
    if (response.ok) this.show((await response.json()).categories);
  }

  show(categories) {
    const options = categories.map(({ code }) => this.category.querySelector(`option[value="${CSS.escape(code)}"]`));
    this.list.replaceChildren(...options.filter(Boolean).map((option) => this.button(option)));
    this.box.hidden = !this.list.children.length;
    this.mark();
  }

  button(option) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "govuk-button govuk-button--secondary";
    button.dataset.code = option.value;
    button.textContent = option.textContent;
    button.addEventListener("click", () => {
      this.category.value = option.value;
      this.chosen();
    });
    return button;
  }

  chosen() {
    const option = this.category.selectedOptions[0];
    if (this.kindIsOurs) this.kind.value = option?.dataset.kind ?? "";
    this.mark();
  }

  mark() {
    [...this.list.children].forEach((button) => {
      button.setAttribute("aria-pressed", String(button.dataset.code === this.category.value));
    });
  }
}

document.querySelectorAll("[data-suggest]").forEach((box) => new Suggestions(box).start());
