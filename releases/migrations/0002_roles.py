"""The two roles of the desk. Writers write drafts; publishers also decide what the public reads, and keep the topics."""

from django.contrib.auth.management import create_permissions
from django.db import migrations

WRITERS = ["add_release", "change_release", "delete_release", "view_release", "add_topic", "view_topic"]
PUBLISHERS = [*WRITERS, "publish_release", "change_topic", "delete_topic"]


def make_roles(apps, schema_editor):
    # Django makes permissions only after all migrations have run; these roles need theirs now.
    app = apps.get_app_config("releases")
    app.models_module = True
    create_permissions(app, apps=apps, verbosity=0, using=schema_editor.connection.alias)
    app.models_module = None

    Group, Permission = apps.get_model("auth", "Group"), apps.get_model("auth", "Permission")
    for name, codenames in (("Writers", WRITERS), ("Publishers", PUBLISHERS)):
        group, _made = Group.objects.get_or_create(name=name)
        group.permissions.set(Permission.objects.filter(content_type__app_label="releases", codename__in=codenames))


def remove_roles(apps, schema_editor):
    apps.get_model("auth", "Group").objects.filter(name__in=["Writers", "Publishers"]).delete()


class Migration(migrations.Migration):
    dependencies = [("releases", "0001_initial")]

    operations = [migrations.RunPython(make_roles, remove_roles)]
