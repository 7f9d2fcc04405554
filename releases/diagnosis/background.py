"""Checks of the tasks in the background."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from releases.background.retries import MAX_DURATION
from releases.diagnosis.findings import Finding, error, ok, warning
from releases.models import BackgroundTask

WAITING_TIME = timedelta(minutes=10)


def check_worker() -> Finding:
    """Report that tasks wait which should have run. The worker may run on another machine."""
    now = timezone.now()
    waiting = BackgroundTask.objects.ready().filter(enqueued_at__lt=now - WAITING_TIME)
    count = waiting.exclude(run_after__gt=now - WAITING_TIME, run_after__lte=now).count()
    busy = BackgroundTask.objects.running().filter(started_at__gt=now - MAX_DURATION)
    if not count or busy.exists():
        return ok(_("No background task is late."))
    return error(
        ngettext(
            "%(count)s background task, such as mail, has waited for more than ten minutes.",
            "%(count)s background tasks, such as mail, have waited for more than ten minutes.",
            count,
        )
        % {"count": count},
        _("The worker doesn't run. Restart the newsroom, or the service that runs manage.py worker."),
    )


def check_failed_tasks() -> Finding:
    """Report tasks that failed for good."""
    count = BackgroundTask.objects.failed().count()
    if not count:
        return ok(_("No background task has failed."))
    return warning(
        ngettext("%(count)s background task has failed.", "%(count)s background tasks have failed.", count)
        % {"count": count},
        _("A manager sees why under Settings → Background tasks, and can try again there."),
    )
