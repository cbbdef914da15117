"""In which neighbourhood a point lies, and the boundaries as GeoJSON.

Boundaries are GeoJSON polygons in WGS 84 (RFC 7946: positions are longitude, latitude; the first ring is the
outline, the others are holes). A district is small enough to take degrees for a plane.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from common.memo import memo
from departments.models import Neighbourhood

Ring = Sequence[Sequence[float]]
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class _Area:
    neighbourhood: Neighbourhood
    box: Box
    polygons: list[list[Ring]]

    def contains(self, lat: float, lng: float) -> bool:
        min_lat, max_lat, min_lng, max_lng = self.box
        if not (min_lat <= lat <= max_lat and min_lng <= lng <= max_lng):
            return False
        return any(_in_polygon(rings, lat, lng) for rings in self.polygons)


def locate(lat: float, lng: float) -> Neighbourhood | None:
    """The neighbourhood around the point (degrees, WGS 84), or None outside of every known boundary."""
    for area in _areas():
        if area.contains(lat, lng):
            return area.neighbourhood
    return None


def is_outside(lat: float, lng: float) -> bool:
    """Whether boundaries are known, and the point (degrees, WGS 84) lies in none of them."""
    return bool(_areas()) and locate(lat, lng) is None


def neighbourhoods_geojson() -> dict[str, Any]:
    """The known boundaries as a GeoJSON FeatureCollection with ``code`` and ``name`` of each."""
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "id": area.neighbourhood.pk,
                "properties": {"code": area.neighbourhood.code, "name": area.neighbourhood.name},
                "geometry": area.neighbourhood.polygon,
            }
            for area in _areas()
        ],
    }


def polygons_of(geometry: dict[str, Any]) -> list[list[Ring]]:
    """The polygons of a GeoJSON Polygon or MultiPolygon, each a list of rings.

    Raises ValueError where it is neither, or where a ring is not closed or has a position off the globe.
    """
    if not isinstance(geometry, dict) or geometry.get("type") not in ("Polygon", "MultiPolygon"):
        raise ValueError("must be a GeoJSON Polygon or MultiPolygon.")
    found = geometry.get("coordinates")
    polygons: Any = [found] if geometry["type"] == "Polygon" else found
    if not polygons or not all(polygon and all(map(_is_ring, polygon)) for polygon in polygons):
        raise ValueError("must have closed rings of at least four [longitude, latitude] positions.")
    return list(polygons)


def box_of(geometry: dict[str, Any]) -> Box:
    """The smallest box around a geometry: least and greatest latitude, least and greatest longitude."""
    positions = [position for rings in polygons_of(geometry) for position in rings[0]]
    latitudes, longitudes = [position[1] for position in positions], [position[0] for position in positions]
    return min(latitudes), max(latitudes), min(longitudes), max(longitudes)


@memo(seconds=30)
def _areas() -> list[_Area]:
    found = Neighbourhood.objects.active().with_polygon()
    return [_Area(row, row.box, polygons_of(row.polygon or {})) for row in found if row.box]


def _in_polygon(rings: Sequence[Ring], lat: float, lng: float) -> bool:
    outline, *holes = rings
    return _in_ring(outline, lat, lng) and not any(_in_ring(hole, lat, lng) for hole in holes)


def _in_ring(ring: Ring, lat: float, lng: float) -> bool:
    """Even-odd rule. A point on a border shared by two rings is inside exactly one of them."""
    inside = False
    for (lng1, lat1, *_), (lng2, lat2, *_) in pairwise(ring):
        if (lat1 > lat) != (lat2 > lat):
            # Counted from the lower end, so that both neighbours of an edge compute the very same number.
            (low_lng, low_lat), (high_lng, high_lat) = sorted([(lng1, lat1), (lng2, lat2)], key=lambda end: end[1])
            if lng < low_lng + (lat - low_lat) * (high_lng - low_lng) / (high_lat - low_lat):
                inside = not inside
    return inside


def _is_ring(ring: Any) -> bool:
    try:
        closed = len(ring) >= 4 and list(ring[0]) == list(ring[-1])
        return closed and all(-180 <= position[0] <= 180 and -90 <= position[1] <= 90 for position in ring)
    except (TypeError, IndexError, KeyError):
        return False
