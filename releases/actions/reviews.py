"""Review requests and notes of the staff about a release. The public never sees them."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from releases.actions.errors import ActionNotAllowed
from releases.actions.locking import lock_release
from releases.mail import MailKind, enqueue_mail, enqueue_mail_to_publishers
from releases.models import NewsroomSettings, Note, PendingRevision, Release, User
from releases.text.choices import Status
from releases.text.cleaning import clean_text

DUPLICATE_WINDOW = timedelta(minutes=1)


@transaction.atomic
def request_review(release: Release, *, user: User, text: str = "") -> None:
    """Ask the publishers to review a draft or a pending revision, also by mail.

    A new request replaces the open one. Raises ActionNotAllowed if the release isn't a draft and has no
    unscheduled revision.
    """
    if request := create_review_request(release, user=user, text=text):
        mail_review_requests([request], user)


def mail_review_requests(requests: list[Note], user: User) -> None:
    """Enqueue one mail about all `requests` of `user` to each publisher."""
    if requests:
        enqueue_mail_to_publishers(
            MailKind.REVIEW_REQUESTED, by=user, notes=[request.pk for request in requests]
        )


@transaction.atomic
def create_review_request(release: Release, *, user: User, text: str = "") -> Note | None:
    """Create a review request and mail nothing. Return None if it was just created (a double click)."""
    lock_release(release, user, "request_review", permission="change_release")
    if obstacle := find_review_obstacle(release):
        raise ActionNotAllowed(obstacle)
    if _is_duplicate(release, user, text, is_review_request=True, resolved_at=None):
        return None
    resolve_review_requests(release)
    return Note.objects.create(release=release, author=user, text=_clean(text), is_review_request=True)


def find_review_obstacle(release: Release) -> str:
    """Return why nobody can review `release`, or "" if there is a draft or an unscheduled revision."""
    revision = PendingRevision.for_release(release)
    if release.status != Status.DRAFT and (revision is None or revision.public_at):
        return _("There is no draft or change awaiting a decision here, so there is nothing to review.")
    return ""


@transaction.atomic
def return_for_changes(release: Release, *, user: User, text: str) -> None:
    """Answer a review request with what is still to do.

    Raises ActionNotAllowed without a text or an open request.
    """
    lock_release(release, user, "return_for_changes")
    if not release.notes.open_review_requests().exists():
        raise ActionNotAllowed(_("No review has been requested."))
    write_note(release, user=user, text=text)
    resolve_review_requests(release, answer=MailKind.REVIEW_RETURNED, user=user)


@transaction.atomic
def write_note(release: Release, *, user: User, text: str) -> None:
    """Add a note for other staff. Raises ActionNotAllowed if it is empty."""
    lock_release(release, user, "note", permission="view_release")
    if not (comment := _clean(text)):
        raise ActionNotAllowed(_("Write a comment."))
    if not _is_duplicate(release, user, comment, is_review_request=False):
        Note.objects.create(release=release, author=user, text=comment)


def _is_duplicate(release: Release, user: User, text: str, **values: Any) -> bool:
    """Return whether the user just added the same note (a double click)."""
    last = release.notes.filter(created_at__gt=timezone.now() - DUPLICATE_WINDOW).first()
    same = last and last.author == user and last.text == _clean(text)
    return bool(same and all(getattr(last, name) == value for name, value in values.items()))


def _clean(text: str) -> str:
    return clean_text(text).strip()


def resolve_review_requests(
    release: Release, *, answer: MailKind | None = None, user: User | None = None
) -> None:
    """Close the open review requests of `release`, and mail the `answer` of `user` to those who asked."""
    requests = release.notes.open_review_requests()
    if answer and settings.MAIL_FROM:
        authors = {request.author for request in requests.select_related("author")}
        others = [author for author in authors if author and author != user]
        # A publication can be undone for a while. Then the text isn't approved.
        seconds = NewsroomSettings.current().undo_window if answer == MailKind.REVIEW_APPROVED else 0
        enqueue_mail(answer, others, by=user, delay=timedelta(seconds=seconds), release=release.pk)
    requests.update(resolved_at=timezone.now())
