"""What each kind of mail says, in the active language. None means that the matter is settled.

No mail contains a headline, a text or a note, also of public releases. A mail has one link.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop, ngettext

from releases.background.retries import GiveUpError
from releases.mail.encryption import decrypt
from releases.mail.kinds import NEWS_KINDS, PUBLISHER_KINDS, REVIEW_KINDS, SECURITY_KINDS, MailKind
from releases.models import Invitation, Note, PendingRevision, Release, User, display_name
from releases.text import localtime
from releases.text.choices import Kind, Status

Values = dict[str, Any]
MAX_NEWS_AGE = timedelta(days=1)  # later, the desk has newer facts

REVIEW_SUBJECTS = {
    Kind.PRESS_RELEASE: gettext_lazy("A press release waits for your review"),
    Kind.STATEMENT: gettext_lazy("A statement waits for your review"),
    Kind.MEDIA_ADVISORY: gettext_lazy("A media advisory waits for your review"),
    Kind.SERVICE_NOTICE: gettext_lazy("A service notice waits for your review"),
}
# An error of the task, which the list of background tasks translates.
EXPIRED_SECRET = gettext_noop(
    "This invitation can't be read anymore, because the secret key of the newsroom was replaced. Create a "
    "new invitation link."
)


@dataclass(frozen=True)
class Mail:
    """The text of a mail. `action` is the label of its link."""

    subject: str
    paragraphs: list[str]
    action: str
    url: str
    reasons: list[str] = field(default_factory=list)  # why the recipient gets it


class Link(NamedTuple):
    label: Any
    url_name: str


def build_mail(kind: str, user: User, values: Values) -> Mail | None:
    """Return the mail of `kind` to `user`, or None if it isn't needed anymore."""
    if kind in PUBLISHER_KINDS and not user.has_perm("releases.publish_release"):
        return None
    if kind in REVIEW_KINDS and not user.wants_review_mail:
        return None
    if kind in NEWS_KINDS and timezone.now() - datetime.fromisoformat(values["at"]) > MAX_NEWS_AGE:
        return None
    mail = BUILDERS[MailKind(kind)](user, values)
    if mail:
        mail.reasons.extend(_give_reasons(kind))
    return mail


def build_test_mail() -> Mail:
    return Mail(
        _("The newsroom can send mail"),
        [_("This is a test. If you can read it, the newsroom can send mail to this address.")],
        _("Open the dashboard"),
        _make_url("admin:index"),
        [_("The server administrator sent it.")],
    )


def _give_reasons(kind: str) -> list[str]:
    if kind == MailKind.INVITATION:
        return [_("You get this mail because someone entered your address on CARECEN's News desk.")]
    reasons = [_("You get this mail because you have an account on CARECEN's News desk.")]
    if kind in REVIEW_KINDS:
        reasons.append(_("Under My account, you can turn off mail about reviews."))
    if kind in SECURITY_KINDS:
        reasons.append(_("Mail about the security of your account can't be turned off."))
    return reasons


def _build_invitation(user: User, values: Values) -> Mail | None:
    invitation = (
        Invitation.objects.select_related("user", "created_by").filter(pk=values["invitation"]).first()
    )
    if invitation is None or not invitation.is_valid():
        return None
    secret = decrypt(values["secret"])
    if secret is None:
        raise GiveUpError(EXPIRED_SECRET)
    names = {
        "name": _clean(display_name(invitation.created_by)),
        "username": user.username,
        "moment": localtime.format_datetime(invitation.expires_at),
    }
    return Mail(
        _("Your invitation to CARECEN's News desk"),
        [
            _("%(name)s invites you to CARECEN's News desk, where its press releases are written.") % names,
            _("Choose a password to open your account. The link works once, until %(moment)s.") % names,
            _("Later, sign in as %(username)s or with your email address.") % names,
            _("If you don't know %(name)s, ignore this mail.") % names,
        ],
        _("Choose a password"),
        _make_url("accept_invitation", secret),
    )


def _build_review_request(user: User, values: Values) -> Mail | None:
    notes = Note.objects.open_review_requests().filter(pk__in=values["notes"]).select_related("release")
    releases = [note.release for note in notes if _needs_decision(note.release)]
    if not releases:
        return None
    name, count = _get_name(values), len(releases)
    if count == 1:
        return Mail(
            str(REVIEW_SUBJECTS[Kind(releases[0].kind)]),
            [
                _("%(name)s asks for a review.") % {"name": name},
                _("The text and the notes about it are on the desk."),
            ],
            _("Open it on the desk"),
            _make_url("admin:releases_release_change", releases[0].pk),
        )
    return Mail(
        ngettext("%(count)s text waits for your review", "%(count)s texts wait for your review", count)
        % {"count": count},
        [
            _("%(name)s asks for a review.") % {"name": name},
            _("The dashboard lists the texts under Needs you."),
        ],
        _("Open the dashboard"),
        _make_url("admin:index"),
    )


def _build_return(user: User, values: Values) -> Mail | None:
    release = Release.objects.filter(pk=values["release"]).first()
    if release is None or not _needs_decision(release) or release.notes.open_review_requests().exists():
        return None
    return Mail(
        _("Your text was returned with a note"),
        [
            _("%(name)s reviewed it and wrote what is still to do.") % {"name": _get_name(values)},
            _("The note is on the desk. When you are done, ask for a review again."),
        ],
        _("Open it on the desk"),
        _make_url("admin:releases_release_change", release.pk),
    )


def _build_approval(user: User, values: Values) -> Mail | None:
    release = Release.objects.filter(pk=values["release"]).first()
    if release is None or _needs_decision(release):  # the publication was undone
        return None
    return Mail(
        _("Your text was approved"),
        [
            _("%(name)s approved it.") % {"name": _get_name(values)},
            _("The desk shows when readers see it."),
        ],
        _("Open it on the desk"),
        _make_url("admin:releases_release_change", release.pk),
    )


def _needs_decision(release: Release) -> bool:
    """Return whether `release` is a draft, or has a change that nobody published or scheduled."""
    revision = PendingRevision.for_release(release)
    return release.status == Status.DRAFT or (revision is not None and revision.public_at is None)


def _notify(subject: Any, *paragraphs: Any, link: Link) -> Callable[[User, Values], Mail | None]:
    """Return a function that builds a mail about something that has happened.

    The paragraphs may contain %(name)s, who did it, %(moment)s, %(role)s and %(device)s.
    """

    def build(user: User, values: Values) -> Mail:
        details = {
            "name": _get_name(values),
            "moment": localtime.format_datetime(datetime.fromisoformat(values["at"])),
            "role": user.role.label if user.role else _("No role"),
            "device": _clean(values.get("device", "")) or _("Unknown device"),
        }
        texts = [str(paragraph) % details for paragraph in paragraphs]
        return Mail(str(subject), texts, str(link.label), _make_url(link.url_name))

    return build


def _get_name(values: Values) -> str:
    """Return the name of the person who caused the mail."""
    if values.get("by") is None:
        return _("The server administrator")
    return _clean(display_name(User.objects.filter(pk=values["by"]).first()))


def _clean(text: str) -> str:
    """Return `text` in one line, so that a name can't look like another paragraph or header."""
    return " ".join(text.split())


def _make_url(name: str, *arguments: Any) -> str:
    return f"{settings.SITE_URL}{reverse(name, args=arguments)}"


DASHBOARD = Link(gettext_lazy("Open the dashboard"), "admin:index")
ACCOUNT = Link(gettext_lazy("Open My account"), "admin:account")
NOT_YOU = gettext_lazy("If that wasn't you, change your password under My account, and call a manager now.")
UNEXPECTED = gettext_lazy("If you didn't expect this, call a manager now.")

BUILDERS: dict[MailKind, Callable[[User, Values], Mail | None]] = {
    MailKind.INVITATION: _build_invitation,
    MailKind.REVIEW_REQUESTED: _build_review_request,
    MailKind.REVIEW_RETURNED: _build_return,
    MailKind.REVIEW_APPROVED: _build_approval,
    MailKind.ALERT_PUBLISHED: _notify(
        gettext_lazy("An alert was published"),
        gettext_lazy("%(name)s published an alert at the top of every public page: %(moment)s."),
        gettext_lazy("If it is wrong, end it on the dashboard, and call %(name)s."),
        link=DASHBOARD,
    ),
    MailKind.ALERT_ENDED: _notify(
        gettext_lazy("The alert was ended"),
        gettext_lazy("%(name)s ended the alert on the public pages: %(moment)s."),
        gettext_lazy("If it should stay, publish it again on the dashboard, and call %(name)s."),
        link=DASHBOARD,
    ),
    MailKind.LOCKED: _notify(
        gettext_lazy("The newsroom was locked"),
        gettext_lazy("%(name)s locked the newsroom: %(moment)s."),
        gettext_lazy(
            "Everyone was signed out, and nothing can be published or changed. Public pages stay. A manager "
            "can unlock the newsroom."
        ),
        gettext_lazy("If you don't know why, call a manager."),
        link=DASHBOARD,
    ),
    MailKind.UNLOCKED: _notify(
        gettext_lazy("The newsroom was unlocked"),
        gettext_lazy("%(name)s unlocked the newsroom: %(moment)s."),
        gettext_lazy("Scheduled texts may have returned to draft. The dashboard shows what to do."),
        gettext_lazy("If you don't know why, call a manager."),
        link=DASHBOARD,
    ),
    MailKind.NEW_DEVICE: _notify(
        gettext_lazy("New sign-in to your account"),
        gettext_lazy("Someone signed in to your account on a new device: %(device)s, %(moment)s."),
        gettext_lazy("If that was you, there is nothing to do."),
        NOT_YOU,
        link=ACCOUNT,
    ),
    MailKind.PASSWORD_CHANGED: _notify(
        gettext_lazy("Your password was changed"),
        gettext_lazy("The password of your account was changed: %(moment)s."),
        gettext_lazy("If that wasn't you, call a manager now and ask for a new password."),
        link=ACCOUNT,
    ),
    MailKind.PASSWORD_RESET: _notify(
        gettext_lazy("Your password was reset"),
        gettext_lazy("%(name)s replaced your password with a one-time password: %(moment)s."),
        gettext_lazy("The one-time password isn't in this mail. You get it in person or by phone."),
        UNEXPECTED,
        link=ACCOUNT,
    ),
    MailKind.FACTOR_ADDED: _notify(
        gettext_lazy("A second step was added to your account"),
        gettext_lazy("Someone added a passkey or an authenticator app to your account: %(moment)s."),
        gettext_lazy("If that was you, there is nothing to do."),
        NOT_YOU,
        link=ACCOUNT,
    ),
    MailKind.FACTOR_REMOVED: _notify(
        gettext_lazy("A second step was removed from your account"),
        gettext_lazy("Someone removed a passkey or the authenticator app from your account: %(moment)s."),
        gettext_lazy("If that was you, there is nothing to do."),
        NOT_YOU,
        link=ACCOUNT,
    ),
    MailKind.FACTORS_RESET: _notify(
        gettext_lazy("Your two-step verification was reset"),
        gettext_lazy("%(name)s removed your passkeys, authenticator app and recovery codes: %(moment)s."),
        gettext_lazy("Your password is enough for the next sign-in. Then add a second step again."),
        UNEXPECTED,
        link=ACCOUNT,
    ),
    MailKind.ROLE_CHANGED: _notify(
        gettext_lazy("Your role was changed"),
        gettext_lazy("%(name)s changed your role on the desk: %(moment)s. It is now: %(role)s."),
        UNEXPECTED,
        link=ACCOUNT,
    ),
    MailKind.ADDRESS_CHANGED: _notify(
        gettext_lazy("Your email address on the desk was changed"),
        gettext_lazy("%(name)s changed the email address of your account: %(moment)s."),
        gettext_lazy("This mail goes to your earlier address. Later mail goes to the new one."),
        UNEXPECTED,
        link=ACCOUNT,
    ),
}
