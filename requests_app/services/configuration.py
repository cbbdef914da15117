"""What administrators configure by hand: categories, rules, legal periods, standard replies, authorities.

A row saved here belongs to the staff from then on: its ``source`` is emptied, and no reference pack touches it.
"""

from collections.abc import Collection

from django.db import transaction

from accounts.models import User
from common.errors import NotPermitted
from common.saving import save_valid
from requests_app.models import Authority, Category, LegalPeriod, RoutingRule, StandardReply
from requests_app.policies import can_configure
from requests_app.services import clock

Configured = Category | RoutingRule | LegalPeriod | StandardReply | Authority


@transaction.atomic
def save(*, row: Configured, changed: Collection[str], actor: User) -> None:
    """Save ``row``, of which the fields ``changed`` are new; the clocks of open requests follow where they must.

    Needs the model's permission to add or to change. Raises NotPermitted, InvalidInput for a broken rule.
    """
    if not can_configure(actor, row):
        raise NotPermitted
    row.source = ""
    save_valid(row, actor=actor)
    if isinstance(row, LegalPeriod) or (isinstance(row, Category) and "target_working_hours" in changed):
        clock.on_calendar_changed()


def switch(*, row: Category | RoutingRule | StandardReply | Authority, is_active: bool, actor: User) -> None:
    """Take ``row`` into use or out of it. Permission and refusals as in ``save``."""
    row.is_active = is_active
    save(row=row, changed=("is_active",), actor=actor)
