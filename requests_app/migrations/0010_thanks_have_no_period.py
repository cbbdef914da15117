from django.db import migrations

# Thanks that are still open were given a legal period; counting again takes it from them.
COUNT_AGAIN = """
INSERT INTO requests_app_clockrecount (requested_at, reached)
SELECT now(), 0 WHERE EXISTS (
    SELECT FROM requests_app_servicerequest WHERE kind = 'thanks' AND closed_at IS NULL
)
"""


class Migration(migrations.Migration):
    """Thanks are no petition and have no legal period any more."""

    dependencies = [("requests_app", "0009_information_needs_a_name")]

    operations = [migrations.RunSQL(COUNT_AGAIN, COUNT_AGAIN)]
