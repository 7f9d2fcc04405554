"""Password validation in addition to Django's validators."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from releases.models import User


class NewPasswordValidator:
    """Reject the current password, so that a one-time password can't be replaced with itself."""

    def validate(self, password: str, user: User | None = None) -> None:
        if user is not None and user.pk and user.check_password(password):
            raise ValidationError(_("This is your current password. Choose another."))

    def get_help_text(self) -> str:
        return gettext("It can't be your current password.")
