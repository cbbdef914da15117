import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    """A row for each way out, in place of one gateway for everything.

    No route is in use until reference data is loaded or somebody chooses one; messages wait until then. Pauses
    are of the moment and not carried over: their table begins anew, now with the route as its key.
    """

    dependencies = [
        ('notifications', '0007_campaigns'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        migrations.CreateModel(
            name='Route',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=32, unique=True, verbose_name='code')),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('gateway', models.CharField(choices=[('local', 'Simulated: stays on this machine'), ('verimor', 'Verimor'), ('netgsm', 'NetGSM'), ('iletimerkezi', 'İleti Merkezi'), ('twilio', 'Twilio')], max_length=16, verbose_name='gateway')),
                ('channel', models.CharField(choices=[('sms', 'SMS'), ('whatsapp', 'WhatsApp')], default='sms', max_length=16, verbose_name='channel')),
                ('sender', models.CharField(blank=True, help_text='The name or number the gateway has approved. For Twilio also a messaging service (MG…).', max_length=40, verbose_name='sender')),
                ('lanes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('otp', 'One-time code'), ('transactional', 'About a request'), ('reply', 'Reply to a message'), ('bulk', 'Announcement')], max_length=16), size=4, verbose_name='carries')),
                ('weight', models.PositiveSmallIntegerField(default=100, help_text='Its share beside the other routes: 90 and 10 make nine messages in ten and one in ten.', validators=[django.core.validators.MinValueValidator(1)], verbose_name='weight')),
                ('segments_per_second', models.PositiveIntegerField(blank=True, help_text='What the contract allows, for all workers together. Empty: no limit.', null=True, validators=[django.core.validators.MinValueValidator(1)], verbose_name='SMS parts a second')),
                ('batch_size', models.PositiveIntegerField(blank=True, help_text='At most. Empty: as many as the gateway takes.', null=True, validators=[django.core.validators.MinValueValidator(1)], verbose_name='messages a call')),
                ('reserved_units', models.PositiveSmallIntegerField(default=0, help_text='Turkish operators append five characters to every SMS.', verbose_name='characters for the operator')),
                ('price_kurus', models.DecimalField(decimal_places=3, default=0, max_digits=8, validators=[django.core.validators.MinValueValidator(0)], verbose_name='price of a part in kuruş')),
                ('links_allowed', models.BooleanField(default=True, help_text='SMS from abroad with a link in them are not delivered.', verbose_name='may carry links')),
                ('letters', models.CharField(choices=[('turkish', 'As they are written'), ('plain', 'Without Turkish letters')], default='turkish', max_length=16, verbose_name='Turkish letters')),
                ('is_active', models.BooleanField(default=False, verbose_name='in use')),
                ('source', models.CharField(blank=True, editable=False, max_length=300, verbose_name='source')),
            ],
            options={
                'verbose_name': 'route',
                'verbose_name_plural': 'routes',
                'ordering': ('name',),
                'default_permissions': ('view', 'add', 'change'),
            },
        ),
        migrations.CreateModel(
            name='RouteEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('code', models.SlugField(db_index=False, max_length=32, verbose_name='code')),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('gateway', models.CharField(choices=[('local', 'Simulated: stays on this machine'), ('verimor', 'Verimor'), ('netgsm', 'NetGSM'), ('iletimerkezi', 'İleti Merkezi'), ('twilio', 'Twilio')], max_length=16, verbose_name='gateway')),
                ('channel', models.CharField(choices=[('sms', 'SMS'), ('whatsapp', 'WhatsApp')], default='sms', max_length=16, verbose_name='channel')),
                ('sender', models.CharField(blank=True, help_text='The name or number the gateway has approved. For Twilio also a messaging service (MG…).', max_length=40, verbose_name='sender')),
                ('lanes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('otp', 'One-time code'), ('transactional', 'About a request'), ('reply', 'Reply to a message'), ('bulk', 'Announcement')], max_length=16), size=4, verbose_name='carries')),
                ('weight', models.PositiveSmallIntegerField(default=100, help_text='Its share beside the other routes: 90 and 10 make nine messages in ten and one in ten.', validators=[django.core.validators.MinValueValidator(1)], verbose_name='weight')),
                ('segments_per_second', models.PositiveIntegerField(blank=True, help_text='What the contract allows, for all workers together. Empty: no limit.', null=True, validators=[django.core.validators.MinValueValidator(1)], verbose_name='SMS parts a second')),
                ('batch_size', models.PositiveIntegerField(blank=True, help_text='At most. Empty: as many as the gateway takes.', null=True, validators=[django.core.validators.MinValueValidator(1)], verbose_name='messages a call')),
                ('reserved_units', models.PositiveSmallIntegerField(default=0, help_text='Turkish operators append five characters to every SMS.', verbose_name='characters for the operator')),
                ('price_kurus', models.DecimalField(decimal_places=3, default=0, max_digits=8, validators=[django.core.validators.MinValueValidator(0)], verbose_name='price of a part in kuruş')),
                ('links_allowed', models.BooleanField(default=True, help_text='SMS from abroad with a link in them are not delivered.', verbose_name='may carry links')),
                ('letters', models.CharField(choices=[('turkish', 'As they are written'), ('plain', 'Without Turkish letters')], default='turkish', max_length=16, verbose_name='Turkish letters')),
                ('is_active', models.BooleanField(default=False, verbose_name='in use')),
                ('source', models.CharField(blank=True, editable=False, max_length=300, verbose_name='source')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='RouteTally',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slot', models.DateTimeField()),
                ('kind', models.CharField(choices=[('accepted', 'taken'), ('delivered', 'delivered'), ('undelivered', 'not delivered'), ('refused', 'message refused'), ('error', 'error'), ('route', 'route refused'), ('unknown', 'outcome unknown')], max_length=16)),
                ('code', models.CharField(max_length=64)),
                ('messages', models.PositiveIntegerField()),
                ('segments', models.PositiveIntegerField()),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.DeleteModel(name='RoutePause'),
        migrations.CreateModel(
            name='RoutePause',
            fields=[
                ('route', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='pause', serialize=False, to='notifications.route', verbose_name='route')),
                ('since', models.DateTimeField(default=django.utils.timezone.now, verbose_name='since')),
                ('until', models.DateTimeField(verbose_name='next try at')),
                ('reason', models.CharField(max_length=300, verbose_name='reason')),
                ('times', models.PositiveIntegerField(default=1, verbose_name='refusals')),
                ('refused', models.BooleanField(default=True, verbose_name='refused')),
                ('canary_until', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'verbose_name': 'paused route',
                'verbose_name_plural': 'paused routes',
                'default_permissions': ('view',),
                'constraints': [models.CheckConstraint(condition=models.Q(('until__gte', models.F('since'))), name='route_pause_ends_later')],
            },
        ),
        migrations.CreateModel(
            name='RouteAllowance',
            fields=[
                ('route', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='notifications.route')),
                ('segments', models.FloatField()),
                ('at', models.DateTimeField()),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.AddConstraint(
            model_name='route',
            constraint=models.CheckConstraint(condition=models.Q(('weight__gte', 1)), name='route_has_weight'),
        ),
        migrations.AddConstraint(
            model_name='route',
            constraint=models.CheckConstraint(condition=models.Q(('channel', 'sms'), ('gateway', 'twilio'), _connector='OR'), name='route_whatsapp_is_twilio', violation_error_message='WhatsApp messages go over Twilio only.'),
        ),
        migrations.AddConstraint(
            model_name='route',
            constraint=models.CheckConstraint(condition=models.Q(('links_allowed', False), models.Q(('channel', 'sms'), ('gateway__in', ('twilio',)), _negated=True), _connector='OR'), name='route_foreign_without_links', violation_error_message='SMS from abroad with a link in them are not delivered.'),
        ),
        migrations.AddConstraint(
            model_name='route',
            constraint=models.CheckConstraint(condition=models.Q(('is_active', False), ('gateway', 'local'), models.Q(('sender', ''), _negated=True), _connector='OR'), name='route_in_use_has_sender', violation_error_message='A route in use needs a sender.'),
        ),
        migrations.AddConstraint(
            model_name='route',
            constraint=models.CheckConstraint(condition=models.Q(('lanes__len__gte', 1)), name='route_carries_something'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='route',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "notifications_routeevent" ("batch_size", "channel", "code", "gateway", "id", "is_active", "lanes", "letters", "links_allowed", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "price_kurus", "reserved_units", "segments_per_second", "sender", "source", "weight") VALUES (NEW."batch_size", NEW."channel", NEW."code", NEW."gateway", NEW."id", NEW."is_active", NEW."lanes", NEW."letters", NEW."links_allowed", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."price_kurus", NEW."reserved_units", NEW."segments_per_second", NEW."sender", NEW."source", NEW."weight"); RETURN NULL;', hash='877a5f522f818ffc37b8fcf3b9f0f606a30f0cda', operation='INSERT', pgid='pgtrigger_insert_insert_e0b3c', table='notifications_route', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='route',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "notifications_routeevent" ("batch_size", "channel", "code", "gateway", "id", "is_active", "lanes", "letters", "links_allowed", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "price_kurus", "reserved_units", "segments_per_second", "sender", "source", "weight") VALUES (NEW."batch_size", NEW."channel", NEW."code", NEW."gateway", NEW."id", NEW."is_active", NEW."lanes", NEW."letters", NEW."links_allowed", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."price_kurus", NEW."reserved_units", NEW."segments_per_second", NEW."sender", NEW."source", NEW."weight"); RETURN NULL;', hash='c2d24ef05778436f8eafbc8e1348c1b4b584d3d7', operation='UPDATE', pgid='pgtrigger_update_update_ae62a', table='notifications_route', when='AFTER')),
        ),
        migrations.AddField(
            model_name='routeevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='routeevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='notifications.route'),
        ),
        migrations.AddField(
            model_name='routetally',
            name='route',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='notifications.route'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='routeevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='dedce45cac60fa3896f80a52083b79c7b98bfd74', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_47d56', table='notifications_routeevent', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='routetally',
            constraint=models.UniqueConstraint(fields=('route', 'slot', 'kind', 'code'), name='route_tally_once'),
        ),
    ]
