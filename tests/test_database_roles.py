"""The roles of PostgreSQL: deploy/postgresql-roles.sql gives the server all it needs, and no right to DDL."""

import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from releases import database_roles
from releases.actions import stored_text
from releases.actions.publication import publish
from releases.actions.redaction import redact
from releases.actions.stored_text import purge_deleted_text
from releases.backups.tables import get_models, write_rows
from releases.database import try_writing
from releases.database_roles import describe_missing_rights, find_rights, use_owner
from releases.diagnosis import database as database_checks
from releases.management.commands import upkeep
from releases.models import Note, Release, StaffSession
from tests.accounts import post_sign_in
from tests.factories import PASSWORD, make_draft, make_user

SCRIPT = Path(__file__).parent.parent / "deploy" / "postgresql-roles.sql"
OWNER, WEB, BACKUP = "newsroom_test_owner", "newsroom_test_web", "newsroom_test_backup"
postgresql_only = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no roles")


def read_statements() -> str:
    """Return the statements of the script that psql would send after it connected to the database."""
    script = SCRIPT.read_text().partition("BEGIN;")[2].partition("COMMIT;")[0]
    if connection.pg_version < 170000:
        script = re.sub(r"\\if.*?\\endif", "", script, flags=re.DOTALL)
    names = {"database": connection.settings_dict["NAME"], "owner": OWNER, "web": WEB, "backup": BACKUP}
    script = re.sub(r"^SELECT[^;]*?\\(gset|gexec)$|^\\.*$", "", script, flags=re.MULTILINE)
    return re.sub(r':"(\w+)"', lambda match: connection.ops.quote_name(names[match[1]]), script)


def execute(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def become(role: str) -> None:
    """Let the rest of the test have the rights of `role`. The end of its transaction undoes it."""
    execute(f"SET LOCAL ROLE {role}")


@pytest.fixture
def roles(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        if not cursor.fetchone()[0]:
            pytest.skip("the account of TEST_DATABASE_URL may not create roles")
        for role in (OWNER, WEB, BACKUP):
            cursor.execute(f"CREATE ROLE {role}")
        cursor.execute(read_statements())


@postgresql_only
def test_web_role_is_enough_for_the_work_of_staff(roles, client):
    user = make_user("ana")
    become(WEB)
    assert post_sign_in(client, "ana", PASSWORD).status_code == 302
    assert StaffSession.objects.exists()
    draft = make_draft(headline="Rosa Quintanilla wins")
    assert client.get("/admin/").status_code == 200
    publish(draft, user=user)
    assert client.get(draft.get_absolute_url()).status_code == 200
    occurrences, _purged = redact("Rosa Quintanilla", user=user)
    assert occurrences
    assert "Quintanilla" not in Release.objects.get().headline
    Note.objects.all().delete()


@postgresql_only
@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE added (id int)",
        "CREATE TEMPORARY TABLE added (id int)",
        "CREATE SCHEMA added",
        "ALTER TABLE releases_note ADD added int",
        "DROP TABLE releases_note",
        "TRUNCATE releases_note",
        "CREATE INDEX ON releases_note (id)",
    ],
)
def test_web_role_cannot_change_tables(roles, statement):
    become(WEB)
    with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"), transaction.atomic():
        execute(statement)


@postgresql_only
def test_table_of_a_later_version_is_covered(roles):
    become(OWNER)
    execute("CREATE TABLE later (id serial PRIMARY KEY, text text)")
    become(WEB)
    execute("INSERT INTO later (text) VALUES ('a'); UPDATE later SET text = 'b'; DELETE FROM later")
    become(BACKUP)
    execute("SELECT * FROM later")
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        execute("INSERT INTO later (text) VALUES ('a')")


@postgresql_only
def test_backup_role_reads_everything_and_writes_nothing(roles):
    make_draft(headline="A draft")
    become(BACKUP)
    assert b"A draft" in b"".join(line for model in get_models() for line in write_rows(model, "default"))
    execute("SELECT * FROM releases_search")
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        try_writing()


@postgresql_only
def test_roles_know_whether_they_may_migrate(roles, settings, monkeypatch):
    assert find_rights() == (True, True)  # a superuser
    become(OWNER)
    assert find_rights() == (True, False)
    execute(f"RESET ROLE; ALTER TABLE django_migrations OWNER TO {OWNER}")
    become(OWNER)
    assert (find_rights(), describe_missing_rights()) == ((True, True), "")
    become(WEB)
    assert find_rights() == (False, False)
    monkeypatch.setattr(MigrationExecutor, "migration_plan", lambda *_arguments: [("releases.0099", False)])
    with pytest.raises(CommandError, match=r"\(releases.0099\).*Set DATABASE_OWNER_URL.*manage.py migrate"):
        call_command("migrate", verbosity=0)
    settings.DATABASE_OWNER = connection.settings_dict
    assert "Run deploy/postgresql-roles.sql again" in describe_missing_rights()


@pytest.mark.django_db
def test_migrated_database_needs_no_right_to_change_tables(monkeypatch):
    rights = database_roles.Rights(may_create=False, owns_tables=False)
    monkeypatch.setattr(database_roles, "find_rights", lambda: rights)
    call_command("migrate", verbosity=0)
    with pytest.raises(CommandError, match=r"Nothing was restored, because .* DATABASE_OWNER_URL"):
        call_command("restore", "backup.zip")


@postgresql_only
def test_doctor_warns_of_a_web_role_that_can_change_tables(roles, settings):
    assert database_checks.check_roles() is None
    settings.HTTPS = True
    assert database_checks.check_roles().level == "warning"
    become(WEB)
    assert database_checks.check_roles().level == "ok"


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL has roles")
def test_doctor_says_nothing_about_roles_on_sqlite(settings):
    settings.HTTPS = True
    assert database_checks.check_roles() is None
    assert find_rights().may_migrate


@pytest.mark.one_database
def test_owner_is_used_in_the_block_only(settings, monkeypatch):
    server = {"NAME": "news", "USER": "web", "PASSWORD": "x", "HOST": "pooler", "PORT": 6432, "OPTIONS": {}}
    before, closed = dict(server), []
    fake = SimpleNamespace(settings_dict=server, close=lambda: closed.append(server["USER"]))
    monkeypatch.setattr(database_roles, "connection", fake)
    with use_owner():
        assert server == before
    settings.DATABASE_OWNER = before | {"USER": "owner", "PASSWORD": "y", "HOST": "server", "PORT": 5432}
    with use_owner(), use_owner():
        assert server == settings.DATABASE_OWNER
    assert (server, closed) == (before, ["web", "owner"])


@postgresql_only
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_tables_that_may_not_be_rewritten_are_noticed(settings, tmp_path, monkeypatch):
    """VACUUM only warns then."""
    settings.DATA_DIR = tmp_path
    monkeypatch.setattr(stored_text, "get_table_names", lambda: ["releases_note", "releases_search"])
    execute(f"CREATE ROLE {WEB}; GRANT SELECT ON ALL TABLES IN SCHEMA public TO {WEB}; SET ROLE {WEB}")
    try:
        assert not purge_deleted_text()
        assert stored_text.get_record_path().exists()
    finally:
        execute(f"RESET ROLE; DROP OWNED BY {WEB}; DROP ROLE {WEB}")
    assert purge_deleted_text()
    assert not stored_text.get_record_path().exists()


@pytest.mark.django_db
@pytest.mark.parametrize("is_done", [True, False])
def test_upkeep_rewrites_the_database_after_the_removal_of_a_name(
    settings, tmp_path, monkeypatch, capsys, is_done
):
    settings.DATA_DIR = tmp_path
    monkeypatch.setattr(upkeep, "purge_deleted_text", lambda: is_done)
    call_command("upkeep")
    assert "names that were removed" not in capsys.readouterr().out
    stored_text.get_record_path().touch()
    call_command("upkeep", dry_run=True)
    assert "Would rewrite the database files" in capsys.readouterr().out
    if is_done:
        call_command("upkeep")
        assert "Rewrote the database files without names that were removed." in capsys.readouterr().out
        return
    with pytest.raises(SystemExit):
        call_command("upkeep")
    assert "Failed: names that were removed (CommandError: the database" in capsys.readouterr().err
