"""The Turkish alphabet in the database, whose own collations cannot be relied on for it.

The database that comes with the project has no ICU, and its C.UTF-8 puts Ç, İ and Ş after Z. A function of our
own, ``turkish_order`` (made by the first app with tables), gives each letter its place.
"""

from django.db.models.expressions import Func
from django.db.models.functions import Collate


def alphabetical(field: str) -> Collate:
    """Rows in the order of ``common.turkish.sort_key`` of the text column ``field``, for ``order_by``.

    Made of Django's own expressions only, so that a model may name it in its ``Meta.ordering``.
    """
    return Collate(Func(field, function="turkish_order"), "C")
