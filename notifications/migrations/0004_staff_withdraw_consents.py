import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Staff withdraw a consent for its owner; who did it is kept. The column needs no index: nobody asks by it."""

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("notifications", "0003_messages_can_be_deleted"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="consent",
            options={
                "default_permissions": ("view",),
                "permissions": [("withdraw_consent", "Can withdraw a consent for its owner")],
                "verbose_name": "consent",
                "verbose_name_plural": "consents",
            },
        ),
        migrations.AddField(
            model_name="consent",
            name="withdrawn_by",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="withdrawn by",
            ),
        ),
    ]
