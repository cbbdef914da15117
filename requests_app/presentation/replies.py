"""Standard replies as people choose among them."""

from collections.abc import Iterable
from itertools import groupby

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from requests_app.models import StandardReply
from requests_app.vocabulary import Outcome

FOR_ANY_ANSWER = _("For any answer")


def replies_by_outcome(replies: Iterable[StandardReply]) -> list[tuple[str | Promise, list[StandardReply]]]:
    """The name of each group and its replies: those that fit any answer first, then outcome by outcome."""
    order = ("", *Outcome.values)
    in_order = sorted(replies, key=lambda reply: order.index(reply.outcome))
    groups = groupby(in_order, key=lambda reply: reply.outcome)
    return [(Outcome(outcome).label if outcome else FOR_ANY_ANSWER, list(group)) for outcome, group in groups]
