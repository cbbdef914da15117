"""From a template and its fields to the text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import InvalidInput
from notifications.services import rendering
from notifications.services.rendering import NotRenderable


def test_fills_in_the_fields() -> None:
    assert rendering.render("{number}: {date}", {"number": "26-1", "date": "5 Mayıs"}) == "26-1: 5 Mayıs"


@pytest.mark.parametrize("context", [{}, {"number": None}, {"number": ""}, {"number": " \n"}])
def test_a_missing_or_blank_field_is_refused(context: dict[str, object]) -> None:
    with pytest.raises(NotRenderable, match="missing_field: number"):
        rendering.render("Başvurunuz {number} alındı", context)


def test_fields_the_text_does_not_use_do_not_matter() -> None:
    assert rendering.render("Alındı", {"authority": ""}) == "Alındı"


def test_a_field_cannot_bring_in_line_breaks_or_control_characters() -> None:
    assert rendering.render("{name}.", {"name": "Park\r\nve\x00Bahçeler\t"}) == "Park ve Bahçeler."


def test_what_a_field_holds_is_not_taken_for_a_field() -> None:
    assert rendering.render("{name}", {"name": "{number}", "number": "26-1"}) == "{number}"


@pytest.mark.parametrize(
    "body", ["{0}", "{}", "{a.b}", "{a[0]}", "{a!r}", "{a:10}", "{A}", "{ a }", "{a", "a}", "{a{b}}"]
)
def test_anything_but_a_plain_name_in_brackets_is_refused(body: str) -> None:
    with pytest.raises(InvalidInput):
        rendering.fields_of(body)


def test_brackets_can_be_written_by_doubling_them() -> None:
    assert rendering.render("{{{number}}}", {"number": "26-1"}) == "{26-1}"


@given(st.text(max_size=60))
def test_any_typed_text_is_either_refused_or_can_be_rendered(body: str) -> None:
    try:
        fields = rendering.fields_of(body)
    except InvalidInput:
        return
    rendering.render(body, dict.fromkeys(fields, "x"))


@pytest.mark.django_db
@pytest.mark.usefixtures("templates")
def test_the_preview_shows_the_text_and_its_size() -> None:
    shown = rendering.preview("request_received", "tr", {"number": "26-0000123-4", "municipality": "Örnek"})
    assert shown.text == "Başvurunuz alındı: 26-0000123-4. Örnek"
    assert (shown.segments, shown.characters, shown.encoding) == (1, 38, "turkish_locking")


@pytest.mark.django_db
def test_there_is_no_preview_without_a_template() -> None:
    with pytest.raises(NotRenderable, match="no_template"):
        rendering.preview("request_received", "tr", {})
