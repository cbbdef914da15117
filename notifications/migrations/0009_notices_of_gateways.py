import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    """What gateways tell us is written down first. Two new ways between states, both opened by receipts only."""

    dependencies = [
        ('notifications', '0008_routes'),
    ]

    operations = [
        migrations.CreateModel(
            name='InboundNotice',
            fields=[
                ('id', models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ('gateway', models.CharField(max_length=32, verbose_name='gateway')),
                ('kind', models.CharField(choices=[('receipt', 'Receipt for a message of ours'), ('inbound', 'Message to us')], max_length=8, verbose_name='kind')),
                ('key', models.CharField(max_length=128, null=True)),
                ('message_id', models.UUIDField(null=True, verbose_name='message')),
                ('payload', models.TextField()),
                ('received_at', models.DateTimeField(verbose_name='received at')),
                ('due_at', models.DateTimeField(verbose_name='next step at')),
                ('processed_at', models.DateTimeField(null=True, verbose_name='dealt with at')),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='tries')),
                ('error', models.CharField(blank=True, default='', max_length=64, verbose_name='error')),
            ],
            options={
                'verbose_name': 'notice of a gateway',
                'verbose_name_plural': 'notices of gateways',
                'default_permissions': ('view',),
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='bulkmessage',
            name='bulk_states',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='message',
            name='message_states',
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='bulkmessage',
            trigger=pgtrigger.compiler.Trigger(name='bulk_states', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE _is_valid_transition BOOLEAN;', func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{queued:sending,queued:delivered,queued:failed,queued:expired,queued:cancelled,sending:queued,sending:unknown,sending:accepted,sending:delivered,sending:failed,sending:expired,unknown:queued,unknown:accepted,unknown:delivered,unknown:failed,unknown:expired,accepted:queued,accepted:delivered,accepted:failed}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;', hash='1b20a0bae32f6ff445058f2b5b89e2f647ef8f24', operation='UPDATE', pgid='pgtrigger_bulk_states_3d8d6', table='notifications_bulkmessage', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='message',
            trigger=pgtrigger.compiler.Trigger(name='message_states', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE _is_valid_transition BOOLEAN;', func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{queued:sending,queued:delivered,queued:failed,queued:expired,queued:cancelled,sending:queued,sending:unknown,sending:accepted,sending:delivered,sending:failed,sending:expired,unknown:queued,unknown:accepted,unknown:delivered,unknown:failed,unknown:expired,accepted:queued,accepted:delivered,accepted:failed}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;', hash='02d119fb75bb5d3ac7a3861c08f04796e9725803', operation='UPDATE', pgid='pgtrigger_message_states_a6bee', table='notifications_message', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='inboundnotice',
            index=models.Index(condition=models.Q(('processed_at__isnull', True)), fields=['kind', 'due_at'], name='notice_open'),
        ),
        migrations.AddIndex(
            model_name='inboundnotice',
            index=models.Index(condition=models.Q(('error', ''), _negated=True), fields=['error'], name='notice_given_up'),
        ),
        migrations.AddConstraint(
            model_name='inboundnotice',
            constraint=models.UniqueConstraint(fields=('gateway', 'kind', 'key'), name='notice_once'),
        ),
    ]
