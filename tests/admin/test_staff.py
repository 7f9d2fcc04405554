"""The form of an account in the admin."""

import re

import pytest

from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("language", "labels"), [("en", ["Publishers", "Writers"]), ("es", ["Editores", "Redactores"])]
)
def test_groups_are_shown_in_the_language_of_the_admin(client, language, labels):
    manager = make_user(is_superuser=True, language=language)
    client.force_login(manager)
    page = client.get(f"/admin/releases/user/{manager.pk}/change/").content.decode()
    choices = re.findall(r'<input type="checkbox" name="groups"[^>]*>\s*([^<]+?)</label>', page)
    assert sorted(choices) == labels
