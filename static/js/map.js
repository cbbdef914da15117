// The map beside the place fields. The fields are the truth; the map only fills or shows them.
//
// <div data-map> attributes, all optional: data-lat, data-lng, data-zoom (where it opens),
// data-outlines (address of map-outlines.js), data-neighbourhoods (of GeoJSON polygons), data-tiles, data-attribution,
// data-lat-input, data-lng-input (ids of the fields it fills), data-pin-lat, data-pin-lng (a place to show).

const PIN =
  '<svg viewBox="0 0 24 24" fill="currentColor" stroke="#fff" aria-hidden="true">' +
  '<path d="M12 22s8-7 8-13a8 8 0 0 0-16 0c0 6 8 13 8 13z"/><circle cx="12" cy="9" r="3" fill="#fff"/></svg>';

const STREETS = 16;
const NOTHING = { type: "FeatureCollection", features: [] };

const pin = () => L.divIcon({ className: "map__pin", html: PIN, iconSize: [40, 40], iconAnchor: [20, 38] });

async function load(address) {
  if (!address) return NOTHING;
  const response = await fetch(address, { headers: { Accept: "application/json" } });
  return response.ok ? response.json() : NOTHING;
}

class PlaceMap {
  constructor(box) {
    this.box = box;
    this.data = box.dataset;
    this.latInput = document.getElementById(this.data.latInput);
    this.lngInput = document.getElementById(this.data.lngInput);
    this.picks = Boolean(this.latInput && this.lngInput);
    // A wheel over the map scrolls the page; zooming has its own buttons.
    this.map = L.map(box, { scrollWheelZoom: false, zoomControl: false, zoomSnap: this.data.tiles ? 1 : 0.25 });
    this.map.attributionControl.setPrefix(false);
    this.map.setView(
      [Number(this.data.lat) || 39.9, Number(this.data.lng) || 32.85],
      Number(this.data.zoom) || 13,
    );
  }

  start() {
    L.control.zoom({ zoomInTitle: this.data.zoomIn, zoomOutTitle: this.data.zoomOut }).addTo(this.map);
    L.control.scale({ imperial: false, position: "topright" }).addTo(this.map);
    if (this.data.tiles) this.drawPicture();
    else this.manageWithoutPicture();
    this.drawNeighbourhoods();
    if (this.picks) this.pick();
    else if (this.data.pinLat) this.mark(L.latLng(Number(this.data.pinLat), Number(this.data.pinLng)), true);
  }

  drawPicture() {
    let seen = false;
    L.tileLayer(this.data.tiles, { attribution: this.data.attribution, maxZoom: 19 })
      .on("tileload", () => (seen = true))
      .on("tileerror", () => seen || this.manageWithoutPicture())
      .addTo(this.map);
  }

  // No streets: the outlines of the neighbourhoods are all there is, and the map says so.
  manageWithoutPicture() {
    this.box.classList.add("map--outlines");
    this.map.attributionControl.addAttribution(this.data.saidOutlines);
  }

  async drawNeighbourhoods() {
    const [{ Outlines }, features] = await Promise.all([import(this.data.outlines), load(this.data.neighbourhoods)]);
    const outlines = new Outlines(this.map, features);
    if (!this.data.tiles && outlines.isEmpty) return this.giveUp();
    if (!this.data.tiles) this.near = outlines.limitZoom();
    if (this.marker) this.map.setView(this.marker.getLatLng(), this.near ?? this.map.getZoom());
    else outlines.showAll();
  }

  giveUp() {
    this.box.hidden = true;
    this.say(this.data.saidNothing);
  }

  pick() {
    this.map.on("click", (event) => this.choose(event.latlng));
    // Enter sets the pin in the middle of the map, so that arrow keys and Enter are enough.
    this.box.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.target !== this.box) return;
      event.preventDefault();
      this.choose(this.map.getCenter());
    });
    [this.latInput, this.lngInput].forEach((input) => input.addEventListener("change", () => this.follow()));
    this.follow();
  }

  // The fields say where: put the pin there.
  follow() {
    const [lat, lng] = [this.latInput, this.lngInput].map((input) =>
      Number.parseFloat(input.value.replace(",", ".")),
    );
    if (!Number.isFinite(lat) || !Number.isFinite(lng)) return;
    const place = L.latLng(lat, lng);
    // What was just marked on the map is in view already: it must not jump under the finger.
    if (!this.marker || this.marker.getLatLng().distanceTo(place) > 1) this.mark(place, true);
  }

  choose(place) {
    this.latInput.value = place.lat.toFixed(6);
    this.lngInput.value = place.lng.toFixed(6);
    this.mark(place, false);
    this.say(this.data.saidChosen);
    this.latInput.dispatchEvent(new Event("change", { bubbles: true }));
  }

  mark(place, centre) {
    if (this.marker) this.marker.setLatLng(place);
    else this.marker = L.marker(place, { icon: pin(), keyboard: false, interactive: false }).addTo(this.map);
    if (centre) this.map.setView(place, Math.max(this.map.getZoom(), this.near ?? STREETS));
  }

  say(words) {
    const status = document.getElementById(`${this.box.id}-status`);
    if (status && words) status.textContent = words;
  }

  // "Use my location"
  locate(button) {
    this.say(this.data.saidLooking);
    button.setAttribute("aria-busy", "true");
    const done = () => button.removeAttribute("aria-busy");
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        done();
        const place = L.latLng(coords.latitude, coords.longitude);
        this.choose(place);
        this.map.setView(place, this.near ?? STREETS);
      },
      () => {
        done();
        this.say(this.data.saidFailed);
      },
      { enableHighAccuracy: true, timeout: 15000 },
    );
  }
}

document.querySelectorAll("[data-map]").forEach((box) => {
  if (!window.L) return;
  box.classList.add("map--ready");
  const map = new PlaceMap(box);
  map.start();
  document.querySelectorAll(`[data-locate="${box.id}"]`).forEach((button) => {
    if (!navigator.geolocation) button.hidden = true;
    button.addEventListener("click", () => map.locate(button));
  });
});
