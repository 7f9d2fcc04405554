"""The search table, which stands outside the models: each database has its own (releases/search)."""

from django.db import migrations

from releases.search import postgres, sqlite


def make(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(sqlite.TABLE)
    else:
        schema_editor.execute(postgres.TABLE)
        schema_editor.execute(postgres.INDEX)


def drop(apps, schema_editor):
    schema_editor.execute("DROP TABLE releases_search")


class Migration(migrations.Migration):
    dependencies = [("releases", "0013_preview_links")]
    operations = [migrations.RunPython(make, drop)]
