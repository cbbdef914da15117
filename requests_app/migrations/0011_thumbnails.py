from django.db import migrations, models


class Migration(migrations.Migration):
    """A small copy of each picture, for lists."""

    dependencies = [("requests_app", "0010_thanks_have_no_period")]

    operations = [
        migrations.AddField(
            model_name="attachment",
            name="thumbnail",
            field=models.FileField(blank=True, default="", max_length=120, upload_to="attachments/%Y/%m"),
            preserve_default=False,
        ),
    ]
