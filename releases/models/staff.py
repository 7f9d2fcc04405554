"""Staff accounts."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from releases.text.choices import Language


class User(AbstractUser):
    """A staff account.

    It is a custom model from the first migration on, because switching to one later is hard.
    """

    language = models.CharField(
        _("interface language"),
        max_length=2,
        choices=Language.choices,
        blank=True,
        help_text=_("Leave empty to follow the browser."),
    )
    password_is_temporary = models.BooleanField(
        _("must change password"),
        default=False,
        help_text=_("The next sign-in asks for a new password first."),
    )

    class Meta:
        verbose_name = _("staff account")
        verbose_name_plural = _("staff accounts")

    def set_password(self, raw_password: str | None) -> None:
        super().set_password(raw_password)
        self.password_is_temporary = False


def display_name(user: User | None) -> str:
    """Return the name of `user`, or else the username. None means a command or a deleted account."""
    return (user.get_full_name() or user.username) if user else gettext("the system")
