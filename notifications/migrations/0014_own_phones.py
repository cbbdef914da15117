import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Where tests of announcements go: the phone that a person proved to be their own."""

    dependencies = [
        ('accounts', '0002_turkish_order'),
        ('notifications', '0013_who_wrote_does_not_approve'),
    ]

    operations = [
        migrations.CreateModel(
            name='OwnPhone',
            fields=[
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='own_phone', serialize=False, to=settings.AUTH_USER_MODEL)),
                ('phone', models.CharField(max_length=16, verbose_name='phone')),
                ('proved_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'default_permissions': (),
                'constraints': [models.CheckConstraint(condition=models.Q(('phone__regex', '^\\+[1-9][0-9]{7,14}$')), name='own_phone_e164')],
            },
        ),
    ]
