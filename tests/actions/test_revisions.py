"""A public text changes only when its revision is published."""

import re
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from releases.actions.errors import ActionNotAllowed
from releases.actions.revisions import discard_revision, publish_revision, unschedule_revision
from releases.models import Correction, PendingRevision
from tests.actions import get_pages, write_revision
from tests.factories import make_draft, make_release, make_scheduled, make_topic, make_withdrawn

pytestmark = pytest.mark.django_db


def strip_json_ld(page: str) -> str:
    """Return `page` without its JSON-LD."""
    return re.sub(r"<script type.*?</script>", "", page, flags=re.DOTALL)


def test_public_pages_are_unchanged_until_the_revision_is_published(release, writer, publisher):
    courts = make_topic("Courts", "Tribunales")
    before = get_pages()
    write_revision(
        release,
        writer,
        headline="Another ruling",
        body="<p>New.</p>",
        date=date(2015, 3, 9),
        tags=[courts.pk],
    )
    assert get_pages() == before
    publish_revision(
        release,
        user=publisher,
        kind="update",
        note="The second ruling came.",
        at=timezone.now() + timedelta(days=1),
    )
    assert get_pages() == before
    unschedule_revision(release, user=publisher)
    assert get_pages() == before
    publish_revision(release, user=publisher, kind="typo")
    after = get_pages()
    assert "Another ruling" in after["/"].decode()
    assert "<p>New.</p>" in after["/2015/03/a-ruling/"].decode()
    assert release.topics == [courts]
    assert not PendingRevision.objects.exists()


def test_typo_fix_shows_readers_no_notice(release, publisher):
    write_revision(release, publisher, summary="Families may stay.")
    publish_revision(release, user=publisher, kind="typo", note="Not shown.")
    assert not Correction.objects.exists()
    assert b"Updated" not in Client().get("/").content


@pytest.mark.parametrize(("kind", "label"), [("correction", "Correction"), ("update", "Update")])
def test_correction_is_shown_at_the_top_in_the_log_and_in_lists(release, publisher, kind, label):
    write_revision(release, publisher, summary="Nine families stay.")
    publish_revision(release, user=publisher, kind=kind, note="The number is nine.")
    page = strip_json_ld(Client().get("/2015/03/a-ruling/").content.decode())
    assert page.count("The number is nine.") == 2
    assert (
        page.index("The number is nine.")
        < page.rindex("Nine families stay.")
        < page.rindex("The number is nine.")
    )
    assert f"<strong>{label}, <time" in page
    assert "Families can stay together." not in page
    assert "Updated" in Client().get("/").content.decode()


def test_correction_log_shows_every_note_newest_first(release, publisher):
    for note in ("one", "two"):
        write_revision(release, publisher, summary=f"Version {note}.")
        publish_revision(release, user=publisher, kind="update", note=f"Sentence {note}.")
    page = strip_json_ld(Client().get("/2015/03/a-ruling/").content.decode())
    assert page.count("Sentence two.") == 2
    assert page.count("Sentence one.") == 1
    assert page.rindex("Sentence two.") < page.index("Sentence one.")


def test_correction_notice_of_a_spanish_release_is_in_spanish(publisher):
    release = make_release(slug="un-fallo", language="es")
    write_revision(release, publisher, summary="Otro resumen.")
    publish_revision(release, user=publisher, kind="correction", note="Son nueve familias.")
    page = Client().get("/es/2015/03/un-fallo/").content.decode()
    assert "<strong>Corrección, <time" in page
    assert "Actualizado" in Client().get("/es/").content.decode()


@pytest.mark.parametrize("kind", ["correction", "update"])
def test_correction_or_update_requires_a_note(release, publisher, kind):
    write_revision(release, publisher, summary="Other.")
    with pytest.raises(ActionNotAllowed, match="one sentence"):
        publish_revision(release, user=publisher, kind=kind, note=" \x01")
    assert release.corrections.count() == 0


def test_saving_the_public_text_again_deletes_the_pending_revision(release, publisher):
    write_revision(release, publisher, summary="New words.")
    assert write_revision(release, publisher) is None
    assert not PendingRevision.objects.exists()


@pytest.mark.parametrize("make", [make_draft, make_scheduled, make_withdrawn])
def test_only_a_public_release_can_have_a_pending_revision(make, publisher):
    release = make()
    with pytest.raises(ActionNotAllowed):
        write_revision(release, publisher, summary="New words.")
    with pytest.raises(ActionNotAllowed):
        publish_revision(release, user=publisher, kind="typo")


def test_scheduled_revision_must_be_unscheduled_before_editing(release, publisher):
    write_revision(release, publisher, summary="New words.")
    publish_revision(release, user=publisher, kind="typo", at=timezone.now() + timedelta(hours=1))
    with pytest.raises(ActionNotAllowed, match="Unschedule"):
        write_revision(release, publisher, summary="Newer words.")
    with pytest.raises(ActionNotAllowed, match="already scheduled"):
        publish_revision(release, user=publisher, kind="typo")
    unschedule_revision(release, user=publisher)
    write_revision(release, publisher, summary="Newer words.")
    assert PendingRevision.objects.get().data["summary"] == "Newer words."


def test_writer_can_save_and_discard_but_not_publish_a_revision(release, writer):
    write_revision(release, writer, summary="New words.")
    with pytest.raises(ActionNotAllowed, match="publishers"):
        publish_revision(release, user=writer, kind="typo")
    discard_revision(release, user=writer)
    assert not PendingRevision.objects.exists()
