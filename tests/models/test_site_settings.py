"""Validation of the newsroom settings."""

import pytest
from django.core.exceptions import ValidationError

from releases.models import NewsroomSettings

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "phone", ["1-800-CARECEN", "213-555-0100 / 213-555-0101", "call us", "12", "213-555-010"]
)
def test_invalid_phone_number_is_rejected(phone):
    with pytest.raises(ValidationError, match="one phone number"):
        NewsroomSettings(legal_help_phone=phone).full_clean(exclude=["id"])
