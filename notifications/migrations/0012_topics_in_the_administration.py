from django.db import migrations


class Migration(migrations.Migration):
    """Staff see, add and change topics."""

    dependencies = [
        ('notifications', '0011_campaigns_stopped_by_an_error'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='topic',
            options={
                'default_permissions': ('view', 'add', 'change'),
                'ordering': ('sort_order', 'name'),
                'verbose_name': 'topic',
                'verbose_name_plural': 'topics',
            },
        ),
    ]
