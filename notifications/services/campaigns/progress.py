"""How far a campaign is, in the words and figures of its page: one query, in one partition."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from django.utils import timezone
from django.utils.functional import cached_property

from notifications.campaign_workflow import Status
from notifications.models import Campaign
from notifications.services.campaigns import closing, hours, price
from notifications.workflow import OPEN, State

# In the order in which a message goes through them; what is rare comes last.
_SHOWN = (
    State.QUEUED,
    State.SENDING,
    State.ACCEPTED,
    State.DELIVERED,
    State.UNKNOWN,
    State.FAILED,
    State.EXPIRED,
    State.CANCELLED,
)


@dataclass(frozen=True)
class Progress:
    """The figures of a campaign that has begun."""

    campaign: Campaign

    @cached_property
    def tally(self) -> closing.Tally:
        """Messages by state."""
        return closing.tally(self.campaign)

    @property
    def total(self) -> int:
        """Messages in all, as far as they are listed."""
        return self.tally.total

    @property
    def done(self) -> int:
        """Messages nothing is to be done for any more."""
        return self.tally.total - self.tally.open

    @property
    def percent(self) -> int:
        """How much of it is done; not 100 before all of it is."""
        return 100 * self.done // self.total if self.total else 0

    @property
    def states(self) -> list[tuple[State, int]]:
        """How many messages are in each state that has any."""
        return [(state, count) for state in _SHOWN if (count := self.tally.by_state.get(state.value, 0))]

    @property
    def rate(self) -> int:
        """Messages sent within the last minute."""
        return self.tally.sent_lately

    @property
    def time_left(self) -> timedelta | None:
        """How long the rest takes if it goes on like in the last minute."""
        if not self.rate or self.campaign.status != Status.RUNNING:
            return None
        return timedelta(minutes=self.tally.open / self.rate)

    @property
    def rests(self) -> bool:
        """Whether it waits for the end of the quiet hours."""
        running = self.campaign.status == Status.RUNNING and not self.campaign.is_urgent
        return running and hours.are_quiet(timezone.now())

    @property
    def cost(self) -> Decimal | None:
        """What was sent costs, in lira, where the prices of its routes are known."""
        return price.of_sent(self.tally.by_route)


def done_of(campaigns: list[Campaign]) -> dict[int, int]:
    """How many messages of each campaign are done: one query for all that are not closed, none for the others."""
    done = {each.pk: _done(each.totals.get("by_state", {})) for each in campaigns if each.closed_at}
    begun = [each for each in campaigns if each.started_at and not each.closed_at]
    return done | {pk: _done(states) for pk, states in closing.states_of(begun).items()}


def _done(by_state: dict[str, int]) -> int:
    return sum(count for state, count in by_state.items() if state not in OPEN)
