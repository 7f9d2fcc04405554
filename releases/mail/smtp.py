"""Django's SMTP backend, which waits longer for the answer to a mail than for the connection."""

from django.core.mail.backends.smtp import EmailBackend

from carecen_news.mail import ANSWER_SECONDS


class PatientEmailBackend(EmailBackend):
    def open(self) -> bool | None:
        is_new = super().open()
        if self.connection and self.connection.sock:
            self.connection.sock.settimeout(ANSWER_SECONDS)
        return is_new
