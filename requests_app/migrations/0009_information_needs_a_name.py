from django.conf import settings
from django.db import migrations, models


# Nobody could be informed; what they wrote stays, as a request.
NAMELESS = """
UPDATE requests_app_servicerequest SET kind = 'request' WHERE kind = 'information' AND applicant_id IS NULL
"""


class Migration(migrations.Migration):
    """An information request names the applicant (Law 4982, art. 6)."""

    dependencies = [
        ("departments", "0002_takes_requests"),
        ("requests_app", "0008_not_ours_is_forwarded"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL(NAMELESS, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="servicerequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind__in", ["information"]), _negated=True),
                    ("applicant__isnull", False),
                    _connector="OR",
                ),
                name="request_information_names_applicant",
            ),
        ),
    ]
