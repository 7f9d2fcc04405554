"""Create the rows that every newsroom begins with: two roles, the settings, and a text about CARECEN in each language."""

from datetime import date

from django.contrib.auth.management import create_permissions
from django.db import migrations
from django.utils import timezone

WRITERS = [
    "add_release",
    "change_release",
    "delete_release",
    "view_release",
    "add_topic",
    "view_topic",
    "add_photo",
    "view_photo",
]
PUBLISHERS = [
    *WRITERS,
    "publish_release",
    "change_topic",
    "delete_topic",
    "change_photo",
    "delete_photo",
    "view_document",
    "delete_document",
]
PUBLISHERS += [
    f"{action}_{model}"
    for model in ("mediacontact", "boilerplate", "coverage")
    for action in ("add", "change", "delete", "view")
]
ABOUT_CARECEN = {
    "en": "CARECEN, the Central American Resource Center, has stood with immigrants in Los Angeles for more than {years} years: with legal "
    "help, with education, and with a voice for the rights of the community.",
    "es": "CARECEN, el Centro de Recursos Centroamericanos, acompaña desde hace más de {years} años a las personas inmigrantes en Los "
    "Ángeles: con ayuda legal y educación, y con una voz que defiende los derechos de la comunidad.",
}


def create_roles(apps, schema_editor):
    # Django creates permissions after all migrations have run; the roles need theirs now.
    app = apps.get_app_config("releases")
    app.models_module = True
    create_permissions(app, apps=apps, verbosity=0, using=schema_editor.connection.alias)
    app.models_module = None

    Group, Permission = apps.get_model("auth", "Group"), apps.get_model("auth", "Permission")
    for name, codenames in (("Writers", WRITERS), ("Publishers", PUBLISHERS)):
        group, _created = Group.objects.get_or_create(name=name)
        group.permissions.set(
            Permission.objects.filter(content_type__app_label="releases", codename__in=codenames)
        )


def delete_roles(apps, schema_editor):
    apps.get_model("auth", "Group").objects.filter(name__in=["Writers", "Publishers"]).delete()


def create_rows(apps, schema_editor):
    """Create the rows with their first history records, which `restore_releases` can restore."""
    rows = [("NewsroomSettings", {"pk": 1})]
    rows += [
        ("Boilerplate", {"language": language, "effective_from": date(1983, 1, 1), "text": text})
        for language, text in ABOUT_CARECEN.items()
    ]
    for name, values in rows:
        row = apps.get_model("releases", name).objects.create(**values)
        fields = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
        apps.get_model("releases", f"Historical{name}").objects.create(
            **fields, history_date=timezone.now(), history_type="+"
        )


class Migration(migrations.Migration):
    dependencies = [("releases", "0002_create_search_index")]
    operations = [
        migrations.RunPython(create_roles, delete_roles),
        migrations.RunPython(create_rows, migrations.RunPython.noop),
    ]
