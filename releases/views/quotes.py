"""Quotations that reporters can copy: each with a permalink, its attribution, and its translation."""

from typing import Any

from django.db.models import Subquery
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from releases.models import Release, TranslationStatus
from releases.text import quotes
from releases.text.choices import LANGUAGE_LABELS, Language
from releases.text.quotes import Quote
from releases.text.slugs import normalized_key
from releases.views.base import PublicContext
from releases.views.sharing import get_release_url


def get_translation(release: Release, ctx: PublicContext) -> Release | None:
    """Return the public translation of `release`, with its `synced_version`.

    That is the version that `release` was last checked against.

    Its body is deferred.
    """

    def load() -> Release | None:
        public = (
            Release.objects.published(ctx.at)
            .filter(translation_key=release.translation_key)
            .exclude(pk=release.pk)
        )
        synced_version = Subquery(
            TranslationStatus.objects.filter(release=release.pk).values("synced_version")
        )
        fields = (
            "headline",
            "slug",
            "date",
            "language",
            "translation_key",
            "corrected_at",
            "text_version",
            "is_sample_translation",
        )
        return public.annotate(synced_version=synced_version).only(*fields).first()

    return ctx.generation.get_or_set(("translation", release.pk), load)


def get_updated_translation(translation: Any) -> Release | None:
    """Return `translation` if it changed since the release was checked against it, or None."""
    if translation is None or translation.corrected_at is None or translation.synced_version is None:
        return None
    return translation if translation.text_version > translation.synced_version else None


def render_quotes(release: Release, translation: Release | None = None, *, is_public: bool) -> str:
    """Return the body of `release` with its quotations marked up.

    They have permalinks and text to copy if it `is_public`.
    """
    if "<blockquote" not in release.body:
        return str(release.body)
    translated_quotes = quotes.extract_quotes(translation.body) if translation else []

    def render(quote: Quote) -> str:
        return render_to_string(
            "releases/_quote.html",
            _build_quote_context(quote, release, translation, translated_quotes, is_public),
        )

    return quotes.replace_quotes(release.body, render)


def format_citation(quote: Quote, release: Release) -> str:
    """Return the quotation with its attribution and URL, to paste elsewhere."""
    template = _("%(words)s — %(who)s (CARECEN, %(url)s)")
    return template % {
        "words": quote.quoted_text,
        "who": quote.attribution,
        "url": f"{get_release_url(release)}#{quote.anchor}",
    }


def _build_quote_context(
    quote: Quote,
    release: Release,
    translation: Release | None,
    translated_quotes: list[Quote],
    is_public: bool,
) -> dict[str, object]:
    context: dict[str, object] = {
        "quote": quote,
        "quote_html": _mark_safe(quote.markup),
        "has_permalink": is_public,
    }
    if is_public:
        context["copy_text"] = format_citation(quote, release)
    translated_quote = translated_quotes[quote.number - 1] if len(translated_quotes) >= quote.number else None
    if (
        translation
        and translated_quote
        and normalized_key(translated_quote.speaker) == normalized_key(quote.speaker)
    ):
        language = Language(translation.language)
        context |= {
            "translation": translated_quote,
            "translation_html": _mark_safe(translated_quote.markup),
            "translation_language": language.value,
            "translation_label": LANGUAGE_LABELS[language],
        }
    return context


def _mark_safe(markup: str) -> SafeString:
    return mark_safe(markup)  # noqa: S308  (sanitized when it was saved)
