"""Pages for reporters: contacts, plain text, calendar entries, the press page and coverage."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from csp.constants import SELF
from csp.decorators import csp_update
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from releases.models import Boilerplate, Coverage, MediaContact, NewsroomSettings, Photo, Release
from releases.text import datelines, localtime, richtext
from releases.text.choices import LANGUAGE_NAMES, Language, PressKitCategory
from releases.text.richtext import strip_photo_placeholders
from releases.text.slugs import normalized_key
from releases.views.base import PublicContext, get_release_or_redirect, or_404, public_page
from releases.views.figures import Figure
from releases.views.rendering import render_page
from releases.views.sharing import get_feed_id, get_release_url
from releases.views.signers import build_signers, get_organizations

HOUR = timedelta(hours=1)
# More photos get the full width of the press page. So does what is below more people, a long column.
MAX_SMALL_PRESS_KIT, MAX_FEW_PEOPLE = 6, 4
PRESS_KIT_HEADINGS = {
    PressKitCategory.PORTRAIT: gettext_lazy("Portraits"),
    PressKitCategory.LOGO: gettext_lazy("Logos"),
}
TEXT_TYPES = {"txt": "text/plain; charset=utf-8", "md": "text/markdown; charset=utf-8"}


@dataclass(frozen=True)
class ContactLine:
    """A media contact: a person, or the press line of the newsroom, which has no name."""

    name: str
    role: str
    phone: str
    email: str
    languages: str
    hours: str
    interviews: str = ""

    @classmethod
    def from_contact(cls, contact: MediaContact, language: str) -> "ContactLine":
        with override(language):
            languages = " · ".join(str(Language(language_code).label) for language_code in contact.languages)
            names = [str(LANGUAGE_NAMES[Language(language_code)]) for language_code in contact.languages]
            interviews = _("interviews in %(languages)s") % {"languages": _(" and ").join(names)}
        return cls(
            contact.name,
            contact.role_in(language),
            contact.phone,
            contact.email,
            languages,
            contact.hours_in(language),
            interviews if names else "",
        )

    @property
    def one_line(self) -> str:
        return ", ".join(
            filter(None, (self.name, self.role, self.phone, self.email, self.interviews, self.hours))
        )


def get_contacts(
    release: Release, newsroom: NewsroomSettings, at: datetime, media_contacts: dict[int, MediaContact]
) -> list[ContactLine]:
    """Return the media contacts of `release` at `at` (aware). `media_contacts` are all of them, by id.

    The press line replaces them when the release has none, or is older than `contact_display_days`.
    """
    day = release.date or localtime.local_date(at)
    is_recent = localtime.local_date(at) <= day + timedelta(days=newsroom.contact_display_days)
    contacts = (
        [
            ContactLine.from_contact(media_contacts[contact_id], release.language)
            for contact_id in release.contacts
            if contact_id in media_contacts
        ]
        if is_recent
        else []
    )
    press_line = ContactLine("", "", newsroom.press_phone, newsroom.press_email, "", "")
    return contacts or ([press_line] if press_line.phone or press_line.email else [])


def get_media_contacts(ctx: PublicContext) -> dict[int, MediaContact]:
    """Return all media contacts by id, with their portraits."""
    return ctx.generation.get_or_set(
        "media contacts", lambda: MediaContact.objects.select_related("portrait").in_bulk()
    )


def get_release_line(release: Release, at: datetime) -> str:
    """Return “FOR IMMEDIATE RELEASE”, the embargo, or “NOT FOR RELEASE”.

    The last two apply if the release is not public at `at` (aware).
    """
    if release.is_public(at):
        return _("FOR IMMEDIATE RELEASE")
    if release.is_embargoed and release.public_at:
        return _("EMBARGOED UNTIL %(moment)s") % {"moment": localtime.format_datetime(release.public_at)}
    return _("NOT FOR RELEASE")


def format_release(
    release: Release, format_name: str, contacts: list[ContactLine], at: datetime, signers: str = ""
) -> str:
    """Return `release` as plain text ("txt") or Markdown ("md"), in its own language.

    In order: release line, contacts, headline, AP dateline, text, `signers` (markup), ###.
    """
    with override(release.language):
        lines = [get_release_line(release, at)]
        lines += [_("This is a sample translation.")] if release.is_sample_translation else []
        lines += [
            "\n".join(_("Media contact: %(contact)s") % {"contact": contact.one_line} for contact in contacts)
        ]
        dateline = (
            datelines.format_ap_dateline(release.date, release.dateline, release.language)
            if release.date
            else ""
        )
        opening = f"{dateline} {release.summary}".strip()
        body = strip_photo_placeholders(release.body) + signers
        about_heading = _("About CARECEN")
        event = "\n".join(format_event(release))
    if format_name == "md":
        opening_lines = [
            f"# {release.headline}",
            f"*{release.subhead}*" if release.subhead else "",
            opening,
            event.replace("\n", "\n\n"),
        ]
        lines += [*opening_lines, _markdown(body)]
        lines += [f"## {about_heading}", release.boilerplate] if release.boilerplate else []
    else:
        lines += [release.headline, release.subhead, opening, event, richtext.format_plain_text(body)]
        lines += [about_heading, release.boilerplate] if release.boilerplate else []
    path = release.get_absolute_url() if release.is_public(at) else ""
    lines += ["###", f"{settings.SITE_URL}{path}" if path else ""]
    return "\n\n".join(filter(None, lines)) + "\n"


def _markdown(body: str) -> str:
    from markdownify import markdownify  # imported here because it is large and rarely needed

    # Spaces in a row count as one in HTML. The time of markdownify grows with the square of their number.
    body = re.sub("[ \t]+", " ", body)
    try:
        return str(markdownify(body, heading_style="ATX", bullets="-")).strip()
    except RecursionError:  # hundreds of nested quotations
        return richtext.format_plain_text(body)


@public_page
def text(
    request: HttpRequest, ctx: PublicContext, year: int, month: int, slug: str, format_name: str
) -> HttpResponse:
    """Serve a public release as text, to paste elsewhere. Search engines do not index it."""
    release = get_release_or_redirect(request, ctx, year, month, slug)
    contacts = get_contacts(release, ctx.newsroom, ctx.at, get_media_contacts(ctx))
    signers = build_signers(release, get_organizations(ctx))
    content = format_release(release, format_name, contacts, ctx.at, signers)
    return build_text_response(content, format_name)


@public_page
def calendar(request: HttpRequest, ctx: PublicContext, year: int, month: int, slug: str) -> HttpResponse:
    """Serve the event of a public release as an iCalendar file (RFC 5545).

    An event without an end lasts one hour.
    """
    release = get_release_or_redirect(request, ctx, year, month, slug)
    starts_at = or_404(release.event_at)
    from icalendar import Calendar, Event  # imported here because it is large and rarely needed

    entry = Event()
    entry.add("uid", f"{get_feed_id(release)}@{urlsplit(settings.SITE_URL).hostname}")
    entry.add("dtstamp", max(filter(None, (release.public_at, release.corrected_at))))
    entry.add("dtstart", starts_at.astimezone(UTC))
    entry.add("dtend", (release.event_until or starts_at + HOUR).astimezone(UTC))
    entry.add("summary", release.headline)
    entry.add("location", release.event_place)
    entry.add("url", get_release_url(release))
    entry.add(
        "description",
        "\n\n".join(
            filter(None, (release.summary, "\n".join(format_event(release)), get_release_url(release)))
        ),
    )
    calendar = Calendar()
    calendar.add("prodid", "-//CARECEN//News//EN")
    calendar.add("version", "2.0")
    calendar.add_component(entry)
    headers = {"Content-Disposition": f'attachment; filename="{slug}.ics"', "X-Robots-Tag": "noindex"}
    return HttpResponse(calendar.to_ical(), content_type="text/calendar; charset=utf-8", headers=headers)


def format_event(release: Release) -> list[str]:
    """Return the event of `release` as lines such as “When: …”, in the active language.

    Empty without an event.
    """
    if release.event_at is None:
        return []
    rows = [
        (_("When"), localtime.format_period(release.event_at, release.event_until)),
        (_("Where"), release.event_place),
        (_("Who"), "; ".join(filter(None, map(str.strip, release.event_who.splitlines())))),
        (_("Languages"), release.event_languages),
        (_("Photo and video opportunities"), release.event_visuals),
    ]
    return [f"{label}: {value}" for label, value in rows if value]


def build_text_response(content: str, format_name: str) -> HttpResponse:
    return HttpResponse(content, content_type=TEXT_TYPES[format_name], headers={"X-Robots-Tag": "noindex"})


class PressKitSection(NamedTuple):
    """The photos of one category of the press kit."""

    category: str
    heading: str
    figures: list[Figure]


@csp_update({"script-src": [SELF]})  # for the button that copies the boilerplate (static/js/copy.js)
@public_page
def for_the_press(request: HttpRequest, ctx: PublicContext) -> HttpResponse:
    """Show the press page: media contacts, boilerplate, press kit, the newest releases and coverage."""
    language = ctx.language
    people = [
        (
            ContactLine.from_contact(contact, language),
            _build_press_kit_figure(contact.portrait, language) if contact.portrait else None,
        )
        for contact in sorted(get_media_contacts(ctx).values(), key=lambda one: normalized_key(one.name))
        if contact.show_on_press_page
    ]
    press_kit = _get_press_kit(ctx)
    return render_page(
        request,
        "releases/for_the_press.html",
        ctx,
        section="press",
        people=people,
        has_many_people=len(people) > MAX_FEW_PEOPLE,
        boilerplate=ctx.generation.get_or_set(
            ("boilerplate", language), lambda: Boilerplate.get_text(ctx.notice_dates[0], language)
        ),
        press_kit=press_kit,
        has_large_press_kit=sum(len(section.figures) for section in press_kit) > MAX_SMALL_PRESS_KIT,
        newest_releases=ctx.get_newest_releases(),
        coverage=get_coverage(ctx)[:3],
    )


MAX_COVERAGE = 300  # stories on one page; a small newsroom gets a few a month


@public_page
def in_the_news(request: HttpRequest, ctx: PublicContext) -> HttpResponse:
    """Show the coverage in other media, in both languages, newest first."""
    years = [
        (year, list(items)) for year, items in groupby(get_coverage(ctx), key=lambda item: item.date.year)
    ]
    return render_page(request, "releases/in_the_news.html", ctx, section="press", years=years)


def get_coverage(ctx: PublicContext, release: Release | None = None) -> list[Coverage]:
    """Return the newest public coverage, or that of `release` only."""

    def load() -> list[Coverage]:
        return list(Coverage.objects.public(Release.objects.published(ctx.at))[:MAX_COVERAGE])

    coverage = ctx.generation.get_or_set("coverage", load)
    return [item for item in coverage if item.release_id == release.pk] if release else coverage


def _get_press_kit(ctx: PublicContext) -> list[PressKitSection]:
    press_photos: list[Photo] = ctx.generation.get_or_set(
        "press kit", lambda: list(Photo.objects.exclude(press_kit_category="").order_by("pk"))
    )
    return [
        PressKitSection(category.value, str(PRESS_KIT_HEADINGS[category]), figures)
        for category in PressKitCategory
        if (
            figures := [
                _build_press_kit_figure(photo, ctx.language)
                for photo in press_photos
                if photo.press_kit_category == category
            ]
        )
    ]


def _build_press_kit_figure(photo: Photo, language: str) -> Figure:
    label = photo.label_in(language)
    return Figure(
        photo, 1, label, label, photo.credit, photo.url(photo.original).removesuffix(photo.original)
    )


def get_download_urls(release: Release) -> dict[str, Any]:
    """Return the URLs of the text and calendar downloads of `release`, by format."""
    base_url = release.get_absolute_url().rstrip("/")
    return {
        format_name: f"{base_url}.{format_name}"
        for format_name in [*TEXT_TYPES, *(["ics"] if release.event_at else [])]
    }
