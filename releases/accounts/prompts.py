"""Ask for a password in the middle of work, and continue the same request afterwards.

The pages contain the submitted form in hidden fields, so that nothing typed is lost and nothing is stored.
"""

from typing import Any

from django.contrib import messages
from django.contrib.auth import login, logout
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import NON_FIELD_ERRORS
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from releases.accounts.attempts import TooManyAttempts
from releases.accounts.browsers import describe_browser
from releases.accounts.devices import find_device, remember_device
from releases.accounts.forms import ConfirmationForm, SignInForm
from releases.accounts.second_step import SecondStepForm, SignIn, check_sign_in
from releases.mail import MailKind, enqueue_mail
from releases.models import NewsroomSettings, SessionStore, User
from releases.models.second_factors import update_second_factor_due_at
from releases.models.sessions import DEVICE, ONE_TIME, PASSKEY, SIGNED_IN_AT, STARTED_AT

SIGN_IN_PREFIX = "sign_in"
# Fields of the prompts themselves, which the interrupted form doesn't have.
PROMPT_FIELDS = (
    "csrfmiddlewaretoken",
    "sign_in-username",
    "sign_in-password",
    "sign_in-passkey",
    "sign_in-passkey_state",
    "second_step-token",
    "second_step-code",
    "second_step-recovery_code",
    "second_step-passkey",
    "second_step-passkey_state",
    "confirm_password",
    "confirm_passkey",
    "confirm_passkey_state",
    "was_get",
    "had_files",
)


def ask_to_sign_in(request: HttpRequest, context: dict[str, Any]) -> HttpResponse | None:
    """Return a page that asks to sign in and contains the submitted form.

    Return None if it was answered: then the user is signed in, and `request.POST` is the submitted form.
    """
    user, form = check_sign_in(request, SIGN_IN_PREFIX)
    if user:
        finish_sign_in(request, user, form)
        if request.user.is_authenticated:
            if "was_get" in request.POST:
                return HttpResponseRedirect(request.get_full_path())
            resume(request)
            return None
        form = SignInForm(request, prefix=SIGN_IN_PREFIX)  # the newsroom was locked in the meantime
    return render_prompt(request, form, context | {"title": _("Sign in to continue")})


def ask_for_confirmation(request: HttpRequest, context: dict[str, Any]) -> HttpResponse | None:
    """Return a page that asks for the password again and contains the submitted form, if any.

    Return None if it was answered: then the session has started again, and `request.POST` is the form.
    """
    is_answer = request.method == "POST" and "confirm_password" in request.POST
    form = ConfirmationForm(request, request.POST if is_answer else None)
    if is_answer and form.is_valid():
        if not request.session.restart():  # type: ignore[attr-defined]
            request.user = AnonymousUser()
            return ask_to_sign_in(request, context)
        if "was_get" in request.POST:
            return HttpResponseRedirect(request.get_full_path())
        resume(request)
        return None
    return render_prompt(request, form, context | {"title": _("Enter your password to continue")})


def ask_to_choose_a_password(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    """Return a page that contains the submitted form, for someone with a one-time password."""
    return render_prompt(request, None, context | {"title": _("Choose your own password first")})


def ask_to_add_a_second_factor(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    """Return a page that contains the submitted form, for someone whose grace period has ended."""
    title = _("Set up two-step verification first")
    return render_prompt(request, None, context | {"title": title, "needs_second_factor": True})


def resume(request: HttpRequest) -> None:
    """Remove the fields of a prompt from the submitted form."""
    if "had_files" in request.POST:
        messages.warning(request, _("The files were not saved. Choose them again."))
    fields = request.POST.copy()
    for name in PROMPT_FIELDS:
        fields.pop(name, None)
    request.POST = fields  # type: ignore[assignment]


def render_prompt(request: HttpRequest, form: Any, context: dict[str, Any]) -> HttpResponse:
    context |= {
        "form": form,
        "fields": [
            (name, value)
            for name, values in request.POST.lists()
            if name not in PROMPT_FIELDS
            for value in values
        ],
        "was_get": request.method != "POST" or "was_get" in request.POST,
        "has_files": bool(request.FILES) or "had_files" in request.POST,
        "is_locked": bool(form) and form.has_error(NON_FIELD_ERRORS, "locked"),
    }
    response = TemplateResponse(request, "admin/password_prompt.html", context, status=403)
    add_never_cache_headers(response)
    if form:
        set_refused_status(response, form)
    return response


def set_refused_status(response: HttpResponse, form: Any) -> None:
    """Set status 429 and Retry-After if the form was refused because of too many attempts."""
    errors = form.errors.as_data() if form.is_bound else {}
    for error in (error for field in errors.values() for error in field):
        if isinstance(error, TooManyAttempts):
            response.status_code = 429
            response.headers["Retry-After"] = str(error.seconds)


def finish_sign_in(request: HttpRequest, user: User, form: SignIn | None = None) -> None:
    """Sign in the user of `check_sign_in`, mail a sign-in on a new device, and delete ended sessions.

    Nobody is signed in afterwards if the account changed, its second factors were reset, or the newsroom was
    locked while the password was checked.
    """
    with transaction.atomic():
        if user.access_has_changed() or (form and not form.is_still_valid()):
            return
        user.refresh_from_db(fields=["second_factor_due_at"])
        start_session(request, user, form)
        if not find_device(request, user.username):
            enqueue_mail(MailKind.NEW_DEVICE, [user], by=user, device=request.session[DEVICE])
    SessionStore.clear_expired()
    if not user.is_superuser and NewsroomSettings.find_lock():
        logout(request)


def start_session(request: HttpRequest, user: User, form: SignIn | None) -> None:
    """Sign in, and save the session at once, so that `end_sessions` ends it too."""
    login(request, user)
    last_sign_in = request.sign_in[1]  # type: ignore[attr-defined]
    request.session["last_sign_in"] = last_sign_in.isoformat() if last_sign_in else ""
    request.session[DEVICE] = describe_browser(request.headers.get("user-agent", ""))
    request.session[PASSKEY] = isinstance(form, SignInForm) and form.is_complete
    request.session[ONE_TIME] = user.password_is_temporary and not request.session[PASSKEY]
    request.session.start()  # type: ignore[attr-defined]
    request.session[SIGNED_IN_AT] = request.session[STARTED_AT]
    request.session.save()
    update_second_factor_due_at(user)
    if isinstance(form, SecondStepForm) and form.used_recovery_code:
        text = ngettext(
            "You signed in with a recovery code. You have %(count)d left. Under My account, you can create "
            "new ones and replace a lost device.",
            "You signed in with a recovery code. You have %(count)d left. Under My account, you can create "
            "new ones and replace a lost device.",
            count := user.recovery_codes.count(),
        )
        messages.warning(request, text % {"count": count})


def remember_signed_in_device(request: HttpRequest, response: HttpResponse) -> None:
    """If someone signed in with this request, remember the device."""
    if hasattr(request, "sign_in") and request.user.is_authenticated:
        remember_device(request, response, request.sign_in[0])
