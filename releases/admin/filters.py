"""Filters of the lists of releases and of accounts."""

from django.contrib import admin
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import Exists, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from releases.models import Note, PendingRevision, Release, Topic, User
from releases.text.choices import Language, Status


class StateFilter(admin.SimpleListFilter):
    title = gettext_lazy("status")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [
            ("draft", _("Draft")),
            ("review", _("Awaiting review")),
            ("scheduled", _("Scheduled")),
            ("public", _("Public")),
            ("changed", _("Public, with an unpublished change")),
            ("withdrawn", _("Withdrawn")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Release]) -> QuerySet[Release]:
        now = timezone.now()
        # Each condition is phrased so that an index finds the matching rows without a scan of all releases.
        states = {
            "draft": Q(language__in=Language.values, status=Status.DRAFT),
            "review": Q(pk__in=Note.objects.open_review_requests().values("release")),
            "scheduled": Q(pk__in=Release.objects.scheduled(now).order_by().values("pk")),
            "public": Q(status=Status.PUBLISHED, public_at__lte=now),
            "changed": Q(status=Status.PUBLISHED, pk__in=PendingRevision.objects.values("release")),
            "withdrawn": Q(language__in=Language.values, status=Status.WITHDRAWN),
        }
        return queryset.filter(states.get(self.value() or "", Q()))


class YearFilter(admin.SimpleListFilter):
    """Filter by year, from the earliest date to the latest.

    Years without releases are listed too: excluding them needs a full scan.
    """

    title = gettext_lazy("year")
    parameter_name = "year"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        dates = Release.objects.exclude(date=None).values_list("date", flat=True)
        first, last = dates.order_by("date").first(), dates.order_by("-date").first()
        return (
            [(str(year), str(year)) for year in range(last.year, first.year - 1, -1)]
            if first and last
            else []
        )

    def queryset(self, request: HttpRequest, queryset: QuerySet[Release]) -> QuerySet[Release]:
        year = self.value() or ""
        return queryset.dated_in(int(year)) if year in dict(self.lookup_choices) else queryset  # type: ignore[attr-defined]


class TopicFilter(admin.SimpleListFilter):
    title = gettext_lazy("topic")
    parameter_name = "topic"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [(topic.slug, topic.both_names) for topic in Topic.objects.all()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Release]) -> QuerySet[Release]:
        slug = self.value()
        return queryset.filter(release_tags__tag__slug=slug) if slug and slug.isprintable() else queryset


class OtherLanguageFilter(admin.SimpleListFilter):
    title = gettext_lazy("other language")
    parameter_name = "other"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [
            ("none", _("No version in the other language")),
            ("waiting", _("Public, the other version not")),
            ("old", _("Out of date: the other version changed")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Release]) -> QuerySet[Release]:
        if self.value() == "old":
            return queryset.filter(pk__in=Release.objects.out_of_date().values("pk"))
        if self.value() == "waiting":
            return queryset.published().without_public_translation()  # type: ignore[attr-defined, no-any-return]
        return (
            queryset.exclude(Exists(Release.objects.translations_of_outer()))
            if self.value() == "none"
            else queryset
        )


class AccountStateFilter(admin.SimpleListFilter):
    title = gettext_lazy("status")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [
            ("open", pgettext("account", "Open")),
            ("invited", pgettext("account", "Invited")),
            ("left", pgettext("account", "Left")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> QuerySet[User]:
        has_no_password = Q(password__startswith=UNUSABLE_PASSWORD_PREFIX)
        states = {
            "open": Q(is_active=True) & ~has_no_password,
            "invited": Q(is_active=True) & has_no_password,
            "left": Q(is_active=False),
        }
        return queryset.filter(states.get(self.value() or "", Q()))
