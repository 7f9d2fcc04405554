"""Writers add photos to what they write; publishers also keep those of the press page, and take photos down."""

from django.contrib.auth.management import create_permissions
from django.db import migrations

WRITERS = ["add_photo", "view_photo"]
RIGHTS = {"Writers": WRITERS, "Publishers": [*WRITERS, "change_photo", "delete_photo"]}


def give(apps, schema_editor):
    app = apps.get_app_config("releases")
    app.models_module = True  # permissions are made after all migrations otherwise
    create_permissions(app, apps=apps, verbosity=0, using=schema_editor.connection.alias)
    app.models_module = None
    Group, Permission = apps.get_model("auth", "Group"), apps.get_model("auth", "Permission")
    for name, codenames in RIGHTS.items():
        for group in Group.objects.filter(name=name):
            group.permissions.add(*Permission.objects.filter(content_type__app_label="releases", codename__in=codenames))


class Migration(migrations.Migration):
    dependencies = [("releases", "0018_photos")]
    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
