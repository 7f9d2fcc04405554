"""Mail to staff, and never to readers: what each mail says, the queue, and how it is sent.

A change enqueues a task for each recipient in its transaction. The task reads address, role and language
when it runs, and sends nothing if the matter is settled. No mail contains text of a release, because the
mail service is a third party.
"""

from releases.mail.kinds import MailKind
from releases.mail.queue import enqueue_mail, enqueue_mail_to_publishers, find_publishers

__all__ = ["MailKind", "enqueue_mail", "enqueue_mail_to_publishers", "find_publishers"]
