"""Accounts of staff: user names, invitations, and what ends when someone leaves."""

import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from releases.actions.accounts import (
    accept_invitation,
    claim_new_text,
    close_account,
    find_invitation,
    get_work_in_hand,
    invite,
    make_username,
    renew_invitation,
)
from releases.actions.errors import ActionNotAllowed
from releases.actions.newsroom_lock import lock_newsroom
from releases.actions.reviews import request_review
from releases.models import Autosave, Invitation, PendingRevision, PreviewLink, Release, StaffSession, User
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

NEW_PASSWORD = "seven green umbrellas"


@pytest.fixture
def manager():
    return make_user("maria", "", is_superuser=True)


def make_account(**changes) -> User:
    fields = {"first_name": "Rosa", "last_name": "Melgar", "email": "rosa@example.org"}
    return User(**fields | changes)


def accept(secret: str, password: str = NEW_PASSWORD) -> User:
    return accept_invitation(find_invitation(secret), password=password, language="es")


# --- User names ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first_name", "last_name", "email", "expected"),
    [
        ("Ana", "Ruiz", "x@example.org", "ana.ruiz"),
        ("José María", "Núñez Ávila", "x@example.org", "jose.nunezavila"),
        (" Ana ", "de la Cruz", "x@example.org", "ana.delacruz"),
        ("Ana-Lucía", "O’Neil", "x@example.org", "analucia.oneil"),
        ("Ana", "", "x@example.org", "ana"),
        ("", "Ruiz", "x@example.org", "ruiz"),
        ("李", "Wang", "x@example.org", "wang"),
        ("Ана", "Петрова", "Ana.P+news@example.org", "ana.p"),
        ("李", "王", "li_wang-2@example.org", "li_wang-2"),
        ("Straße", "Łęcki", "x@example.org", "strasse.lecki"),
        ("A" * 150, "B" * 150, "x@example.org", "a" * 60),
    ],
)
def test_user_name_is_made_from_the_name_or_the_address(first_name, last_name, email, expected):
    assert make_username(first_name, last_name, email) == expected


@pytest.mark.parametrize(
    ("taken", "expected"),
    [
        ([], "ana.ruiz"),
        (["ana.ruizlopez"], "ana.ruiz"),
        (["Ana.RUIZ"], "ana.ruiz2"),
        (["ana.ruiz", "ana.ruiz2", "ANA.ruiz3"], "ana.ruiz4"),
        (["ana.ruiz", "ana.ruiz3"], "ana.ruiz2"),
        (["ana.ruiz2"], "ana.ruiz"),
    ],
)
def test_user_name_differs_from_all_others_whatever_the_case(taken, expected):
    for username in taken:
        make_user(username, "")
    assert make_username("Ana", "Ruiz", "") == expected


@pytest.mark.parametrize("email", ["", "!#$@example.org", "+news@example.org"])
def test_account_without_any_latin_letter_is_refused(manager, email):
    with pytest.raises(ActionNotAllowed, match="Latin letters"):
        invite(make_account(first_name="李", last_name="王", email=email), user=manager, role="writer")
    assert User.objects.count() == 1


# --- Inviting -----------------------------------------------------------------------------------------------


def test_invited_account_has_no_password_and_a_link_of_24_hours(manager):
    secret = invite(make_account(), user=manager, role="publisher")
    rosa = User.objects.get(username="rosa.melgar")
    assert (rosa.role, rosa.is_staff, rosa.is_active) == ("publisher", True, True)
    assert not rosa.has_usable_password()
    invitation = find_invitation(secret)
    assert (invitation.user, invitation.created_by) == (rosa, manager)
    assert len(secret) >= 43  # 256 bits
    assert secret not in str(Invitation.objects.values().get())
    now = timezone.now()
    assert invitation.is_valid(now + timedelta(hours=23, minutes=59))
    assert not invitation.is_valid(now + timedelta(hours=24))
    assert find_invitation(f"{secret}x") is None


@pytest.mark.parametrize(
    ("fields", "is_refused"),
    [
        ({"email": "ROSA@example.org"}, True),
        ({"email": "rosa@example.org", "is_active": False}, False),
        ({"email": "other@example.org"}, False),
        ({"email": ""}, False),
    ],
)
def test_address_belongs_to_one_open_account(manager, fields, is_refused):
    make_user("earlier", **fields, first_name="Rosita")
    if not is_refused:
        assert invite(make_account(), user=manager, role="writer")
        return
    with pytest.raises(ActionNotAllowed, match=r"Rosita \(user name: earlier\) already has an account"):
        invite(make_account(), user=manager, role="writer")


@pytest.mark.parametrize("action", ["invite", "renew", "close"])
@pytest.mark.parametrize("role", ["Writers", "Publishers", "closed manager"])
def test_only_managers_manage_accounts(action, role, manager):
    user = make_user(
        "petra",
        "" if "manager" in role else role,
        is_superuser="manager" in role,
        is_active="closed" not in role,
    )
    rosa = make_invited_user()
    actions = {
        "invite": lambda: invite(make_account(), user=user, role="manager"),
        "renew": lambda: renew_invitation(rosa, user=user),
        "close": lambda: close_account(rosa, user=user),
    }
    with pytest.raises(ActionNotAllowed, match="Only managers"):
        actions[action]()
    rosa.refresh_from_db()
    assert (rosa.is_active, User.objects.count(), Invitation.objects.count()) == (True, 3, 0)


def test_new_link_revokes_the_earlier_ones(manager):
    rosa = make_invited_user()
    other = renew_invitation(make_invited_user("other"), user=manager)
    first, second = (renew_invitation(rosa, user=manager) for _time in range(2))
    assert [find_invitation(secret).is_valid() for secret in (first, second, other)] == [False, True, True]
    with pytest.raises(ActionNotAllowed, match="no longer valid"):
        accept(first)
    assert accept(second) == rosa


def test_account_with_a_password_gets_no_link(manager, writer):
    with pytest.raises(ActionNotAllowed, match="has a password already"):
        renew_invitation(writer, user=manager)
    writer.refresh_from_db()
    assert writer.check_password(PASSWORD)


# --- Accepting ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "expected"), [("", "es"), ("en", "en")])
def test_accepting_sets_the_password_and_a_missing_language(manager, language, expected):
    secret = renew_invitation(make_invited_user(language=language), user=manager)
    rosa = accept(secret)
    rosa.refresh_from_db()
    assert rosa.check_password(NEW_PASSWORD)
    assert (rosa.language, rosa.password_is_temporary) == (expected, False)
    assert find_invitation(secret).accepted_at is not None


def end_by_use(invitation, _manager):
    accept_invitation(invitation, password=PASSWORD, language="en")


def end_by_time(invitation, _manager):
    Invitation.objects.filter(pk=invitation.pk).update(expires_at=timezone.now())


def end_by_closing(invitation, manager):
    close_account(invitation.user, user=manager)


def end_by_closing_the_creator(invitation, manager):
    other = make_user("marta", "", is_superuser=True)
    close_account(manager, user=other)


def end_by_one_time_password(invitation, _manager):
    invitation.user.set_temporary_password(PASSWORD)
    invitation.user.save()


@pytest.mark.parametrize(
    "end",
    [end_by_use, end_by_time, end_by_closing, end_by_closing_the_creator, end_by_one_time_password],
)
def test_ended_link_sets_no_password(manager, end):
    secret = renew_invitation(make_invited_user(), user=manager)
    stale = find_invitation(secret)
    end(find_invitation(secret), manager)
    assert not find_invitation(secret).is_valid()
    with pytest.raises(ActionNotAllowed, match="no longer valid"):
        accept_invitation(stale, password=NEW_PASSWORD, language="en")
    assert not User.objects.get(username="rosa.melgar").check_password(NEW_PASSWORD)


def test_nobody_joins_while_the_newsroom_is_locked(manager):
    secret = renew_invitation(make_invited_user(), user=manager)
    lock_newsroom(manager, keeps_schedule=True)
    for attempt in (
        lambda: accept(secret),
        lambda: invite(make_account(), user=manager, role="writer"),
        lambda: renew_invitation(User.objects.get(username="rosa.melgar"), user=manager),
    ):
        with pytest.raises(ActionNotAllowed, match="locked"):
            attempt()
    assert find_invitation(secret).is_valid()


# --- Leaving ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("is_locked", [False, True])
def test_closing_an_account_ends_everything(manager, is_locked):
    petra, other = (make_user(name, "", is_superuser=True) for name in ("petra", "marta"))
    draft = make_draft()
    for user in (petra, other):
        Client().force_login(user)
        make_link(draft, user)
    invited, own = make_invited_user(), make_invited_user("own")
    secrets = {
        "by petra": renew_invitation(invited, user=petra),
        "by marta": renew_invitation(make_invited_user("else"), user=other),
        "own": renew_invitation(own, user=other),
    }
    if is_locked:
        lock_newsroom(manager, keeps_schedule=True)
        PreviewLink.objects.update(revoked_at=None)
        Client().force_login(petra)
        Client().force_login(other)
    assert close_account(petra, user=manager)
    assert close_account(own, user=manager)
    petra = User.objects.get(pk=petra.pk)
    assert (petra.is_active, petra.has_usable_password()) == (False, False)
    assert set(StaffSession.objects.values_list("user__username", flat=True)) == {"marta"}
    assert PreviewLink.objects.get(revoked_at=None).created_by == other
    assert {name: find_invitation(secret).is_valid() for name, secret in secrets.items()} == {
        "by petra": False,
        "by marta": True,
        "own": False,
    }
    assert not close_account(petra, user=manager)  # pressed again


def test_nobody_closes_their_own_account(manager):
    make_user("marta", "", is_superuser=True)
    with pytest.raises(ActionNotAllowed, match="Ask another manager"):
        close_account(manager, user=manager)
    assert User.objects.get(pk=manager.pk).is_active


def test_last_manager_stays(manager):
    """Two managers close each other's accounts: the second one is no longer a manager."""
    marta = make_user("marta", "", is_superuser=True)
    close_account(marta, user=manager)
    with pytest.raises(ActionNotAllowed, match="Only managers"):
        close_account(manager, user=marta)
    assert User.objects.get(pk=manager.pk).is_active


def test_account_is_opened_again_with_a_new_password(manager, writer):
    close_account(writer, user=manager)
    with pytest.raises(ActionNotAllowed, match="is closed"):
        renew_invitation(writer, user=manager)
    secret = renew_invitation(writer, user=manager, reopens=True)
    writer = User.objects.get(pk=writer.pk)
    assert (writer.is_active, writer.has_usable_password(), writer.role) == (True, False, "writer")
    assert accept(secret).check_password(NEW_PASSWORD)


def test_account_is_not_opened_if_another_has_its_address(manager, writer):
    User.objects.filter(pk=writer.pk).update(email="rosa@example.org", is_active=False)
    invite(make_account(), user=manager, role="writer")
    with pytest.raises(ActionNotAllowed, match="already has an account"):
        renew_invitation(writer, user=manager, reopens=True)
    writer.refresh_from_db()
    assert not writer.is_active


def test_account_that_was_closed_before_its_password_was_removed_loses_it(manager, writer):
    User.objects.filter(pk=writer.pk).update(is_active=False)
    renew_invitation(writer, user=manager, reopens=True)
    assert not User.objects.get(pk=writer.pk).check_password(PASSWORD)


# --- Work in hand -------------------------------------------------------------------------------------------


def test_work_in_hand_is_that_of_the_person(manager, publisher):
    begun, changed, other_draft = make_draft(author=publisher), make_draft(changed_by=publisher), make_draft()
    scheduled, other_scheduled = make_scheduled(changed_by=publisher), make_scheduled()
    public, other_public = make_release(changed_by=publisher), make_release()
    for release, user in ((public, publisher), (other_public, manager)):
        PendingRevision.objects.create(release=release, data=release.content(), changed_by=user)
    request_review(changed, user=publisher)
    request_review(other_draft, user=manager)
    mine = [
        Autosave.objects.create(user=publisher, release=begun, data={}),
        Autosave.objects.create(user=publisher, data={"headline": "New"}),
    ]
    Autosave.objects.create(user=manager, release=other_draft, data={})
    for release in (begun, other_draft):
        make_link(release, publisher)
        make_link(release, manager)
    PreviewLink.objects.filter(release=other_draft).update(expires_at=timezone.now())
    make_link(due := make_scheduled(), publisher)
    Release.objects.filter(pk=due.pk).update(public_at=timezone.now() - timedelta(hours=1))
    work = get_work_in_hand(publisher)
    assert set(work.drafts) == {begun, changed}
    assert work.scheduled == [scheduled] != [other_scheduled]
    assert [revision.release for revision in work.revisions] == [public]
    assert [note.release for note in work.reviews] == [changed]
    assert set(work.autosaves) == set(mine)
    assert (len(work.links), work.invited) == (1, [])


def test_invited_colleagues_are_named_until_they_have_a_new_link(manager):
    petra = make_user("petra", "", is_superuser=True)
    waiting, accepted, closed = (make_invited_user(name) for name in ("waiting", "accepted", "closed"))
    secrets = [renew_invitation(user, user=petra) for user in (waiting, accepted, closed)]
    accept(secrets[1])
    close_account(closed, user=manager)
    assert get_work_in_hand(petra).invited == [waiting]
    close_account(petra, user=manager)
    assert get_work_in_hand(petra).invited == [waiting]
    renew_invitation(waiting, user=manager)
    assert get_work_in_hand(petra).invited == []


def test_unsaved_text_of_a_new_release_is_continued_only_after_closing(manager, publisher):
    text = Autosave.objects.create(user=publisher, data={"headline": "New"}, sequence=7)
    with pytest.raises(ActionNotAllowed, match="no unsaved text"):
        claim_new_text(publisher, text.client_id, user=manager)
    close_account(publisher, user=manager)
    for client_id, user in ((uuid.uuid4(), manager), (text.client_id, make_user("nobody", ""))):
        with pytest.raises(ActionNotAllowed, match="no unsaved text"):
            claim_new_text(publisher, client_id, user=user)
    claim_new_text(publisher, text.client_id, user=manager)
    text.refresh_from_db()
    assert (text.user, text.sequence) == (manager, 0)
