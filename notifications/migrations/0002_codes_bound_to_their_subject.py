from django.db import migrations, models


class Migration(migrations.Migration):
    """Codes that are under way at this moment fit no proof any more; whoever waits for one asks again."""

    dependencies = [
        ("notifications", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="onetimecode",
            name="subject_digest",
            field=models.CharField(default="", max_length=64),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="onetimecode",
            name="asker_digest",
            field=models.CharField(default="", max_length=64),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="onetimecode",
            name="sent",
            field=models.BooleanField(default=True, verbose_name="sent"),
            preserve_default=False,
        ),
    ]
