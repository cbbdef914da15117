from django.db import migrations


class Migration(migrations.Migration):
    """Staff see, add and change topics."""

    dependencies = [
        ('notifications', '0010_receiver_lists_and_topics'),
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
