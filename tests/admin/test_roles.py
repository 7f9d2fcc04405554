"""Permissions from one table: every admin URL, for every role, in every state of a release.

Writers edit and request reviews, publishers decide what the public reads, and only managers edit accounts. A
refusal never shows a headline.
"""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.urls import URLPattern
from django.utils import timezone

from releases.actions.preview_links import create_preview_link
from releases.models import (
    AuthenticatorApp,
    Autosave,
    Boilerplate,
    Coverage,
    MediaContact,
    NewsroomSettings,
    Note,
    Passkey,
    PendingRevision,
    PreviewLink,
    Release,
    ReleaseTag,
    User,
    WordListEntry,
    get_versions,
)
from tests import pictures
from tests.admin import NEXT_YEAR, RELEASE_LIST_URL, form_data, sign_in
from tests.admin.role_table import ACTION_PERMISSIONS, ALL_STATES, OTHER_ADMIN_URLS, ROLES
from tests.factories import (
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
    make_withdrawn,
    photo_entry,
)

pytestmark = pytest.mark.django_db

CANARY = "Quetzalcanary"


def make_draft_in_review(**fields) -> Release:
    release = make_draft(**fields)
    Note.objects.create(release=release, text=f"{CANARY} note", is_review_request=True)
    return release


def make_release_with_revision(public_at=None, **fields) -> Release:
    release = make_release(**fields)
    PendingRevision.objects.create(
        release=release,
        data={**release.content(), "summary": f"{CANARY} change", "tags": []},
        public_at=public_at,
        kind="typo",
    )
    return release


BUILDERS_BY_STATE = {
    "draft": make_draft,
    "review": make_draft_in_review,
    "scheduled": make_scheduled,
    "public": make_release,
    "changed": make_release_with_revision,
    "changing": lambda **fields: make_release_with_revision(
        public_at=timezone.now() + timedelta(hours=1), **fields
    ),
    "withdrawn": make_withdrawn,
}

POST_DATA = {
    "delete": {"post": "yes"},
    "add-note": {"text": "A word."},
    "return-for-changes": {"text": "A word."},
    "publish": {"when": "now"},
    "publish-revision": {"when": "now", "kind": "typo"},
    "withdraw": {"reason": "x"},
    "set-withdrawal-reason": {"reason": "x"},
    "change-slug": {"slug": "elsewhere"},
    "reschedule": {"at": f"{NEXT_YEAR}-05-01T09:00"},
    "preview-links": {"label": "Ana Paz", "kind": "approver", "hours": "24"},
    "pin": {"until": str(timezone.localdate() + timedelta(days=3))},
}


def photo_form_data() -> dict[str, Any]:
    """Return what the page of photos submits when one is selected."""
    file = SimpleUploadedFile("one.png", pictures.encode_image(pictures.make_image(60, 40), "PNG"))
    return {
        "photo-TOTAL_FORMS": 0,
        "document-TOTAL_FORMS": 0,
        "document-INITIAL_FORMS": 0,
        "photo-INITIAL_FORMS": 0,
        "pictures": file,
    }


def expected_states(role: str, page_name: str) -> tuple[set[str], set[str]]:
    """Return the states in which `page_name` opens for `role`, and those in which it does something."""
    if role in ("visitor", "nobody"):
        return set(), set()
    opens, acts = ACTION_PERMISSIONS[page_name][0 if role == "Writers" else 1]
    return set(opens.split()), set(acts.split())


def database_snapshot() -> list[tuple]:
    """Return everything that a page could change, without querysets, because it is read a thousand times."""
    rows: list[tuple] = []
    with connection.cursor() as cursor:
        for model in (Release, ReleaseTag, PendingRevision, Note, NewsroomSettings, PreviewLink):
            cursor.execute(f"SELECT * FROM {model._meta.db_table} ORDER BY id")
            rows += [(model, *row) for row in cursor.fetchall()]
    return rows


def is_refused(response, role: str) -> bool:
    if role == "visitor":  # the sign-in page, or after a POST the typed text to copy
        return response.status_code == 403 or response["Location"].startswith("/admin/login/")
    return response.status_code in (403, 404)


@pytest.mark.one_database  # the actions themselves are tested on both
@pytest.mark.parametrize("state", BUILDERS_BY_STATE)
@pytest.mark.parametrize("role", ROLES)
def test_every_page_and_action_of_a_release_follows_the_role_table(client, role, state):
    release = BUILDERS_BY_STATE[state](headline=f"{CANARY} headline", summary="First summary.")
    if release.status != "withdrawn" and not release.is_public():
        release.summary = "Second summary."
        release.save()  # creates a version to restore
    else:
        Release.history.filter(id=release.pk).update(summary="Another summary.")
        release.save()
    sign_in(client, role)
    versions = get_versions(release)
    suffixes = {
        "compare": f"?first={versions[-1].key}&other={versions[0].key}",
        "restore": f"{versions[-1].key}/",
    }
    snapshot = database_snapshot()
    for page_name in ACTION_PERMISSIONS:
        url = f"{RELEASE_LIST_URL}{release.pk}/{page_name}/{suffixes.get(page_name, '')}"
        with transaction.atomic():
            check_page_and_action(client, role, page_name, url, state, release, snapshot)
            transaction.set_rollback(True)


def check_page_and_action(
    client, role: str, page_name: str, url: str, state: str, release: Release, snapshot: list[tuple]
) -> None:
    opens, acts = expected_states(role, page_name)

    page = client.get(url)
    assert (page.status_code == 200) is (state in opens), f"GET {url}"
    if state not in opens:
        assert is_refused(page, role), f"GET {url}"
        assert CANARY not in page.content.decode(), f"GET {url}"

    data = (
        form_data(release, summary="Third summary.") | {"edit_token": release.edit_token}
        if page_name == "change"
        else POST_DATA.get(page_name, {})
    )
    response = client.post(url, photo_form_data() if page_name == "photos" else data)
    assert (database_snapshot() != snapshot) is (state in acts), f"POST {url}"
    if state not in opens:
        assert is_refused(response, role), f"POST {url}"
        assert CANARY not in response.content.decode(), f"POST {url}"


@pytest.mark.one_database
@pytest.mark.parametrize("role", ROLES)
def test_every_other_admin_url_follows_the_role_table(client, role):
    other_user = make_user("other")
    topic = make_topic(CANARY)
    contact = MediaContact.objects.create(name=f"{CANARY} contact", phone="213-555-0100")
    photo = make_photo(label=f"{CANARY} label")
    document = make_document()
    attachments = [{"document": document.pk, "title": CANARY, "language": "en"}]
    draft = make_draft(
        headline=f"{CANARY} headline", topics=(topic,), photos=[photo_entry(photo)], attachments=attachments
    )
    sign_in(client, role)
    numbers = {
        "topic": topic.pk,
        "user": other_user.pk,
        "invited": make_invited_user().pk,
        "photo": photo.pk,
        "mediacontact": contact.pk,
        "organization": make_organization(CANARY).pk,
        "passkey": 1,
        "merge": 1,
        "word": WordListEntry.objects.create(type="name", term=f"{CANARY} word").pk,
    }
    numbers["boilerplate"] = Boilerplate.objects.first().pk
    numbers["template"] = make_template(name=CANARY, headline=CANARY).pk
    numbers["coverage"] = Coverage.objects.create(
        outlet=CANARY, headline=CANARY, url="https://example.org/", date="2015-03-04"
    ).pk
    for user in User.objects.filter(username="ana"):
        numbers["passkey"] = Passkey.objects.create(user=user, name="Phone", credential_id="AA").pk
        AuthenticatorApp.objects.create(user=user)
    for url, allowed in OTHER_ADMIN_URLS.values():
        url = url.format(
            **numbers, name=photo.name, release=draft.pk, document=document.name, paper=document.pk
        )
        response = client.get(url)
        if role in allowed.split():
            assert response.status_code == 200 or response["Location"] in (
                "/admin/releases/newsroomsettings/1/change/",
                "/admin/releases/backgroundtask/",
                "/admin/releases/backgroundtask/",
                "/admin/releases/topic/",
                "/admin/account/",
                "/admin/",
            ), url
        else:
            assert is_refused(response, role), url
            assert CANARY not in response.content.decode(), url
        if role == "nobody":
            assert CANARY not in response.content.decode(), url
        if response.streaming:
            response.getvalue()  # closes the file


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("state", BUILDERS_BY_STATE)
@pytest.mark.parametrize("page_name", ["autosave", "merge-versions"])
def test_only_users_who_can_edit_can_autosave(client, role, state, page_name):
    release = BUILDERS_BY_STATE[state](headline=f"{CANARY} headline")
    sign_in(client, role)
    url = (
        f"{RELEASE_LIST_URL}autosave/"
        if page_name == "autosave"
        else f"{RELEASE_LIST_URL}{release.pk}/{page_name}/"
    )
    data = form_data(release, summary="Typed.") | {
        "edit_token": release.edit_token,
        "release": release.pk,
        "sequence": 1,
        "client_id": uuid.uuid4(),
    }
    response = client.post(url, data)
    assert Autosave.objects.exists() is (state in expected_states(role, "change")[1])
    assert CANARY not in response.content.decode()


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("state", BUILDERS_BY_STATE)
@pytest.mark.parametrize("page_name", ["claim-autosave", "discard-autosave"])
@pytest.mark.parametrize("owner", ["other", "self", "nobody"])
def test_only_users_who_can_edit_can_act_on_unsaved_text(client, role, state, page_name, owner):
    """The unsaved text of another user can be claimed, and only then discarded."""
    release = BUILDERS_BY_STATE[state](headline=f"{CANARY} headline")
    sign_in(client, role)
    user = User.objects.filter(username="ana").first()
    owners = {"other": make_user("other"), "self": user, "nobody": None}
    Autosave.objects.create(
        release=release, user=owners[owner], data={"headline": f"{CANARY} typed"}, sequence=7
    )
    response = client.post(f"{RELEASE_LIST_URL}{release.pk}/{page_name}/")
    may_write = state in expected_states(role, "change")[1]
    autosave = Autosave.objects.filter(release=release).first()
    if page_name == "claim-autosave":
        assert (autosave.sequence == 0) is may_write
        assert autosave.user == (user if may_write else owners[owner])
    else:
        # Without a signed-in user, "self" is nobody.
        assert (autosave is None) is (may_write and owner != "other")
    if not may_write:
        assert f"{CANARY} typed" not in response.content.decode()


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("kind", ["reporter", "approver"])
def test_revoking_a_preview_link_depends_on_role_and_link_kind(client, role, kind):
    draft = make_draft(headline=f"{CANARY} headline")
    link, _secret = create_preview_link(draft, user=make_user("petra"), label=CANARY, kind=kind, hours=24)
    sign_in(client, role)
    response = client.post(f"{RELEASE_LIST_URL}{draft.pk}/preview-links/{link.pk}/revoke/")
    link.refresh_from_db()
    allowed = ["Publishers", "manager"] if kind == "reporter" else ["Writers", "Publishers", "manager"]
    assert (link.revoked_at is not None) is (role in allowed)
    assert CANARY not in response.content.decode()


@pytest.mark.parametrize("role", ROLES)
def test_only_publishers_and_managers_extend_a_preview_link(client, role):
    release = make_scheduled(headline=f"{CANARY} headline", is_embargoed=True)
    user = make_user("petra")
    link, _secret = create_preview_link(release, user=user, label=CANARY, kind="reporter", hours=1)
    before = link.expires_at
    sign_in(client, role)
    url = f"{RELEASE_LIST_URL}{release.pk}/preview-links/{link.pk}/extend/"
    assert client.get(url).status_code in (302, 403)  # does nothing
    response = client.post(url)
    link.refresh_from_db()
    assert (link.expires_at > before) is (role in ("Publishers", "manager"))
    assert CANARY not in response.content.decode()


def test_permission_tables_cover_every_admin_url():
    assert list(BUILDERS_BY_STATE) == ALL_STATES.split()

    def names(patterns):
        for pattern in patterns:
            if isinstance(pattern, URLPattern):
                yield pattern.name
            else:
                yield from names(pattern.url_patterns)

    page_names = {f"releases_release_{page_name.replace('-', '_')}" for page_name in ACTION_PERMISSIONS}
    open_to_all = {"login", "logout", "password_change_done"}  # pages of the own account
    # These pages show no release and are tested below.
    page_names |= {"language", "releases_release_merge_versions", "releases_release_revoke_preview_link"}
    page_names |= {"releases_release_extend_preview_link", "releases_release_upload"}
    # Other URLs redirect to a change page, or don't exist.
    url_names = {name for name in names(admin.site.get_urls()) if name}
    assert url_names - page_names - set(OTHER_ADMIN_URLS) - open_to_all == set()
    assert len(ROLES) * (len(ACTION_PERMISSIONS) * len(BUILDERS_BY_STATE) + len(OTHER_ADMIN_URLS)) > 800


@pytest.mark.parametrize("role", ROLES)
def test_admin_language_is_stored_per_user(client, role):
    other_user = make_user("other", language="en")
    sign_in(client, role)
    response = client.post("/admin/language/", {"language": "es", "next": "https://elsewhere.example/admin/"})
    assert response.status_code == (403 if role == "visitor" else 302)
    assert "elsewhere" not in response.headers.get("Location", "")
    assert list(User.objects.order_by("pk").values_list("language", flat=True)) == ["en"] + ["es"] * (
        role != "visitor"
    )
    other_user.refresh_from_db()
    assert other_user.language == "en"
    if role != "visitor":
        assert "Cerrar sesión" in client.get("/admin/").content.decode()


@pytest.mark.parametrize("role", ROLES)
def test_shortcut_and_unknown_admin_urls_reveal_no_headline(client, role):
    draft = make_draft(headline=f"{CANARY} headline", slug="quetzalcanary-slug", date="2016-05-01")
    sign_in(client, role)
    kind = ContentType.objects.get_for_model(Release).pk
    for url in (f"/admin/r/{kind}/{draft.pk}/", f"/admin/r/{kind}/999/", "/admin/nowhere/"):
        response = client.get(url)
        assert response.status_code in (302, 404)
        assert CANARY.lower() not in f"{response.content.decode()}{response.headers}".lower()


@pytest.mark.parametrize("role", ["Writers", "Publishers", "manager"])
@pytest.mark.parametrize(
    "query",
    ["author__password__startswith=a", "author__username=x", "history__headline=x", "_to_field=source_key"],
)
def test_release_list_rejects_lookups_on_hidden_fields(client, role, query):
    sign_in(client, role)
    assert client.get(f"{RELEASE_LIST_URL}?{query}").status_code in (302, 400)


@pytest.mark.parametrize("role", ["Writers", "Publishers", "manager"])
def test_bulk_delete_is_disabled(client, role):
    draft, topic = make_draft(), make_topic()
    sign_in(client, role)
    for url, pk in ((RELEASE_LIST_URL, draft.pk), ("/admin/releases/topic/", topic.pk)):
        snapshot = database_snapshot()
        client.post(url, {"action": "delete_selected", "_selected_action": [pk], "post": "yes"})
        assert database_snapshot() == snapshot


def test_deactivated_user_loses_admin_access(client):
    sign_in(client, "Publishers")
    User.objects.update(is_active=False)
    assert client.get(RELEASE_LIST_URL).status_code == 302
