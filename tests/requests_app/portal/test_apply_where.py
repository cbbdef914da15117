"""Step two: the place."""

import pytest

from tests import factories
from tests.requests_app.portal.citizen import Citizen, text_of

ONE_IS_NEEDED = "Mahalleyi seçin, adresi yazın ya da yeri haritada işaretleyin."
EMPTY = {"neighbourhood": "", "address": "", "latitude": "", "longitude": ""}


@pytest.fixture
def citizen(town: factories.Town) -> Citizen:
    citizen = Citizen()
    citizen.take("what")
    return citizen


def test_the_neighbourhood_is_enough(citizen: Citizen) -> None:
    assert citizen.take("where", address="")["Location"] == "/basvuru/siz/"


def test_the_address_is_enough(citizen: Citizen) -> None:
    assert citizen.take("where", neighbourhood="").status_code == 302


def test_a_point_is_enough_and_finds_its_neighbourhood(citizen: Citizen, town: factories.Town) -> None:
    citizen.take("where", **{**EMPTY, "latitude": "39.005", "longitude": "34.015"})
    citizen.take("you")
    citizen.send()
    sent = citizen.draft.request
    assert sent.neighbourhood == town.hill
    assert (sent.latitude, sent.longitude) == (39.005, 34.015)


def test_a_chosen_neighbourhood_beats_the_point(citizen: Citizen, town: factories.Town) -> None:
    citizen.take("where", latitude="39.005", longitude="34.015")
    citizen.take("you")
    citizen.send()
    assert citizen.draft.request.neighbourhood == town.centre


def test_coordinates_take_a_comma(citizen: Citizen) -> None:
    assert citizen.take("where", latitude="39,005", longitude="34,015").status_code == 302


def test_nothing_at_all_is_refused(citizen: Citizen) -> None:
    response = citizen.take("where", **EMPTY)
    assert response.status_code == 422
    assert ONE_IS_NEEDED in text_of(response)


def test_there_may_be_no_particular_place(citizen: Citizen) -> None:
    assert citizen.take("where", **EMPTY, place="nowhere").status_code == 302
    citizen.take("you")
    citizen.send()
    sent = citizen.draft.request
    assert (sent.neighbourhood, sent.address, sent.latitude) == (None, "", None)


def test_without_a_particular_place_half_written_fields_are_no_mistake(citizen: Citizen) -> None:
    assert citizen.take("where", place="nowhere", neighbourhood="yok", latitude="x").status_code == 302


def test_fields_that_the_page_switched_off_keep_what_was_typed(citizen: Citizen) -> None:
    citizen.take("where")
    citizen.take("where", place="nowhere", neighbourhood=None, address=None, latitude=None, longitude=None)
    assert citizen.draft.data["where"]["address"] == "Çiçek Sokak 5"


def test_an_unknown_neighbourhood_is_refused(citizen: Citizen) -> None:
    response = citizen.take("where", neighbourhood="baska-sehir")
    assert response.status_code == 422
    assert "Listeden bir mahalle seçin." in text_of(response)


def test_a_point_outside_of_the_boundaries_is_refused(citizen: Citizen) -> None:
    response = citizen.take("where", **{**EMPTY, "latitude": "41", "longitude": "29"})
    assert response.status_code == 422
    assert "İşaretlediğiniz nokta belediye sınırlarının dışında." in text_of(response)


def test_a_point_outside_is_refused_whatever_neighbourhood_is_chosen(citizen: Citizen) -> None:
    response = citizen.take("where", latitude="41", longitude="29")
    assert response.status_code == 422
    assert "id_latitude_error" in text_of(response)
    assert "iki sayıyı da silip" in text_of(response)


def test_in_a_neighbourhood_without_a_boundary_any_point_is_taken(citizen: Citizen, town: factories.Town) -> None:
    town.centre.polygon = town.centre.min_lat = town.centre.max_lat = town.centre.min_lng = town.centre.max_lng = None
    town.centre.save()
    assert citizen.take("where", latitude="41", longitude="29").status_code == 302


def test_without_boundaries_any_point_is_taken(citizen: Citizen, town: factories.Town) -> None:
    for place in (town.centre, town.hill):
        place.polygon = place.min_lat = place.max_lat = place.min_lng = place.max_lng = None
        place.save()
    assert citizen.take("where", **{**EMPTY, "latitude": "41", "longitude": "29"}).status_code == 302


def test_half_a_point_is_refused(citizen: Citizen) -> None:
    response = citizen.take("where", latitude="39.005")
    assert response.status_code == 422
    assert "Nokta için iki sayı da gerekir." in text_of(response)


@pytest.mark.parametrize("latitude", ["91", "-91", "nan", "inf", "kuzey", "1e999", "39.0.1"])
def test_degrees_that_are_none_are_refused(citizen: Citizen, latitude: str) -> None:
    response = citizen.take("where", latitude=latitude, longitude="34")
    assert response.status_code == 422
    assert "Dereceyi -90 ile 90 arasında bir sayı olarak yazın" in text_of(response)


def test_an_address_that_is_too_long_says_how_long_it_may_be(citizen: Citizen) -> None:
    response = citizen.take("where", address="a" * 301)
    assert response.status_code == 422
    assert "En fazla 300 karakter yazın; şimdi 301 karakter var." in text_of(response)


def test_neighbourhoods_stand_in_the_order_of_the_turkish_alphabet(citizen: Citizen) -> None:
    for code, name in (("cinar", "Çınarlı"), ("cicek", "Cicekli"), ("d", "Dere"), ("i", "İstasyon")):
        factories._neighbourhood(code, name, 38.0, 33.0)
    page = text_of(citizen.get("apply_step", "where"))
    names = ["Cicekli", "Çınarlı", "Dere", "Ilık Tepe", "İstasyon", "Merkez"]
    assert sorted(names, key=page.index) == names


def test_the_map_is_offered_where_there_are_boundaries(citizen: Citizen) -> None:
    assert "data-map" in text_of(citizen.get("apply_step", "where"))


def test_without_boundaries_and_tiles_only_the_position_of_the_device_is_offered(
    citizen: Citizen, town: factories.Town
) -> None:
    for place in (town.centre, town.hill):
        place.polygon = place.min_lat = place.max_lat = place.min_lng = place.max_lng = None
        place.save()
    page = text_of(citizen.get("apply_step", "where"))
    assert "data-place-here" in page
    assert "data-map" not in page
