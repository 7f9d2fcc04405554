"""What releases are about: topics with a name in each language, and the tie between a topic and a release."""

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords
from taggit.models import ItemBase, TagBase

from releases.prose import without_control_characters
from releases.querysets import ReleaseTagQuerySet
from releases.slugs import folded_key, slug_of, with_number
from releases.vocabulary import Language, Status

if TYPE_CHECKING:
    from releases.models import Release

SAID = ["language", "date", "public_at"]  # what a tie says of its release


@lru_cache(4096)
def address(language: str, slug: str) -> str:
    """The page of the topic at `slug` in `language`, made once."""
    with translation.override(language):
        return reverse("topic", args=[slug])


class Topic(TagBase):
    """A taggit tag with a name, an address and a folded key in English and in Spanish.

    The keys of both languages share one namespace: a name that differs from another topic's only by case, accents, spaces
    or hyphens is that topic, whichever language it is written in. Addresses are made once and stay when a name changes.
    """

    name = models.CharField(_("name in English"), max_length=100, unique=True)
    name_es = models.CharField(_("name in Spanish"), max_length=100, unique=True)
    slug = models.SlugField(_("address in English"), max_length=100, unique=True, editable=False)
    slug_es = models.SlugField(_("address in Spanish"), max_length=100, unique=True, editable=False)
    key = models.CharField(max_length=100, unique=True, editable=False)
    key_es = models.CharField(max_length=100, unique=True, editable=False)

    about = models.CharField(
        _("what it is, in English"),
        max_length=300,
        blank=True,
        help_text=_("One line at the top of its page: TPS – Temporary Protected Status."),
    )
    about_es = models.CharField(
        _("what it is, in Spanish"),
        max_length=300,
        blank=True,
        help_text=_("One line at the top of its page: TPS – Estatus de Protección Temporal."),
    )

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        ordering = ["key"]

    def get_absolute_url(self, language: str | None = None) -> str:
        """The page of this topic in `language` (default: the one in use)."""
        language = language or translation.get_language()
        return address(language, self.slug_in(language))

    def name_in(self, language: str) -> str:
        return self.name_es if language == Language.SPANISH else self.name

    def about_in(self, language: str) -> str:
        return self.about_es if language == Language.SPANISH else self.about

    def key_in(self, language: str) -> str:
        return self.key_es if language == Language.SPANISH else self.key

    def slug_in(self, language: str) -> str:
        return self.slug_es if language == Language.SPANISH else self.slug

    @property
    def both_names(self) -> str:
        """The names as the desk lists them; once when both languages say the same."""
        return self.name if self.name == self.name_es else f"{self.name} · {self.name_es}"

    def clean(self) -> None:
        faults: dict[str, Any] = {}
        for field in ("about", "about_es"):
            setattr(self, field, " ".join(without_control_characters(getattr(self, field) or "").split()))
        for field in ("name", "name_es"):
            name = " ".join(without_control_characters(getattr(self, field) or "").split())
            setattr(self, field, name)
            if not name:
                continue  # the field itself asks for it
            key = folded_key(name)
            if len(key) > 100:
                faults[field] = _("This name is too long. Shorten it.")
            elif not key:
                faults[field] = _("This name has no Latin letter or digit to make an address from. Write it another way.")
            elif other := self._topic_of(key):
                faults[field] = _("There is a topic with this name already: %(topic)s. Use that one.") % {"topic": other.both_names}
        if faults:
            raise ValidationError(faults)
        self._fold()

    def _topic_of(self, key: str) -> "Topic | None":
        """Another topic that has this key in either language, or took over a topic that had it."""
        has_it = models.Q(key=key) | models.Q(key_es=key)
        alias = TopicAlias.objects.filter(has_it).exclude(topic=self.pk).select_related("topic").first()
        return Topic.objects.filter(has_it).exclude(pk=self.pk).first() or (alias.topic if alias else None)

    def _fold(self) -> None:
        self.key, self.key_es = folded_key(self.name), folded_key(self.name_es)
        self.slug = self.slug or self._free_slug("slug", self.name)
        self.slug_es = self.slug_es or self._free_slug("slug_es", self.name_es)

    def _free_slug(self, field: str, name: str) -> str:
        """An address from `name`; a topic that once had the name may still have its address."""
        slug, number = slug_of(name), 2
        while Topic.objects.exclude(pk=self.pk).filter(**{field: slug}).exists() or TopicAlias.objects.filter(**{field: slug}).exists():
            slug, number = with_number(slug_of(name), number), number + 1
        return slug

    def save(self, *args: Any, **kwargs: Any) -> None:
        self._fold()
        super().save(*args, **kwargs)


class TopicAlias(models.Model):
    """A topic that was merged into another: its names still mean that one, and its addresses lead there."""

    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="aliases", verbose_name=_("topic"))
    name = models.CharField(_("name in English"), max_length=100)
    name_es = models.CharField(_("name in Spanish"), max_length=100)
    slug = models.SlugField(_("address in English"), max_length=100, unique=True)
    slug_es = models.SlugField(_("address in Spanish"), max_length=100, unique=True)
    key = models.CharField(max_length=100)
    key_es = models.CharField(max_length=100)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("former topic")
        verbose_name_plural = _("former topics")

    def __str__(self) -> str:
        return self.name


class ReleaseTag(ItemBase):
    """That a release is about a topic. A topic in use cannot be deleted.

    It says of the release what lists by topic go by, so that one index answers for a topic whatever else there is to read, and counts
    them all. `said_of` alone decides what it says. It is written under the lock of the release, with every save of the tie here, and
    with every save of the release in releases/receivers.py.
    """

    tag = models.ForeignKey(Topic, on_delete=models.PROTECT, related_name="tagging", verbose_name=_("topic"))
    content_object = models.ForeignKey("releases.Release", on_delete=models.CASCADE, related_name="tagging", verbose_name=_("release"))
    language = models.CharField(max_length=2, choices=Language.choices, editable=False, default="")
    date = models.DateField(null=True, editable=False)
    public_at = models.DateTimeField(null=True, editable=False)  # none while the release is a draft or withdrawn

    history = HistoricalRecords(excluded_fields=SAID)
    objects = ReleaseTagQuerySet.as_manager()

    class Meta:
        verbose_name = _("topic of a release")
        verbose_name_plural = _("topics of releases")
        indexes = [models.Index(fields=["language", "tag", "-date", "-public_at", "-content_object"], name="topic_in_order")]
        constraints = [models.UniqueConstraint(fields=["tag", "content_object"], name="a_release_has_a_topic_once")]

    @staticmethod
    def said_of(release: "Release") -> dict[str, Any]:
        """What every tie of `release` says of it."""
        is_published = release.status == Status.PUBLISHED
        return dict(zip(SAID, (release.language, release.date, release.public_at if is_published else None), strict=True))

    def save(self, *args: Any, **kwargs: Any) -> None:
        with transaction.atomic():
            releases: Any = ReleaseTag.content_object.field.related_model.objects  # type: ignore[attr-defined]
            for name, value in self.said_of(releases.select_for_update().get(pk=self.content_object_id)).items():
                setattr(self, name, value)
            super().save(*args, **kwargs)
