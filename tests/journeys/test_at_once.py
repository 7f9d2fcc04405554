"""Two desks at the same moment: whatever they do together, one of them is told no in a sentence."""

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Thread, Timer

import pytest
from django.db import connection, transaction
from django.utils import timezone

from releases import publishing
from releases.models import Release, ReleaseTag, WorkingCopy
from releases.publishing import Refusal, changes
from tests.builders import make_draft, make_release, make_topic, make_user

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def at_once(verb, releases, **words) -> list[str]:
    """Do `verb` to each of `releases`, all at the same time; "done" or the refusal of each."""

    def do(release: Release) -> str:
        try:
            verb(release, **words)
        except Refusal as refusal:
            return str(refusal)
        else:
            return "done"
        finally:
            connection.close()

    with ThreadPoolExecutor(len(releases)) as desks:
        return list(desks.map(do, releases))


@pytest.mark.parametrize("_time", range(3))
def test_one_of_many_presses_publishes(_time):
    by = make_user()
    draft = make_draft()
    answers = at_once(publishing.publish, [Release.objects.get(pk=draft.pk) for _press in range(6)], by=by)
    assert sorted(answers) == ["This release is public already."] * 5 + ["done"]
    draft.refresh_from_db()
    assert draft.version == 2


def test_one_of_many_withdrawals_withdraws():
    by = make_user()
    release = make_release()
    answers = at_once(publishing.withdraw, [Release.objects.get(pk=release.pk) for _press in range(6)], by=by, reason="A name was wrong.")
    assert sorted(answers) == ["This release was withdrawn already."] * 5 + ["done"]


def test_releases_of_one_headline_never_share_an_address():
    by = make_user()
    drafts = [make_draft(headline="A ruling") for _draft in range(6)]
    answers = at_once(publishing.publish, drafts, by=by)
    assert set(answers) <= {
        "done",
        "Another release took this address a moment ago. Try again.",
        "Another release in this language has this address. Choose another.",
    }
    public = Release.objects.published().values_list("slug", flat=True)
    assert len(set(public)) == len(public) == answers.count("done") >= 1


def in_the_background(verb, *arguments, **words) -> Thread:
    def do() -> None:
        verb(*arguments, **words)
        connection.close()

    thread = Thread(target=do)
    thread.start()
    return thread


def test_a_take_down_during_a_merge_of_topics_stays_down(monkeypatch):
    by, daca, courts = make_user(), make_topic("DACA"), make_topic("Courts", "Tribunales")
    release = make_release(topics=(daca,))
    started = []

    def sign_slowly(row, by, verb):
        started.append(in_the_background(publishing.withdraw, Release.objects.get(pk=release.pk), by=by))
        time.sleep(0.3)
        publishing.sign(row, by, verb)

    monkeypatch.setattr("releases.publishing.topics.sign", sign_slowly)
    publishing.merge_topics(daca, into=courts, by=by)
    started[0].join()
    release.refresh_from_db()
    assert (release.status, release.topics) == ("withdrawn", [courts])


def test_a_name_that_is_written_while_it_is_removed_is_removed_too():
    by, written, finish = make_user(), Event(), Event()
    make_release(headline="Quetzalina Nanez")

    def write() -> None:
        with transaction.atomic():
            make_draft(headline="Quetzalina Nanez again")
            written.set()
            finish.wait(10)

    writer = in_the_background(write)
    assert written.wait(10)
    Timer(0.5, finish.set).start()
    publishing.erase("Quetzalina Nanez", by=by)
    writer.join()
    assert not Release.objects.filter(headline__contains="Quetzalina").exists()


def test_a_tie_made_while_its_release_is_published_says_so():
    by, topic, draft = make_user(), make_topic(), make_draft()
    publishing_now, finish = Event(), Event()

    def publish() -> None:
        with transaction.atomic():
            publishing.publish(Release.objects.get(pk=draft.pk), by=by)
            publishing_now.set()
            finish.wait(10)

    publisher = in_the_background(publish)
    assert publishing_now.wait(10)
    Timer(0.5, finish.set).start()
    ReleaseTag.objects.create(tag=topic, content_object=draft)  # which is a draft as far as it knows
    publisher.join()
    assert list(ReleaseTag.objects.published().values_list("content_object", flat=True)) == [draft.pk]


def test_a_reader_does_not_wait_for_a_long_writer(client, monkeypatch):
    by, finish, holding = make_user(), Event(), Event()
    release = make_release(slug="a-ruling")
    publishing.write_change(release, by=by, printed=release.printed() | {"summary": "New words."}, tags=[])
    WorkingCopy.objects.update(public_at=timezone.now(), kind="typo")

    def hold() -> None:
        with transaction.atomic():
            Release.objects.select_for_update().get(pk=release.pk)
            holding.set()
            finish.wait(30)

    writer = in_the_background(hold)
    assert holding.wait(10)
    assert b"Families can stay together." in client.get("/2015/03/a-ruling/").content  # while the writer still holds it
    finish.set()
    writer.join()
    monkeypatch.setattr(changes, "_retry_at", 0.0)  # a second later
    assert b"New words." in client.get("/2015/03/a-ruling/").content
