"""The dashboard: its parts for each role, the first steps, and the number of queries."""

import json
import re

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from releases import dashboard
from releases.actions.reviews import request_review, return_for_changes, write_note
from releases.actions.revisions import publish_revision
from releases.dashboard import needs
from releases.models import (
    AuthenticatorApp,
    Autosave,
    Boilerplate,
    NewsroomSettings,
    User,
)
from tests.admin import RELEASE_LIST_URL, sign_in
from tests.admin.dashboards import NO_ALT, days_from_now, get_page, get_sections, save_change
from tests.factories import (
    EVENT_FIELDS,
    make_contact,
    make_draft,
    make_release,
    make_scheduled,
    make_user,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_system_checks(monkeypatch):
    monkeypatch.setattr(dashboard, "find_problems", lambda: None)


# --- First steps --------------------------------------------------------------------------------------------

STEPS = {
    "phone": "Enter the phone number for legal help",
    "boilerplate": "Write the text about CARECEN in English and Spanish",
    "contact": "Show a media contact on the press page",
    "colleagues": "Invite your colleagues",
    "two-step": "Turn on your two-step verification",
    "backup": "Have a backup made",
}


def take_step(name: str, user: User, data_dir) -> None:
    if name == "phone":
        NewsroomSettings(legal_help_phone="213-555-0100").save()
    elif name == "boilerplate":
        for language in ("en", "es"):
            Boilerplate.objects.create(language=language, effective_from="2000-01-01", text="About us")
    elif name == "contact":
        make_contact(show_on_press_page=True)
    elif name == "colleagues":
        make_user("walter", "Writers")
    elif name == "two-step":
        AuthenticatorApp.objects.create(user=user, encrypted_secret="x")
    else:
        backup = {"finished_at": timezone.now().isoformat()}
        (data_dir / "last_backup.json").write_text(json.dumps(backup))


@pytest.fixture
def data_dir(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    return tmp_path


@pytest.mark.parametrize("name", STEPS)
def test_first_step_is_a_link_until_it_is_done(client, manager, data_dir, name):
    Boilerplate.objects.all().delete()
    client.force_login(manager)
    assert re.search(f'<a class="step-label" href="[^"]+">{STEPS[name]}</a>', get_page(client))
    take_step(name, manager, data_dir)
    section = get_sections(get_page(client))["first-steps"]
    assert f"{STEPS[name]}<span" in section
    assert section.count("step-label") == len(STEPS)


def test_first_steps_disappear_when_all_are_done(client, manager, data_dir):
    for name in STEPS:
        if name != "boilerplate":  # a migration has written one
            take_step(name, manager, data_dir)
    client.force_login(manager)
    assert "first-steps" not in get_page(client)
    (data_dir / "last_backup.json").write_text("damaged")
    assert "first-steps" not in get_page(client)


@pytest.mark.parametrize(
    ("role", "names"),
    [("manager", set(STEPS)), ("Publishers", {"boilerplate", "contact", "two-step"}), ("Writers", set())],
)
def test_first_steps_are_those_that_someone_can_take(client, role, names):
    sign_in(client, role)
    section = get_sections(get_page(client)).get("first-steps", "")
    assert {name for name, label in STEPS.items() if label in section} == names


# --- The page -----------------------------------------------------------------------------------------------


def test_empty_dashboard_says_what_to_do_first(writer_client):
    page = get_page(writer_client)
    assert list(get_sections(page)) == ["begin"]
    assert "Write the first one, or paste one that you have." in page
    client = Client()
    client.force_login(make_user("maria", "", is_superuser=True))
    assert list(get_sections(get_page(client)))[:2] == ["needs-you", "begin"]
    make_release()
    page = get_page(writer_client)
    assert list(get_sections(page)) == ["published"]
    assert "Nothing needs you right now." in page


def test_account_without_a_role_is_told_whom_to_ask(client):
    client.force_login(make_user(group=""))
    page = get_page(client)
    assert "Ask a manager to give it one." in page
    assert "Sign out everywhere" not in page


@pytest.mark.parametrize(
    ("role", "emergencies"),
    [("Writers", []), ("Publishers", ["remove-a-name"]), ("manager", ["remove-a-name", "lock"])],
)
def test_start_row_and_emergencies_depend_on_the_role(client, role, emergencies):
    sign_in(client, role)
    page = get_page(client)
    row = page[page.index('class="start-row"') : page.index('class="dashboard-columns"')]
    assert [url for url in ("add/", "quick/", "paste/") if f'href="{RELEASE_LIST_URL}{url}"' in row] == [
        "add/",
        "quick/",
        "paste/",
    ]
    assert "?template=" in row
    end = get_sections(page).get("emergency", "")
    assert [name for name in ("remove-a-name", "lock") if f"/{name}/" in end] == emergencies
    assert "Remove a name" not in row


def test_number_of_queries_does_not_grow_with_the_rows(client, manager, publisher, writer):
    cache.clear()
    client.force_login(manager)
    counts = []
    for _round in range(2):
        for _number in range(needs.MAX_LINES + 1):
            public = make_release(public_at=days_from_now(-1), photos=NO_ALT)
            save_change(public, writer)
            request_review(public, user=writer, text="Please read.")
            request_review(draft := make_draft(author=writer, photos=NO_ALT), user=manager)
            return_for_changes(draft, user=publisher, text="No.")
            write_note(make_draft(author=manager), user=writer, text="A note.")
            save_change(scheduled := make_release(), writer)
            publish_revision(scheduled, user=publisher, kind="typo", at=days_from_now(1))
            make_scheduled(**EVENT_FIELDS)
            Autosave.objects.create(user=writer, data={}, release=public)
        get_page(client)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            get_page(client)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 45
