"""Who may do what, from one table: every address of the desk, for every role, in every state of a release.

Writers write and ask; publishers decide what the public reads; nobody manages accounts without the right; nobody else
comes in, and a refusal shows no title.
"""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import URLPattern
from django.utils import timezone

from releases import publishing
from releases.models import (
    Boilerplate,
    Coverage,
    MediaContact,
    Newsroom,
    Note,
    PreviewLink,
    Release,
    ReleaseTag,
    UnsavedText,
    User,
    WorkingCopy,
    versions_of,
)
from tests import pictures
from tests.admin import LIST, NEXT_YEAR, form_of
from tests.builders import make_document, make_draft, make_photo, make_release, make_scheduled, make_topic, make_user, make_withdrawn, shown

pytestmark = pytest.mark.django_db

CANARY = "Quetzalcanary"
ROLES = ["visitor", "nobody", "Writers", "Publishers", "manager"]


def in_review(**words) -> Release:
    release = make_draft(**words)
    Note.objects.create(release=release, text=f"{CANARY} note", asks_for_review=True)
    return release


def with_change(at=None, **words) -> Release:
    release = make_release(**words)
    WorkingCopy.objects.create(
        release=release, contents={**release.printed(), "summary": f"{CANARY} change", "tags": []}, public_at=at, kind="typo"
    )
    return release


MAKE = {
    "draft": make_draft,
    "review": in_review,
    "scheduled": make_scheduled,
    "public": make_release,
    "changed": with_change,
    "changing": lambda **words: with_change(at=timezone.now() + timedelta(hours=1), **words),
    "withdrawn": make_withdrawn,
}
ALL = " ".join(MAKE)
LIVE = "public changed changing"

# An address of one release: for writers, then for publishers, the states in which it opens and in which it does something.
DOORS = {
    "change": ((ALL, "draft review public changed"), (ALL, "draft review scheduled public changed")),
    "delete": (("draft review", "draft review"), ("draft review", "draft review")),
    "history": ((ALL, ""), (ALL, "")),
    "compare": ((ALL, ""), (ALL, "")),
    "restore": (("draft review public changed", "draft review public changed"), ("draft review scheduled public changed",) * 2),
    "note": ((ALL, ALL), (ALL, ALL)),
    "ask-for-review": ((ALL, "draft review changed"), (ALL, "draft review changed")),
    "discard-change": ((ALL, "changed"), (ALL, "changed changing")),
    "preview": ((ALL, ""), (ALL, "")),
    "counterpart": ((ALL, ALL), (ALL, ALL)),
    "pair": ((ALL, ""), (ALL, "")),  # with none, and none of these has a counterpart
    "unpair": ((ALL, ""), (ALL, "")),
    "still-correct": ((ALL, ""), (ALL, "")),
    "photos": ((ALL, "draft review public changed"), (ALL, "draft review scheduled public changed")),
    "tell": ((ALL, ""), (ALL, "")),
    "links": ((ALL, "draft review scheduled"), (ALL, "draft review scheduled")),
    "take-over": ((ALL, ""), (ALL, "")),  # nothing is typed in these
    "discard-unsaved": ((ALL, ""), (ALL, "")),
    "look-in": (("draft review public changed", ""), ("draft review scheduled public changed", "")),
    "publish": (("", ""), (ALL, "draft review")),
    "reschedule": (("", ""), (ALL, "scheduled")),
    "return-to-draft": (("", ""), (ALL, "scheduled")),
    "publish-change": (("", ""), (ALL, "changed")),
    "put-off-change": (("", ""), (ALL, "changing")),
    "change-address": (("", ""), (ALL, LIVE)),
    "withdraw": (("", ""), (ALL, LIVE)),
    "take-down": (("", ""), (ALL, LIVE)),
    "explain": (("", ""), (ALL, "withdrawn")),
    "publish-again": (("", ""), (ALL, "withdrawn")),
    "pin": (("", ""), (ALL, LIVE)),
    "unpin": (("", ""), (ALL, "")),  # none of these is pinned
    "send-back": (("", ""), (ALL, "review")),
}
POSTS = {
    "delete": {"post": "yes"},
    "note": {"text": "A word."},
    "send-back": {"text": "A word."},
    "publish": {"when": "now"},
    "publish-change": {"when": "now", "kind": "typo"},
    "withdraw": {"reason": "x"},
    "explain": {"reason": "x"},
    "change-address": {"slug": "elsewhere"},
    "reschedule": {"at": f"{NEXT_YEAR}-05-01T09:00"},
    "links": {"label": "Ana Paz", "kind": "approver", "hours": "24"},
    "pin": {"until": str(timezone.localdate() + timedelta(days=3))},
}


def new_photo() -> dict[str, Any]:
    """What the page of photos sends when one is chosen."""
    file = SimpleUploadedFile("one.png", pictures.saved(pictures.scene(60, 40), "PNG"))
    return {"photo-TOTAL_FORMS": 0, "document-TOTAL_FORMS": 0, "document-INITIAL_FORMS": 0, "photo-INITIAL_FORMS": 0, "pictures": file}


CELLS = [(role, door, state) for role in ROLES for door in DOORS for state in MAKE]


def expected(role: str, door: str) -> tuple[set[str], set[str]]:
    """The states in which `door` opens for `role`, and in which it does something."""
    if role in ("visitor", "nobody"):
        return set(), set()
    opens, acts = DOORS[door][0 if role == "Writers" else 1]
    return set(opens.split()), set(acts.split())


def sign_in(client, role: str) -> None:
    if role != "visitor":
        client.force_login(make_user("ana", role if role in ("Writers", "Publishers") else "", is_superuser=role == "manager"))


def everything() -> list[list[dict]]:
    """All that a door could change."""
    return [list(model._base_manager.order_by("pk").values()) for model in (Release, ReleaseTag, WorkingCopy, Note, Newsroom, PreviewLink)]


def is_refused(response, role: str) -> bool:
    if role == "visitor":  # shown the way in, or, after a POST with words, the words to copy
        return response.status_code == 403 or response["Location"].startswith("/admin/login/")
    return response.status_code in (403, 404)


@pytest.mark.parametrize(("role", "door", "state"), CELLS)
def test_every_door_of_a_release_in_every_state_for_every_role(client, role, door, state):
    release = MAKE[state](headline=f"{CANARY} headline", summary="First summary.")
    if release.status != "withdrawn" and not release.is_public():
        release.summary = "Second summary."
        release.save()  # so that there is something to bring back
    else:
        Release.history.filter(id=release.pk).update(summary="Another summary.")
        release.save()
    url = f"{LIST}{release.pk}/{door}/"
    record = versions_of(release)[-1].key
    looks = {"compare": f"{url}?one={record}&other={versions_of(release)[0].key}", "restore": f"{url}{record}/"}
    sign_in(client, role)
    opens, acts = expected(role, door)

    looked = client.get(looks.get(door, url))
    assert (looked.status_code == 200) is (state in opens)
    if state not in opens:
        assert is_refused(looked, role)
        assert CANARY not in looked.content.decode()

    before = everything()
    words = form_of(release, summary="Third summary.") | {"opened": release.opened_as} if door == "change" else POSTS.get(door, {})
    words = new_photo() if door == "photos" else words
    pressed = client.post(looks.get(door, url), words)
    assert (everything() != before) is (state in acts)
    if state not in opens:
        assert is_refused(pressed, role)
        assert CANARY not in pressed.content.decode()


# Every other address of the desk, and who gets in. A visitor gets in nowhere.
INSIDE = "nobody Writers Publishers manager"
PLACES = {
    "index": ("/admin/", INSIDE),
    "password_change": ("/admin/password_change/", INSIDE),
    "jsi18n": ("/admin/jsi18n/", INSIDE),
    "autocomplete": ("/admin/autocomplete/?app_label=releases&model_name=release&field_name=current_notice", "Writers Publishers manager"),
    "app_list": ("/admin/releases/", "Writers Publishers manager"),
    "releases_release_changelist": (LIST, "Writers Publishers manager"),
    "releases_release_add": (f"{LIST}add/", "Writers Publishers manager"),
    "releases_release_erase": (f"{LIST}remove-a-name/", "Publishers manager"),
    "releases_release_keep": (f"{LIST}keep/", "Writers Publishers manager"),
    "releases_release_print_style": (f"{LIST}print.css", INSIDE),
    "releases_topic_changelist": ("/admin/releases/topic/", "Writers Publishers manager"),
    "releases_topic_add": ("/admin/releases/topic/add/", "Writers Publishers manager"),
    "releases_topic_change": ("/admin/releases/topic/{topic}/change/", "Writers Publishers manager"),
    "releases_topic_history": ("/admin/releases/topic/{topic}/history/", "Writers Publishers manager"),
    "releases_topic_delete": ("/admin/releases/topic/{topic}/delete/", "Publishers manager"),
    "releases_topic_merge": ("/admin/releases/topic/{topic}/merge/", "Publishers manager"),
    "releases_release_document": (f"{LIST}{{release}}/documents/{{document}}.pdf", "Writers Publishers manager"),
    "releases_photo_changelist": ("/admin/releases/photo/", "Writers Publishers manager"),
    "releases_photo_add": ("/admin/releases/photo/add/", "Writers Publishers manager"),
    "releases_photo_change": ("/admin/releases/photo/{photo}/change/", "Writers Publishers manager"),
    "releases_photo_history": ("/admin/releases/photo/{photo}/history/", "Writers Publishers manager"),
    "releases_photo_delete": ("/admin/releases/photo/{photo}/delete/", "Publishers manager"),
    "releases_photo_file": ("/admin/releases/photo/files/{name}/480.webp", "Writers Publishers manager"),
    "releases_mediacontact_changelist": ("/admin/releases/mediacontact/", "Publishers manager"),
    "releases_mediacontact_add": ("/admin/releases/mediacontact/add/", "Publishers manager"),
    "releases_mediacontact_change": ("/admin/releases/mediacontact/{mediacontact}/change/", "Publishers manager"),
    "releases_mediacontact_history": ("/admin/releases/mediacontact/{mediacontact}/history/", "Publishers manager"),
    "releases_mediacontact_delete": ("/admin/releases/mediacontact/{mediacontact}/delete/", "Publishers manager"),
    "releases_boilerplate_changelist": ("/admin/releases/boilerplate/", "Publishers manager"),
    "releases_boilerplate_add": ("/admin/releases/boilerplate/add/", "Publishers manager"),
    "releases_boilerplate_change": ("/admin/releases/boilerplate/{boilerplate}/change/", "Publishers manager"),
    "releases_boilerplate_history": ("/admin/releases/boilerplate/{boilerplate}/history/", "Publishers manager"),
    "releases_boilerplate_delete": ("/admin/releases/boilerplate/{boilerplate}/delete/", "Publishers manager"),
    "releases_coverage_changelist": ("/admin/releases/coverage/", "Publishers manager"),
    "releases_coverage_add": ("/admin/releases/coverage/add/", "Publishers manager"),
    "releases_coverage_change": ("/admin/releases/coverage/{coverage}/change/", "Publishers manager"),
    "releases_coverage_history": ("/admin/releases/coverage/{coverage}/history/", "Publishers manager"),
    "releases_coverage_delete": ("/admin/releases/coverage/{coverage}/delete/", "Publishers manager"),
    "releases_document_changelist": ("/admin/releases/document/", "Publishers manager"),
    "releases_document_add": ("/admin/releases/document/add/", ""),
    "releases_document_change": ("/admin/releases/document/{paper}/change/", "Publishers manager"),
    "releases_document_history": ("/admin/releases/document/{paper}/history/", "Publishers manager"),
    "releases_document_delete": ("/admin/releases/document/{paper}/delete/", "Publishers manager"),
    "releases_newsroom_changelist": ("/admin/releases/newsroom/", "manager"),
    "releases_newsroom_add": ("/admin/releases/newsroom/add/", ""),
    "releases_newsroom_change": ("/admin/releases/newsroom/1/change/", "manager"),
    "releases_newsroom_history": ("/admin/releases/newsroom/1/history/", "manager"),
    "releases_newsroom_delete": ("/admin/releases/newsroom/1/delete/", ""),
    "releases_user_changelist": ("/admin/releases/user/", "manager"),
    "releases_user_add": ("/admin/releases/user/add/", "manager"),
    "releases_user_change": ("/admin/releases/user/{user}/change/", "manager"),
    "releases_user_history": ("/admin/releases/user/{user}/history/", "manager"),
    "releases_user_delete": ("/admin/releases/user/{user}/delete/", "manager"),
    "auth_user_password_change": ("/admin/releases/user/{user}/password/", "manager"),
    "auth_group_changelist": ("/admin/auth/group/", "manager"),
    "auth_group_add": ("/admin/auth/group/add/", "manager"),
    "auth_group_change": ("/admin/auth/group/{group}/change/", "manager"),
    "auth_group_history": ("/admin/auth/group/{group}/history/", "manager"),
    "auth_group_delete": ("/admin/auth/group/{group}/delete/", "manager"),
}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", PLACES)
def test_every_other_address_of_the_desk_for_every_role(client, name, role):
    url, allowed = PLACES[name]
    other = make_user("other")
    topic = make_topic(CANARY)
    contact = MediaContact.objects.create(name=f"{CANARY} contact", phone="213-555-0100")
    photo = make_photo(label=f"{CANARY} label")
    document = make_document()
    attachments = [{"document": document.pk, "title": CANARY, "language": "en"}]
    draft = make_draft(headline=f"{CANARY} headline", topics=(topic,), photos=[shown(photo)], attachments=attachments)
    sign_in(client, role)
    numbers = {"topic": topic.pk, "user": other.pk, "group": Group.objects.first().pk, "photo": photo.pk, "mediacontact": contact.pk}
    numbers["boilerplate"] = Boilerplate.objects.first().pk
    numbers["coverage"] = Coverage.objects.create(outlet=CANARY, headline=CANARY, url="https://example.org/", date="2015-03-04").pk
    response = client.get(url.format(**numbers, name=photo.name, release=draft.pk, document=document.name, paper=document.pk))
    if role in allowed.split():
        assert response.status_code == 200 or response["Location"] == "/admin/releases/newsroom/1/change/"
    else:
        assert is_refused(response, role)
        assert CANARY not in response.content.decode()
    if role == "nobody":
        assert CANARY not in response.content.decode()


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("state", MAKE)
@pytest.mark.parametrize("door", ["keep", "put-together"])
def test_only_who_may_change_a_text_can_leave_one_unsaved(client, role, state, door):
    release = MAKE[state](headline=f"{CANARY} headline")
    sign_in(client, role)
    url = f"{LIST}keep/" if door == "keep" else f"{LIST}{release.pk}/{door}/"
    words = form_of(release, summary="Typed.") | {"opened": release.opened_as, "release": release.pk, "number": 1, "form_id": uuid.uuid4()}
    response = client.post(url, words)
    assert UnsavedText.objects.exists() is (state in expected(role, "change")[1])
    assert CANARY not in response.content.decode()


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("kind", ["reporter", "approver"])
def test_who_may_revoke_a_link(client, role, kind):
    draft = make_draft(headline=f"{CANARY} headline")
    link, _secret = publishing.make_link(draft, by=make_user("petra"), label=CANARY, kind=kind, hours=24)
    sign_in(client, role)
    response = client.post(f"{LIST}{draft.pk}/links/{link.pk}/revoke/")
    link.refresh_from_db()
    allowed = ["Publishers", "manager"] if kind == "reporter" else ["Writers", "Publishers", "manager"]
    assert (link.revoked_at is not None) is (role in allowed)
    assert CANARY not in response.content.decode()


def test_no_address_of_the_desk_is_missing_from_the_tables():
    def names(patterns):
        for pattern in patterns:
            if isinstance(pattern, URLPattern):
                yield pattern.name
            else:
                yield from names(pattern.url_patterns)

    doors = {f"releases_release_{door.replace('-', '_')}" for door in DOORS}
    open_to_all = {"login", "logout", "password_change_done"}  # of the account alone
    doors |= {"language", "releases_release_put_together", "releases_release_revoke_link"}  # below: they show nothing
    here = {name for name in names(admin.site.get_urls()) if name}  # the rest leads from a number to its change page, or nowhere
    assert here - doors - set(PLACES) - open_to_all == set()
    assert len(CELLS) + len(PLACES) * len(ROLES) > 800


@pytest.mark.parametrize("role", ROLES)
def test_everyone_at_the_desk_chooses_its_language_for_themselves_alone(client, role):
    other = make_user("other", language="en")
    sign_in(client, role)
    response = client.post("/admin/language/", {"language": "es", "next": "https://elsewhere.example/admin/"})
    assert response.status_code == 302
    assert "elsewhere" not in response["Location"]
    assert list(User.objects.order_by("pk").values_list("language", flat=True)) == ["en"] + ["es"] * (role != "visitor")
    other.refresh_from_db()
    assert other.language == "en"
    if role != "visitor":
        assert "Cerrar sesión" in client.get("/admin/").content.decode()


@pytest.mark.parametrize("role", ROLES)
def test_a_number_alone_and_a_made_up_address_tell_nothing(client, role):
    draft = make_draft(headline=f"{CANARY} headline", slug="quetzalcanary-slug", date="2016-05-01")
    sign_in(client, role)
    kind = ContentType.objects.get_for_model(Release).pk
    for url in (f"/admin/r/{kind}/{draft.pk}/", f"/admin/r/{kind}/999/", "/admin/nowhere/"):
        response = client.get(url)
        assert response.status_code in (302, 404)
        assert CANARY.lower() not in f"{response.content.decode()}{response.headers}".lower()


@pytest.mark.parametrize("role", ["Writers", "Publishers", "manager"])
@pytest.mark.parametrize("query", ["author__password__startswith=a", "author__username=x", "history__headline=x", "_to_field=source_key"])
def test_the_list_is_not_asked_about_what_it_does_not_show(client, role, query):
    sign_in(client, role)
    assert client.get(f"{LIST}?{query}").status_code in (302, 400)


@pytest.mark.parametrize("role", ["Writers", "Publishers", "manager"])
def test_nothing_is_done_to_many_at_once(client, role):
    draft, topic = make_draft(), make_topic()
    sign_in(client, role)
    for url, pk in ((LIST, draft.pk), ("/admin/releases/topic/", topic.pk)):
        before = everything()
        client.post(url, {"action": "delete_selected", "_selected_action": [pk], "post": "yes"})
        assert everything() == before


def test_publishers_remove_a_name_and_writers_do_not(client):
    make_draft(headline=f"{CANARY} headline")
    sign_in(client, "Writers")
    refused = client.post(f"{LIST}remove-a-name/", {"names": CANARY, "_remove": "x"})
    assert refused.status_code == 403
    assert Release.objects.filter(headline__contains=CANARY).exists()


def test_who_lost_the_right_is_refused_by_the_verb_itself(client):
    draft = make_draft()
    for right, verb in (
        ("publish", lambda by: publishing.publish(draft, by=by)),
        ("write", lambda by: publishing.write_note(draft, by=by, text="x")),
    ):
        with pytest.raises(publishing.Refusal):
            verb(make_user(right, ""))


def test_the_desk_keeps_no_second_log_of_releases(client):
    sign_in(client, "Publishers")
    client.post(f"{LIST}add/", form_of(Release(), headline=f"{CANARY} headline"))
    assert Release.objects.exists()
    assert not LogEntry.objects.exists()


def test_an_account_that_is_closed_comes_no_further(client):
    sign_in(client, "Publishers")
    User.objects.update(is_active=False)
    assert client.get(LIST).status_code == 302
