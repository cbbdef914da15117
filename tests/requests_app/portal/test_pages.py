"""Home and the legal texts."""

from datetime import timedelta

import pytest
from django.utils import timezone

from common.memo import forget_all
from departments.models import LegalText, Municipality
from requests_app.models import ServiceRequest
from requests_app.workflow import Status
from tests import factories
from tests.requests_app.portal.citizen import Citizen, text_of


def finish(request: ServiceRequest, *, submitted_days_ago: int, closed_days_ago: int = 0) -> None:
    now = timezone.now()
    ServiceRequest.objects.filter(pk=request.pk).update(
        status=Status.CLOSED,
        submitted_at=now - timedelta(days=submitted_days_ago),
        closed_at=now - timedelta(days=closed_days_ago),
    )


def test_home_offers_the_two_things_to_do(citizen: Citizen) -> None:
    page = text_of(citizen.get("home"))
    assert 'href="/basvuru/"' in page
    assert 'href="/takip/"' in page
    assert "Örnek Belediyesi" in page


def test_home_counts_what_is_open_and_what_was_answered(citizen: Citizen, town: factories.Town) -> None:
    factories.submit(town)
    finish(factories.submit(town), submitted_days_ago=0)
    finish(factories.submit(town), submitted_days_ago=80, closed_days_ago=70)
    numbers = citizen.get("home").context["numbers"]
    assert (numbers.open, numbers.answered) == (1, 1)


def test_the_middle_time_is_counted_in_working_days(citizen: Citizen, town: factories.Town) -> None:
    for days in (0, 14, 28):
        finish(factories.submit(town), submitted_days_ago=days)
    assert 8 <= citizen.get("home").context["numbers"].median_working_days <= 10


def test_without_answers_there_is_no_middle_time(citizen: Citizen) -> None:
    response = citizen.get("home")
    assert response.context["numbers"].median_working_days is None
    assert "cevapların yarısı" not in text_of(response)


def test_the_numbers_are_not_counted_at_every_visit(citizen: Citizen, django_assert_num_queries: object) -> None:
    citizen.get("home")
    with django_assert_num_queries(0):  # type: ignore[operator]
        citizen.get("home")


def test_the_scorecard_tells_each_month(citizen: Citizen, town: factories.Town) -> None:
    factories.submit(town)
    finish(factories.submit(town), submitted_days_ago=0)
    late = factories.submit(town)
    finish(late, submitted_days_ago=80, closed_days_ago=40)
    ServiceRequest.objects.filter(pk=late.pk).update(legal_due_at=timezone.now() - timedelta(days=50))
    months = citizen.get("scorecard").context["months"]
    assert (months[0].received, months[0].answered, months[0].on_time) == (2, 1, 100)
    assert [month.on_time for month in months if month.answered] == [100, 0]
    assert sum(month.received for month in months) == 3


def test_the_scorecard_ends_after_twelve_months(citizen: Citizen, town: factories.Town) -> None:
    finish(factories.submit(town), submitted_days_ago=500, closed_days_ago=450)
    response = citizen.get("scorecard")
    assert response.context["months"] == []
    assert "Henüz başvuru yok" in text_of(response)


def test_home_leads_to_the_scorecard(citizen: Citizen) -> None:
    assert 'href="/karne/"' in text_of(citizen.get("home"))


def test_home_works_before_anything_was_loaded(db: None) -> None:
    response = Citizen().get("home")
    assert response.status_code == 200
    assert "Açık Masa" in text_of(response)


@pytest.mark.parametrize("name", ["home", "disclosure", "accessibility", "track"])
@pytest.mark.parametrize("language", ["tr", "en"])
def test_every_page_says_its_language_and_offers_the_other(town: factories.Town, name: str, language: str) -> None:
    other = {"tr": "en", "en": "tr"}[language]
    page = text_of(Citizen(language).get(name))
    assert f'<html lang="{language}">' in page
    assert f'href="{Citizen(other).url(name)}"' in page


@pytest.mark.parametrize("name", ["disclosure", "accessibility"])
def test_legal_texts_name_the_municipality(citizen: Citizen, name: str) -> None:
    page = text_of(citizen.get(name))
    assert '<p class="govuk-body">Örnek Belediyesi</p>' in page
    assert "{municipality}" not in page


def test_a_text_that_exists_in_turkish_only_says_so_to_screen_readers(town: factories.Town) -> None:
    LegalText.objects.create(
        kind="accessibility",
        language="tr",
        version=2,
        title="Yeni",
        body="## Başlık\n\n- bir\n- iki",
        effective_from=timezone.localdate(),
    )
    forget_all()
    page = text_of(Citizen().get("accessibility"))
    assert "<h2" in page
    assert "<li>bir</li>" in page


def test_a_text_nobody_has_written_is_no_page(db: None) -> None:
    assert Citizen().get("disclosure").status_code == 404


def test_no_page_carries_scripts_or_styles_of_its_own(citizen: Citizen) -> None:
    Municipality.objects.update(name="<b>Örnek</b>")
    forget_all()
    citizen.take("what")
    for name, *args in (["home"], ["apply"], ["apply_step", "what"], ["apply_step", "where"], ["apply_step", "you"]):
        page = text_of(citizen.get(name, *args))
        assert " style=" not in page
        assert "<style" not in page
        assert "<script>" not in page
        assert "<b>Örnek" not in page
