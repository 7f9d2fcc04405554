"""Add sessions that are stored as digests, the counts of attempts, and the end of one-time passwords.

Everybody is signed out once: existing sessions contain the keys of cookies in plain text.
"""

from datetime import timedelta

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.utils import timezone


def update_accounts(apps, schema_editor):
    """Let the one-time passwords that exist end after 24 hours, and close accounts that could not sign in.

    From now on, `is_active` alone says whether an account is closed.
    """
    users = apps.get_model("releases", "User").objects
    users.filter(password_is_temporary=True).update(password_expires_at=timezone.now() + timedelta(hours=24))
    users.filter(is_staff=False).update(is_active=False, is_staff=True)


class Migration(migrations.Migration):
    dependencies = [
        ("releases", "0007_preview_link_note_count"),
    ]

    operations = [
        migrations.CreateModel(
            name="CachedAttempt",
            fields=[
                ("cache_key", models.CharField(max_length=255, primary_key=True, serialize=False)),
                ("value", models.TextField()),
                ("expires", models.DateTimeField(db_index=True)),
            ],
            options={
                "db_table": "releases_cached_attempt",
            },
        ),
        migrations.AddField(
            model_name="user",
            name="password_expires_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.CreateModel(
            name="FailedSignIns",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("date", models.DateField()),
                ("count", models.PositiveIntegerField(default=0)),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="failed_sign_ins",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "failed sign-ins",
                "verbose_name_plural": "failed sign-ins",
                "ordering": ["-date", "-count"],
                "constraints": [
                    models.UniqueConstraint(fields=["user", "date"], name="failed_sign_ins_user_date"),
                    models.UniqueConstraint(
                        fields=["date"],
                        condition=models.Q(user=None),
                        name="failed_sign_ins_unknown_date",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StaffSession",
            fields=[
                ("session_data", models.TextField(verbose_name="session data")),
                ("expire_date", models.DateTimeField(db_index=True, verbose_name="expire date")),
                ("session_key", models.CharField(max_length=64, primary_key=True, serialize=False)),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "session",
                "verbose_name_plural": "sessions",
                "abstract": False,
            },
        ),
        migrations.RunPython(update_accounts, migrations.RunPython.noop),
        migrations.RunSQL("DROP TABLE IF EXISTS django_session", migrations.RunSQL.noop),
    ]
