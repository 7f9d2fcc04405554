"""The writing desk: a release in the order it is printed, and one button for what comes next."""

import uuid
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from js_asset import Media

from releases import clock, publishing, search
from releases.admin.base import staff
from releases.admin.comparing import Text, since
from releases.admin.erasing import ErasingView
from releases.admin.pairs import OtherLanguageFilter, PairViews
from releases.admin.past import PastViews
from releases.admin.photos import PhotoViews
from releases.admin.previews import PreviewViews
from releases.admin.unsaved import UnsavedViews
from releases.admin.verb_pages import VerbViews, changes_of
from releases.admin.verbs import goes_public_with, seconds_to_undo, state_of
from releases.admin.words import EDITOR, PASTING
from releases.desk import show_typed_words
from releases.forms import NoteForm, ReleaseForm
from releases.models import Newsroom, Note, Release, Topic, UnsavedText, WorkingCopy
from releases.views.photos import desk_base, figures_of
from releases.vocabulary import DEFAULT_PLACE, Language, Status


class StateFilter(admin.SimpleListFilter):
    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [
            ("draft", _("Draft")),
            ("review", _("Waiting for review")),
            ("scheduled", _("Scheduled")),
            ("public", _("Public")),
            ("changed", _("Public, with an unpublished change")),
            ("withdrawn", _("Withdrawn")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Release]) -> QuerySet[Release]:
        now = timezone.now()
        # Each is said so that an index finds these few, and not every release is looked at.
        states = {
            "draft": Q(language__in=Language.values, status=Status.DRAFT),
            "review": Q(pk__in=Note.objects.open_reviews().values("release")),
            "scheduled": Q(pk__in=Release.objects.scheduled(now).order_by().values("pk")),
            "public": Q(status=Status.PUBLISHED, public_at__lte=now),
            "changed": Q(status=Status.PUBLISHED, pk__in=WorkingCopy.objects.values("release")),
            "withdrawn": Q(language__in=Language.values, status=Status.WITHDRAWN),
        }
        return queryset.filter(states.get(self.value() or "", Q()))


class YearFilter(admin.SimpleListFilter):
    """The years from the first printed date to the last. Which of them have none is not asked: that would be to look at all."""

    title = gettext_lazy("year")
    parameter_name = "year"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        dates = Release.objects.exclude(date=None).values_list("date", flat=True)
        first, last = dates.order_by("date").first(), dates.order_by("-date").first()
        return [(str(year), str(year)) for year in range(last.year, first.year - 1, -1)] if first and last else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Release]) -> QuerySet[Release]:
        year = self.value() or ""
        return queryset.dated(int(year)) if year in dict(self.lookup_choices) else queryset  # type: ignore[attr-defined]


class TopicFilter(admin.SimpleListFilter):
    title = gettext_lazy("topic")
    parameter_name = "topic"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [(topic.slug, topic.both_names) for topic in Topic.objects.all()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Release]) -> QuerySet[Release]:
        slug = self.value()
        return queryset.filter(tagging__tag__slug=slug) if slug and slug.isprintable() else queryset


@admin.register(Release)
class ReleaseAdmin(VerbViews, PastViews, ErasingView, UnsavedViews, PreviewViews, PhotoViews, PairViews):
    form = ReleaseForm
    fieldsets = (
        (None, {"fields": (("opened", "form_id", "empty_body"), "headline", ("date", "dateline"), "summary", "body", "tags")}),
        (gettext_lazy("A new topic"), {"fields": ("new_topic", "new_topic_es"), "classes": ("collapse",)}),
        (gettext_lazy("Media contacts"), {"fields": ("contacts",), "classes": ("collapse",)}),
        (gettext_lazy("Subhead and language"), {"fields": ("subhead", "language"), "classes": ("collapse",)}),
        (gettext_lazy("Kind, and until when it holds"), {"fields": ("kind", "valid_until", "current_notice"), "classes": ("collapse",)}),
        (
            gettext_lazy("An event reporters are called to"),
            {
                "fields": (("event_at", "event_until"), "event_place", "event_who", "event_languages", "event_visuals"),
                "classes": ("collapse",),
            },
        ),
        (gettext_lazy("Web address"), {"fields": ("slug",), "classes": ("collapse",)}),
    )
    list_display = ("headline", "state", "date", "language", "topics", "changed")
    list_filter = (StateFilter, YearFilter, "language", OtherLanguageFilter, "kind", TopicFilter)
    search_fields = ("headline",)  # for the box; what it finds is the newsroom's own search
    list_per_page = 50

    class Media:
        css = {"all": ["css/writing.css"]}
        js = ["js/writing.js", "js/keeping.js", "js/pasting.js"]

    # --- Who may do what: writers change drafts, and the next text of what is public; what is scheduled was decided -------

    def has_change_permission(self, request: HttpRequest, obj: Release | None = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or publishing.may_write(obj, request.user))

    def has_delete_permission(self, request: HttpRequest, obj: Release | None = None) -> bool:
        return (obj is None or obj.status == Status.DRAFT) and super().has_delete_permission(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Release | None = None) -> tuple[str, ...]:
        locked = ("slug", "language") if obj and obj.status != Status.DRAFT else ()
        return ("printed_body", "withdrawn", "withdrawal_reason", "replacement", *locked)

    def get_form(self, request: HttpRequest, obj: Release | None = None, change: bool = False, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, obj, change, **kwargs)
        form.unsaved = self._unsaved_of(request, obj) if request.method == "GET" else None
        if not request.user.has_perm("releases.add_topic"):
            for field in ("new_topic", "new_topic_es"):
                form.base_fields.pop(field, None)
        return form

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "current_notice" and field:  # chosen among those that are there, not made or deleted in passing
            field.widget = field.widget.widget
        return field

    def _unsaved_of(self, request: HttpRequest, release: Release | None) -> UnsavedText | None:
        """What this person typed and did not save, of `release` or, with ?unsaved=, of one that was never saved."""
        mine = UnsavedText.objects.filter(by=staff(request))
        if release:
            return mine.filter(release=release).first()
        try:
            return mine.filter(release=None, form=uuid.UUID(request.GET.get("unsaved", ""))).first()
        except ValueError:
            return None

    def get_fieldsets(self, request: HttpRequest, obj: Release | None = None) -> Any:
        writing = obj is None or self.has_change_permission(request, obj)
        if writing and request.user.has_perm("releases.add_topic"):
            return self.fieldsets
        fieldsets: list[Any] = [fieldset for fieldset in self.fieldsets if "new_topic" not in fieldset[1]["fields"]]
        if not writing:  # who only reads sees the body as it is printed, not its markup
            fieldsets[0] = (None, {"fields": ("headline", ("date", "dateline"), "summary", "printed_body", "tags")})
        if obj and obj.status == Status.WITHDRAWN:
            fieldsets.insert(0, (gettext_lazy("Withdrawal"), {"fields": ("withdrawn", "withdrawal_reason", "replacement")}))
        return fieldsets

    # --- The list ---------------------------------------------------------------------------------------------------------

    def get_queryset(self, request: HttpRequest) -> QuerySet[Release]:
        return super().get_queryset(request).select_related("working_copy").prefetch_related("tags")

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Release], search_term: str) -> tuple[QuerySet[Release], bool]:
        """The search of the public pages, in both languages and over everything, drafts too."""
        question = search.understood(search_term, get_language())
        return (queryset.filter(search.matching(search_term, question)) if search_term.strip() else queryset), False

    @admin.display(description=gettext_lazy("state"), ordering="public_at")
    def state(self, release: Release) -> str:
        return state_of(release)

    @admin.display(description=gettext_lazy("changed"), ordering="updated_at")
    def changed(self, release: Release) -> str:
        return clock.in_words(release.updated_at)

    @admin.display(description=gettext_lazy("withdrawn"))
    def withdrawn(self, release: Release) -> str:
        return clock.in_words(release.withdrawn_at) if release.withdrawn_at else ""

    @admin.display(description=gettext_lazy("topics"))
    def topics(self, release: Release) -> str:
        return ", ".join(topic.name_in(get_language()) for topic in release.topics)

    # --- The form ---------------------------------------------------------------------------------------------------------

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Release | None:
        try:
            release: Release | None = super().get_object(request, object_id, from_field)
            if release and request.method == "POST" and transaction.get_connection().in_atomic_block:
                # A save writes the whole row: hold it, so that no verb slips between the reading and the writing.
                release.refresh_from_db(from_queryset=Release.objects.select_for_update())
                publishing.sign(release, staff(request), "write")
        except (Release.DoesNotExist, OverflowError):
            return None
        return release

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if request.method != "POST" or not object_id:
            return super().changeform_view(request, object_id, form_url, extra_context)
        with transaction.atomic():  # under the row's lock, so that of two saves of one version exactly one is the first
            # Deleted or published by others in the meantime: the words that were typed are shown to be kept.
            release = self.get_object(request, unquote(object_id))
            if release is None:
                return show_typed_words(request, _("This release was deleted in the meantime."))
            if self.has_view_permission(request, release) and not self.has_change_permission(request, release):
                why = _("This release can no longer be changed by you. It is: %(state)s.") % {"state": state_of(release)}
                return show_typed_words(request, why)
            if self.has_change_permission(request, release) and (page := self.stale_save(request, release)):
                return page
            return super().changeform_view(request, object_id, form_url, extra_context)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """A new release is in the language of the desk, until its writer says otherwise, and from Los Angeles."""
        given: dict[str, Any] = super().get_changeform_initial_data(request)
        language = given.get("language", get_language())
        return {"language": language, "dateline": DEFAULT_PLACE.get(language, "")} | given

    def save_model(self, request: HttpRequest, obj: Release, form: Any, change: bool) -> None:
        if not change:
            obj.author = staff(request)
        elif obj.is_public() or not set(form.changed_data) - {"opened", "form_id", "empty_body"}:
            return  # nothing to keep here: who only presses a button has not changed the text
        obj.changed_by = staff(request)
        if change:
            obj.words_changed()
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """The topics; what the public reads is not touched, and its next text goes into the working copy whole."""
        mine = UnsavedText.objects.filter(by=staff(request))
        (mine.filter(release=form.instance) if change else mine.filter(release=None, form=form.cleaned_data["form_id"])).delete()
        form.cleaned_data["tags"] = form.topics()
        if not form.instance.is_public():
            super().save_related(request, form, formsets, change)
            return
        tags = [topic.pk for topic in form.cleaned_data["tags"]]
        own_page = {field: publishing.photos_at_hand(form.instance, field) for field in ("photos", "attachments")}
        printed = form.instance.printed() | own_page
        publishing.write_change(form.instance, by=staff(request), printed=printed, tags=tags)

    # The history of a release is kept with its texts, so the admin's log of who saved what would say less, twice.
    def log_addition(self, request: HttpRequest, object: Any, message: Any) -> Any:  # noqa: A002
        return None

    def log_change(self, request: HttpRequest, object: Any, message: Any) -> Any:  # noqa: A002
        return None

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        return None

    def view_on_site(self, obj: Release) -> str | None:
        return obj.get_absolute_url() if obj.is_public() or obj.status == Status.WITHDRAWN else None

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> HttpResponse:
        release: Release | None = kwargs.get("obj") or (args[3] if len(args) > 3 else None)
        publisher = self.may(request, "publish_release")
        copy = WorkingCopy.of(release) if release else None
        newsroom = Newsroom.current()
        there = release.counterpart if release else None
        pinned, pinned_until = newsroom.pin_in(release.language) if release else (None, None)
        context |= {
            # The editor's import map stands in the page itself, so it carries the policy's nonce.
            "media": Media.from_media(context["media"]).with_nonce(str(getattr(request, "csp_nonce", ""))),
            "editor_words": {word: str(ours) for word, ours in EDITOR.items()},
            "paste_words": {word: str(ours) for word, ours in PASTING.items()},
            "state": state_of(release) if release else _("New"),
            "in_language": dict(Language.choices).get(release.language if release else context["adminform"].form["language"].value(), ""),
            "publisher": publisher,
            "is_draft": release is None or release.status == Status.DRAFT,
            "unsaved": UnsavedText.of(release) if release else self._unsaved_of(request, None),
            "others": publishing.look_in(release, by=staff(request)) if release and self.has_change_permission(request, release) else [],
            "is_public": bool(release and release.is_public()),
            "copy": copy,
            "beside": Text.at_hand(there) if there else None,
            "beside_is_withdrawn": bool(there and there.status == Status.WITHDRAWN),
            "since": since(release) if release else [],
            "undo_both": bool(release and there and goes_public_with(release, there)),
            "figures": figures_of(release, publishing.photos_at_hand(release), base=desk_base()) if release else [],
            "changes": changes_of(release) if release and not self.has_change_permission(request, release) else [],
            "verb": self.next_verb(release) if publisher else "",
            "seconds_to_undo": seconds_to_undo(release) if publisher else 0,
            "pinned_until": pinned_until if release and pinned == release else None,
            "asks_for_review": not publisher or newsroom.needs_second_person,
            "is_scheduled": bool(release and release.is_scheduled),
            "notes": release.notes.select_related("by") if release else [],
            "in_review": release and release.notes.open_reviews().exists(),
            "note_form": NoteForm(release=release, by=staff(request), auto_id="note_%s") if release else None,
        }
        return super().render_change_form(request, context, *args, **kwargs)

    def _then(self, request: HttpRequest, release: Release, stay: HttpResponse) -> HttpResponse:
        """After a save: on to the page of the button that was pressed."""
        if "_publish" in request.POST and self.may(request, "publish_release"):
            verb = "publish" if release.status == Status.DRAFT else "publish_change"
            return HttpResponseRedirect(reverse(f"admin:releases_release_{verb}", args=[release.pk]))
        if "_review" in request.POST:
            return HttpResponseRedirect(reverse("admin:releases_release_ask_for_review", args=[release.pk]))
        return stay

    def response_add(self, request: HttpRequest, obj: Release, post_url_continue: str | None = None) -> HttpResponse:
        return self._then(request, obj, super().response_add(request, obj, post_url_continue))

    def response_change(self, request: HttpRequest, obj: Release) -> HttpResponse:
        if not obj.is_public():
            return self._then(request, obj, super().response_change(request, obj))
        if WorkingCopy.of(obj) is None:
            messages.info(request, _("This is word for word what the public reads, so there is no change to publish."))
            return HttpResponseRedirect(reverse("admin:releases_release_change", args=[obj.pk]))
        messages.success(request, _("Saved for the desk. The public reads the old text until the change is published."))
        return self._then(request, obj, HttpResponseRedirect(reverse("admin:releases_release_change", args=[obj.pk])))
