"""Every change from now on is kept: who, when, from what to what."""

import uuid

import django.core.serializers.json
import django.core.validators
import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("releases", "0008_notes")]

    operations = [
        migrations.AddField(
            model_name="newsroom",
            name="days_backups_are_kept",
            field=models.PositiveSmallIntegerField(
                default=30,
                help_text="After a name was removed everywhere, the desk says until when older backups may still hold it.",
                verbose_name="days for which backups are kept",
            ),
        ),
        migrations.CreateModel(
            name="HistoricalCorrection",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("correction", "Correction"), ("update", "Update")], max_length=10, verbose_name="kind of change"
                    ),
                ),
                ("note", models.TextField(verbose_name="what readers are told")),
                ("made_at", models.DateTimeField(verbose_name="made")),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                ("history_type", models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1)),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "release",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="releases.release",
                        verbose_name="release",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical correction",
                "verbose_name_plural": "historical corrections",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalFormerAddress",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("language", models.CharField(choices=[("en", "English"), ("es", "Spanish")], max_length=2, verbose_name="language")),
                ("slug", models.SlugField(max_length=80, verbose_name="address")),
                ("left_at", models.DateTimeField(blank=True, editable=False, verbose_name="left")),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                ("history_type", models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1)),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "release",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="releases.release",
                        verbose_name="release",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical former address",
                "verbose_name_plural": "historical former addresses",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalNewsroom",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                (
                    "undo_window",
                    models.PositiveSmallIntegerField(
                        default=60,
                        help_text="How long “Publish” waits before the public can read, so that a slip can be undone. 0: no wait.",
                        validators=[django.core.validators.MaxValueValidator(3600)],
                        verbose_name="seconds to undo",
                    ),
                ),
                (
                    "needs_second_person",
                    models.BooleanField(
                        default=False,
                        help_text="Whoever wrote a text last cannot publish it alone. Doing it all the same takes a reason, which stays as a note.",
                        verbose_name="a second person must approve",
                    ),
                ),
                (
                    "years_until_old",
                    models.PositiveSmallIntegerField(
                        default=2,
                        help_text="Older releases say “From 2014. Rules may have changed.” with their year. 0: never.",
                        validators=[django.core.validators.MaxValueValidator(100)],
                        verbose_name="years until a release is old",
                    ),
                ),
                (
                    "days_backups_are_kept",
                    models.PositiveSmallIntegerField(
                        default=30,
                        help_text="After a name was removed everywhere, the desk says until when older backups may still hold it.",
                        verbose_name="days for which backups are kept",
                    ),
                ),
                ("pinned_until", models.DateField(editable=False, null=True)),
                ("pinned_es_until", models.DateField(editable=False, null=True)),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                ("history_type", models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1)),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "pinned",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="releases.release",
                        verbose_name="pinned in English",
                    ),
                ),
                (
                    "pinned_es",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="releases.release",
                        verbose_name="pinned in Spanish",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical settings",
                "verbose_name_plural": "historical settings",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalRelease",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("press_release", "Press release"),
                            ("statement", "Statement"),
                            ("media_advisory", "Media advisory"),
                            ("service_notice", "Service notice"),
                        ],
                        default="press_release",
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                (
                    "language",
                    models.CharField(choices=[("en", "English"), ("es", "Spanish")], default="en", max_length=2, verbose_name="language"),
                ),
                (
                    "pair",
                    models.UUIDField(default=uuid.uuid4, editable=False, help_text="Shared by the two language versions of one release."),
                ),
                (
                    "headline",
                    models.CharField(
                        help_text="Write CARECEN, DACA and names as they are written: nothing here changes a letter.",
                        max_length=300,
                        verbose_name="headline",
                    ),
                ),
                (
                    "subhead",
                    models.CharField(
                        blank=True,
                        help_text="A second line under the headline, if there is more to say.",
                        max_length=300,
                        verbose_name="subhead",
                    ),
                ),
                (
                    "slug",
                    models.SlugField(
                        blank=True,
                        help_text="The last part of the web address. Leave it empty, and it is made from the headline when the release is published.",
                        max_length=80,
                        verbose_name="address",
                    ),
                ),
                (
                    "date",
                    models.DateField(
                        blank=True,
                        help_text="The date printed in the dateline. Leave it empty for the day the release goes public.",
                        null=True,
                        verbose_name="date",
                    ),
                ),
                (
                    "dateline",
                    models.CharField(
                        blank=True,
                        help_text="The place printed in the dateline, in the language of the release: Los Angeles, Los Ángeles.",
                        max_length=120,
                        verbose_name="place",
                    ),
                ),
                (
                    "summary",
                    models.TextField(
                        blank=True,
                        help_text="The opening paragraph. Lists show it whole, and the release begins with it, so the body does not repeat it.",
                        verbose_name="summary",
                    ),
                ),
                ("body", models.TextField(blank=True, help_text="Everything after the opening paragraph.", verbose_name="body")),
                (
                    "valid_until",
                    models.DateField(
                        blank=True,
                        help_text="The last day on which a service notice holds. From the next day on a banner says that it has run out.",
                        null=True,
                        verbose_name="valid until",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[("draft", "Draft"), ("published", "Published"), ("withdrawn", "Withdrawn")],
                        default="draft",
                        editable=False,
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                ("public_at", models.DateTimeField(editable=False, null=True, verbose_name="public from")),
                ("is_embargoed", models.BooleanField(default=False, editable=False, verbose_name="embargoed")),
                ("withdrawn_at", models.DateTimeField(editable=False, null=True, verbose_name="withdrawn")),
                ("withdrawal_reason", models.TextField(blank=True, editable=False, verbose_name="reason for the withdrawal")),
                ("replacement", models.CharField(blank=True, editable=False, max_length=300, verbose_name="what replaces it")),
                ("corrected_at", models.DateTimeField(editable=False, null=True, verbose_name="corrected or updated")),
                ("source_key", models.CharField(db_index=True, editable=False, max_length=400, null=True)),
                ("source_digest", models.CharField(blank=True, editable=False, max_length=64)),
                ("version", models.PositiveIntegerField(default=0, editable=False)),
                ("created_at", models.DateTimeField(blank=True, editable=False, verbose_name="written")),
                ("updated_at", models.DateTimeField(blank=True, editable=False, verbose_name="changed")),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                ("history_type", models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1)),
                (
                    "author",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="author",
                    ),
                ),
                (
                    "changed_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="last changed by",
                    ),
                ),
                (
                    "current_notice",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        help_text="The notice that holds instead. The banner leads there while the public can read it.",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="releases.release",
                        verbose_name="current notice",
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "historical release",
                "verbose_name_plural": "historical releases",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalReleaseTag",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                ("history_type", models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1)),
                (
                    "content_object",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="releases.release",
                        verbose_name="release",
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "tag",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="releases.topic",
                        verbose_name="topic",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical topic of a release",
                "verbose_name_plural": "historical topics of releases",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalTopic",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("name", models.CharField(db_index=True, max_length=100, verbose_name="name in English")),
                ("name_es", models.CharField(db_index=True, max_length=100, verbose_name="name in Spanish")),
                ("slug", models.SlugField(editable=False, max_length=100, verbose_name="address in English")),
                ("slug_es", models.SlugField(editable=False, max_length=100, verbose_name="address in Spanish")),
                ("key", models.CharField(db_index=True, editable=False, max_length=100)),
                ("key_es", models.CharField(db_index=True, editable=False, max_length=100)),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                ("history_type", models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1)),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "historical topic",
                "verbose_name_plural": "historical topics",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalTopicAlias",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("name", models.CharField(max_length=100, verbose_name="name in English")),
                ("name_es", models.CharField(max_length=100, verbose_name="name in Spanish")),
                ("slug", models.SlugField(max_length=100, verbose_name="address in English")),
                ("slug_es", models.SlugField(max_length=100, verbose_name="address in Spanish")),
                ("key", models.CharField(max_length=100)),
                ("key_es", models.CharField(max_length=100)),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                ("history_type", models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1)),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "topic",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="releases.topic",
                        verbose_name="topic",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical former topic",
                "verbose_name_plural": "historical former topics",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalWorkingCopy",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("contents", models.JSONField(encoder=django.core.serializers.json.DjangoJSONEncoder, verbose_name="text")),
                ("version", models.PositiveIntegerField(default=1)),
                ("changed_at", models.DateTimeField(blank=True, editable=False, verbose_name="changed")),
                ("public_at", models.DateTimeField(db_index=True, null=True, verbose_name="public from")),
                (
                    "kind",
                    models.CharField(
                        blank=True,
                        choices=[("typo", "Typo"), ("correction", "Correction"), ("update", "Update")],
                        max_length=10,
                        verbose_name="kind of change",
                    ),
                ),
                ("note", models.TextField(blank=True, verbose_name="what readers are told")),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                ("history_type", models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1)),
                (
                    "changed_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="last changed by",
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "release",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="releases.release",
                        verbose_name="release",
                    ),
                ),
                (
                    "scheduled_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "historical change not yet public",
                "verbose_name_plural": "historical changes not yet public",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
    ]
