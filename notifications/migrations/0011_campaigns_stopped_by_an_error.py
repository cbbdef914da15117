from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('notifications', '0010_receiver_lists_and_topics'),
    ]

    operations = [
        migrations.AlterField(
            model_name='campaign',
            name='halted_because',
            field=models.CharField(blank=True, choices=[('quota', 'the yearly quota'), ('budget', 'the most SMS parts of this announcement'), ('error', 'an error')], default='', max_length=16, verbose_name='stopped by'),
        ),
    ]
