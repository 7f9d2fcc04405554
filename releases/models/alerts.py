"""The alert: one or two sentences at the top of every public page until a set time."""

from datetime import datetime, timedelta
from typing import Any, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from releases.models.release import Release
from releases.models.topics import ReleaseTag
from releases.text.choices import Language, Severity
from releases.text.cleaning import clean_line
from releases.text.links import clean_link, is_valid_link

MAX_DURATION = timedelta(days=7)
MAX_LENGTH = 200
MISSING = {"text": _("Write the alert in English too."), "text_es": _("Write the alert in Spanish too.")}
# The pages without arguments that an alert can link to, by the name of their URL.
LINKED_PAGES = {
    "news", "notices", "topics", "archive", "search", "follow", "privacy", "for-the-press", "in-the-news",
}  # fmt: skip


class AlertQuerySet(models.QuerySet["Alert"]):
    def active(self, at: datetime) -> Self:
        """Return the alert that readers see at `at` (aware), or nothing. `publish_alert` ends the others."""
        return self.filter(ended_at=None, ends_at__gt=at)


class Alert(models.Model):
    """An alert in both languages. Its rows are never changed, except that it can be ended early.

    It has no history table: the rows say who published and who ended each alert.
    """

    text = models.CharField(
        _("text in English"),
        max_length=MAX_LENGTH,
        error_messages={"blank": MISSING["text"]},
    )
    text_es = models.CharField(
        _("text in Spanish"),
        max_length=MAX_LENGTH,
        error_messages={"blank": MISSING["text_es"]},
    )
    link = models.CharField(_("link"), max_length=500, blank=True)
    severity = models.CharField(
        _("severity"), max_length=12, choices=Severity.choices, default=Severity.IMPORTANT
    )
    ends_at = models.DateTimeField(_("ends"))
    created_at = models.DateTimeField(_("published"), default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )
    ended_at = models.DateTimeField(_("ended early"), null=True, editable=False)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )

    objects = AlertQuerySet.as_manager()

    class Meta:
        verbose_name = _("alert")
        verbose_name_plural = _("alerts")
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return self.text

    def clean(self) -> None:
        """Clean the texts and the link, and refuse an end or a link that readers could not use."""
        errors: dict[str, Any] = {}
        for field, message in MISSING.items():
            typed = getattr(self, field)
            setattr(self, field, clean_line(typed))
            if typed and not getattr(self, field):  # invisible characters only
                errors[field] = message
        self.link = clean_link(self.link).removeprefix(settings.SITE_URL) if self.link else ""
        now = timezone.now()
        if self.ends_at and self.ends_at <= now:
            errors["ends_at"] = gettext("That time has passed. Choose a later one.")
        elif self.ends_at and self.ends_at > now + MAX_DURATION:
            errors["ends_at"] = gettext("An alert ends within seven days. Choose an earlier time.")
        if self.link and not is_valid_link(self.link):
            errors["link"] = gettext(
                "Enter a complete web address, like https://www.carecen-la.org/, or a page of this site, "
                "like /notices/."
            )
        elif self.link and not self.link.startswith(("http:", "https:", "/")):
            errors["link"] = gettext("Only the address of a web page can be the link of an alert.")
        elif self.link and not self.get_url(Language.ENGLISH, now):
            errors["link"] = gettext(
                "There is no public release, topic or main page with this address. Publish it first, or "
                "choose another."
            )
        if errors:
            raise ValidationError(errors)

    def is_active(self, at: datetime) -> bool:
        """Return whether readers see it at `at` (aware)."""
        return self.ended_at is None and self.ends_at > at

    def text_in(self, language: str) -> str:
        return self.text_es if language == Language.SPANISH else self.text

    def get_url(self, language: str, at: datetime) -> str:
        """Return where the link leads readers in `language`, with two queries at most.

        A release, its files, a topic and the main pages can be linked. A page of this site is the one in
        `language`, if it exists. Return "" without a link, and while its page isn't public, so that an alert
        reveals no hidden release.
        """
        if not self.link or not is_valid_link(self.link):  # a name may have been removed from it
            return ""
        if not self.link.startswith("/"):
            return self.link
        path = self.link.partition("#")[0].partition("?")[0]
        suffix = self.link.removeprefix(path)
        own_language = Language.SPANISH if path.startswith("/es/") else Language.ENGLISH
        try:
            with override(own_language):
                match = resolve(path)
        except Resolver404:
            return ""
        if match.url_name in LINKED_PAGES:
            with override(language):
                return reverse(match.url_name) + suffix
        if match.url_name == "topic":
            return self.link if _is_topic_public(match.kwargs["slug"], own_language, at) else ""
        if "slug" not in match.kwargs or "year" not in match.kwargs:
            return ""
        release = Release.objects.find_at_slug(match.kwargs["slug"], own_language, at)
        if release is None:
            return ""
        if match.url_name != "release":
            return self.link
        if language != release.language:
            translations = Release.objects.published(at).in_language(language)
            release = translations.filter(translation_key=release.translation_key).first() or release
        return release.get_absolute_url() + suffix


def _is_topic_public(slug: str, language: str, at: datetime) -> bool:
    field = "tag__slug_es" if language == Language.SPANISH else "tag__slug"
    return ReleaseTag.objects.published(at).in_language(language).filter(**{field: slug}).exists()
