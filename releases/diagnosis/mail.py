"""The check of the mail to staff."""

from django.conf import settings
from django.utils.translation import gettext as _

from releases.diagnosis.findings import Finding, ok, warning
from releases.mail.sending import check_server, split_error


def check_mail() -> Finding:
    """Report whether mail is set, and whether the mail server lets the newsroom sign in. Send nothing."""
    if not settings.MAIL_FROM:
        found = _("The newsroom sends no mail: MAIL_URL isn't set.")
        if not settings.HTTPS:
            return ok(found)
        return warning(
            found,
            _("Staff see reviews, alerts and new sign-ins on the desk only. See docs/how-to/mail.md."),
        )
    if fault := check_server():
        sentence, answer = split_error(fault)
        return warning(
            f"{_(sentence)}{answer}",
            _("Mail waits, for up to three days. Check MAIL_URL, MAIL_FROM, and the firewall."),
        )
    values = {"sender": settings.MAIL_FROM}
    if settings.EMAIL_BACKEND.startswith("anymail."):
        return ok(_("Mail goes to a mail service, from %(sender)s. send_test_mail tries it.") % values)
    return ok(_("The mail server answers. Mail comes from %(sender)s.") % values)
