from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from releases import clock, publishing
from releases.models import Release, ReleaseTag, Topic, versions_of
from releases.models.topics import SAID
from releases.publishing import Refusal
from releases.vocabulary import Status
from tests.builders import make_draft, make_release, make_scheduled, make_topic, make_user, make_withdrawn

pytestmark = pytest.mark.django_db


def test_publishing_now_lets_the_public_read(publisher):
    draft = make_draft(headline="Raúl Grijalva honored")
    publishing.publish(draft, by=publisher)
    draft.refresh_from_db()
    assert draft.is_public()
    assert draft.slug == "raul-grijalva-honored"


def test_an_empty_date_becomes_the_day_in_los_angeles(publisher):
    draft = make_draft()
    year = timezone.now().year + 1
    moment = datetime(year, 1, 2, 7, 59, tzinfo=UTC)  # still New Year's Day there
    publishing.publish(draft, by=publisher, at=moment)
    assert (draft.date, draft.public_at) == (date(year, 1, 1), moment)


def test_a_chosen_date_and_address_are_kept(publisher):
    draft = make_draft(date=date(2020, 5, 1), slug="chosen")
    publishing.publish(draft, by=publisher)
    assert (draft.date, draft.slug) == (date(2020, 5, 1), "chosen")


def test_a_second_release_of_one_headline_gets_a_second_address(publisher):
    for _time in range(2):
        publishing.publish(make_draft(headline="A ruling"), by=publisher)
    assert sorted(Release.objects.values_list("slug", flat=True)) == ["a-ruling", "a-ruling-2"]


def test_what_is_missing_is_asked_for(publisher):
    draft = make_draft(headline="¿?", summary="")
    with pytest.raises(Refusal, match=r"summary.*address"):
        publishing.publish(draft, by=publisher)
    draft.refresh_from_db()
    assert draft.status == Status.DRAFT


def test_a_moment_that_has_passed_is_refused(publisher):
    with pytest.raises(Refusal, match="has passed"):
        publishing.publish(make_draft(), by=publisher, at=timezone.now() - timedelta(seconds=1))


def test_a_chosen_address_that_is_taken_is_refused(publisher):
    make_release(slug="taken")
    draft = make_draft(slug="other")
    Release.objects.filter(pk=draft.pk).update(slug="unfit for an address")
    with pytest.raises(Refusal, match="address"):
        publishing.publish(draft, by=publisher)


@pytest.mark.parametrize("make", [make_release, make_scheduled, make_withdrawn])
def test_only_a_draft_is_published(make, publisher):
    with pytest.raises(Refusal):
        publishing.publish(make(), by=publisher)


def test_a_scheduled_release_returns_to_draft(publisher):
    draft = make_draft()
    publishing.publish(draft, by=publisher, at=timezone.now() + timedelta(days=3))
    publishing.return_to_draft(draft, by=publisher)
    draft.refresh_from_db()
    assert (draft.status, draft.public_at, draft.date) == (Status.DRAFT, None, None)


def test_the_address_of_a_headline_does_not_outlive_the_schedule(publisher):
    draft = make_draft(headline="Maria Lopez is detained")
    publishing.publish(draft, by=publisher, at=timezone.now() + timedelta(days=1))
    publishing.return_to_draft(draft, by=publisher)
    assert draft.slug == ""
    chosen = make_draft(headline="Maria Lopez is detained", slug="a-statement")
    publishing.publish(chosen, by=publisher, at=timezone.now() + timedelta(days=1))
    publishing.return_to_draft(chosen, by=publisher)
    assert chosen.slug == "a-statement"


def test_an_address_never_tells_of_a_release_nobody_can_read_yet(publisher):
    later = make_draft(headline="A statement")
    publishing.publish(later, by=publisher, at=timezone.now() + timedelta(days=1))
    chosen = make_draft(headline="Other", slug="another-statement")
    now, third = make_draft(headline="A statement"), make_draft(headline="Another statement")
    publishing.publish(now, by=publisher)
    publishing.publish(third, by=publisher)
    later.refresh_from_db()
    chosen.refresh_from_db()
    assert (now.slug, later.slug, third.slug, chosen.slug) == ("a-statement", "a-statement-2", "another-statement", "another-statement-2")


def test_a_date_of_its_own_survives_the_return_to_draft(publisher):
    scheduled = make_scheduled(date=date(2020, 5, 1))
    publishing.return_to_draft(scheduled, by=publisher)
    assert scheduled.date == date(2020, 5, 1)


@pytest.mark.parametrize("make", [make_release, make_draft, make_withdrawn])
def test_what_was_public_never_becomes_a_draft(make, publisher):
    with pytest.raises(Refusal):
        publishing.return_to_draft(make(), by=publisher)


def test_withdrawing_keeps_the_moment_it_became_public(publisher):
    release = make_release()
    before = release.public_at
    publishing.withdraw(release, by=publisher, reason=" A name was wrong. ")
    release.refresh_from_db()
    assert (release.status, release.public_at, release.withdrawal_reason) == (Status.WITHDRAWN, before, "A name was wrong.")
    assert release.withdrawn_at


@pytest.mark.parametrize("make", [make_draft, make_scheduled, make_withdrawn])
def test_only_what_the_public_can_read_is_withdrawn(make, publisher):
    with pytest.raises(Refusal):
        publishing.withdraw(make(), by=publisher, reason="A name was wrong.")


@pytest.mark.parametrize(
    ("language", "sentence"), [("en", "CARECEN has taken this release back."), ("es", "CARECEN ha retirado este comunicado.")]
)
def test_a_take_down_waits_for_no_words(publisher, language, sentence):
    for reason in ("", "  ", "\x01"):
        release = make_release(language=language)
        publishing.withdraw(release, by=publisher, reason=reason)
        assert release.withdrawal_reason == sentence


def test_the_reason_can_follow(publisher):
    release = make_withdrawn()
    publishing.explain(release, by=publisher, reason="A name was wrong.", replacement="/2015/03/a-ruling/")
    release.refresh_from_db()
    assert (release.withdrawal_reason, release.replacement) == ("A name was wrong.", "/2015/03/a-ruling/")


def test_publishing_again_keeps_the_moment_it_first_became_public(publisher):
    release = make_release()
    before = release.public_at
    publishing.withdraw(release, by=publisher, reason="x")
    publishing.publish_again(release, by=publisher)
    release.refresh_from_db()
    assert (release.is_public(), release.public_at, release.withdrawn_at, release.withdrawal_reason) == (True, before, None, "")


def test_another_time_moves_the_moment_and_the_date_that_was_its_day(publisher):
    draft, dated = make_draft(), make_draft(date=date(2020, 5, 1))
    first, second = timezone.now() + timedelta(days=3), timezone.now() + timedelta(days=5)
    for release in (draft, dated):
        publishing.publish(release, by=publisher, at=first)
        publishing.reschedule(release, by=publisher, at=second)
        assert release.public_at == second
    assert (draft.date, dated.date) == (clock.day_of(second), date(2020, 5, 1))


def test_the_time_to_undo_is_waited(publisher):
    draft = make_draft()
    publishing.publish(draft, by=publisher, wait=timedelta(seconds=60))
    assert draft.is_scheduled
    publishing.return_to_draft(draft, by=publisher)
    assert draft.status == Status.DRAFT


def test_a_new_address_leaves_the_old_one_leading_to_it(publisher, client):
    release = make_release(slug="first")
    for slug in ("second", "third"):
        publishing.change_address(release, by=publisher, slug=slug)
    for old in ("first", "second"):
        answer = client.get(f"/2015/03/{old}/")
        assert (answer.status_code, answer["Location"]) == (301, "/2015/03/third/")
    assert client.get("/es/2015/03/first/").status_code == 404
    publishing.change_address(release, by=publisher, slug="first")
    assert client.get("/2015/03/first/").status_code == 200
    assert client.get("/2015/03/third/")["Location"] == "/2015/03/first/"


def test_a_former_address_is_given_to_no_other(publisher):
    publishing.change_address(make_release(slug="a-ruling"), by=publisher, slug="another")
    draft = make_draft(headline="A ruling")
    publishing.publish(draft, by=publisher)
    assert draft.slug == "a-ruling-2"
    with pytest.raises(Refusal, match="had this address once"):
        publishing.change_address(draft, by=publisher, slug="a-ruling")
    spanish = make_draft(headline="A ruling", language="es")
    publishing.publish(spanish, by=publisher)
    assert spanish.slug == "a-ruling"


def test_a_former_address_leads_only_to_what_is_public(publisher, client):
    release = make_release(slug="a-ruling")
    publishing.change_address(release, by=publisher, slug="another")
    publishing.withdraw(release, by=publisher)
    assert client.get("/2015/03/a-ruling/").status_code == 404
    assert client.get("/2015/03/another/").status_code == 410


@pytest.mark.parametrize("slug", ["Not fit", "", "a-ruling", "taken"])
def test_an_address_that_cannot_be_is_refused(publisher, slug):
    make_release(slug="taken")
    release = make_release(slug="a-ruling")
    with pytest.raises(Refusal):
        publishing.change_address(release, by=publisher, slug=slug)
    release.refresh_from_db()
    assert release.slug == "a-ruling"


def test_a_merged_topic_leads_to_the_other_and_keeps_its_names(publisher, client):
    daca, old, older = make_topic("DACA"), make_topic("Dreamers", "Soñadores"), make_topic("Deferred action", "Acción diferida")
    both, one = make_release(topics=(daca, old)), make_release(topics=(old,))
    make_release(topics=(older,), language="es")
    publishing.merge_topics(older, into=old, by=publisher)
    publishing.merge_topics(old, into=daca, by=publisher)
    assert [release.topics for release in (both, one)] == [[daca], [daca]]
    for url, to in (
        ("/topics/dreamers/", "/topics/daca/"),
        ("/topics/deferred-action/", "/topics/daca/"),
        ("/es/temas/sonadores/", "/es/temas/daca/"),
    ):
        answer = client.get(url)
        assert (answer.status_code, answer["Location"]) == (301, to)
    with pytest.raises(ValidationError, match="already: DACA"):
        make_topic("dreamers", "otra cosa")


def test_a_merged_topic_tells_of_nothing_hidden(publisher, client):
    daca, old = make_topic("DACA"), make_topic("Dreamers", "Soñadores")
    make_draft(topics=(old,))
    publishing.merge_topics(old, into=daca, by=publisher)
    assert client.get("/topics/dreamers/").content == client.get("/topics/never/").content


def test_topics_are_merged_by_publishers_and_not_with_themselves(publisher, writer):
    daca, old = make_topic("DACA"), make_topic("Dreamers", "Soñadores")
    for topic, into, by in ((old, daca, writer), (daca, daca, publisher)):
        with pytest.raises(Refusal):
            publishing.merge_topics(topic, into=into, by=by)
    assert Topic.objects.count() == 2


# --- The table of states in docs/architecture.md, whatever is done in whatever order

STATES = ("draft", "scheduled", "public", "withdrawn")
TABLE = {
    ("draft", "publish"): "public",
    ("draft", "schedule"): "scheduled",
    ("scheduled", "reschedule"): "scheduled",
    ("scheduled", "return_to_draft"): "draft",
    ("scheduled", "time passes"): "public",
    ("public", "withdraw"): "withdrawn",
    ("public", "change_address"): "public",
    ("public", "correct"): "public",
    ("public", "pin"): "public",
    ("draft", "restore"): "draft",
    ("scheduled", "restore"): "scheduled",
    ("public", "restore"): "public",
    ("withdrawn", "explain"): "withdrawn",
    ("withdrawn", "publish_again"): "public",
}


def state(release: Release) -> str:
    if release.status == Status.PUBLISHED:
        return "public" if release.is_public() else "scheduled"
    return str(release.status)


def do(verb: str, release: Release, by) -> None:
    later = timezone.now() + timedelta(days=1)
    match verb:
        case "publish":
            publishing.publish(release, by=by)
        case "schedule":
            publishing.publish(release, by=by, at=later, is_embargoed=True)
        case "reschedule":
            publishing.reschedule(release, by=by, at=later)
        case "return_to_draft":
            publishing.return_to_draft(release, by=by)
        case "change_address":
            publishing.change_address(release, by=by, slug=f"address-{release.pk}-{release.version}")
        case "correct":
            text = release.printed() | {"summary": f"Version {release.version}."}
            publishing.write_change(release, by=by, printed=text, tags=[topic.pk for topic in release.topics])
            publishing.publish_change(release, by=by, kind="correction", note="It is right now.")
        case "pin":
            publishing.pin(release, by=by, until=clock.day_of(later))
        case "restore":
            publishing.restore(release, by=by, key=versions_of(release)[-1].key)
        case "withdraw":
            publishing.withdraw(release, by=by)
        case "explain":
            publishing.explain(release, by=by, reason="A name was wrong.")
        case "publish_again":
            publishing.publish_again(release, by=by)
        case "time passes":
            for row in Release.objects.filter(pk=release.pk, public_at__gt=timezone.now()):
                row.public_at = timezone.now()
                row.save()


VERBS = sorted({verb for _state, verb in TABLE})


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(VERBS), max_size=12))
def test_no_sequence_of_verbs_leaves_the_table(publisher, verbs):
    topic = Topic.objects.first() or make_topic()
    release = make_draft(topics=(topic,))
    was_public = False
    for verb in verbs:
        before = state(release)
        said = ""
        try:
            do(verb, release, publisher)
        except Refusal as refusal:
            said = str(refusal)
        release.refresh_from_db()
        expected = TABLE.get((before, verb), before)
        assert state(release) == expected, f"{verb} on a {before} release"
        assert said.endswith(".") == ((before, verb) not in TABLE and verb != "time passes")
        was_public = was_public or state(release) == "public"
        assert not (was_public and state(release) in ("draft", "scheduled"))
        assert list(release.tagging.values(*SAID)) == [ReleaseTag.said_of(release)], f"its tie after {verb}"
        release.full_clean()


def test_a_verb_acts_on_the_row_as_it_stands(publisher):
    stale = make_draft()
    publishing.publish(Release.objects.get(pk=stale.pk), by=publisher)
    assert stale.status == Status.DRAFT
    with pytest.raises(Refusal, match="public already"):
        publishing.publish(stale, by=publisher)


def test_a_deleted_release_is_refused_in_a_sentence(publisher):
    draft = make_draft()
    Release.objects.filter(pk=draft.pk).delete()
    with pytest.raises(Refusal, match="deleted"):
        publishing.publish(draft, by=publisher)


@pytest.mark.parametrize("group", ["Writers", ""])
def test_only_publishers_publish_and_withdraw(group):
    outsider = make_user("walter", group)
    for verb, release, words in (
        (publishing.publish, make_draft(), {}),
        (publishing.return_to_draft, make_scheduled(), {}),
        (publishing.withdraw, make_release(), {"reason": "x"}),
        (publishing.reschedule, make_scheduled(), {"at": timezone.now() + timedelta(days=1)}),
        (publishing.change_address, make_release(), {"slug": "other"}),
        (publishing.explain, make_withdrawn(), {"reason": "x"}),
        (publishing.publish_again, make_withdrawn(), {}),
    ):
        before = release.status
        with pytest.raises(Refusal, match="publishers"):
            verb(release, by=outsider, **words)
        release.refresh_from_db()
        assert release.status == before
