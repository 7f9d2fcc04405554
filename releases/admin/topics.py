"""Topics, each with its two names."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from taggit.models import Tag

from releases.admin.base import DeskAdmin
from releases.models import Topic

admin.site.unregister(Tag)  # taggit's own tags, which nothing here uses


@admin.register(Topic)
class TopicAdmin(DeskAdmin):
    fields = ("name", "name_es", "slug", "slug_es")
    readonly_fields = ("slug", "slug_es")
    list_display = ("name", "name_es", "releases")
    search_fields = ("name", "name_es")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        topics: QuerySet[Any] = super().get_queryset(request).annotate(count=Count("tagging"))
        return topics

    @admin.display(description=_("releases"), ordering="count")
    def releases(self, topic: Any) -> int:
        return int(topic.count)
