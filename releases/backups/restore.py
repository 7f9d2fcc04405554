"""Restore a backup into this newsroom: into an empty one, or in place of what is there."""

import shutil
import zipfile
from contextlib import AbstractContextManager, nullcontext
from io import StringIO
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from releases.backups.archive import (
    CHUNK_BYTES,
    SECRET_KEY,
    InvalidBackup,
    Progress,
    get_member_name,
    read_manifest,
)
from releases.backups.tables import empty_tables, get_models, load_rows, reset_sequences
from releases.models import Release, User

Key = tuple[str, str]  # app and name of a migration


def has_data() -> bool:
    """Return whether this newsroom has accounts or releases."""
    tables = set(connection.introspection.table_names())
    return any(model._meta.db_table in tables and model.objects.exists() for model in (User, Release))


def restore_backup(
    archive: zipfile.ZipFile, *, replaces: bool = False, progress: Progress = lambda *_: None
) -> Path | None:
    """Restore rows, files, and the secret key if it is in the backup. Nobody else may use the newsroom.

    With `replaces`, the database may belong to another version of the newsroom. Return the folder with what
    was there before, or None if nothing was. The rows are restored all or not at all, and a restoration that
    was interrupted can be repeated. Raises InvalidBackup before anything is changed, for example for a backup
    from a newer version of the newsroom.
    """
    manifest = read_manifest(archive)
    executor = MigrationExecutor(connection)
    targets = _find_targets(executor, manifest)
    registry = executor.loader.project_state(targets).apps
    models = get_models(registry)
    if missing := {get_member_name(model) for model in models} - set(manifest["members"]):
        raise InvalidBackup(f"It has no {min(missing)}.")
    is_current = set(targets) == set(executor.loader.graph.leaf_nodes())
    is_new = replaces or not executor.loader.applied_migrations
    if not is_current and not is_new:
        raise InvalidBackup(
            "It is from an earlier version of the newsroom. Restore it into a new, empty database: set "
            "DATABASE_URL, or DATA_DIR, to one."
        )
    uploads = _extract_uploads(archive, manifest, progress)
    aside = _name_aside()
    if replaces:
        _set_database_aside(aside)
    with _open_transaction():
        if replaces and connection.vendor == "postgresql":
            _drop_tables()
        MigrationExecutor(connection).migrate(targets)
        _load(archive, registry, progress)
    ContentType.objects.clear_cache()
    call_command("migrate", verbosity=0, interactive=False)
    _replace_uploads(uploads, aside)
    restore_secret_key(archive)
    call_command("rebuild_search", stdout=StringIO())
    return aside if aside.exists() else None


def _find_targets(executor: MigrationExecutor, manifest: dict[str, Any]) -> list[Key]:
    """Return the last migration of each app in the backup. Raises InvalidBackup for unknown migrations."""
    graph = executor.loader.graph
    applied = {(app, name) for app, name in manifest["migrations"] if app in executor.loader.migrated_apps}
    if unknown := applied - set(graph.nodes):
        raise InvalidBackup(
            f"It is from a newer version of the newsroom (migration {min(unknown)[1]}). Install that version."
        )
    parents = {
        parent.key for key in applied for parent in graph.node_map[key].parents if parent.key[0] == key[0]
    }
    return sorted(applied - parents)


def _load(archive: zipfile.ZipFile, registry: Any, progress: Progress) -> None:
    """Replace all rows in one transaction. `registry` has the models of the backup's migrations."""
    models = get_models(registry)
    with transaction.atomic():
        connection.check_constraints()  # on PostgreSQL, defers them again, which migrations have not left so
        empty_tables(registry.get_models(include_auto_created=True))
        for model in models:
            with archive.open(get_member_name(model)) as lines:
                progress(model._meta.label, load_rows(model, lines))
        connection.check_constraints()
        reset_sequences(models)


def _extract_uploads(archive: zipfile.ZipFile, manifest: dict[str, Any], progress: Progress) -> Path:
    """Write the uploaded files to a new folder beside that of the storage, and return the folder."""
    location = Path(default_storage.location)  # type: ignore[attr-defined]
    folder = location.with_name(f".{location.name}.restored")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True)
    for name, member in manifest["members"].items():
        if not name.startswith("uploads/"):
            continue
        path = (folder / name.removeprefix("uploads/")).resolve()
        if not path.is_relative_to(folder.resolve()):
            raise InvalidBackup(f"{name} is outside the folder of uploads.")
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with archive.open(name) as source, path.open("xb") as target:
            path.chmod(0o600)
            shutil.copyfileobj(source, target, CHUNK_BYTES)
        progress(name, member["bytes"])
    return folder


def _name_aside() -> Path:
    """Return the folder in DATA_DIR for what is replaced. It doesn't exist yet."""
    return Path(settings.DATA_DIR) / f"before-restore-{timezone.localtime():%Y-%m-%d-%H%M%S}"


def _set_database_aside(aside: Path) -> None:
    """Move an SQLite database into the folder `aside`.

    The tables of a PostgreSQL database are dropped later, in the transaction that loads the new rows.
    """
    if connection.vendor == "sqlite":
        connection.close()
        aside.mkdir(mode=0o700, exist_ok=True)
        path = Path(settings.DATABASES["default"]["NAME"])
        for file in path.parent.glob(f"{path.name}*"):  # also the journal, if there is one
            file.rename(aside / file.name)


def _open_transaction() -> AbstractContextManager[Any]:
    """Return one transaction for tables and rows. SQLite can't change tables in one, and needs none there."""
    return transaction.atomic() if connection.vendor == "postgresql" else nullcontext()


def _drop_tables() -> None:
    """Drop all tables of the newsroom, including those of a newer version. Other tables stay.

    The tables of an app begin with its label, except some that a model of this version names. Views and
    references of other tables to them are dropped too.
    """
    labels = {config.label for config in apps.get_app_configs()}
    labels |= {app for app, _name in MigrationRecorder(connection).applied_migrations()}
    prefixes = tuple(f"{label}_" for label in labels)
    names = {MigrationRecorder.Migration._meta.db_table}
    names |= {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        found = [connection.ops.quote_name(n) for n in tables if n in names or n.startswith(prefixes)]
        if found:
            cursor.execute("SET LOCAL lock_timeout = '20s'")  # another program may use the tables for hours
            cursor.execute(f"DROP TABLE {', '.join(found)} CASCADE")


def _replace_uploads(uploads: Path, aside: Path) -> None:
    location = Path(default_storage.location)  # type: ignore[attr-defined]
    if location.exists() and any(location.iterdir()):
        aside.mkdir(mode=0o700, exist_ok=True)
        location.rename(aside / location.name)
    elif location.exists():
        location.rmdir()
    uploads.rename(location)


def restore_secret_key(archive: zipfile.ZipFile) -> None:
    """Replace the secret key in DATA_DIR, if the backup has one. SECRET_KEY in the environment wins."""
    path = Path(settings.DATA_DIR) / "secret_key"
    if SECRET_KEY in archive.namelist() and path.exists():
        path.write_bytes(archive.read(SECRET_KEY))
