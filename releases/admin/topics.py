"""Admin of topics, including merging one into another."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from taggit.models import Tag

from releases import caching
from releases.actions.errors import ActionNotAllowed
from releases.actions.topics import merge_topics
from releases.admin.base import BaseModelAdmin
from releases.admin.forms import MergeForm
from releases.models import PendingRevision, ReleaseTag, Topic

admin.site.unregister(Tag)  # taggit's own tags, which nothing here uses


@admin.register(Topic)
class TopicAdmin(BaseModelAdmin):
    fields = ("name", "name_es", "about", "about_es", "keywords", "slug", "slug_es")
    readonly_fields = ("slug", "slug_es")
    list_display = ("name", "name_es", "releases")
    search_fields = ("name", "name_es")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        topics: QuerySet[Any] = super().get_queryset(request)
        # Counting is slow, and only sorting needs it.
        return topics.annotate(count=Count("release_tags")) if "o" in request.GET else topics

    def get_urls(self) -> list[URLPattern]:
        return [self.admin_path("<int:topic_id>/merge/", self.merge_view, "merge"), *super().get_urls()]

    def merge_view(self, request: HttpRequest, topic_id: int) -> HttpResponse:
        if not (self.has_change_permission(request) and self.has_delete_permission(request)):
            raise PermissionDenied
        topic = self.get_object(request, str(topic_id))
        if topic is None:
            return HttpResponseRedirect(reverse("admin:releases_topic_changelist"))
        form = MergeForm(request.POST if request.method == "POST" else None, topic=topic)
        if request.method == "POST" and form.is_valid():
            into = form.cleaned_data["into"]
            try:
                merge_topics(topic, into=into, user=request.user)  # type: ignore[arg-type]
            except ActionNotAllowed as exc:
                form.add_error(None, str(exc))
            else:
                self.log_change(
                    request,
                    into,
                    gettext("%(topic)s was merged into this topic.") % {"topic": topic.both_names},
                )
                messages.success(
                    request,
                    gettext("%(topic)s is now part of %(into)s.")
                    % {"topic": topic.both_names, "into": into.both_names},
                )
                return HttpResponseRedirect(reverse("admin:releases_topic_changelist"))
        context = self.admin_site.each_context(request) | {
            "title": gettext("Merge this topic"),
            "topic": topic,
            "form": form,
            "opts": self.opts,
        }
        return TemplateResponse(request, "admin/releases/topic/merge.html", context)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple[Any, Any, Any, Any]:
        """Protect topics that a pending revision uses, too. No foreign key protects them."""
        to_delete, counts, missing_permissions, protected = super().get_deleted_objects(objs, request)
        topic_ids = {topic.pk for topic in objs}
        revisions = [
            str(revision) for revision in PendingRevision.objects.all() if topic_ids & set(revision.topic_ids)
        ]
        return to_delete, counts, missing_permissions, [*protected, *revisions]

    def view_on_site(self, obj: Any) -> str | None:
        language = get_language()
        is_public = ReleaseTag.objects.published().in_language(language).filter(tag=obj).exists()
        return obj.get_absolute_url(language) if is_public else None

    @admin.display(description=_("releases"), ordering="count")
    def releases(self, topic: Any) -> int:
        now = timezone.now()
        generation = caching.get_recent_generation(now) or caching.get_current_generation(now)
        return generation.get_or_set("topic counts", lambda: ReleaseTag.objects.counts_by_topic()).get(
            topic.pk, 0
        )
