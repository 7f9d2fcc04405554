"""Adding colleagues, their invitation links, and the page about someone who has left."""

import re
import uuid
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.utils import timezone

from releases.actions.accounts import close_account, find_invitation, renew_invitation
from releases.actions.newsroom_lock import lock_newsroom
from releases.actions.reviews import request_review
from releases.models import (
    AuthenticatorApp,
    Autosave,
    Invitation,
    Passkey,
    PreviewLink,
    RecoveryCode,
    StaffSession,
    User,
)
from tests.admin import RELEASE_ADD_URL
from tests.factories import (
    PASSWORD,
    make_draft,
    make_invited_user,
    make_release,
    make_scheduled,
    make_user,
)
from tests.views import make_link

pytestmark = pytest.mark.django_db

LIST_URL = "/admin/releases/user/"
ADD_URL = f"{LIST_URL}add/"


def account_data(**changes):
    fields = {"first_name": "Rosa", "last_name": "Melgar", "email": "rosa@example.org", "role": "writer"}
    return fields | {"language": ""} | changes


def user_url(user, page: str) -> str:
    return f"{LIST_URL}{user.pk}/{page}/"


def read_secret(response) -> str:
    return re.search(r'value="http[^"]*/admin/invitation/([^"/]+)/"', response.content.decode())[1]


def read_summary(page: str) -> dict[str, str]:
    return dict(re.findall(r"(?s)<dt>\s*(.*?)\s*</dt>\s*<dd>\s*(.*?)\s*</dd>", page))


# --- Adding a colleague -------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["writer", "publisher", "manager"])
def test_colleague_is_added_with_a_link_that_is_shown_once(manager_client, settings, role):
    assert "Add a colleague" in manager_client.get(LIST_URL).content.decode()
    response = manager_client.post(ADD_URL, account_data(role=role))
    page, secret = response.content.decode(), read_secret(response)
    rosa = find_invitation(secret).user
    assert (rosa.username, rosa.role, rosa.has_usable_password()) == ("rosa.melgar", role, False)
    assert "no-store" in response["Cache-Control"]
    url = f"{settings.SITE_URL}/admin/invitation/{secret}/"
    assert page.count(f'id="invitation-link" type="text" readonly value="{url}"') == 1
    assert "It can be used once, until" in page
    assert "<strong>rosa.melgar</strong>" in page
    assert secret not in manager_client.get(user_url(rosa, "change")).content.decode()
    assert secret not in str([*LogEntry.objects.values(), *Invitation.objects.values()])
    assert Client().get(url).status_code == 200


@pytest.mark.parametrize(
    ("language", "expected"), [("", "Hello Rosa,"), ("en", "Hello Rosa,"), ("es", "Hola, Rosa:")]
)
def test_message_to_send_is_in_the_language_of_the_colleague(manager_client, language, expected):
    response = manager_client.post(ADD_URL, account_data(language=language))
    text = unescape(re.search(r"<textarea[^>]*>(.*?)</textarea>", response.content.decode(), re.DOTALL)[1])
    assert text.startswith(expected)
    assert f"/admin/invitation/{read_secret(response)}/" in text
    assert "rosa.melgar" in text
    assert "María Paz" in text


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"first_name": ""}, "This field is required"),
        ({"email": ""}, "This field is required"),
        ({"email": "rosa"}, "valid email address"),
        ({"role": ""}, "This field is required"),
        ({"role": "owner"}, "Select a valid choice"),
        ({"email": "MARIA@example.org"}, "María Paz (user name: maria) already has an account"),
        ({"first_name": "李", "last_name": "Melgar王", "email": "!@example.org"}, ""),
        ({"first_name": "李", "last_name": "", "email": "!@example.org"}, "Write it in Latin letters"),
    ],
)
def test_impossible_account_is_refused_with_what_was_typed(manager_client, manager, changes, error):
    User.objects.filter(pk=manager.pk).update(email="maria@example.org")
    page = manager_client.post(ADD_URL, account_data(**changes)).content.decode()
    if not error:
        assert User.objects.filter(username="melgar").exists()
        return
    assert error in unescape(page)
    assert f'value="{changes.get("email", "rosa@example.org")}"' in page or not changes.get("email", "x")
    assert User.objects.count() == 1


def test_pressing_twice_adds_one_account(manager_client):
    assert "invitation" in manager_client.post(ADD_URL, account_data()).content.decode()
    page = manager_client.post(ADD_URL, account_data()).content.decode()
    assert "Rosa Melgar (user name: rosa.melgar) already has an account" in page
    assert (User.objects.count(), Invitation.objects.count()) == (2, 1)


def test_fields_that_the_form_does_not_show_are_ignored(manager_client):
    manager_client.post(
        ADD_URL, account_data(username="x", password=PASSWORD, is_superuser="on", is_active="")
    )
    rosa = User.objects.get(email="rosa@example.org")
    assert (rosa.username, rosa.is_superuser, rosa.is_active) == ("rosa.melgar", False, True)


# --- The page of a colleague --------------------------------------------------------------------------------


def test_page_of_a_colleague_begins_with_a_summary(manager_client, writer):
    writer.first_name, writer.last_name = "Wilma", "Paz"
    writer.last_login = datetime(2020, 5, 1, 19, tzinfo=UTC)
    writer.save()
    url = user_url(writer, "change")
    page = manager_client.get(url).content.decode()
    assert re.search("<h1>(.*?)</h1>", page)[1] == "Wilma Paz"
    assert read_summary(page) | {"Account created": ""} == {
        "User name": writer.username,
        "Role": "Writer",
        "Status": "Open",
        "Two-step verification": "Off",
        "Last seen": "May 1, 2020, noon Los Angeles time",
        "Signed in": "Nowhere",
        "Account created": "",
    }
    for number in range(2):
        draft = make_draft(author=writer, headline=f"Draft {number}")
    request_review(draft, user=writer, text="Read it.")
    Client().force_login(writer)
    StaffSession.objects.filter(user=writer).update(last_used_at=datetime(2026, 5, 1, 20, tzinfo=UTC))
    User.objects.filter(pk=writer.pk).update(last_login=datetime(2026, 5, 1, 19, tzinfo=UTC))
    Passkey.objects.create(user=writer, name="Phone", credential_id="AA")
    AuthenticatorApp.objects.create(user=writer)
    RecoveryCode.objects.create(user=writer, digest="x")
    summary = read_summary(manager_client.get(url).content.decode())
    assert summary["Two-step verification"] == "Authenticator app, 1 passkey, 1 recovery code"
    assert summary["Last seen"].startswith("May 1, 2026, 1 p.m.")
    assert summary["Signed in"] == "In 1 browser"
    assert "Draft 0" in summary["Drafts"]
    assert "Draft 1" in summary["Drafts"]
    assert "Draft 1" in summary["Awaiting review"]


def test_list_of_accounts_shows_who_they_are_and_when_they_were_last_seen(manager_client, writer, manager):
    StaffSession.objects.all().delete()
    manager_client.force_login(manager)
    page = manager_client.get(LIST_URL).content.decode()
    assert re.search("<h1>(.*?)</h1>", page)[1] == "People"
    headers = re.findall(r"column-([a-z_]+)", page)
    assert headers == ["full_name", "username", "role_name", "state", "two_step", "last_seen"]
    url = re.escape(user_url(writer, "change"))
    row = re.search(f'(?s)field-full_name"><a href="{url}">.*?</tr>', page)[0]
    assert row.count(writer.username) == 2  # the name, because there is no other, and the user name
    assert 'data-label="Last seen" class="field-last_seen">Never<' in row
    assert 'data-label="Two-step verification" class="field-two_step">Off<' in row
    assert len(re.findall(r'class="field-last_seen">[A-Z][a-z]+[. ] ?[0-9]', page)) == 1  # of the manager


# --- Invitation links ---------------------------------------------------------------------------------------


def test_status_and_buttons_of_an_account_follow_its_life(manager_client, manager):
    rosa = make_invited_user()

    def read_state() -> tuple[str, list[str]]:
        page = manager_client.get(user_url(rosa, "change")).content.decode()
        row = read_summary(page)["Status"]
        listed = manager_client.get(f"{LIST_URL}?q=rosa.melgar").content.decode()
        assert f'class="field-state">{row}<' in listed
        buttons = ["Reset password…", "New invitation link…", "Invite again…", "Has left…", "Work in hand"]
        return row, [label for label in buttons if f">{label}<" in page]

    assert read_state() == ("Invitation expired", ["New invitation link…", "Has left…"])
    renew_invitation(rosa, user=manager)
    state, buttons = read_state()
    assert state.startswith("Invited (link valid until ")
    assert buttons == ["New invitation link…", "Has left…"]
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert read_state()[0] == "Invitation expired"
    rosa.set_own_password(PASSWORD)
    rosa.save()
    assert read_state() == ("Open", ["Reset password…", "Has left…"])
    close_account(rosa, user=manager)
    assert read_state() == ("Left", ["Invite again…", "Work in hand"])


def test_own_account_has_no_button_to_close_it(manager_client, manager):
    page = manager_client.get(user_url(manager, "change")).content.decode()
    assert "/has-left/" not in page
    assert "Reset password…" in page
    assert manager_client.get(user_url(manager, "has-left"))["Location"] == user_url(manager, "change")


@pytest.mark.parametrize(
    ("state", "names"), [("open", {"maria", "open"}), ("invited", {"invited"}), ("left", {"closed"})]
)
def test_list_is_filtered_by_status(manager_client, state, names):
    make_user("open")
    make_user("closed", is_active=False)
    make_invited_user("invited")
    response = manager_client.get(f"{LIST_URL}?state={state}")
    assert {user.username for user in response.context["cl"].result_list} == names


def test_new_link_replaces_the_earlier_one(manager_client, manager):
    rosa = make_invited_user()
    first = renew_invitation(rosa, user=manager)
    assert manager_client.get(user_url(rosa, "invite")).status_code == 200
    assert find_invitation(first).is_valid()
    second = read_secret(manager_client.post(user_url(rosa, "invite")))
    assert [find_invitation(secret).is_valid() for secret in (first, second)] == [False, True]


def test_account_with_a_password_gets_no_link(manager_client, writer):
    for response in (
        manager_client.get(user_url(writer, "invite")),
        manager_client.post(user_url(writer, "invite"), {"reopen": "1"}),
    ):
        assert response["Location"] == user_url(writer, "change")
    assert User.objects.get(pk=writer.pk).check_password(PASSWORD)
    assert not Invitation.objects.exists()


def test_closed_account_is_invited_again_only_on_purpose(manager_client, manager):
    rosa = make_invited_user()
    manager_client.get(user_url(rosa, "invite"))
    close_account(rosa, user=manager)
    manager_client.post(user_url(rosa, "invite"))  # the form of an open account
    assert not User.objects.get(pk=rosa.pk).is_active
    assert 'name="reopen"' in manager_client.get(user_url(rosa, "invite")).content.decode()
    response = manager_client.post(user_url(rosa, "invite"), {"reopen": "1"})
    assert User.objects.get(pk=rosa.pk).is_active
    assert find_invitation(read_secret(response)).is_valid()
    history = manager_client.get(user_url(rosa, "history")).content.decode()
    assert "Opened the account again, with a new invitation link." in history


def test_nobody_is_invited_while_the_newsroom_is_locked(manager, locked_client):
    rosa = make_invited_user()
    assert "Add a colleague" not in locked_client.get(LIST_URL).content.decode()
    assert locked_client.get(ADD_URL).status_code == 403
    assert locked_client.post(ADD_URL, account_data()).status_code == 403
    assert locked_client.post(user_url(rosa, "invite")).status_code == 403
    assert (User.objects.count(), Invitation.objects.count()) == (2, 0)


@pytest.mark.parametrize("page", ["invite", "has-left"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_missing_account_leads_to_the_list(manager_client, page, method):
    assert getattr(manager_client, method)(f"{LIST_URL}999/{page}/")["Location"] == LIST_URL


# --- Someone has left ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("is_locked", [False, True])
def test_one_press_closes_the_account_and_ends_everything(manager_client, manager, is_locked):
    petra = make_user("petra", "", is_superuser=True, first_name="Petra", last_name="Paz")
    draft, scheduled = make_draft(author=petra, headline="A draft"), make_scheduled(changed_by=petra)
    colleague = make_invited_user("colleague", first_name="Carla", last_name="Sol")
    secret = renew_invitation(colleague, user=petra)
    make_link(draft, petra)
    if is_locked:
        lock_newsroom(manager, keeps_schedule=True)
        PreviewLink.objects.update(revoked_at=None)
        manager_client.force_login(manager)
    Client().force_login(petra)
    url = user_url(petra, "has-left")
    page = manager_client.get(url).content.decode()
    assert "Petra Paz has left" in page
    assert "Preview links that stop working" in page
    assert f"/admin/releases/release/{draft.pk}/preview-links/" in page
    assert "Carla Sol" in page
    assert User.objects.get(pk=petra.pk).is_active  # until the button is pressed
    assert manager_client.post(url)["Location"] == url
    petra = User.objects.get(pk=petra.pk)
    assert (petra.is_active, petra.has_usable_password()) == (False, False)
    assert not StaffSession.objects.filter(user=petra).exists()
    assert not PreviewLink.objects.filter(revoked_at=None).exists()
    assert not find_invitation(secret).is_valid()
    page = manager_client.get(url).content.decode()
    assert "The account of Petra Paz is closed." in page
    assert f"/admin/releases/release/{draft.pk}/preview-links/" in page
    assert "These colleagues need a new invitation link" in page
    for link in (
        f"{LIST_URL}{colleague.pk}/change/",
        f"/admin/releases/release/{draft.pk}/change/",
        f"/admin/releases/release/{scheduled.pk}/change/",
    ):
        assert f'href="{link}"' in page
    assert "Close the account" not in page
    manager_client.post(url)  # pressed again
    assert LogEntry.objects.filter(change_message="Closed the account.").count() == 1
    assert "Closed the account." in manager_client.get(user_url(petra, "history")).content.decode()


def test_own_account_is_not_closed(manager_client, manager):
    make_user("marta", "", is_superuser=True)
    response = manager_client.post(user_url(manager, "has-left"), follow=True)
    assert "Ask another manager." in response.content.decode()
    assert User.objects.get(pk=manager.pk).is_active


def test_unsaved_texts_can_be_continued(manager_client, writer):
    release = make_release()
    Autosave.objects.create(user=writer, release=release, data={"headline": "Changed"})
    text = Autosave.objects.create(user=writer, data={"headline": "Brand new"})
    url = user_url(writer, "has-left")
    assert "Continue this unsaved text" not in manager_client.get(url).content.decode()
    assert manager_client.post(url, {"text": text.client_id})["Location"] == url
    text.refresh_from_db()
    assert text.user == writer  # the account is open
    manager_client.post(url)
    page = manager_client.get(url).content.decode()
    assert f'href="/admin/releases/release/{release.pk}/claim-autosave/"' in page
    assert page.count("Continue this unsaved text") == 1
    for wrong in ("x", uuid.uuid4()):
        assert manager_client.post(url, {"text": wrong})["Location"] == url
    add_url = manager_client.post(url, {"text": text.client_id})["Location"]
    assert add_url == f"{RELEASE_ADD_URL}?unsaved={text.client_id}"
    assert "Brand new" in manager_client.get(add_url).content.decode()
    assert "Brand new" not in manager_client.get(url).content.decode()


def test_texts_are_not_continued_while_the_newsroom_is_locked(locked_client, manager, writer):
    text = Autosave.objects.create(user=writer, data={"headline": "Brand new"})
    close_account(writer, user=manager)
    locked_client.post(user_url(writer, "has-left"), {"text": text.client_id})
    text.refresh_from_db()
    assert text.user == writer
