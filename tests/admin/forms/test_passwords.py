"""A new password must differ from the current one."""

import pytest
from django.core.exceptions import ValidationError

from releases.admin.forms import NewPasswordValidator
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db


def test_current_password_is_rejected_as_the_new_one():
    validator, user = NewPasswordValidator(), make_user()
    with pytest.raises(ValidationError, match="Choose another"):
        validator.validate(PASSWORD, user)
    validator.validate(f"{PASSWORD}, changed", user)


def test_new_account_has_no_current_password_to_compare():
    NewPasswordValidator().validate(PASSWORD)
