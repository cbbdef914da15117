from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("requests_app", "0006_turkish_order"),
    ]

    operations = [
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
    ]
