"""Template tags and filters of the house style."""

import json
import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import time_machine
from django import forms
from django.conf import settings
from django.template import Context, Template
from django.utils import translation

from common.templatetags import ui

TEMPLATES = Path(settings.BASE_DIR) / "templates"
SPRITE = Path(settings.BASE_DIR) / "static" / "img" / "icons.svg"
HALF_PAST_TWO = datetime(2026, 11, 20, 11, 30, tzinfo=UTC)


class ContactForm(forms.Form):
    name = forms.CharField(label="Name", help_text="As on your identity card", max_length=80)
    how = forms.ChoiceField(label="How", choices=[("sms", "SMS"), ("mail", "E-mail")], widget=forms.RadioSelect)
    consent = forms.BooleanField(label="Consent", required=False)


def render(source: str, **context: object) -> str:
    return Template("{% load ui %}" + source).render(Context(context))


@pytest.fixture(autouse=True)
def turkish():
    with translation.override("tr"):
        yield


def test_a_long_moment_is_written_the_turkish_way_in_local_time():
    assert ui.long_datetime(HALF_PAST_TWO) == "20 Kasım 2026 Cuma, 14.30"


def test_a_long_moment_is_written_the_english_way_for_english_readers():
    with translation.override("en"):
        assert ui.long_datetime(HALF_PAST_TWO) == "Friday 20 November 2026, 14:30"


def test_a_plain_date_has_no_clock():
    assert ui.long_date(date(2026, 11, 20)) == "20 Kasım 2026 Cuma"


@pytest.mark.parametrize(
    ("days", "words"), [(3, "3 iş günü kaldı"), (0, "Bugün son gün"), (-2, "2 iş günü gecikti"), (None, "")]
)
def test_working_days_left_are_said_in_words(days, words):
    assert ui.working_days_left(days) == words


@pytest.mark.parametrize(
    ("now", "words"), [("2026-11-20T11:35Z", "5 dk"), ("2026-11-20T14:40Z", "3 saat"), ("2026-11-22T12:00Z", "2 gün")]
)
def test_the_age_is_told_in_its_largest_unit(now, words):
    with time_machine.travel(now, tick=False):
        assert ui.age(HALF_PAST_TWO) == words


def test_numbers_are_grouped_with_points():
    assert ui.number(1250) == "1.250"


def test_a_coordinate_for_a_machine_keeps_its_point():
    assert ui.coordinate(39.95) == "39.950000"


def test_a_coordinate_that_is_not_set_is_empty():
    assert render("{{ nothing|coordinate }}") == ""


def test_the_hint_and_the_error_of_a_field_are_tied_to_its_control():
    form = ContactForm({})
    html = render("{% field form.name %}", form=form)
    described_by = re.search(r'<input[^>]*aria-describedby="([^"]+)"', html).group(1)
    assert described_by.split() == ["id_name_helptext", "id_name_error"]
    assert all(f'id="{part}"' in html for part in described_by.split())


def test_a_group_of_radios_is_a_fieldset_with_a_legend():
    html = render("{% field form.how %}", form=ContactForm())
    assert "<fieldset" in html
    assert html.count('type="radio"') == 2


def test_the_chosen_radio_stays_chosen():
    html = render("{% field form.how %}", form=ContactForm({"how": "mail"}))
    assert re.search(r'value="mail"[^>]*checked', html)
    assert not re.search(r'value="sms"[^>]*checked', html)


def test_a_field_that_may_stay_empty_says_so():
    class Optional(forms.Form):
        note = forms.CharField(label="Note", required=False)

    assert "isteğe bağlı" in render("{% field form.note %}", form=Optional())


def test_what_was_typed_is_escaped_when_the_form_comes_back():
    html = render("{% field form.name %}", form=ContactForm({"name": '"><script>alert(1)</script>'}))
    assert "<script>" not in html


def test_every_error_of_the_summary_leads_to_its_control():
    links = ui.error_links(ContactForm({}))
    assert [link.href for link in links] == ["id_name", "id_how_0"]


def test_an_error_that_does_not_say_what_is_missing_gets_the_name_of_its_field():
    form = ContactForm({"how": "sms"})
    required = form.errors["name"][0]
    assert ui.error_links(form) == [ui.ErrorLink("id_name", f"{form['name'].label}: {required}")]


def test_an_error_with_words_of_its_own_stays_as_it_is():
    form = ContactForm({"name": "A", "how": "sms"})
    form.add_error("name", "Write the whole name.")
    assert ui.error_links(form) == [ui.ErrorLink("id_name", "Write the whole name.")]


def test_a_number_in_a_sentence_is_never_broken_over_two_lines():
    html = render("{{ text|unbroken_numbers }}", text="<b> 26-0000123-4 ile birleştirildi, 0500 000 00 00")
    assert '&lt;b&gt; <span class="u-nowrap">26-0000123-4</span> ile birleştirildi' in html
    assert '<span class="u-nowrap">0500 000 00 00</span>' in html


def test_an_error_of_the_whole_form_leads_nowhere():
    form = ContactForm({"name": "A", "how": "sms"})
    form.add_error(None, "Not today")
    assert ui.error_links(form) == [ui.ErrorLink("", "Not today")]


def test_a_logo_that_does_not_exist_gives_way_to_the_project_s_own(settings, tmp_path):
    manifest = {"version": "1.1", "paths": {"img/logo.svg": "img/logo.hashed.svg"}}
    (tmp_path / "staticfiles.json").write_text(json.dumps(manifest))
    settings.STATIC_ROOT = tmp_path
    settings.DEBUG = False
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
    }

    class Town:
        logo = "img/missing.svg"

    assert ui.logo_url(Town()) == "/static/img/logo.hashed.svg"


def test_every_icon_a_template_names_is_in_the_sprite():
    drawn = set(re.findall(r'<symbol id="([^"]+)"', SPRITE.read_text()))
    named = {name for page in TEMPLATES.rglob("*.html") for name in re.findall(r'{% icon "([^"]+)"', page.read_text())}
    assert named <= drawn


@pytest.mark.parametrize(
    "forbidden", [r"\sstyle=", r"<style", r"<script(?![^>]*(?:src=|application/json))", r"\son\w+="]
)
def test_no_template_carries_inline_style_or_script(forbidden):
    guilty = [str(page) for page in TEMPLATES.rglob("*.html") if re.search(forbidden, page.read_text())]
    assert guilty == []
