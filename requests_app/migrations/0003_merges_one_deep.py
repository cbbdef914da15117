import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):
    """A request is merged into one that stands alone, and no target ends without an answer under its merged ones."""

    dependencies = [("requests_app", "0002_keep_pauses")]

    operations = [
        pgtrigger.migrations.AddTrigger(
            model_name='servicerequest',
            trigger=pgtrigger.compiler.Trigger(name='merged_into_one_that_stands_alone', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW."merged_into_id" IS NOT NULL)', declare='DECLARE target_status text;', func="\n        SELECT status INTO target_status FROM requests_app_servicerequest\n            WHERE id = NEW.merged_into_id AND id <> NEW.id AND merged_into_id IS NULL FOR SHARE;\n        IF target_status IS NULL OR target_status IN ('rejected', 'forwarded', 'withdrawn')\n            OR EXISTS (SELECT 1 FROM requests_app_servicerequest WHERE merged_into_id = NEW.id)\n        THEN\n            RAISE EXCEPTION 'a request is merged into one that stands alone, and takes nobody along'\n                USING ERRCODE = 'check_violation';\n        END IF;\n        RETURN NEW;\n    ", hash='88ab5ca28c6105296ee9bea1218d4bf56834839c', operation='INSERT OR UPDATE OF "merged_into_id"', pgid='pgtrigger_merged_into_one_that_stands_alone_43f88', table='requests_app_servicerequest', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='servicerequest',
            trigger=pgtrigger.compiler.Trigger(name='ends_without_leaving_anybody', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW."status" IN (\'forwarded\', \'rejected\', \'withdrawn\'))', func="\n        IF EXISTS (SELECT 1 FROM requests_app_servicerequest WHERE merged_into_id = NEW.id) THEN\n            RAISE EXCEPTION 'requests are still merged into one that ends without an answer'\n                USING ERRCODE = 'check_violation';\n        END IF;\n        RETURN NEW;\n    ", hash='b1048ce2ba0ad6034aad68080dcdd9529ef9f449', operation='UPDATE OF "status"', pgid='pgtrigger_ends_without_leaving_anybody_fb69b', table='requests_app_servicerequest', when='BEFORE')),
        ),
    ]
