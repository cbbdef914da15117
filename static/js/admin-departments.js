// <select data-combobox>: typing finds an option by any part of its name, Turkish letters or not.
// The select stays what is sent; without this it is used as it is.

const LETTERS = { ç: "c", ğ: "g", ı: "i", ö: "o", ş: "s", ü: "u", â: "a", î: "i", û: "u" };
const fold = (text) => text.toLocaleLowerCase("tr").replace(/[çğıöşüâîû]/g, (letter) => LETTERS[letter]);

class Combobox {
  constructor(select) {
    this.select = select;
    this.options = [...select.options].filter((option) => option.value);
    this.input = this.makeInput();
    this.list = this.makeList();
    select.before(this.input, this.list);
    select.hidden = true;
    const label = document.querySelector(`label[for="${select.id}"]`);
    if (label) label.htmlFor = this.input.id;
    this.listen();
  }

  makeInput() {
    const input = document.createElement("input");
    Object.assign(input, { type: "text", id: `${this.select.id}-text`, autocomplete: "off" });
    input.value = this.select.value ? this.select.selectedOptions[0].text : "";
    input.placeholder = this.select.options[0].text;
    const attributes = { role: "combobox", "aria-expanded": "false", "aria-autocomplete": "list", "aria-controls": `${this.select.id}-list` };
    for (const name of Object.keys(attributes)) input.setAttribute(name, attributes[name]);
    for (const name of ["data-key", "aria-describedby"]) {
      if (this.select.hasAttribute(name)) input.setAttribute(name, this.select.getAttribute(name));
      this.select.removeAttribute(name);
    }
    return input;
  }

  makeList() {
    const list = document.createElement("ul");
    Object.assign(list, { id: `${this.select.id}-list`, className: "combobox", hidden: true });
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", this.select.options[0].text);
    return list;
  }

  listen() {
    this.input.addEventListener("input", () => this.suggest());
    this.input.addEventListener("keydown", (event) => this.onKey(event));
    this.input.addEventListener("blur", () => setTimeout(() => this.close(), 150));
    this.select.form.addEventListener("submit", (event) => this.check(event));
  }

  suggest() {
    const words = fold(this.input.value).split(/\s+/).filter(Boolean);
    const found = this.options.filter((option) => words.every((word) => fold(option.text).includes(word)));
    this.select.value = "";
    this.current = -1;
    this.input.removeAttribute("aria-activedescendant");
    this.list.replaceChildren(...(words.length ? found.slice(0, 8) : []).map((option, index) => this.item(option, index)));
    if (words.length && !found.length) this.list.replaceChildren(this.nothing());
    this.show(words.length > 0);
    if (found.length === 1) this.mark(0);
  }

  item(option, index) {
    const item = document.createElement("li");
    Object.assign(item, { id: `${this.list.id}-${index}`, className: "combobox__item", textContent: option.text });
    item.setAttribute("role", "option");
    item.dataset.value = option.value;
    item.addEventListener("mousedown", (event) => {
      event.preventDefault();
      this.choose(item);
    });
    return item;
  }

  nothing() {
    const item = document.createElement("li");
    Object.assign(item, { className: "combobox__none", textContent: this.select.dataset.none });
    item.setAttribute("role", "option");
    item.setAttribute("aria-disabled", "true");
    return item;
  }

  get items() {
    return [...this.list.querySelectorAll("[data-value]")];
  }

  onKey(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && this.items.length) this.mark((this.current + step + this.items.length) % this.items.length);
    else if (event.key === "Enter" && !this.list.hidden && this.items.length) this.choose(this.items[Math.max(this.current, 0)]);
    else if (event.key === "Escape" && !this.list.hidden) this.close();
    else return;
    event.preventDefault();
  }

  mark(index) {
    this.current = index;
    this.items.forEach((item, at) => item.setAttribute("aria-selected", String(at === index)));
    this.input.setAttribute("aria-activedescendant", this.items[index].id);
  }

  choose(item) {
    this.select.value = item.dataset.value;
    this.input.value = item.textContent;
    this.close();
  }

  // What was typed in full counts as chosen.
  check(event) {
    const typed = fold(this.input.value.trim());
    const same = this.options.find((option) => fold(option.text) === typed);
    if (same) this.select.value = same.value;
    if (this.select.value || event.submitter?.name) return;
    event.preventDefault();
    delete this.select.form.dataset.sent;
    this.input.focus();
  }

  show(open) {
    this.list.hidden = !open;
    this.input.setAttribute("aria-expanded", String(open));
    if (!open) this.input.removeAttribute("aria-activedescendant");
  }

  close() {
    this.show(false);
  }
}

document.querySelectorAll("select[data-combobox]").forEach((select) => new Combobox(select));
