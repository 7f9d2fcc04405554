"""What is public changes only when a change is published: its next text, and what readers are told."""

import django.core.serializers.json
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("releases", "0006_valid_until")]

    operations = [
        migrations.AddField(
            model_name="release",
            name="changed_by",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="last changed by",
            ),
        ),
        migrations.AddField(
            model_name="release",
            name="corrected_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="corrected or updated"),
        ),
        migrations.CreateModel(
            name="Correction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("correction", "Correction"), ("update", "Update")], max_length=10, verbose_name="kind of change"
                    ),
                ),
                ("note", models.TextField(verbose_name="what readers are told")),
                ("made_at", models.DateTimeField(verbose_name="made")),
                (
                    "release",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="corrections",
                        to="releases.release",
                        verbose_name="release",
                    ),
                ),
            ],
            options={
                "verbose_name": "correction",
                "verbose_name_plural": "corrections",
                "ordering": ["-made_at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="WorkingCopy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("contents", models.JSONField(encoder=django.core.serializers.json.DjangoJSONEncoder, verbose_name="text")),
                ("version", models.PositiveIntegerField(default=1)),
                ("changed_at", models.DateTimeField(auto_now=True, verbose_name="changed")),
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
                (
                    "changed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="last changed by",
                    ),
                ),
                (
                    "release",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="working_copy",
                        to="releases.release",
                        verbose_name="release",
                    ),
                ),
                (
                    "scheduled_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "change not yet public",
                "verbose_name_plural": "changes not yet public",
            },
        ),
    ]
