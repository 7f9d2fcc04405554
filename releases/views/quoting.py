"""Quotations as reporters take them: each with an address of its own, its attribution, and the same words in the other language."""

from typing import Any

from django.db.models import Subquery
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from releases import quotes
from releases.models import Agreement, Release
from releases.quotes import Quote
from releases.slugs import folded_key
from releases.views.asked import Asked
from releases.views.sharing import url_of
from releases.vocabulary import READ_IN, Language


def counterpart_of(release: Release, asked: Asked) -> Release | None:
    """The public version of `release` in the other language, with the version of it that `release` `agrees_with`; its body comes
    when it is asked for."""

    def make() -> Release | None:
        public = Release.objects.published(asked.at).filter(pair=release.pair).exclude(pk=release.pk)
        agrees = Subquery(Agreement.objects.filter(release=release.pk).values("version"))
        fields = ("headline", "slug", "date", "language", "pair", "corrected_at", "words_version", "is_sample_translation")
        return public.annotate(agrees_with=agrees).only(*fields).first()

    return asked.edition.once(("counterpart", release.pk), make)


def newer(counterpart: Any) -> Release | None:
    """The public counterpart of a release, when it was corrected or updated since the two agreed."""
    if counterpart is None or counterpart.corrected_at is None or counterpart.agrees_with is None:
        return None
    return counterpart if counterpart.words_version > counterpart.agrees_with else None


def with_quotes(release: Release, counterpart: Release | None = None, *, is_public: bool) -> str:
    """The body of `release` with its quotations marked; with links and attributions to copy where the public can follow them."""
    if "<blockquote" not in release.body:
        return str(release.body)
    others = quotes.quotes_of(counterpart.body) if counterpart else []

    def shown(quote: Quote) -> str:
        return render_to_string("releases/_quote.html", _words_of(quote, release, counterpart, others, is_public))

    return quotes.with_quotes(release.body, shown)


def copied(quote: Quote, release: Release) -> str:
    """What is pasted elsewhere: the words, who said them, where they stand."""
    form = _("“%(words)s” — %(who)s (CARECEN, %(url)s)")
    return form % {"words": quote.words, "who": quote.who, "url": f"{url_of(release)}#{quote.anchor}"}


def _words_of(quote: Quote, release: Release, counterpart: Release | None, others: list[Quote], is_public: bool) -> dict[str, object]:
    words: dict[str, object] = {"quote": quote, "markup": _safe(quote.markup), "link": is_public}
    if is_public:
        words["copied"] = copied(quote, release)
    same = others[quote.number - 1] if len(others) >= quote.number else None
    if counterpart and same and folded_key(same.speaker) == folded_key(quote.speaker):
        language = Language(counterpart.language)
        words |= {"other": same, "other_markup": _safe(same.markup), "other_language": language.value, "other_name": READ_IN[language]}
    return words


def _safe(markup: str) -> SafeString:
    return mark_safe(markup)  # noqa: S308  (sanitised when it was saved)
