"""Template filters."""

import pytest

from releases.models import NewsroomSettings
from releases.templatetags.newsroom import phone_link

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("phone", "link"),
    [
        ("213-555-0100", "+12135550100"),
        ("(213) 555-0100", "+12135550100"),
        ("1 (213) 555-0100", "+12135550100"),
        ("+503 2222 3333", "+50322223333"),
        ("213-555-0100 ext. 5", "+12135550100;ext=5"),
        ("213.555.0100 x12", "+12135550100;ext=12"),
    ],
)
def test_phone_number_is_converted_to_a_tel_link(phone, link):
    NewsroomSettings(legal_help_phone=phone).full_clean(exclude=["id"])
    assert phone_link(phone) == link
