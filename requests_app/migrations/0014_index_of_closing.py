"""The figures of the home page and the scorecard, the desk's finished requests, and erasure look at what ended since
or before a day."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    # Beside the traffic: nobody waits for the index.
    atomic = False

    dependencies = [
        ("requests_app", "0013_catch_all_category"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="servicerequest",
            index=models.Index(
                condition=models.Q(("closed_at__isnull", False)), fields=["closed_at"], name="request_closed_by_time"
            ),
        ),
    ]
