"""Create the search table, which has no model: each database has its own (releases/search/sqlite.py and postgres.py)."""

from django.db import migrations

SQLITE = """
CREATE VIRTUAL TABLE releases_search USING fts5(
    text UNINDEXED, en, es, staff,
    tokenize="unicode61 remove_diacritics 0 tokenchars '_'", detail=column, columnsize=0
)"""

# Values above toast_tuple_target bytes are stored apart, so that sorting the matches of a common word reads little.
POSTGRESQL = [
    """
CREATE TABLE releases_search (
    release_id bigint PRIMARY KEY,
    sort_key bigint NOT NULL,
    audience varchar(5) NOT NULL,
    text text NOT NULL,
    tokens tsvector NOT NULL
) WITH (toast_tuple_target = 128)""",
    "CREATE INDEX releases_search_tokens ON releases_search USING gin (tokens) WITH (fastupdate = off)",
]


def create_table(apps, schema_editor):
    for statement in [SQLITE] if schema_editor.connection.vendor == "sqlite" else POSTGRESQL:
        schema_editor.execute(statement)


def drop_table(apps, schema_editor):
    schema_editor.execute("DROP TABLE releases_search")


class Migration(migrations.Migration):
    dependencies = [("releases", "0001_create_models")]
    operations = [migrations.RunPython(create_table, drop_table)]
