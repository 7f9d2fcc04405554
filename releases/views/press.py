"""What a reporter takes from a release: whom to call, its clean text, and the page for the press."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import override

from releases import clock, datelines, prose
from releases.models import Boilerplate, Coverage, MediaContact, Newsroom, Photo, Release
from releases.prose import without_photos
from releases.views.asked import Asked, found, public_page, show
from releases.views.photos import Figure
from releases.views.sharing import id_of, url_of
from releases.vocabulary import Language, PressShelf

AN_HOUR = timedelta(hours=1)
FORMS = {"txt": "text/plain; charset=utf-8", "md": "text/markdown; charset=utf-8"}


@dataclass(frozen=True)
class Contact:
    """Whom the press can call: a person, or the newsroom's own line, which has no name."""

    name: str
    role: str
    phone: str
    email: str
    languages: str
    hours: str

    @classmethod
    def of(cls, person: MediaContact, language: str) -> "Contact":
        with override(language):
            spoken = " · ".join(str(Language(one).label) for one in person.languages)
        return cls(person.name, person.role_in(language), person.phone, person.email, spoken, person.hours_in(language))

    @property
    def in_a_line(self) -> str:
        return ", ".join(filter(None, (self.name, self.role, self.phone, self.email, self.languages, self.hours)))


def contacts_of(release: Release, newsroom: Newsroom, at: datetime, people: dict[int, MediaContact]) -> list[Contact]:
    """Whom to call about `release` at the moment `at`: its contacts, of `people`; the press line when it has none or is too old."""
    day = release.date or clock.day_of(at)
    is_recent = clock.day_of(at) <= day + timedelta(days=newsroom.days_contacts_are_shown)
    named = [Contact.of(people[one], release.language) for one in release.contacts if one in people] if is_recent else []
    line = Contact("", "", newsroom.press_phone, newsroom.press_email, "", "")
    return named or ([line] if line.phone or line.email else [])


def people(asked: Asked) -> dict[int, MediaContact]:
    """Every media contact by its id."""
    return asked.edition.once("media contacts", lambda: MediaContact.objects.in_bulk())


def first_line(release: Release, at: datetime) -> str:
    """“FOR IMMEDIATE RELEASE”, or what holds a text back that is not public at the moment `at`."""
    if release.is_public(at):
        return _("FOR IMMEDIATE RELEASE")
    if release.is_embargoed and release.public_at:
        return _("EMBARGOED UNTIL %(moment)s") % {"moment": clock.in_words(release.public_at)}
    return _("NOT FOR RELEASE")


def text_of(release: Release, form: str, contacts: list[Contact], at: datetime) -> str:
    """`release` as plain text ("txt") or Markdown ("md"), in its own language: first line, contacts, headline, AP dateline, text, ###."""
    with override(release.language):
        lines = [first_line(release, at)]
        lines += [_("This is a sample translation.")] if release.is_sample_translation else []
        lines += ["\n".join(_("Media contact: %(contact)s") % {"contact": one.in_a_line} for one in contacts)]
        place = datelines.in_ap_form(release.date, release.dateline, release.language) if release.date else ""
        opening = f"{place} {release.summary}".strip()
        body = without_photos(release.body)
        about = _("About CARECEN")
        event = "\n".join(event_in_lines(release))
    if form == "md":
        head = [f"# {release.headline}", f"*{release.subhead}*" if release.subhead else "", opening, event.replace("\n", "\n\n")]
        lines += [*head, _markdown(body)]
        lines += [f"## {about}", release.boilerplate] if release.boilerplate else []
    else:
        lines += [release.headline, release.subhead, opening, event, prose.as_text(body)]
        lines += [about, release.boilerplate] if release.boilerplate else []
    address = release.get_absolute_url() if release.is_public(at) else ""
    lines += ["###" if form == "txt" else "\\###", f"{settings.SITE_URL}{address}" if address else ""]
    return "\n\n".join(filter(None, lines)) + "\n"


def _markdown(body: str) -> str:
    from markdownify import markdownify  # with all it needs, and only for who asks for Markdown

    try:
        return str(markdownify(body, heading_style="ATX", bullets="-")).strip()
    except RecursionError:  # hundreds of quotations in each other
        return prose.as_text(body)


@public_page
def text(request: HttpRequest, asked: Asked, year: int, month: int, slug: str, form: str) -> HttpResponse:
    """A public release as text, for who pastes it elsewhere. Search engines are sent to the page."""
    release = found(asked.public.dated(year, month).filter(slug=slug).first())
    contacts = contacts_of(release, asked.newsroom, asked.at, people(asked))
    return as_text(text_of(release, form, contacts, asked.at), form)


@public_page
def calendar(request: HttpRequest, asked: Asked, year: int, month: int, slug: str) -> HttpResponse:
    """The event of a public advisory as an entry for a calendar (RFC 5545)."""
    release = found(asked.public.dated(year, month).filter(slug=slug, event_at__isnull=False).first())
    begins = found(release.event_at)
    from icalendar import Calendar, Event  # a large library, for the few who ask for it

    entry = Event()
    entry.add("uid", f"{id_of(release)}@{urlsplit(settings.SITE_URL).hostname}")
    entry.add("dtstamp", max(filter(None, (release.public_at, release.corrected_at))))
    entry.add("dtstart", begins.astimezone(UTC))
    entry.add("dtend", (release.event_until or begins + AN_HOUR).astimezone(UTC))
    entry.add("summary", release.headline)
    entry.add("location", release.event_place)
    entry.add("url", url_of(release))
    entry.add("description", "\n\n".join(filter(None, (release.summary, "\n".join(event_in_lines(release)), url_of(release)))))
    calendar = Calendar()
    calendar.add("prodid", "-//CARECEN//News//EN")
    calendar.add("version", "2.0")
    calendar.add_component(entry)
    headers = {"Content-Disposition": f'attachment; filename="{slug}.ics"', "X-Robots-Tag": "noindex"}
    return HttpResponse(calendar.to_ical(), content_type="text/calendar; charset=utf-8", headers=headers)


def event_in_lines(release: Release) -> list[str]:
    """What an advisory says of its event, a line each, in the language in use: “When: …”."""
    if release.event_at is None:
        return []
    when = clock.in_words(release.event_at)
    if release.event_until:
        when = _("%(begins)s to %(ends)s") % {"begins": when, "ends": clock.in_words(release.event_until)}
    said = [
        (_("When"), when),
        (_("Where"), release.event_place),
        (_("Who"), "; ".join(filter(None, map(str.strip, release.event_who.splitlines())))),
        (_("Languages"), release.event_languages),
        (_("Visuals"), release.event_visuals),
    ]
    return [f"{label}: {words}" for label, words in said if words]


def as_text(words: str, form: str) -> HttpResponse:
    return HttpResponse(words, content_type=FORMS[form], headers={"X-Robots-Tag": "noindex"})


@public_page
def for_the_press(request: HttpRequest, asked: Asked) -> HttpResponse:
    """Whom to call, what to say of CARECEN, portraits and logos, and how to follow."""
    newsroom, language = asked.newsroom, asked.language
    line = Contact("", "", newsroom.press_phone, newsroom.press_email, "", "")
    on_page = [Contact.of(one, language) for one in people(asked).values() if one.is_for_the_press_page]
    shelves = [(PressShelf(shelf).label, [_shown(photo, language) for photo in photos]) for shelf, photos in _shelves(asked)]
    return show(
        request,
        "releases/for_the_press.html",
        asked,
        section="press",
        contacts=([line] if line.phone or line.email else []) + on_page,
        boilerplate=asked.edition.once(("boilerplate", language), lambda: Boilerplate.text_on(asked.days[0], language)),
        shelves=shelves,
        stories=stories(asked)[:3],
    )


MOST_STORIES = 300  # on one page; a small newsroom has a few a month


@public_page
def in_the_news(request: HttpRequest, asked: Asked) -> HttpResponse:
    """What others made of our news, in both languages, newest first."""
    years = [(year, list(those)) for year, those in groupby(stories(asked), key=lambda story: story.date.year)]
    return show(request, "releases/in_the_news.html", asked, section="press", years=years)


def stories(asked: Asked, release: Release | None = None) -> list[Coverage]:
    """The newest stories the public may see, or those that `release` led to."""

    def public() -> list[Coverage]:
        return list(Coverage.objects.public(Release.objects.published(asked.at))[:MOST_STORIES])

    kept = asked.edition.once("stories", public)
    return [story for story in kept if story.release_id == release.pk] if release else kept


def _shelves(asked: Asked) -> list[tuple[str, list[Photo]]]:
    kept: list[Photo] = asked.edition.once("shelves of photos", lambda: list(Photo.objects.exclude(shelf="").order_by("pk")))
    return [(shelf, here) for shelf in PressShelf.values if (here := [photo for photo in kept if photo.shelf == shelf])]


def _shown(photo: Photo, language: str) -> Figure:
    label = photo.label_in(language)
    return Figure(photo, 2, label, label, photo.credit, photo.url(photo.full).removesuffix(photo.full))


def take_of(release: Release) -> dict[str, Any]:
    """The addresses under which the text of `release` can be taken."""
    page = release.get_absolute_url().rstrip("/")
    return {form: f"{page}.{form}" for form in [*FORMS, *(["ics"] if release.event_at else [])]}
