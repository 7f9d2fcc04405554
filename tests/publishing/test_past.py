"""Back to how it was."""

import time
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from releases import publishing
from releases.models import Correction, Newsroom, Release, Topic, WorkingCopy, versions_of
from releases.publishing import Refusal
from releases.vocabulary import Status
from tests.builders import make_draft, make_release, make_scheduled, make_topic, make_user, make_withdrawn

pytestmark = pytest.mark.django_db


def version_with(release: Release, summary: str) -> str:
    return next(version.key for version in versions_of(release) if version.release.summary == summary and not version.of_copy)


# --- One release


def test_each_version_has_its_topics_who_and_what(publisher):
    daca, courts = make_topic("DACA"), make_topic("Courts", "Tribunales")
    release = make_release(topics=(daca,))
    publishing.write_change(release, by=publisher, printed=release.printed() | {"summary": "New."}, tags=[courts.pk])
    publishing.publish_change(release, by=publisher, kind="update", note="It is new.")
    publishing.withdraw(release, by=publisher)
    told = [(version.record.history_change_reason, version.of_copy, set(version.tags)) for version in versions_of(release)]
    assert told == [
        ("withdraw", False, {courts.pk}),
        ("update", False, {courts.pk}),
        ("write", True, {courts.pk}),
        (None, False, {daca.pk}),
    ]
    assert versions_of(release)[0].record.history_user == publisher


def test_a_draft_gets_its_earlier_text_back_as_a_new_change(writer):
    daca = make_topic("DACA")
    draft = make_draft(summary="First.", topics=(daca,))
    draft.summary = "Second."
    draft.save()
    draft.tags.clear()
    publishing.restore(draft, by=writer, key=version_with(draft, "First."))
    draft.refresh_from_db()
    assert (draft.summary, draft.topics, draft.changed_by) == ("First.", [daca], writer)
    assert [version.record.summary for version in versions_of(draft)] == ["First.", "Second.", "First."]


def test_the_public_reads_an_earlier_text_only_when_the_change_is_published(writer, publisher):
    release = make_release(summary="First.")
    publishing.write_change(release, by=publisher, printed=release.printed() | {"summary": "Second."}, tags=[])
    publishing.publish_change(release, by=publisher, kind="typo")
    publishing.restore(release, by=writer, key=version_with(release, "First."))
    release.refresh_from_db()
    assert release.summary == "Second."
    publishing.publish_change(release, by=publisher, kind="typo")
    assert release.summary == "First."


def test_what_cannot_be_brought_back_is_refused(writer, publisher):
    other = make_draft()
    with pytest.raises(Refusal, match="not one of this release"):
        publishing.restore(make_draft(), by=writer, key=versions_of(other)[0].key)
    withdrawn, scheduled = make_withdrawn(), make_scheduled()
    with pytest.raises(Refusal, match="withdrawn"):
        publishing.restore(withdrawn, by=publisher, key=versions_of(withdrawn)[0].key)
    with pytest.raises(Refusal, match="puts it back to draft"):
        publishing.restore(scheduled, by=writer, key=versions_of(scheduled)[0].key)
    seen = other.opened_as
    other.save()
    with pytest.raises(Refusal, match="while you were looking"):
        publishing.restore(other, by=writer, key=versions_of(other)[0].key, seen=seen)


# --- Everything


def everything() -> dict[str, tuple[int, bytes]]:
    urls = ["/", "/?page=2", "/archive/", "/topics/", "/topics/daca/", "/topics/courts/", "/2015/", "/2015/03/", "/es/", "/es/temas/"]
    urls += [release.get_absolute_url() for release in Release.objects.published()]
    responses = {url: Client().get(url) for url in urls}
    return {url: (response.status_code, response.content) for url, response in responses.items()}


def test_twenty_defaced_releases_are_put_back_byte_for_byte(publisher):
    daca, courts = make_topic("DACA"), make_topic("Courts", "Tribunales")
    releases = [make_release(slug=f"a-ruling-{number}", topics=(daca, courts)[: number % 3]) for number in range(16)]
    releases += [make_release(slug=f"un-fallo-{number}", language="es", topics=(courts,)) for number in range(4)]
    publishing.write_change(releases[0], by=publisher, printed=releases[0].printed() | {"summary": "Nine."}, tags=[daca.pk])
    publishing.publish_change(releases[0], by=publisher, kind="correction", note="It is nine.")
    publishing.change_address(releases[1], by=publisher, slug="once-moved")
    publishing.pin(releases[2], by=publisher, until=timezone.localdate() + timedelta(days=9))
    withdrawn, draft = make_withdrawn(slug="gone"), make_draft(headline="Not yet")
    before, moment = everything(), timezone.now()

    for number, release in enumerate(releases):
        fake = release.printed() | {"headline": "Defaced", "body": "<p>Lies.</p>", "date": date(2015, 3, 1 + number)}
        publishing.write_change(release, by=publisher, printed=fake, tags=[courts.pk])
        publishing.publish_change(release, by=publisher, kind="update", note="Lies.")
    publishing.withdraw(releases[3], by=publisher, reason="Lies.")
    publishing.change_address(releases[4], by=publisher, slug="lies")
    publishing.publish_again(withdrawn, by=publisher)
    publishing.publish(draft, by=publisher)
    publishing.publish(make_draft(headline="More lies"), by=publisher)
    later = make_draft(headline="Lies tomorrow")
    publishing.publish(later, by=publisher, at=timezone.now() + timedelta(days=1))
    publishing.unpin(releases[2], by=publisher)
    publishing.merge_topics(daca, into=courts, by=publisher)
    courts.name, courts.name_es = "Lies", "Mentiras"
    courts.save()
    publishing.write_change(releases[5], by=publisher, printed=releases[5].printed() | {"summary": "Lies."}, tags=[])
    publishing.publish_change(releases[5], by=publisher, kind="typo", at=timezone.now() + timedelta(hours=1))
    assert everything() != before

    restored = publishing.restore_everything(moment)

    after = everything()
    assert {url for url in before if after.get(url) != before[url]} == set()
    assert set(after) == set(before)
    assert {restored_one.release.pk for restored_one in restored} >= {release.pk for release in releases}
    draft.refresh_from_db()
    later.refresh_from_db()
    assert (draft.status, later.status) == (Status.WITHDRAWN, Status.DRAFT)
    assert Client().get("/2015/03/gone/").status_code == 410
    assert Newsroom.current().pinned == releases[2]
    assert Correction.objects.count() == 1
    assert not WorkingCopy.objects.exclude(public_at=None).exists()
    assert publishing.restore_everything(moment) == []  # a second run changes nothing


def test_a_restoration_can_be_undone_the_same_way(publisher):
    release = make_release(summary="First.")
    first = timezone.now()
    release.summary = "Second."
    release.save()
    second = timezone.now()
    publishing.restore_everything(first)
    publishing.restore_everything(second)
    release.refresh_from_db()
    assert release.summary == "Second."


def test_drafts_written_since_stay_and_deleted_ones_come_back(publisher):
    deleted = make_draft(headline="Deleted", topics=(make_topic("DACA"),))
    moment = timezone.now()
    pk = deleted.pk
    deleted.delete()
    since = make_draft(headline="Written since")
    publishing.restore_everything(moment)
    back = Release.objects.get(pk=pk)
    assert (back.headline, [topic.name for topic in back.topics]) == ("Deleted", ["DACA"])
    assert Release.objects.filter(pk=since.pk).exists()


def test_addresses_that_changed_hands_go_back(publisher):
    one, two = make_draft(slug="one"), make_draft(slug="two")
    moment = timezone.now()
    Release.objects.filter(pk=one.pk).update(slug="")
    two.slug = "one"
    two.save()
    one.slug = "two"
    one.save()
    publishing.restore_everything(moment)
    assert [Release.objects.get(pk=release.pk).slug for release in (one, two)] == ["one", "two"]


def test_a_topic_made_in_the_place_of_another_gives_way(publisher):
    daca = make_topic("DACA")
    release = make_release(topics=(daca,))
    moment = timezone.now()
    daca.name = daca.name_es = "Lies"
    daca.save()
    draft = make_draft(topics=(make_topic("DACA", slug="daca-2", slug_es="daca-2"),))
    publishing.restore_everything(moment)
    assert Topic.objects.get().name == "DACA"
    assert Release.objects.get(pk=draft.pk).topics == release.topics == [daca]


def test_an_account_that_is_gone_is_in_no_ones_way(publisher):
    intruder = make_user("intruder")
    mine, untouched = make_release(author=intruder, changed_by=intruder, summary="First."), make_release(author=intruder)
    moment = timezone.now()
    mine.summary = "Lies."
    mine.save()
    intruder.delete()
    assert [one.release.pk for one in publishing.restore_everything(moment)] == [mine.pk]
    mine.refresh_from_db()
    assert (mine.summary, mine.author) == ("First.", None)
    assert Release.objects.get(pk=untouched.pk).version == untouched.version


def test_topics_that_swapped_names_go_back(publisher):
    make_release()
    daca, tps = make_topic("DACA"), make_topic("TPS")
    moment = timezone.now()
    for topic, name in ((daca, "Lies"), (tps, "DACA"), (daca, "TPS")):
        topic.name = topic.name_es = name
        topic.save()
    publishing.restore_everything(moment)
    assert {topic.pk: topic.name for topic in Topic.objects.all()} == {daca.pk: "DACA", tps.pk: "TPS"}


def test_an_address_that_a_newer_topic_has_goes_back(publisher):
    make_release()
    courts = make_topic("Courts", "Tribunales")
    moment = timezone.now()
    courts.slug = courts.slug_es = "elsewhere"
    courts.save()
    newer = make_topic("Judges", "Jueces")
    Topic.objects.filter(pk=newer.pk).update(slug="courts")
    publishing.restore_everything(moment)
    assert Topic.objects.get(pk=courts.pk).slug == "courts"
    assert Topic.objects.get(pk=newer.pk).slug != "courts"


def test_a_release_imported_again_gives_its_key_back(publisher):
    draft = make_draft(source_key="en:undated:1")
    moment = timezone.now()
    pk, made = draft.pk, draft.created_at
    draft.delete()
    again = make_draft(source_key="en:undated:1")
    publishing.restore_everything(moment)
    back = Release.objects.get(pk=pk)
    assert (back.source_key, back.created_at, Release.objects.get(pk=again.pk).source_key) == ("en:undated:1", made, None)


def test_what_was_scheduled_and_taken_back_since_waits_for_a_person(publisher):
    draft = make_draft()
    publishing.publish(draft, by=publisher, at=timezone.now() + timedelta(seconds=0.3))
    moment = timezone.now()
    publishing.return_to_draft(draft, by=publisher)
    time.sleep(0.3)
    publishing.restore_everything(moment)
    draft.refresh_from_db()
    assert draft.status == Status.DRAFT


def test_nothing_goes_back_to_before_the_history(publisher):
    release = make_release()
    with pytest.raises(Refusal, match="begins later"):
        publishing.restore_everything(timezone.now() - timedelta(days=9))
    assert Release.objects.get(pk=release.pk).is_public()


def test_a_change_that_was_scheduled_before_stays_scheduled_and_a_later_one_is_told_of(publisher):
    before, since = make_release(), make_release()
    for release in (before, since):
        publishing.write_change(release, by=publisher, printed=release.printed() | {"summary": "New."}, tags=[])
    publishing.publish_change(before, by=publisher, kind="typo", at=timezone.now() + timedelta(hours=1))
    moment = timezone.now()
    publishing.publish_change(since, by=publisher, kind="typo", at=timezone.now() + timedelta(hours=1))
    assert [(one.release.pk, one.became) for one in publishing.restore_everything(moment)] == [(since.pk, "change")]
    assert [copy.release_id for copy in WorkingCopy.objects.exclude(public_at=None)] == [before.pk]


def test_topics_alone_are_a_change_of_the_release(publisher):
    daca = make_topic("DACA")
    release = make_release(topics=(daca,))
    moment = timezone.now()
    release.save()
    release.tags.clear()
    opened = release.opened_as
    assert [one.release.pk for one in publishing.restore_everything(moment)] == [release.pk]
    release.refresh_from_db()
    assert release.opened_as != opened
    assert [set(version.tags) for version in versions_of(release)] == [{daca.pk}, set(), {daca.pk}]
