"""The page that unlocks the newsroom: what changed, and what to schedule again."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from releases.actions.newsroom_lock import lock_newsroom, unlock_newsroom
from releases.actions.pins import pin
from releases.actions.preview_links import create_preview_link
from releases.actions.publication import publish
from releases.actions.revisions import discard_revision, publish_revision
from releases.admin import recent_changes
from releases.models import (
    NewsroomSettings,
    Release,
    User,
)
from tests.actions import write_revision
from tests.admin import LOCK_URL, SETTINGS_URL, UNLOCK_URL, admin_url
from tests.factories import (
    make_alert,
    make_draft,
    make_release,
    make_scheduled,
    make_user,
)

pytestmark = pytest.mark.django_db


def get_changes(client) -> dict[str, str]:
    """Return the listed changes: who and what by subject, the newest of each."""
    changes = client.get(UNLOCK_URL).context["changes"]
    return {change.subject: f"{change.label} · {change.user}" for change in reversed(changes)}


def test_alerts_are_among_the_changes(locked_client, publisher):
    now = timezone.now()
    by = {"created_by": publisher, "ended_by": publisher}
    make_alert(text="A false alarm.", created_at=now, ended_at=now + timedelta(seconds=9), **by)
    make_alert(text="An old one.", created_at=now - timedelta(days=3))
    changes = locked_client.get(UNLOCK_URL).context["changes"]
    assert [(change.label, change.user, change.subject) for change in changes[:2]] == [
        (label, "petra", "A false alarm.") for label in ("Alert ended early", "Alert published")
    ]
    assert "An old one." not in [change.subject for change in changes]


def test_unlocking_lists_what_to_schedule_again(locked_client, manager, publisher):
    unlock_newsroom(manager)
    release = make_release(headline="A ruling")
    scheduled = make_draft(headline="Tomorrow’s news")
    at = timezone.now() + timedelta(days=1)
    publish(scheduled, user=publisher, at=at, is_embargoed=True)
    write_revision(release, publisher, summary="New.")
    publish_revision(release, user=publisher, kind="typo", at=at + timedelta(days=1))
    publish(make_draft(), user=publisher)
    lock_newsroom(manager, keeps_schedule=False)
    locked_client.force_login(manager)
    listed = locked_client.get(UNLOCK_URL).context["unscheduled"]
    assert [(item.release, item.was_at, item.url.partition("?")[0]) for item in listed] == [
        (scheduled, at, admin_url(scheduled, "publish")),
        (release, at + timedelta(days=1), admin_url(release, "publish-revision")),
    ]
    response = locked_client.post(UNLOCK_URL, follow=True)
    assert NewsroomSettings.find_lock() is None
    for _time in range(2):  # the page can be opened again
        page = locked_client.get(response.redirect_chain[0][0]).content.decode()
        assert "Everyone can sign in again" in page
        assert "Embargoed" in page
    initial = [locked_client.get(item.url).context["form"].initial for item in listed]
    assert [(form["when"], form["at"], form["is_embargoed"]) for form in initial] == [
        ("later", at, True),
        ("later", at + timedelta(days=1), False),
    ]
    assert locked_client.post(UNLOCK_URL)["Location"] == "/admin/"


def test_unlocking_lists_the_changes_of_the_last_day(client, manager, publisher):
    client.force_login(publisher)
    release, draft, old = (make_release(headline=name) for name in ("A ruling", "A statement", "Old"))
    Release.history.filter(id=old.pk).update(history_date=timezone.now() - timedelta(days=2))
    draft = make_draft(headline="A draft")
    publish(draft, user=publisher)
    write_revision(release, publisher, summary="New.")
    discard_revision(release, user=publisher)
    pin(Release.objects.get(headline="A statement"), user=publisher, until=timezone.localdate())
    create_preview_link(make_draft(headline="For Ana"), user=publisher, label="Ana", kind="reporter", hours=2)
    client.post("/admin/releases/topic/add/", {"name": "DACA", "name_es": "DACA"})
    client.force_login(manager)
    account = {"first_name": "Intruder", "email": "intruder@example.org", "role": "writer"}
    client.post("/admin/releases/user/add/", account)
    client.post(f"{SETTINGS_URL}1/change/", {"undo_window": "x"})
    make_user("from-the-server", "Writers")
    User.objects.filter(username__in=["petra", "maria"]).update(
        date_joined=timezone.now() - timedelta(days=3)
    )
    lock_newsroom(manager, keeps_schedule=False)
    client.force_login(manager)
    assert get_changes(client) == {
        "A ruling": "Change discarded · petra",
        "A draft": "Published · petra",
        "A statement": "Pinned · petra",
        "For Ana": "Preview link created for Ana · petra",
        "DACA": "Topic: Added. · petra",
        "intruder": "Staff account: Added. (now open, role: Writer) · María Paz",
        "from-the-server": "Account created · the system",
    }


def test_list_of_changes_is_limited_and_says_so(locked_client, monkeypatch):
    monkeypatch.setattr(recent_changes, "MAX_CHANGES", 3)
    for _number in range(5):
        make_release()
    response = locked_client.get(UNLOCK_URL)
    assert len(response.context["changes"]) == 3
    assert "These are the newest 3 changes." in response.content.decode()


def test_deleted_release_and_closed_account_are_listed(client, manager):
    client.force_login(manager)
    draft, colleague = make_draft(headline="Gone"), make_user("walter", "Writers")
    client.post(admin_url(draft, "delete"), {"post": "yes"})
    client.post(f"/admin/releases/user/{colleague.pk}/has-left/")
    lock_newsroom(manager, keeps_schedule=False)
    client.force_login(manager)
    changes = get_changes(client)
    assert changes["Gone"] == "Deleted · María Paz"
    assert "Closed the account. (now closed, role: Writer)" in changes["walter"]


def test_pages_are_in_spanish_for_spanish_speaking_managers(manager):
    manager.language = "es"
    manager.save()
    make_scheduled()
    client = Client()
    client.force_login(manager)
    assert "Devolver a borrador los comunicados programados" in client.get(LOCK_URL).content.decode()
    assert "Se cerraron todas las sesiones" in client.post(LOCK_URL, {"schedule": "wait"}).content.decode()
    client.force_login(manager)
    assert "Se canceló su programación por el bloqueo" in client.get(UNLOCK_URL).content.decode()
    assert "La sala de prensa está desbloqueada" in client.post(UNLOCK_URL, follow=True).content.decode()
