"""What SMS parts cost."""

from decimal import Decimal

from django.conf import settings


def of(segments: int) -> Decimal | None:
    """The price of ``segments`` SMS parts in lira; None where the price of a part is not known."""
    kurus: Decimal = settings.SMS_PART_PRICE_KURUS
    return segments * kurus / 100 if kurus else None
