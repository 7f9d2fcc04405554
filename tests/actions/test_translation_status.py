"""Which of two translations is out of date after a correction, a typo fix or a synced revision."""

from datetime import timedelta

import pytest
from django.utils import timezone

from releases.actions.due_revisions import publish_due_revisions
from releases.actions.translations import (
    create_translation,
    get_outdated_translation,
    link_translations,
    unlink_translations,
)
from releases.models import PendingRevision
from tests.actions import SPANISH_IS_NEWER, get_out_of_date, save_and_publish
from tests.factories import make_draft, make_release
from tests.views import get_public_page

pytestmark = pytest.mark.django_db


def test_correction_marks_the_translation_out_of_date_for_readers(translated_releases, publisher):
    english, spanish = translated_releases
    assert SPANISH_IS_NEWER not in get_public_page(english)
    save_and_publish(spanish, publisher, "Las familias pueden quedarse.")
    assert get_out_of_date() == [english]
    assert SPANISH_IS_NEWER in get_public_page(english)
    assert SPANISH_IS_NEWER not in get_public_page(spanish)
    assert "The English version was updated" not in get_public_page(spanish)


def test_typo_fix_leaves_both_translations_up_to_date(translated_releases, publisher):
    save_and_publish(translated_releases[1], publisher, "Las familias pueden quedarse.", kind="typo")
    assert get_out_of_date() == []
    assert SPANISH_IS_NEWER not in get_public_page(translated_releases[0])


def test_revision_synced_with_the_translation_makes_both_up_to_date(translated_releases, publisher):
    english, spanish = translated_releases
    save_and_publish(spanish, publisher, "Uno.")
    spanish.refresh_from_db()
    save_and_publish(english, publisher, "One.", synced_version=spanish.version)
    assert get_out_of_date() == []
    assert SPANISH_IS_NEWER not in get_public_page(english)
    assert "The English version was updated" not in get_public_page(spanish)
    save_and_publish(english, publisher, "Two.")
    assert get_out_of_date() == [spanish]
    assert "La versión en inglés se actualizó el" in get_public_page(spanish)


def test_synced_version_applies_when_the_revision_becomes_public(translated_releases, publisher):
    english, spanish = translated_releases
    save_and_publish(spanish, publisher, "Uno.")
    spanish.refresh_from_db()
    save_and_publish(english, publisher, "One.", synced_version=spanish.version, wait=timedelta(hours=1))
    assert get_out_of_date() == [english]
    PendingRevision.objects.update(public_at=timezone.now() - timedelta(seconds=1))
    publish_due_revisions(timezone.now())
    assert get_out_of_date() == []


def test_translation_records_the_version_it_was_made_from(publisher):
    spanish = make_draft(language="es", headline="Un fallo", summary="Uno.")
    english = create_translation(spanish, user=publisher)
    assert get_out_of_date() == []
    spanish.refresh_from_db()
    spanish.summary = "Dos."
    spanish.bump_text_version()
    spanish.save()
    assert get_out_of_date() == [english]
    assert get_outdated_translation(english).summary == "Uno."


def test_editing_a_draft_translation_does_not_outdate_its_original(publisher_client, publisher):
    spanish = make_release(language="es")
    english = create_translation(spanish, user=publisher)
    english.summary = "One."
    english.bump_text_version()
    english.save()
    assert get_out_of_date() == []


def test_synced_version_does_not_apply_to_another_translation(translated_releases, publisher):
    english, spanish = translated_releases
    save_and_publish(spanish, publisher, "Uno.")
    spanish.refresh_from_db()
    save_and_publish(english, publisher, "One.", synced_version=spanish.version, wait=timedelta(hours=1))
    unlink_translations(english, user=publisher)
    other = make_release(language="es", headline="Otro fallo")
    link_translations(english, other, user=publisher)
    PendingRevision.objects.update(public_at=timezone.now() - timedelta(seconds=1))
    publish_due_revisions(timezone.now())
    save_and_publish(other, publisher, "Otra vez.")
    assert english in get_out_of_date()
