"""Accounts in the admin: roles, one-time passwords, and who may change what."""

import re

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client

from releases.admin.forms import StaffForm
from releases.models import StaffSession, User
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db

LIST_URL = "/admin/releases/user/"


@pytest.fixture
def manager(db):
    return make_user("maria", "", is_superuser=True)


@pytest.fixture
def manager_client(client, manager):
    client.force_login(manager)
    return client


def account_data(user=None, **changes):
    fields = {"username": "rosa", "first_name": "Rosa", "last_name": "Melgar", "email": "", "language": "es"}
    if user:
        fields |= {"username": user.username, "role": user.role or ""}
    return {name: value for name, value in (fields | changes).items() if value is not None}


def post_account(client, user, **changes):
    return client.post(f"{LIST_URL}{user.pk}/change/", account_data(user, **changes))


def read_password(response) -> str:
    return re.search(r'class="one-time-password">([^<]+)<', response.content.decode())[1]


@pytest.mark.parametrize(
    ("language", "labels"),
    [("en", ["Writer", "Publisher", "Manager"]), ("es", ["Redactor/a", "Editor/a", "Administrador/a"])],
)
def test_roles_are_shown_in_the_language_of_the_admin(manager_client, manager, language, labels):
    User.objects.update(language=language)
    page = manager_client.get(f"{LIST_URL}{manager.pk}/change/").content.decode()
    assert re.findall(r'<option value="[a-z]+"[^>]*>([^<]+)</option>', page)[-3:] == labels


@pytest.mark.parametrize("role", ["writer", "publisher", "manager", ""])
def test_one_time_password_must_be_replaced(manager_client, client, role):
    rosa = make_user("rosa", "")
    rosa.set_role(role)
    rosa.save()
    page = manager_client.post(f"{LIST_URL}{rosa.pk}/password/")
    rosa.refresh_from_db()
    assert rosa.password_is_temporary
    assert "no-store" in page["Cache-Control"]
    password = read_password(page)
    assert rosa.check_password(password)
    assert password not in str([row.get_decoded() for row in StaffSession.objects.all()])
    manager_client.post("/admin/logout/")
    assert client.post("/admin/login/", {"username": "rosa", "password": password}).status_code == 302
    assert client.get("/admin/")["Location"] == "/admin/password_change/"


@pytest.mark.parametrize("username", ["", "maria", "MARIA", "a b", "x" * 151, "<script>"])
def test_impossible_user_name_is_refused_with_what_was_typed(manager_client, username):
    rosa = make_user("rosa", "Writers")
    page = post_account(manager_client, rosa, username=username)
    assert page.status_code == 200
    assert 'value="Melgar"' in page.content.decode()
    assert User.objects.get(pk=rosa.pk).username == "rosa"


@pytest.mark.parametrize(("email", "is_refused"), [("MARIA@example.org", True), ("rosa@example.org", False)])
def test_address_of_another_account_is_refused(manager_client, manager, email, is_refused):
    User.objects.filter(pk=manager.pk).update(email="maria@example.org")
    rosa = make_user("rosa", "Writers")
    page = post_account(manager_client, rosa, email=email)
    assert (page.status_code == 200) is is_refused
    assert ("already has an account with this email address" in page.content.decode()) is is_refused


@pytest.mark.parametrize("role", ["writer", "publisher", "manager"])
def test_change_of_role_replaces_the_other_roles(manager_client, role):
    rosa = make_user("rosa", "Writers")
    rosa.groups.add(Group.objects.get(name="Publishers"))
    post_account(manager_client, rosa, role=role)
    rosa = User.objects.get(pk=rosa.pk)
    assert rosa.role == role
    assert rosa.groups.count() == (0 if role == "manager" else 1)


def test_correcting_a_name_signs_nobody_out(manager_client, manager, client):
    rosa = make_user("rosa", "Writers")
    Client().force_login(rosa)
    for user in (rosa, manager):
        assert post_account(manager_client, user, first_name="Corrected").status_code == 302
    assert StaffSession.objects.count() == 2


def test_role_alone_decides_what_an_account_may_do(manager_client):
    rosa = make_user("rosa", "Publishers")
    rosa.user_permissions.add(Permission.objects.get(codename="publish_release"))
    post_account(manager_client, rosa, role="writer")
    assert not User.objects.get(pk=rosa.pk).has_perm("releases.publish_release")


def test_editing_a_closed_account_does_not_open_it(manager_client):
    rosa = make_user("rosa", "Writers", is_active=False)
    post_account(manager_client, rosa, first_name="Rosalía", is_active="on")
    rosa.refresh_from_db()
    assert (rosa.first_name, rosa.is_active) == ("Rosalía", False)


@pytest.mark.parametrize("changes", [{"role": "writer"}, {"role": ""}])
def test_nobody_changes_their_own_role(manager_client, manager, changes):
    make_user("marta", "", is_superuser=True)
    page = post_account(manager_client, manager, **changes)
    assert "Ask another manager" in page.content.decode()
    manager.refresh_from_db()
    assert (manager.is_active, manager.is_superuser) == (True, True)


@pytest.mark.parametrize("others", ["none", "closed", "open"])
def test_last_manager_stays_a_manager(manager, others):
    """The acting manager was closed by someone else just before."""
    marta = make_user("marta", "", is_superuser=True)
    if others != "none":
        make_user("mario", "", is_superuser=True, is_active=others == "open")
    User.objects.filter(pk=manager.pk).update(is_active=False)
    StaffForm.acting_user = manager
    form = StaffForm(account_data(marta, role="writer"), instance=marta)
    assert form.is_valid() is (others == "open")
    if others != "open":
        assert "last manager" in str(form.errors)


@pytest.mark.parametrize("group", ["Writers", "Publishers", ""])
def test_only_managers_change_accounts(client, group, manager):
    """Not even with Django's permissions for accounts, which no role has."""
    user = make_user("petra", group)
    user.user_permissions.set(Permission.objects.filter(content_type__model="user"))
    client.force_login(user)
    pages = [f"{pk}/{page}/" for pk in (user.pk, manager.pk) for page in ("password", "invite", "has-left")]
    for url in ("", "add/", f"{user.pk}/change/", *pages):
        assert client.post(f"{LIST_URL}{url}", account_data(user, role="manager")).status_code == 403
    user = User.objects.get(pk=user.pk)
    assert (user.is_superuser, user.groups.count()) == (False, bool(group))
    manager = User.objects.get(pk=manager.pk)
    assert (manager.check_password(PASSWORD), manager.is_active) == (True, True)


@pytest.mark.parametrize("field", ["is_superuser", "is_staff", "groups", "user_permissions", "password"])
def test_fields_that_the_form_does_not_show_are_ignored(manager_client, field):
    rosa = make_user("rosa", "Writers")
    before = (rosa.is_superuser, rosa.is_staff, rosa.password, rosa.role)
    post_account(manager_client, rosa, **{field: "1"})
    rosa = User.objects.get(pk=rosa.pk)
    assert (rosa.is_superuser, rosa.is_staff, rosa.password, rosa.role) == before
    assert not rosa.user_permissions.exists()


def test_password_is_reset_to_one_that_is_shown_once(manager_client):
    rosa = make_user("rosa", "Writers")
    url = f"{LIST_URL}{rosa.pk}/password/"
    assert manager_client.get(url).status_code == 200
    assert User.objects.get(pk=rosa.pk).check_password(PASSWORD)
    password = read_password(manager_client.post(url))
    rosa = User.objects.get(pk=rosa.pk)
    assert rosa.check_password(password)
    assert rosa.password_is_temporary
    assert password not in manager_client.get(url).content.decode()


def test_own_password_is_not_reset_but_changed(manager_client, manager):
    response = manager_client.post(f"{LIST_URL}{manager.pk}/password/")
    assert response["Location"] == "/admin/password_change/"
    assert User.objects.get(pk=manager.pk).check_password(PASSWORD)


def test_accounts_are_closed_and_not_deleted(manager_client):
    rosa = make_user("rosa", "Writers")
    assert manager_client.post(f"{LIST_URL}{rosa.pk}/delete/", {"post": "yes"}).status_code == 403
    manager_client.post(LIST_URL, {"action": "delete_selected", "_selected_action": [rosa.pk], "post": "yes"})
    assert User.objects.filter(pk=rosa.pk).exists()
