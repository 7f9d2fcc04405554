"""Admin of topics: the list, the page of a topic with its releases, and merging one into another."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext, gettext_noop
from django.utils.translation import gettext_lazy as _
from taggit.models import Tag

from releases.actions.errors import ActionNotAllowed
from releases.actions.topics import merge_topics, preview_merge, undo_merge
from releases.admin.base import BaseModelAdmin, current_user
from releases.admin.forms import MergeForm
from releases.models import PendingRevision, Release, ReleaseTag, Topic, TopicMerge
from releases.text.choices import Language

MAX_RELEASES = 10  # of each language on the page of a topic
HEADERS = {
    Language.ENGLISH: _("English (public / all)"),
    Language.SPANISH: _("Spanish (public / all)"),
}

admin.site.unregister(Tag)  # taggit's own tags, which nothing here uses


@admin.register(Topic)
class TopicAdmin(BaseModelAdmin):
    fields = ("name", "name_es", "about", "about_es", "keywords", "slug", "slug_es")
    readonly_fields = ("slug", "slug_es")
    search_fields = ("name", "name_es")

    # --- The list -----------------------------------------------------------------------------------------

    def get_list_display(self, request: HttpRequest) -> tuple[str, ...]:
        """Return the columns: the names and numbers in the active language first."""
        columns = (("name", "name_es"), ("english", "spanish"))
        return tuple(name for pair in columns for name in (pair[::-1] if is_spanish() else pair))

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        return ("key_es",) if is_spanish() else ("key",)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """Return the topics with the numbers of their releases: `en_count`, `en_public` and so on."""
        topics: models.QuerySet[Any] = super().get_queryset(request)
        tags, now = ReleaseTag.objects.filter(tag=models.OuterRef("pk")), timezone.now()
        for language in Language.values:
            in_language = tags.in_language(language)
            topics = topics.annotate(
                **{
                    f"{language}_count": count(in_language),
                    f"{language}_public": count(in_language.published(now)),
                }
            )
        return topics

    @admin.display(description=HEADERS[Language.ENGLISH], ordering="en_count")
    def english(self, topic: Any) -> str:
        return f"{topic.en_public} / {topic.en_count}"

    @admin.display(description=HEADERS[Language.SPANISH], ordering="es_count")
    def spanish(self, topic: Any) -> str:
        return f"{topic.es_public} / {topic.es_count}"

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = {"merges": self._get_undoable_merges(request)}
        return super().changelist_view(request, context | (extra_context or {}))

    # --- The page of a topic ------------------------------------------------------------------------------

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return super().add_view(request, form_url, {"title": gettext("New topic")} | (extra_context or {}))

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        context: dict[str, Any] = {}
        if self.has_view_permission(request) and (topic := self.get_object(request, object_id)):
            context = {
                "lists": [get_list(topic, language) for language in sorted_languages()],
                "merges": self._get_undoable_merges(request, into=topic),
                "may_merge": self.may_merge(request),
            }
        return super().change_view(request, object_id, form_url, context | (extra_context or {}))

    def get_title(self, obj: Any) -> str:
        return str(obj.both_names)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple[Any, Any, Any, Any]:
        """Protect topics that a pending revision uses, too. No foreign key protects them."""
        to_delete, counts, missing_permissions, protected = super().get_deleted_objects(objs, request)
        topic_ids = {topic.pk for topic in objs}
        revisions = [
            str(revision) for revision in PendingRevision.objects.all() if topic_ids & set(revision.topic_ids)
        ]
        return to_delete, counts, missing_permissions, [*protected, *revisions]

    # --- Merging ------------------------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        return [
            self.admin_path("<int:topic_id>/merge/", self.merge_view, "merge"),
            self.admin_path("merges/<int:merge_id>/undo/", self.undo_merge_view, "undo_merge"),
            *super().get_urls(),
        ]

    def may_merge(self, request: HttpRequest) -> bool:
        return self.has_change_permission(request) and self.has_delete_permission(request)

    def _get_undoable_merges(self, request: HttpRequest, **filters: Any) -> Any:
        merges = TopicMerge.objects.undoable().filter(**filters).select_related("into", "alias")
        return merges if self.may_merge(request) else merges.none()

    def merge_view(self, request: HttpRequest, topic_id: int) -> HttpResponse:
        """Let the user choose the other topic, show what a merge with it changes, and, on POST, merge."""
        if not self.may_merge(request):
            raise PermissionDenied
        topic = self.get_object(request, str(topic_id))
        if topic is None:
            return self.redirect_missing(request)
        data = request.POST if request.method == "POST" else request.GET
        form = MergeForm(data if "into" in data else None, topic=topic)
        into = form.cleaned_data["into"] if form.is_valid() else None
        if into and request.method == "POST":
            try:
                merge_topics(topic, into=into, user=current_user(request))
            except ActionNotAllowed as exc:
                form.add_error(None, str(exc))
                into = None
            else:
                message = gettext("%(topic)s was merged into this topic.") % {"topic": topic.both_names}
                self.log_change(request, into, message)
                return HttpResponseRedirect(reverse("admin:releases_topic_change", args=[into.pk]))
        context = self.admin_site.each_context(request) | {
            "title": gettext("Merge “%(topic)s” into another topic") % {"topic": topic},
            "topic": topic,
            "form": form,
            "into": into,
            "preview": preview_merge(topic, into) if into else None,
            "addresses": [
                (topic.get_absolute_url(language), into.get_absolute_url(language))
                for language in sorted_languages()
                if into
            ],
            "opts": self.opts,
        }
        return TemplateResponse(request, "admin/releases/topic/merge.html", context)

    def undo_merge_view(self, request: HttpRequest, merge_id: int) -> HttpResponse:
        """Undo a merge on POST."""
        if not self.may_merge(request):
            raise PermissionDenied
        changelist = HttpResponseRedirect(reverse("admin:releases_topic_changelist"))
        if request.method != "POST":
            return changelist
        merge = TopicMerge.objects.select_related("into").filter(pk=merge_id).first()
        into = merge and merge.into
        try:
            topic = undo_merge(merge_id, user=current_user(request))
        except ActionNotAllowed as exc:
            messages.error(request, str(exc))
            return changelist
        for changed in filter(None, (topic, into)):
            self.log_change(request, changed, gettext_noop("The merge was undone."))
        text = gettext("The merge was undone: “%(topic)s” is a topic of its own again.") % {"topic": topic}
        messages.success(request, text)
        return HttpResponseRedirect(reverse("admin:releases_topic_change", args=[topic.pk]))


def is_spanish() -> bool:
    return get_language() == Language.SPANISH


def sorted_languages() -> list[Language]:
    """Return the languages, the active one first."""
    return sorted(Language, key=lambda language: language != get_language())


def count(rows: models.QuerySet[Any]) -> Coalesce:
    """Return a subquery for the number of `rows`, which refer to the outer query."""
    counts = rows.order_by().values("tag").annotate(number=models.Count("*")).values("number")
    return Coalesce(models.Subquery(counts), 0)


def get_list(topic: Any, language: Language) -> dict[str, Any]:
    """Return what the page of `topic` shows about its releases in `language`: numbers and the newest ones."""
    releases = Release.objects.tagged(topic).in_language(language).select_related("pending_revision")
    # Drafts may have no date. The databases disagree on where those come.
    newest = releases.order_by(models.F("date").desc(nulls_first=True), "-pk")
    query = urlencode({"topic": topic.slug, "language__exact": language})
    total, public = getattr(topic, f"{language}_count"), getattr(topic, f"{language}_public")
    return {
        "language": language,
        "total": total,
        "public": public,
        "releases": newest[:MAX_RELEASES],
        "url": f"{reverse('admin:releases_release_changelist')}?{query}",
        "public_url": topic.get_absolute_url(language) if public else "",
    }
