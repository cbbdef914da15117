from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):
    """The column has a constant default, so no row is rewritten. The next migration validates the check."""

    dependencies = [
        ('notifications', '0015_ways_refused_by_condition'),
    ]

    operations = [
        migrations.AddField(
            model_name='message',
            name='channel',
            field=models.CharField(choices=[('sms', 'SMS'), ('whatsapp', 'WhatsApp')], db_default='sms', default='sms', max_length=16, verbose_name='channel'),
        ),
        AddConstraintNotValid(
            model_name='message',
            constraint=models.CheckConstraint(condition=models.Q(('channel', 'sms'), models.Q(('channel', 'whatsapp'), ('lane__in', ('reply',))), _connector='OR'), name='message_channel_known'),
        ),
    ]
