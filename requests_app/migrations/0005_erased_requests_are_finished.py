from django.contrib.postgres.operations import AddConstraintNotValid, ValidateConstraint
from django.db import migrations, models


class Migration(migrations.Migration):
    """In two steps, so that the whole table is read without closing it."""

    atomic = False

    dependencies = [
        ("requests_app", "0004_erasure_is_a_fact"),
    ]

    operations = [
        AddConstraintNotValid(
            model_name="servicerequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("erased_at__isnull", True), ("closed_at__isnull", False), _connector="OR"),
                name="request_erased_is_finished",
            ),
        ),
        ValidateConstraint(model_name="servicerequest", name="request_erased_is_finished"),
    ]
