"""Topics with a name in each language, the assignment of topics to releases, and merges of topics."""

from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords
from taggit.models import ItemBase, TagBase

from releases.text.choices import Language, Status
from releases.text.cleaning import clean_line
from releases.text.slugs import make_slug, numbered_slug, topic_key

DENORMALIZED_FIELDS = ["language", "date", "public_at"]  # copied from the release to its topic assignments
UNDO_PERIOD = timedelta(minutes=1)  # after a merge


@lru_cache(4096)
def get_topic_url(language: str, slug: str) -> str:
    """Return the URL of the topic with `slug` in `language`, cached."""
    with translation.override(language):
        return reverse("topic", args=[slug])


class TwoNames:
    """The names of a topic, or of a former one, in English and in Spanish."""

    name: Any
    name_es: Any

    def name_in(self, language: str | None) -> str:
        return str(self.name_es if language == Language.SPANISH else self.name)

    @property
    def both_names(self) -> str:
        """Return the names for the admin, that in its language first, or one name if both are equal."""
        names = (self.name, self.name_es)
        if translation.get_language() == Language.SPANISH:
            names = names[::-1]
        return " · ".join(dict.fromkeys(names))


class Topic(TwoNames, TagBase):
    """A taggit tag with a name, a slug and a normalized key in English and in Spanish.

    The keys of both languages share one namespace: a name that differs from another topic's only in case,
    accents, spaces or hyphens means that topic, in either language. Slugs are made once and stay when a name
    changes.
    """

    name = models.CharField(_("name in English"), max_length=100, unique=True)
    name_es = models.CharField(_("name in Spanish"), max_length=100, unique=True)
    slug = models.SlugField(_("web address in English"), max_length=100, unique=True, editable=False)
    slug_es = models.SlugField(_("web address in Spanish"), max_length=100, unique=True, editable=False)
    key = models.CharField(max_length=100, unique=True, editable=False)
    key_es = models.CharField(max_length=100, unique=True, editable=False)

    about = models.CharField(
        _("description in English"),
        max_length=300,
        blank=True,
        help_text=_("One line at the top of its page: TPS – Temporary Protected Status."),
    )
    about_es = models.CharField(
        _("description in Spanish"),
        max_length=300,
        blank=True,
        help_text=_("One line at the top of its page: TPS – Estatus de Protección Temporal."),
    )

    keywords = models.CharField(
        _("keywords"),
        max_length=500,
        blank=True,
        help_text=_(
            "Other words for it in both languages, with commas between them: dreamers, acción diferida. The "
            "topic is suggested for a pasted text that has one."
        ),
    )

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        ordering = ["key"]

    def __str__(self) -> str:
        return self.name_in(translation.get_language())

    @classmethod
    def sorted_by_name(cls) -> "models.QuerySet[Topic]":
        """Return all topics by their name in the active language."""
        topics: models.QuerySet[Topic] = cls.objects.all()
        return topics.order_by("key_es" if translation.get_language() == Language.SPANISH else "key")

    def get_absolute_url(self, language: str | None = None) -> str:
        """Return the URL of the topic in `language` (default: the active one)."""
        language = language or translation.get_language()
        return get_topic_url(language, self.slug_in(language))

    def about_in(self, language: str) -> str:
        return self.about_es if language == Language.SPANISH else self.about

    def key_in(self, language: str) -> str:
        return self.key_es if language == Language.SPANISH else self.key

    def slug_in(self, language: str) -> str:
        return self.slug_es if language == Language.SPANISH else self.slug

    def get_words(self) -> tuple[str, ...]:
        """Return its names, its former names and its keywords."""
        names = [
            self.name,
            self.name_es,
            *(name for alias in self.aliases.all() for name in (alias.name, alias.name_es)),
        ]
        return tuple(filter(None, [*names, *map(str.strip, self.keywords.split(","))]))

    def clean(self) -> None:
        errors: dict[str, Any] = {}
        for field in ("about", "about_es", "keywords"):
            setattr(self, field, clean_line(getattr(self, field) or ""))
        for field in ("name", "name_es"):
            name = clean_line(getattr(self, field) or "")
            setattr(self, field, name)
            if not name:
                continue  # the field's own validation reports it
            key = topic_key(name)
            if len(key) > 100:
                errors[field] = _("This name is too long. Shorten it.")
            elif not key:
                errors[field] = _(
                    "This name has no Latin letter or digit for a web address. Write it another way."
                )
            elif other := self._topic_with_key(key):
                errors[field] = _("There is already a topic with this name: %(topic)s. Use that one.") % {
                    "topic": other.both_names
                }
        if errors:
            raise ValidationError(errors)
        self._set_keys_and_slugs()

    def _topic_with_key(self, key: str) -> "Topic | None":
        """Return another topic that has this key in either language, itself or as an alias."""
        matches_key = models.Q(key=key) | models.Q(key_es=key)
        alias = TopicAlias.objects.filter(matches_key).exclude(topic=self.pk).select_related("topic").first()
        return Topic.objects.filter(matches_key).exclude(pk=self.pk).first() or (
            alias.topic if alias else None
        )

    def _set_keys_and_slugs(self) -> None:
        self.key, self.key_es = topic_key(self.name), topic_key(self.name_es)
        self.slug = self.slug or self._unique_slug("slug", self.name)
        self.slug_es = self.slug_es or self._unique_slug("slug_es", self.name_es)

    def _unique_slug(self, field: str, name: str) -> str:
        """Return a slug made from `name`. A topic that had this name before may still have the slug."""
        slug, number = make_slug(name), 2
        while (
            Topic.objects.exclude(pk=self.pk).filter(**{field: slug}).exists()
            or TopicAlias.objects.filter(**{field: slug}).exists()
        ):
            slug, number = numbered_slug(make_slug(name), number), number + 1
        return slug

    def save(self, *args: Any, **kwargs: Any) -> None:
        self._set_keys_and_slugs()
        super().save(*args, **kwargs)


class TopicAlias(TwoNames, models.Model):
    """A topic that was merged into another one.

    Its names still mean that topic, and its slugs redirect there.
    """

    topic = models.ForeignKey(
        Topic, on_delete=models.CASCADE, related_name="aliases", verbose_name=_("topic")
    )
    name = models.CharField(_("name in English"), max_length=100)
    name_es = models.CharField(_("name in Spanish"), max_length=100)
    slug = models.SlugField(_("web address in English"), max_length=100, unique=True)
    slug_es = models.SlugField(_("web address in Spanish"), max_length=100, unique=True)
    key = models.CharField(max_length=100)
    key_es = models.CharField(max_length=100)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("former topic")
        verbose_name_plural = _("former topics")

    def __str__(self) -> str:
        return self.name


class TopicMergeQuerySet(models.QuerySet["TopicMerge"]):
    def undoable(self, at: datetime | None = None) -> Self:
        """Return the merges that can be undone at `at` (aware; default now), the newest first."""
        return self.filter(merged_at__gt=(at or timezone.now()) - UNDO_PERIOD).order_by("-merged_at", "-pk")

    def expired(self, at: datetime | None = None) -> Self:
        """Return the merges that can't be undone any more at `at` (aware; default now)."""
        return self.filter(merged_at__lte=(at or timezone.now()) - UNDO_PERIOD)


class TopicMerge(models.Model):
    """What is needed to undo a merge of two topics. `upkeep` deletes it.

    The texts of the merged topic are in its history. If the other topic is merged too, or the newsroom is
    restored to an earlier time, this row is deleted with the alias or the topic.
    """

    topic_id = models.BigIntegerField()  # of the merged topic, which no longer exists
    into = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="merges", verbose_name=_("topic"))
    alias = models.OneToOneField(TopicAlias, on_delete=models.CASCADE, related_name="merge")
    merged_at = models.DateTimeField(default=timezone.now)
    # The ids of the releases that had only the merged topic ("moved") and both topics ("both"), of the
    # aliases that it had ("aliases"), its topics of each pending revision of these releases ("revisions"),
    # and the keywords that `into` had ("keywords").
    data = models.JSONField(_("keywords"))

    objects = TopicMergeQuerySet.as_manager()

    class Meta:
        verbose_name = _("merge of two topics")
        verbose_name_plural = _("merges of topics")

    def __str__(self) -> str:
        return f"{self.alias} → {self.into}"

    @property
    def undoable_until(self) -> datetime:
        return self.merged_at + UNDO_PERIOD


class ReleaseTagQuerySet(models.QuerySet["ReleaseTag"]):
    """Topic assignments, filtered by what they copy from their releases.

    The methods are named like those of releases.
    """

    def published(self, at: datetime | None = None) -> Self:
        """Return the assignments of the releases that `ReleaseQuerySet.published` returns.

        Assignments of drafts and withdrawn releases have no `public_at`.
        """
        return self.filter(public_at__lte=at or timezone.now())

    def in_language(self, language: str) -> Self:
        return self.filter(language=language)

    def ids_newest_first(self) -> models.QuerySet[Any]:
        """Return the ids of the releases, newest first."""
        return self.order_by("-date", "-public_at", "-content_object").values_list(
            "content_object", flat=True
        )

    def ids_by_publication(self) -> models.QuerySet[Any]:
        """Return the ids of the releases, the most recently published first."""
        return self.order_by("-public_at", "-content_object").values_list("content_object", flat=True)

    def counts_by_topic(self) -> dict[int, int]:
        """Return the number of these assignments for each topic that has any, by topic id."""
        return dict(self.order_by().values_list("tag").annotate(count=models.Count("*")))


class ReleaseTag(ItemBase):
    """The assignment of a topic to a release. A topic in use cannot be deleted.

    DENORMALIZED_FIELDS are copied from the release, so that one index serves and counts the list of a topic.
    `denormalized_values` returns them. They are written under a lock of the release: by `save` here, and by
    releases/signals.py when the release is saved.
    """

    tag = models.ForeignKey(
        Topic, on_delete=models.PROTECT, related_name="release_tags", verbose_name=_("topic")
    )
    content_object = models.ForeignKey(
        "releases.Release", on_delete=models.CASCADE, related_name="release_tags", verbose_name=_("release")
    )
    language = models.CharField(max_length=2, choices=Language.choices, editable=False, default="")
    date = models.DateField(null=True, editable=False)
    # None while the release is a draft or withdrawn.
    public_at = models.DateTimeField(null=True, editable=False)

    history = HistoricalRecords(excluded_fields=DENORMALIZED_FIELDS)
    objects = ReleaseTagQuerySet.as_manager()

    class Meta:
        verbose_name = _("topic of a release")
        verbose_name_plural = _("topics of releases")
        indexes = [
            models.Index(
                fields=["language", "tag", "-date", "-public_at", "-content_object"], name="release_tag_list"
            )
        ]
        constraints = [models.UniqueConstraint(fields=["tag", "content_object"], name="release_tag_unique")]

    @staticmethod
    def denormalized_values(release: Any) -> dict[str, Any]:
        """Return the values that all assignments of `release` copy from it."""
        is_published = release.status == Status.PUBLISHED
        return dict(
            zip(
                DENORMALIZED_FIELDS,
                (release.language, release.date, release.public_at if is_published else None),
                strict=True,
            )
        )

    def save(self, *args: Any, **kwargs: Any) -> None:
        with transaction.atomic():
            release_manager: Any = ReleaseTag.content_object.field.related_model.objects  # type: ignore[attr-defined]
            for name, value in self.denormalized_values(
                release_manager.select_for_update().get(pk=self.content_object_id)
            ).items():
                setattr(self, name, value)
            super().save(*args, **kwargs)
