"""The search table also keeps the words in their rows; the index is written anew after the migration, as after every new analyser."""

from importlib import import_module

from django.db import migrations

from releases.search import postgres

table = import_module("releases.migrations.0014_search")


def make_anew(apps, schema_editor):
    table.drop(apps, schema_editor)
    table.make(apps, schema_editor)
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(postgres.PLACES)


class Migration(migrations.Migration):
    dependencies = [("releases", "0016_edition")]
    operations = [migrations.RunPython(make_anew, migrations.RunPython.noop)]
