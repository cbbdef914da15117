"""Where a gateway shall report to."""

from uuid import UUID

from django.conf import settings
from django.urls import reverse


def twilio_receipt(message_id: UUID) -> dict[str, str]:
    """The field of a message's form that carries our id, so that a receipt is found even if no answer came.

    Empty where the portal has no address that Twilio can reach safely: it would refuse the message.
    """
    if not settings.PUBLIC_BASE_URL.startswith("https://"):
        return {}
    return {"StatusCallback": f"{settings.PUBLIC_BASE_URL}{reverse('webhooks:twilio_receipt', args=[message_id])}"}
