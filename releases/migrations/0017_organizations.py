"""Add organizations that sign releases with CARECEN. Writers may add them, publishers may also change them."""

import django.core.validators
import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.contrib.auth.management import create_permissions
from django.db import migrations, models

ACTIONS = {"Writers": ("add", "view"), "Publishers": ("add", "view", "change", "delete")}


def add_permissions(apps, schema_editor):
    # Django creates permissions after all migrations have run.
    app = apps.get_app_config("releases")
    app.models_module = True
    create_permissions(app, apps=apps, verbosity=0, using=schema_editor.connection.alias)
    app.models_module = None

    Group, Permission = apps.get_model("auth", "Group"), apps.get_model("auth", "Permission")
    for name, actions in ACTIONS.items():
        codenames = [f"{action}_organization" for action in actions]
        permissions = Permission.objects.filter(content_type__app_label="releases", codename__in=codenames)
        for group in Group.objects.filter(name=name):
            group.permissions.add(*permissions)


class Migration(migrations.Migration):
    dependencies = [
        ("releases", "0016_release_templates"),
    ]

    operations = [
        migrations.CreateModel(
            name="Organization",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        help_text="As it appears on letters.",
                        max_length=200,
                        unique=True,
                        verbose_name="name",
                    ),
                ),
                (
                    "name_es",
                    models.CharField(
                        blank=True,
                        help_text="Only if it has another name in Spanish.",
                        max_length=200,
                        verbose_name="name in Spanish",
                    ),
                ),
                (
                    "website",
                    models.URLField(
                        blank=True,
                        help_text="The name links to it.",
                        max_length=500,
                        validators=[django.core.validators.URLValidator(["http", "https"])],
                        verbose_name="website",
                    ),
                ),
                ("key", models.CharField(editable=False, max_length=200, unique=True)),
            ],
            options={
                "verbose_name": "organization",
                "verbose_name_plural": "organizations",
                "ordering": ["key"],
            },
        ),
        migrations.AddField(
            model_name="historicalrelease",
            name="signers",
            field=models.JSONField(blank=True, default=list, verbose_name="signing organizations"),
        ),
        migrations.AddField(
            model_name="release",
            name="signers",
            field=models.JSONField(blank=True, default=list, verbose_name="signing organizations"),
        ),
        migrations.CreateModel(
            name="HistoricalOrganization",
            fields=[
                (
                    "id",
                    models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID"),
                ),
                (
                    "name",
                    models.CharField(
                        db_index=True,
                        help_text="As it appears on letters.",
                        max_length=200,
                        verbose_name="name",
                    ),
                ),
                (
                    "name_es",
                    models.CharField(
                        blank=True,
                        help_text="Only if it has another name in Spanish.",
                        max_length=200,
                        verbose_name="name in Spanish",
                    ),
                ),
                (
                    "website",
                    models.URLField(
                        blank=True,
                        help_text="The name links to it.",
                        max_length=500,
                        validators=[django.core.validators.URLValidator(["http", "https"])],
                        verbose_name="website",
                    ),
                ),
                ("key", models.CharField(db_index=True, editable=False, max_length=200)),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(
                        choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "historical organization",
                "verbose_name_plural": "historical organizations",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.RunPython(add_permissions, migrations.RunPython.noop),
    ]
