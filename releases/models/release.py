"""The release: what is printed, where it stands, and when the public may read it."""

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

from releases import clock, datelines, prose
from releases.datelines import FIRST_YEAR, LAST_YEAR, is_place
from releases.models.topics import Topic
from releases.models.writing import WorkingCopy
from releases.querysets import ReleaseQuerySet
from releases.slugs import LONGEST, slug_of, with_number
from releases.vocabulary import Kind, Language, Status

# What a headline begins with that came along from the other language; nothing is published with it.
TO_BE_TRANSLATED = "[EN ⇄ ES]"
# What a media advisory says of the event it calls to.
EVENT = ("event_at", "event_until", "event_place", "event_who", "event_languages", "event_visuals")
# What is printed of a release, beside its topics: what a working copy holds, and what a change replaces.
PRINTED = (
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
    *EVENT,
)


class Release(models.Model):
    """A press release, statement, media advisory or service notice in one language.

    `date` and `dateline` are what is printed; `public_at` is the moment from which the public may read it. They are apart:
    an imported release is old from its first second here. The status is changed by the verbs of `publishing` alone.
    """

    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices, default=Kind.PRESS_RELEASE)
    language = models.CharField(_("language"), max_length=2, choices=Language.choices, default=Language.ENGLISH)
    pair = models.UUIDField(default=uuid.uuid4, editable=False, help_text=_("Shared by the two language versions of one release."))

    headline = models.CharField(
        _("headline"), max_length=300, help_text=_("Write CARECEN, DACA and names as they are written: nothing here changes a letter.")
    )
    subhead = models.CharField(
        _("subhead"), max_length=300, blank=True, help_text=_("A second line under the headline, if there is more to say.")
    )
    slug = models.SlugField(
        _("address"),
        max_length=LONGEST,
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
        config={"extensions": prose.EXTENSIONS},
        sanitize=prose.sanitised,
        help_text=_("Everything after the opening paragraph."),
    )
    tags = TaggableManager(_("topics"), through="releases.ReleaseTag", blank=True, help_text=_("What it is about."))

    # In their order: {"photo": id, "alt": …, "is_decorative": …, "caption": …, "credit": …}, in the release's language.
    photos = models.JSONField(_("photos"), default=list, blank=True, editable=False)

    # In their order: {"document": id, "title": …, "language": …}; the address of each is made from its title.
    attachments = models.JSONField(_("documents"), default=list, blank=True, editable=False)
    contacts = models.JSONField(_("media contacts"), default=list, blank=True)  # ids of MediaContact, in their order
    boilerplate = models.TextField(_("about CARECEN"), blank=True, editable=False)  # as it was when the release went public

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
    words_version = models.PositiveIntegerField(default=0, editable=False)  # in which the words changed last, other than by a typo
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

    # On what lists show: where the public reads it in the other language, if it can, and under what headline.
    counterpart_url = counterpart_headline = ""
    # Its card in a list, where it was rendered once for all lists.
    card_html = ""
    # The topics, where a view looked them up for many releases at once, or a preview shows those of the working copy.
    known_topics: list[Topic] | None = None

    class Meta:
        verbose_name = _("release")
        verbose_name_plural = _("releases")
        ordering = ["-updated_at", "-id"]  # the desk's: last touched first; the public's is `in_order`
        permissions = [("publish_release", _("Can publish and withdraw releases"))]
        indexes = [
            models.Index(fields=["language", "status", "-date", "-public_at", "-id"], name="release_in_order"),
            models.Index(fields=["language", "kind", "status", "-date", "-public_at", "-id"], name="release_in_order_of_kind"),
            models.Index(fields=["-updated_at", "-id"], name="release_at_the_desk"),
            models.Index(fields=["date"], name="release_by_date"),
            models.Index(fields=["public_at"], name="release_by_moment"),
            models.Index(fields=["event_until"], name="release_by_end_of_event", condition=models.Q(event_until__isnull=False)),
            models.Index(fields=["valid_until"], name="release_by_last_day", condition=models.Q(valid_until__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status=Status.DRAFT, public_at__isnull=True)
                | models.Q(status__in=[Status.PUBLISHED, Status.WITHDRAWN], public_at__isnull=False),
                name="only_a_draft_has_no_public_moment",
                violation_error_message=_("A draft has no public moment, and every other release has one."),
            ),
            models.CheckConstraint(
                condition=models.Q(status=Status.DRAFT) | (models.Q(date__isnull=False) & ~models.Q(slug="")),
                name="a_public_release_has_date_and_address",
                violation_error_message=_("A release that was published keeps its date and its address."),
            ),
            models.CheckConstraint(
                condition=models.Q(date__isnull=True) | models.Q(date__range=(dt.date(FIRST_YEAR, 1, 1), dt.date(LAST_YEAR, 12, 31))),
                name="a_date_is_of_our_time",
                violation_error_message=_("Check the year: a release is dated from 1983 to next year."),
            ),
            models.CheckConstraint(
                condition=models.Q(status=Status.WITHDRAWN, withdrawn_at__isnull=False)
                | (~models.Q(status=Status.WITHDRAWN) & models.Q(withdrawn_at__isnull=True)),
                name="a_withdrawn_release_says_when",
                violation_error_message=_("A withdrawn release says when it was withdrawn, and no other does."),
            ),
            models.UniqueConstraint(
                fields=["language", "slug"],
                condition=~models.Q(slug=""),
                name="one_release_at_an_address",
                violation_error_message=_("Another release in this language has this address. Choose another."),
            ),
            models.UniqueConstraint(fields=["pair", "language"], name="one_release_of_a_pair_in_a_language"),
        ]

    def __str__(self) -> str:
        return self.headline

    def get_absolute_url(self) -> str:
        """The permalink, in the release's own language; "" while a draft has no date or address yet."""
        if not (self.date and self.slug):
            return ""
        return permalink(self.language, self.date.year, self.date.month, self.slug)

    def is_public(self, at: datetime | None = None) -> bool:
        """Whether the public may read it at `at` (aware; default now): `published` of the query set, for one release."""
        return self.status == Status.PUBLISHED and self.public_at is not None and self.public_at <= (at or timezone.now())

    @property
    def is_scheduled(self) -> bool:
        return self.status == Status.PUBLISHED and not self.is_public()

    @property
    def topics(self) -> list[Topic]:
        """What it is about, by the names in its own language."""
        topics = self.tags.all() if self.known_topics is None else self.known_topics
        return sorted(topics, key=lambda topic: topic.slug_in(self.language))

    @property
    def place(self) -> tuple[Any, ...]:
        """Where it stands in the order of the lists: what `in_order` sorts by, for a few that are at hand."""
        return (self.date, self.public_at, self.pk)

    @property
    def counterpart(self) -> "Release | None":
        """Its version in the other language, whoever may read that."""
        return Release.objects.filter(pair=self.pair).exclude(pk=self.pk).first() if self.pk else None

    @property
    def printed_dateline(self) -> str:
        """“(March 4, 2015, Los Angeles) –” in its own language; "" before it has a date."""
        return datelines.in_house_form(self.date, self.dateline, self.language) if self.date else ""

    def has_run_out(self, at: datetime | None = None) -> bool:
        """Whether its last valid day in Los Angeles lies before `at` (aware; default now)."""
        return self.valid_until is not None and self.valid_until < clock.day_of(at or timezone.now())

    def is_over(self, at: datetime) -> bool:
        """Whether its event has ended by `at` (aware): at its end, or with its day when no end is said."""
        if self.event_at is None:
            return False
        return at >= (self.event_until or clock.midnight(clock.day_of(self.event_at) + dt.timedelta(days=1)))

    @property
    def attached(self) -> list[tuple[str, dict[str, Any]]]:
        """What is attached, each under the last part of its address, which no two share."""
        named: dict[str, dict[str, Any]] = {}
        for one in self.attachments:
            slug = slug_of(one.get("title", "")) or "document"
            number, free = 2, slug
            while free in named:
                free, number = with_number(slug, number), number + 1
            named[free] = one
        return list(named.items())

    @property
    def opened_as(self) -> str:
        """What a form that is opened now is based on: this version, with this state of the working copy, if there is one."""
        copy = WorkingCopy.of(self)
        return f"{self.version}.{copy.pk}.{copy.version}" if copy else str(self.version)

    def printed(self) -> dict[str, Any]:
        """What is printed of it now, each of PRINTED under its name, as a working copy keeps it."""
        return {name: getattr(self, field.attname) for name, field in printed_fields().items()}

    def take_over(self, printed: dict[str, Any]) -> None:
        """Set what is printed to `printed` of a working copy or of the past, without saving."""
        for name, value in as_printed(printed).items():
            setattr(self, printed_fields()[name].attname, value)

    def words_changed(self) -> None:
        """Note that the version which is saved next says something else than the one before: more than a slip of the pen is mended."""
        self.words_version = self.version + 1

    def missing(self) -> dict[str, str]:
        """What must be written before the public may read it: a sentence for each field."""
        asked = {}
        if not self.headline.strip():
            asked["headline"] = gettext("Write a headline.")
        elif self.headline.startswith(TO_BE_TRANSLATED):
            asked["headline"] = gettext("The headline is still the one of the other language. Translate it.")
        if TO_BE_TRANSLATED in self.body:
            asked["body"] = gettext(
                "A quotation in the body is still the one of the other language. Translate it, and take “%(mark)s” away."
            ) % {"mark": TO_BE_TRANSLATED}
        if not self.summary.strip():
            asked["summary"] = gettext("Write the summary: the opening paragraph that lists and the release itself begin with.")
        if not self.slug and not slug_of(self.headline):
            asked["slug"] = gettext("The headline has no Latin letter or digit to make an address from. Write the address yourself.")
        return asked

    def clean(self) -> None:
        for field in ("headline", "subhead", "dateline", "event_place", "event_languages", "event_visuals"):
            setattr(self, field, " ".join(prose.without_control_characters(getattr(self, field)).split()))
        for field in ("summary", "withdrawal_reason", "event_who"):
            setattr(self, field, prose.without_control_characters(getattr(self, field)).strip())
        faults: dict[str, Any] = {}
        if self.dateline and not is_place(self.dateline):
            faults["dateline"] = _(
                "Write the place alone, as it is printed: capitalized words with spaces, commas, periods, apostrophes and hyphens, "
                "like “Washington, D.C.”."
            )
        if self.date and not FIRST_YEAR <= self.date.year <= timezone.now().year + 1:
            faults["date"] = _("Check the year: a release is dated from 1983 to next year.")
        if self.slug and self.slug != slug_of(self.slug):
            faults["slug"] = _("Write the address in small letters, digits and hyphens: “%(slug)s”.") % {
                "slug": slug_of(self.slug) or "carecen-statement"
            }
        if self.slug and Release.objects.in_language(self.language).once_at(self.slug).exclude(pk=self.pk).exists():
            faults["slug"] = _("Another release had this address once, and it still leads there. Choose another.")
        if self.valid_until and self.kind != Kind.SERVICE_NOTICE:
            faults["valid_until"] = _("Only a service notice runs out. Choose that kind, or leave this empty.")
        if self.valid_until and not FIRST_YEAR <= self.valid_until.year <= LAST_YEAR:
            faults["valid_until"] = _("Check the year of the last valid day.")
        if self.event_at is None and any(getattr(self, field) for field in EVENT):
            faults["event_at"] = _("Write when the event begins, or leave all of it empty.")
        for field in ("event_at", "event_until"):
            moment = getattr(self, field)
            if moment and not FIRST_YEAR <= moment.year <= LAST_YEAR:
                faults[field] = _("Check the year.")
        if self.event_at and self.event_until and self.event_until <= self.event_at:
            faults["event_until"] = _("The event ends before it begins. Check both times.")
        if self.pk and self.current_notice_id == self.pk:
            faults["current_notice"] = _("A notice cannot take its own place. Choose another, or none.")
        if self.status != Status.DRAFT:
            faults |= self.missing()
            if self.date is None:
                faults["date"] = _("A release that was published keeps a date.")
            if not self.slug:
                faults["slug"] = _("A release that was published keeps an address.")
        if faults:
            raise ValidationError(faults)

    def save(self, *args: Any, update_fields: Any = None, **kwargs: Any) -> None:
        """Save as the next version; what is saved is what `full_clean` let through, so whoever saves calls it first."""
        self.version += 1
        if update_fields is not None:
            update_fields = {*update_fields, "version", "updated_at"}
        super().save(*args, update_fields=update_fields, **kwargs)


def permalink(language: str, year: int, month: int, slug: str) -> str:
    """Where a release stands: what its address is made of decides it alone."""
    before, after = _beside_the_slug(language, year, month)
    return f"{before}{slug}{after}"


@lru_cache(4096)
def _beside_the_slug(language: str, year: int, month: int) -> tuple[str, str]:
    """What stands before and after the slug in all addresses of a month: to look each of them up took a sitemap most of its time."""
    with translation.override(language):
        before, _slug, after = reverse("release", args=[f"{year:04}", f"{month:02}", "a-slug"]).rpartition("a-slug")
    return before, after


@cache
def printed_fields() -> dict[str, models.Field]:
    """The fields of PRINTED, by their names."""
    fields = {field.name: field for field in Release._meta.concrete_fields}
    return {name: fields[name] for name in PRINTED}


def as_printed(kept: dict[str, Any]) -> dict[str, Any]:
    """What was kept of a release's `printed` fields, perhaps as JSON, with the values the fields themselves have."""
    return {name: field.to_python(kept[name]) for name, field in printed_fields().items() if name in kept}
