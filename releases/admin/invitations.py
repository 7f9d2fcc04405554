"""The page on which an invited colleague chooses a password. It is open to everyone with the link."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext_noop, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from releases.accounts import attempts
from releases.accounts.forms import NewPasswordForm
from releases.accounts.prompts import finish_sign_in, remember_signed_in_device
from releases.actions.accounts import accept_invitation, find_invitation
from releases.actions.errors import ActionNotAllowed
from releases.admin_site import add_admin_headers
from releases.models import Invitation, NewsroomSettings, User
from releases.text.choices import Language

HEADERS = {
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex, nofollow",
    "Referrer-Policy": "no-referrer",
}
# Of the page with the form. Unlike "no-referrer", it lets browsers send the header Origin, which the CSRF
# check needs. The path, which is the secret, is not part of it.
FORM_REFERRER_POLICY = "strict-origin"


@add_admin_headers
@require_http_methods(["GET", "HEAD", "POST"])
def invitation_page(request: HttpRequest, secret: str) -> HttpResponse:
    """Let the invited person choose a password, and sign them in.

    Mail scanners follow links, so only POST changes anything. The page is in the language of the query
    `language`, of the account, or of the browser.
    """
    language = request.GET.get("language", "")
    error, invitation = None, None
    try:
        invitation = get_invitation(request, secret)
    except attempts.TooManyAttempts as exc:
        error = exc
    if language not in Language.values:
        language = (invitation.user.language if invitation else "") or get_language() or ""
    with override(language):
        if error:
            response = render_page(request, None, status=429, reason=error.messages[0])
            response.headers["Retry-After"] = str(error.seconds)
        elif request.method == "POST" and invitation:
            response = accept(request, invitation)
        else:
            response = show(request, invitation)
    for name, value in (HEADERS | {"Content-Language": language}).items():
        response.headers.setdefault(name, value)
    return response


def get_invitation(request: HttpRequest, secret: str) -> Invitation | None:
    """Return the invitation, valid or not.

    Raises TooManyAttempts after several wrong secrets from the same source.
    """
    source = getattr(request, "source", "")
    invitation = find_invitation(secret)
    if invitation is None and source:
        attempts.take(("invitation", source))
    return invitation


def show(request: HttpRequest, invitation: Invitation | None) -> HttpResponse:
    """Render the form, or say why the link can't be used. Nobody is named for an unknown link."""
    if invitation is None:
        return render_page(request, None, status=404)
    if not invitation.is_valid():
        return render_page(request, None, status=410, is_used=invitation.accepted_at is not None)
    if NewsroomSettings.find_lock():
        return render_page(request, invitation, status=403, is_locked=True)
    return render_page(request, invitation, form=NewPasswordForm(invitation.user))


def accept(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    """Set the password, sign the person in and redirect to the desk. An earlier session ends."""
    if not invitation.is_valid() or NewsroomSettings.find_lock():
        return show(request, invitation)
    form: Any = NewPasswordForm(invitation.user, request.POST)
    if not form.is_valid():
        return render_page(request, invitation, form=form)
    last_sign_in = invitation.user.last_login
    try:
        user = accept_invitation(
            invitation, password=form.cleaned_data["new_password1"], language=get_language() or ""
        )
    except ActionNotAllowed:  # the link was used at the same moment, or the newsroom was locked
        return show(request, find_invitation_again(invitation))
    request.sign_in = (user.username, last_sign_in)  # type: ignore[attr-defined]
    finish_sign_in(request, user)
    messages.success(request, _("Welcome! Your password is saved."))
    response = HttpResponseRedirect(reverse("admin:account"))
    remember_signed_in_device(request, response)
    model_admin = admin.site.get_model_admin(User)
    model_admin.log_change(request, user, gettext_noop("Accepted the invitation."))
    return response


def find_invitation_again(invitation: Invitation) -> Invitation | None:
    return Invitation.objects.select_related("user", "created_by").filter(pk=invitation.pk).first()


def render_page(
    request: HttpRequest, invitation: Invitation | None, status: int = 200, **context: Any
) -> HttpResponse:
    title = _("Welcome to the News desk") if invitation else _("This link can't be used")
    if status == 429:
        title = _("Too many attempts")
    context |= admin.site.each_context(request)
    context |= {"title": title, "invitation": invitation, "status": status, "help_url": ""}
    response = render(request, "admin/invitation.html", context, status=status)
    if "form" in context:
        response.headers["Referrer-Policy"] = FORM_REFERRER_POLICY
    return response
