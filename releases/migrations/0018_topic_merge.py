"""Add what is needed to undo a merge of two topics."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("releases", "0017_organizations"),
    ]

    operations = [
        migrations.CreateModel(
            name="TopicMerge",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("topic_id", models.BigIntegerField()),
                ("merged_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("data", models.JSONField(verbose_name="keywords")),
                (
                    "alias",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="merge",
                        to="releases.topicalias",
                    ),
                ),
                (
                    "into",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="merges",
                        to="releases.topic",
                        verbose_name="topic",
                    ),
                ),
            ],
            options={
                "verbose_name": "merge of two topics",
                "verbose_name_plural": "merges of topics",
            },
        ),
    ]
