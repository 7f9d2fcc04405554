"""How a release is passed on: links that open other programs, and what machines read of it (schema.org)."""

import json
import uuid
from functools import cache
from typing import Any, NamedTuple
from urllib.parse import quote

from django.conf import settings
from django.templatetags.static import static
from django.utils import translation
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from releases import cards, datelines
from releases.clock import day_of
from releases.models import Correction, Newsroom, Photo, Release
from releases.prose import without_control_characters, without_photos
from releases.vocabulary import Kind

# What would end the element that the words stand in.
UNSAFE = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"}
# One namespace for the ids of all feeds: an id depends on nothing that ever changes.
NAMESPACE = uuid.UUID("7b0d3a4e-92c6-5d57-8f41-5f0c3f1f6c11")
LONGEST_IN_A_LINK = 1200  # characters; some programs take links of 2,000 in all
ORGANIZATION = "CARECEN, the Central American Resource Center"


def url_of(release: Release) -> str:
    """The whole address of `release`."""
    return f"{settings.SITE_URL}{release.get_absolute_url()}"


class Share(NamedTuple):
    """The address of a release, and the links that pass it on. None of them asks anything of anyone before it is pressed."""

    url: str
    picture: str
    width: str  # as they are printed: a template takes its time over a number
    height: str
    whatsapp: str
    email: str
    sms: str

    @classmethod
    def of(cls, release: Release, photo: Photo | None = None) -> "Share":
        """The picture is `photo`, or the card that is drawn for a release without one."""
        url = url_of(release)
        picture = (f"{url}card.png", str(cards.WIDTH), str(cards.HEIGHT))
        if photo:
            width = photo.largest_width
            picture = (f"{settings.SITE_URL}{photo.url(photo.largest)}", str(width), str(round(photo.height * width / photo.width)))
        headline, there = quote(release.headline, safe=""), quote(url, safe="")
        words = f"{headline}%20{there}"
        mail = f"mailto:?subject={headline}&body={_quoted(release.summary)}%0D%0A%0D%0A{there}"
        return cls(url, *picture, f"https://wa.me/?text={words}", mail, f"sms:?&body={words}")


def shows_legal_help(release: Release, newsroom: Newsroom) -> bool:
    """Whether the page of `release` offers legal help in the text, and not only at its foot."""
    return bool(release.kind == Kind.SERVICE_NOTICE and newsroom.legal_help_phone)


def card_of(release: Release) -> bytes:
    """The picture of `release`, a PNG, in the language in use."""
    day = datelines.printed_date(release.date, release.language) if release.date else ""
    return cards.drawn(release.headline, f"{release.get_kind_display()} · {day}")


@cache
def publisher_at(site: str) -> dict[str, Any]:
    logo = {"@type": "ImageObject", "url": f"{site}{static('img/mark.png')}", "width": 512, "height": 512}
    return {"@type": "NGO", "name": ORGANIZATION, "url": f"{site}/", "logo": logo}


def article(release: Release, corrections: list[Correction], picture: str) -> SafeString:
    """`release` as a NewsArticle (https://schema.org/NewsArticle), with its corrections, as JSON-LD safe inside a page."""
    url = url_of(release)
    publisher = publisher_at(settings.SITE_URL)
    words: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "@id": url,
        "url": url,
        "mainEntityOfPage": url,
        "headline": release.headline,
        "description": release.summary,
        "image": [picture],
        "datePublished": _moment(release.public_at),
        "dateModified": _moment(max(filter(None, (release.public_at, release.corrected_at)), default=None)),
        "dateline": release.dateline,
        "inLanguage": str(release.language),
        "articleSection": str(Kind(release.kind).label),
        "keywords": [topic.name_in(release.language) for topic in release.topics],
        "author": publisher,
        "publisher": publisher,
        "isAccessibleForFree": True,
    }
    if release.valid_until:
        words["expires"] = release.valid_until.isoformat()
    if corrections:
        words["correction"] = [
            {"@type": "CorrectionComment", "text": one.note, "datePublished": day_of(one.made_at).isoformat()} for one in corrections
        ]
    content = json.dumps(words, ensure_ascii=False)
    for sign, code in UNSAFE.items():
        content = content.replace(sign, code)
    return mark_safe(content)  # noqa: S308  (every sign that could end it is coded)


def id_of(release: Release) -> str:
    """The id of `release` in every feed, whatever its address."""
    return uuid.uuid5(NAMESPACE, f"release/{release.pk}").urn


def entry(release: Release) -> dict[str, Any]:
    """What a feed of any form has of `release`, without a character that XML has no place for."""
    corrections = [
        f"<p><strong>{escape(one.get_kind_display())}, {escape(datelines.printed_date(day_of(one.made_at), release.language))}:</strong> "
        f"{escape(one.note)}</p>"
        for one in release.corrections.all()
    ]
    subhead = f"<p><em>{escape(release.subhead)}</em></p>" if release.subhead else ""
    body = without_photos(release.body).replace('href="/', f'href="{settings.SITE_URL}/')
    opening = f"<p>{escape(release.printed_dateline)} {escape(release.summary)}</p>"
    published = release.public_at
    clean = without_control_characters
    return {
        "unique_id": id_of(release),
        "title": clean(release.headline),
        "link": url_of(release),
        "description": clean(release.summary),
        "content": clean("".join([*corrections, subhead, opening, body])),
        "pubdate": published,
        "updateddate": max(filter(None, (published, release.corrected_at)), default=None),
        "categories": [clean(topic.name_in(release.language)) for topic in release.topics],
        "language": release.language,
    }


class Telling(NamedTuple):
    """What staff send when a release is public: the link, a message for WhatsApp, and an e-mail, in the release's language."""

    release: Release
    url: str
    message: str
    whatsapp: str
    subject: str
    body: str
    mail: str

    @classmethod
    def of(cls, release: Release) -> "Telling":
        share = Share.of(release)
        message = f"*{release.headline.replace('*', '')}*\n\n{release.summary}\n\n{share.url}"
        with translation.override(release.language):
            whole = _("Read the whole release: %(url)s") % {"url": share.url}
            about = _("CARECEN, the Central American Resource Center, is an immigrant-rights organization in Los Angeles, founded in 1983.")
        body = f"{release.headline}\n\n{release.printed_dateline} {release.summary}\n\n{whole}\n\n{about}\n"
        short = f"{whole}\n\n{about}\n"
        opening = _quoted(f"{release.printed_dateline} {release.summary}")
        mail = f"mailto:?subject={quote(release.headline, safe='')}&body={opening}%0D%0A%0D%0A{_quoted(short)}"
        return cls(release, share.url, message, f"https://wa.me/?text={quote(message, safe='')}", release.headline, body, mail)


def _quoted(words: str) -> str:
    """`words` as a part of a link that mail programs still take: cut between words where it would be too long."""
    while len(quoted := quote(words.replace("\n", "\r\n"), safe="")) > LONGEST_IN_A_LINK:
        words = f"{words[: len(words) * LONGEST_IN_A_LINK // len(quoted)].rpartition(' ')[0] or words[:100]}…"
    return quoted


def _moment(moment: Any) -> str:
    return moment.isoformat(timespec="seconds") if moment else ""
