"""A category for everything else says so: its department is no certain suggestion."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('departments', '0002_takes_requests'),
        ('requests_app', '0012_keep_the_indexes_in_use'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='category',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='category',
            name='update_update',
        ),
        migrations.AddField(
            model_name='category',
            name='catch_all',
            field=models.BooleanField(default=False, help_text='On: the department above only has a first look; nothing is sent to it without triage.', verbose_name='for whatever fits no other subject'),
        ),
        migrations.AddField(
            model_name='categoryevent',
            name='catch_all',
            field=models.BooleanField(default=False, help_text='On: the department above only has a first look; nothing is sent to it without triage.', verbose_name='for whatever fits no other subject'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='category',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "requests_app_categoryevent" ("auto_route", "catch_all", "code", "department_id", "group", "group_en", "help", "help_en", "id", "is_active", "keywords", "kind", "name", "name_en", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "questions", "sort_order", "source", "target_working_hours") VALUES (NEW."auto_route", NEW."catch_all", NEW."code", NEW."department_id", NEW."group", NEW."group_en", NEW."help", NEW."help_en", NEW."id", NEW."is_active", NEW."keywords", NEW."kind", NEW."name", NEW."name_en", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."questions", NEW."sort_order", NEW."source", NEW."target_working_hours"); RETURN NULL;', hash='da069fb0d7f5a5adf4bcc4d24fa3e87b57bb3089', operation='INSERT', pgid='pgtrigger_insert_insert_a1fa2', table='requests_app_category', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='category',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "requests_app_categoryevent" ("auto_route", "catch_all", "code", "department_id", "group", "group_en", "help", "help_en", "id", "is_active", "keywords", "kind", "name", "name_en", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "questions", "sort_order", "source", "target_working_hours") VALUES (NEW."auto_route", NEW."catch_all", NEW."code", NEW."department_id", NEW."group", NEW."group_en", NEW."help", NEW."help_en", NEW."id", NEW."is_active", NEW."keywords", NEW."kind", NEW."name", NEW."name_en", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."questions", NEW."sort_order", NEW."source", NEW."target_working_hours"); RETURN NULL;', hash='806da1da19993b8d56521bd8f9c7a42a59a8dc70', operation='UPDATE', pgid='pgtrigger_update_update_64003', table='requests_app_category', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='category',
            constraint=models.CheckConstraint(condition=models.Q(('auto_route', True), ('catch_all', True), _negated=True), name='category_catch_all_is_triaged', violation_error_message='What fits no other subject cannot be sent on without triage.'),
        ),
    ]
