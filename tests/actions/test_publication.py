"""Publishing and republishing releases, changing slugs, and the table of states."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from releases.actions.errors import ActionNotAllowed
from releases.actions.pins import pin
from releases.actions.publication import change_slug, publish, republish
from releases.actions.restoration import restore
from releases.actions.revisions import publish_revision, save_revision
from releases.actions.scheduling import reschedule, return_to_draft
from releases.actions.withdrawal import set_withdrawal_reason, withdraw
from releases.models import Release, ReleaseTag, Topic, get_versions
from releases.models.topics import DENORMALIZED_FIELDS
from releases.text import localtime
from releases.text.choices import Status
from tests.factories import make_draft, make_release, make_scheduled, make_topic, make_withdrawn

pytestmark = pytest.mark.django_db


def test_publishing_makes_a_draft_public_and_sets_its_slug(publisher):
    draft = make_draft(headline="Raúl Grijalva honored")
    publish(draft, user=publisher)
    draft.refresh_from_db()
    assert draft.is_public()
    assert draft.slug == "raul-grijalva-honored"


def test_empty_date_becomes_the_publication_day_in_los_angeles(publisher):
    draft = make_draft()
    year = timezone.now().year + 1
    public_at = datetime(year, 1, 2, 7, 59, tzinfo=UTC)  # still January 1 in Los Angeles
    publish(draft, user=publisher, at=public_at)
    assert (draft.date, draft.public_at) == (date(year, 1, 1), public_at)


def test_chosen_date_and_slug_are_kept(publisher):
    draft = make_draft(date=date(2020, 5, 1), slug="chosen")
    publish(draft, user=publisher)
    assert (draft.date, draft.slug) == (date(2020, 5, 1), "chosen")


def test_second_release_with_the_same_headline_gets_a_numbered_slug(publisher):
    for _time in range(2):
        publish(make_draft(headline="A ruling"), user=publisher)
    assert sorted(Release.objects.values_list("slug", flat=True)) == ["a-ruling", "a-ruling-2"]


def test_publishing_with_missing_fields_is_refused(publisher):
    draft = make_draft(headline="¿?", summary="")
    with pytest.raises(ActionNotAllowed, match=r"summary.*address"):
        publish(draft, user=publisher)
    draft.refresh_from_db()
    assert draft.status == Status.DRAFT


def test_publishing_with_an_invalid_slug_is_refused(publisher):
    make_release(slug="taken")
    draft = make_draft(slug="other")
    Release.objects.filter(pk=draft.pk).update(slug="unfit for an address")
    with pytest.raises(ActionNotAllowed, match="address"):
        publish(draft, user=publisher)


@pytest.mark.parametrize("make", [make_release, make_scheduled, make_withdrawn])
def test_only_a_draft_can_be_published(make, publisher):
    with pytest.raises(ActionNotAllowed):
        publish(make(), user=publisher)


def test_slug_of_a_public_release_reveals_no_hidden_release(publisher):
    scheduled = make_draft(headline="A statement")
    publish(scheduled, user=publisher, at=timezone.now() + timedelta(days=1))
    draft = make_draft(headline="Other", slug="another-statement")
    first, second = make_draft(headline="A statement"), make_draft(headline="Another statement")
    publish(first, user=publisher)
    publish(second, user=publisher)
    scheduled.refresh_from_db()
    draft.refresh_from_db()
    assert (first.slug, scheduled.slug, second.slug, draft.slug) == (
        "a-statement",
        "a-statement-2",
        "another-statement",
        "another-statement-2",
    )


def test_republishing_keeps_the_first_public_at(publisher):
    release = make_release()
    public_at = release.public_at
    withdraw(release, user=publisher, reason="x")
    republish(release, user=publisher)
    release.refresh_from_db()
    assert (release.is_public(), release.public_at, release.withdrawn_at, release.withdrawal_reason) == (
        True,
        public_at,
        None,
        "",
    )


def test_publication_waits_for_the_undo_window(publisher):
    draft = make_draft()
    publish(draft, user=publisher, wait=timedelta(seconds=60))
    assert draft.is_scheduled
    return_to_draft(draft, user=publisher)
    assert draft.status == Status.DRAFT


def test_changed_slug_redirects_from_every_former_slug(publisher, client):
    release = make_release(slug="first")
    for slug in ("second", "third"):
        change_slug(release, user=publisher, slug=slug)
    for former_slug in ("first", "second"):
        response = client.get(f"/2015/03/{former_slug}/")
        assert (response.status_code, response["Location"]) == (301, "/2015/03/third/")
    assert client.get("/es/2015/03/first/").status_code == 404
    change_slug(release, user=publisher, slug="first")
    assert client.get("/2015/03/first/").status_code == 200
    assert client.get("/2015/03/third/")["Location"] == "/2015/03/first/"


def test_former_slug_is_not_reused_in_its_language(publisher):
    change_slug(make_release(slug="a-ruling"), user=publisher, slug="another")
    draft = make_draft(headline="A ruling")
    publish(draft, user=publisher)
    assert draft.slug == "a-ruling-2"
    with pytest.raises(ActionNotAllowed, match="used this web address before"):
        change_slug(draft, user=publisher, slug="a-ruling")
    spanish = make_draft(headline="A ruling", language="es")
    publish(spanish, user=publisher)
    assert spanish.slug == "a-ruling"


def test_slug_redirect_works_only_for_public_releases(publisher, client):
    release = make_release(slug="a-ruling")
    change_slug(release, user=publisher, slug="another")
    withdraw(release, user=publisher)
    assert client.get("/2015/03/a-ruling/").status_code == 404
    assert client.get("/2015/03/another/").status_code == 410


@pytest.mark.parametrize("slug", ["Not fit", "", "a-ruling", "taken"])
def test_invalid_slug_change_is_refused(publisher, slug):
    make_release(slug="taken")
    release = make_release(slug="a-ruling")
    with pytest.raises(ActionNotAllowed):
        change_slug(release, user=publisher, slug=slug)
    release.refresh_from_db()
    assert release.slug == "a-ruling"


# --- The table of states in docs/explanation/architecture.md, whatever is done in whatever order

STATES = ("draft", "scheduled", "public", "withdrawn")
TRANSITIONS = {
    ("draft", "publish"): "public",
    ("draft", "schedule"): "scheduled",
    ("scheduled", "reschedule"): "scheduled",
    ("scheduled", "return_to_draft"): "draft",
    ("scheduled", "time passes"): "public",
    ("public", "withdraw"): "withdrawn",
    ("public", "change_slug"): "public",
    ("public", "correct"): "public",
    ("public", "pin"): "public",
    ("draft", "restore"): "draft",
    ("scheduled", "restore"): "scheduled",
    ("public", "restore"): "public",
    ("withdrawn", "set_withdrawal_reason"): "withdrawn",
    ("withdrawn", "republish"): "public",
}


def get_state(release: Release) -> str:
    if release.status == Status.PUBLISHED:
        return "public" if release.is_public() else "scheduled"
    return str(release.status)


def publish_correction(release: Release, user) -> None:
    text = release.content() | {"summary": f"Version {release.version}."}
    save_revision(release, user=user, content=text, topic_ids=[topic.pk for topic in release.topics])
    publish_revision(release, user=user, kind="correction", note="It is right now.")


def reach_public_at(release: Release) -> None:
    for row in Release.objects.filter(pk=release.pk, public_at__gt=timezone.now()):
        row.public_at = timezone.now()
        row.save()


def perform_action(action: str, release: Release, user) -> None:
    tomorrow = timezone.now() + timedelta(days=1)
    actions = {
        "publish": lambda: publish(release, user=user),
        "schedule": lambda: publish(release, user=user, at=tomorrow, is_embargoed=True),
        "reschedule": lambda: reschedule(release, user=user, at=tomorrow),
        "return_to_draft": lambda: return_to_draft(release, user=user),
        "change_slug": lambda: change_slug(
            release, user=user, slug=f"address-{release.pk}-{release.version}"
        ),
        "correct": lambda: publish_correction(release, user),
        "pin": lambda: pin(release, user=user, until=localtime.local_date(tomorrow)),
        "restore": lambda: restore(release, user=user, version_key=get_versions(release)[-1].key),
        "withdraw": lambda: withdraw(release, user=user),
        "set_withdrawal_reason": lambda: set_withdrawal_reason(
            release, user=user, reason="A name was wrong."
        ),
        "republish": lambda: republish(release, user=user),
        "time passes": lambda: reach_public_at(release),
    }
    actions[action]()


ACTIONS = sorted({verb for _state, verb in TRANSITIONS})


@pytest.mark.one_database  # each action is tested on both
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(ACTIONS), max_size=12))
def test_no_sequence_of_actions_leaves_the_state_table(publisher, actions):
    topic = Topic.objects.first() or make_topic()
    release = make_draft(topics=(topic,))
    was_public = False
    for action in actions:
        state = get_state(release)
        message = ""
        try:
            perform_action(action, release, publisher)
        except ActionNotAllowed as error:
            message = str(error)
        release.refresh_from_db()
        expected = TRANSITIONS.get((state, action), state)
        assert get_state(release) == expected, f"{action} on a {state} release"
        assert message.endswith(".") == ((state, action) not in TRANSITIONS and action != "time passes")
        was_public = was_public or get_state(release) == "public"
        assert not (was_public and get_state(release) in ("draft", "scheduled"))
        assert list(release.release_tags.values(*DENORMALIZED_FIELDS)) == [
            ReleaseTag.denormalized_values(release)
        ], f"its tie after {action}"
        release.full_clean()
