"""The kinds of mail."""

from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy


class MailKind(TextChoices):
    """What a mail is about, with a label for the list of background tasks."""

    INVITATION = "invitation", pgettext_lazy("kind of mail", "invitation")
    REVIEW_REQUESTED = "review_requested", pgettext_lazy("kind of mail", "review requested")
    REVIEW_RETURNED = "review_returned", pgettext_lazy("kind of mail", "returned with a note")
    REVIEW_APPROVED = "review_approved", pgettext_lazy("kind of mail", "approved")
    ALERT_PUBLISHED = "alert_published", pgettext_lazy("kind of mail", "alert published")
    ALERT_ENDED = "alert_ended", pgettext_lazy("kind of mail", "alert ended")
    LOCKED = "locked", pgettext_lazy("kind of mail", "newsroom locked")
    UNLOCKED = "unlocked", pgettext_lazy("kind of mail", "newsroom unlocked")
    NEW_DEVICE = "new_device", pgettext_lazy("kind of mail", "sign-in on a new device")
    PASSWORD_CHANGED = "password_changed", pgettext_lazy("kind of mail", "password changed")
    PASSWORD_RESET = "password_reset", pgettext_lazy("kind of mail", "password reset")
    FACTOR_ADDED = "factor_added", pgettext_lazy("kind of mail", "second step added")
    FACTOR_REMOVED = "factor_removed", pgettext_lazy("kind of mail", "second step removed")
    FACTORS_RESET = "factors_reset", pgettext_lazy("kind of mail", "two-step verification reset")
    ROLE_CHANGED = "role_changed", pgettext_lazy("kind of mail", "role changed")
    ADDRESS_CHANGED = "address_changed", pgettext_lazy("kind of mail", "email address changed")


# People can turn these off under “My account”.
REVIEW_KINDS = {MailKind.REVIEW_REQUESTED, MailKind.REVIEW_RETURNED, MailKind.REVIEW_APPROVED}
# These go to everyone who publishes.
PUBLISHER_KINDS = {
    MailKind.REVIEW_REQUESTED,
    MailKind.ALERT_PUBLISHED,
    MailKind.ALERT_ENDED,
    MailKind.LOCKED,
    MailKind.UNLOCKED,
}
# What happened in the newsroom, which is of no use days later.
NEWS_KINDS = PUBLISHER_KINDS - REVIEW_KINDS
# Mail about one's own account, also if one changed it oneself.
SECURITY_KINDS = set(MailKind) - REVIEW_KINDS - PUBLISHER_KINDS - {MailKind.INVITATION}
