import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


# Until now such an answer closed the request and named nobody: it said why nothing could be done.
AS_THEY_ENDED = """
UPDATE requests_app_answer SET outcome = 'refused' WHERE outcome = 'not_ours' AND state <> 'draft'
"""


class Migration(migrations.Migration):
    """What is not in our authority goes to the authority in charge."""

    dependencies = [
        ("departments", "0002_takes_requests"),
        ("requests_app", "0007_reminders_of_questions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="answer",
            name="authority",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="requests_app.authority",
                verbose_name="authority in charge",
            ),
        ),
        migrations.AlterField(
            model_name="requestevent",
            name="verb",
            field=models.CharField(
                choices=[
                    ("submit", "Submitted"),
                    ("route", "Sent to department"),
                    ("reroute", "Sent to another department"),
                    ("reclassify", "Category or place changed"),
                    ("reject", "Not taken up"),
                    ("forward", "Forwarded to another authority"),
                    ("merge", "Merged with another request"),
                    ("restore", "Taken back"),
                    ("ask", "Question to the applicant"),
                    ("reply", "Applicant replied"),
                    ("remind", "Applicant reminded of the question"),
                    ("resume", "Resumed without a reply"),
                    ("accept", "Accepted by the department"),
                    ("return_to_triage", "Returned to triage"),
                    ("draft_answer", "Answer drafted"),
                    ("submit_answer", "Answer sent for review"),
                    ("return_answer", "Answer returned to the department"),
                    ("approve_answer", "Answer approved"),
                    ("approve_date", "Programme date approved"),
                    ("approve_forwarding", "Answer approved and forwarded"),
                    ("extend", "Legal period extended"),
                    ("add_note", "Internal note"),
                    ("add_information", "Applicant added information"),
                    ("withdraw", "Withdrawn by the applicant"),
                    ("reopen", "Reopened"),
                    ("rate", "Rated by the applicant"),
                ],
                max_length=24,
                verbose_name="what",
            ),
        ),
        migrations.RunSQL(AS_THEY_ENDED, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="answer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state", "draft"),
                    models.Q(("outcome", "not_ours"), ("authority__isnull", True), _connector="XOR"),
                    _connector="OR",
                ),
                name="answer_not_ours_names_authority",
            ),
        ),
    ]
