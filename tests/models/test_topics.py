from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from releases import publishing
from releases.models import Release, ReleaseTag, Topic
from releases.models.topics import SAID
from tests.builders import make_draft, make_release, make_scheduled, make_topic, make_user, make_withdrawn

pytestmark = pytest.mark.django_db


def test_a_topic_has_a_name_and_an_address_in_each_language():
    topic = make_topic("Unaccompanied children", "Niñez no acompañada")
    assert (topic.slug, topic.slug_es) == ("unaccompanied-children", "ninez-no-acompanada")
    assert topic.get_absolute_url("en") == "/topics/unaccompanied-children/"
    assert topic.get_absolute_url("es") == "/es/temas/ninez-no-acompanada/"


@pytest.mark.parametrize(
    "name", ["daca renewal", "DACA-Renewal", "Dácá  Renewal", "dacarenewal", "RENOVACIÓN DE DACA", "renovacion-de-daca"]
)
@pytest.mark.parametrize("field", ["name", "name_es"])
def test_another_spelling_never_makes_a_second_topic(name, field):
    make_topic("DACA renewal", "Renovación de DACA")
    with pytest.raises(ValidationError) as refusal:
        make_topic(**{"name": "Something else", "name_es": "Otra cosa"} | {field: name})
    assert field in refusal.value.message_dict
    assert "DACA renewal · Renovación de DACA" in str(refusal.value.message_dict[field])


@pytest.mark.parametrize("name", ["¿?", "нет", "—"])
def test_a_name_that_leaves_no_address_is_refused(name):
    with pytest.raises(ValidationError) as refusal:
        make_topic(name, "Prueba")
    assert "name" in refusal.value.message_dict


def test_the_database_holds_the_key_too():
    make_topic("DACA")
    with pytest.raises(IntegrityError), transaction.atomic():
        Topic(name="daca", name_es="otro").save()


def test_both_languages_may_use_one_word():
    assert make_topic("DACA", "DACA").both_names == "DACA"
    assert make_topic("Courts", "Tribunales").both_names == "Courts · Tribunales"


def test_a_new_name_keeps_the_address():
    topic = make_topic("Refugees", "Refugiados")
    topic.name = "Refugees and asylum"
    topic.full_clean()
    topic.save()
    assert (topic.slug, topic.key) == ("refugees", "refugeesandasylum")


def test_a_name_that_is_free_again_gets_an_address_of_its_own():
    old = make_topic("Refugees", "Refugiados")
    old.name, old.name_es = "Asylum", "Asilo"
    old.full_clean()
    old.save()
    assert (make_topic("Refugees", "Refugiados").slug, old.slug) == ("refugees-2", "refugees")


@pytest.mark.parametrize("name", ["™" * 80, "x" * 101])
def test_a_name_too_long_for_its_key_is_refused(name):
    with pytest.raises(ValidationError) as refusal:
        make_topic(name, "Prueba")
    assert "name" in refusal.value.message_dict


def test_names_that_begin_alike_have_addresses_of_their_own():
    assert make_topic("a" * 81, "b" * 81).slug != make_topic("a" * 82, "b" * 82).slug


def test_a_topic_in_use_is_not_deleted():
    topic = make_topic()
    make_release(topics=(topic,))
    with pytest.raises(ProtectedError):
        topic.delete()


def test_a_release_has_a_topic_once():
    topic = make_topic()
    release = make_release(topics=(topic,))
    with pytest.raises(IntegrityError), transaction.atomic():
        ReleaseTag.objects.create(tag=topic, content_object=release)


@pytest.mark.parametrize("minutes", [-1, 0])
def test_ties_tell_of_what_is_published_and_in_its_order(minutes):
    """For every state, language and order, the ties answer what the releases themselves do."""
    topic, other = make_topic("Courts", "Tribunales"), make_topic()
    for make in (make_release, make_draft, make_scheduled, make_withdrawn):
        for language in ("en", "es"):
            make(language=language, topics=(topic,))
            make(language=language, topics=(topic, other))
    make_release(date=date(2014, 1, 1), topics=(topic,))
    make_release(public_at=datetime(2015, 3, 4, 7, tzinfo=UTC), topics=(topic,))
    scheduled = [one for one in Release.objects.all() if one.is_scheduled]
    at = max(one.public_at for one in scheduled) + timedelta(minutes=minutes)
    for language in ("en", "es"):
        public = Release.objects.published(at).in_language(language)
        ties = ReleaseTag.objects.published(at).in_language(language)
        for one in (topic, other):
            assert list(ties.filter(tag=one).ids_in_order()) == list(public.tagged(one).ids_in_order())
            assert list(ties.filter(tag=one).ids_by_moment()) == list(public.tagged(one).ids_by_moment())
        assert ties.by_topic() == {one.pk: public.tagged(one).count() for one in (topic, other)}


def tells_the_truth() -> bool:
    ties = ReleaseTag.objects.select_related("content_object")
    return all({name: getattr(tie, name) for name in SAID} == ReleaseTag.said_of(tie.content_object) for tie in ties) and bool(ties)


def test_ties_tell_the_truth_after_a_merger_a_change_at_its_moment_and_a_restoration(publisher):
    daca, courts = make_topic(), make_topic("Courts", "Tribunales")
    release, scheduled, draft = make_release(topics=(daca,)), make_scheduled(topics=(daca,)), make_draft(topics=(daca,))
    before = timezone.now()
    changed = release.printed() | {"date": date(2015, 3, 9)}
    publishing.write_change(release, by=publisher, printed=changed, tags=[daca.pk, courts.pk])
    publishing.publish_change(release, by=publisher, kind="typo", at=timezone.now() + timedelta(hours=1))
    publishing.publish_due_changes(timezone.now() + timedelta(hours=2))
    assert release.tagging.filter(date=date(2015, 3, 9)).count() == 2
    assert tells_the_truth()
    publishing.return_to_draft(scheduled, by=publisher)
    publishing.publish(draft, by=publisher)
    publishing.merge_topics(daca, into=courts, by=publisher)
    assert tells_the_truth()
    publishing.restore_everything(before)
    assert tells_the_truth()
    assert release.tagging.get().date == date(2015, 3, 4)


def test_ties_written_past_the_newsroom_are_mended_with_the_search_index():
    release = make_release(topics=(make_topic(),))
    ReleaseTag.objects.update(language="", date=None, public_at=None)
    call_command("rebuild_search", stdout=StringIO())
    assert tells_the_truth()
    assert list(ReleaseTag.objects.published().ids_in_order()) == [release.pk]


def test_a_tie_says_what_its_release_is_and_not_what_someone_holds_of_it(publisher):
    stale = make_release()
    publishing.withdraw(Release.objects.get(), by=publisher)
    stale.tags.add(make_topic())
    assert stale.tagging.get().public_at is None


def test_a_tie_follows_its_release():
    topic = make_topic()
    release = make_draft(topics=(topic,))
    release.language, release.date = "es", date(2016, 1, 1)
    release.save()
    assert release.tagging.values(*SAID).get() == {"language": "es", "date": date(2016, 1, 1), "public_at": None}
    publishing.publish(release, by=make_user())
    assert release.tagging.get().public_at == Release.objects.get().public_at
    publishing.withdraw(release, by=make_user("ines"))
    assert release.tagging.get().public_at is None
