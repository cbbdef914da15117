from django.db import migrations, models

REASONS = [
    ("call", "To call the applicant"),
    ("visit", "To agree on a visit on site"),
    ("identity", "To make sure who is asking"),
    ("authority", "A court or an authority asks for them"),
    ("other", "Another reason"),
]

# Anonymous requests that were erased before are not known as such; they are erased once more, which changes nothing.
COPY_FROM_APPLICANTS = """
UPDATE requests_app_servicerequest AS request
   SET erased_at = applicant.erased_at
  FROM requests_app_applicant AS applicant
 WHERE applicant.id = request.applicant_id AND applicant.erased_at IS NOT NULL
"""
COPY_TO_APPLICANTS = """
UPDATE requests_app_applicant AS applicant
   SET erased_at = request.erased_at
  FROM requests_app_servicerequest AS request
 WHERE applicant.id = request.applicant_id AND request.erased_at IS NOT NULL
"""
# What people wrote cannot stay where nothing can be erased. The trigger is the table's own and is back at once.
FORGET_WORDS = """
ALTER TABLE requests_app_contactreveal DISABLE TRIGGER USER;
UPDATE requests_app_contactreveal SET reason = 'other';
ALTER TABLE requests_app_contactreveal ENABLE TRIGGER USER;
"""


class Migration(migrations.Migration):
    """Whether a request was erased is a column of its own, and a reveal's reason a choice."""

    dependencies = [
        ("requests_app", "0003_merges_one_deep"),
    ]

    operations = [
        migrations.AddField(
            model_name="servicerequest",
            name="erased_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="erased at"),
        ),
        migrations.RunSQL(COPY_FROM_APPLICANTS, COPY_TO_APPLICANTS),
        migrations.RemoveField(model_name="applicant", name="erased_at"),
        migrations.RunSQL(FORGET_WORDS, migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="contactreveal",
            name="reason",
            field=models.CharField(choices=REASONS, max_length=20, verbose_name="reason"),
        ),
        migrations.AddConstraint(
            model_name="contactreveal",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason__in", [code for code, _label in REASONS])), name="reveal_reason_known"
            ),
        ),
    ]
