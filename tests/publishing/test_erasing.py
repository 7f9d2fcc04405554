"""A name that must go: found in every spelling and place, and gone from the bytes of the database."""

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

from releases import prose, publishing
from releases.models import Correction, FormerAddress, Newsroom, Note, Release, Topic, TopicAlias, WorkingCopy
from releases.publishing import Refusal
from releases.publishing.erasing import Name, _as_words, text_removed
from tests.admin import form_of
from tests.builders import make_draft, make_release, make_topic, make_user

NAME = "Quetzalina Ñáñez"
TRACES = ("quetzalina", "ñáñez", "nanez")


def fill(publisher) -> Release:
    """The name in every place a newsroom has for words, as people write it."""
    release = make_release(
        headline=f"CARECEN calls for the release of {NAME}",
        slug="carecen-calls-for-the-release-of-quetzalina-nanez",
        subhead="Quetzalina Nanez’s mother speaks",
        summary=f"{NAME.upper()} was detained.",
        body="<p><strong>Quetzalina</strong>&nbsp;Ñáñez, 19, was taken.</p>"
        "<p><em>Quetzalina</em> <a href='https://example.org/quetzalina-nanez'>Ñáñez</a> waits.</p>",
        source_key="en:2015-03-04:0123",
    )
    publishing.change_address(release, by=publisher, slug="release-of-quetzalina-nanez")
    publishing.write_change(release, by=publisher, printed=release.printed() | {"summary": f"{NAME} is free."}, tags=[])
    publishing.publish_change(release, by=publisher, kind="update", note=f"{NAME} was freed.")
    publishing.write_change(release, by=publisher, printed=release.printed() | {"summary": f"{NAME} is at home."}, tags=[])
    publishing.write_note(release, by=publisher, text=f"Call Ñáñez, Quetzalina’s lawyer. {NAME}.")
    withdrawn = make_release(slug="quetzalina-nanez", language="es", headline=f"Libertad para {NAME}")
    publishing.withdraw(withdrawn, by=publisher, reason=f"{NAME} lo pidió.", replacement="/2015/03/quetzalina-nanez-libre/")
    make_draft(summary="A draft about Quetzalina-Ñáñez.").delete()
    topic = make_topic(f"Case of {NAME}", f"Caso de {NAME}")
    publishing.merge_topics(topic, into=make_topic(NAME), by=publisher)
    LogEntry.objects.create(
        user=publisher, content_type=ContentType.objects.get_for_model(Topic), object_id="1", object_repr=NAME, action_flag=2
    )
    return release


def rows_with_traces() -> list[str]:
    found = []
    for model in apps.get_models():
        for row in model._base_manager.values():
            words = "\n".join(_as_words(value) for value in row.values()).lower()
            found += [f"{model.__name__}: {words}" for trace in TRACES if trace in words]
    return found


@pytest.mark.django_db
def test_the_name_is_gone_from_every_row_and_says_so_with_the_day(publisher):
    release = fill(publisher)
    assert len(rows_with_traces()) > 20
    publishing.erase(f"{NAME}\nÑáñez, Quetzalina", by=publisher)
    assert rows_with_traces() == []
    release.refresh_from_db()
    assert release.headline.startswith("CARECEN calls for the release of [text removed on ")
    assert release.history.first().history_change_reason == "erase"
    spanish = Release.objects.get(language="es")
    assert spanish.headline.startswith("Libertad para [texto eliminado el ")
    assert Note.objects.get().text.count("[text removed") == 2
    assert Correction.objects.get().note.endswith("was freed.")
    assert not FormerAddress.objects.exists()
    assert {topic.slug for topic in Topic.objects.all()} == {"text-removed"}
    assert TopicAlias.objects.get().slug == "case-of"
    for pages in (release.get_absolute_url(), "/", "/topics/", "/es/"):
        assert Client().get(pages).status_code in (200, 410)
    assert Client().get("/2015/03/carecen-calls-for-the-release-of-quetzalina-nanez/").status_code == 404
    release.full_clean()


@pytest.mark.django_db
def test_every_place_is_listed_before(publisher):
    fill(publisher)
    places = publishing.places_of(NAME)
    kinds = {place.kind for place in places}
    assert any(place.is_past and place.kind == "release" for place in places)
    assert {"release", "change not yet public", "correction", "note", "topic", "former topic", "log entry"} <= kinds
    assert len(rows_with_traces()) > 20  # looking removes nothing


@pytest.mark.parametrize(
    ("words", "stands"),
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
def test_a_name_is_found_in_every_spelling_and_in_no_other_word(words, stands):
    assert Name("María López").stands_in(words) is stands


@pytest.mark.django_db
def test_a_name_too_short_one_that_is_nowhere_and_a_writer_are_refused(publisher, writer):
    make_release()
    for spellings, sentence in (
        ("Al", "too short"),
        (" ", "Write the name"),
        ("Nobody Known", "stands nowhere"),
        ("María\nX.", "too short"),
    ):
        with pytest.raises(Refusal, match=sentence):
            publishing.erase(spellings, by=publisher)
    with pytest.raises(Refusal, match="for publishers"):
        publishing.erase("Los Angeles", by=writer)


@pytest.mark.parametrize(
    ("typed", "words"), [("José “Pepe” Martínez", "Jose 'Pepe' Martinez"), ("Ajqʼab Tum", "Ajq'ab Tum"), ("Ajq’ab Tum", "Ajqʼab Tum")]
)
def test_quotation_marks_and_apostrophes_are_no_difference(typed, words):
    assert Name(typed).stands_in(words)
    assert Name(typed).stands_in(typed)


@pytest.mark.django_db
def test_the_rest_of_a_text_stays_as_it_was(publisher):
    link = '<a href="https://example.org/f/mar%C3%ADa-l%C3%B3pez">her page</a>'
    release = make_release(
        headline="María López " + "’n’ " * 69 + "on Friday",
        summary="María López & family: “hers” <ana@example.org>, it’s so.",
        body=f'<p>{link} and <a href="https://example.org/a">another</a>, 5 &lt; 6.</p>',
    )
    publishing.erase("Maria Lopez", by=publisher)
    release.refresh_from_db()
    day = text_removed("en")
    assert release.summary == f"{day} & family: “hers” <ana@example.org>, it’s so."
    assert release.body == prose.sanitised('<p>her page and <a href="https://example.org/a">another</a>, 5 &lt; 6.</p>')
    assert release.headline == "[…] " + "’n’ " * 69 + "on Friday"


@pytest.mark.django_db
def test_what_no_person_wrote_is_left_as_it_is(publisher, client):
    release = make_release(kind="service_notice", summary="The service notice of 2015-03-04.")
    publishing.write_change(release, by=publisher, printed=release.printed() | {"headline": "service notice 2015-03-04"}, tags=[])
    publishing.publish_change(release, by=publisher, kind="typo", at=timezone.now() + timedelta(hours=1))
    publishing.erase("service notice\n2015-03-04", by=publisher)
    copy = WorkingCopy.objects.get()
    assert (copy.contents["date"], copy.contents["kind"]) == ("2015-03-04", "service_notice")
    WorkingCopy.objects.update(public_at=timezone.now())
    assert client.get("/").status_code == 200
    assert not WorkingCopy.objects.exists()


@pytest.mark.django_db
def test_a_form_opened_before_does_not_write_the_name_back(publisher, desk):
    release = make_release()
    publishing.write_change(release, by=publisher, printed=release.printed() | {"summary": f"{NAME} is free."}, tags=[])
    opened = release.opened_as
    publishing.erase(NAME, by=publisher)
    refused = desk.post(f"/admin/releases/release/{release.pk}/change/", form_of(release, summary=f"{NAME} is free!") | {"opened": opened})
    assert "Someone saved this release" in refused.content.decode()
    assert rows_with_traces() == []


@pytest.mark.django_db
def test_a_word_that_stands_everywhere_is_no_name(publisher):
    for _number in range(51):
        make_release()
    with pytest.raises(Refusal, match="Ask a manager"):
        publishing.erase("families", by=publisher)
    publishing.erase("families", by=make_user("manager", "", is_superuser=True))


@pytest.mark.django_db
def test_everything_can_still_be_put_back_after_names_were_removed(publisher):
    for slug in ("maria-lopez-freed", "freed-maria-lopez"):
        release = make_release(slug=slug, headline="María López freed")
        publishing.change_address(release, by=publisher, slug=f"{slug}-again")
    make_release(topics=(make_topic("María López"), make_topic("Maria Lopez case", "Caso")))
    moment = timezone.now()
    publishing.erase("María López", by=publisher)
    Release.objects.filter(headline__contains="text removed").first().save()
    publishing.restore_everything(moment)
    assert not [row for row in Release.objects.values_list("headline", "slug") if "lopez" in str(row).lower()]
    assert not FormerAddress.objects.exists()


@pytest.mark.django_db
def test_a_session_that_holds_the_name_ends(publisher):
    make_release(headline=f"About {NAME}")
    client = Client()
    client.force_login(publisher)
    session = client.session
    session["typed"] = NAME
    session.save()
    publishing.erase(NAME, by=publisher)
    assert client.get("/admin/").status_code == 302


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_no_byte_of_the_name_is_left_in_the_database_or_the_uploads():
    publisher = make_user(is_superuser=True)
    fill(publisher)
    for number in range(50):  # enough to be moved about, deleted and overwritten in the file
        make_draft(headline=f"{NAME} {number}", body=f"<p>{NAME} {'word ' * 300}</p>").delete()
    places, scrubbed = publishing.erase(f"{NAME}\nÑáñez, Quetzalina", by=publisher)
    assert (len(places) > 100, scrubbed) == (True, True)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("CHECKPOINT")
            cursor.execute("SELECT current_setting('data_directory'), oid FROM pg_database WHERE datname = current_database()")
            folder, oid = cursor.fetchone()
            files = list(Path(folder, "base", str(oid)).iterdir())
        else:
            file = Path(connection.settings_dict["NAME"])
            files = list(file.parent.glob(f"{file.name}*"))
    files += [path for path in Path(settings.DATA_DIR, "uploads").rglob("*") if path.is_file()]
    assert sum(file.stat().st_size for file in files) > 100_000
    raw = b"".join(file.read_bytes() for file in files).lower()
    spelled = [NAME, *TRACES, "\\u00f1\\u00e1\\u00f1ez", "ÑÁÑEZ"]
    assert [trace for trace in spelled if trace.lower().encode() in raw or base64.b64encode(trace.encode()).lower() in raw] == []


@pytest.mark.django_db
def test_backups_are_spoken_of_with_their_last_day(desk):
    make_release(headline=f"About {NAME}")
    Newsroom(days_backups_are_kept=45).save()
    url = "/admin/releases/release/remove-a-name/"
    looked = desk.post(url, {"names": NAME, "_look": "x"})
    assert "Found in" in looked.content.decode()
    assert 'name="_remove"' in looked.content.decode()
    unseen = desk.post(url, {"names": NAME, "looked_for": "Another Name", "_remove": "x"})
    assert "Found in" in unseen.content.decode()
    assert Release.objects.filter(headline__contains=NAME).exists()
    page = desk.post(url, {"names": NAME, "looked_for": unseen.context["form"]["looked_for"].value(), "_remove": "x"}).content.decode()
    day = timezone.localdate() + timedelta(days=45)
    assert f"until {day:%b}" in page.replace(".", "") or f"{day.day}, {day.year}" in page
    assert NAME not in page
    assert not Release.objects.filter(headline__contains=NAME).exists()
