"""Tasks in the background, as managers see them in the admin."""

from django.utils.translation import gettext_lazy as _
from django_tasks_db.models import DBTaskResult


class BackgroundTask(DBTaskResult):
    """A row of the queue. Managers only view it and try it again, so there are no permissions."""

    class Meta:
        proxy = True
        default_permissions = ()
        verbose_name = _("background task")
        verbose_name_plural = _("background tasks")
