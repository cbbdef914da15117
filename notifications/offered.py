"""The choices of forms about announcements: what is in use, and what was chosen before it went out of use.

Nothing chosen means everything. So what was chosen stays on offer: left out, it would quietly become everybody.
"""

from collections.abc import Collection
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from departments.models import Neighbourhood
from notifications.models import Topic


def offer_topics(field: Any, chosen: Collection[str]) -> None:
    """The topics in use and those of ``chosen``, which are codes."""
    topics = Topic.objects.filter(Q(is_active=True) | Q(code__in=chosen))
    field.choices = [(topic.code, _label(topic, topic.label)) for topic in topics]


def offer_places(field: Any, chosen: Collection[int | None]) -> None:
    """The neighbourhoods in use and those of ``chosen``, which are primary keys."""
    field.queryset = Neighbourhood.objects.filter(Q(is_active=True) | Q(pk__in=chosen))
    field.label_from_instance = lambda place: _label(place, place.name)


def _label(row: Topic | Neighbourhood, name: str) -> str:
    return name if row.is_active else _("%(name)s (no longer used)") % {"name": name}
