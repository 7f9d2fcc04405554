"""Restore a backup into this newsroom: into an empty one, or in place of what is there."""

import shutil
import zipfile
from contextlib import AbstractContextManager, nullcontext
from io import StringIO
from pathlib import Path, PurePosixPath
from typing import IO, Any

from django.apps import apps
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.files.base import File
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
from releases.media.stored_files import get_local_folder
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

    Object storage can't set files aside. It gets the files first, and what else is in the bucket stays there.
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
    location = get_local_folder(default_storage)
    uploads = location and _make_folder_beside(location)
    _extract_uploads(archive, manifest, uploads, progress)
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
    if location and uploads:
        _replace_uploads(location, uploads, aside)
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


def _make_folder_beside(location: Path) -> Path:
    folder = location.with_name(f".{location.name}.restored")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True)
    return folder


def _extract_uploads(
    archive: zipfile.ZipFile, manifest: dict[str, Any], folder: Path | None, progress: Progress
) -> None:
    """Write the uploaded files to `folder`, or to the storage if there is none."""
    members = {
        name.removeprefix("uploads/"): member
        for name, member in manifest["members"].items()
        if name.startswith("uploads/")
    }
    for path in members:
        if PurePosixPath(path).is_absolute() or ".." in PurePosixPath(path).parts:
            raise InvalidBackup(f"uploads/{path} is outside the folder of uploads.")
    for path, member in members.items():
        with archive.open(f"uploads/{path}") as source:
            if folder:
                _write_file(folder / path, source)
            else:
                default_storage.save(path, File(source))
        progress(f"uploads/{path}", member["bytes"])


def _write_file(path: Path, source: IO[bytes]) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with path.open("xb") as target:
        path.chmod(0o600)
        shutil.copyfileobj(source, target, CHUNK_BYTES)


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


def _replace_uploads(location: Path, uploads: Path, aside: Path) -> None:
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
