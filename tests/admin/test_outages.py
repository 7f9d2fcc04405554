"""The admin while the database can't be read or written: nothing typed is lost, and the page says so."""

import re
import uuid
from contextlib import contextmanager

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection
from django.test import Client
from django.utils import timezone

from releases.models import EditingSession, Note, PreviewLink, Release
from releases.text.choices import Status
from tests.admin import AUTOSAVE_URL, FORM_DEFAULTS, RELEASE_ADD_URL, RELEASE_LIST_URL, admin_url
from tests.factories import make_draft, make_release, make_topic
from tests.pictures import JPEG_BYTES
from tests.test_database import CASES, make_error
from tests.views import approve

pytestmark = pytest.mark.django_db

ERRORS = [case for case in CASES["errors"] if case[0] != "OSError"]
FULL, READ_ONLY, LOCKED, AWAY = (
    next(case for case in ERRORS if case[3] == words)
    for words in ("disk is full", "read-only", "Another task", "doesn't answer")
)
TYPED = "The words that I typed, every one of them."
WRITES = ("INSERT", "UPDATE", "DELETE")


@contextmanager
def failing_database(case, statements=WRITES):
    """Let all statements that begin with one of `statements` fail with the error of `case`."""

    def fail(execute, sql, *args):
        if sql.startswith(statements):
            raise make_error(*case[:3])
        return execute(sql, *args)

    with connection.execute_wrapper(fail):
        yield


@pytest.fixture
def ana(ana_client) -> Client:
    ana_client.raise_request_exception = False
    return ana_client


def new_release_data() -> dict[str, str]:
    return FORM_DEFAULTS | {"summary": TYPED, "client_id": str(uuid.uuid4()), "_save": "Save draft"}


def get_retry_data(page: str) -> list[tuple[str, str]]:
    return re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page)


@pytest.mark.parametrize("case", ERRORS)
def test_refused_save_shows_the_typed_text_and_can_be_repeated(ana, case):
    data = new_release_data()
    with failing_database(case):
        response = ana.post(RELEASE_ADD_URL, data)
    page = response.content.decode()
    assert response.status_code == 503
    assert response["Retry-After"]
    assert response["Cache-Control"] == "no-store"
    assert case[3].replace("'", "&#x27;") in page
    assert "Your text was not saved." in page
    assert page.count(TYPED) == 2  # to read, and to send again
    assert not Release.objects.exists()
    retry = dict(get_retry_data(page))
    assert retry.keys() - {"csrfmiddlewaretoken"} == data.keys()
    assert ana.post(RELEASE_ADD_URL, data).status_code == 302
    assert Release.objects.get().summary == TYPED


@pytest.mark.parametrize(
    "page_name", ["publish", "request-review", "add-note", "pin", "photos", "change-slug"]
)
def test_refused_action_changes_nothing_and_keeps_the_note(ana, page_name):
    draft = make_draft()
    with failing_database(READ_ONLY):
        response = ana.post(
            admin_url(draft, page_name),
            {"edit_token": draft.edit_token, "text": TYPED, "slug": "another-slug", "confirm": "on"},
        )
    if response.status_code == 503:
        assert TYPED in response.content.decode()
    else:  # refused before anything was written
        assert response.status_code in (200, 302)
    draft.refresh_from_db()
    assert draft.status == Status.DRAFT
    assert not Note.objects.exists()


def test_press_of_a_button_without_text_says_that_nothing_was_changed(ana):
    with failing_database(LOCKED):
        response = ana.post("/admin/language/", {"language": "es", "next": "/admin/"})
    assert response.status_code == 503
    assert "Nothing was changed." in response.content.decode()


@pytest.mark.parametrize("case", ERRORS)
def test_forms_and_lists_open_while_nothing_can_be_written(ana, case):
    release, topic = make_release(topics=(make_topic(),)), make_topic("Courts", "Tribunales")
    urls = ["/admin/", RELEASE_LIST_URL, RELEASE_ADD_URL, admin_url(release, "change"), "/admin/login/"]
    urls += [admin_url(release, "history"), admin_url(release, "photos"), admin_url(release, "ping")]
    urls += [f"/admin/releases/topic/{topic.pk}/change/", "/admin/help/", "/admin/releases/photo/"]
    with failing_database(case):
        assert {url: ana.get(url).status_code for url in urls} == {
            url: 302 if url == "/admin/login/" else 200 for url in urls
        }
    assert not EditingSession.objects.exists()
    ana.get(admin_url(release, "change"))
    assert EditingSession.objects.exists()


def test_other_editors_are_named_while_nothing_can_be_written(ana, ben_client):
    draft = make_draft()
    ben_client.get(admin_url(draft, "change"))
    with failing_database(READ_ONLY):
        messages = ana.get(admin_url(draft, "ping")).json()["messages"]
    assert messages == ["Ben Ruiz also has this release open."]


@pytest.mark.parametrize("case", ERRORS)
def test_autosave_that_cannot_be_written_says_so_and_not_that_the_user_is_signed_out(ana, case):
    data = new_release_data() | {"sequence": "1", "release": ""}
    with failing_database(case):
        response = ana.post(AUTOSAVE_URL, data, headers={"accept": "application/json"})
    assert response.status_code == 503
    assert response.json() == {"error": "The newsroom cannot save right now. Trying again…"}
    assert "message" in ana.post(AUTOSAVE_URL, data, headers={"accept": "application/json"}).json()


@pytest.mark.parametrize("statements", [("SELECT",), ("SELECT", *WRITES)])
def test_unreadable_database_answers_with_the_typed_text(ana, statements):
    with failing_database(AWAY, statements):
        response = ana.post(RELEASE_ADD_URL, new_release_data())
        assert response.status_code == 503
        assert TYPED in response.content.decode()
        response = ana.get("/admin/", headers={"accept-language": "es"})
        assert response.status_code == 503
        assert "No se perdió nada." in response.content.decode()
        assert "no responde" in response.content.decode()


@pytest.mark.parametrize(
    ("language", "expected"), [("en", "Your password is not the problem"), ("es", "no es su contraseña")]
)
@pytest.mark.parametrize("case", [FULL, READ_ONLY, LOCKED])
def test_sign_in_that_cannot_be_saved_says_so(client, publisher, case, language, expected):
    publisher.set_password("correct horse battery")
    publisher.save()
    client.raise_request_exception = False
    data = {"username": publisher.username, "password": "correct horse battery"}
    with failing_database(case):
        response = client.post("/admin/login/", data, headers={"accept-language": language})
    page = response.content.decode()
    assert response.status_code == 503
    assert expected in page
    assert data["password"] not in page
    assert client.post("/admin/login/?next=/admin/", data).status_code == 302


def test_message_that_cannot_be_stored_does_not_undo_a_completed_save(ana):
    data = new_release_data()

    def fail_for_sessions(execute, sql, *args):
        if sql.startswith(WRITES) and "releases_staffsession" in sql:
            raise make_error(*LOCKED[:3])
        return execute(sql, *args)

    with connection.execute_wrapper(fail_for_sessions):
        response = ana.post(RELEASE_ADD_URL, data)
    assert response.status_code == 302
    assert Release.objects.get().summary == TYPED
    ana.post(RELEASE_ADD_URL, new_release_data())
    with connection.execute_wrapper(fail_for_sessions):
        response = ana.get("/admin/")
    assert response.status_code == 200


def test_refused_upload_asks_for_the_files_again(ana):
    draft = make_draft()
    form = {f"{kind}-{name}_FORMS": 0 for kind in ("photo", "document") for name in ("TOTAL", "INITIAL")} | {
        "edit_token": draft.edit_token,
        "pictures": SimpleUploadedFile("a.jpg", JPEG_BYTES),
    }
    with failing_database(FULL):
        response = ana.post(admin_url(draft, "photos"), form)
    assert response.status_code == 503
    assert "choose them again" in response.content.decode()


@pytest.mark.parametrize("code", ["ENOSPC", "EDQUOT", "EROFS", "EIO"])
def test_upload_that_cannot_be_stored_says_so(ana, monkeypatch, code):
    def fail(*_args):
        raise make_error("OSError", code, "The disk")

    monkeypatch.setattr("django.core.files.storage.FileSystemStorage._save", fail)
    draft = make_draft()
    form = {f"{kind}-{name}_FORMS": 0 for kind in ("photo", "document") for name in ("TOTAL", "INITIAL")} | {
        "edit_token": draft.edit_token,
        "pictures": SimpleUploadedFile("a.jpg", JPEG_BYTES),
    }
    response = ana.post(admin_url(draft, "photos"), form)
    assert response.status_code == 503
    assert "choose them again" in response.content.decode()


def test_password_is_never_on_the_error_page(ana):
    data = {"old_password": "correct horse old", "new_password1": "a new battery staple"}
    data["new_password2"] = data["new_password1"]
    ana_user = Release.history.model._meta.get_field("history_user").related_model.objects.get(username="ana")
    ana_user.set_password(data["old_password"])
    ana_user.save()
    ana.force_login(ana_user)
    with failing_database(LOCKED):
        response = ana.post("/admin/password_change/", data)
    page = response.content.decode()
    assert response.status_code == 503
    assert not any(password in page for password in data.values())
    assert "Go back: what you typed is still there." in page


def test_private_link_works_while_nothing_can_be_written(client, publisher):
    from releases.actions.preview_links import create_preview_link

    link, secret = create_preview_link(make_draft(), user=publisher, label="Rosa", kind="approver", hours=1)
    client.raise_request_exception = False
    with failing_database(READ_ONLY):
        page = client.post(f"/preview/{secret}/", follow=True)
        assert page.status_code == 200
        response = approve(client, link, TYPED)
    assert response.status_code == 503
    assert "csrftoken" not in response.cookies
    assert TYPED in response.content.decode()
    assert PreviewLink.objects.get().opened_at is None


def test_fault_of_the_code_is_still_a_500(ana, monkeypatch):
    def fail(*_args, **_kwargs):
        raise ValueError

    monkeypatch.setattr("releases.admin_site.get_dashboard_context", fail)
    assert ana.get("/admin/").status_code == 500
    monkeypatch.setattr(timezone, "now", fail)
    assert ana.get("/").status_code == 500


def test_conflict_with_someone_elses_save_keeps_the_typed_text(ana, monkeypatch):
    """For example, a topic is deleted while a release with it is saved."""

    def fail(*_args, **_kwargs):
        raise IntegrityError

    with monkeypatch.context() as conflict:
        conflict.setattr("releases.admin.releases.ReleaseAdmin.save_related", fail)
        response = ana.post(RELEASE_ADD_URL, new_release_data())
    page = response.content.decode()
    assert response.status_code == 409
    assert "Someone else changed the same thing at the same moment." in page
    assert page.count(TYPED) == 2
    assert not Release.objects.exists()


def test_fault_of_the_code_shows_the_typed_text_too(ana, monkeypatch):
    def fail(*_args, **_kwargs):
        raise ValueError

    monkeypatch.setattr("releases.admin.releases.ReleaseAdmin.save_related", fail)
    response = ana.post(RELEASE_ADD_URL, new_release_data() | {"password": "correct horse"})
    assert response.status_code == 500
    assert TYPED in response.content.decode()
    assert "correct horse" not in response.content.decode()
