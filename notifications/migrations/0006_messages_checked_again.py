from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    """In a transaction of its own: it reads the whole table, and nobody has to wait for it."""

    dependencies = [
        ('notifications', '0005_messages_can_be_cancelled'),
    ]

    operations = [
        ValidateConstraint(model_name='message', name='message_lane_known'),
        ValidateConstraint(model_name='message', name='message_state_known'),
        ValidateConstraint(model_name='message', name='message_finished_has_time'),
    ]
