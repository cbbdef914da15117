import pgtrigger.compiler
import pgtrigger.migrations
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):
    """A message nobody wants any more is neither failed nor late. The next migration validates the checks."""

    dependencies = [
        ('notifications', '0004_staff_withdraw_consents'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='message',
            name='message_states',
        ),
        migrations.RemoveConstraint(
            model_name='message',
            name='message_lane_known',
        ),
        migrations.RemoveConstraint(
            model_name='message',
            name='message_state_known',
        ),
        migrations.RemoveConstraint(
            model_name='message',
            name='message_finished_has_time',
        ),
        migrations.AlterField(
            model_name='message',
            name='state',
            field=models.CharField(choices=[('queued', 'Waiting'), ('sending', 'Being sent'), ('unknown', 'Outcome unknown'), ('accepted', 'Taken by the operator'), ('delivered', 'Delivered'), ('failed', 'Failed'), ('expired', 'Too late to send'), ('cancelled', 'Not sent')], default='queued', max_length=16, verbose_name='state'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='message',
            trigger=pgtrigger.compiler.Trigger(name='message_states', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE _is_valid_transition BOOLEAN;', func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{queued:sending,queued:failed,queued:expired,queued:cancelled,sending:queued,sending:unknown,sending:accepted,sending:delivered,sending:failed,sending:expired,unknown:queued,unknown:accepted,unknown:delivered,unknown:failed,unknown:expired,accepted:delivered,accepted:failed}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;', hash='9871ff07b9d20d080789d58e07d3cd7f9d3a5034', operation='UPDATE', pgid='pgtrigger_message_states_a6bee', table='notifications_message', when='BEFORE')),
        ),
        AddConstraintNotValid(
            model_name='message',
            constraint=models.CheckConstraint(condition=models.Q(('lane__in', ('otp', 'transactional', 'reply'))), name='message_lane_known'),
        ),
        AddConstraintNotValid(
            model_name='message',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['queued', 'sending', 'unknown', 'accepted', 'delivered', 'failed', 'expired', 'cancelled'])), name='message_state_known'),
        ),
        AddConstraintNotValid(
            model_name='message',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('finished_at__isnull', False), ('state__in', ('delivered', 'failed', 'expired', 'cancelled'))), models.Q(models.Q(('state__in', ('delivered', 'failed', 'expired', 'cancelled')), _negated=True), ('finished_at__isnull', True)), _connector='OR'), name='message_finished_has_time'),
        ),
    ]
