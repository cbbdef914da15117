"""A marked point, as every form with a latitude and a longitude takes it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from departments import places
from departments.models import Neighbourhood

POINT = ("latitude", "longitude")
HALF = _("A point needs both numbers. Write this one too, or clear the other.")
OUTSIDE = _(
    "The marked point lies outside of our boundaries. Mark it again, or clear both numbers and choose a neighbourhood."
)


def point_of(values: dict[str, Any]) -> tuple[float, float] | None:
    """The whole point among the cleaned ``values``."""
    latitude, longitude = (values.get(name) for name in POINT)
    return None if latitude is None or longitude is None else (latitude, longitude)


def check_point(form: forms.Form, chosen: Neighbourhood | None) -> None:
    """Both numbers or none, and nothing outside of us: a crew drives to the point, whatever neighbourhood is ``chosen``.

    In a neighbourhood whose boundary nobody knows it may lie anywhere.
    """
    point = point_of(form.cleaned_data)
    missing = [name for name in POINT if form.cleaned_data.get(name) is None]
    if len(missing) == 1:
        form.add_error(missing[0], HALF)
    elif point and places.is_outside(*point) and (chosen is None or chosen.min_lat is not None):
        form.add_error("latitude", OUTSIDE)
