"""The live preview: what it shows of a half-typed release, to whom, and who may frame it."""

import json
import uuid

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from releases.actions.autosaves import autosave
from releases.actions.revisions import save_revision
from releases.models import Autosave, Release
from tests.admin import NEXT_YEAR, RELEASE_LIST_URL, admin_url, post_autosave
from tests.factories import (
    CANARY,
    attachment_data,
    make_contact,
    make_document,
    make_draft,
    make_organization,
    make_photo,
    make_release,
    make_scheduled,
    make_topic,
    make_user,
    photo_entry,
)

pytestmark = pytest.mark.django_db

URL = f"{RELEASE_LIST_URL}live-preview/"
LOOKS = ["page", "item", "shared", "anything"]


def get_live_preview(client, release=None, **query):
    return client.get(URL, ({"release": release.pk} if release else {}) | query)


def read_live_preview(client, release=None, **query) -> str:
    response = get_live_preview(client, release, **query)
    assert response.status_code == 200
    return response.content.decode()


def type_into(user, release=None, client_id=None, **fields) -> None:
    """Store an autosave as a form would send it, without its checks."""
    data = {"tags": [], "contacts": [], "signers": []} | fields
    identity = {"release": release} if release else {"client_id": client_id}
    Autosave.objects.update_or_create(**identity, defaults={"user": user, "data": data})


# --- What it shows ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("look", LOOKS)
def test_autosaved_text_appears_as_readers_will_see_it(publisher_client, look):
    draft = make_draft(headline="A ruling", summary="As it was.")
    post_autosave(publisher_client, draft, headline="A great ruling", summary="Families stay.")
    page = read_live_preview(publisher_client, draft, look=look)
    for text in ("A great ruling", "Families stay.", "CARECEN"):
        assert text in page
    for text in ("As it was.", "as readers will see it", "preview-bar", "<script"):
        assert text not in page
    assert '<base target="_blank">' in page


def test_topics_contacts_signers_event_and_files_are_included(publisher_client, publisher):
    draft, photo, document = make_draft(), make_photo(), make_document()
    type_into(
        publisher,
        draft,
        headline="A march",
        kind="media_advisory",
        date="2026-05-01",
        dateline="Los Angeles",
        body="<p>Come.</p><script>x</script>",
        tags=[str(make_topic("DACA").pk)],
        contacts=[str(make_contact(name="Ana Ruiz").pk)],
        signers=[str(make_organization("CHIRLA").pk)],
        event_at=f"{NEXT_YEAR}-05-01T10:00",
        event_place="City Hall",
        photos=json.dumps([photo_entry(photo, caption="Families march.", focus=[50, 20], is_lead=True)]),
        attachments=json.dumps([attachment_data(document, "Fact sheet")]),
    )
    page = read_live_preview(publisher_client, draft)
    for text in (
        "Media advisory",
        "(May 1, 2026, Los Angeles) –",
        "<p>Come.</p>",
        "DACA",
        "CHIRLA",
        f"May 1, {NEXT_YEAR}, 10 a.m. PT",
        "City Hall",
        "Families march.",
        f"/admin/releases/photo/files/{photo.name}/",
        "Fact sheet",
    ):
        assert text in page
    assert "<script" not in page


def test_contacts_of_a_new_release_are_shown(publisher_client, publisher):
    client_id = uuid.uuid4()
    type_into(
        publisher, client_id=client_id, headline="A march", contacts=[str(make_contact(name="Ana Ruiz").pk)]
    )
    assert "Ana Ruiz" in read_live_preview(publisher_client, client_id=client_id)


@pytest.mark.parametrize("look", LOOKS)
def test_new_release_appears_in_its_language_once_it_is_autosaved(publisher_client, look):
    client_id = uuid.uuid4()
    assert "a few seconds after you begin to write" in read_live_preview(
        publisher_client, client_id=client_id, look=look
    )
    post_autosave(
        publisher_client, client_id=client_id, headline="Un fallo", dateline="Los Angeles", language="es"
    )
    response = get_live_preview(publisher_client, client_id=client_id, look=look)
    assert response["Content-Language"] == "es"
    for text in ('<html lang="es">', "Un fallo", "Los Ángeles"):
        assert text in response.content.decode()


def test_text_without_an_autosave_is_the_pending_revision_or_the_saved_text(publisher_client, publisher):
    release = make_release(headline="A ruling", summary="First.")
    assert "A ruling" in read_live_preview(publisher_client, release)
    content = release.content() | {"headline": "Another ruling"}
    save_revision(release, user=publisher, content=content, topic_ids=[make_topic("TPS").pk])
    page = read_live_preview(publisher_client, release)
    assert "Another ruling" in page
    assert "TPS" in page


def test_typed_fields_replace_those_of_the_pending_revision(publisher_client, publisher):
    release = make_release(headline="A ruling", summary="First.")
    content = release.content() | {"headline": "Another ruling", "summary": "Second."}
    save_revision(release, user=publisher, content=content, topic_ids=[make_topic("TPS").pk])
    type_into(publisher, release, headline="A third ruling", tags=[str(make_topic("DACA").pk)], language="es")
    page = read_live_preview(publisher_client, release)
    for text in ("A third ruling", "Second.", "DACA", '<html lang="en">'):
        assert text in page
    for text in ("Another ruling", "First.", "TPS"):
        assert text not in page


@pytest.mark.parametrize(("language", "sentence"), [("en", "No headline yet"), ("es", "Sin titular todavía")])
@pytest.mark.parametrize("look", LOOKS)
def test_missing_headline_is_named_in_the_language_of_the_release(publisher_client, language, sentence, look):
    draft = make_draft(headline="", language=language)
    assert sentence in read_live_preview(publisher_client, draft, look=look)


def test_share_image_is_that_of_the_typed_headline(publisher_client, publisher):
    draft = make_draft(headline="A ruling")
    before = get_live_preview(publisher_client, draft, look="card").content
    type_into(publisher, draft, headline="Another ruling")
    page = read_live_preview(publisher_client, draft, look="shared")
    assert f'<img src="?release={draft.pk}&amp;look=card"' in page
    after = get_live_preview(publisher_client, draft, look="card")
    assert after["Content-Type"] == "image/png"
    assert after.content != before


NONSENSE = [
    "",
    " ",
    "x",
    "0",
    "-1",
    "9" * 400,
    "null",
    "[]",
    "{}",
    "[1]",
    "[" * 9000,
    "\ud7ff\x01<b>",
    "2026-13-45",
]
LINES = ("headline", "kind", "language", "slug", "date", "valid_until", "event_at", "event_until", "body")
HALF_TYPED = [
    *(
        dict.fromkeys((*LINES, "photos", "attachments"), value)
        | {name: [value, value] for name in ("tags", "contacts", "signers")}
        for value in NONSENSE
    ),
    {"tags": "1", "contacts": 1, "signers": None, "photos": 1, "headline": None, "body": ["x"]},
    {"date": "0001-01-01", "valid_until": "9999-12-31", "event_at": "9999-12-31T23:59"},
    {"date": "9999-12-31", "valid_until": "0001-01-01", "contacts": ["1"]},
    {"event_at": "0001-01-01T00:00", "event_until": "0001-01-01T00:00", "event_place": "x"},
    {"event_at": "2026-03-08T02:30", "event_until": "2026-11-01T01:30"},
    {"event_at": "2026-05-02T10:00", "event_until": "2026-05-01T10:00"},
    {"headline": "x" * 100_000, "summary": "y" * 100_000, "dateline": "z" * 1000, "event_place": "w" * 1000},
    {"body": "<p>" * 300_000},
    {"body": "<blockquote><p>— <p>[photo 99999999999]<table><td>"},
    {"body": "<p>[photo 999]</p><p>[photo 1]</p>", "photos": '[{"photo": 999}]'},
    {"photos": '[{"photo": true}, {"photo": 1.5}, {"photo": "1", "alt": [], "focus": "x"}, {"photo": 1}]'},
    {"photos": '[{"photo": 1, "caption": null, "focus": [1, "x"]}, {}, {"photo": "x"}]'},
    {"photos": '[{"photo": 1, "focus": [NaN, 1e999]}]'},
    {"attachments": '[{"document": 1, "title": null, "language": "xx"}, {"document": 1, "language": []}, 3]'},
]


@pytest.mark.parametrize("fields", HALF_TYPED, ids=[str(number) for number in range(len(HALF_TYPED))])
def test_half_typed_fields_never_break_the_page(publisher_client, publisher, fields):
    photo, document = make_photo(pk=1), make_document(pk=1)
    draft = make_draft(photos=[photo_entry(photo)], attachments=[attachment_data(document)])
    for identity in ({"release": draft}, {"client_id": uuid.uuid4()}):
        type_into(publisher, **identity, **fields)
        for look in ("page", "item", "shared", "card"):
            assert get_live_preview(publisher_client, **identity, look=look).status_code == 200


def test_typed_lines_are_cleaned_and_cut_as_when_they_are_saved(publisher_client, publisher):
    draft = make_draft()
    type_into(publisher, draft, headline="A\x07  ruling " + "x" * 400, dateline="Los Ángeles")
    page = read_live_preview(publisher_client, draft)
    assert "A ruling x" in page
    assert "x" * 301 not in page
    assert "Los Angeles)" in page


def test_photos_that_cannot_be_read_stay_as_they_were(publisher_client, publisher):
    draft = make_draft(photos=[photo_entry(make_photo(), caption="Families march.")])
    for photos, is_shown in (('[{"photo', True), ('{"photo": 1}', True), ("[]", False)):
        type_into(publisher, draft, photos=photos)
        assert ("Families march." in read_live_preview(publisher_client, draft)) is is_shown


# --- What it doesn't do -------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [make_draft, make_scheduled, make_release])
def test_nothing_is_saved(publisher_client, publisher, make):
    release, client_id = make(), uuid.uuid4()
    type_into(publisher, release, headline="Typed", language="es", tags=[str(make_topic().pk)])
    type_into(publisher, client_id=client_id, headline="Typed")
    publisher_client.get("/admin/")  # the first page of a session writes to it
    rows = list(Release.objects.values()), list(Release.history.values()), list(Autosave.objects.values())
    for look in ("page", "item", "shared", "card"):
        for query in ({"release": release}, {"client_id": client_id}):
            with CaptureQueriesContext(
                connection,
            ) as queries:
                get_live_preview(publisher_client, **query, look=look)
            assert [sql for query in queries if not (sql := query["sql"]).startswith("SELECT")] == []
    assert rows == (
        list(Release.objects.values()),
        list(Release.history.values()),
        list(Autosave.objects.values()),
    )


def test_autosave_of_someone_else_is_never_shown(publisher_client):
    other, client_id = make_user("other"), uuid.uuid4()
    draft = make_draft(headline="A ruling")
    type_into(other, draft, headline=CANARY)
    type_into(other, client_id=client_id, headline=CANARY)
    page = read_live_preview(publisher_client, draft)
    assert "A ruling" in page
    assert CANARY not in page
    assert CANARY not in read_live_preview(publisher_client, client_id=client_id)


def test_client_id_of_a_saved_release_shows_nothing_of_it(publisher_client, publisher):
    draft = make_draft(headline=CANARY)
    saved = autosave(user=publisher, data={"headline": CANARY}, sequence=1, release=draft)
    assert CANARY not in read_live_preview(publisher_client, client_id=saved.client_id)


@pytest.mark.parametrize("look", [*LOOKS, "card"])
def test_hidden_release_needs_permission(look):
    draft = make_draft(headline=CANARY)
    client, client_id, user = Client(), uuid.uuid4(), make_user("nobody", "")
    type_into(user, client_id=client_id, headline=CANARY)
    for query in ({"release": draft.pk}, {"client_id": client_id}):
        response = client.get(URL, query | {"look": look})
        assert response["Location"].startswith("/admin/login/")
    client.force_login(user)
    for query in ({"release": draft.pk}, {"client_id": client_id}):
        response = client.get(URL, query | {"look": look})
        assert response.status_code == 403
        assert CANARY not in response.content.decode()


@pytest.mark.parametrize("pk", ["999999", "x", "-1", "0", "9" * 30, "1 OR 1=1"])
def test_release_that_does_not_exist_is_404(publisher_client, pk):
    make_draft(headline=CANARY)
    assert publisher_client.get(URL, {"release": pk}).status_code == 404


@pytest.mark.parametrize("client_id", ["", "x", "0", "0b9f7c0e-1f0e-4c0e-9b0e-000000000000"])
def test_unknown_form_shows_the_empty_page(publisher_client, client_id):
    assert "begin to write" in read_live_preview(publisher_client, client_id=client_id)


def test_live_preview_is_never_cached_and_does_not_count_as_activity(publisher_client):
    response = get_live_preview(publisher_client, make_draft())
    assert "no-store" in response["Cache-Control"]
    assert response.wsgi_request.is_background is True


# --- Framing ------------------------------------------------------------------------------------------------


def get_framing_policy(response) -> tuple[str, str]:
    directives = dict(
        directive.strip().partition(" ")[::2] for directive in response["Content-Security-Policy"].split(";")
    )
    return directives["frame-ancestors"], response["X-Frame-Options"]


FRAMEABLE, FORBIDDEN = ("'self'", "SAMEORIGIN"), ("'none'", "DENY")


@pytest.mark.parametrize("look", [*LOOKS, "card"])
def test_pages_of_the_desk_may_frame_the_live_preview(publisher_client, publisher, look):
    client_id = uuid.uuid4()
    for _time in range(2):  # the second policy comes from the cache
        for query in ({"release": make_draft().pk}, {"client_id": client_id}):
            assert get_framing_policy(publisher_client.get(URL, query | {"look": look})) == FRAMEABLE
        type_into(publisher, client_id=client_id, headline="Typed")


VISITOR_PAGES = ["/", "/2015/03/a-ruling/", "/nowhere/", "/admin/login/", f"{URL}?release={{draft}}"]
STAFF_PAGES = [
    "/admin/",
    "/admin/account/",
    f"{RELEASE_LIST_URL}add/",
    f"{RELEASE_LIST_URL}{{draft}}/change/",
    f"{RELEASE_LIST_URL}{{draft}}/preview/",
    f"{RELEASE_LIST_URL}{{draft}}/preview/?look=shared",
    f"{RELEASE_LIST_URL}{{draft}}/preview-links/",
    f"{RELEASE_LIST_URL}{{draft}}/publish/",
    f"{RELEASE_LIST_URL}{{draft}}/history/",
    f"{RELEASE_LIST_URL}print.css",
    f"{URL}?release=999999",
]


@pytest.mark.parametrize(
    ("url", "is_staff"),
    [*((url, False) for url in VISITOR_PAGES), *((url, True) for url in STAFF_PAGES)],
)
def test_no_other_page_may_be_framed(publisher_client, release, url, is_staff):
    draft, client = make_draft(), publisher_client if is_staff else Client()
    get_live_preview(publisher_client, draft)  # its policy must not be cached for others
    response = client.get(url.format(draft=draft.pk))
    assert get_framing_policy(response) == FORBIDDEN


def test_only_the_desk_shows_frames(publisher_client, release):
    form = publisher_client.get(admin_url(release, "change"))
    assert "frame-src 'self'" in form["Content-Security-Policy"]
    for url in (release.get_absolute_url(), "/"):
        assert "frame-src" not in publisher_client.get(url)["Content-Security-Policy"]


@pytest.mark.parametrize(("group", "is_offered"), [("Publishers", True), ("Writers", False)])
def test_form_offers_the_live_preview_to_those_who_may_change_the_text(client, group, is_offered):
    client.force_login(make_user("rosa", group))
    page = client.get(admin_url(make_scheduled(), "change")).content.decode()
    for element in ('aria-controls="live-preview"', '<dialog id="live-preview"'):
        assert (element in page) is is_offered
