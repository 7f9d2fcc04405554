"""Forms that ask for a password or a passkey: sign-in, confirmation of an action, and a new password."""

import time
from typing import Any

from django import forms
from django.contrib.admin.forms import AdminAuthenticationForm, AdminPasswordChangeForm
from django.contrib.auth.forms import SetPasswordForm, SetPasswordMixin
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from releases.accounts import attempts, passkeys
from releases.accounts.attempts import Bound, TooManyAttempts
from releases.accounts.devices import find_device, normalize
from releases.accounts.failures import count_failure
from releases.models import NewsroomSettings, Passkey, User
from releases.models.second_factors import has_second_factor
from releases.models.sessions import ONE_TIME, PASSKEY
from releases.models.staff import PASSWORD_FIELDS

# A failed sign-in takes at least so long. Otherwise the time would tell which names are accounts: old hashes
# (PBKDF2) take longer than the hash for an unknown name.
FAILURE_SECONDS = 1.0
# The key of the WSGI environment, which is `request.META`, for the time before which no response is sent
# (time.monotonic).
ANSWER_AT = "newsroom.answer_at"


class PasskeyMixin:
    """Lets a form accept a passkey instead of its fields, from the template `admin/_passkey.html`.

    Only passkeys of `passkey_user` count, if it is set.
    """

    request: HttpRequest
    passkey_user: User | None = None
    passkey_is_alone = True
    passkey_label: Any = _("Use a passkey")
    used_passkey: Passkey | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.passkey:
            for field in self.fields.values():  # type: ignore[attr-defined]
                field.required = False

    @property
    def passkey_name(self) -> str:
        return self.add_prefix("passkey")  # type: ignore[attr-defined, no-any-return]

    @property
    def passkey(self) -> str:
        """Return the response of the browser (JSON), or ""."""
        return str(self.data.get(self.passkey_name, ""))  # type: ignore[attr-defined]

    @property
    def passkey_challenge(self) -> dict[str, str] | None:
        """Return options and state for the browser, or None if passkeys can't be used here."""
        if not passkeys.get_relying_party_id(self.request):
            return None
        return passkeys.make_sign_in_challenge(
            self.request, self.passkey_user, is_alone=self.passkey_is_alone
        )

    def check_passkey(self) -> User:
        """Return the owner of the passkey. Raises PasskeyRefused."""
        state = str(self.data.get(f"{self.passkey_name}_state", ""))  # type: ignore[attr-defined]
        self.used_passkey = passkeys.verify(
            self.request, state, self.passkey, self.passkey_user, is_alone=self.passkey_is_alone
        )
        return self.used_passkey.user


class SignInForm(PasskeyMixin, AdminAuthenticationForm):
    """Django's sign-in form, with a limited number of attempts, and passkeys.

    Known and unknown names get the same message and take the same time. The email address of one open
    account can be entered as its name. `is_complete` tells whether a second factor was used.
    """

    error_messages = {
        **AdminAuthenticationForm.error_messages,
        "locked": _("The newsroom is locked. A manager can unlock it."),
        "expired": _(
            "This one-time password has expired. Ask a manager or the server administrator for a new one."
        ),
    }

    request: HttpRequest
    passkey_label = _("Sign in with a passkey")
    is_complete = False
    typed = ""  # as the name
    notice: Any = ""  # what the page says before the first attempt

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        self.request = request
        super().__init__(request, *args, **kwargs)
        self.fields["username"].label = _("User name or email")

    def is_still_valid(self) -> bool:
        """Return whether the factors of the account are still those of this sign-in."""
        user = self.get_user()
        if self.used_passkey:
            return user.passkeys.filter(pk=self.used_passkey.pk).exists()
        return not has_second_factor(user)

    def clean_username(self) -> str:
        self.typed = str(self.cleaned_data.get("username") or "")
        return find_username(self.typed)

    def clean(self) -> dict[str, Any]:
        if self.passkey:
            user = self.check_passkey()
            self.is_complete = True
            self.confirm_login_allowed(user)
            self.user_cache = user
            return self.cleaned_data
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
        return cleaned

    def _find_bounds(self, username: str) -> list[Bound]:
        """Return the limits. On new devices, they are for what was typed.

        Otherwise a refused email address would tell whose account has it.
        """
        source = getattr(self.request, "source", "")
        if device := find_device(self.request, username):
            name = normalize(username)
            return [("device", f"{device} {name}"), ("known devices", name)]
        name = normalize(self.typed)
        bounds = [("account and source", f"{name} {source}"), ("new devices", "")]
        return [*bounds, ("account", name), ("source", source)] if source else bounds

    def confirm_login_allowed(self, user: Any) -> None:
        """Refuse one-time passwords that have expired, and all but managers while the newsroom is locked.

        With a passkey, no password is needed.
        """
        super().confirm_login_allowed(user)
        if not user.is_superuser and NewsroomSettings.find_lock():
            raise ValidationError(self.error_messages["locked"], code="locked")
        if user.password_has_expired() and not self.is_complete:
            raise ValidationError(self.error_messages["expired"], code="expired")


def find_username(typed: str) -> str:
    """Return the user name of the only account that was meant, or else `typed`.

    Staff may type their name in another case, or their email address.
    """
    if User.objects.filter(username=typed).exists():
        return typed
    condition = Q(username__iexact=typed) | (Q(email__iexact=typed, is_active=True) if "@" in typed else Q())
    names = User.objects.filter(condition).values_list("username", flat=True)[:2]
    return names[0] if len(names) == 1 else typed


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


class ConfirmationForm(PasskeyMixin, PasswordAgainMixin, forms.Form):
    """Asks signed-in staff for their password, or a passkey, before an action that needs a fresh sign-in."""

    confirm_password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        self.request, self.passkey_user = request, request.user  # type: ignore[assignment]
        super().__init__(*args, **kwargs)

    @property
    def passkey_name(self) -> str:
        return "confirm_passkey"  # an interrupted form may have a passkey, too

    @property
    def passkey_challenge(self) -> dict[str, str] | None:
        return super().passkey_challenge if self.request.user.passkeys.exists() else None  # type: ignore[union-attr]

    def clean(self) -> dict[str, Any]:
        if self.passkey:
            self.check_passkey()
        return self.cleaned_data

    def clean_confirm_password(self) -> str:
        if self.passkey:
            return ""
        password: str = self.cleaned_data["confirm_password"]
        if not self.check_password(self.request, self.request.user, password):  # type: ignore[arg-type]
            raise ValidationError(_("This password is wrong. Enter the password of your account."))
        return password


class AllPasswordErrorsMixin(SetPasswordMixin):
    """Checks the first of the two new passwords, so that a different second one hides no other error."""

    def validate_password_for_user(
        self,
        user: Any,
        password_field_name: str = "password2",  # noqa: S107
    ) -> None:
        first = password_field_name.replace("2", "1")
        super().validate_password_for_user(user, first)


class NewPasswordForm(AllPasswordErrorsMixin, SetPasswordForm):
    """Sets the first password of an account."""


class OwnPasswordForm(AllPasswordErrorsMixin, PasswordAgainMixin, AdminPasswordChangeForm):
    """Replaces one's own password. The old one can be guessed only a few times.

    It isn't asked for if the owner signed in with a passkey or with this one-time password a moment ago.
    """

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        self.request = request
        super().__init__(*args, **kwargs)
        session: Any = request.session
        self.replaces_one_time_password = self.user.password_is_temporary
        has_used_it = self.replaces_one_time_password and session.get(ONE_TIME)
        if (session.get(PASSKEY) or has_used_it) and session.is_fresh():
            del self.fields["old_password"]
            self.fields["new_password1"].widget.attrs["autofocus"] = True
        elif self.replaces_one_time_password:
            self.fields["old_password"].label = _("One-time password")

    def clean_old_password(self) -> str:
        password: str = self.cleaned_data["old_password"]
        if not self.check_password(self.request, self.user, password):
            raise ValidationError(self.error_messages["password_incorrect"], code="password_incorrect")
        return password

    def clean(self) -> dict[str, Any]:
        """Validate the new password only if the old one is right: the answer must tell nothing about it."""
        if "old_password" in self.fields and "old_password" not in self.cleaned_data:
            return self.cleaned_data
        new_password = self.cleaned_data.get("new_password1")
        is_unchanged = new_password == self.cleaned_data.get("old_password")
        if "old_password" not in self.fields and self.replaces_one_time_password and new_password:
            is_unchanged = self.user.check_password(new_password)
        if new_password and is_unchanged:
            error = _("This is your current password. Choose another.")
            self.add_error("new_password1", error)
            return self.cleaned_data
        return super().clean() or self.cleaned_data

    def save(self, commit: bool = True) -> Any:
        self.user.set_own_password(self.cleaned_data["new_password1"])
        if commit:
            self.user.save(update_fields=PASSWORD_FIELDS)
        return self.user
