"""Notes between the people of the desk, and a second person who approves."""

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("releases", "0007_working_copies")]

    operations = [
        migrations.AddField(
            model_name="newsroom",
            name="needs_second_person",
            field=models.BooleanField(
                default=False,
                help_text="Whoever wrote a text last cannot publish it alone. Doing it all the same takes a reason, which stays as a note.",
                verbose_name="a second person must approve",
            ),
        ),
        migrations.CreateModel(
            name="Note",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.TextField(blank=True, verbose_name="note")),
                ("written_at", models.DateTimeField(auto_now_add=True, verbose_name="written")),
                ("asks_for_review", models.BooleanField(default=False, verbose_name="asks for review")),
                ("settled_at", models.DateTimeField(null=True, verbose_name="settled")),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="written by",
                    ),
                ),
                (
                    "release",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="notes", to="releases.release", verbose_name="release"
                    ),
                ),
            ],
            options={
                "verbose_name": "note",
                "verbose_name_plural": "notes",
                "ordering": ["-written_at", "-id"],
            },
        ),
        migrations.AlterModelOptions(name="newsroom", options={"verbose_name": "settings", "verbose_name_plural": "settings"}),
        migrations.AlterField(
            model_name="newsroom",
            name="undo_window",
            field=models.PositiveSmallIntegerField(
                default=60,
                help_text="How long “Publish” waits before the public can read, so that a slip can be undone. 0: no wait.",
                validators=[django.core.validators.MaxValueValidator(3600)],
                verbose_name="seconds to undo",
            ),
        ),
    ]
