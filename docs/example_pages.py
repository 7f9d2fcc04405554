"""Fill a newsroom with examples of public pages: `DATA_DIR=… python -m docs.example_pages full`.

`usual` adds to the sample releases what a newsroom has on an ordinary day. `full` adds what strains a layout:
long headlines, many photos, 8 years of releases. Everything in both is invented, so use an empty DATA_DIR.
The command prints the password of the account "ines", a manager.
"""

import argparse
import os
import sys
import tomllib
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.utils import timezone

from docs.example_desk import make_account, make_release  # first: it sets up Django
from docs.example_pictures import make_pdf_file, make_photo_file
from releases.accounts.passwords import generate_password
from releases.actions.photos import add_document, add_photo, set_photos
from releases.actions.pins import pin
from releases.actions.publication import publish
from releases.actions.rendition_jobs import generate_renditions
from releases.actions.revisions import publish_revision, save_revision
from releases.actions.translations import create_translation
from releases.actions.withdrawal import withdraw
from releases.models import (
    Boilerplate,
    Coverage,
    MediaContact,
    NewsroomSettings,
    Organization,
    Release,
    Topic,
    User,
)
from releases.text import localtime
from releases.text.choices import ChangeKind, Kind, Language, PressKitCategory
from releases.text.slugs import make_slug

TEXTS: dict[str, Any] = tomllib.loads(Path(__file__).with_name("example_texts.toml").read_text())
YEARS, PER_YEAR = 8, 11  # of the releases in English of `full`
TOPICS = 30
MANY_PHOTOS = 12
WITHDRAWN_ON = date(2025, 3, 4)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("content", choices=BUILDERS)
    content = parser.parse_args().content
    if "DATA_DIR" not in os.environ:
        sys.exit("Set DATA_DIR to an empty folder: the releases are invented.")
    call_command("migrate", verbosity=0, interactive=False)
    password = generate_password()
    BUILDERS[content](make_account("ines", "manager", "en", "Inés", "Paz", password))
    for _photo in generate_renditions():
        pass
    print(f"Sign in as ines with the password {password}")


def fill_usual(user: User) -> None:
    """Add a release with a lead photo, an advisory, a notice, a correction, contacts and coverage."""
    call_command("load_sample", verbosity=0)
    contacts = [add_contact(*person) for person in TEXTS["people"][:2]]
    set_newsroom(address_lines=2)
    topics = list(Topic.objects.all())
    clinic = make_release(
        user, **get_texts("clinic", "en"), topics=topics[6:8], slug="legal-clinic", contacts=contacts
    )
    attach_photos(clinic, user, [add_photo(make_photo_file(0), user=user).pk])
    publish(clinic, user=user)
    translate(clinic, user, **get_texts("clinic", "es"), slug="clinica-legal")
    correct(clinic, user, ChangeKind.CORRECTION, "An earlier version gave a wrong number of families.")
    add_advisory(user, topics[1:3], contacts, "advisory")
    add_notice(user, TEXTS["notices"][0], topics[3:4], days=21)
    add_press_photo(user, 0)
    withdraw_release(user)
    for number, story in enumerate(TEXTS["coverage"][:3]):
        add_coverage(story, number, clinic if number == 0 else None)


def fill_full(user: User) -> None:
    """Add long texts, 12 photos in a release, three current notices, 30 topics and 8 years of releases."""
    call_command("load_sample", verbosity=0)
    topics = [add_topic(number) for number in range(TOPICS - Topic.objects.count())]
    topics = [Topic.objects.get(name="Deportation"), *topics]
    contacts = [add_contact(*person) for person in TEXTS["people"]]
    set_newsroom(address_lines=4)
    for language, text in TEXTS["boilerplate"].items():
        boilerplate = Boilerplate(language=language, effective_from=date(2016, 1, 1), text=text)
        boilerplate.full_clean()
        boilerplate.save()
    for number in range(4):
        add_press_photo(user, number)
    add_archive(user, topics)
    pinned = Release.objects.get(slug="pinned")
    for release in Release.objects.filter(translation_key=pinned.translation_key):
        pin(release, user=user, until=localtime.local_date(timezone.now()) + timedelta(days=7))
    add_notices(user, topics)
    withdraw_release(user)
    add_advisory(user, topics[2:9], contacts[:4], "long_advisory")
    letter = add_letter(user, topics, contacts)
    for number, story in enumerate(TEXTS["coverage"] * 3):
        add_coverage(story, number, letter if number < 4 else None)


def add_letter(user: User, topics: list[Topic], contacts: list[int]) -> Release:
    """Publish in both languages a long release with everything that one can have except an event."""
    organizations = [add_organization(name, name_es) for name, name_es in TEXTS["organizations"]]
    photos = [add_photo(make_photo_file(number), user=user).pk for number in range(MANY_PHOTOS)]
    letter = make_release(
        user,
        **get_texts("letter", "en", photo=photos[3]),
        topics=topics[:8],
        slug="legal-clinic",
        contacts=contacts,
        signers=organizations,
    )
    attachments = [
        {"document": add_document(make_pdf_file(pages), user=user).pk, "title": title, "language": language}
        for pages, title, language in TEXTS["documents"]
    ]
    set_photos(letter, user=user, attachments=attachments)
    attach_photos(letter, user, photos)
    publish(letter, user=user)
    translate(letter, user, **get_texts("letter", "es", photo=photos[3]), slug="clinica-legal")
    for kind, note in TEXTS["changes"]:
        correct(letter, user, kind, note)
    return letter


def add_archive(user: User, topics: list[Topic]) -> None:
    """Publish releases of several years in English. Half of them have a release in Spanish, too.

    Half of those in Spanish are translations.
    """
    this_year = localtime.local_date(timezone.now()).year
    for number in range(YEARS * PER_YEAR):
        day = date(this_year - 1 - number // PER_YEAR, 1 + number % PER_YEAR, 1 + number * 7 % 28)
        chosen = [topics[number % len(topics)], topics[number * 5 % len(topics)], topics[0]][: 1 + number % 3]
        text, spanish = make_archive_texts(number)
        release = make_release(
            user,
            **text,
            topics=chosen,
            date=day,
            kind=list(Kind)[number % 2],
            slug="" if number else "pinned",
        )
        if number % 9 == 0:
            attach_photos(release, user, [add_photo(make_photo_file(20 + number), user=user).pk])
        publish(release, user=user)
        if number % 4 == 0:
            translate(release, user, **spanish)
        elif number % 4 == 1:
            es = make_release(user, **spanish, topics=chosen, date=day, language="es", dateline="Los Ángeles")
            publish(es, user=user)


def add_notices(user: User, topics: list[Topic]) -> None:
    """Publish three current notices, of which one is only in Spanish, and two expired ones."""
    for number, notice in enumerate(TEXTS["notices"]):
        add_notice(user, notice, topics[number : number + 2], days=(21, 3, 400, -5, -200)[number])


def add_notice(user: User, notice: dict[str, Any], topics: list[Topic], *, days: int) -> None:
    """Publish a notice that is valid until `days` after today."""
    fields = {
        "topics": topics,
        "kind": Kind.SERVICE_NOTICE,
        "valid_until": localtime.local_date(timezone.now()) + timedelta(days=days),
        "date": localtime.local_date(timezone.now()) - timedelta(days=max(2, 30 - days)),
    }
    if "en" not in notice:
        publish(make_release(user, **notice["es"], **fields, language="es"), user=user)
        return
    release = make_release(user, **notice["en"], **fields)
    publish(release, user=user)
    if "es" in notice:
        translate(release, user, **notice["es"])


def add_advisory(user: User, topics: list[Topic], contacts: list[int], name: str) -> None:
    start = (timezone.now() + timedelta(days=3)).replace(minute=0, second=0, microsecond=0)
    release = make_release(
        user,
        **get_texts(name, "en"),
        topics=topics,
        slug="press-conference",
        kind=Kind.MEDIA_ADVISORY,
        contacts=contacts,
        event_at=start,
        event_until=start + timedelta(hours=1, minutes=30),
    )
    publish(release, user=user)
    translate(release, user, **get_texts(name, "es"), slug="conferencia-de-prensa")


def withdraw_release(user: User) -> None:
    """Publish a release in both languages, and withdraw both."""
    slugs = {"en": "hours-of-the-office", "es": "horario-de-la-oficina"}
    release = make_release(
        user, **get_texts("withdrawn", "en"), topics=[], date=WITHDRAWN_ON, slug=slugs["en"]
    )
    publish(release, user=user)
    translate(release, user, **get_texts("withdrawn", "es"), slug=slugs["es"])
    for version in Release.objects.filter(translation_key=release.translation_key):
        withdraw(version, user=user, reason=TEXTS["withdrawal_reason"][version.language])


def translate(release: Release, user: User, **fields: Any) -> None:
    """Publish `release` in the other language, with `fields` and the texts of its photos and documents."""
    translation = create_translation(release, user=user)
    for name, value in fields.items():
        setattr(translation, name, value)
    translation.save()
    attachments = [
        entry | {"title": f"Documento: {original['title']}"}
        for entry, original in zip(translation.attachments, release.attachments, strict=True)
    ]
    set_photos(translation, user=user, attachments=attachments)
    attach_photos(translation, user, [entry["photo"] for entry in release.photos])
    publish(translation, user=user)


def correct(release: Release, user: User, kind: str, note: str) -> None:
    content = release.content() | {"body": f"{release.body}<p>{TEXTS['correction'][release.language]}</p>"}
    save_revision(release, user=user, content=content, topic_ids=[topic.pk for topic in release.topics])
    publish_revision(release, user=user, kind=kind, note=note)


def attach_photos(release: Release, user: User, photos: list[int]) -> None:
    """Show `photos` (primary keys) in `release`, the first as the lead photo."""
    entries = [
        {"photo": pk, **make_photo_texts(number, release.language), "is_lead": number == 0}
        for number, pk in enumerate(photos)
    ]
    set_photos(release, user=user, photos=entries)


def add_press_photo(user: User, number: int) -> None:
    """Offer a portrait or a logo on the press page."""
    photo = add_photo(make_photo_file(40 + number, (900, 1200) if number % 2 else (1200, 800)), user=user)
    photo.press_kit_category = PressKitCategory.LOGO if number == 3 else PressKitCategory.PORTRAIT
    photo.label = photo.label_es = TEXTS["people"][number][0]
    photo.credit = TEXTS["people"][number + 1][0]
    photo.save()


def get_texts(name: str, language: str, **values: Any) -> dict[str, Any]:
    """Return the texts of the release `name` of example_texts.toml.

    Its body gets the blocks that it names, and `values`.
    """
    fields = dict(TEXTS[name][language])
    if "body" in fields:
        fields["body"] = fields["body"].format_map(TEXTS["blocks"][language] | values)
    return fields


def make_archive_texts(number: int) -> list[dict[str, str]]:
    """Return the texts of release `number` of the archive in English and in Spanish."""
    action, subject, *sentences = [
        TEXTS["actions"][number % len(TEXTS["actions"])],
        TEXTS["subjects"][number % len(TEXTS["subjects"])],
        *(TEXTS["sentences"] * 2)[number % 3 : number % 3 + 1 + number % 4],
    ]
    return [
        {
            "headline": f"CARECEN {action[language]} {subject[language]}",
            "summary": " ".join(sentence[language] for sentence in sentences),
            "body": "".join(f"<p>{sentence[language]}</p>" for sentence in reversed(sentences)),
        }
        for language in (0, 1)
    ]


def make_photo_texts(number: int, language: str) -> dict[str, str]:
    """Return the alt text, the caption and the credit of photo `number` of a release."""
    alts, captions, people = TEXTS["alts"], TEXTS["captions"], TEXTS["people"]
    index = int(language == Language.SPANISH)
    return {
        "alt": alts[number % len(alts)][index],
        "caption": captions[number % len(captions)][index],
        "credit": people[(2 + number) % len(people)][0] if number % 4 != 1 else "",
    }


def set_newsroom(address_lines: int) -> None:
    newsroom = NewsroomSettings.current()
    for name, value in TEXTS["newsroom"].items():
        setattr(newsroom, name, value)
    newsroom.address = "\n".join(TEXTS["address"][-address_lines:])
    newsroom.full_clean()
    newsroom.save()


def add_contact(name: str, role: str, role_es: str) -> int:
    contact = MediaContact(
        name=name,
        role=role,
        role_es=role_es,
        phone="213-555-0142",
        email=f"{make_slug(name)}@example.org",
        hours="Until 10 p.m.; texts at any time",
        hours_es="Hasta las 10 p. m.; mensajes a toda hora",
        show_on_press_page=True,
    )
    contact.full_clean()
    contact.save()
    return contact.pk


def add_topic(number: int) -> Topic:
    words, places = TEXTS["topic_words"], TEXTS["topic_places"]
    pairs = zip(words[number % len(words)], places[number // len(words)], strict=True)
    name, name_es = (f"{word} {place}".strip() for word, place in pairs)
    about = dict(zip(("about", "about_es"), TEXTS["about_topic"], strict=True)) if number % 3 == 0 else {}
    topic = Topic(name=name, name_es=name_es, **about)
    topic.full_clean(exclude=["slug", "slug_es", "key", "key_es"])
    topic.save()
    return topic


def add_organization(name: str, name_es: str) -> int:
    organization = Organization(name=name, name_es=name_es, website="https://example.org")
    organization.full_clean(exclude=["key"])
    organization.save()
    return organization.pk


def add_coverage(story: tuple[str, str, str], number: int, release: Release | None) -> None:
    outlet, language, headline = story
    day = localtime.local_date(timezone.now()) - timedelta(days=1 + number * 40)
    coverage = Coverage(
        outlet=outlet,
        headline=headline,
        language=language,
        url=f"https://example.org/{number}",
        date=day,
        release=release,
    )
    coverage.full_clean()
    coverage.save()


BUILDERS = {"usual": fill_usual, "full": fill_full}

if __name__ == "__main__":
    main()
