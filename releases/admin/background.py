"""The list of background tasks, for managers: what waits, runs and failed, and a button to try again."""

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from releases.actions.rendition_jobs import generate_photo_renditions
from releases.admin.base import BaseModelAdmin
from releases.background.retries import PROCESS_KILLED, get_error, set_ready
from releases.database import DISK_FULL
from releases.mail import MailKind
from releases.mail.sending import split_error
from releases.mail.tasks import send_mail
from releases.models import BackgroundTask, User, display_name
from releases.text import localtime


class TaskStateFilter(admin.SimpleListFilter):
    title = gettext_lazy("status")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        return [
            ("waiting", pgettext_lazy("task", "Waiting")),
            ("running", pgettext_lazy("task", "Running")),
            ("failed", pgettext_lazy("task", "Failed")),
            ("done", pgettext_lazy("task", "Done")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        statuses = {
            "waiting": TaskResultStatus.READY,
            "running": TaskResultStatus.RUNNING,
            "failed": TaskResultStatus.FAILED,
            "done": TaskResultStatus.SUCCESSFUL,
        }
        status = statuses.get(self.value() or "")
        return queryset.filter(status=status) if status else queryset


def describe_photo_sizes(_users: dict[int, User], photo_id: int) -> str:
    label = _("Smaller sizes of photo %(number)s") % {"number": photo_id}
    return format_html('<a href="{}">{}</a>', reverse("admin:releases_photo_change", args=[photo_id]), label)


def describe_mail(users: dict[int, User], kind: str, user_id: int, values: dict[str, Any]) -> str:
    user = users.get(user_id)
    if user is None:
        return _("Mail to a deleted account")
    # A row may be from a newer version of the newsroom.
    texts = {"name": display_name(user), "kind": dict(MailKind.choices).get(kind, kind)}
    label = _("Mail to %(name)s: %(kind)s") % texts
    return format_html('<a href="{}">{}</a>', reverse("admin:releases_user_change", args=[user_id]), label)


# What managers read instead of an error, which is in English.
KNOWN_ERRORS = {
    "No space left on device": DISK_FULL,
    PROCESS_KILLED: gettext_lazy(
        "The process that ran it was ended. Perhaps the server was restarted, or has too little memory."
    ),
}
# What a task does, by its path, from the users of the page and its arguments.
DESCRIPTIONS: dict[str, Callable[..., str]] = {
    generate_photo_renditions.module_path: describe_photo_sizes,
    send_mail.module_path: describe_mail,
}


admin.site.unregister(DBTaskResult)  # the list of django-tasks-db, with tracebacks


@admin.register(BackgroundTask)
class BackgroundTaskAdmin(BaseModelAdmin):
    list_display = ("task_label", "state", "attempts", "queued", "last_error")
    list_display_links = None
    list_filter = (TaskStateFilter,)
    ordering = ("-enqueued_at",)
    list_per_page = 50
    list_title = gettext_lazy("Background tasks")

    def get_urls(self) -> list[URLPattern]:
        return [
            self.admin_path("", self.changelist_view, "changelist"),
            self.admin_path("retry/", self.retry_view, "retry"),
        ]

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_active and request.user.is_superuser)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = {"unfinished_count": find_unfinished().count()}
        return super().changelist_view(request, context | (extra_context or {}))

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """Return the list, whose tasks have the users that they name, from one query."""
        changelist = super().get_changelist_instance(request)
        tasks = list(changelist.result_list)
        ids = {task.args_kwargs["kwargs"].get("user_id") for task in tasks} - {None}
        users = User.objects.in_bulk(ids)
        for task in tasks:
            task.users = users
        changelist.result_list = tasks
        return changelist

    def retry_view(self, request: HttpRequest) -> HttpResponse:
        """Try again now what failed, or waits for another attempt."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        if request.method == "POST":
            now = timezone.now()
            with transaction.atomic():
                tasks = find_unfinished()
                tasks.update(enqueued_at=now)  # they have three more days
                count = set_ready(tasks, now)
            message = ngettext("%(count)s task will run now.", "%(count)s tasks will run now.", count)
            messages.success(request, message % {"count": count})
        return HttpResponseRedirect(reverse("admin:releases_backgroundtask_changelist"))

    @admin.display(description=pgettext_lazy("background", "Task"))
    def task_label(self, task: Any) -> str:
        describe = DESCRIPTIONS.get(task.task_path)
        return describe(task.users, **task.args_kwargs["kwargs"]) if describe else task.task_name

    @admin.display(description=gettext_lazy("Status"))
    def state(self, task: BackgroundTask) -> str:
        if task.status == TaskResultStatus.SUCCESSFUL:
            return pgettext("task", "Done")
        if task.status == TaskResultStatus.RUNNING:
            return pgettext("task", "Running")
        if task.status == TaskResultStatus.FAILED:
            return pgettext("task", "Failed")
        if task.worker_ids:
            return _("Next attempt: %(time)s") % {"time": localtime.format_datetime(task.run_after)}
        return pgettext("task", "Waiting")

    @admin.display(description=gettext_lazy("Queued"), ordering="enqueued_at")
    def queued(self, task: BackgroundTask) -> str:
        return localtime.format_datetime(task.enqueued_at)

    @admin.display(description=gettext_lazy("Attempts"))
    def attempts(self, task: BackgroundTask) -> int:
        return len(task.worker_ids)

    @admin.display(description=gettext_lazy("Last error"))
    def last_error(self, task: BackgroundTask) -> str:
        error = get_error(task)
        if explanation := next((str(text) for known, text in KNOWN_ERRORS.items() if known in error), ""):
            return explanation
        sentence, answer = split_error(error)
        return f"{_(sentence)}{answer}" if sentence else ""  # the catalog has a header for ""


def find_unfinished() -> QuerySet[BackgroundTask]:
    """Return the tasks that failed, or wait for another attempt, but not those that have not run yet."""
    statuses = [TaskResultStatus.READY, TaskResultStatus.FAILED]
    return BackgroundTask.objects.filter(status__in=statuses).exclude(worker_ids=[])
