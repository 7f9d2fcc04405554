import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from releases import publishing
from releases.models import Release, Topic
from releases.vocabulary import Status
from tests.admin import ADD, FORM, LIST, address, errors, form_of
from tests.builders import make_draft, make_release, make_scheduled, make_topic, make_user, make_withdrawn

pytestmark = pytest.mark.django_db


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
    shown = [field.field.name for line in first for field in line if not first.form[field.field.name].is_hidden]
    assert shown == ["headline", "date", "dateline", "summary", "body", "tags"]
    assert all("collapse" in fieldset.classes for fieldset in others)


def test_status_is_no_field(writers_desk):
    writers_desk.post(ADD, FORM | {"status": "published", "public_at": "2015-01-01", "slug": ""})
    assert Release.objects.get().status == Status.DRAFT


def test_a_public_release_keeps_its_address_and_language(desk, publisher):
    release = make_release(slug="a-ruling")
    desk.post(address(release, "change"), form_of(release, slug="other", language="es", headline="Corrected"))
    publishing.publish_change(release, by=publisher, kind="typo")
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


def test_words_typed_into_a_release_that_others_scheduled_are_shown_to_copy(writers_desk, publisher):
    draft = make_draft()
    publishing.publish(draft, by=publisher, at=timezone.now() + timedelta(days=1))
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


def test_a_search_can_be_narrowed(desk):
    for year in (2014, 2016, 2017):
        make_release(headline=f"Of {year}", date=date(year, 5, 1))
    assert "Of 2014" in desk.get(f"{LIST}?q=court&year=2014").content.decode()


def test_the_list_is_narrowed_to_a_year(desk):
    make_draft(headline="Of no day", date=None)
    for year in (2014, 2016):
        make_release(headline=f"Of {year}", date=date(year, 5, 1))
    page = desk.get(LIST).content.decode()
    assert [f"?year={year}" in page for year in (2013, 2014, 2015, 2016, 2017)] == [False, True, True, True, False]
    page = desk.get(f"{LIST}?year=2014").content.decode()
    assert [words in page for words in ("Of no day", "Of 2014", "Of 2016")] == [False, True, False]


@pytest.mark.parametrize(
    "query",
    [
        "date__year=9999",
        "date__year=99999999999999999999",
        "date__month=99",
        "language__exact=%00",
        "topic=%00",
        "year=9999",
        "year=x",
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
