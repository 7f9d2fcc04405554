"""Changing what is public at the desk: written apart, looked at, published with a sentence."""

import re

import pytest
from django.test import Client

from releases import publishing
from releases.models import Newsroom, Release, Topic, WorkingCopy, versions_of
from tests.admin import LIST, NEXT_YEAR, address, errors, form_of
from tests.builders import make_draft, make_release, make_scheduled, make_topic, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def release():
    return make_release(headline="A ruling", summary="Eight families came.", slug="a-ruling")


def save(desk, release, **changes):
    return desk.post(address(release, "change"), form_of(release, **{"headline": "A ruling"} | changes) | {"opened": release.opened_as})


def shown(release) -> str:
    return Client().get(release.get_absolute_url()).content.decode()


def test_what_is_saved_of_a_public_release_is_for_the_desk(writers_desk, writer, release):
    daca = make_topic("DACA")
    before = shown(release)
    response = save(writers_desk, release, summary="Nine families came.", tags=[daca.pk])
    assert response["Location"] == address(release, "change")
    copy = WorkingCopy.objects.get()
    assert (copy.contents["summary"], copy.tags, copy.changed_by) == ("Nine families came.", [daca.pk], writer)
    assert shown(release) == before
    page = writers_desk.get(address(release, "change"))
    assert "The public reads the old text" in page.content.decode()
    form = page.context["adminform"].form
    assert (form["summary"].value(), form["tags"].value()) == ("Nine families came.", [daca.pk])


def test_a_new_topic_is_made_and_stays_unseen(writers_desk, release):
    save(writers_desk, release, new_topic="Quetzal", new_topic_es="Quetzal", summary="Nine.")
    assert "Quetzal" not in Client().get("/topics/").content.decode()
    assert len(WorkingCopy.objects.get().tags) == 1


def test_the_button_leads_on_to_what_changes(desk, release):
    response = save(desk, release, summary="Nine families came.", _publish="x")
    assert response["Location"] == address(release, "publish-change")
    page = desk.get(response["Location"]).content.decode()
    assert "<del>Eight</del><ins>Nine</ins> families came." in page
    assert ">Headline<" not in page  # only what changed is shown


def test_a_correction_is_published_with_its_sentence(desk, release):
    save(desk, release, summary="Nine families came.", body=release.body)
    url = address(release, "publish-change")
    page = desk.get(url)
    for words, field in (({}, "kind"), ({"kind": "correction"}, "note"), ({"kind": "typo", "note": "x"}, "kind")):
        refused = desk.post(url, {"when": "at once", "seen": page.context["form"]["seen"].value()} | words)
        assert field in refused.context["form"].errors
    desk.post(url, {"when": "at once", "kind": "correction", "note": "Nine families came.", "seen": page.context["form"]["seen"].value()})
    assert shown(release).count("Nine families came.") > 2
    assert not WorkingCopy.objects.exists()


def test_a_change_waits_for_the_undo_and_can_be_undone(desk, release):
    before = shown(release)
    save(desk, release, summary="Nine families came.")
    desk.post(address(release, "publish-change"), {"when": "now", "kind": "typo"})
    page = desk.get(address(release, "change"))
    assert 0 < page.context["seconds_to_undo"] <= 61
    assert re.search(r'class="undo" method="post" action="[^"]*/put-off-change/"', page.content.decode())
    desk.post(address(release, "put-off-change"))
    assert shown(release) == before
    assert WorkingCopy.objects.get().contents["summary"] == "Nine families came."


def test_a_change_is_scheduled_and_shown_but_not_written_on(desk, release):
    save(desk, release, summary="Nine families came.")
    desk.post(address(release, "publish-change"), {"when": "later", "at": f"{NEXT_YEAR}-05-01T09:00", "kind": "typo"})
    page = desk.get(address(release, "change")).content.decode()
    assert f"Public, with a change on May 1, {NEXT_YEAR}, 9 a.m. Los Angeles time" in page
    assert "<ins>Nine</ins>" in page
    refused = save(desk, release, summary="Ten families came.")
    assert refused.status_code == 403
    assert "Ten families came." in refused.content.decode()


def test_the_same_text_is_no_change(desk, release):
    save(desk, release, summary=release.summary, body=release.body, dateline=release.dateline)
    assert not WorkingCopy.objects.exists()
    assert "word for word" in desk.get(address(release, "change")).content.decode()


def test_a_change_that_two_people_write_is_lost_for_neither(client, release, publisher, writer):
    client.force_login(writer)
    opened = client.get(address(release, "change")).context["adminform"].form["opened"].value()
    other = Client()
    other.force_login(publisher)
    save(other, release, summary="Hers.")
    refused = client.post(address(release, "change"), form_of(release, summary="His.") | {"opened": opened})
    assert "Someone saved this release" in refused.content.decode()
    assert "<del>Hers</del><ins>His</ins>." in refused.content.decode()
    assert WorkingCopy.objects.get().contents["summary"] == "Hers."


def test_a_change_is_thrown_away_after_a_look(desk, release):
    save(desk, release, summary="Nine families came.")
    page = desk.get(address(release, "discard-change"))
    assert "<ins>Nine</ins>" in page.content.decode()
    desk.post(address(release, "discard-change"), {"seen": page.context["form"]["seen"].value()})
    assert desk.get(address(release, "change")).context["adminform"].form["summary"].value() == "Eight families came."


def test_a_bad_change_is_named_at_its_field(writers_desk, release):
    response = save(writers_desk, release, summary="", valid_until="2026-12-01")
    assert {"summary", "valid_until"} <= set(errors(response))


# --- History


def test_the_history_says_who_did_what_when_and_marks_the_words(desk, publisher, release):
    publisher.first_name, publisher.last_name = "Petra", "Luna"
    publisher.save()
    courts = make_topic("Courts", "Tribunales")
    save(desk, release, summary="Nine families came.", tags=[courts.pk], body=release.body)
    desk.post(address(release, "publish-change"), {"when": "at once", "kind": "update", "note": "Nine."})
    desk.post(address(release, "withdraw"), {"reason": "It was wrong."})
    page = desk.get(address(release, "history")).content.decode()
    for words in (
        "Withdrawn",
        "Change published: update",
        "Petra Luna",
        "Los Angeles time",
        "<ins>Courts</ins>",
        "<ins>It was wrong.</ins>",
    ):
        assert words in page
    assert "<del>Eight</del><ins>Nine</ins> families came." in page


def test_any_two_versions_are_compared_the_older_first(desk, release):
    for summary in ("Nine families came.", "Ten families came."):
        save(desk, release, summary=summary, body=release.body)
        publishing.publish_change(release, by=make_user(summary[:3]), kind="typo")
    newest, *_others, oldest = (version.key for version in versions_of(release))
    for query in (f"one={newest}&other={oldest}", f"one={oldest}&other={newest}"):
        page = desk.get(f"{address(release, 'compare')}?{query}").content.decode()
        assert "<del>Eight</del><ins>Ten</ins> families came." in page
    for query in ("", f"one={newest}&other={newest}", "one=x&other=9999999"):
        assert desk.get(f"{address(release, 'compare')}?{query}")["Location"] == address(release, "history")


def test_an_earlier_version_comes_back_after_a_look(desk, release):
    save(desk, release, summary="Nine families came.", body=release.body)
    desk.post(address(release, "publish-change"), {"when": "at once", "kind": "typo"})
    oldest = versions_of(release)[-1].key
    url = f"{LIST}{release.pk}/restore/{oldest}/"
    page = desk.get(url)
    assert "<del>Nine</del><ins>Eight</ins> families came." in page.content.decode()
    desk.post(url, {"seen": page.context["form"]["seen"].value()})
    assert "Nine families came." in shown(release)
    assert WorkingCopy.objects.get().contents["summary"] == "Eight families came."


def test_what_was_discarded_stays_in_the_history_and_can_be_brought_back(desk, release):
    save(desk, release, summary="Nine families came.", body=release.body)
    desk.post(address(release, "discard-change"))
    page = desk.get(address(release, "history")).content.decode()
    assert "Change discarded" in page
    assert "Change saved, not public" in page
    assert "<del>Eight</del><ins>Nine</ins> families came." in page
    saved = next(version for version in versions_of(release) if version.release.summary.startswith("Nine"))
    desk.post(f"{LIST}{release.pk}/restore/{saved.key}/")
    assert WorkingCopy.objects.get().contents["summary"] == "Nine families came."


def test_a_publication_that_still_waits_is_not_called_published(desk):
    draft = make_draft()
    desk.post(address(draft, "publish"), {"when": "now"})
    desk.post(address(draft, "return-to-draft"))
    page = desk.get(address(draft, "history")).content.decode()
    assert "Scheduled <small>" in page
    assert "Published <small>" not in page


def test_a_version_that_is_not_there_leads_back(desk, release):
    assert desk.get(f"{LIST}{release.pk}/restore/999999/")["Location"] == address(release, "history")
    assert desk.get(f"{LIST}999999/history/").status_code == 302


def test_a_long_history_has_pages(desk):
    draft = make_draft()
    for number in range(25):
        draft.summary = f"Version {number}."
        draft.save()
    first, second = (desk.get(f"{address(draft, 'history')}?p={page}").content.decode() for page in (1, 2))
    assert "<ins>24</ins>" in first
    assert "<ins>5</ins>" in first  # the last line of a page is compared with the first of the next
    assert "<ins>0</ins>" not in first
    assert "<ins>4</ins>" in second


# --- The front page


def test_the_front_page_is_the_desk(client, publisher, writer):
    mine, public, scheduled, noted = (make_release(headline=f"The {word} one") for word in ("mine", "public", "scheduled", "noted"))
    drafts = [make_draft(headline="My own draft", author=publisher), make_draft(headline="Another’s draft", author=writer)]
    publishing.ask_for_review(drafts[1], by=writer, text="Is the number right?")
    publishing.publish(make_draft(headline="Tomorrow’s news"), by=publisher, at=public.updated_at.replace(year=NEXT_YEAR))
    save_change = publishing.write_change
    save_change(mine, by=writer, printed=mine.printed() | {"summary": "New."}, tags=[])
    save_change(scheduled, by=writer, printed=scheduled.printed() | {"summary": "New."}, tags=[])
    publishing.publish_change(scheduled, by=publisher, kind="typo", at=public.updated_at.replace(year=NEXT_YEAR))
    publishing.write_note(noted, by=writer, text="Called the lawyer.")
    client.force_login(publisher)
    page = client.get("/admin/").content.decode()
    sections = dict(re.findall(r'aria-labelledby="([a-z-]+)">(.*?)</section>', page, re.DOTALL))
    assert "Another’s draft" in sections["reviews"]
    assert "Is the number right?" in sections["reviews"]
    assert "Tomorrow’s news" in sections["scheduled"]
    assert "The scheduled one" in sections["scheduled"]
    assert "Put off…" in sections["scheduled"]
    assert "Hold back…" in sections["scheduled"]
    assert "My own draft" in sections["drafts"]
    assert "Another’s draft" not in sections["drafts"]
    assert "The mine one" in sections["changes"]
    assert "The public one" in sections["recent"]
    assert "Called the lawyer." in sections["notes"]


def test_a_writer_asks_from_the_form(writers_desk, writer):
    draft = make_draft(changed_by=writer)
    response = writers_desk.post(address(draft, "change"), form_of(draft, _review="x"))
    assert response["Location"] == address(draft, "ask-for-review")
    writers_desk.post(response["Location"], {"text": "Please."})
    assert "Ready for review" in writers_desk.get(address(draft, "change")).content.decode()


def test_the_reason_is_asked_for_only_where_a_second_person_is_wanted(desk, publisher):
    draft = make_draft(changed_by=publisher)
    assert "alone_because" not in desk.get(address(draft, "publish")).context["form"].fields
    Newsroom(needs_second_person=True).save()
    assert "alone_because" in desk.get(address(draft, "publish")).context["form"].fields
    assert "second person" in desk.post(address(draft, "publish"), {"when": "at once"}).content.decode()
    desk.post(address(draft, "publish"), {"when": "at once", "alone_because": "Midnight ruling."})
    draft.refresh_from_db()
    assert draft.is_public()
    assert "Midnight ruling." in desk.get(address(draft, "change")).content.decode()


def test_who_only_presses_publish_has_not_written_the_text(desk, publisher, writer):
    Newsroom(needs_second_person=True).save()
    draft = make_draft(changed_by=writer, date="2015-03-04")
    desk.post(address(draft, "change"), form_of(draft, headline=draft.headline, summary=draft.summary, body=draft.body, _publish="x"))
    draft.refresh_from_db()
    assert (draft.changed_by, draft.version) == (writer, 1)
    desk.post(address(draft, "publish"), {"when": "at once"})
    draft.refresh_from_db()
    assert draft.is_public()
    publishing.write_change(draft, by=writer, printed=draft.printed() | {"summary": "New."}, tags=[])
    copy = WorkingCopy.objects.get()
    save(desk, draft, headline=draft.headline, summary="New.", body=draft.body, date=str(draft.date))
    assert WorkingCopy.objects.get().version == copy.version


def test_what_a_second_person_approved_is_not_written_on_while_it_waits(desk):
    scheduled = make_scheduled(summary="Approved.")
    Newsroom(needs_second_person=True).save()
    assert desk.post(address(scheduled, "change"), form_of(scheduled, summary="Not approved.")).status_code == 403
    scheduled.refresh_from_db()
    assert scheduled.summary == "Approved."


def test_a_release_is_pinned_from_its_form(desk, release):
    assert "Pin…" in desk.get(address(release, "change")).content.decode()
    assert "until" in desk.post(address(release, "pin"), {"until": "2015-01-01"}).context["form"].errors
    desk.post(address(release, "pin"), {"until": f"{NEXT_YEAR}-01-15"})
    assert Newsroom.current().pinned == release
    assert "Unpin…" in desk.get(address(release, "change")).content.decode()


def test_the_current_notice_is_chosen_among_public_notices_of_the_language(desk):
    notice = make_release(kind="service_notice", headline="Clinic hours")
    make_release(kind="service_notice", headline="Horario", language="es")
    make_draft(kind="service_notice", headline="Hidden hours")
    other = make_release(kind="service_notice", headline="New hours")
    form = desk.get(address(notice, "change")).context["adminform"].form
    assert list(form.fields["current_notice"].queryset) == [other]
    assert Release.objects.count() == 4


def test_a_current_notice_that_was_withdrawn_stays_chosen(desk, publisher):
    current = make_release(kind="service_notice", headline="New hours")
    draft = make_draft(kind="service_notice", current_notice=current)
    publishing.withdraw(current, by=publisher)
    form = desk.get(address(draft, "change")).context["adminform"].form
    assert current in form.fields["current_notice"].queryset
    desk.post(address(draft, "change"), form_of(draft, kind="service_notice", current_notice=str(current.pk), summary="New."))
    draft.refresh_from_db()
    assert (draft.summary, draft.current_notice) == ("New.", current)


def test_a_new_spanish_notice_chooses_among_spanish_ones(desk):
    notice = make_release(kind="service_notice", headline="Horario", language="es")
    desk.post(
        f"{LIST}add/", form_of(Release(), kind="service_notice", language="es", dateline="Los Ángeles", current_notice=str(notice.pk))
    )
    assert Release.objects.get(status="draft").current_notice == notice


def test_a_topic_that_an_unpublished_change_is_about_is_not_deleted(desk, publisher, release):
    topic = make_topic("DACA")
    publishing.write_change(release, by=publisher, printed=release.printed(), tags=[topic.pk])
    desk.post(f"/admin/releases/topic/{topic.pk}/delete/", {"post": "yes"})
    assert Topic.objects.exists()
    publishing.discard_change(release, by=publisher)
    desk.post(f"/admin/releases/topic/{topic.pk}/delete/", {"post": "yes"})
    assert not Topic.objects.exists()


def test_bringing_back_is_refused_once_when_others_wrote_and_then_done(desk):
    draft = make_draft(summary="First.")
    first = versions_of(draft)[0].key
    seen = desk.get(f"{LIST}{draft.pk}/restore/{first}/").context["form"]["seen"].value()
    draft.summary = "Theirs."
    draft.save()
    refused = desk.post(f"{LIST}{draft.pk}/restore/{first}/", {"seen": seen})
    assert "<del>Theirs</del><ins>First</ins>." in refused.content.decode()
    desk.post(f"{LIST}{draft.pk}/restore/{first}/", {"seen": refused.context["form"]["seen"].value()})
    draft.refresh_from_db()
    assert draft.summary == "First."


def test_bringing_back_shows_what_it_does_to_the_change_at_hand(desk, publisher, release):
    publishing.write_change(release, by=publisher, printed=release.printed() | {"summary": "Two hours of writing."}, tags=[])
    page = desk.get(f"{LIST}{release.pk}/restore/{versions_of(release)[-1].key}/").content.decode()
    assert "writing" in page


def test_the_history_asks_the_same_number_of_questions_at_any_length(desk, django_assert_max_num_queries):
    draft = make_draft()
    for number in range(19):
        draft.summary = f"Version {number}."
        draft.save()
    with django_assert_max_num_queries(16):
        desk.get(address(draft, "history"))
