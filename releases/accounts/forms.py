"""Forms that ask for a password: sign-in, confirmation of an action, and a new password."""

import time
from typing import Any

from django import forms
from django.contrib.admin.forms import AdminAuthenticationForm, AdminPasswordChangeForm
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from releases.accounts import attempts
from releases.accounts.attempts import Bound, TooManyAttempts
from releases.accounts.devices import find_device, normalize
from releases.accounts.failures import count_failure
from releases.models import NewsroomSettings, User
from releases.models.staff import PASSWORD_FIELDS

# A failed sign-in takes at least so long. Otherwise the time would tell which names are accounts: old hashes
# (PBKDF2) take longer than the hash for an unknown name.
FAILURE_SECONDS = 1.0
# The key of the WSGI environment, which is `request.META`, for the time before which no response is sent
# (time.monotonic).
ANSWER_AT = "newsroom.answer_at"


class SignInForm(AdminAuthenticationForm):
    """Django's sign-in form, with a limited number of attempts.

    Known and unknown names get the same message and take the same time. A successful one sets
    `request.sign_in` to the name and the time of the sign-in before (aware, or None).
    """

    error_messages = {
        **AdminAuthenticationForm.error_messages,
        "locked": _("The newsroom is locked. A manager can unlock it."),
        "expired": _(
            "This one-time password has expired. Ask a manager or the server administrator for a new one."
        ),
    }

    request: HttpRequest

    def clean(self) -> dict[str, Any]:
        username = self.cleaned_data.get("username") or ""
        if not (username and self.cleaned_data.get("password")):
            return self.cleaned_data
        bounds = self._find_bounds(username)
        try:
            slots = attempts.take(*bounds)
        except TooManyAttempts as error:
            count_failure(username, is_refused=True)
            is_known = bounds[0][0] == "device"
            advice = "" if is_known else _("Or use a device on which you have signed in before.")
            raise TooManyAttempts(error.seconds, advice) from None
        started_at = time.monotonic()
        try:
            cleaned: dict[str, Any] = super().clean()
        except ValidationError as error:
            if error.code == "locked":
                attempts.give_back(slots)
            else:
                count_failure(username)
            self.request.META[ANSWER_AT] = started_at + FAILURE_SECONDS
            raise
        attempts.give_back(slots)
        attempts.free(bounds[0])
        self.request.sign_in = (  # type: ignore[attr-defined]
            username,
            self.get_user().last_login,
        )
        return cleaned

    def _find_bounds(self, username: str) -> list[Bound]:
        name, source = normalize(username), getattr(self.request, "source", "")
        if device := find_device(self.request, username):
            return [("device", f"{device} {name}"), ("known devices", name)]
        bounds = [("account and source", f"{name} {source}"), ("new devices", "")]
        return [*bounds, ("account", name), ("source", source)] if source else bounds

    def confirm_login_allowed(self, user: Any) -> None:
        """Refuse one-time passwords that have expired, and all but managers while the newsroom is locked."""
        super().confirm_login_allowed(user)
        if not user.is_superuser and NewsroomSettings.find_lock():
            raise ValidationError(self.error_messages["locked"], code="locked")
        if user.password_has_expired():
            raise ValidationError(self.error_messages["expired"], code="expired")


class PasswordAgainMixin:
    """Checks the password of the signed-in user, with a limited number of attempts per session."""

    def check_password(self, request: HttpRequest, user: User, password: str) -> bool:
        """Return whether the password is right. Raises TooManyAttempts."""
        bound = ("session", request.session.session_key or "")
        slots = attempts.take(bound)
        if not user.check_password(password):
            count_failure(user.username)
            return False
        attempts.give_back(slots)
        return True


class ConfirmationForm(PasswordAgainMixin, forms.Form):
    """Asks signed-in staff for their password before an action that needs a fresh sign-in."""

    confirm_password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        self.request = request
        super().__init__(*args, **kwargs)

    def clean_confirm_password(self) -> str:
        password: str = self.cleaned_data["confirm_password"]
        if not self.check_password(self.request, self.request.user, password):  # type: ignore[arg-type]
            raise ValidationError(_("This password is wrong. Enter the password of your account."))
        return password


class OwnPasswordForm(PasswordAgainMixin, AdminPasswordChangeForm):
    """Replaces one's own password. The old one can be guessed only a few times."""

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        self.request = request
        super().__init__(*args, **kwargs)

    def clean_old_password(self) -> str:
        password: str = self.cleaned_data["old_password"]
        if not self.check_password(self.request, self.user, password):
            raise ValidationError(self.error_messages["password_incorrect"], code="password_incorrect")
        return password

    def clean(self) -> dict[str, Any]:
        """Validate the new password only if the old one is right: the answer must tell nothing about it."""
        if "old_password" not in self.cleaned_data:
            return self.cleaned_data
        if self.cleaned_data.get("new_password1") == self.cleaned_data["old_password"]:
            error = _("This is your current password. Choose another.")
            self.add_error("new_password1", error)
            return self.cleaned_data
        return super().clean() or self.cleaned_data

    def save(self, commit: bool = True) -> Any:
        self.user.set_own_password(self.cleaned_data["new_password1"])
        if commit:
            self.user.save(update_fields=PASSWORD_FIELDS)
        return self.user
