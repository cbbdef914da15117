"""Points and neighbourhoods."""

import json
from typing import Any

import pytest
from django.db import IntegrityError
from hypothesis import given
from hypothesis import strategies as st

from departments.models import Neighbourhood
from departments.places import _in_polygon as in_polygon
from departments.places import box_of, locate, neighbourhoods_geojson, polygons_of
from departments.services import reference
from tests.departments.conftest import PACKS

SHAPES = {
    feature["properties"]["code"]: polygons_of(feature["geometry"])
    for feature in json.loads((PACKS / "ornek/neighbourhoods.geojson").read_text(encoding="utf-8"))["features"]
}
# Inside of the outer border of the small town, whatever the neighbourhood.
latitudes, longitudes = st.floats(38.7150, 38.7740), st.floats(33.3040, 33.4180)


def ring(*positions: tuple[float, float]) -> list[list[float]]:
    return [list(position) for position in (*positions, positions[0])]


def neighbourhood(code: str, geometry: dict[str, Any] | None, **fields: Any) -> Neighbourhood:
    box = dict(zip(("min_lat", "max_lat", "min_lng", "max_lng"), box_of(geometry), strict=True)) if geometry else {}
    return Neighbourhood.objects.create(
        code=code, name=code.title(), folded_name=code, polygon=geometry, **{**box, **fields}
    )


def square(west: float, south: float, size: float = 1.0) -> list[list[float]]:
    return ring((west, south), (west + size, south), (west + size, south + size), (west, south + size))


@pytest.mark.django_db
def test_a_point_inside_is_located() -> None:
    inside = neighbourhood("merkez", {"type": "Polygon", "coordinates": [square(33, 38)]})
    assert locate(38.5, 33.5) == inside


@pytest.mark.django_db
def test_a_point_outside_of_every_boundary_is_nowhere() -> None:
    neighbourhood("merkez", {"type": "Polygon", "coordinates": [square(33, 38)]})
    assert locate(39.5, 33.5) is None


@pytest.mark.django_db
def test_a_point_in_the_box_but_not_in_the_shape_is_nowhere() -> None:
    neighbourhood("ucgen", {"type": "Polygon", "coordinates": [ring((33, 38), (34, 38), (33, 39))]})
    assert locate(38.9, 33.9) is None


@pytest.mark.django_db
def test_a_hole_belongs_to_the_neighbourhood_that_fills_it() -> None:
    hole = square(33.4, 38.4, 0.2)
    neighbourhood("carsi", {"type": "Polygon", "coordinates": [square(33, 38), hole]})
    castle = neighbourhood("kale", {"type": "Polygon", "coordinates": [hole]})
    assert locate(38.5, 33.5) == castle


@pytest.mark.django_db
def test_every_part_of_a_multipolygon_counts() -> None:
    parts = {"type": "MultiPolygon", "coordinates": [[square(33, 38)], [square(35, 38)]]}
    plateau = neighbourhood("yayla", parts)
    assert locate(38.5, 35.5) == plateau


@pytest.mark.django_db
def test_a_neighbourhood_out_of_use_is_not_located() -> None:
    neighbourhood("eski", {"type": "Polygon", "coordinates": [square(33, 38)]}, is_active=False)
    assert locate(38.5, 33.5) is None


@pytest.mark.django_db
def test_a_neighbourhood_without_boundary_is_no_feature() -> None:
    neighbourhood("sinirsiz", None)
    assert neighbourhoods_geojson() == {"type": "FeatureCollection", "features": []}


@pytest.mark.django_db
def test_features_carry_code_and_name() -> None:
    row = neighbourhood("merkez", {"type": "Polygon", "coordinates": [square(33, 38)]})
    (feature,) = neighbourhoods_geojson()["features"]
    assert feature["id"] == row.pk
    assert feature["properties"] == {"code": "merkez", "name": "Merkez"}


@pytest.mark.django_db
def test_locating_asks_the_database_once(django_assert_num_queries: Any) -> None:
    neighbourhood("merkez", {"type": "Polygon", "coordinates": [square(33, 38)]})
    with django_assert_num_queries(1):
        for _ in range(3):
            locate(38.5, 33.5)


@pytest.mark.django_db
def test_the_database_refuses_a_boundary_without_its_box() -> None:
    with pytest.raises(IntegrityError):
        Neighbourhood.objects.create(
            code="x", name="X", folded_name="x", polygon={"type": "Polygon", "coordinates": [square(33, 38)]}
        )


@pytest.mark.parametrize(
    "geometry",
    [
        None,
        {"type": "Point", "coordinates": [33, 38]},
        {"type": "Polygon", "coordinates": []},
        {"type": "Polygon", "coordinates": [[[33, 38], [34, 38], [33, 38]]]},
        {"type": "Polygon", "coordinates": [[[33, 38], [34, 38], [34, 39], [33, 39]]]},
        {"type": "Polygon", "coordinates": [[[33, 98], [34, 38], [34, 39], [33, 98]]]},
        {"type": "MultiPolygon", "coordinates": [[]]},
    ],
)
def test_a_broken_geometry_is_refused(geometry: Any) -> None:
    with pytest.raises(ValueError, match="must"):
        polygons_of(geometry)


@given(lat=latitudes, lng=longitudes)
def test_the_small_town_has_neither_gaps_nor_overlaps(lat: float, lng: float) -> None:
    around = [code for code, polygons in SHAPES.items() if any(in_polygon(rings, lat, lng) for rings in polygons)]
    assert len(around) == 1


@given(polygon=st.sampled_from([rings for code in ("carsi", "sirinevler") for rings in SHAPES[code]]), data=st.data())
def test_a_point_on_a_shared_border_is_in_one_neighbourhood(polygon: Any, data: st.DataObject) -> None:
    corner = data.draw(st.sampled_from([position for border in polygon for position in border]))
    around = [
        code for code, polygons in SHAPES.items() if any(in_polygon(rings, corner[1], corner[0]) for rings in polygons)
    ]
    # Corners on the town's outer border may lie outside of all.
    assert len(around) <= 1


@pytest.mark.django_db
def test_the_castle_of_the_small_town_lies_within_its_market() -> None:
    reference.load(PACKS / "ornek")
    assert str(locate(38.7280, 33.3450)) == "Kale"
    assert str(locate(38.7400, 33.3450)) == "Çarşı"
    assert str(locate(38.7950, 33.3100)) == "Yayla"
