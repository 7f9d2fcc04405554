"""The status of a translation is deleted with its release."""

import pytest

from releases.actions.translations import create_translation
from tests.actions import get_out_of_date, save_and_publish
from tests.factories import make_release

pytestmark = pytest.mark.django_db


def test_deleted_translation_leaves_no_translation_status(publisher):
    english = make_release()
    for _time in range(2):
        create_translation(english, user=publisher).delete()
    spanish = make_release(language="es", translation_key=english.translation_key)
    save_and_publish(spanish, publisher, "Uno.")
    assert get_out_of_date() == [english]
