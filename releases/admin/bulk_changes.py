"""Pages that change the releases selected in the list: what will happen to each, then the result."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import URLPattern, reverse
from django.utils.html import format_html
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from releases.actions.bulk_changes import (
    MAX_RELEASES,
    Outcome,
    change_topic,
    plan_review_requests,
    plan_topic_change,
    request_reviews,
)
from releases.actions.errors import ActionNotAllowed
from releases.admin.base import ReleaseViews, current_user
from releases.models import PendingRevision, Release, Topic, User

MAX_NAMED = 5  # releases in one message


def get_selected_ids(data: QueryDict) -> list[int]:
    """Return the ids of the selected releases, at most MAX_RELEASES. Ignore what isn't an id."""
    ids = [int(value) for value in data.getlist("id") if value.isdecimal() and len(value) < 19]
    return list(dict.fromkeys(ids))[:MAX_RELEASES]


def get_list_url(data: QueryDict) -> str:
    """Return the URL of the list with the filters that the user came from."""
    query = QueryDict(data.get("list", "").removeprefix("?")).urlencode()
    return reverse("admin:releases_release_changelist") + (f"?{query}" if query else "")


class TopicChoiceField(forms.ModelChoiceField):
    def label_from_instance(self, topic: Any) -> str:
        return str(topic.name_in(get_language() or ""))


class TopicForm(forms.Form):
    """Chooses the topic. The page then shows what will happen."""

    topic = TopicChoiceField(
        Topic.objects.none(), label=gettext_lazy("Topic"), empty_label=gettext_lazy("Choose a topic")
    )

    def __init__(self, *args: Any, topics: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["topic"]
        field.queryset = topics.order_by("key_es" if get_language() == "es" else "key")


class ReviewForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("Comment for the publisher"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


@dataclass(frozen=True)
class BulkChange:
    """A change of many releases. `count_label` returns the label of its button."""

    name: str
    title: Any
    explanation: Any
    count_label: Callable[[int], str]
    done_label: Callable[[int], str]
    adds: bool | None = None  # a topic: adds or removes it; None: requests reviews

    @property
    def path(self) -> str:
        return self.name.replace("_", "-")


BULK_CHANGES = (
    BulkChange(
        "add_topic",
        gettext_lazy("Add a topic"),
        gettext_lazy("Choose the topic. The next page shows what will happen, before anything changes."),
        lambda count: ngettext("Add to %(count)s release", "Add to %(count)s releases", count),
        lambda count: ngettext(
            "“%(topic)s” was added to %(count)s release.",
            "“%(topic)s” was added to %(count)s releases.",
            count,
        ),
        adds=True,
    ),
    BulkChange(
        "remove_topic",
        gettext_lazy("Remove a topic"),
        gettext_lazy("Choose the topic. The next page shows what will happen, before anything changes."),
        lambda count: ngettext("Remove from %(count)s release", "Remove from %(count)s releases", count),
        lambda count: ngettext(
            "“%(topic)s” was removed from %(count)s release.",
            "“%(topic)s” was removed from %(count)s releases.",
            count,
        ),
        adds=False,
    ),
    BulkChange(
        "request_reviews",
        gettext_lazy("Request reviews"),
        gettext_lazy("A publisher finds the releases on the dashboard, each with your comment."),
        lambda count: ngettext(
            "Request review of %(count)s release", "Request review of %(count)s releases", count
        ),
        lambda count: ngettext(
            "A review of %(count)s release is requested.",
            "A review of %(count)s releases is requested.",
            count,
        ),
    ),
)


class BulkChangeViews(ReleaseViews):
    """One page for each of BULK_CHANGES."""

    def get_urls(self) -> list[URLPattern]:
        return [self._change_path(change) for change in BULK_CHANGES]

    def _change_path(self, change: BulkChange) -> URLPattern:
        def view(request: HttpRequest) -> HttpResponse:
            return self.change_view(request, change)

        return self.model_admin.admin_path(f"bulk/{change.path}/", view, f"bulk_{change.name}")

    def change_view(self, request: HttpRequest, change: BulkChange) -> HttpResponse:
        """Choose a topic or write a comment, see what will happen, and do it on POST."""
        if not self.model_admin.has_change_permission(request):
            raise PermissionDenied
        data, user = request.POST if request.method == "POST" else request.GET, current_user(request)
        ids = get_selected_ids(data)
        releases = list(
            Release.objects.filter(pk__in=ids)
            .defer("body")
            .select_related("pending_revision")
            .with_topics()
            .newest_first()
        )
        if not releases:
            messages.warning(request, _("Select one or more releases in the list first."))
            return HttpResponseRedirect(get_list_url(data))
        form = self._get_form(request, change, releases)
        is_chosen = change.adds is None or form.is_valid()
        if request.method == "POST" and form.is_valid():
            try:
                outcomes = _perform(change, ids, form, user)
            except ActionNotAllowed as error:
                messages.error(request, str(error))
            else:
                _report(request, change, outcomes, form)
            return HttpResponseRedirect(get_list_url(data))
        outcomes = _plan(change, releases, form, user) if is_chosen else [Outcome(each) for each in releases]
        context = self._get_context(change, outcomes, form) | {
            "is_chosen": is_chosen,
            "ids": [release.pk for release in releases],
            "list_query": data.get("list", ""),
            "list_url": get_list_url(data),
        }
        context = self.model_admin.admin_site.each_context(request) | context
        return TemplateResponse(request, "admin/releases/release/bulk_change.html", context)

    def _get_form(self, request: HttpRequest, change: BulkChange, releases: list[Release]) -> Any:
        if change.adds is None:
            return ReviewForm(request.POST if request.method == "POST" else None)
        topics = Topic.objects.all()
        if not change.adds:
            topics = topics.filter(pk__in={pk for release in releases for pk in _get_topic_ids(release)})
        data = request.POST if request.method == "POST" else request.GET
        return TopicForm(data if "topic" in data else None, topics=topics)

    def _get_context(self, change: BulkChange, outcomes: list[Outcome], form: Any) -> dict[str, Any]:
        possible = [outcome for outcome in outcomes if not outcome.reason]
        topic = form.cleaned_data.get("topic") if form.is_bound and form.is_valid() else None
        return {
            "title": change.title,
            "explanation": change.explanation,
            "change": change,
            "form": form,
            "topic_name": topic.name_in(get_language() or "") if topic else "",
            "at_once": [outcome for outcome in possible if not outcome.is_revision],
            "as_revisions": [outcome for outcome in possible if outcome.is_revision],
            "refused": [outcome for outcome in outcomes if outcome.reason],
            "button_label": change.count_label(len(possible)) % {"count": len(possible)} if possible else "",
        }


def _get_topic_ids(release: Release) -> Iterable[int]:
    revision = PendingRevision.for_release(release)
    return revision.topic_ids if revision else [topic.pk for topic in release.tags.all()]


def _plan(change: BulkChange, releases: list[Release], form: Any, user: User) -> list[Outcome]:
    if change.adds is None:
        return plan_review_requests(releases, user=user)
    return plan_topic_change(releases, form.cleaned_data["topic"], user=user, adds=change.adds)


def _perform(change: BulkChange, ids: list[int], form: Any, user: User) -> list[Outcome]:
    if change.adds is None:
        return request_reviews(ids, user=user, text=form.cleaned_data["text"])
    return change_topic(ids, form.cleaned_data["topic"], user=user, adds=change.adds)


def _describe_waiting(count: int, topic_name: str) -> str:
    """Return the sentence about `count` public releases whose topics change when someone publishes them."""
    text = ngettext(
        "The change of “{topic}” waits to be published on {count} public release: see {link}.",
        "The change of “{topic}” waits to be published on {count} public releases: see {link}.",
        count,
    )
    url = f"{reverse('admin:releases_release_changelist')}?state=changed"
    link = format_html('<a href="{}">{}</a>', url, _("Changes not public"))
    return format_html(text, topic=topic_name, count=count, link=link)


def _report(request: HttpRequest, change: BulkChange, outcomes: list[Outcome], form: Any) -> None:
    """Tell what was done, what must be published, and which releases were left as they are and why."""
    done = [outcome for outcome in outcomes if not outcome.reason]
    topic = form.cleaned_data.get("topic")
    topic_name = topic.name_in(get_language() or "") if topic else ""
    waiting = sum(outcome.is_revision for outcome in done)
    if at_once := len(done) - waiting:
        messages.success(request, change.done_label(at_once) % {"count": at_once, "topic": topic_name})
    if waiting:
        messages.info(request, _describe_waiting(waiting, topic_name))
    by_reason: dict[str, list[str]] = {}
    for outcome in outcomes:
        if outcome.reason:
            by_reason.setdefault(outcome.reason, []).append(f"“{outcome.release.title}”")
    for reason, headlines in by_reason.items():
        named, more = ", ".join(headlines[:MAX_NAMED]), len(headlines) - MAX_NAMED
        if more > 0:
            named = _("%(headlines)s and %(count)s more") % {"headlines": named, "count": more}
        messages.warning(
            request, _("Not changed: %(headlines)s. %(reason)s") % {"headlines": named, "reason": reason}
        )
