"""Photos are added to a release, and their renditions are requested."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from releases.actions.errors import ActionNotAllowed
from releases.actions.photos import add_photo, clean_photos, set_photos
from releases.models import Photo
from tests.factories import make_draft, make_photo, make_scheduled, photo_entry
from tests.pictures import JPEG_BYTES

pytestmark = pytest.mark.django_db


def test_scheduled_release_rejects_a_photo_without_alt_text(publisher):
    release = make_scheduled()
    with pytest.raises(ActionNotAllowed, match="has no alt text"):
        set_photos(release, user=publisher, more_photos=[photo_entry(make_photo(), alt="")])
    set_photos(release, user=publisher, more_photos=[photo_entry(make_photo())])
    assert len(release.photos) == 1


def test_photo_is_stored_with_its_history_or_not_at_all(publisher, monkeypatch):
    def fail(*_args, **_kwargs) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Photo.history.model, "save", fail)
    with pytest.raises(KeyboardInterrupt):
        add_photo(SimpleUploadedFile("IMG_1.jpg", JPEG_BYTES), user=publisher)
    assert not Photo.objects.exists()


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, {}),
        ({"is_lead": False, "focus": [50, 50]}, {}),
        ({"is_lead": True, "focus": [30, 20]}, {"is_lead": True, "focus": [30, 20]}),
        ({"is_lead": 1, "focus": (0, 100)}, {"is_lead": True, "focus": [0, 100]}),
        ({"focus": [-1, 101]}, {"focus": [0, 100]}),
        ({"focus": [33.4, 49.6]}, {"focus": [33, 50]}),
        *(
            ({"focus": focus}, {})
            for focus in (None, [], [1], [1, 2, 3], "50", ["a", "b"], {"x": 1}, [float("nan"), 1], [1e999, 1])
        ),
    ],
)
def test_lead_and_focal_point_are_stored_only_if_they_differ_from_the_default(changes, expected):
    entry = {
        "photo": make_photo().pk,
        "alt": "A banner.",
        "is_decorative": False,
        "caption": "",
        "credit": "",
    }
    assert clean_photos([entry | changes | {"unknown": 1}]) == [entry | expected]


def test_release_has_one_lead_photo_at_most(publisher):
    first, second, third = (photo_entry(make_photo(), is_lead=True) for _number in range(3))
    draft = make_draft()
    set_photos(draft, user=publisher, photos=[first | {"is_lead": False}, second, third])
    draft.refresh_from_db()
    assert [entry.get("is_lead") for entry in draft.photos] == [None, True, None]


def test_photo_that_is_added_later_does_not_replace_the_lead(publisher):
    draft = make_draft(photos=[photo_entry(make_photo(), is_lead=True, focus=[10, 90])])
    set_photos(draft, user=publisher, more_photos=[photo_entry(make_photo(), is_lead=True)])
    assert [(entry.get("is_lead"), entry.get("focus")) for entry in draft.photos] == [
        (True, [10, 90]),
        (None, None),
    ]
