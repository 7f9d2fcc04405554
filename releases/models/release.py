"""The release model: its text, its status, and when the public may read it."""

import datetime as dt
import uuid
from datetime import datetime
from functools import cache, lru_cache
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_prose_editor.fields import ProseEditorField
from simple_history.models import HistoricalRecords
from taggit.managers import TaggableManager

from releases.models.drafts import PendingRevision
from releases.models.querysets import ReleaseQuerySet
from releases.models.topics import Topic
from releases.text import cleaning, datelines, localtime, richtext
from releases.text.choices import Kind, Language, Status
from releases.text.datelines import FIRST_YEAR, LAST_YEAR, is_place
from releases.text.slugs import MAX_SLUG_LENGTH, make_slug, numbered_slug

# Marks a text that was copied from the other language. A release that contains it cannot be published.
TRANSLATION_PLACEHOLDER = "[EN ⇄ ES]"
# Fields for the event of a media advisory.
EVENT_FIELDS = ("event_at", "event_until", "event_place", "event_who", "event_languages", "event_visuals")
# The public text of a release, without its topics: the fields that a revision replaces.
CONTENT_FIELDS = (
    "headline",
    "subhead",
    "date",
    "dateline",
    "summary",
    "body",
    "kind",
    "valid_until",
    "current_notice",
    "photos",
    "attachments",
    "contacts",
    *EVENT_FIELDS,
)


class Release(models.Model):
    """A press release, statement, media advisory or service notice in one language.

    `date` and `dateline` are printed; `public_at` is when the public may read the release. They are independent: an imported
    release is old on its first day here. Forms never set `status`: the functions in releases/actions do.
    """

    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices, default=Kind.PRESS_RELEASE)
    language = models.CharField(_("language"), max_length=2, choices=Language.choices, default=Language.ENGLISH)
    translation_key = models.UUIDField(
        default=uuid.uuid4, editable=False, help_text=_("Shared by the two language versions of one release.")
    )

    headline = models.CharField(
        _("headline"), max_length=300, help_text=_("Write CARECEN, DACA and names as they are written: nothing here changes a letter.")
    )
    subhead = models.CharField(
        _("subhead"), max_length=300, blank=True, help_text=_("A second line under the headline, if there is more to say.")
    )
    slug = models.SlugField(
        _("address"),
        max_length=MAX_SLUG_LENGTH,
        blank=True,
        help_text=_("The last part of the web address. Leave it empty, and it is made from the headline when the release is published."),
    )
    date = models.DateField(
        _("date"),
        null=True,
        blank=True,
        help_text=_("The date printed in the dateline. Leave it empty for the day the release goes public."),
    )
    dateline = models.CharField(
        _("place"),
        max_length=120,
        blank=True,
        help_text=_("The place printed in the dateline, in the language of the release: Los Angeles, Los Ángeles."),
    )
    summary = models.TextField(
        _("summary"),
        blank=True,
        help_text=_("The opening paragraph. Lists show it whole, and the release begins with it, so the body does not repeat it."),
    )
    body = ProseEditorField(
        _("body"),
        blank=True,
        config={"extensions": richtext.EXTENSIONS},
        sanitize=richtext.sanitize,
        help_text=_("Everything after the opening paragraph."),
    )
    tags = TaggableManager(_("topics"), through="releases.ReleaseTag", blank=True, help_text=_("What it is about."))

    # In display order: {"photo": id, "alt": …, "is_decorative": …, "caption": …, "credit": …}, in the release's language.
    photos = models.JSONField(_("photos"), default=list, blank=True, editable=False)

    # In display order: {"document": id, "title": …, "language": …}. The URL of each is made from its title.
    attachments = models.JSONField(_("documents"), default=list, blank=True, editable=False)
    contacts = models.JSONField(_("media contacts"), default=list, blank=True)  # ids of MediaContact, in display order
    boilerplate = models.TextField(_("about CARECEN"), blank=True, editable=False)  # copied when the release is published

    event_at = models.DateTimeField(
        _("begins"), null=True, blank=True, help_text=_("When the event of a media advisory begins, in Los Angeles time.")
    )
    event_until = models.DateTimeField(_("ends"), null=True, blank=True)
    event_place = models.CharField(_("where"), max_length=300, blank=True, help_text=_("Name and street address, in a line."))
    event_who = models.TextField(_("who"), blank=True, help_text=_("Who speaks, a line each."))
    event_languages = models.CharField(_("languages"), max_length=200, blank=True, help_text=_("In which languages interviews are given."))
    event_visuals = models.CharField(_("visuals"), max_length=300, blank=True, help_text=_("What there is to photograph and film."))

    valid_until = models.DateField(
        _("valid until"),
        null=True,
        blank=True,
        help_text=_("The last day on which a service notice holds. From the next day on a banner says that it has run out."),
    )
    current_notice = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("current notice"),
        help_text=_("The notice that holds instead. The banner leads there while the public can read it."),
    )

    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.DRAFT, editable=False)
    public_at = models.DateTimeField(_("public from"), null=True, editable=False)
    is_embargoed = models.BooleanField(_("embargoed"), default=False, editable=False)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, editable=False)
    withdrawal_reason = models.TextField(_("reason for the withdrawal"), blank=True, editable=False)
    replacement = models.CharField(_("what replaces it"), max_length=300, blank=True, editable=False)

    corrected_at = models.DateTimeField(_("corrected or updated"), null=True, editable=False)

    source_key = models.CharField(max_length=400, unique=True, null=True, editable=False)
    source_digest = models.CharField(max_length=64, blank=True, editable=False)
    version = models.PositiveIntegerField(default=0, editable=False)
    text_version = models.PositiveIntegerField(default=0, editable=False)  # the last version that changed more than a typo
    is_sample_translation = models.BooleanField(default=False, editable=False)
    created_at = models.DateTimeField(_("written"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False, related_name="releases", verbose_name=_("author")
    )
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False, related_name="+", verbose_name=_("last changed by")
    )

    history = HistoricalRecords()

    objects = ReleaseQuerySet.as_manager()

    # On lists: the URL and the headline of the translation, if the public can read it.
    translation_url = translation_headline = ""
    # On lists: the rendered card, cached for all lists.
    card_html = ""
    # The topics, where a view loaded them for many releases at once, or a preview shows those of a pending revision.
    cached_topics: list[Topic] | None = None

    class Meta:
        verbose_name = _("release")
        verbose_name_plural = _("releases")
        ordering = ["-updated_at", "-id"]  # for the admin; public lists use `newest_first`
        permissions = [("publish_release", _("Can publish and withdraw releases"))]
        indexes = [
            models.Index(fields=["language", "status", "-date", "-public_at", "-id"], name="release_list"),
            models.Index(fields=["language", "kind", "status", "-date", "-public_at", "-id"], name="release_list_by_kind"),
            models.Index(fields=["-updated_at", "-id"], name="release_updated_at"),
            models.Index(fields=["date"], name="release_date"),
            models.Index(fields=["public_at"], name="release_public_at"),
            models.Index(fields=["event_until"], name="release_event_until", condition=models.Q(event_until__isnull=False)),
            models.Index(fields=["valid_until"], name="release_valid_until", condition=models.Q(valid_until__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status=Status.DRAFT, public_at__isnull=True)
                | models.Q(status__in=[Status.PUBLISHED, Status.WITHDRAWN], public_at__isnull=False),
                name="release_public_at_matches_status",
                violation_error_message=_("A draft has no public moment, and every other release has one."),
            ),
            models.CheckConstraint(
                condition=models.Q(status=Status.DRAFT) | (models.Q(date__isnull=False) & ~models.Q(slug="")),
                name="release_has_date_and_slug",
                violation_error_message=_("A release that was published keeps its date and its address."),
            ),
            models.CheckConstraint(
                condition=models.Q(date__isnull=True) | models.Q(date__range=(dt.date(FIRST_YEAR, 1, 1), dt.date(LAST_YEAR, 12, 31))),
                name="release_date_range",
                violation_error_message=_("Check the year: a release is dated from 1983 to next year."),
            ),
            models.CheckConstraint(
                condition=models.Q(status=Status.WITHDRAWN, withdrawn_at__isnull=False)
                | (~models.Q(status=Status.WITHDRAWN) & models.Q(withdrawn_at__isnull=True)),
                name="release_withdrawn_at_matches_status",
                violation_error_message=_("A withdrawn release says when it was withdrawn, and no other does."),
            ),
            models.UniqueConstraint(
                fields=["language", "slug"],
                condition=~models.Q(slug=""),
                name="release_unique_slug",
                violation_error_message=_("Another release in this language has this address. Choose another."),
            ),
            models.UniqueConstraint(fields=["translation_key", "language"], name="release_unique_translation"),
        ]

    def __str__(self) -> str:
        return self.headline

    def get_absolute_url(self) -> str:
        """Return the permalink in the release's own language, or "" while a draft has no date or slug."""
        if not (self.date and self.slug):
            return ""
        return build_permalink(self.language, self.date.year, self.date.month, self.slug)

    def is_public(self, at: datetime | None = None) -> bool:
        """Return whether the public may read it at `at` (aware; default now), like `ReleaseQuerySet.published`."""
        return self.status == Status.PUBLISHED and self.public_at is not None and self.public_at <= (at or timezone.now())

    @property
    def is_scheduled(self) -> bool:
        return self.status == Status.PUBLISHED and not self.is_public()

    @property
    def topics(self) -> list[Topic]:
        """Return the topics, sorted by their slugs in the release's language."""
        topics = self.tags.all() if self.cached_topics is None else self.cached_topics
        return sorted(topics, key=lambda topic: topic.slug_in(self.language))

    @property
    def list_sort_key(self) -> tuple[Any, ...]:
        """Return the values that `newest_first` sorts by."""
        return (self.date, self.public_at, self.pk)

    @property
    def translation(self) -> "Release | None":
        """Return the version in the other language, public or not."""
        return Release.objects.filter(translation_key=self.translation_key).exclude(pk=self.pk).first() if self.pk else None

    @property
    def formatted_dateline(self) -> str:
        """Return “(March 4, 2015, Los Angeles) –” in the release's language, or "" without a date."""
        return datelines.format_dateline(self.date, self.dateline, self.language) if self.date else ""

    def is_expired(self, at: datetime | None = None) -> bool:
        """Return whether the last valid day in Los Angeles is before `at` (aware; default now)."""
        return self.valid_until is not None and self.valid_until < localtime.local_date(at or timezone.now())

    def event_is_over(self, at: datetime) -> bool:
        """Return whether the event has ended by `at` (aware). Without an end time, it ends with its day."""
        if self.event_at is None:
            return False
        return at >= (self.event_until or localtime.start_of_day(localtime.local_date(self.event_at) + dt.timedelta(days=1)))

    @property
    def attachments_by_slug(self) -> list[tuple[str, dict[str, Any]]]:
        """Return the attachments, each with a slug that is unique within the release."""
        by_slug: dict[str, dict[str, Any]] = {}
        for entry in self.attachments:
            slug = make_slug(entry.get("title", "")) or "document"
            number, unique = 2, slug
            while unique in by_slug:
                unique, number = numbered_slug(slug, number), number + 1
            by_slug[unique] = entry
        return list(by_slug.items())

    @property
    def edit_token(self) -> str:
        """Return a token of this version and of the pending revision. A form sends it back, to detect changes in between."""
        revision = PendingRevision.for_release(self)
        return f"{self.version}.{revision.pk}.{revision.version}" if revision else str(self.version)

    def content(self) -> dict[str, Any]:
        """Return the current values of CONTENT_FIELDS by name, as a pending revision stores them."""
        return {name: getattr(self, field.attname) for name, field in get_content_fields().items()}

    def apply_content(self, content: dict[str, Any]) -> None:
        """Set the fields in `content`, from a pending revision or the history, without saving."""
        for name, value in deserialize_content(content).items():
            setattr(self, get_content_fields()[name].attname, value)

    def bump_text_version(self) -> None:
        """Record that the next version changes more than a typo."""
        self.text_version = self.version + 1

    def missing_fields(self) -> dict[str, str]:
        """Return a sentence for each field that must be filled in before publication."""
        missing = {}
        if not self.headline.strip():
            missing["headline"] = gettext("Write a headline.")
        elif self.headline.startswith(TRANSLATION_PLACEHOLDER):
            missing["headline"] = gettext("The headline is still the one of the other language. Translate it.")
        if TRANSLATION_PLACEHOLDER in self.body:
            missing["body"] = gettext(
                "A quotation in the body is still the one of the other language. Translate it, and take “%(mark)s” away."
            ) % {"mark": TRANSLATION_PLACEHOLDER}
        if not self.summary.strip():
            missing["summary"] = gettext("Write the summary: the opening paragraph that lists and the release itself begin with.")
        if not self.slug and not make_slug(self.headline):
            missing["slug"] = gettext("The headline has no Latin letter or digit to make an address from. Write the address yourself.")
        return missing

    def clean(self) -> None:
        for field in ("headline", "subhead", "dateline", "event_place", "event_languages", "event_visuals"):
            setattr(self, field, " ".join(cleaning.strip_control_characters(getattr(self, field)).split()))
        for field in ("summary", "withdrawal_reason", "event_who"):
            setattr(self, field, cleaning.strip_control_characters(getattr(self, field)).strip())
        errors: dict[str, Any] = {}
        if self.dateline and not is_place(self.dateline):
            errors["dateline"] = _(
                "Write the place alone, as it is printed: capitalized words with spaces, commas, periods, apostrophes and hyphens, "
                "like “Washington, D.C.”."
            )
        if self.date and not FIRST_YEAR <= self.date.year <= timezone.now().year + 1:
            errors["date"] = _("Check the year: a release is dated from 1983 to next year.")
        if self.slug and self.slug != make_slug(self.slug):
            errors["slug"] = _("Write the address in small letters, digits and hyphens: “%(slug)s”.") % {
                "slug": make_slug(self.slug) or "carecen-statement"
            }
        if self.slug and Release.objects.in_language(self.language).with_former_slug(self.slug).exclude(pk=self.pk).exists():
            errors["slug"] = _("Another release had this address once, and it still leads there. Choose another.")
        if self.valid_until and self.kind != Kind.SERVICE_NOTICE:
            errors["valid_until"] = _("Only a service notice runs out. Choose that kind, or leave this empty.")
        if self.valid_until and not FIRST_YEAR <= self.valid_until.year <= LAST_YEAR:
            errors["valid_until"] = _("Check the year of the last valid day.")
        if self.event_at is None and any(getattr(self, field) for field in EVENT_FIELDS):
            errors["event_at"] = _("Write when the event begins, or leave all of it empty.")
        for field in ("event_at", "event_until"):
            value = getattr(self, field)
            if value and not FIRST_YEAR <= value.year <= LAST_YEAR:
                errors[field] = _("Check the year.")
        if self.event_at and self.event_until and self.event_until <= self.event_at:
            errors["event_until"] = _("The event ends before it begins. Check both times.")
        if self.pk and self.current_notice_id == self.pk:
            errors["current_notice"] = _("A notice cannot take its own place. Choose another, or none.")
        if self.status != Status.DRAFT:
            errors |= self.missing_fields()
            if self.date is None:
                errors["date"] = _("A release that was published keeps a date.")
            if not self.slug:
                errors["slug"] = _("A release that was published keeps an address.")
        if errors:
            raise ValidationError(errors)

    def save(self, *args: Any, update_fields: Any = None, **kwargs: Any) -> None:
        """Save as the next version. Call `full_clean` first: this method does not validate."""
        self.version += 1
        if update_fields is not None:
            update_fields = {*update_fields, "version", "updated_at"}
        super().save(*args, update_fields=update_fields, **kwargs)


def build_permalink(language: str, year: int, month: int, slug: str) -> str:
    """Return the URL of a release, which depends only on these values."""
    before, after = _get_permalink_parts(language, year, month)
    return f"{before}{slug}{after}"


@lru_cache(4096)
def _get_permalink_parts(language: str, year: int, month: int) -> tuple[str, str]:
    """Return the parts of the URLs of a month before and after the slug, cached.

    Without the cache, `reverse` took most of the time of a sitemap.
    """
    with translation.override(language):
        before, _slug, after = reverse("release", args=[f"{year:04}", f"{month:02}", "a-slug"]).rpartition("a-slug")
    return before, after


@cache
def get_content_fields() -> dict[str, models.Field]:
    """Return the model fields of CONTENT_FIELDS by name."""
    fields = {field.name: field for field in Release._meta.concrete_fields}
    return {name: fields[name] for name in CONTENT_FIELDS}


def deserialize_content(stored: dict[str, Any]) -> dict[str, Any]:
    """Return those of CONTENT_FIELDS that are in `stored`, which may come from JSON, as Python values."""
    return {name: field.to_python(stored[name]) for name, field in get_content_fields().items() if name in stored}
