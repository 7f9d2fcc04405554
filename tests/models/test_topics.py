"""Topics: unique names and slugs, and the denormalized columns of their assignments."""

from datetime import UTC, date, datetime, timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from releases.actions.due_revisions import publish_due_revisions
from releases.actions.newsroom_restoration import restore_everything
from releases.actions.publication import publish
from releases.actions.revisions import publish_revision, save_revision
from releases.actions.scheduling import return_to_draft
from releases.actions.topics import merge_topics
from releases.actions.withdrawal import withdraw
from releases.models import Release, ReleaseTag, Topic
from tests.factories import make_draft, make_release, make_scheduled, make_topic, make_withdrawn
from tests.models import assignments_are_in_sync

pytestmark = pytest.mark.django_db


def test_topic_has_a_slug_and_url_in_each_language():
    topic = make_topic("Unaccompanied children", "Niñez no acompañada")
    assert (topic.slug, topic.slug_es) == ("unaccompanied-children", "ninez-no-acompanada")
    assert topic.get_absolute_url("en") == "/topics/unaccompanied-children/"
    assert topic.get_absolute_url("es") == "/es/temas/ninez-no-acompanada/"


@pytest.mark.parametrize(
    "name",
    [
        "daca renewal",
        "DACA-Renewal",
        "Dácá  Renewal",
        "dacarenewal",
        "RENOVACIÓN DE DACA",
        "renovacion-de-daca",
    ],
)
@pytest.mark.parametrize("field", ["name", "name_es"])
def test_another_spelling_of_a_topic_name_is_rejected(name, field):
    make_topic("DACA renewal", "Renovación de DACA")
    with pytest.raises(ValidationError) as excinfo:
        make_topic(**{"name": "Something else", "name_es": "Otra cosa"} | {field: name})
    assert field in excinfo.value.message_dict
    assert "DACA renewal · Renovación de DACA" in str(excinfo.value.message_dict[field])


@pytest.mark.parametrize("name", ["¿?", "нет", "—"])
def test_name_without_a_valid_slug_is_rejected(name):
    with pytest.raises(ValidationError) as excinfo:
        make_topic(name, "Prueba")
    assert "name" in excinfo.value.message_dict


def test_normalized_key_is_unique_in_the_database():
    make_topic("DACA")
    with pytest.raises(IntegrityError), transaction.atomic():
        Topic(name="daca", name_es="otro").save()


def test_both_languages_may_use_the_same_name():
    assert make_topic("DACA", "DACA").both_names == "DACA"
    assert make_topic("Courts", "Tribunales").both_names == "Courts · Tribunales"


def test_renaming_a_topic_keeps_its_slug():
    topic = make_topic("Refugees", "Refugiados")
    topic.name = "Refugees and asylum"
    topic.full_clean()
    topic.save()
    assert (topic.slug, topic.key) == ("refugees", "refugeesandasylum")


def test_reused_topic_name_gets_a_new_slug():
    old = make_topic("Refugees", "Refugiados")
    old.name, old.name_es = "Asylum", "Asilo"
    old.full_clean()
    old.save()
    assert (make_topic("Refugees", "Refugiados").slug, old.slug) == ("refugees-2", "refugees")


@pytest.mark.parametrize("name", ["™" * 80, "x" * 101])
def test_name_too_long_for_its_key_is_rejected(name):
    with pytest.raises(ValidationError) as excinfo:
        make_topic(name, "Prueba")
    assert "name" in excinfo.value.message_dict


def test_long_names_with_a_common_prefix_get_different_slugs():
    assert make_topic("a" * 81, "b" * 81).slug != make_topic("a" * 82, "b" * 82).slug


def test_a_topic_in_use_is_not_deleted():
    topic = make_topic()
    make_release(topics=(topic,))
    with pytest.raises(ProtectedError):
        topic.delete()


def test_topic_can_be_assigned_to_a_release_only_once():
    topic = make_topic()
    release = make_release(topics=(topic,))
    with pytest.raises(IntegrityError), transaction.atomic():
        ReleaseTag.objects.create(tag=topic, content_object=release)


@pytest.mark.parametrize("minutes", [-1, 0])
def test_topic_assignments_and_releases_give_the_same_published_lists(minutes):
    """In every state, language and order, both querysets return the same releases."""
    courts, daca = make_topic("Courts", "Tribunales"), make_topic()
    for make in (make_release, make_draft, make_scheduled, make_withdrawn):
        for language in ("en", "es"):
            make(language=language, topics=(courts,))
            make(language=language, topics=(courts, daca))
    make_release(date=date(2014, 1, 1), topics=(courts,))
    make_release(public_at=datetime(2015, 3, 4, 7, tzinfo=UTC), topics=(courts,))
    scheduled = [release for release in Release.objects.all() if release.is_scheduled]
    at = max(release.public_at for release in scheduled) + timedelta(minutes=minutes)
    for language in ("en", "es"):
        public = Release.objects.published(at).in_language(language)
        assignments = ReleaseTag.objects.published(at).in_language(language)
        for topic in (courts, daca):
            assert list(assignments.filter(tag=topic).ids_newest_first()) == list(
                public.tagged(topic).ids_newest_first()
            )
            assert list(assignments.filter(tag=topic).ids_by_publication()) == list(
                public.tagged(topic).ids_by_publication()
            )
        assert assignments.counts_by_topic() == {
            topic.pk: public.tagged(topic).count() for topic in (courts, daca)
        }


def test_topic_assignments_stay_in_sync_after_merge_revision_and_restore(publisher):
    daca, courts = make_topic(), make_topic("Courts", "Tribunales")
    release, scheduled, draft = (
        make_release(topics=(daca,)),
        make_scheduled(topics=(daca,)),
        make_draft(topics=(daca,)),
    )
    restore_time = timezone.now()
    changed = release.content() | {"date": date(2015, 3, 9)}
    save_revision(release, user=publisher, content=changed, topic_ids=[daca.pk, courts.pk])
    publish_revision(release, user=publisher, kind="typo", at=timezone.now() + timedelta(hours=1))
    publish_due_revisions(timezone.now() + timedelta(hours=2))
    assert release.release_tags.filter(date=date(2015, 3, 9)).count() == 2
    assert assignments_are_in_sync()
    return_to_draft(scheduled, user=publisher)
    publish(draft, user=publisher)
    merge_topics(daca, into=courts, user=publisher)
    assert assignments_are_in_sync()
    restore_everything(restore_time)
    assert assignments_are_in_sync()
    assert release.release_tags.get().date == date(2015, 3, 4)


def test_topic_assignment_copies_the_database_row_not_a_stale_instance(publisher):
    stale = make_release()
    withdraw(Release.objects.get(), user=publisher)
    stale.tags.add(make_topic())
    assert stale.release_tags.get().public_at is None


@pytest.mark.django_db
def test_migration_updates_the_keys_of_topics_with_signs():
    topic = make_topic("C++")
    Topic.objects.filter(pk=topic.pk).update(key="c", key_es="c")
    import_module("releases.migrations.0005_update_topic_keys").update_keys(apps, None)
    topic.refresh_from_db()
    assert (topic.key, topic.key_es) == ("c++", "c++")
