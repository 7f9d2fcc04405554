"""A public text changes only when its change is published."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.handlers.base import BaseHandler
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone

from releases import caching, publishing
from releases.models import Correction, Newsroom, Release, WorkingCopy
from releases.publishing import Refusal, changes
from tests.builders import make_draft, make_release, make_scheduled, make_topic, make_user, make_withdrawn

pytestmark = pytest.mark.django_db

PAGES = ["/", "/2015/", "/2015/03/", "/topics/daca/", "/topics/", "/archive/", "/2015/03/a-ruling/"]


def without_data(page: str) -> str:
    """`page` as people read it, without what it tells machines."""
    return re.sub(r"<script type.*?</script>", "", page, flags=re.DOTALL)


def pages() -> dict[str, bytes]:
    return {url: Client().get(url).content for url in PAGES}


def written(release: Release, by, **changes) -> WorkingCopy | None:
    tags = changes.pop("tags", sorted(release.tags.values_list("pk", flat=True)))
    return publishing.write_change(release, by=by, printed=release.printed() | changes, tags=tags)


@pytest.fixture
def release():
    return make_release(slug="a-ruling", headline="A ruling", topics=(make_topic("DACA"),))


def test_the_public_page_is_byte_for_byte_as_it_was_until_the_change_is_published(release, writer, publisher):
    courts = make_topic("Courts", "Tribunales")
    before = pages()
    written(release, writer, headline="Another ruling", body="<p>New.</p>", date=date(2015, 3, 9), tags=[courts.pk])
    assert pages() == before
    publishing.publish_change(release, by=publisher, kind="update", note="The second ruling came.", at=timezone.now() + timedelta(days=1))
    assert pages() == before
    publishing.put_off_change(release, by=publisher)
    assert pages() == before
    publishing.publish_change(release, by=publisher, kind="typo")
    after = pages()
    assert "Another ruling" in after["/"].decode()
    assert "<p>New.</p>" in after["/2015/03/a-ruling/"].decode()
    assert release.topics == [courts]
    assert not WorkingCopy.objects.exists()


def test_a_typo_tells_readers_nothing(release, publisher):
    written(release, publisher, summary="Families may stay.")
    publishing.publish_change(release, by=publisher, kind="typo", note="Not shown.")
    assert not Correction.objects.exists()
    assert b"Updated" not in Client().get("/").content


@pytest.mark.parametrize(("kind", "label"), [("correction", "Correction"), ("update", "Update")])
def test_readers_see_what_changed_at_the_top_in_the_log_and_in_lists(release, publisher, kind, label):
    written(release, publisher, summary="Nine families stay.")
    publishing.publish_change(release, by=publisher, kind=kind, note="The number is nine.")
    page = without_data(Client().get("/2015/03/a-ruling/").content.decode())
    assert page.count("The number is nine.") == 2
    assert page.index("The number is nine.") < page.rindex("Nine families stay.") < page.rindex("The number is nine.")
    assert f"<strong>{label}, <time" in page
    assert "Families can stay together." not in page
    assert "Updated" in Client().get("/").content.decode()


def test_the_log_keeps_every_sentence_newest_first(release, publisher):
    for number in ("one", "two"):
        written(release, publisher, summary=f"Version {number}.")
        publishing.publish_change(release, by=publisher, kind="update", note=f"Sentence {number}.")
    page = without_data(Client().get("/2015/03/a-ruling/").content.decode())
    assert page.count("Sentence two.") == 2
    assert page.count("Sentence one.") == 1
    assert page.rindex("Sentence two.") < page.index("Sentence one.")


def test_a_spanish_release_tells_it_in_spanish(publisher):
    release = make_release(slug="un-fallo", language="es")
    written(release, publisher, summary="Otro resumen.")
    publishing.publish_change(release, by=publisher, kind="correction", note="Son nueve familias.")
    page = Client().get("/es/2015/03/un-fallo/").content.decode()
    assert "<strong>Corrección, <time" in page
    assert "Actualizado" in Client().get("/es/").content.decode()


@pytest.mark.parametrize("kind", ["correction", "update"])
def test_a_correction_needs_its_sentence(release, publisher, kind):
    written(release, publisher, summary="Other.")
    with pytest.raises(Refusal, match="one sentence"):
        publishing.publish_change(release, by=publisher, kind=kind, note=" \x01")
    assert release.corrections.count() == 0


def test_a_change_at_a_time_is_public_from_that_second_on_without_any_job(release, publisher):
    written(release, publisher, summary="New words.")
    publishing.publish_change(release, by=publisher, kind="update", note="It is new.", at=timezone.now() + timedelta(hours=1))
    before = pages()
    moment = datetime(2026, 6, 1, 19, tzinfo=UTC)
    WorkingCopy.objects.update(public_at=moment)  # the hour has passed
    caching.turn()
    after = pages()
    assert after != before
    assert "New words." in after["/"].decode()
    release.refresh_from_db()
    assert release.corrected_at == release.corrections.get().made_at == moment
    assert release.history.first().history_user == publisher


def test_a_change_is_not_public_before_its_second(release, publisher):
    written(release, publisher, summary="New words.")
    at = timezone.now() + timedelta(seconds=30)
    publishing.publish_change(release, by=publisher, kind="typo", at=at)
    publishing.publish_due_changes(at - timedelta(microseconds=1))
    release.refresh_from_db()
    assert release.summary == "Families can stay together."
    publishing.publish_due_changes(at)
    release.refresh_from_db()
    assert release.summary == "New words."


def test_a_withdrawal_stops_a_scheduled_change_and_keeps_its_words(release, publisher):
    written(release, publisher, summary="New words.")
    publishing.publish_change(release, by=publisher, kind="typo", at=timezone.now() + timedelta(hours=1))
    publishing.withdraw(release, by=publisher)
    copy = WorkingCopy.objects.get()
    assert (copy.public_at, copy.contents["summary"]) == (None, "New words.")


def test_a_due_change_of_what_was_withdrawn_waits_for_a_person(release, publisher):
    written(release, publisher, summary="New words.")
    publishing.withdraw(release, by=publisher)
    WorkingCopy.objects.update(public_at=timezone.now(), kind="typo")
    assert Client().get("/").status_code == 200
    assert WorkingCopy.objects.get().public_at is None


def test_a_change_that_no_longer_fits_waits_for_a_person(release, publisher):
    copy = written(release, publisher, summary="New words.")
    copy.contents["headline"] = ""
    copy.public_at, copy.kind = timezone.now(), "typo"
    copy.save()
    assert b"A ruling" in Client().get("/").content
    assert WorkingCopy.objects.get().public_at is None


def test_contents_that_are_no_text_at_all_break_no_page(release, publisher, desk):
    copy = written(release, publisher, summary="New words.")
    copy.contents["date"] = "some day"
    copy.public_at, copy.kind = timezone.now(), "typo"
    copy.save()
    assert Client().get("/").status_code == 200
    assert desk.get("/admin/").status_code == 200
    assert WorkingCopy.objects.get().public_at is None


def test_the_first_page_after_the_moment_shows_the_new_text_of_what_is_pinned_too(release, publisher):
    make_release(headline="Newer")
    publishing.pin(release, by=publisher, until=timezone.localdate() + timedelta(days=3))
    copy = written(release, publisher, headline="Another ruling")
    copy.public_at, copy.kind = timezone.now(), "typo"
    copy.save()
    page = Client().get("/").content.decode()
    assert "A ruling" not in page.replace("Another ruling", "")


def test_the_public_text_again_needs_no_copy(release, publisher):
    written(release, publisher, summary="New words.")
    assert written(release, publisher) is None
    assert not WorkingCopy.objects.exists()


@pytest.mark.parametrize("make", [make_draft, make_scheduled, make_withdrawn])
def test_only_a_public_text_has_a_change(make, publisher):
    release = make()
    with pytest.raises(Refusal):
        written(release, publisher, summary="New words.")
    with pytest.raises(Refusal):
        publishing.publish_change(release, by=publisher, kind="typo")


def test_a_scheduled_change_is_put_off_before_it_is_written_on(release, publisher):
    written(release, publisher, summary="New words.")
    publishing.publish_change(release, by=publisher, kind="typo", at=timezone.now() + timedelta(hours=1))
    with pytest.raises(Refusal, match="Hold it back"):
        written(release, publisher, summary="Newer words.")
    with pytest.raises(Refusal, match="scheduled already"):
        publishing.publish_change(release, by=publisher, kind="typo")
    publishing.put_off_change(release, by=publisher)
    written(release, publisher, summary="Newer words.")
    assert WorkingCopy.objects.get().contents["summary"] == "Newer words."


def test_what_someone_else_wrote_meanwhile_is_not_published_unseen(release, publisher, writer):
    written(release, publisher, summary="Mine.")
    seen = release.opened_as
    written(release, writer, summary="Theirs.")
    with pytest.raises(Refusal, match="while you were looking"):
        publishing.publish_change(release, by=publisher, kind="typo", seen=seen)
    with pytest.raises(Refusal, match="while you were looking"):
        publishing.discard_change(release, by=publisher, seen=seen)


def test_a_writer_writes_and_does_not_publish(release, writer):
    written(release, writer, summary="New words.")
    with pytest.raises(Refusal, match="publishers"):
        publishing.publish_change(release, by=writer, kind="typo")
    publishing.discard_change(release, by=writer)
    assert not WorkingCopy.objects.exists()


def test_a_merged_topic_is_merged_in_the_change_too(release, publisher):
    courts, tribunals = make_topic("Courts", "Tribunales"), make_topic("Tribunals", "Cortes")
    written(release, publisher, tags=[tribunals.pk])
    publishing.merge_topics(tribunals, into=courts, by=publisher)
    publishing.publish_change(Release.objects.get(pk=release.pk), by=publisher, kind="typo")
    assert list(release.tags.all()) == [courts]


def schedule_now(release, by, **content):
    copy = written(release, by, **content)
    copy.public_at, copy.kind = timezone.now(), "typo"
    copy.save()


def test_while_the_database_cannot_be_written_to_the_earlier_text_is_served_from_the_cache(release, publisher, monkeypatch, caplog):
    schedule_now(release, publisher, summary="New words.")
    saves, renderings, resolve = [], [], BaseHandler.resolve_request

    def fail(*_args, **_kwargs):
        saves.append(1)
        raise OperationalError("attempt to write a readonly database")

    monkeypatch.setattr(BaseHandler, "resolve_request", lambda self, request: renderings.append(1) or resolve(self, request))
    with monkeypatch.context() as broken:
        broken.setattr(Release, "save", fail)
        for _reader in range(3):
            assert b"Families can stay together." in Client().get("/").content
        assert (len(saves), len(renderings)) == (1, 1), "one attempt a second, one rendering"
        monkeypatch.setattr(changes, "_retry_at", 0.0)
        assert b"Families can stay together." in Client().get("/").content
        assert len(saves) == 2
    assert caplog.text.count("could not be published") == 1
    monkeypatch.setattr(changes, "_retry_at", 0.0)
    assert b"New words." in Client().get("/").content
    assert not changes._is_failing


def test_one_thread_tries_at_a_time_and_the_others_do_not_wait(release, publisher):
    schedule_now(release, publisher, summary="New words.")
    with changes._one_attempt:
        assert b"Families can stay together." in Client().get("/").content
    assert b"New words." in Client().get("/").content


def test_publishing_a_due_change_waits_for_no_lock(release, publisher, monkeypatch):
    """SQLite's busy_timeout and PostgreSQL's lock_timeout are as they were afterwards."""
    schedule_now(release, publisher, summary="New words.")
    query = "PRAGMA busy_timeout" if connection.vendor == "sqlite" else "SHOW lock_timeout"
    timeouts = []

    def timeout(*_args):
        with connection.cursor() as cursor:
            cursor.execute(query)
            timeouts.append(cursor.fetchone()[0])

    timeout()
    monkeypatch.setattr(changes, "_publish_if_due", timeout)
    publishing.publish_due_changes(timezone.now())
    timeout()
    usual = 20_000 if connection.vendor == "sqlite" else "0"
    # On SQLite the write lock is held by then, and only the commit may wait for readers.
    assert timeouts == [usual, 250 if connection.vendor == "sqlite" else "1ms", usual]


def test_a_change_that_cannot_be_published_is_tried_once(release, publisher):
    schedule_now(release, publisher, summary="New words.")
    Release.objects.filter(pk=release.pk).update(status="withdrawn", withdrawn_at=timezone.now())
    Client().get("/")
    assert WorkingCopy.objects.get().public_at is None
    assert not caching.edition(timezone.now()).has_due_changes


def test_the_desk_sees_a_due_change_in_its_place(release, publisher, desk):
    copy = written(release, publisher, summary="New words.")
    copy.public_at, copy.kind = timezone.now(), "typo"
    copy.save()
    assert "New words." in desk.get(f"/admin/releases/release/{release.pk}/change/").content.decode()
    assert not WorkingCopy.objects.exists()


# --- A second person


@pytest.fixture
def second_person(db):
    newsroom = Newsroom.current()
    newsroom.needs_second_person = True
    newsroom.save()


def test_who_wrote_the_text_cannot_publish_it_alone(second_person, publisher):
    draft = make_draft(changed_by=publisher)
    with pytest.raises(Refusal, match="second person"):
        publishing.publish(draft, by=publisher)
    publishing.publish(draft, by=make_user("other"))
    assert draft.is_public()


def test_doing_it_all_the_same_leaves_a_note(second_person, publisher):
    draft = make_draft(changed_by=publisher)
    publishing.publish(draft, by=publisher, alone_because="The ruling came at midnight.")
    note = draft.notes.get()
    assert (note.by, "at midnight" in note.text) == (publisher, True)


def test_a_change_takes_a_second_person_too(second_person, release, publisher, writer):
    written(release, publisher, summary="New words.")
    with pytest.raises(Refusal, match="second person"):
        publishing.publish_change(release, by=publisher, kind="typo")
    written(release, writer, summary="Newer words.")
    publishing.publish_change(release, by=publisher, kind="typo")
    assert release.summary == "Newer words."


def test_nobody_else_is_asked_for_until_it_is_wanted(publisher):
    draft = make_draft(changed_by=publisher)
    publishing.publish(draft, by=publisher)
    assert not draft.notes.exists()
