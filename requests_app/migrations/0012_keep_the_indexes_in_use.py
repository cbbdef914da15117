"""Every index costs each application something: only those that a page or a constraint needs stay."""

import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

REQUESTS, EVENTS, DRAFTS = "requests_app_servicerequest", "requests_app_requestevent", "requests_app_applicationdraft"

# Of foreign keys that nothing is looked up by, or that another index begins with.
UNUSED = [
    (REQUESTS, "authority_id", "227cb6a1"),
    (REQUESTS, "category_id", "0ff923b8"),
    (REQUESTS, "department_id", "e0d65bfa"),
    (REQUESTS, "entered_by_id", "2d40e728"),
    (REQUESTS, "merged_into_id", "5f97a5fe"),
    (REQUESTS, "neighbourhood_id", "270fcc54"),
    (REQUESTS, "suggested_department_id", "633e3969"),
    (EVENTS, "actor_id", "b549b824"),
    (EVENTS, "department_id", "6c912648"),
    (EVENTS, "note_id", "9c1aaa04"),
    (EVENTS, "request_id", "d7a2852e"),
]
# The second index of a text for LIKE, by which no hash, key or phone is ever searched.
FOR_LIKE = [
    (REQUESTS, "submission_key", "893dccab"),
    (REQUESTS, "tracking_hash", "a2562e3e"),
    (DRAFTS, "key_hash", "55b7b20b"),
    ("requests_app_applicant", "phone", "e8582772"),
]
RENAMED_CONSTRAINTS = [
    (REQUESTS, "requests_app_servicerequest_tracking_hash_key", "request_tracking_hash"),
    (REQUESTS, "requests_app_servicerequest_submission_key_key", "request_submission_key"),
    (DRAFTS, "requests_app_applicationdraft_key_hash_key", "draft_key_hash"),
]


def dropped(table, column, suffix, like=""):
    """Drop one index by the name that Django gave it."""
    name = f"{table}_{column}_{suffix}{'_like' if like else ''}"
    return migrations.RunSQL(
        f"DROP INDEX CONCURRENTLY IF EXISTS {name}",
        f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {name} ON {table} ({column}{like})",
    )


def renamed(table, old, new):
    """Keep a constraint with its index under another name."""
    return migrations.RunSQL(
        f"ALTER TABLE {table} RENAME CONSTRAINT {old} TO {new}", f"ALTER TABLE {table} RENAME CONSTRAINT {new} TO {old}"
    )


class Migration(migrations.Migration):
    # Nothing is rewritten and nobody waits: indexes come and go beside the traffic.
    atomic = False

    dependencies = [
        ("requests_app", "0011_thumbnails"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="servicerequest",
            index=models.Index(fields=["category", "neighbourhood"], name="request_subject_and_place"),
        ),
        AddIndexConcurrently(
            model_name="servicerequest",
            index=models.Index(
                condition=models.Q(("merged_into__isnull", False)), fields=["merged_into"], name="request_merged"
            ),
        ),
        AddIndexConcurrently(
            model_name="requestevent",
            index=models.Index(condition=models.Q(("note__isnull", False)), fields=["note"], name="event_note"),
        ),
        AddIndexConcurrently(
            model_name="applicant",
            index=models.Index(fields=["phone"], name="applicant_phone"),
        ),
        # By hand: altering the fields would check every foreign key of the table anew.
        migrations.SeparateDatabaseAndState(
            database_operations=[
                *(dropped(*index) for index in UNUSED),
                *(dropped(*index, like=" varchar_pattern_ops") for index in FOR_LIKE),
                dropped("requests_app_applicant", "phone", "e8582772"),
                *(renamed(*names) for names in RENAMED_CONSTRAINTS),
            ],
            state_operations=[
                migrations.AlterField(
                    model_name="applicant",
                    name="phone",
                    field=models.CharField(blank=True, max_length=16, verbose_name="phone"),
                ),
                migrations.AlterField(
                    model_name="applicationdraft",
                    name="key_hash",
                    field=models.CharField(max_length=64),
                ),
                migrations.AlterField(
                    model_name="requestevent",
                    name="actor",
                    field=models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="who",
                    ),
                ),
                migrations.AlterField(
                    model_name="requestevent",
                    name="department",
                    field=models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="departments.department",
                        verbose_name="department",
                    ),
                ),
                migrations.AlterField(
                    model_name="requestevent",
                    name="note",
                    field=models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="requests_app.note",
                    ),
                ),
                migrations.AlterField(
                    model_name="requestevent",
                    name="request",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="requests_app.servicerequest",
                    ),
                ),
                migrations.AlterField(
                    model_name="servicerequest",
                    name="authority",
                    field=models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="requests_app.authority",
                        verbose_name="forwarded to",
                    ),
                ),
                migrations.AlterField(
                    model_name="servicerequest",
                    name="category",
                    field=models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="requests_app.category",
                        verbose_name="category",
                    ),
                ),
                migrations.AlterField(
                    model_name="servicerequest",
                    name="department",
                    field=models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="departments.department",
                        verbose_name="department",
                    ),
                ),
                migrations.AlterField(
                    model_name="servicerequest",
                    name="entered_by",
                    field=models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="entered by",
                    ),
                ),
                migrations.AlterField(
                    model_name="servicerequest",
                    name="merged_into",
                    field=models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="merged",
                        to="requests_app.servicerequest",
                        verbose_name="merged into",
                    ),
                ),
                migrations.AlterField(
                    model_name="servicerequest",
                    name="neighbourhood",
                    field=models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="departments.neighbourhood",
                        verbose_name="neighbourhood",
                    ),
                ),
                migrations.AlterField(
                    model_name="servicerequest",
                    name="submission_key",
                    field=models.CharField(editable=False, max_length=80),
                ),
                migrations.AlterField(
                    model_name="servicerequest",
                    name="suggested_department",
                    field=models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="departments.department",
                        verbose_name="suggested department",
                    ),
                ),
                migrations.AlterField(
                    model_name="servicerequest",
                    name="tracking_hash",
                    field=models.CharField(editable=False, max_length=64),
                ),
                migrations.AddConstraint(
                    model_name="applicationdraft",
                    constraint=models.UniqueConstraint(fields=("key_hash",), name="draft_key_hash"),
                ),
                migrations.AddConstraint(
                    model_name="servicerequest",
                    constraint=models.UniqueConstraint(fields=("tracking_hash",), name="request_tracking_hash"),
                ),
                migrations.AddConstraint(
                    model_name="servicerequest",
                    constraint=models.UniqueConstraint(fields=("submission_key",), name="request_submission_key"),
                ),
            ],
        ),
    ]
