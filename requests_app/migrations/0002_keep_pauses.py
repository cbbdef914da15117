import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
from django.db import migrations

# The history knows every pause: it began with the event that led to waiting and ended with the one that led away.
FROM_HISTORY = """
UPDATE requests_app_servicerequest AS request SET pauses = known.pauses
FROM (
    SELECT request_id, array_agg(tstzrange(began, ended) ORDER BY began) AS pauses
    FROM (
        SELECT event.request_id, event.to_status, event.at AS began, request.clock_started_at,
            lead(event.at) OVER (PARTITION BY event.request_id ORDER BY event.version) AS ended
        FROM requests_app_requestevent AS event
        JOIN requests_app_servicerequest AS request ON request.id = event.request_id
        WHERE request.paused_total > interval '0'
            AND (event.from_status = 'waiting_for_applicant') <> (event.to_status = 'waiting_for_applicant')
    ) AS turn
    WHERE to_status = 'waiting_for_applicant' AND ended > began AND began >= clock_started_at
    GROUP BY request_id
) AS known
WHERE known.request_id = request.id
"""
BACK_TO_A_SUM = """
UPDATE requests_app_servicerequest
SET paused_total = (SELECT sum(upper(pause) - lower(pause)) FROM unnest(pauses) AS pause)
WHERE cardinality(pauses) > 0
"""


class Migration(migrations.Migration):
    """Pauses as they were instead of their sum: each clock counts something else of them."""

    dependencies = [("requests_app", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="servicerequest",
            name="pauses",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=django.contrib.postgres.fields.ranges.DateTimeRangeField(),
                blank=True,
                default=list,
                size=None,
                verbose_name="clock was paused",
            ),
        ),
        migrations.RunSQL(FROM_HISTORY, BACK_TO_A_SUM),
        migrations.RemoveField(model_name="servicerequest", name="paused_total"),
    ]
