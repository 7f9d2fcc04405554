"""Redaction: a name is found in every spelling and field, and its bytes leave the database files."""

import base64
from datetime import timedelta
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test import Client
from django.utils import timezone

from releases import search
from releases.actions.errors import ActionNotAllowed
from releases.actions.newsroom_restoration import restore_everything
from releases.actions.photos import set_photos
from releases.actions.publication import change_slug
from releases.actions.redaction import (
    NamePattern,
    _flatten_text,
    find_occurrences,
    get_removal_notice,
    redact,
)
from releases.actions.reviews import write_note
from releases.actions.revisions import publish_revision, save_revision
from releases.actions.topics import merge_topics
from releases.actions.withdrawal import withdraw
from releases.models import (
    Correction,
    Note,
    Organization,
    PendingRevision,
    Release,
    SlugRedirect,
    Topic,
    TopicAlias,
)
from releases.text import richtext
from tests.admin import form_data
from tests.factories import (
    make_draft,
    make_organization,
    make_photo,
    make_release,
    make_topic,
    make_user,
    photo_entry,
)

NAME = "Quetzalina Ñáñez"
NAME_PARTS = ("quetzalina", "ñáñez", "nanez")


def create_occurrences(publisher) -> Release:
    """Write the name into every text field of the newsroom, in several spellings."""
    release = make_release(
        headline=f"CARECEN calls for the release of {NAME}",
        slug="carecen-calls-for-the-release-of-quetzalina-nanez",
        subhead="Quetzalina Nanez’s mother speaks",
        summary=f"{NAME.upper()} was detained.",
        body="<p><strong>Quetzalina</strong>&nbsp;Ñáñez, 19, was taken.</p><p><em>Quetzalina</em> <a "
        "href='https://example.org/quetzalina-nanez'>Ñáñez</a> waits.</p>",
        source_key="en:2015-03-04:0123",
    )
    change_slug(release, user=publisher, slug="release-of-quetzalina-nanez")
    save_revision(
        release, user=publisher, content=release.content() | {"summary": f"{NAME} is free."}, topic_ids=[]
    )
    publish_revision(release, user=publisher, kind="update", note=f"{NAME} was freed.")
    save_revision(
        release, user=publisher, content=release.content() | {"summary": f"{NAME} is at home."}, topic_ids=[]
    )
    write_note(release, user=publisher, text=f"Call Ñáñez, Quetzalina’s lawyer. {NAME}.")
    withdrawn = make_release(slug="quetzalina-nanez", language="es", headline=f"Libertad para {NAME}")
    withdraw(
        withdrawn, user=publisher, reason=f"{NAME} lo pidió.", replacement="/2015/03/quetzalina-nanez-libre/"
    )
    make_draft(summary="A draft about Quetzalina-Ñáñez.").delete()
    organization = make_organization(f"Friends of {NAME}", name_es=f"Amigos de {NAME}")
    make_release(headline="A letter", signers=[organization.pk])
    topic = make_topic(f"Case of {NAME}", f"Caso de {NAME}")
    merge_topics(topic, into=make_topic(NAME), user=publisher)
    LogEntry.objects.create(
        user=publisher,
        content_type=ContentType.objects.get_for_model(Topic),
        object_id="1",
        object_repr=NAME,
        action_flag=2,
    )
    return release


def get_rows_containing_name() -> list[str]:
    rows = []
    for model in apps.get_models():
        for row in model._base_manager.values():
            text = "\n".join(_flatten_text(value) for value in row.values()).lower()
            rows += [f"{model.__name__}: {text}" for trace in NAME_PARTS if trace in text]
    return rows


@pytest.mark.django_db
def test_redaction_replaces_the_name_in_every_row_with_a_dated_marker(publisher):
    release = create_occurrences(publisher)
    assert len(get_rows_containing_name()) > 20
    redact(f"{NAME}\nÑáñez, Quetzalina", user=publisher)
    assert get_rows_containing_name() == []
    release.refresh_from_db()
    assert release.headline.startswith("CARECEN calls for the release of [text removed on ")
    assert release.history.first().history_change_reason == "redact"
    spanish = Release.objects.get(language="es")
    assert spanish.headline.startswith("Libertad para [texto eliminado el ")
    assert Organization.objects.get().name.startswith("Friends of [text removed on ")
    assert not [row for row in search.read_rows("default") if "quetzalina" in row.text]
    assert Note.objects.get().text.count("[text removed") == 2
    assert Correction.objects.get().note.endswith("was freed.")
    assert not SlugRedirect.objects.exists()
    assert {topic.slug for topic in Topic.objects.all()} == {"text-removed"}
    assert TopicAlias.objects.get().slug == "case-of"
    for pages in (release.get_absolute_url(), "/", "/topics/", "/es/"):
        assert Client().get(pages).status_code in (200, 410)
    assert Client().get("/2015/03/carecen-calls-for-the-release-of-quetzalina-nanez/").status_code == 404
    release.full_clean()


@pytest.mark.django_db
def test_every_occurrence_is_listed_before_redaction(publisher):
    create_occurrences(publisher)
    occurrences = find_occurrences(NAME)
    kinds = {occurrence.kind for occurrence in occurrences}
    assert any(occurrence.is_history and occurrence.kind == "release" for occurrence in occurrences)
    assert {
        "release",
        "unpublished change",
        "correction",
        "note",
        "topic",
        "former topic",
        "log entry",
    } <= kinds
    assert len(get_rows_containing_name()) > 20  # finding removes nothing


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("María López", True),
        ("MARIA LOPEZ", True),
        ("maria-lopez", True),
        ("the-case-of-maria-lopez-2", True),
        ("María&nbsp;<b>López</b>’s", True),
        ("M<b>ar</b>ía López", True),
        ("Mari\u0301a Lo\u0301pez", True),
        ("María\u00a0\n López", True),
        ("Marialopez", True),
        ("María/López", True),
        ("“María” (López)", True),
        ("https://example.org/?q=Maria%20Lopez", True),
        ("https://example.org/mar%C3%ADa-l%C3%B3pez", True),
        ("Maria+Lopez", True),
        ("Maria Lopezia", False),
        ("Annamaria Lopez", False),
        ("Maria and Lopez", False),
        ("López", False),
    ],
)
def test_name_matches_every_spelling_but_no_other_word(text, expected):
    assert NamePattern("María López").occurs_in(text) is expected


@pytest.mark.django_db
def test_redaction_refuses_short_names_unknown_names_and_writers(publisher, writer):
    make_release()
    for spellings, sentence in (
        ("Al", "too short"),
        (" ", "Enter the name"),
        ("Nobody Known", "was not found"),
        ("María\nX.", "too short"),
    ):
        with pytest.raises(ActionNotAllowed, match=sentence):
            redact(spellings, user=publisher)
    with pytest.raises(ActionNotAllowed, match="Only publishers"):
        redact("Los Angeles", user=writer)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("José “Pepe” Martínez", "Jose 'Pepe' Martinez"),
        ("Ajqʼab Tum", "Ajq'ab Tum"),
        ("Ajq’ab Tum", "Ajqʼab Tum"),
    ],
)
def test_quotation_mark_and_apostrophe_variants_match(name, text):
    assert NamePattern(name).occurs_in(text)
    assert NamePattern(name).occurs_in(name)


@pytest.mark.django_db
def test_redaction_keeps_the_rest_of_the_text(publisher):
    link = '<a href="https://example.org/f/mar%C3%ADa-l%C3%B3pez">her page</a>'
    release = make_release(
        headline="María López " + "’n’ " * 69 + "on Friday",
        summary="María López & family: “hers” <ana@example.org>, it’s so.",
        body=f'<p>{link} and <a href="https://example.org/a">another</a>, 5 &lt; 6.</p>',
    )
    redact("Maria Lopez", user=publisher)
    release.refresh_from_db()
    day = get_removal_notice("en")
    assert release.summary == f"{day} & family: “hers” <ana@example.org>, it’s so."
    assert release.body == richtext.sanitize(
        '<p>her page and <a href="https://example.org/a">another</a>, 5 &lt; 6.</p>'
    )
    assert release.headline == "[…] " + "’n’ " * 69 + "on Friday"


@pytest.mark.django_db
def test_redaction_keeps_dates_and_choice_values_of_a_revision(publisher, client):
    release = make_release(kind="service_notice", summary="The service notice of 2015-03-04.")
    save_revision(
        release,
        user=publisher,
        content=release.content() | {"headline": "service notice 2015-03-04"},
        topic_ids=[],
    )
    publish_revision(release, user=publisher, kind="typo", at=timezone.now() + timedelta(hours=1))
    redact("service notice\n2015-03-04", user=publisher)
    revision = PendingRevision.objects.get()
    assert (revision.data["date"], revision.data["kind"]) == ("2015-03-04", "service_notice")
    PendingRevision.objects.update(public_at=timezone.now())
    assert client.get("/").status_code == 200
    assert not PendingRevision.objects.exists()


@pytest.mark.django_db
def test_form_opened_before_redaction_cannot_write_the_name_back(publisher, publisher_client):
    release = make_release()
    save_revision(
        release, user=publisher, content=release.content() | {"summary": f"{NAME} is free."}, topic_ids=[]
    )
    edit_token = release.edit_token
    redact(NAME, user=publisher)
    response = publisher_client.post(
        f"/admin/releases/release/{release.pk}/change/",
        form_data(release, summary=f"{NAME} is free!") | {"edit_token": edit_token},
    )
    assert "Someone saved this release" in response.content.decode()
    assert get_rows_containing_name() == []


@pytest.mark.django_db
def test_redacting_a_common_word_requires_a_manager(publisher):
    for _number in range(51):
        make_release()
    with pytest.raises(ActionNotAllowed, match="Ask a manager"):
        redact("families", user=publisher)
    redact("families", user=make_user("manager", "", is_superuser=True))


@pytest.mark.django_db
def test_restore_after_redaction_does_not_bring_the_name_back(publisher):
    for slug in ("maria-lopez-freed", "freed-maria-lopez"):
        release = make_release(slug=slug, headline="María López freed")
        change_slug(release, user=publisher, slug=f"{slug}-again")
    make_release(topics=(make_topic("María López"), make_topic("Maria Lopez case", "Caso")))
    restore_time = timezone.now()
    redact("María López", user=publisher)
    Release.objects.filter(headline__contains="text removed").first().save()
    restore_everything(restore_time)
    assert not [row for row in Release.objects.values_list("headline", "slug") if "lopez" in str(row).lower()]
    assert not SlugRedirect.objects.exists()


@pytest.mark.django_db
def test_session_that_contains_the_name_is_deleted(publisher):
    make_release(headline=f"About {NAME}")
    client = Client()
    client.force_login(publisher)
    session = client.session
    session["typed"] = NAME
    session.save()
    redact(NAME, user=publisher)
    assert client.get("/admin/").status_code == 302


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_redaction_leaves_no_bytes_of_the_name_in_database_or_uploads():
    publisher = make_user(is_superuser=True)
    create_occurrences(publisher)
    for number in range(50):  # enough rows that pages of the file are moved, deleted and overwritten
        make_draft(headline=f"{NAME} {number}", body=f"<p>{NAME} {'word ' * 300}</p>").delete()
    occurrences, scrubbed = redact(f"{NAME}\nÑáñez, Quetzalina", user=publisher)
    assert (len(occurrences) > 100, scrubbed) == (True, True)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("CHECKPOINT")
            cursor.execute(
                "SELECT current_setting('data_directory'), oid FROM pg_database WHERE datname = "
                "current_database()"
            )
            folder, oid = cursor.fetchone()
            files = list(Path(folder, "base", str(oid)).iterdir())
        else:
            file = Path(connection.settings_dict["NAME"])
            files = list(file.parent.glob(f"{file.name}*"))
    files += [path for path in Path(settings.DATA_DIR, "uploads").rglob("*") if path.is_file()]
    assert sum(file.stat().st_size for file in files) > 100_000
    raw = b"".join(file.read_bytes() for file in files).lower()
    spelled = [NAME, *NAME_PARTS, "\\u00f1\\u00e1\\u00f1ez", "ÑÁÑEZ"]
    assert [
        trace
        for trace in spelled
        if trace.lower().encode() in raw or base64.b64encode(trace.encode()).lower() in raw
    ] == []


@pytest.mark.django_db
def test_redaction_removes_a_name_from_captions_and_history(publisher, client):
    photo = make_photo(label="Rosa Melgar")
    texts = {"caption": "Rosa Melgar speaks.", "alt": "Rosa Melgar"}
    release = make_release(photos=[photo_entry(photo, is_lead=True, focus=[30, 20], **texts)])
    set_photos(release, user=publisher, photos=[photo_entry(photo, caption="Rosa Melgar and others.")])
    redact("Rosa Melgar", user=publisher)
    release.refresh_from_db()
    photo.refresh_from_db()
    revision = PendingRevision.objects.get()
    values = [
        release.photos,
        photo.label,
        revision.data,
        *release.history.values(),
        *photo.history.values(),
        *revision.history.values(),
    ]
    assert "Melgar" not in str(values)
    values = [(entry["photo"], entry["is_lead"], entry["focus"]) for entry in release.photos]
    assert values == [(photo.pk, True, [30, 20])]
    assert "text removed" in client.get(release.get_absolute_url()).content.decode()
