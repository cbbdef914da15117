"""Where requests lie: only at departments that are open."""

from typing import Any

from django.db import connection
from django.utils.translation import ngettext

from common.errors import InvalidInput
from departments.models import Department
from requests_app.models import ServiceRequest


def on_department_closing(*, department: Department, **facts: Any) -> None:
    """Raise InvalidInput on ``valid_to`` while open requests lie at the department: nobody would see them."""
    number = ServiceRequest.objects.open().filter(department=department).count()
    if number:
        message = ngettext(
            "%(number)d open application lies at this department: send it elsewhere first.",
            "%(number)d open applications lie at this department: send them elsewhere first.",
            number,
        )
        raise InvalidInput("valid_to", message % {"number": number})


def takes_requests(department: Department) -> bool:
    """Whether a request may be sent there; inside a transaction it stays so until the end of it.

    Closing a department locks its row, so the one waits for the other.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM departments_department WHERE id = %s FOR KEY SHARE", [department.pk])
    return Department.objects.taking_requests().filter(pk=department.pk).exists()
