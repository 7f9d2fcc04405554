"""Add the alert at the top of every public page."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("releases", "0018_topic_merge"),
    ]

    operations = [
        migrations.CreateModel(
            name="Alert",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "text",
                    models.CharField(
                        error_messages={"blank": "Write the alert in English too."},
                        max_length=200,
                        verbose_name="text in English",
                    ),
                ),
                (
                    "text_es",
                    models.CharField(
                        error_messages={"blank": "Write the alert in Spanish too."},
                        max_length=200,
                        verbose_name="text in Spanish",
                    ),
                ),
                ("link", models.CharField(blank=True, max_length=500, verbose_name="link")),
                (
                    "severity",
                    models.CharField(
                        choices=[
                            ("information", "Information"),
                            ("important", "Important"),
                            ("urgent", "Urgent"),
                        ],
                        default="important",
                        max_length=12,
                        verbose_name="severity",
                    ),
                ),
                ("ends_at", models.DateTimeField(verbose_name="ends")),
                (
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="published"
                    ),
                ),
                ("ended_at", models.DateTimeField(editable=False, null=True, verbose_name="ended early")),
                (
                    "created_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "ended_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "alert",
                "verbose_name_plural": "alerts",
                "ordering": ["-created_at", "-id"],
            },
        ),
    ]
