import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('departments', '0002_takes_requests'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='department',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='department',
            name='update_update',
        ),
        migrations.RemoveField(
            model_name='department',
            name='sms_name',
        ),
        migrations.RemoveField(
            model_name='departmentevent',
            name='sms_name',
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='department',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "departments_departmentevent" ("code", "id", "name", "parent_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "short_name", "source", "takes_requests", "valid_from", "valid_to") VALUES (NEW."code", NEW."id", NEW."name", NEW."parent_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."phone", NEW."short_name", NEW."source", NEW."takes_requests", NEW."valid_from", NEW."valid_to"); RETURN NULL;', hash='63a91e3d3078c0a1ec7d70e8341a2145c8e64f1e', operation='INSERT', pgid='pgtrigger_insert_insert_6ff16', table='departments_department', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='department',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "departments_departmentevent" ("code", "id", "name", "parent_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "short_name", "source", "takes_requests", "valid_from", "valid_to") VALUES (NEW."code", NEW."id", NEW."name", NEW."parent_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."phone", NEW."short_name", NEW."source", NEW."takes_requests", NEW."valid_from", NEW."valid_to"); RETURN NULL;', hash='0d0bec87cc756e38185da5e9b5556fc49497c44c', operation='UPDATE', pgid='pgtrigger_update_update_57215', table='departments_department', when='AFTER')),
        ),
    ]
