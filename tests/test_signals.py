"""Signals update the search index and topic assignments, and delete files."""

from datetime import date

import pytest
from django.apps import apps
from django.core.files.storage import default_storage
from django.core.management import call_command

from releases import search
from releases.actions.publication import publish
from releases.actions.withdrawal import withdraw
from releases.models import Photo, Release, Topic, User
from releases.models.topics import DENORMALIZED_FIELDS
from tests.factories import make_draft, make_photo, make_release, make_topic, make_user, photo_entry
from tests.search import find

pytestmark = pytest.mark.django_db


def test_deleting_a_photo_removes_its_files_and_its_figure(client, django_capture_on_commit_callbacks):
    photo = make_photo()
    release = make_release(photos=[photo_entry(photo)], body=f"<p>Before.</p><p>[photo {photo.pk}]</p>")
    with django_capture_on_commit_callbacks(execute=True):
        photo.delete()
    assert not default_storage.exists(f"{photo.storage_folder}/480.webp")
    page = client.get(release.get_absolute_url()).content.decode()
    assert "<figure" not in page
    assert "[photo" not in page


def test_search_index_follows_changes_of_releases_and_topics():
    topic = make_topic("Courts")
    release = make_release(headline="Ruling", topics=(topic,))
    release.headline = "Verdict"
    release.save()
    assert find("verdict").release_ids == [release.pk]
    assert find("ruling").release_ids == []
    topic.name = "Tribunals"
    topic.full_clean()
    topic.save()
    assert find("tribunal").release_ids == [release.pk]
    release.tags.clear()
    assert find("tribunal").release_ids == []
    release.delete()
    assert find("verdict").release_ids == []
    assert search.count_releases() == 0


def test_topic_assignment_follows_changes_of_its_release():
    topic = make_topic()
    release = make_draft(topics=(topic,))
    release.language, release.date = "es", date(2016, 1, 1)
    release.save()
    assert release.release_tags.values(*DENORMALIZED_FIELDS).get() == {
        "language": "es",
        "date": date(2016, 1, 1),
        "public_at": None,
    }
    publish(release, user=make_user())
    assert release.release_tags.get().public_at == Release.objects.get().public_at
    withdraw(release, user=make_user("ines"))
    assert release.release_tags.get().public_at is None


def test_loaddata_restores_a_dump_and_rebuild_search_makes_it_searchable(tmp_path):
    """docs/how-to/deploy.md moves a newsroom from SQLite to PostgreSQL with these commands."""
    release = make_release(
        headline="Verdict", topics=(make_topic("Courts"),), photos=[photo_entry(make_photo())]
    )
    publish(make_draft(headline="Ruling"), user=make_user("ana"))
    dump = tmp_path / "data.json"
    models = [model for model in apps.get_app_config("releases").get_models() if model is not User]
    counts = {model: model._base_manager.count() for model in models}
    call_command(
        "dumpdata",
        "releases",
        "--exclude",
        "releases.user",
        "--exclude",
        "releases.backgroundtask",
        "--natural-foreign",
        output=dump,
    )
    for model in sorted(models, key=lambda model: model in (Release, Topic, Photo)):
        model._base_manager.all()._raw_delete("default")
    call_command("loaddata", dump, verbosity=0)
    assert {model: model._base_manager.count() for model in models} == counts
    call_command("rebuild_search", verbosity=0)
    assert find("verdict").release_ids == [release.pk]
    assert list(Release.objects.published().tagged(Topic.objects.get())) == [release]
