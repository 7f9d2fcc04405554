"""What someone is writing: their drafts, and the reviews that were returned to them."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, Subquery

from releases.dashboard.viewer import QUARTER, Viewer
from releases.models import Note, Release
from releases.text.choices import Status

MAX_DRAFTS = 6
MAX_RETURNED = 20


@dataclass(frozen=True)
class Drafts:
    items: list[Any]  # releases with `last_note` (or None) and `is_awaiting_review`
    has_more: bool


def get_drafts(viewer: Viewer, except_for: set[int]) -> Drafts:
    """Return the drafts of the viewer, the most recently changed first, without those in `except_for`."""
    notes = Note.objects.filter(release=OuterRef("pk"))
    drafts: list[Any] = list(
        Release.objects.drafts_of(viewer.user)
        .filter(viewer.is_current_release)  # because of its index: all drafts are
        .exclude(pk__in=except_for)
        .annotate(
            last_note_id=Subquery(notes.values("pk")[:1]),
            is_awaiting_review=Exists(notes.open_review_requests().order_by()),
        )
        .only("headline", "language", "updated_at")[: MAX_DRAFTS + 1]
    )
    last_notes = Note.objects.select_related("author").in_bulk([draft.last_note_id for draft in drafts])
    for draft in drafts:
        draft.last_note = last_notes.get(draft.last_note_id)
        draft.facts = viewer.format_moment(draft.updated_at)
    return Drafts(drafts[:MAX_DRAFTS], len(drafts) > MAX_DRAFTS)


def get_returned_reviews(viewer: Viewer) -> list[Any]:
    """Return the review requests of the viewer that were answered with a note, which is their `answer`.

    A new request for the same release takes its place. Published releases are done.
    """
    later_requests = Note.objects.filter(
        release=OuterRef("release"), is_review_request=True, pk__gt=OuterRef("pk")
    )
    answers = Note.objects.filter(
        release=OuterRef("release"),
        is_review_request=False,
        pk__gt=OuterRef("pk"),
        created_at__lte=OuterRef("resolved_at"),
    ).exclude(author=viewer.user)
    is_undecided = Q(release__status=Status.DRAFT) | Q(
        release__pending_revision__isnull=False, release__pending_revision__public_at=None
    )
    requests: list[Any] = list(
        Note.objects.filter(is_undecided, author=viewer.user, is_review_request=True)
        .filter(resolved_at__gt=viewer.now - QUARTER)
        .exclude(Exists(later_requests.order_by()))
        .annotate(answer_id=Subquery(answers.values("pk")[:1]))
        .filter(answer_id__isnull=False)
        .select_related("release")
        .only("resolved_at", "release__headline", "release__language")
        .order_by(F("resolved_at").desc(), "-pk")[:MAX_RETURNED]
    )
    answers_by_id = Note.objects.select_related("author").in_bulk([note.answer_id for note in requests])
    for note in requests:
        note.answer = answers_by_id[note.answer_id]
    return requests
