"""Sharing of releases: links that open other programs, feed entries, and structured data (schema.org)."""

import json
from functools import cache
from typing import Any, NamedTuple
from urllib.parse import quote

from django.conf import settings
from django.templatetags.static import static
from django.utils import translation
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from releases.media import share_images
from releases.models import Correction, NewsroomSettings, Release
from releases.text import datelines
from releases.text.choices import Kind
from releases.text.cleaning import clean_text
from releases.text.localtime import local_date
from releases.text.richtext import strip_photo_placeholders

# Characters that could end the script element.
JSON_ESCAPES = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"}
MAX_LINK_TEXT = 1200  # characters; some programs limit a whole link to 2,000
ORGANIZATION = "CARECEN, the Central American Resource Center"


def get_release_url(release: Release) -> str:
    """Return the absolute URL of `release`, with its scheme and host."""
    return f"{settings.SITE_URL}{release.get_absolute_url()}"


class ShareLinks(NamedTuple):
    """The URL and image of a release, and links to share it.

    They contact no other site before someone clicks them.
    """

    url: str
    image: str
    width: str  # pixels; strings, because templates localize numbers slowly
    height: str
    whatsapp: str
    email: str
    sms: str

    @classmethod
    def for_release(cls, release: Release, image: str = "card.png") -> "ShareLinks":
        """Return the links for `release`. `image` is its share image, relative to its URL."""
        url = get_release_url(release)
        headline, quoted_url = quote(release.headline, safe=""), quote(url, safe="")
        text = f"{headline}%20{quoted_url}"
        mailto_url = (
            f"mailto:?subject={headline}&body={_quote_for_link(release.summary)}%0D%0A%0D%0A{quoted_url}"
        )
        size = (str(share_images.WIDTH), str(share_images.HEIGHT))
        return cls(
            url, f"{url}{image}", *size, f"https://wa.me/?text={text}", mailto_url, f"sms:?&body={text}"
        )


def shows_legal_help(release: Release, newsroom: NewsroomSettings) -> bool:
    """Return whether the page of `release` shows legal help in the text, and not only in the footer."""
    return bool(release.kind == Kind.SERVICE_NOTICE and newsroom.legal_help_phone)


def get_share_image(release: Release) -> bytes:
    """Return the share image of `release`, a PNG, in the active language."""
    day = datelines.format_date(release.date, release.language) if release.date else ""
    return share_images.render_image(release.headline, f"{release.get_kind_display()} · {day}")


@cache
def get_publisher_data(site_url: str) -> dict[str, Any]:
    logo = {"@type": "ImageObject", "url": f"{site_url}{static('img/mark.png')}", "width": 512, "height": 512}
    return {"@type": "NGO", "name": ORGANIZATION, "url": f"{site_url}/", "logo": logo}


def build_news_article(release: Release, corrections: list[Correction], image_url: str) -> SafeString:
    """Return JSON-LD, escaped for HTML, of `release` with its corrections.

    The type is NewsArticle (https://schema.org/NewsArticle).
    """
    url = get_release_url(release)
    publisher = get_publisher_data(settings.SITE_URL)
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "@id": url,
        "url": url,
        "mainEntityOfPage": url,
        "headline": release.headline,
        "description": release.summary,
        "image": [image_url],
        "datePublished": _format_datetime(release.public_at),
        "dateModified": _format_datetime(
            max(filter(None, (release.public_at, release.corrected_at)), default=None)
        ),
        "dateline": release.dateline,
        "inLanguage": str(release.language),
        "articleSection": str(Kind(release.kind).label),
        "keywords": [topic.name_in(release.language) for topic in release.topics],
        "author": publisher,
        "publisher": publisher,
        "isAccessibleForFree": True,
    }
    if release.valid_until:
        data["expires"] = release.valid_until.isoformat()
    if corrections:
        data["correction"] = [
            {
                "@type": "CorrectionComment",
                "text": correction.note,
                "datePublished": local_date(correction.created_at).isoformat(),
            }
            for correction in corrections
        ]
    content = json.dumps(data, ensure_ascii=False)
    for character, escape_sequence in JSON_ESCAPES.items():
        content = content.replace(character, escape_sequence)
    return mark_safe(content)  # noqa: S308  (escaped with JSON_ESCAPES)


def get_feed_id(release: Release) -> str:
    """Return the id of `release` in every feed and calendar. It does not change with the URL."""
    return release.feed_id.urn


def build_feed_entry(release: Release, signers: str) -> dict[str, Any]:
    """Return the entry of `release` for feeds of any format, without characters that XML forbids.

    `signers` is markup.
    """
    corrections = [
        f"<p><strong>{escape(correction.get_kind_display())}, "
        f"{escape(datelines.format_date(local_date(correction.created_at), release.language))}:</strong> "
        f"{escape(correction.note)}</p>"
        for correction in release.corrections.all()
    ]
    subhead = f"<p><em>{escape(release.subhead)}</em></p>" if release.subhead else ""
    body = strip_photo_placeholders(release.body).replace('href="/', f'href="{settings.SITE_URL}/')
    opening_paragraph = f"<p>{escape(release.formatted_dateline)} {escape(release.summary)}</p>"
    published = release.public_at
    clean = clean_text
    return {
        "unique_id": get_feed_id(release),
        "title": clean(release.headline),
        "link": get_release_url(release),
        "description": clean(release.summary),
        "content": clean("".join([*corrections, subhead, opening_paragraph, body, signers])),
        "pubdate": published,
        "updateddate": max(filter(None, (published, release.corrected_at)), default=None),
        "categories": [clean(topic.name_in(release.language)) for topic in release.topics],
        "language": release.language,
    }


class ShareKit(NamedTuple):
    """Texts for staff to send: the URL, a WhatsApp message and an email, in one language."""

    release: Release
    url: str
    message: str
    whatsapp: str
    subject: str
    body: str
    mailto_url: str

    @classmethod
    def for_release(cls, release: Release) -> "ShareKit":
        share = ShareLinks.for_release(release)
        message = f"*{release.headline.replace('*', '')}*\n\n{release.summary}\n\n{share.url}"
        with translation.override(release.language):
            read_more = _("Read the full release: %(url)s") % {"url": share.url}
            about = _(
                "CARECEN, the Central American Resource Center, is an immigrant-rights organization in Los "
                "Angeles, founded in 1983."
            )
        body = (
            f"{release.headline}\n\n{release.formatted_dateline} "
            f"{release.summary}\n\n{read_more}\n\n{about}\n"
        )
        ending = f"{read_more}\n\n{about}\n"
        opening = _quote_for_link(f"{release.formatted_dateline} {release.summary}")
        subject = quote(release.headline, safe="")
        mailto_url = f"mailto:?subject={subject}&body={opening}%0D%0A%0D%0A{_quote_for_link(ending)}"
        return cls(
            release,
            share.url,
            message,
            f"https://wa.me/?text={quote(message, safe='')}",
            release.headline,
            body,
            mailto_url,
        )


def _quote_for_link(text: str) -> str:
    """Return `text` quoted for a URL and cut between words.

    Mail programs accept at most MAX_LINK_TEXT characters.
    """
    while len(quoted := quote(text.replace("\n", "\r\n"), safe="")) > MAX_LINK_TEXT:
        shortened = text[: len(text) * MAX_LINK_TEXT // len(quoted)]
        # A character takes at most 12 when it is quoted, so 99 of them always fit.
        text = f"{shortened.rpartition(' ')[0] or shortened[:99]}…"
    return quoted


def _format_datetime(value: Any) -> str:
    return value.isoformat(timespec="seconds") if value else ""
