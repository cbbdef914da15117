// A marked point chooses its neighbourhood in the list. The list stays the truth and can be changed.
// <div data-place data-place-locate="/address" data-place-select data-place-lat data-place-lng> holds ids of the
// fields. Where there is no map, [data-place-here] takes the device's own position.
class Place {
  constructor(box) {
    this.box = box;
    this.said = box.querySelector('[role="status"]');
    [this.select, this.lat, this.lng] = ["placeSelect", "placeLat", "placeLng"].map((name) =>
      document.getElementById(box.dataset[name]),
    );
  }

  start() {
    [this.lat, this.lng].forEach((input) => input.addEventListener("change", () => this.find().catch(() => undefined)));
    const here = this.box.querySelector("[data-place-here]");
    if (!here) return;
    if (navigator.geolocation) here.addEventListener("click", () => this.take(here));
    else here.hidden = true;
  }

  async find() {
    const [lat, lng] = [this.lat, this.lng].map((input) => Number.parseFloat(input.value.replace(",", ".")));
    if (!Number.isFinite(lat) || !Number.isFinite(lng)) return;
    const response = await fetch(this.box.dataset.placeLocate, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ lat, lng }),
    });
    if (response.ok) this.choose((await response.json()).neighbourhood);
  }

  choose(neighbourhood) {
    if (neighbourhood) this.select.value = neighbourhood.code;
    const { saidFound, saidOutside } = this.box.dataset;
    const known = this.select.options.length > 1 && this.box.hasAttribute("data-place-boundaries");
    if (neighbourhood) this.say(saidFound.replace("{name}", neighbourhood.name));
    else if (known) this.say(saidOutside);
  }

  take(button) {
    button.setAttribute("aria-busy", "true");
    const done = (words) => {
      button.removeAttribute("aria-busy");
      this.say(words);
    };
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        this.lat.value = coords.latitude.toFixed(6);
        this.lng.value = coords.longitude.toFixed(6);
        done(this.box.dataset.saidMarked);
        this.lat.dispatchEvent(new Event("change", { bubbles: true }));
      },
      () => done(this.box.dataset.saidFailed),
      { enableHighAccuracy: true, timeout: 15000 },
    );
  }

  say(words) {
    this.said.textContent = words;
  }
}

document.querySelectorAll("[data-place]").forEach((box) => new Place(box).start());
