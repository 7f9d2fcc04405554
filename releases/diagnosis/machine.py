"""Checks of the disk, the folders and the secret key."""

import errno
import os
import pwd
import shutil
import tempfile
from pathlib import Path
from secrets import token_bytes, token_hex

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from carecen_news.data_folder import OTHERS
from releases.checks import check_secret_key as find_key_errors
from releases.diagnosis.findings import Finding, error, ok, warning
from releases.media.stored_files import get_local_folder

MEGABYTE, GIGABYTE = 2**20, 2**30
MIN_FREE_PERCENT = 10
# Below the first number of free bytes there is a warning, and below the second an error.
DATA_LIMITS = (2 * GIGABYTE, 500 * MEGABYTE)
TEMPORARY_LIMITS = (500 * MEGABYTE, 100 * MEGABYTE)
FULL_ERRORS = {errno.ENOSPC, errno.EDQUOT}
GUIDE, STORAGE_GUIDE = "docs/how-to/doctor.md", "docs/how-to/object-storage.md"


def check_disk_space() -> Finding:
    """Check the disk of DATA_DIR. Its free space may also be low in percent."""
    usage = shutil.disk_usage(settings.DATA_DIR)
    percent = usage.free * 100 // usage.total if usage.total else 0
    values = {"free": filesizeformat(usage.free), "percent": percent, "folder": settings.DATA_DIR}
    found = _("The disk with %(folder)s has %(free)s free (%(percent)s %%).") % values
    advice = _("When it is full, nothing can be saved. Free some space: see “Disk space” in %(doc)s.") % {
        "doc": GUIDE
    }
    if usage.free < DATA_LIMITS[1]:
        return error(found, advice)
    is_low = usage.free < DATA_LIMITS[0] or percent < MIN_FREE_PERCENT
    return warning(found, advice) if is_low else ok(found)


def check_temporary_space() -> Finding | None:
    """Check the folder for temporary files, unless it is on the disk of DATA_DIR."""
    folder = tempfile.gettempdir()
    if os.stat(folder).st_dev == os.stat(settings.DATA_DIR).st_dev:
        return None
    free = shutil.disk_usage(folder).free
    found = _("The folder for temporary files, %(folder)s, has %(free)s free.") % {
        "folder": folder,
        "free": filesizeformat(free),
    }
    advice = _("Photos and documents pass through it when they are uploaded. Delete old files in it.")
    if free < TEMPORARY_LIMITS[1]:
        return error(found, advice)
    return warning(found, advice) if free < TEMPORARY_LIMITS[0] else ok(found)


def check_data_folder() -> Finding:
    """Check that DATA_DIR belongs to the user of this process, is closed to others, and can be written."""
    folder = settings.DATA_DIR
    if finding := find_write_error(folder):
        return finding
    status = folder.stat()
    if status.st_mode & OTHERS:
        return error(
            _("Other users of this machine can open %(folder)s, which contains drafts and accounts.")
            % {"folder": folder},
            _("Run: %(command)s") % {"command": f"chmod 700 {folder}"},
        )
    if status.st_uid != os.geteuid():
        values = {
            "folder": folder,
            "owner": get_user_name(status.st_uid),
            "user": get_user_name(os.geteuid()),
        }
        return warning(
            _("%(folder)s belongs to the user %(owner)s, and this runs as %(user)s.") % values,
            _("Run the newsroom and its commands as %(owner)s, or it can't write the files they create.")
            % values,
        )
    return ok(_("%(folder)s is writable, and only its owner can open it.") % {"folder": folder})


def check_uploads_folder() -> Finding | None:
    """Check the folder of uploads, if they aren't in object storage."""
    folder = get_local_folder(default_storage)
    if folder is None:
        return None
    if not folder.exists():
        return ok(_("There are no uploads yet. The first upload creates %(folder)s.") % {"folder": folder})
    return find_write_error(folder) or ok(
        _("The folder of photos and documents, %(folder)s, is writable.") % {"folder": folder}
    )


def check_uploads_size() -> Finding | None:
    location = get_local_folder(default_storage)
    if location is None:
        return None
    size = count = 0
    for folder, _folders, names in os.walk(location):
        size += sum(os.lstat(os.path.join(folder, name)).st_size for name in names)
        count += len(names)
    return ok(
        _("Photos and documents take %(size)s, in %(count)s files.")
        % {"size": filesizeformat(size), "count": count}
    )


def check_object_storage() -> Finding | None:
    """Write, read and delete a small file, if uploads are in object storage."""
    if get_local_folder(default_storage) is not None:
        return None
    name, content = f"doctor/{token_hex(8)}", token_bytes(64)
    try:
        default_storage.save(name, ContentFile(content))
        with default_storage.open(name) as file:
            is_same = file.read() == content
        default_storage.delete(name)
    except OSError as exc:
        return error(
            _("The object storage, which STORAGE_URL names, can't be used (%(reason)s).") % {"reason": exc},
            _(
                "Photos and documents can't be shown or uploaded. Check the key, its rights, the bucket and "
                "the network: see %(doc)s."
            )
            % {"doc": STORAGE_GUIDE},
        )
    if not is_same:
        return error(
            _("The object storage, which STORAGE_URL names, returned something else than was stored."),
            _("Report this to the provider of the storage, and check what STORAGE_URL names: see %(doc)s.")
            % {"doc": STORAGE_GUIDE},
        )
    return ok(_("The object storage answers, and files can be written, read and deleted."))


def check_secret_key() -> Finding:
    if os.environ.get("SECRET_KEY", "").strip():
        return ok(_("The secret key is set by SECRET_KEY."))
    path = settings.DATA_DIR / "secret_key"
    if find_key_errors():
        return error(
            _("Other users of this machine can read the secret key, %(file)s.") % {"file": path},
            _("Anyone who has it can forge links and sign-ins. Run: %(command)s")
            % {"command": f"chmod 600 {path}"},
        )
    return ok(_("The secret key is in %(file)s, and only its owner can read it.") % {"file": path})


def find_write_error(folder: Path) -> Finding | None:
    """Return an error if no file can be created in `folder`. The file is deleted at once."""
    try:
        with tempfile.NamedTemporaryFile(prefix=".doctor-", dir=folder) as file:
            file.write(bytes(4096))
            file.flush()
    except OSError as exc:
        if exc.errno in FULL_ERRORS:
            advice = _("Free some space: see “Disk space” in %(doc)s.") % {"doc": GUIDE}
        else:
            advice = _("Make the folder writable for the user that runs the newsroom.")
        return error(
            _("Nothing can be written to %(folder)s (%(reason)s).")
            % {"folder": folder, "reason": exc.strerror or exc},
            advice,
        )
    return None


def get_user_name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
