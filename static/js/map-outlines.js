// The neighbourhoods on a map: their borders, and the name of each in the middle of what is seen of it.

// About how many pixels a letter of a name takes.
const LETTER = 10;
const MARGIN = 8;

const wide = (points) => (points.length ? L.bounds(points).getSize().x : 0);

export class Outlines {
  constructor(map, features) {
    this.map = map;
    this.polygons = L.geoJSON(features, {
      style: { className: "map__polygon" },
      onEachFeature: ({ properties }, layer) =>
        layer.bindTooltip(properties.name, { permanent: true, direction: "center", className: "map__label" }),
    }).addTo(map);
    this.layers = this.polygons.getLayers();
    map.on("moveend", () => this.nameAll());
    this.nameAll();
  }

  get isEmpty() {
    return !this.layers.length;
  }

  showAll() {
    if (!this.isEmpty) this.map.fitBounds(this.polygons.getBounds(), { padding: [MARGIN, MARGIN] });
  }

  // Where they are all there is, nothing would be seen much nearer or farther. Returns a zoom between the two.
  limitZoom() {
    const margins = L.point(2 * MARGIN, 2 * MARGIN);
    const farthest = this.map.getBoundsZoom(this.polygons.getBounds(), false, margins);
    const closest = Math.max(...this.layers.map((layer) => this.map.getBoundsZoom(layer.getBounds())));
    this.map.setMinZoom(farthest);
    this.map.setMaxZoom(closest + 1);
    return (farthest + closest) / 2;
  }

  nameAll() {
    this.layers.forEach((layer) => this.name(layer));
  }

  // Wider than what is seen of its neighbourhood, a name would lie over the next.
  name(layer) {
    const seen = this.seenOf(layer);
    const label = layer.getTooltip().getElement();
    // What is hidden has no width, and would be centred as if it had none.
    label?.removeAttribute("hidden");
    if (seen.length) layer.openTooltip(this.middleOf(seen));
    label?.toggleAttribute("hidden", label.textContent.length * LETTER > wide(seen));
  }

  middleOf(points) {
    return L.PolyUtil.polygonCenter(
      points.map((point) => this.map.layerPointToLatLng(point)),
      L.CRS.EPSG3857,
    );
  }

  // The part inside of the picture, as points of the screen.
  seenOf(layer) {
    const corners = [L.point(0, 0), this.map.getSize()].map((point) => this.map.containerPointToLayerPoint(point));
    const rings = layer.feature.geometry.type === "Polygon" ? [layer.getLatLngs()] : layer.getLatLngs();
    const parts = rings.map(([outer]) =>
      L.PolyUtil.clipPolygon(outer.map((place) => this.map.latLngToLayerPoint(place)), L.bounds(corners), true),
    );
    return parts.reduce((widest, part) => (wide(part) > wide(widest) ? part : widest), []);
  }
}
