"""Checks of what the newsroom contains: schedule, backups, contacts, accounts, photos and times."""

import json
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Max, Q
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from releases.diagnosis.findings import Finding, error, ok, warning
from releases.models import NewsroomSettings, PendingRevision, Photo, Release, StaffSession, User
from releases.models.staff import ROLE_GROUPS
from releases.text import localtime
from releases.text.choices import Role

DAILY = timedelta(hours=25)  # a day, and the time that a backup takes
WEEKLY = timedelta(days=7)
RENDITION_TIME = timedelta(minutes=15)
CLOCK_TOLERANCE = timedelta(minutes=5)
BACKUP_GUIDE = "docs/how-to/backup.md"
BACKUP_COMMAND = ".venv/bin/python manage.py backup /var/backups/newsroom"


def check_schedule() -> Finding:
    """Report when something appears next. No release is ever late: `published` compares times."""
    now = timezone.now()
    releases, revisions = Release.objects.scheduled(now), PendingRevision.objects.filter(public_at__gt=now)
    times = [
        public_at
        for queryset in (releases, revisions)
        for public_at in queryset.order_by("public_at").values_list("public_at", flat=True)[:1]
        if public_at
    ]
    if not times:
        return ok(_("Nothing is scheduled."))
    return ok(
        _("Scheduled releases: %(releases)s. Scheduled changes: %(changes)s. The next appears on %(time)s.")
        % {
            "releases": releases.count(),
            "changes": revisions.count(),
            "time": localtime.format_datetime(min(times)),
        }
    )


def read_last_backup() -> dict[str, Any] | None:
    """Return what the backup wrote last: `finished_at` and `elsewhere_at` (aware, or None) and names."""
    try:
        backup: dict[str, Any] = json.loads(
            (settings.DATA_DIR / "last_backup.json").read_text(encoding="utf-8")
        )
    except FileNotFoundError:
        return None
    for name in ("finished_at", "elsewhere_at"):
        if at := backup.get(name):
            at = datetime.fromisoformat(at)
            backup[name] = at if at.tzinfo else timezone.make_aware(at)
    return {"file": "", "elsewhere": "", "elsewhere_at": None} | backup


def check_backup() -> Finding:
    advice = _("Make one now (%(command)s), and have the machine make one every day: %(doc)s.") % {
        "command": BACKUP_COMMAND,
        "doc": BACKUP_GUIDE,
    }
    try:
        backup = read_last_backup()
        age = timezone.now() - backup["finished_at"] if backup else timedelta()
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return warning(
            _("When the last backup was made can't be read in %(file)s.")
            % {"file": settings.DATA_DIR / "last_backup.json"},
            advice,
        )
    if backup is None:
        return warning(_("No backup has been made yet."), advice)
    found = _("The last backup was made %(age)s ago: %(file)s") % {
        "age": format_age(backup["finished_at"]),
        "file": backup["file"],
    }
    if age > WEEKLY:
        return error(found, advice)
    return warning(found, advice) if age > DAILY else ok(found)


def check_backup_elsewhere() -> Finding | None:
    try:
        backup = read_last_backup()
    except (OSError, ValueError, TypeError, AttributeError):
        return None  # check_backup reports it
    if backup is None:
        return None
    advice = _(
        "If this machine is lost, so is the backup. Copy each one elsewhere (%(command)s): %(doc)s."
    ) % {
        "command": f"{BACKUP_COMMAND} --copy-to offsite:newsroom",
        "doc": BACKUP_GUIDE,
    }
    if not backup["elsewhere_at"]:
        return warning(_("No backup has been copied to another place yet."), advice)
    found = _("The last backup was copied to another place %(age)s ago: %(place)s") % {
        "age": format_age(backup["elsewhere_at"]),
        "place": backup["elsewhere"],
    }
    return warning(found, advice) if timezone.now() - backup["elsewhere_at"] > DAILY else ok(found)


def check_static_copy() -> Finding | None:
    """Report the age and the problems of the static copy, if this newsroom ever wrote one."""
    advice = _("Run export_site every day: %(doc)s.") % {"doc": "docs/how-to/static-copy.md"}
    path = settings.DATA_DIR / "last-static-copy.json"
    try:
        copy = json.loads(path.read_text(encoding="utf-8"))
        finished = datetime.fromisoformat(copy["finished"])
        found = _("The static copy of the site was written %(age)s ago: %(place)s") % {
            "age": format_age(finished),
            "place": copy["folder"],
        }
        is_old, has_problems = timezone.now() - finished > DAILY, copy["problems"] > 0
    except FileNotFoundError:
        return None
    except (OSError, ValueError, LookupError, TypeError):
        found = _("When the static copy was written can't be read in %(file)s.") % {"file": path}
        return warning(found, advice)
    if has_problems:
        return warning(found, _("Some of its links lead nowhere. Run export_site again: it lists them."))
    return warning(found, advice) if is_old else ok(found)


def check_upkeep() -> Finding | None:
    """Report when `upkeep` ran last, if it ever did, or if readers come from the internet."""
    advice = _("Run it now, and every day by a timer: %(command)s") % {
        "command": ".venv/bin/python manage.py upkeep"
    }
    path = settings.DATA_DIR / "last-upkeep.json"
    try:
        finished_at = datetime.fromisoformat(json.loads(path.read_text(encoding="utf-8"))["finished_at"])
        found = _("Upkeep last ran %(age)s ago.") % {"age": format_age(finished_at)}
        is_old = timezone.now() - finished_at > 3 * DAILY
    except FileNotFoundError:
        return warning(_("Upkeep has never run."), advice) if settings.HTTPS else None
    except (OSError, ValueError, LookupError, TypeError):
        return warning(_("When upkeep last ran can't be read in %(file)s.") % {"file": path}, advice)
    return warning(found, advice) if is_old else ok(found)


def check_removed_names() -> Finding | None:
    """Report if the database files still have to be rewritten after a name was removed."""
    if not (settings.DATA_DIR / "deleted-text-remains").exists():
        return None
    return warning(
        _("A name that was removed may still be in the files of the database."),
        _("Upkeep rewrites them every day. Run it now, and read what it says: %(command)s")
        % {"command": ".venv/bin/python manage.py upkeep"},
    )


def check_clock() -> Finding:
    """Compare the clock with the newest times in the database. A clock in the past shows no releases."""
    now = timezone.now()
    columns = (
        (Release.history.all(), "history_date"),
        (StaffSession.objects.all(), "last_used_at"),
        (User.objects.all(), "last_login"),
    )
    times = [queryset.aggregate(newest=Max(name))["newest"] for queryset, name in columns]
    newest = max(filter(None, times), default=now)
    values = {"now": localtime.format_datetime(now), "newest": localtime.format_datetime(newest)}
    if newest > now + CLOCK_TOLERANCE:
        return error(
            _("The clock of the server says %(now)s, but the newsroom was used at %(newest)s.") % values,
            _("What is scheduled appears too late. Set the clock, and let it follow a time server (NTP)."),
        )
    return ok(_("The clock of the server says %(now)s.") % values)


def get_settings() -> NewsroomSettings:
    """Return the settings without creating their row."""
    return NewsroomSettings.objects.first() or NewsroomSettings()


def check_legal_help() -> Finding:
    if phone := get_settings().legal_help_phone:
        return ok(_("The phone number for legal help is %(phone)s.") % {"phone": phone})
    return warning(
        _("The phone number for legal help is missing, so no page offers legal help."),
        _("Enter it at the News desk, under Settings → Newsroom."),
    )


def check_press_contact() -> Finding:
    newsroom = get_settings()
    if contacts := [text for text in (newsroom.press_phone, newsroom.press_email) if text]:
        return ok(_("Reporters reach the office at %(contacts)s.") % {"contacts": ", ".join(contacts)})
    return warning(
        _("Press phone and press email are missing, so reporters can't reach the office."),
        _("Enter them at the News desk, under Settings → Newsroom."),
    )


def check_managers() -> Finding:
    count = User.objects.filter(is_superuser=True, is_active=True).count()
    found = _("Open accounts of managers: %(count)s.") % {"count": count}
    if count:
        return ok(found)
    return error(
        found,
        _("Nobody can add or close accounts. Run: %(command)s")
        % {"command": ".venv/bin/python manage.py staff_login NAME --role manager"},
    )


def check_second_factors() -> Finding | None:
    """Count publishers and managers without a second factor. Without HTTPS, none is needed."""
    if not settings.HTTPS:
        return None
    is_concerned = Q(is_superuser=True) | Q(groups__name=ROLE_GROUPS[Role.PUBLISHER])
    accounts = User.objects.filter(is_concerned, is_active=True, passkeys=None, authenticator_app=None)
    count = accounts.distinct().count()
    if not count:
        return ok(_("All publishers and managers use two-step verification."))
    return warning(
        ngettext(
            "%(count)s publisher or manager doesn't use two-step verification yet.",
            "%(count)s publishers or managers don't use two-step verification yet.",
            count,
        )
        % {"count": count},
        _("Ask them to set it up under My account. Close accounts that nobody uses."),
    )


def check_photos() -> Finding:
    before = timezone.now() - RENDITION_TIME
    count = Photo.objects.filter(renditions_ready=False, added_at__lt=before).count()
    if not count:
        return ok(_("All sizes of the photos are finished."))
    return warning(
        ngettext(
            "%(count)s photo lacks some of its sizes.", "%(count)s photos lack some of their sizes.", count
        )
        % {"count": count},
        _("Readers get a less suitable size. Run: %(command)s")
        % {"command": ".venv/bin/python manage.py finish_photos"},
    )


def format_age(at: datetime) -> str:
    """Return how long ago `at` (aware) was, as “1 day, 2 hours”."""
    return timesince(at, timezone.now())
