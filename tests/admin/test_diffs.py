"""The diff of two texts shows only the fields that changed."""

import pytest
from django.utils import translation

from releases.admin.diffs import ReleaseText, compare_texts
from tests.admin import admin_url, post_release_form
from tests.factories import make_draft

pytestmark = pytest.mark.django_db


def test_publish_button_redirects_to_a_diff_of_the_changed_fields(publisher_client, release):
    response = post_release_form(publisher_client, release, summary="Nine families came.", _publish="x")
    assert response["Location"] == admin_url(release, "publish-revision")
    page = publisher_client.get(response["Location"]).content.decode()
    assert "<del>Eight</del><ins>Nine</ins> families came." in page
    assert ">Headline<" not in page  # only what changed is shown


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", "lead photo · focus 30 % from the left, 20 % from the top"),
        ("es", "foto principal · punto focal a 30 % desde la izquierda y 20 % desde arriba"),
    ],
)
def test_comparison_describes_the_lead_photo_and_its_focal_point(language, expected):
    entry = {"photo": 7, "alt": "A banner.", "is_decorative": False, "caption": "", "credit": ""}
    old, new = (
        ReleaseText(make_draft(photos=[photo]), {"photos": [photo]}, [])
        for photo in (entry, entry | {"is_lead": True, "focus": [30, 20]})
    )
    with translation.override(language):
        assert compare_texts(old, old) == []
        assert len(compare_texts(old, new)) == 1
        assert new.format_field("photos") == f"{old.format_field('photos')} · {expected}"
