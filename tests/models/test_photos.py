"""Saving a photo."""

import pytest

from tests.actions import process_photos

pytestmark = pytest.mark.django_db


def test_saving_a_stale_photo_does_not_reset_renditions_ready(photo):
    process_photos()
    photo.label = "Families"  # an instance loaded before the change
    photo.save()
    photo.refresh_from_db()
    assert (photo.label, photo.renditions_ready) == ("Families", True)
