"""Filters of the lists of releases and of accounts."""

from django.contrib import admin
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import Exists, F, Q, QuerySet
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from releases.admin.base import current_user
from releases.models import Note, PendingRevision, Release, Topic, User
from releases.text.choices import Language, Status


def get_state_condition(state: str) -> Q:
    """Return the condition of a choice of StateFilter, or one that every release meets.

    Each condition is phrased so that an index finds the matching rows without a scan of all releases.
    """
    now = timezone.now()
    conditions = {
        "draft": Q(language__in=Language.values, status=Status.DRAFT),
        "review": Q(pk__in=Note.objects.open_review_requests().values("release")),
        "scheduled": Q(pk__in=Release.objects.scheduled(now).order_by().values("pk")),
        "public": Q(language__in=Language.values, status=Status.PUBLISHED, public_at__lte=now),
        "changed": Q(status=Status.PUBLISHED, pk__in=PendingRevision.objects.values("release")),
        "withdrawn": Q(language__in=Language.values, status=Status.WITHDRAWN),
    }
    return conditions.get(state, Q())


def get_own_condition(user: User) -> Q:
    """Return the condition of the releases that `user` began or changed last."""
    return Q(author=user) | Q(changed_by=user)


def get_waiting_condition(user: User) -> Q:
    """Return the condition of the releases that wait for `user`.

    For publishers, these are the open review requests. For writers, these are their own drafts and changes
    that came back from a review.
    """
    if user.has_perm("releases.publish_release"):
        return get_state_condition("review")
    answered = Note.objects.filter(is_review_request=True).exclude(resolved_at=None)
    # A review request from before the last publication doesn't concern the current change.
    about_change = answered.filter(
        created_at__gt=Coalesce(F("release__corrected_at"), F("release__public_at"))
    ).values("release")
    own_drafts = get_own_condition(user) & Q(status=Status.DRAFT, pk__in=answered.values("release"))
    own_revisions = PendingRevision.objects.filter(changed_by=user, public_at=None).values("release")
    own_changes = Q(status=Status.PUBLISHED, pk__in=own_revisions) & Q(pk__in=about_change)
    return (own_drafts | own_changes) & ~get_state_condition("review")


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
        return queryset.filter(get_state_condition(self.value() or ""))


class YearFilter(admin.SimpleListFilter):
    """Filter by the years that have releases."""

    title = gettext_lazy("year")
    parameter_name = "year"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [(str(year), str(year)) for year in Release.objects.find_years()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Release]) -> QuerySet[Release]:
        year = self.value() or ""
        return queryset.dated_in(int(year)) if year in dict(self.lookup_choices) else queryset  # type: ignore[attr-defined]


class TopicFilter(admin.SimpleListFilter):
    title = gettext_lazy("topic")
    parameter_name = "topic"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [(topic.slug, topic.both_names) for topic in Topic.sorted_by_name()]

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


class AuthorFilter(admin.SimpleListFilter):
    """Filter by the releases of the user. A tab of the list sets it."""

    title = gettext_lazy("author")
    parameter_name = "author"
    has_menu = False

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [("me", pgettext("author of a release", "Me"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Release]) -> QuerySet[Release]:
        return queryset.filter(get_own_condition(current_user(request))) if self.value() == "me" else queryset


class WaitingFilter(admin.SimpleListFilter):
    """Filter by the releases that wait for the user. A tab of the list sets it."""

    title = gettext_lazy("waiting for")
    parameter_name = "waiting"
    has_menu = False

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [("me", pgettext("a release waits for me", "Me"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Release]) -> QuerySet[Release]:
        waiting = self.value() == "me"
        return queryset.filter(get_waiting_condition(current_user(request))) if waiting else queryset


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
