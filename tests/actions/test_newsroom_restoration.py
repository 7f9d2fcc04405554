"""Restoring the whole newsroom to an earlier time: the same bytes, and nothing lost."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from releases.actions.errors import ActionNotAllowed
from releases.actions.newsroom_restoration import restore_everything
from releases.actions.pins import pin, unpin
from releases.actions.publication import change_slug, publish, republish
from releases.actions.redaction import redact
from releases.actions.revisions import publish_revision, save_revision
from releases.actions.scheduling import return_to_draft
from releases.actions.topics import merge_topics
from releases.actions.withdrawal import withdraw
from releases.models import (
    Correction,
    Coverage,
    NewsroomSettings,
    Organization,
    PendingRevision,
    Release,
    Topic,
    get_versions,
)
from releases.text.choices import Status
from tests.factories import (
    make_contact,
    make_coverage,
    make_draft,
    make_organization,
    make_photo,
    make_release,
    make_topic,
    make_user,
    make_withdrawn,
    photo_entry,
)
from tests.views import get_public_page

pytestmark = pytest.mark.django_db


def get_public_pages() -> dict[str, tuple[int, bytes]]:
    urls = [
        "/",
        "/?page=2",
        "/archive/",
        "/topics/",
        "/topics/daca/",
        "/topics/courts/",
        "/2015/",
        "/2015/03/",
        "/es/",
        "/es/temas/",
    ]
    urls += [release.get_absolute_url() for release in Release.objects.published()]
    responses = {url: Client().get(url) for url in urls}
    return {url: (response.status_code, response.content) for url, response in responses.items()}


def test_twenty_defaced_releases_are_restored_byte_for_byte(publisher):
    daca, courts = make_topic("DACA"), make_topic("Courts", "Tribunales")
    releases = [
        make_release(slug=f"a-ruling-{number}", topics=(daca, courts)[: number % 3]) for number in range(16)
    ]
    releases += [
        make_release(slug=f"un-fallo-{number}", language="es", topics=(courts,)) for number in range(4)
    ]
    save_revision(
        releases[0], user=publisher, content=releases[0].content() | {"summary": "Nine."}, topic_ids=[daca.pk]
    )
    publish_revision(releases[0], user=publisher, kind="correction", note="It is nine.")
    change_slug(releases[1], user=publisher, slug="once-moved")
    pin(releases[2], user=publisher, until=timezone.localdate() + timedelta(days=9))
    photo = photo_entry(make_photo())
    releases[6].photos = [photo | {"is_lead": True, "focus": [30, 20]}]
    releases[6].save()
    withdrawn, draft = make_withdrawn(slug="gone"), make_draft(headline="Not yet")
    before, restore_time = get_public_pages(), timezone.now()

    for number, release in enumerate(releases):
        content = release.content() | {
            "headline": "Defaced",
            "body": "<p>Lies.</p>",
            "date": date(2015, 3, 1 + number),
            "photos": [photo],
        }
        save_revision(release, user=publisher, content=content, topic_ids=[courts.pk])
        publish_revision(release, user=publisher, kind="update", note="Lies.")
    withdraw(releases[3], user=publisher, reason="Lies.")
    change_slug(releases[4], user=publisher, slug="lies")
    republish(withdrawn, user=publisher)
    publish(draft, user=publisher)
    publish(make_draft(headline="More lies"), user=publisher)
    later = make_draft(headline="Lies tomorrow")
    publish(later, user=publisher, at=timezone.now() + timedelta(days=1))
    unpin(releases[2], user=publisher)
    merge_topics(daca, into=courts, user=publisher)
    courts.name, courts.name_es = "Lies", "Mentiras"
    courts.save()
    save_revision(
        releases[5], user=publisher, content=releases[5].content() | {"summary": "Lies."}, topic_ids=[]
    )
    publish_revision(releases[5], user=publisher, kind="typo", at=timezone.now() + timedelta(hours=1))
    assert get_public_pages() != before

    restored = restore_everything(restore_time)

    after = get_public_pages()
    assert {url for url in before if after.get(url) != before[url]} == set()
    assert set(after) == set(before)
    assert {restored_one.release.pk for restored_one in restored} >= {release.pk for release in releases}
    draft.refresh_from_db()
    later.refresh_from_db()
    assert (draft.status, later.status) == (Status.WITHDRAWN, Status.DRAFT)
    assert Client().get("/2015/03/gone/").status_code == 410
    assert NewsroomSettings.current().pinned == releases[2]
    assert Correction.objects.count() == 1
    assert not PendingRevision.objects.exclude(public_at=None).exists()
    assert restore_everything(restore_time) == []  # a second run changes nothing


def test_restore_can_be_undone_by_another_restore(publisher):
    release = make_release(summary="First.")
    first = timezone.now()
    release.summary = "Second."
    release.save()
    second = timezone.now()
    restore_everything(first)
    restore_everything(second)
    release.refresh_from_db()
    assert release.summary == "Second."


def test_restore_keeps_newer_drafts_and_recreates_deleted_ones(publisher):
    deleted = make_draft(headline="Deleted", topics=(make_topic("DACA"),))
    restore_time = timezone.now()
    pk = deleted.pk
    deleted.delete()
    since = make_draft(headline="Written since")
    restore_everything(restore_time)
    recreated = Release.objects.get(pk=pk)
    assert (recreated.headline, [topic.name for topic in recreated.topics]) == ("Deleted", ["DACA"])
    assert Release.objects.filter(pk=since.pk).exists()


def test_swapped_slugs_are_restored(publisher):
    first, second = make_draft(slug="one"), make_draft(slug="two")
    restore_time = timezone.now()
    Release.objects.filter(pk=first.pk).update(slug="")
    second.slug = "one"
    second.save()
    first.slug = "two"
    first.save()
    restore_everything(restore_time)
    assert [Release.objects.get(pk=release.pk).slug for release in (first, second)] == ["one", "two"]


def test_restored_topic_replaces_a_newer_topic_of_the_same_name(publisher):
    daca = make_topic("DACA")
    release = make_release(topics=(daca,))
    restore_time = timezone.now()
    daca.name = daca.name_es = "Lies"
    daca.save()
    draft = make_draft(topics=(make_topic("DACA", slug="daca-2", slug_es="daca-2"),))
    restore_everything(restore_time)
    assert Topic.objects.get().name == "DACA"
    assert Release.objects.get(pk=draft.pk).topics == release.topics == [daca]


def test_deleted_user_does_not_block_restore(publisher):
    intruder = make_user("intruder")
    release, untouched = (
        make_release(author=intruder, changed_by=intruder, summary="First."),
        make_release(author=intruder),
    )
    restore_time = timezone.now()
    release.summary = "Lies."
    release.save()
    intruder.delete()
    assert [result.release.pk for result in restore_everything(restore_time)] == [release.pk]
    release.refresh_from_db()
    assert (release.summary, release.author) == ("First.", None)
    assert Release.objects.get(pk=untouched.pk).version == untouched.version


def test_swapped_topic_names_are_restored(publisher):
    make_release()
    daca, tps = make_topic("DACA"), make_topic("TPS")
    restore_time = timezone.now()
    for topic, name in ((daca, "Lies"), (tps, "DACA"), (daca, "TPS")):
        topic.name = topic.name_es = name
        topic.save()
    restore_everything(restore_time)
    assert {topic.pk: topic.name for topic in Topic.objects.all()} == {daca.pk: "DACA", tps.pk: "TPS"}


def test_topic_slug_taken_by_a_newer_topic_is_restored(publisher):
    make_release()
    courts = make_topic("Courts", "Tribunales")
    restore_time = timezone.now()
    courts.slug = courts.slug_es = "elsewhere"
    courts.save()
    newer = make_topic("Judges", "Jueces")
    Topic.objects.filter(pk=newer.pk).update(slug="courts")
    restore_everything(restore_time)
    assert Topic.objects.get(pk=courts.pk).slug == "courts"
    assert Topic.objects.get(pk=newer.pk).slug != "courts"


def test_recreated_release_takes_its_source_key_back_from_a_reimport(publisher):
    draft = make_draft(source_key="en:undated:1")
    restore_time = timezone.now()
    pk, created_at = draft.pk, draft.created_at
    draft.delete()
    reimported = make_draft(source_key="en:undated:1")
    restore_everything(restore_time)
    recreated = Release.objects.get(pk=pk)
    assert (recreated.source_key, recreated.created_at, Release.objects.get(pk=reimported.pk).source_key) == (
        "en:undated:1",
        created_at,
        None,
    )


def test_schedule_canceled_after_the_restore_time_stays_canceled(publisher, monkeypatch):
    draft = make_draft()
    publish(draft, user=publisher, at=timezone.now() + timedelta(hours=1))
    restore_time = timezone.now()
    return_to_draft(draft, user=publisher)
    real_now = timezone.now
    monkeypatch.setattr(timezone, "now", lambda: real_now() + timedelta(hours=2))
    restore_everything(restore_time)
    draft.refresh_from_db()
    assert draft.status == Status.DRAFT


def test_restore_to_before_the_history_is_refused(publisher):
    release = make_release()
    with pytest.raises(ActionNotAllowed, match="starts later"):
        restore_everything(timezone.now() - timedelta(days=9))
    assert Release.objects.get(pk=release.pk).is_public()


def test_restore_keeps_earlier_scheduled_revisions_and_unschedules_later_ones(publisher):
    earlier, later = make_release(), make_release()
    for release in (earlier, later):
        save_revision(release, user=publisher, content=release.content() | {"summary": "New."}, topic_ids=[])
    publish_revision(earlier, user=publisher, kind="typo", at=timezone.now() + timedelta(hours=1))
    restore_time = timezone.now()
    publish_revision(later, user=publisher, kind="typo", at=timezone.now() + timedelta(hours=1))
    assert [(result.release.pk, result.outcome) for result in restore_everything(restore_time)] == [
        (later.pk, "revision_unscheduled")
    ]
    assert [revision.release_id for revision in PendingRevision.objects.exclude(public_at=None)] == [
        earlier.pk
    ]


def test_restore_covers_a_change_of_topics_only(publisher):
    daca = make_topic("DACA")
    release = make_release(topics=(daca,))
    restore_time = timezone.now()
    release.save()
    release.tags.clear()
    edit_token = release.edit_token
    assert [result.release.pk for result in restore_everything(restore_time)] == [release.pk]
    release.refresh_from_db()
    assert release.edit_token != edit_token
    assert [set(version.topic_ids) for version in get_versions(release)] == [{daca.pk}, set(), {daca.pk}]


def test_restoring_everything_also_restores_contacts_and_coverage():
    contact = make_contact()
    make_release(contacts=[contact.pk])
    restore_time = timezone.now()
    contact.phone = "900-555-0100"
    contact.save()
    make_coverage(headline="Planted")
    restore_everything(restore_time)
    contact.refresh_from_db()
    assert contact.phone == "213-555-0100"
    assert not Coverage.objects.exists()


def test_deleted_portrait_does_not_block_restore():
    portrait = make_photo(press_kit_category="portrait")
    contact = make_contact(portrait=portrait)
    make_release()
    restore_time = timezone.now()
    contact.phone = "900-555-0100"
    contact.save()
    portrait.delete()
    restore_everything(restore_time)
    contact.refresh_from_db()
    assert (contact.phone, contact.portrait) == ("213-555-0100", None)


def test_restoring_everything_exchanges_names_of_organizations_back():
    first, second, deleted = (make_organization(name) for name in ("CHIRLA", "Bet Tzedek", "SALEF"))
    release = make_release(signers=[first.pk, deleted.pk])
    restore_time = timezone.now()
    Organization.objects.get(pk=deleted.pk).delete()
    for organization, name in ((first, "Unlike any"), (second, "CHIRLA"), (first, "Bet Tzedek")):
        organization.name = name
        organization.save()
    make_organization("SALEF")
    restore_everything(restore_time)
    names = {organization.pk: organization.name for organization in Organization.objects.all()}
    assert names == {first.pk: "CHIRLA", second.pk: "Bet Tzedek", deleted.pk: "SALEF"}
    assert "SALEF" in get_public_page(release)


def test_two_organizations_with_the_same_redacted_name_are_restored(publisher):
    make_release()
    for name in ("Ana Ruiz", "Ana-Ruiz, Inc."):
        make_organization(name)
    redact("Ana Ruiz, Inc.\nAna Ruiz", user=publisher)
    assert Organization.objects.filter(name__startswith="[text removed").count() == 2
    restore_time = timezone.now()
    Organization.objects.all().delete()
    restore_everything(restore_time)
    assert Organization.objects.filter(name__startswith="[text removed").count() == 2
