"""The release model: its text, its status, and when the public may read it."""

import datetime as dt
import uuid
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_prose_editor.fields import ProseEditorField
from simple_history.models import HistoricalRecords
from taggit.managers import TaggableManager

from releases.models import validation
from releases.models.content import deserialize_content, get_content_fields
from releases.models.drafts import PendingRevision
from releases.models.permalinks import build_permalink
from releases.models.querysets import ReleaseQuerySet
from releases.models.topics import Topic
from releases.text import datelines, localtime, richtext
from releases.text.choices import Kind, Language, Status
from releases.text.datelines import FIRST_YEAR, LAST_YEAR
from releases.text.slugs import MAX_SLUG_LENGTH, make_slug, numbered_slug


class Release(models.Model):
    """A press release, statement, media advisory or service notice in one language.

    `date` and `dateline` are printed; `public_at` is when the public may read the release. They are
    independent: a release can be published long after its `date`. Forms never set `status`: the functions in
    releases/actions do.
    """

    kind = models.CharField(_("type"), max_length=20, choices=Kind.choices, default=Kind.PRESS_RELEASE)
    language = models.CharField(
        _("language"), max_length=2, choices=Language.choices, default=Language.ENGLISH
    )
    translation_key = models.UUIDField(
        default=uuid.uuid4, editable=False, help_text=_("Shared by the two language versions of one release.")
    )

    headline = models.CharField(
        _("headline"), max_length=300, help_text=_("Type names and acronyms exactly as they should appear.")
    )
    subhead = models.CharField(
        _("subhead"), max_length=300, blank=True, help_text=_("An optional second line under the headline.")
    )
    slug = models.SlugField(
        _("web address"),
        max_length=MAX_SLUG_LENGTH,
        blank=True,
        help_text=_(
            "The last part of the web address. If it is empty, it is made from the headline when the "
            "release is published."
        ),
    )
    date = models.DateField(
        _("date"),
        null=True,
        blank=True,
        help_text=_("The date printed in the dateline. If it is empty, the publication date is used."),
    )
    dateline = models.CharField(
        _("place"),
        max_length=120,
        blank=True,
        help_text=_(
            "The place printed in the dateline, in the language of the release: Los Angeles, Los Ángeles."
        ),
    )
    summary = models.TextField(
        _("summary"),
        blank=True,
        help_text=_(
            "Opening paragraph (lead). Appears in lists and at the top of the release; don't repeat it in "
            "the body."
        ),
    )
    body = ProseEditorField(
        _("body"),
        blank=True,
        config={"extensions": richtext.EXTENSIONS},
        sanitize=richtext.sanitize,
        help_text=_("Everything after the opening paragraph."),
    )
    tags = TaggableManager(
        _("topics"), through="releases.ReleaseTag", blank=True, help_text=_("The topics of this release.")
    )

    # In display order: {"photo": id, "alt": …, "is_decorative": …, "caption": …, "credit": …}, in the
    # release's language. At most one has "is_lead": true. "focus": [x, y] is what a crop keeps, in percent
    # from the left and the top; without it, the center.
    photos = models.JSONField(_("photos"), default=list, blank=True, editable=False)

    # In display order: {"document": id, "title": …, "language": …}. The URL of each is made from its title.
    attachments = models.JSONField(_("documents"), default=list, blank=True, editable=False)
    # Ids of MediaContact, in display order.
    contacts = models.JSONField(_("media contacts"), default=list, blank=True)
    # Ids of the Organization rows that sign with CARECEN. Pages show them in alphabetical order.
    signers = models.JSONField(_("signing organizations"), default=list, blank=True)
    # Copied when the release is published.
    boilerplate = models.TextField(_("boilerplate"), blank=True, editable=False)

    event_at = models.DateTimeField(
        _("starts"),
        null=True,
        blank=True,
        help_text=_("Start of the event of a media advisory, in Los Angeles time."),
    )
    event_until = models.DateTimeField(_("ends"), null=True, blank=True)
    event_place = models.CharField(
        _("where"), max_length=300, blank=True, help_text=_("Venue and street address, on one line.")
    )
    event_who = models.TextField(_("who"), blank=True, help_text=_("Speakers, one per line."))
    event_languages = models.CharField(
        _("languages"), max_length=200, blank=True, help_text=_("Interview languages.")
    )
    event_visuals = models.CharField(
        _("photo and video opportunities"),
        max_length=300,
        blank=True,
        help_text=_("What photographers and camera crews can record."),
    )

    valid_until = models.DateField(
        _("valid until"),
        null=True,
        blank=True,
        help_text=_(
            "Last valid day (service notices only). A banner marks the notice as expired the next day."
        ),
    )
    current_notice = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("replaced by"),
        help_text=_("The newer notice. The expired banner links to it while it is public."),
    )

    status = models.CharField(
        _("status"), max_length=10, choices=Status.choices, default=Status.DRAFT, editable=False
    )
    public_at = models.DateTimeField(_("public from"), null=True, editable=False)
    is_embargoed = models.BooleanField(_("embargoed"), default=False, editable=False)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, editable=False)
    withdrawal_reason = models.TextField(_("reason for the withdrawal"), blank=True, editable=False)
    replacement = models.CharField(_("replacement link"), max_length=300, blank=True, editable=False)

    corrected_at = models.DateTimeField(_("corrected or updated"), null=True, editable=False)

    # The rules of the press check whose findings were passed over when it was last published, without words.
    passed_rules = models.TextField(_("passed over in the press check"), blank=True, editable=False)

    # The `client_id` of the form that created it, so that a form sent twice creates one release.
    creation_key = models.UUIDField(unique=True, null=True, editable=False)
    # The id in all feeds. It is random: numbers would tell how many hidden releases there are.
    feed_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    # Unique, so it must be NULL in releases that were not imported.
    source_key = models.CharField(max_length=400, unique=True, null=True, editable=False)  # noqa: DJ001
    source_digest = models.CharField(max_length=64, blank=True, editable=False)
    version = models.PositiveIntegerField(default=0, editable=False)
    # The last version that changed more than a typo.
    text_version = models.PositiveIntegerField(default=0, editable=False)
    is_sample_translation = models.BooleanField(default=False, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="releases",
        verbose_name=_("author"),
    )
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("last changed by"),
    )

    history = HistoricalRecords()

    objects = ReleaseQuerySet.as_manager()

    # On lists: the URL and the headline of the translation, if the public can read it.
    translation_url = translation_headline = ""
    # On lists: the photo (views/figures.py), and the rendered card, cached for all lists.
    card_figure: Any = None
    card_html = ""
    # The topics, where a view loaded them for many releases at once, or a preview shows those of a pending
    # revision.
    cached_topics: list[Topic] | None = None
    # Whether the last save changed a draft into a draft (releases/signals.py).
    stays_draft = False

    class Meta:
        verbose_name = _("release")
        verbose_name_plural = _("releases")
        ordering = ["-updated_at", "-id"]  # for the admin; public lists use `newest_first`
        permissions = [("publish_release", _("Can publish and withdraw releases"))]
        indexes = [
            models.Index(fields=["language", "status", "-date", "-public_at", "-id"], name="release_list"),
            models.Index(
                fields=["language", "kind", "status", "-date", "-public_at", "-id"],
                name="release_list_by_kind",
            ),
            models.Index(fields=["-updated_at", "-id"], name="release_updated_at"),
            models.Index(fields=["date"], name="release_date"),
            models.Index(fields=["public_at"], name="release_public_at"),
            models.Index(
                fields=["event_until"],
                name="release_event_until",
                condition=models.Q(event_until__isnull=False),
            ),
            models.Index(
                fields=["valid_until"],
                name="release_valid_until",
                condition=models.Q(valid_until__isnull=False),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status=Status.DRAFT, public_at__isnull=True)
                | models.Q(status__in=[Status.PUBLISHED, Status.WITHDRAWN], public_at__isnull=False),
                name="release_public_at_matches_status",
                violation_error_message=_(
                    "A draft has no publication time, and every other release has one."
                ),
            ),
            models.CheckConstraint(
                condition=models.Q(status=Status.DRAFT) | (models.Q(date__isnull=False) & ~models.Q(slug="")),
                name="release_has_date_and_slug",
                violation_error_message=_("A published release keeps its date and its web address."),
            ),
            models.CheckConstraint(
                condition=models.Q(date__isnull=True)
                | models.Q(date__range=(dt.date(FIRST_YEAR, 1, 1), dt.date(LAST_YEAR, 12, 31))),
                name="release_date_range",
                violation_error_message=_("Check the year: the date must be between 1983 and next year."),
            ),
            models.CheckConstraint(
                condition=models.Q(status=Status.WITHDRAWN, withdrawn_at__isnull=False)
                | (~models.Q(status=Status.WITHDRAWN) & models.Q(withdrawn_at__isnull=True)),
                name="release_withdrawn_at_matches_status",
                violation_error_message=_("Only a withdrawn release has a withdrawal time."),
            ),
            models.UniqueConstraint(
                fields=["language", "slug"],
                condition=~models.Q(slug=""),
                name="release_unique_slug",
                violation_error_message=_(
                    "Another release in this language already has this web address. Choose another."
                ),
            ),
            models.UniqueConstraint(
                fields=["translation_key", "language"], name="release_unique_translation"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, update_fields: Any = None, **kwargs: Any) -> None:
        """Save as the next version. Call `full_clean` first: this method does not validate."""
        self.version += 1
        if update_fields is not None:
            update_fields = {*update_fields, "version", "updated_at"}
        super().save(*args, update_fields=update_fields, **kwargs)

    def get_absolute_url(self) -> str:
        """Return the permalink in the release's own language, or "" while a draft has no date or slug."""
        if not (self.date and self.slug):
            return ""
        return build_permalink(self.language, self.date.year, self.date.month, self.slug)

    def is_public(self, at: datetime | None = None) -> bool:
        """Return whether the public may read it at `at` (aware; default now).

        Follows the same rule as `ReleaseQuerySet.published`.
        """
        return (
            self.status == Status.PUBLISHED
            and self.public_at is not None
            and self.public_at <= (at or timezone.now())
        )

    @property
    def is_scheduled(self) -> bool:
        return self.status == Status.PUBLISHED and not self.is_public()

    @property
    def title(self) -> str:
        """Return the headline for staff. If there is none yet, say so and name that of the translation.

        A release without a headline costs a query.
        """
        return self.headline or self.describe_missing_headline(self.translation)

    @staticmethod
    def describe_missing_headline(translation: "Release | None") -> str:
        if translation and translation.headline:
            return gettext("No headline yet (%(headline)s)") % {"headline": translation.headline}
        return gettext("No headline yet")

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
        return (
            Release.objects.filter(translation_key=self.translation_key).exclude(pk=self.pk).first()
            if self.pk
            else None
        )

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
        return at >= (
            self.event_until
            or localtime.start_of_day(localtime.local_date(self.event_at) + dt.timedelta(days=1))
        )

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
        """Return a token of this version and of the pending revision.

        A form sends it back, to detect changes in between.
        """
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
        return validation.find_missing_fields(self)

    def clean(self) -> None:
        validation.normalize_text(self)
        if errors := validation.find_errors(self):
            raise ValidationError(errors)
