import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from releases import publishing
from releases.models import Newsroom, Release, Topic
from releases.vocabulary import Status
from tests.builders import make_draft, make_release, make_scheduled, make_topic, make_user, make_withdrawn

pytestmark = pytest.mark.django_db

NEXT_YEAR = timezone.now().year + 1
# The night in March on which the clock jumps from two to three.
GAP = date(NEXT_YEAR, 3, 8) + timedelta(days=(6 - date(NEXT_YEAR, 3, 8).weekday()) % 7)

# The night in November on which the hour from one to two comes twice.
TWICE = date(NEXT_YEAR, 11, 1) + timedelta(days=(6 - date(NEXT_YEAR, 11, 1).weekday()) % 7)

LIST = "/admin/releases/release/"
ADD = f"{LIST}add/"
FORM = {
    "headline": "A ruling",
    "date": "",
    "dateline": "Los Angeles",
    "summary": "Families stay.",
    "body": "<p>More.</p>",
    "kind": "press_release",
    "language": "en",
}


def address(release: Release, door: str) -> str:
    return f"{LIST}{release.pk}/{door}/"


def form_of(release: Release, **changes: str) -> dict[str, object]:
    """What the form of `release` sends when it was opened just now."""
    return FORM | {"date": "2015-03-04", "opened": release.version} | changes


def errors(response) -> dict[str, list[str]]:
    return dict(response.context["adminform"].form.errors)


# --- Writing


def test_a_release_is_written_tagged_and_published(desk, publisher):
    daca = make_topic("DACA")
    response = desk.post(ADD, FORM | {"tags": [daca.pk], "_publish": "x"})
    release = Release.objects.get()
    assert response["Location"] == address(release, "publish")
    assert (release.status, release.author, list(release.tags.all())) == (Status.DRAFT, publisher, [daca])
    assert desk.post(address(release, "publish"), {"when": "at once", "at": ""})["Location"] == address(release, "change")
    page = Client().get("/topics/daca/").content.decode()
    assert "A ruling" in page


def test_a_draft_is_saved_with_a_headline_alone_and_stays_open(writers_desk):
    response = writers_desk.post(ADD, FORM | {"summary": "", "body": "", "dateline": "", "_continue": "x"})
    assert response["Location"] == address(Release.objects.get(), "change")


def test_a_new_topic_is_made_on_purpose_and_ticked(writers_desk):
    writers_desk.post(ADD, FORM | {"tags": [make_topic("DACA").pk], "new_topic": "Courts", "new_topic_es": "Tribunales", "_continue": "x"})
    assert {topic.both_names for topic in Release.objects.get().tags.all()} == {"DACA", "Courts · Tribunales"}


@pytest.mark.parametrize(
    ("name", "name_es", "field", "words"),
    [
        ("daca", "otro", "new_topic", "already: DACA"),
        ("other", "Dácá", "new_topic_es", "already: DACA"),
        ("Courts", "", "new_topic_es", "both languages"),
        ("", "Tribunales", "new_topic", "both languages"),
        ("¿?", "Tribunales", "new_topic", "no Latin letter"),
    ],
)
def test_a_new_topic_that_cannot_be_is_refused_at_its_field(writers_desk, name, name_es, field, words):
    make_topic("DACA")
    response = writers_desk.post(ADD, FORM | {"new_topic": name, "new_topic_es": name_es})
    assert words in str(errors(response)[field])
    assert (Release.objects.count(), Topic.objects.count()) == (0, 1)
    assert "Families stay." in response.content.decode()


def test_topics_stand_in_order_under_both_names(desk):
    for names in (("Workers", "Trabajadores"), ("Courts", "Tribunales"), ("DACA", "DACA")):
        make_topic(*names)
    page = desk.get(ADD).content.decode()
    assert re.findall(r'name="tags"[^>]*>\s*([^<]+)</label>', page) == ["Courts · Tribunales", "DACA", "Workers · Trabajadores"]


def test_the_untouched_place_follows_the_language(writers_desk):
    writers_desk.post(ADD, FORM | {"language": "es"})
    assert Release.objects.get().dateline == "Los Ángeles"


@pytest.mark.parametrize(
    ("field", "value"), [("dateline", "from LA"), ("slug", "No Good"), ("date", "03/04/2015x"), ("headline", "x" * 301)]
)
def test_bad_input_is_named_at_its_field_and_nothing_typed_is_lost(writers_desk, field, value):
    response = writers_desk.post(ADD, FORM | {field: value})
    assert field in errors(response)
    page = response.content.decode()
    assert "Families stay." in page
    assert value in page or field in ("language", "kind")  # a choice that does not exist cannot be shown as chosen


def test_a_taken_address_is_refused_in_a_sentence(writers_desk):
    make_release(slug="a-ruling")
    assert "has this address" in str(errors(writers_desk.post(ADD, FORM | {"slug": "a-ruling"})))


def test_the_form_begins_with_six_fields_in_the_order_of_print(desk):
    form = desk.get(ADD).context["adminform"]
    (first, *others) = list(form)
    assert [field.field.name for line in first for field in line] == ["opened", "headline", "date", "dateline", "summary", "body", "tags"]
    assert first.form["opened"].is_hidden
    assert all("collapse" in fieldset.classes for fieldset in others)


def test_status_is_no_field(writers_desk):
    writers_desk.post(ADD, FORM | {"status": "published", "public_at": "2015-01-01", "slug": ""})
    assert Release.objects.get().status == Status.DRAFT


def test_a_public_release_keeps_its_address_and_language(desk):
    release = make_release(slug="a-ruling")
    desk.post(address(release, "change"), form_of(release, slug="other", language="es", headline="Corrected"))
    release.refresh_from_db()
    assert (release.headline, release.slug, release.language) == ("Corrected", "a-ruling", "en")


@pytest.mark.parametrize("field", ["summary", "date", "headline"])
def test_a_public_release_keeps_what_it_needs(desk, field):
    release = make_release()
    response = desk.post(address(release, "change"), form_of(release, **{field: ""}))
    assert field in errors(response)


# --- The list


def test_the_list_says_in_words_where_each_release_stands(desk):
    make_draft(), make_release(), make_withdrawn()
    make_scheduled(public_at=datetime(2099, 11, 24, 9, tzinfo=ZoneInfo("America/Los_Angeles")))
    page = desk.get(LIST).content.decode()
    states = re.findall(r'class="field-state">([^<]+)<', page)
    assert sorted(states) == ["Draft", "Public", "Scheduled for Nov. 24, 2099, 9 a.m. Los Angeles time", "Withdrawn"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("state=draft", "draft"),
        ("state=scheduled", "scheduled"),
        ("state=public", "public"),
        ("state=withdrawn", "withdrawn"),
        ("topic=courts", "public"),
    ],
)
def test_the_list_is_filtered(desk, query, found):
    make_draft(headline="draft"), make_scheduled(headline="scheduled"), make_withdrawn(headline="withdrawn")
    make_release(headline="public", topics=(make_topic("Courts", "Tribunales"),))
    assert [release.headline for release in desk.get(f"{LIST}?{query}").context["cl"].result_list] == [found]


def test_nothing_is_done_to_many_releases_at_once(desk):
    draft = make_draft()
    desk.post(LIST, {"action": "delete_selected", "_selected_action": [draft.pk], "post": "yes"})
    assert Release.objects.filter(pk=draft.pk).exists()


# --- One button for what comes next


@pytest.mark.parametrize(
    ("make", "button", "others"),
    [
        (make_draft, "Publish…", ["Back to draft", "Withdraw…"]),
        (make_scheduled, "Back to draft", ["Publish…", "Withdraw…"]),
        (make_release, "Withdraw…", ["Publish…", "Back to draft"]),
        (make_withdrawn, "Publish again…", ["Publish…", "Back to draft", "Withdraw…"]),
    ],
)
def test_each_state_has_its_one_primary_button(desk, make, button, others):
    page = desk.get(address(make(), "change")).content.decode()
    row = page[page.index("submit-row") :]
    assert button in row
    assert not [other for other in others if other in row]


def test_publishing_at_a_time_schedules_it(desk):
    draft = make_draft()
    desk.post(address(draft, "publish"), {"when": "later", "at": f"{NEXT_YEAR}-11-24T09:00"})
    draft.refresh_from_db()
    assert draft.is_scheduled
    assert draft.public_at == datetime(NEXT_YEAR, 11, 24, 9, tzinfo=ZoneInfo("America/Los_Angeles"))


@pytest.mark.parametrize(
    ("at", "sentence"),
    [
        ("", "Choose the day and the time"),
        ("2015-01-01T09:00", "has passed"),
        (f"{GAP:%Y-%m-%d}T02:30", "does not exist"),
        (f"{TWICE:%Y-%m-%d}T01:30", "comes twice"),
        ("2099-01-01T09:00", "two years"),
        ("9999-12-31T23:59", "two years"),
        ("soon", "valid"),
    ],
)
def test_a_time_that_cannot_be_is_refused_and_nothing_happens(desk, at, sentence):
    draft = make_draft()
    response = desk.post(address(draft, "publish"), {"when": "later", "at": at})
    assert sentence in response.content.decode()
    draft.refresh_from_db()
    assert draft.status == Status.DRAFT


def test_a_time_with_now_still_marked_publishes_nothing(desk):
    draft = make_draft()
    response = desk.post(address(draft, "publish"), {"when": "now", "at": f"{NEXT_YEAR}-11-24T09:00"})
    assert "You chose a time" in response.content.decode()
    draft.refresh_from_db()
    assert draft.status == Status.DRAFT


def test_who_only_reads_sees_the_body_as_it_is_printed(writers_desk):
    page = writers_desk.get(address(make_release(body="<p>More <strong>words</strong>.</p>"), "change")).content.decode()
    assert "<p>More <strong>words</strong>.</p>" in page
    assert "submit-row" in page
    assert "Save" not in page[page.index("submit-row") :]


def test_what_is_missing_is_asked_for_before_publishing(desk):
    page = desk.get(address(make_draft(summary=""), "publish")).content.decode()
    assert "Write the summary" in page
    assert '<form method="post" novalidate>' not in page


def test_withdrawing_asks_for_the_reason(desk):
    release = make_release()
    assert "Write the reason" in desk.post(address(release, "withdraw"), {"reason": " "}).content.decode()
    desk.post(address(release, "withdraw"), {"reason": "A name was wrong."})
    assert Client().get(release.get_absolute_url()).status_code == 410


def test_a_second_press_is_refused_in_a_sentence(desk):
    draft = make_draft()
    for _time in range(2):
        response = desk.post(address(draft, "publish"), {"when": "at once"})
    assert "public already" in response.content.decode()


def test_publishing_now_leaves_time_to_undo(desk):
    draft = make_draft()
    desk.post(address(draft, "publish"), {"when": "now"})
    draft.refresh_from_db()
    assert draft.is_scheduled
    assert Client().get(draft.get_absolute_url()).status_code == 404
    page = desk.get(address(draft, "change"))
    assert 0 < page.context["seconds_to_undo"] <= 61
    assert "Undo" in page.content.decode()
    desk.post(address(draft, "return-to-draft"))
    draft.refresh_from_db()
    assert draft.status == Status.DRAFT


def test_a_newsroom_that_waits_not_at_all_publishes_at_once(desk):
    Newsroom(undo_window=0).save()
    draft = make_draft()
    desk.post(address(draft, "publish"), {"when": "now"})
    assert Client().get(Release.objects.get().get_absolute_url()).status_code == 200


def test_a_release_scheduled_for_later_has_no_countdown(desk):
    assert desk.get(address(make_scheduled(), "change")).context["seconds_to_undo"] == 0


def test_an_embargo_is_said_in_its_words(desk):
    draft = make_draft()
    desk.post(address(draft, "publish"), {"when": "later", "at": f"{NEXT_YEAR}-11-24T09:00", "is_embargoed": "on"})
    assert f"Embargoed until Nov. 24, {NEXT_YEAR}, 9 a.m. Los Angeles time" in desk.get(LIST).content.decode()


def test_an_embargo_needs_its_time(desk):
    draft = make_draft()
    response = desk.post(address(draft, "publish"), {"when": "at once", "is_embargoed": "on"})
    assert "You chose a time or an embargo" in response.content.decode()


def test_a_take_down_is_one_press(desk):
    release = make_release()
    assert "Take down now" in desk.get(address(release, "change")).content.decode()
    desk.post(address(release, "take-down"))
    page = Client().get(release.get_absolute_url())
    assert page.status_code == 410
    assert "CARECEN has taken this release back." in page.content.decode()


def test_what_replaces_a_withdrawn_release_is_led_to(desk):
    release = make_release()
    desk.post(address(release, "withdraw"), {"reason": "It was wrong.", "replacement": "/2015/03/a-ruling/"})
    assert '<a href="/2015/03/a-ruling/">Read this instead</a>' in Client().get(release.get_absolute_url()).content.decode()


@pytest.mark.parametrize("replacement", ["javascript:alert(1)", "foo", "//evil.org", '"><script>'])
def test_what_leads_nowhere_replaces_nothing(desk, replacement):
    release = make_release()
    response = desk.post(address(release, "withdraw"), {"reason": "It was wrong.", "replacement": replacement})
    assert "This leads nowhere" in response.content.decode()
    release.refresh_from_db()
    assert release.is_public()


def test_the_newsroom_is_one_page_for_managers(client):
    client.force_login(make_user(is_superuser=True))
    assert client.get("/admin/releases/newsroom/")["Location"] == "/admin/releases/newsroom/1/change/"
    client.post("/admin/releases/newsroom/1/change/", {"undo_window": "5"})
    assert Newsroom.current().undo_window == 5
    assert client.get("/admin/releases/newsroom/add/").status_code == 403


def test_back_to_draft_is_one_press(desk):
    release = make_scheduled()
    desk.post(address(release, "return-to-draft"))
    release.refresh_from_db()
    assert release.status == Status.DRAFT


@pytest.mark.parametrize("verb", ["publish", "withdraw", "return-to-draft"])
def test_a_verb_on_a_release_that_is_not_there_goes_to_the_front(desk, verb):
    assert desk.get(f"{LIST}999999/{verb}/").status_code == 302


def test_looking_at_a_verbs_page_does_nothing(desk):
    for make, verb in ((make_draft, "publish"), (make_release, "withdraw"), (make_scheduled, "return-to-draft")):
        release = make()
        before = release.version
        assert desk.get(address(release, verb)).status_code == 200
        release.refresh_from_db()
        assert release.version == before


# --- Who may do what

MAKE = {"draft": make_draft, "scheduled": make_scheduled, "public": make_release, "withdrawn": make_withdrawn}
CELLS = [
    # role, door, states in which it opens, states in which it does something
    ("Writers", "change", "draft scheduled public withdrawn", "draft"),
    ("Writers", "delete", "draft", "draft"),
    ("Writers", "history", "draft scheduled public withdrawn", ""),
    ("Writers", "publish", "", ""),
    ("Writers", "withdraw", "", ""),
    ("Writers", "return-to-draft", "", ""),
    ("Writers", "reschedule", "", ""),
    ("Writers", "take-down", "", ""),
    ("Writers", "change-address", "", ""),
    ("Writers", "explain", "", ""),
    ("Writers", "publish-again", "", ""),
    ("Publishers", "change", "draft scheduled public withdrawn", "draft scheduled public"),
    ("Publishers", "delete", "draft", "draft"),
    ("Publishers", "history", "draft scheduled public withdrawn", ""),
    ("Publishers", "publish", "draft scheduled public withdrawn", "draft"),
    ("Publishers", "withdraw", "draft scheduled public withdrawn", "public"),
    ("Publishers", "return-to-draft", "draft scheduled public withdrawn", "scheduled"),
    ("Publishers", "reschedule", "draft scheduled public withdrawn", "scheduled"),
    ("Publishers", "take-down", "draft scheduled public withdrawn", "public"),
    ("Publishers", "change-address", "draft scheduled public withdrawn", "public"),
    ("Publishers", "explain", "draft scheduled public withdrawn", "withdrawn"),
    ("Publishers", "publish-again", "draft scheduled public withdrawn", "withdrawn"),
    ("", "change", "", ""),
    ("", "reschedule", "", ""),
    ("", "take-down", "", ""),
    ("", "explain", "", ""),
    ("", "change-address", "", ""),
    ("", "publish-again", "", ""),
    ("", "delete", "", ""),
    ("", "history", "", ""),
    ("", "publish", "", ""),
    ("", "withdraw", "", ""),
    ("", "return-to-draft", "", ""),
]
POSTS = {
    "delete": {"post": "yes"},
    "publish": {"when": "now"},
    "withdraw": {"reason": "x"},
    "explain": {"reason": "x"},
    "change-address": {"slug": "elsewhere"},
    "reschedule": {"at": f"{NEXT_YEAR}-05-01T09:00"},
}


@pytest.mark.parametrize("state", MAKE)
@pytest.mark.parametrize(("role", "door", "opens", "acts"), CELLS, ids=lambda value: value or "none")
def test_the_table_of_roles(client, state, role, door, opens, acts):
    client.force_login(make_user("ana", role))
    release = MAKE[state](headline="Canary headline")
    before = Release.objects.filter(pk=release.pk).values().get()

    looked = client.get(address(release, door))
    assert (looked.status_code == 200) is (state in opens.split())
    if looked.status_code != 200:
        assert looked.status_code == 403
        assert "Canary" not in looked.content.decode()

    client.post(address(release, door), form_of(release) if door == "change" else POSTS.get(door, {}))
    after = Release.objects.filter(pk=release.pk).values().first()
    assert (after != before) is (state in acts.split())


@pytest.mark.parametrize(
    "url", [LIST, ADD, f"{LIST}1/change/", f"{LIST}1/publish/", "/admin/", "/admin/releases/topic/", "/admin/releases/user/"]
)
def test_nobody_sees_the_desk_without_signing_in(client, url):
    make_draft()
    response = client.get(url)
    assert response.status_code == 302
    assert response["Location"].startswith("/admin/login/")


@pytest.mark.parametrize("role", ["Writers", "Publishers"])
@pytest.mark.parametrize("url", ["/admin/releases/user/", "/admin/auth/group/", "/admin/releases/user/add/"])
def test_nobody_manages_accounts_without_the_right(client, role, url):
    client.force_login(make_user("ana", role))
    assert client.get(url).status_code == 403


def test_a_save_of_what_others_have_changed_is_shown_again_and_destroys_nothing(desk):
    draft = make_draft(summary="As it was.")
    mine = form_of(draft, summary="My words.")
    draft.summary = "Their words."
    draft.save()
    response = desk.post(address(draft, "change"), mine)
    draft.refresh_from_db()
    assert draft.summary == "Their words."
    assert "Someone saved this release" in str(errors(response))
    assert "My words." in response.content.decode()
    desk.post(address(draft, "change"), mine | {"opened": response.context["adminform"].form["opened"].value()})
    draft.refresh_from_db()
    assert draft.summary == "My words."


def test_a_save_begun_on_a_draft_does_not_reach_the_public(desk, publisher):
    draft = make_draft(summary="As it was.")
    mine = form_of(draft, summary="Half a sent")
    publishing.publish(draft, by=publisher)
    desk.post(address(draft, "change"), mine)
    draft.refresh_from_db()
    assert (draft.is_public(), draft.summary) == (True, "As it was.")


def test_what_others_changed_is_not_published_unseen(desk):
    draft = make_draft()
    seen = draft.version
    draft.summary = "Unread words."
    draft.save()
    response = desk.post(address(draft, "publish"), {"when": "now", "seen": seen})
    assert "Someone changed this release" in response.content.decode()
    assert "Unread words." in response.content.decode()
    draft.refresh_from_db()
    assert draft.status == Status.DRAFT
    desk.post(address(draft, "publish"), {"when": "at once", "seen": response.context["form"]["seen"].value()})
    draft.refresh_from_db()
    assert draft.is_public()


def test_words_typed_into_a_release_that_others_published_are_shown_to_copy(writers_desk, publisher):
    draft = make_draft()
    publishing.publish(draft, by=publisher)
    response = writers_desk.post(address(draft, "change"), form_of(draft, summary="Words that took an hour."))
    assert response.status_code == 403
    assert "Words that took an hour." in response.content.decode()


def test_words_typed_into_a_release_that_others_deleted_are_shown_to_copy(writers_desk):
    draft = make_draft()
    url, mine = address(draft, "change"), form_of(draft, summary="Words that took an hour.")
    draft.delete()
    assert "Words that took an hour." in writers_desk.post(url, mine).content.decode()


def test_words_typed_after_the_session_ended_are_shown_to_copy(client):
    response = client.post(ADD, FORM | {"summary": "Words that <b>took</b> an hour."})
    assert response.status_code == 403
    assert "Words that &lt;b&gt;took&lt;/b&gt; an hour." in response.content.decode()
    assert not Release.objects.exists()


def test_a_withdrawn_release_shows_its_reason_at_the_desk(desk):
    assert "A name was wrong." in desk.get(address(make_withdrawn(), "change")).content.decode()


@pytest.mark.parametrize(("language", "place"), [("en", "Los Angeles"), ("es", "Los Ángeles")])
def test_a_new_release_is_in_the_language_of_the_desk(desk, language, place):
    form = desk.get(ADD, headers={"accept-language": language}).context["adminform"].form
    assert (form["language"].value(), form["dateline"].value()) == (language, place)


@pytest.mark.parametrize("link", ["foo bar", "javascript:alert(1)"])
def test_a_link_that_leads_nowhere_is_refused(writers_desk, link):
    response = writers_desk.post(ADD, FORM | {"body": f'<p><a href="{link}">x</a></p>'})
    assert "leads nowhere" in str(errors(response)["body"])


@pytest.mark.parametrize(
    "query",
    [
        "date__year=9999",
        "date__year=99999999999999999999",
        "date__month=99",
        "language__exact=%00",
        "topic=%00",
        "q=" + "word+" * 2000,
        "p=x",
        "o=99",
        "e=1",
    ],
)
@pytest.mark.parametrize("place", [LIST, "/admin/releases/topic/", "/admin/releases/user/"])
def test_an_address_made_up_by_hand_is_no_fault(client, query, place):
    client.force_login(make_user(is_superuser=True))
    assert client.get(f"{place}?{query}").status_code in (200, 302, 400)


def test_a_topic_no_database_has_is_refused(writers_desk):
    assert "tags" in errors(writers_desk.post(ADD, FORM | {"tags": ["9" * 30]}))


@pytest.mark.parametrize("number", ["9" * 30, "0"])
def test_a_release_no_database_has_is_not_there(desk, number):
    assert desk.get(f"{LIST}{number}/change/").status_code == 302
    assert desk.get(f"{LIST}{number}/publish/").status_code in (302, 404)


def test_a_topic_is_not_made_without_the_right(client):
    user = make_user("ana", "")
    user.user_permissions.add(Permission.objects.get(codename="add_release"), Permission.objects.get(codename="view_release"))
    client.force_login(user)
    client.post(ADD, FORM | {"new_topic": "Courts", "new_topic_es": "Tribunales"})
    assert (Release.objects.count(), Topic.objects.count()) == (1, 0)


def test_view_on_site_is_offered_for_what_is_public(desk):
    assert "View on site" in desk.get(address(make_release(), "change")).content.decode()
    assert "View on site" not in desk.get(address(make_scheduled(), "change")).content.decode()


def test_the_editor_has_its_nonce(desk):
    response = desk.get(ADD)
    nonce = re.search(r"'nonce-([^']+)'", response["Content-Security-Policy"])[1]
    assert re.search(
        rf'<script[^>]*nonce="{re.escape(nonce)}"[^>]*type="importmap"|type="importmap"[^>]*nonce="{re.escape(nonce)}"',
        response.content.decode(),
    )
    assert "unsafe" not in response["Content-Security-Policy"]
