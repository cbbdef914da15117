from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('notifications', '0017_message_channels_checked'),
    ]

    operations = [
        migrations.AlterField(
            model_name='campaign',
            name='halted_because',
            field=models.CharField(blank=True, choices=[('quota', 'the yearly quota'), ('budget', 'the most SMS parts of this announcement'), ('error', 'an error'), ('register', 'the gateway: its account is not set up for commercial messages (İYS)')], default='', max_length=16, verbose_name='stopped by'),
        ),
        migrations.AlterField(
            model_name='campaignevent',
            name='verb',
            field=models.CharField(choices=[('create', 'Written'), ('change', 'Changed'), ('test', 'Test message sent'), ('submit', 'Sent for approval'), ('return', 'Returned to the author'), ('approve', 'Approved'), ('start', 'Receivers are being listed'), ('run', 'Sending began'), ('halt', 'Stopped by itself'), ('pause', 'Paused'), ('resume', 'Resumed'), ('cancel', 'Cancelled'), ('finish', 'Finished')], max_length=16, verbose_name='what'),
        ),
    ]
