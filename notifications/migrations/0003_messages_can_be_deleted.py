import django.db.models.deletion
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Deleting a message takes its simulated delivery along, and finds its copies without reading the table."""

    atomic = False  # the index is built while messages are sent

    dependencies = [
        ("notifications", "0002_codes_bound_to_their_subject"),
    ]

    operations = [
        migrations.AlterField(
            model_name="localdelivery",
            name="message",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="local_delivery",
                to="notifications.message",
                verbose_name="message",
            ),
        ),
        AddIndexConcurrently(
            model_name="message",
            index=models.Index(
                condition=models.Q(("retry_of__isnull", False)), fields=["retry_of"], name="message_retry_of"
            ),
        ),
    ]
