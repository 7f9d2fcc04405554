"""The verbs: what can happen to a release. Each is one transaction on the row as it stands now, and can refuse in a sentence."""

from releases.publishing.changes import (
    discard_change,
    publish_change,
    publish_due_changes,
    put_off_change,
    write_change,
)
from releases.publishing.erasing import Place, erase, places_of
from releases.publishing.finishing import finish_photos, remove_files
from releases.publishing.holding import Refusal, may_write, sign
from releases.publishing.keeping import STILL_OPEN, TextTooLarge, discard_unsaved, keep, look_in, take_over, too_large
from releases.publishing.links import approve, link_of, make_link, note_opening, revoke_link
from releases.publishing.pairs import begin_counterpart, changed_since, pair, still_correct, together, unpair
from releases.publishing.past import Restored, restore, restore_everything
from releases.publishing.photos import add_document, add_photo, photos_at_hand, set_photos
from releases.publishing.pinning import pin, unpin
from releases.publishing.review import ask_for_review, send_back, write_note
from releases.publishing.topics import merge_topics
from releases.publishing.verbs import (
    change_address,
    explain,
    neutral_sentence,
    publish,
    publish_again,
    reschedule,
    return_to_draft,
    withdraw,
)

__all__ = [
    "STILL_OPEN",
    "Place",
    "Refusal",
    "Restored",
    "TextTooLarge",
    "add_document",
    "add_photo",
    "approve",
    "ask_for_review",
    "begin_counterpart",
    "change_address",
    "changed_since",
    "discard_change",
    "discard_unsaved",
    "erase",
    "explain",
    "finish_photos",
    "keep",
    "link_of",
    "look_in",
    "make_link",
    "may_write",
    "merge_topics",
    "neutral_sentence",
    "note_opening",
    "pair",
    "photos_at_hand",
    "pin",
    "places_of",
    "publish",
    "publish_again",
    "publish_change",
    "publish_due_changes",
    "put_off_change",
    "remove_files",
    "reschedule",
    "restore",
    "restore_everything",
    "return_to_draft",
    "revoke_link",
    "send_back",
    "set_photos",
    "sign",
    "still_correct",
    "take_over",
    "together",
    "too_large",
    "unpair",
    "unpin",
    "withdraw",
    "write_change",
    "write_note",
]
