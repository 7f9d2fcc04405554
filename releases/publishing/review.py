"""What the people of the desk ask and tell each other about a release; the public hears nothing of it."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from releases.models import Note, Release, User, WorkingCopy
from releases.prose import without_control_characters
from releases.publishing.holding import Refusal, hold, settle_reviews
from releases.vocabulary import Status

A_MOMENT = timedelta(minutes=1)


@transaction.atomic
def ask_for_review(release: Release, *, by: User, text: str = "") -> None:
    """Ask a publisher to read a draft, or a change that is not public yet. A second request takes the place of the first.

    Raises Refusal when there is nothing to review: what is scheduled, public or withdrawn has been decided.
    """
    hold(release, by, "ask_for_review", right="change_release")
    copy = WorkingCopy.of(release)
    if release.status != Status.DRAFT and (copy is None or copy.public_at):
        raise Refusal(_("There is no draft and no change here that waits for a decision, so there is nothing to review."))
    if _said_already(release, by, text, asks_for_review=True, settled_at=None):
        return
    settle_reviews(release)
    Note.objects.create(release=release, by=by, text=_clean(text), asks_for_review=True)


@transaction.atomic
def send_back(release: Release, *, by: User, text: str) -> None:
    """Answer a request for review with what is still to do. Raises Refusal without words, and when nobody asked."""
    hold(release, by, "send_back")
    if not release.notes.open_reviews().exists():
        raise Refusal(_("Nobody waits for a review of this release."))
    write_note(release, by=by, text=text)
    settle_reviews(release)


@transaction.atomic
def write_note(release: Release, *, by: User, text: str) -> None:
    """Leave a word for the others at the desk. Raises Refusal when there is none."""
    hold(release, by, "note", right="view_release")
    if not (words := _clean(text)):
        raise Refusal(_("Write a few words."))
    if not _said_already(release, by, words, asks_for_review=False):
        Note.objects.create(release=release, by=by, text=words)


def _said_already(release: Release, by: User, text: str, **more: Any) -> bool:
    """Whether the last word on `release` is this one, by the same person a moment ago: a button pressed twice."""
    last = release.notes.filter(written_at__gt=timezone.now() - A_MOMENT).first()
    same = last and last.by == by and last.text == _clean(text)
    return bool(same and all(getattr(last, name) == value for name, value in more.items()))


def _clean(text: str) -> str:
    return without_control_characters(text).strip()
