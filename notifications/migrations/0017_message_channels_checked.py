from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    """In a transaction of its own: it reads the whole table, and nobody has to wait for it."""

    dependencies = [
        ('notifications', '0016_messages_have_a_channel'),
    ]

    operations = [
        ValidateConstraint(model_name='message', name='message_channel_known'),
    ]
