"""The News desk while the newsroom is locked, and the pages that lock and unlock it."""

import uuid

import pytest
from django.test import Client
from django.utils import timezone

from releases import locked_desk
from releases.actions.newsroom_lock import lock_newsroom, unlock_newsroom
from releases.actions.preview_links import create_preview_link
from releases.models import (
    Boilerplate,
    MediaContact,
    NewsroomSettings,
    Release,
    StaffSession,
    Topic,
    User,
    WordListEntry,
)
from releases.text.choices import Status
from tests.admin import (
    AUTOSAVE_URL,
    LOCK_URL,
    RELEASE_ADD_URL,
    RELEASE_LIST_URL,
    SETTINGS_URL,
    UNLOCK_URL,
    admin_url,
    form_data,
)
from tests.admin.role_table import OTHER_ADMIN_URLS
from tests.factories import (
    CANARY,
    PASSWORD,
    make_contact,
    make_coverage,
    make_document,
    make_draft,
    make_invited_user,
    make_organization,
    make_photo,
    make_release,
    make_scheduled,
    make_template,
    make_topic,
    make_user,
)
from tests.views import parse_approval_form, read_preview

pytestmark = pytest.mark.django_db

LOCKED = "The newsroom is locked"


def sign_in_with_password(client, user):
    return client.post("/admin/login/", {"username": user.username, "password": PASSWORD, "next": "/admin/"})


# --- Locking ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("choice", "status"), [("wait", Status.DRAFT), ("keep", Status.PUBLISHED)])
def test_one_press_locks_the_newsroom_and_signs_everyone_out(manager, manager_client, choice, status):
    scheduled, other = make_scheduled(), Client()
    other.force_login(make_user("walter", "Writers"))
    response = manager_client.post(LOCK_URL, {"schedule": choice})
    assert "Everyone is signed out, you too." in response.content.decode()
    assert f"/admin/login/?next={UNLOCK_URL}" in response.content.decode()
    assert (NewsroomSettings.find_lock().locked_by, StaffSession.objects.count()) == (manager, 0)
    scheduled.refresh_from_db()
    assert scheduled.status == status
    for client in (manager_client, other):
        assert client.get("/admin/")["Location"].startswith("/admin/login/")


def test_locking_needs_no_javascript_and_offers_to_wait_first(manager_client):
    page = manager_client.get(LOCK_URL).content.decode()
    assert page.index("Return scheduled releases to draft") < page.index(
        "Publish scheduled releases as planned"
    )
    assert 'value="wait"' in page
    assert page.count("checked") == 1
    assert manager_client.post(LOCK_URL, {"schedule": "x"}).status_code == 200
    assert NewsroomSettings.find_lock() is None


@pytest.mark.parametrize("role", ["Writers", "Publishers"])
@pytest.mark.parametrize("url", [LOCK_URL, UNLOCK_URL])
def test_only_managers_open_the_pages(client, role, url):
    make_draft(headline=CANARY)
    client.force_login(make_user("walter", role))
    for response in (client.get(url), client.post(url, {"schedule": "wait"})):
        assert response.status_code == 403
        assert CANARY not in response.content.decode()
    assert NewsroomSettings.find_lock() is None
    assert "Lock the newsroom" not in client.get("/admin/").content.decode()
    assert LOCK_URL not in client.get("/admin/help/emergency/").content.decode()


def test_dashboard_and_emergency_guide_lead_managers_to_the_page(manager_client):
    for url in ("/admin/", "/admin/help/emergency/"):
        assert f'href="{LOCK_URL}"' in manager_client.get(url).content.decode()
    assert "/admin/help/emergency/" in manager_client.get(LOCK_URL).content.decode()


# --- Signing in ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("role", "allowed"), [("Writers", False), ("Publishers", False), ("", True)])
def test_only_managers_can_sign_in_while_locked(client, locked_client, role, allowed):
    user = make_user("ana", role, is_superuser=allowed)
    response = sign_in_with_password(client, user)
    assert (response.status_code == 302) is allowed
    if not allowed:
        assert "The newsroom is locked. A manager can unlock it." in response.content.decode()
    wrong = Client().post("/admin/login/", {"username": user.username, "password": "wrong"})
    assert LOCKED not in wrong.content.decode()
    assert LOCKED not in Client().get("/admin/login/").content.decode()


def test_everyone_can_sign_in_again_after_unlocking(client, locked_client):
    assert locked_client.post(UNLOCK_URL).status_code == 302
    assert sign_in_with_password(client, make_user("walter", "Writers")).status_code == 302


# --- Changes ------------------------------------------------------------------------------------------------


def make_objects() -> dict[str, int | str]:
    """Create a row of each model of the admin, and return what the URLs of the role table need."""
    document = make_document()
    return {
        "topic": make_topic().pk,
        "merge": 1,
        "photo": make_photo().pk,
        "mediacontact": make_contact().pk,
        "word": WordListEntry.objects.create(type="name", term="McCarthy").pk,
        "organization": make_organization().pk,
        "boilerplate": Boilerplate.objects.first().pk,
        "template": make_template().pk,
        "coverage": make_coverage().pk,
        "paper": document.pk,
        "document": document.name,
        "release": make_draft().pk,
        "name": "x",
        "user": make_user("walter", "Writers").pk,
        "invited": make_invited_user().pk,
    }


# Everything else in the role table is refused. The catalog of scripts accepts no POST at all.
ALLOWED_NAMES = {name for name in OTHER_ADMIN_URLS if name.startswith("account")} | {
    "end_session",
    "password_change",
    "sign_out_everywhere",
    "unlock_newsroom",
    "releases_user_change",
    "releases_user_reset_password",
    "releases_user_reset_second_factor",
    "releases_user_close",
    "jsi18n",
}


@pytest.mark.parametrize("name", sorted(set(OTHER_ADMIN_URLS) - ALLOWED_NAMES))
def test_every_post_of_the_desk_is_refused_and_shows_the_typed_text(locked_client, name):
    url = OTHER_ADMIN_URLS[name][0].format(**make_objects())
    response = locked_client.post(url, {"name": "What I wrote"})
    assert response.status_code == 403
    if name == "releases_release_autosave":
        assert response.json()["error"].startswith(LOCKED)
    else:
        assert "What I wrote" in response.content.decode()
        assert f"{LOCKED}, so this was not saved." in response.content.decode()


def test_release_form_autosave_and_notes_are_refused(locked_client):
    draft = make_draft(summary="Before.")
    pages = [
        (admin_url(draft, "change"), form_data(draft, summary="Typed text.")),
        (RELEASE_ADD_URL, form_data(draft, summary="Typed text.")),
        (admin_url(draft, "add-note"), {"text": "Typed text."}),
    ]
    for url, data in pages:
        response = locked_client.post(url, data)
        assert response.status_code == 403
        assert "Typed text." in response.content.decode()
    draft.refresh_from_db()
    assert (draft.summary, Release.objects.count(), draft.notes.count()) == ("Before.", 1, 0)
    data = form_data(draft) | {"release": draft.pk, "sequence": 1, "client_id": uuid.uuid4()}
    response = locked_client.post(AUTOSAVE_URL, data)
    assert (response.status_code, list(response.json())) == (403, ["error"])
    assert locked_client.get(admin_url(draft, "ping")).json()["csrf_token"]


def test_form_of_someone_whose_session_ended_shows_the_typed_text(manager, client):
    client.force_login(make_user("walter", "Writers"))
    draft = make_draft()
    lock_newsroom(manager, keeps_schedule=False)
    response = client.post(admin_url(draft, "change"), form_data(draft, summary="Typed text."))
    assert response.status_code == 403
    assert "Typed text." in response.content.decode()


def test_managers_can_use_their_account_and_close_others_while_locked(locked_client, manager):
    colleague = make_user("walter", "Writers")
    locked_client.post("/admin/language/", {"language": "es", "next": "/admin/"})
    manager.refresh_from_db()
    assert manager.language == "es"
    data = {"username": "walter", "role": "publisher"}
    assert locked_client.post(f"/admin/releases/user/{colleague.pk}/change/", data).status_code == 302
    page = locked_client.post(f"/admin/releases/user/{colleague.pk}/password/").content.decode()
    assert 'class="one-time-password"' in page
    assert locked_client.post(f"/admin/releases/user/{colleague.pk}/has-left/").status_code == 302
    colleague = User.objects.get(pk=colleague.pk)
    assert (colleague.role, colleague.is_active) == ("publisher", False)
    passwords = {
        "old_password": PASSWORD,
        "new_password1": "quite another one",
        "new_password2": "quite another one",
    }
    assert locked_client.post("/admin/password_change/", passwords).status_code == 302
    assert locked_client.post("/admin/logout/").status_code == 200


def test_preview_link_does_not_open_or_approve_after_the_lock(client, manager, publisher):
    draft = make_draft(headline=CANARY)
    link, secret = create_preview_link(draft, user=publisher, label="Ana", kind="approver", hours=2)
    client.post(f"/preview/{secret}/")
    address, fields = parse_approval_form(read_preview(client, link))
    lock_newsroom(manager, keeps_schedule=False)
    assert client.post(f"/preview/{secret}/").status_code == 404
    assert client.get(f"/preview/read/{link.reference}/").status_code == 404
    assert client.post(address, fields | {"text": "Yes"}).status_code == 403
    assert draft.notes.count() == 0


def test_public_pages_stay_the_same(client, manager):
    release = make_release(slug="a-ruling")
    urls = ["/", "/2015/03/a-ruling/", "/feed/", "/es/", "/search/?q=ruling"]
    before = {url: client.get(url).content for url in urls}
    lock_newsroom(manager, keeps_schedule=False)
    assert {url: client.get(url).content for url in urls} == before
    assert release.is_public()


# --- Pages while locked -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url", ["/admin/", RELEASE_LIST_URL, RELEASE_ADD_URL, f"{SETTINGS_URL}1/change/", "/admin/help/"]
)
def test_every_desk_page_says_that_the_newsroom_is_locked(locked_client, manager, url):
    page = locked_client.get(url).content.decode()
    assert "The newsroom is locked (by María Paz, on " in page
    assert f'href="{UNLOCK_URL}"' in page
    assert f'href="{LOCK_URL}"' not in page
    assert "locked_at" not in page
    unlock_newsroom(manager)
    assert "The newsroom is locked" not in locked_client.get(url).content.decode()


def test_page_that_locks_leads_to_unlocking_while_locked(locked_client):
    assert locked_client.get(LOCK_URL)["Location"] == UNLOCK_URL
    assert locked_client.post(LOCK_URL, {"schedule": "wait"}).status_code == 403


@pytest.mark.parametrize("page", ["change", "delete", "topic", "contact"])
def test_change_that_arrived_before_the_lock_is_refused(client, manager, monkeypatch, page):
    """The lock is committed between the check of the request and the save."""
    draft = make_draft(headline="Before")
    client.force_login(manager)
    monkeypatch.setattr(locked_desk, "is_refused", lambda _request: False)
    NewsroomSettings.current()
    NewsroomSettings.objects.update(locked_at=timezone.now())
    url, data = {
        "change": (admin_url(draft, "change"), form_data(draft, headline="After the lock")),
        "delete": (admin_url(draft, "delete"), {"post": "yes", "text": "After the lock"}),
        "topic": ("/admin/releases/topic/add/", {"name": "After the lock", "name_es": "Después"}),
        "contact": (
            "/admin/releases/mediacontact/add/",
            {"name": "After the lock"},
        ),
    }[page]
    response = client.post(url, data)
    assert response.status_code == 403
    assert "After the lock" in response.content.decode()
    assert Release.objects.get().headline == "Before"
    assert (Topic.objects.count(), MediaContact.objects.count()) == (0, 0)
