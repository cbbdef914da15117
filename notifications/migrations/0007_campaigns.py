import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

# Django's own CREATE TABLE, and the last line.
PARTITIONED = """
CREATE TABLE notifications_bulkmessage (
    id uuid NOT NULL PRIMARY KEY,
    phone varchar(16) NOT NULL,
    language varchar(8) NOT NULL,
    fields jsonb NULL,
    segments smallint NOT NULL CHECK (segments >= 0),
    state varchar(16) NOT NULL,
    due_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    attempts smallint NOT NULL CHECK (attempts >= 0),
    lookups smallint NOT NULL CHECK (lookups >= 0),
    claimed_at timestamptz NULL,
    sent_at timestamptz NULL,
    finished_at timestamptz NULL,
    route varchar(32) NOT NULL,
    provider_id varchar(64) NOT NULL,
    error_code varchar(64) NOT NULL,
    error_detail varchar(300) NOT NULL
) PARTITION BY RANGE (id)
"""


class Migration(migrations.Migration):
    """Announcements to many. Their messages live in a table of their own, one partition a month of the id's time."""

    dependencies = [
        ('departments', '0002_takes_requests'),
        ('notifications', '0006_messages_checked_again'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(PARTITIONED, "DROP TABLE notifications_bulkmessage")],
            state_operations=[
                migrations.CreateModel(
            name='BulkMessage',
            fields=[
                ('id', models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ('phone', models.CharField(max_length=16, verbose_name='phone')),
                ('language', models.CharField(max_length=8, verbose_name='language')),
                ('fields', models.JSONField(null=True, verbose_name='fields of the text')),
                ('segments', models.PositiveSmallIntegerField(verbose_name='SMS parts')),
                ('state', models.CharField(choices=[('queued', 'Waiting'), ('sending', 'Being sent'), ('unknown', 'Outcome unknown'), ('accepted', 'Taken by the operator'), ('delivered', 'Delivered'), ('failed', 'Failed'), ('expired', 'Too late to send'), ('cancelled', 'Not sent')], default='queued', max_length=16, verbose_name='state')),
                ('due_at', models.DateTimeField(verbose_name='next step at')),
                ('expires_at', models.DateTimeField(verbose_name='too late after')),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='tries')),
                ('lookups', models.PositiveSmallIntegerField(default=0, verbose_name='look-ups')),
                ('claimed_at', models.DateTimeField(null=True, verbose_name='last tried at')),
                ('sent_at', models.DateTimeField(null=True, verbose_name='sent at')),
                ('finished_at', models.DateTimeField(null=True, verbose_name='finished at')),
                ('route', models.CharField(default='', max_length=32, verbose_name='route')),
                ('provider_id', models.CharField(default='', max_length=64, verbose_name="operator's number")),
                ('error_code', models.CharField(default='', max_length=64, verbose_name='error')),
                ('error_detail', models.CharField(default='', max_length=300, verbose_name='error in words')),
            ],
            options={
                'verbose_name': 'message of an announcement',
                'verbose_name_plural': 'messages of announcements',
                'default_permissions': (),
            },
        ),
            ],
        ),
        migrations.CreateModel(
            name='Campaign',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('bodies', models.JSONField(default=dict, verbose_name='texts')),
                ('plain_letters', models.BooleanField(default=False, verbose_name='without Turkish letters')),
                ('purpose', models.CharField(choices=[('public', 'Public information by the municipality'), ('commercial', 'Commercial: paid events, offers of municipal companies')], max_length=16, verbose_name='class')),
                ('audience', models.CharField(choices=[('consents', 'Everybody who agreed to announcements'), ('list', 'A list of phone numbers')], default='consents', max_length=16, verbose_name='receivers')),
                ('topics', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=32), blank=True, default=list, size=None, verbose_name='topics')),
                ('languages', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=8), blank=True, default=list, size=None, verbose_name='languages')),
                ('starts_at', models.DateTimeField(blank=True, null=True, verbose_name='not before')),
                ('ends_at', models.DateTimeField(blank=True, null=True, verbose_name='not after')),
                ('is_urgent', models.BooleanField(default=False, verbose_name='also at night')),
                ('most_segments', models.PositiveBigIntegerField(blank=True, null=True, verbose_name='at most this many SMS parts')),
                ('status', models.CharField(choices=[('draft', 'Draft'), ('awaiting_approval', 'Waits for approval'), ('scheduled', 'Approved'), ('planning', 'Receivers are being listed'), ('running', 'Being sent'), ('paused', 'Paused'), ('finished', 'Finished'), ('cancelled', 'Cancelled')], default='draft', max_length=24, verbose_name='status')),
                ('halted_because', models.CharField(blank=True, choices=[('quota', 'the yearly quota'), ('budget', 'the most SMS parts of this announcement')], default='', max_length=16, verbose_name='stopped by')),
                ('version', models.PositiveIntegerField(default=1)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='written at')),
                ('started_at', models.DateTimeField(blank=True, null=True, verbose_name='begun at')),
                ('planned_through', models.BigIntegerField(default=0)),
                ('planned_at', models.DateTimeField(blank=True, null=True, verbose_name='receivers listed at')),
                ('planned', models.PositiveIntegerField(default=0, verbose_name='receivers')),
                ('planned_segments', models.PositiveBigIntegerField(default=0, verbose_name='SMS parts')),
                ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='closed at')),
                ('totals', models.JSONField(default=dict, verbose_name='totals')),
            ],
            options={
                'verbose_name': 'announcement',
                'verbose_name_plural': 'announcements',
                'permissions': [('approve_campaign', 'Can approve announcements')],
                'default_permissions': ('view', 'add'),
            },
        ),
        migrations.CreateModel(
            name='CampaignEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('verb', models.CharField(choices=[('create', 'Written'), ('change', 'Changed'), ('submit', 'Sent for approval'), ('return', 'Returned to the author'), ('approve', 'Approved'), ('start', 'Receivers are being listed'), ('run', 'Sending began'), ('halt', 'Stopped by a limit'), ('pause', 'Paused'), ('resume', 'Resumed'), ('cancel', 'Cancelled'), ('finish', 'Finished')], max_length=16, verbose_name='what')),
                ('at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='at')),
                ('status', models.CharField(choices=[('draft', 'Draft'), ('awaiting_approval', 'Waits for approval'), ('scheduled', 'Approved'), ('planning', 'Receivers are being listed'), ('running', 'Being sent'), ('paused', 'Paused'), ('finished', 'Finished'), ('cancelled', 'Cancelled')], max_length=24, verbose_name='status')),
                ('note', models.CharField(blank=True, default='', max_length=500, verbose_name='reason')),
            ],
            options={
                'verbose_name': 'event of an announcement',
                'verbose_name_plural': 'events of announcements',
                'ordering': ('id',),
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='ListedReceiver',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('line', models.PositiveIntegerField()),
                ('phone', models.CharField(max_length=16)),
                ('language', models.CharField(max_length=8)),
                ('fields', models.JSONField(default=dict)),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='OptOut',
            fields=[
                ('phone', models.CharField(max_length=16, primary_key=True, serialize=False, verbose_name='phone')),
                ('at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='at')),
                ('source', models.CharField(max_length=64, verbose_name='through')),
            ],
            options={
                'verbose_name': 'opt-out',
                'verbose_name_plural': 'opt-outs',
                'default_permissions': ('view',),
            },
        ),
        migrations.CreateModel(
            name='QuotaYear',
            fields=[
                ('year', models.PositiveSmallIntegerField(primary_key=True, serialize=False, verbose_name='year')),
                ('reserved', models.PositiveBigIntegerField(default=0, verbose_name='used or reserved')),
                ('limit', models.PositiveBigIntegerField(verbose_name='limit')),
            ],
            options={
                'verbose_name': 'yearly quota',
                'verbose_name_plural': 'yearly quotas',
                'default_permissions': ('view', 'change'),
            },
        ),
        migrations.AddField(
            model_name='consent',
            name='neighbourhood',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='departments.neighbourhood', verbose_name='neighbourhood'),
        ),
        migrations.AddField(
            model_name='consent',
            name='topics',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=32), blank=True, default=list, size=None, verbose_name='topics'),
        ),
        migrations.AlterField(
            model_name='localdelivery',
            name='message',
            field=models.OneToOneField(db_constraint=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='local_delivery', to='notifications.message', verbose_name='message'),
        ),
        migrations.AddField(
            model_name='campaign',
            name='approved_by',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='approved by'),
        ),
        migrations.AddField(
            model_name='campaign',
            name='created_by',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='author'),
        ),
        migrations.AddField(
            model_name='campaign',
            name='neighbourhoods',
            field=models.ManyToManyField(blank=True, related_name='+', to='departments.neighbourhood', verbose_name='neighbourhoods'),
        ),
        migrations.AddField(
            model_name='campaign',
            name='purpose_chosen_by',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='class chosen by'),
        ),
        migrations.AddField(
            model_name='campaign',
            name='submitted_by',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='bulkmessage',
            name='campaign',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='messages', to='notifications.campaign', verbose_name='announcement'),
        ),
        migrations.AddField(
            model_name='campaignevent',
            name='actor',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='who'),
        ),
        migrations.AddField(
            model_name='campaignevent',
            name='campaign',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='notifications.campaign', verbose_name='announcement'),
        ),
        migrations.AddField(
            model_name='listedreceiver',
            name='campaign',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='listed', to='notifications.campaign'),
        ),
        migrations.AddConstraint(
            model_name='quotayear',
            constraint=models.CheckConstraint(condition=models.Q(('reserved__lte', models.F('limit'))), name='quota_not_passed'),
        ),
        migrations.AddIndex(
            model_name='campaign',
            index=models.Index(condition=models.Q(('closed_at__isnull', True)), fields=['status'], name='campaign_open'),
        ),
        migrations.AddConstraint(
            model_name='campaign',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['draft', 'awaiting_approval', 'scheduled', 'planning', 'running', 'paused', 'finished', 'cancelled'])), name='campaign_status_known'),
        ),
        migrations.AddConstraint(
            model_name='campaign',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status__in', ['finished', 'paused', 'planning', 'running', 'scheduled']), _negated=True), ('approved_by__isnull', False), _connector='OR'), name='campaign_approved_by_somebody'),
        ),
        migrations.AddConstraint(
            model_name='campaign',
            constraint=models.CheckConstraint(condition=models.Q(('approved_by__isnull', True), models.Q(models.Q(('approved_by', models.F('created_by')), _negated=True), models.Q(('approved_by', models.F('submitted_by')), _negated=True)), _connector='OR'), name='campaign_approved_by_second'),
        ),
        migrations.AddConstraint(
            model_name='campaign',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status__in', ['planning', 'running', 'finished']), _negated=True), ('started_at__isnull', False), _connector='OR'), name='campaign_begun_has_time'),
        ),
        migrations.AddConstraint(
            model_name='campaign',
            constraint=models.CheckConstraint(condition=models.Q(('closed_at__isnull', True), ('status__in', ['cancelled', 'finished']), _connector='OR'), name='campaign_closed_has_ended'),
        ),
        migrations.AddConstraint(
            model_name='campaign',
            constraint=models.CheckConstraint(condition=models.Q(('ends_at__isnull', True), ('starts_at__isnull', True), ('ends_at__gt', models.F('starts_at')), _connector='OR'), name='campaign_ends_later'),
        ),
        migrations.AddIndex(
            model_name='bulkmessage',
            index=models.Index(fields=['campaign', 'state', 'due_at'], name='bulk_campaign'),
        ),
        migrations.AddIndex(
            model_name='bulkmessage',
            index=models.Index(condition=models.Q(('state__in', ['sending', 'unknown'])), fields=['state', 'due_at'], name='bulk_on_its_way'),
        ),
        migrations.AddIndex(
            model_name='bulkmessage',
            index=models.Index(condition=models.Q(('provider_id', ''), _negated=True), fields=['provider_id'], name='bulk_provider_id'),
        ),
        migrations.AddConstraint(
            model_name='bulkmessage',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['queued', 'sending', 'unknown', 'accepted', 'delivered', 'failed', 'expired', 'cancelled'])), name='bulk_state_known'),
        ),
        migrations.AddConstraint(
            model_name='bulkmessage',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['sending', 'unknown']), _negated=True), ('claimed_at__isnull', False), _connector='OR'), name='bulk_sending_was_claimed'),
        ),
        migrations.AddConstraint(
            model_name='bulkmessage',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('finished_at__isnull', False), ('state__in', ('delivered', 'failed', 'expired', 'cancelled'))), models.Q(models.Q(('state__in', ('delivered', 'failed', 'expired', 'cancelled')), _negated=True), ('finished_at__isnull', True)), _connector='OR'), name='bulk_finished_has_time'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='bulkmessage',
            trigger=pgtrigger.compiler.Trigger(name='bulk_states', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE _is_valid_transition BOOLEAN;', func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{queued:sending,queued:failed,queued:expired,queued:cancelled,sending:queued,sending:unknown,sending:accepted,sending:delivered,sending:failed,sending:expired,unknown:queued,unknown:accepted,unknown:delivered,unknown:failed,unknown:expired,accepted:delivered,accepted:failed}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;', hash='ccc9569173f467507dbd061c8b33af2872d66314', operation='UPDATE', pgid='pgtrigger_bulk_states_3d8d6', table='notifications_bulkmessage', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='campaignevent',
            trigger=pgtrigger.compiler.Trigger(name='campaign_event_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='833b9bb969f2b388410b10d92655a38b9ff049de', operation='UPDATE OR DELETE', pgid='pgtrigger_campaign_event_stays_d860c', table='notifications_campaignevent', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='listedreceiver',
            index=models.Index(fields=['campaign', 'id'], name='listed_in_order'),
        ),
        migrations.AddConstraint(
            model_name='listedreceiver',
            constraint=models.UniqueConstraint(fields=('campaign', 'phone'), name='listed_once'),
        ),
        migrations.AddConstraint(
            model_name='listedreceiver',
            constraint=models.CheckConstraint(condition=models.Q(('phone__regex', '^\\+[1-9][0-9]{7,14}$')), name='listed_phone_e164'),
        ),
    ]
