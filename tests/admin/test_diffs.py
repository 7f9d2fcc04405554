"""The diff of two texts shows only the fields that changed."""

import pytest

from tests.admin import admin_url, post_release_form

pytestmark = pytest.mark.django_db


def test_publish_button_redirects_to_a_diff_of_the_changed_fields(publisher_client, release):
    response = post_release_form(publisher_client, release, summary="Nine families came.", _publish="x")
    assert response["Location"] == admin_url(release, "publish-revision")
    page = publisher_client.get(response["Location"]).content.decode()
    assert "<del>Eight</del><ins>Nine</ins> families came." in page
    assert ">Headline<" not in page  # only what changed is shown
