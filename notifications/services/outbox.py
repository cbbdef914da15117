"""The way into the outbox, for every upper floor."""

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common import bell
from common.errors import InvalidInput, NotPermitted
from common.inserting import insert
from notifications import policies
from notifications.channels import Channel
from notifications.ids import new_id
from notifications.lanes import POLICIES, Lane, deliver_task
from notifications.models import Message
from notifications.workflow import State


def enqueue(
    *,
    event: str,
    lane: Lane,
    phone: str,
    language: str,
    context: Mapping[str, str],
    reference: str = "",
    expires_in: timedelta | None = None,
    channel: str = Channel.SMS,
) -> Message:
    """Queue one message inside the caller's transaction: exactly one INSERT, and the lane's bell on commit.

    The arguments are those of ``compose``.
    """
    message = compose(
        event=event,
        lane=lane,
        phone=phone,
        language=language,
        context=context,
        reference=reference,
        expires_in=expires_in,
        channel=channel,
    )
    insert(message)
    return message


def compose(
    *,
    event: str,
    lane: Lane,
    phone: str,
    language: str,
    context: Mapping[str, str],
    reference: str = "",
    expires_in: timedelta | None = None,
    channel: str = Channel.SMS,
) -> Message:
    """The row of one message, for a caller who inserts it together with others; the lane's bell rings on commit.

    ``event`` and ``language`` choose the template, ``context`` fills it when the message is sent.
    ``phone`` is in stored form (``+905XXXXXXXXX``). ``reference`` says what the message is about, for
    instance ``request:26-0000123-4``. ``expires_in`` is how long it may wait at most before it is not worth
    sending; without it the lane's own deadline holds. ``channel`` is SMS, or WhatsApp for a reply. No permission is
    asked: the caller's operation is what was permitted.
    """
    now = timezone.now()
    bell.ring(deliver_task(lane), queue=str(lane))
    return Message(
        id=new_id(),
        event=event,
        lane=lane,
        channel=channel,
        phone=phone,
        language=language,
        context=dict(context),
        reference=reference,
        created_at=now,
        due_at=now,
        expires_at=now + (expires_in or POLICIES[Lane(lane)].deadline),
    )


@transaction.atomic
def send_again(*, actor: User, message_id: UUID) -> Message:
    """Queue a copy of a failed or expired message; the original stays as it is, but for the note of it.

    The copy is an SMS, for the time in which WhatsApp takes an answer is over.

    Needs ``notifications.retry_message``. Raises NotPermitted, or InvalidInput where the message is not
    failed, is a one-time code, or was sent again already. The text is written anew from the template now
    in use, so a mended template mends the message.
    """
    original = Message.objects.visible_to(actor).select_for_update().get(id=message_id)
    if not policies.can_retry(actor):
        raise NotPermitted
    _refuse_unless_retryable(original)
    copy = enqueue(
        event=original.event,
        lane=Lane(original.lane),
        phone=original.phone,
        language=original.language,
        context=original.context,
        reference=original.reference,
    )
    Message.objects.filter(id=copy.id).update(retry_of=original)
    original.retried_at = copy.created_at
    original.save(update_fields=["retried_at"])
    return copy


def erase(*, reference: str) -> int:
    """Delete every message about ``reference``, because what it is about has been erased. Returns how many.

    What the simulated gateway delivered of them goes along.
    """
    _all, by_model = Message.objects.for_reference(reference).delete()
    return by_model.get(Message._meta.label, 0)


def _refuse_unless_retryable(message: Message) -> None:
    if message.lane == Lane.OTP:
        raise InvalidInput("message", _("A one-time code is not sent again. The citizen asks for a new one."))
    if message.state not in (State.FAILED, State.EXPIRED):
        raise InvalidInput("message", _("Only a message that failed can be sent again."))
    if message.retried_at:
        raise InvalidInput("message", _("This message was already sent again."))
