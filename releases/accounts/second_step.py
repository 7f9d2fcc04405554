"""The second step of signing in: a passkey, a code of an app, or a recovery code, after the right password.

Between the steps nobody is signed in. A signed value of the page says that the password was right.
"""

import re
from typing import Any

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _

from releases.accounts import attempts, authenticator_apps, passkeys, recovery_codes
from releases.accounts.attempts import Bound, TooManyAttempts
from releases.accounts.devices import find_device, normalize
from releases.accounts.failures import count_failure
from releases.accounts.forms import PasskeyMixin, SignInForm
from releases.models import User
from releases.models.second_factors import get_app, has_second_factor

TOKEN_NAME, TOKEN_SALT, TOKEN_SECONDS = "second_step-token", "second step", 10 * 60


MAX_CODE_LENGTH = 8  # of an app. Recovery codes are longer


class SecondStepForm(PasskeyMixin, forms.Form):
    """Asks for one of the second factors of `user`, whose password was right."""

    code = forms.CharField(
        label=_("Code from your authenticator app"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )
    recovery_code = forms.CharField(
        label=_("Recovery code"),
        required=False,
        max_length=60,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    passkey_is_alone = False
    used_recovery_code = False

    def __init__(self, request: HttpRequest, user: User, *args: Any, **kwargs: Any) -> None:
        self.request, self.user, self.passkey_user = request, user, user
        super().__init__(*args, prefix="second_step", **kwargs)
        if get_app(user) is None:
            del self.fields["code"]

    @property
    def token(self) -> str:
        """Return the signed value that says that the password was right. It is valid for TOKEN_SECONDS."""
        value = {"user": self.user.pk, "password": self.user.get_session_auth_hash()}
        return signing.dumps(value, salt=TOKEN_SALT)

    @property
    def passkey_challenge(self) -> dict[str, str] | None:
        return super().passkey_challenge if self.user.passkeys.exists() else None

    @property
    def passkey_url(self) -> str:
        """Return the address at which the passkeys of the account work, if it isn't this one, or ""."""
        if passkeys.get_relying_party_id(self.request) or not self.user.passkeys.exists():
            return ""
        return passkeys.find_url(self.request, reverse("admin:login"))

    def get_user(self) -> User:
        return self.user

    def is_still_valid(self) -> bool:
        """Return whether the account still has second factors. A reset deletes them all."""
        return has_second_factor(self.user)

    def clean(self) -> dict[str, Any]:
        SignInForm(self.request).confirm_login_allowed(self.user)
        if self.passkey:
            self.check_passkey()
        elif code := self.cleaned_data.get("recovery_code"):
            self._check_recovery_code("recovery_code", code)
        elif code := self.cleaned_data.get("code"):
            if len(re.sub(r"[\W_]", "", code)) > MAX_CODE_LENGTH:
                self._check_recovery_code("code", code)
            else:
                self._check_app_code(code)
        else:
            raise ValidationError(_("Enter a code."))
        return self.cleaned_data

    def _check_recovery_code(self, field: str, code: str) -> None:
        if recovery_codes.use_code(self.user, code):
            self.used_recovery_code = True
            return
        count_failure(self.user.username)
        self.add_error(field, _("This code is wrong or was used before. Check it, and try again."))

    def _check_app_code(self, code: str) -> None:
        if not authenticator_apps.has_readable_secret(self.user):
            raise ValidationError(
                _(
                    "The newsroom can no longer check the codes of your app. Use a passkey or a recovery "
                    "code, or ask a manager to reset your two-step verification."
                )
            )
        try:
            slots = attempts.take(*self._find_bounds())
        except TooManyAttempts as error:
            advice = _("Or use a passkey or a recovery code.")
            raise TooManyAttempts(error.seconds, advice) from None
        if authenticator_apps.check_code(self.user, code):
            attempts.give_back(slots)
            return
        count_failure(self.user.username)
        message = _("This code is wrong or was used before. Enter the one that your app shows now.")
        self.add_error("code", message)

    def _find_bounds(self) -> list[Bound]:
        name = normalize(self.user.username)
        if device := find_device(self.request, self.user.username):
            return [("app code on known device", f"{device} {name}"), ("app codes on known devices", name)]
        return [("app code", name)]


SignIn = SignInForm | SecondStepForm


def check_sign_in(request: HttpRequest, prefix: str | None = None) -> tuple[User | None, SignIn]:
    """Check a step of a sign-in. Return the user after the last step, else None, and the form.

    The form is that of the next step, or the submitted one with its errors. `prefix` is the prefix of the
    fields of the first step. After the last step, `request.sign_in` is the user name and the time of the
    previous sign-in (aware, or None).
    """
    form: SignIn
    if TOKEN_NAME in request.POST:
        user = load_token(request.POST[TOKEN_NAME])
        if user is None or not has_second_factor(user):
            form = SignInForm(request, prefix=prefix)
            form.notice = (
                _("Your two-step verification was reset. Sign in with your password.")
                if user
                else _("The second step took too long. Sign in again.")
            )
            return None, form
        form = SecondStepForm(request, user, request.POST)
    else:
        name = f"{prefix}-username" if prefix else "username"
        form = SignInForm(request, request.POST if name in request.POST else None, prefix=prefix)
    if not form.is_valid():
        return None, form
    user = form.get_user()
    if isinstance(form, SignInForm) and not form.is_complete and has_second_factor(user):
        return None, SecondStepForm(request, user)
    request.sign_in = (user.username, user.last_login)  # type: ignore[attr-defined]
    return user, form


def load_token(token: str) -> User | None:
    """Return the user of SecondStepForm.token, or None if it is too old or the password has changed since."""
    try:
        value = signing.loads(token, salt=TOKEN_SALT, max_age=TOKEN_SECONDS)
    except signing.BadSignature:
        return None
    user = User.objects.filter(pk=value["user"], is_active=True, is_staff=True).first()
    if user and constant_time_compare(value["password"], user.get_session_auth_hash()):
        return user
    return None
