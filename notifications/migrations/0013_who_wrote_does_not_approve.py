import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):
    """Nobody approves an announcement that they wrote, changed or sent for approval."""

    dependencies = [
        ('notifications', '0012_topics_in_the_administration'),
    ]

    operations = [
        pgtrigger.migrations.AddTrigger(
            model_name='campaign',
            trigger=pgtrigger.compiler.Trigger(name='campaign_approved_by_other', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW."approved_by_id" IS NOT NULL)', func="\nIF EXISTS (\n    SELECT FROM notifications_campaignevent\n     WHERE campaign_id = NEW.id AND actor_id = NEW.approved_by_id\n       AND verb IN ('change', 'create', 'submit')\n) THEN\n    RAISE EXCEPTION 'campaign % was written by its approver', NEW.id USING ERRCODE = 'check_violation';\nEND IF;\nRETURN NEW;\n", hash='0c636058ab20443c764225e824235679d046670a', operation='UPDATE OF "approved_by_id"', pgid='pgtrigger_campaign_approved_by_other_8bf95', table='notifications_campaign', when='BEFORE')),
        ),
    ]
