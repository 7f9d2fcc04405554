"""What a new password must be, beside Django's own rules."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from releases.models import User


class AnotherPassword:
    """The password validator that makes a one-time password be replaced by another, not by itself."""

    def validate(self, password: str, user: User | None = None) -> None:
        if user is not None and user.pk and user.check_password(password):
            raise ValidationError(_("This is the password you have now. Choose another."))

    def get_help_text(self) -> str:
        return gettext("It must not be the password you have now.")
