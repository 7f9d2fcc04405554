"""Releases and alerts that the public must not see, in every state that hides them."""

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta

from django.utils import timezone

from releases.actions.alerts import end_alert, publish_alert
from releases.actions.autosaves import autosave
from releases.actions.errors import ActionNotAllowed
from releases.actions.preview_links import approve_release, create_preview_link
from releases.actions.publication import publish
from releases.actions.reviews import request_review, write_note
from releases.actions.revisions import publish_revision, save_revision
from releases.actions.scheduling import return_to_draft
from releases.models import Alert, Release
from tests.factories import (
    make_alert,
    make_draft,
    make_release,
    make_scheduled,
    make_user,
    make_withdrawn,
)

CANARY = "quetzalcanary"
TODAY = timezone.localdate()
HIDDEN_FIELDS = {
    "headline": f"{CANARY} headline",
    "subhead": f"{CANARY} subhead",
    "summary": f"{CANARY} summary",
    "body": f"<p>{CANARY} body</p><blockquote><p>{CANARY} quote</p><p>— Ana Ruiz</p></blockquote>",
    "slug": f"{CANARY}-slug",
    "dateline": "Quetzalcanary",
    "date": date(2016, 5, 1),
    "kind": "service_notice",
    "valid_until": date(2090, 1, 1),
    "event_at": datetime(2090, 1, 1, 18, tzinfo=UTC),
    "event_place": f"{CANARY} place",
    "event_who": f"{CANARY} who",
    "boilerplate": f"{CANARY} about",
}


def make_returned_to_draft(**fields):
    release = make_scheduled(**fields)
    return_to_draft(release, user=make_user("retriever"))
    return release


def make_in_undo_window(**fields):
    release = make_draft(**fields | {"date": HIDDEN_FIELDS["date"]})
    publish(release, user=make_user("hasty"), wait=timedelta(seconds=60))
    return release


def make_deleted(**fields):
    release = make_draft(**fields)
    release.delete()
    return release


def make_in_review(**fields):
    release = make_draft(**fields)
    request_review(release, user=make_user("walter", "Writers"), text=f"{CANARY} note")
    return release


def make_public_release(language):
    """Create the public release that some hidden states need."""
    body = "<blockquote><p>We stay.</p><p>— Ana Ruiz</p></blockquote>"
    return make_release(slug="the-public-one", language=language, date=date(2014, 1, 1), body=body)


def other_language(language):
    return "es" if language == "en" else "en"


def translation(**fields):
    """Create a draft that translates a public release."""
    return make_draft(**fields, translation_key=Release.objects.get(slug="the-public-one").translation_key)


def make_pending_revision(public_at=None, **fields):
    """Save a pending revision of a public release that changes every field.

    With `public_at`, schedule it with a note for readers.
    """
    release = Release.objects.get(slug="the-public-one")
    user = make_user("petra")
    for name in ("slug", "boilerplate"):
        fields.pop(name)
    tags = [topic.pk for topic in fields.pop("topics")]
    save_revision(release, user=user, content=release.content() | fields, topic_ids=tags)
    write_note(release, user=user, text=f"{CANARY} note")
    if public_at:
        publish_revision(release, user=user, kind="update", note=f"{CANARY} sentence", at=public_at)
    return release


def make_with_unsaved_text(**fields):
    release = make_draft(**fields)
    data = {"headline": f"{CANARY} typed", "summary": f"{CANARY} typed"}
    autosave(user=make_user("ana"), data=data, sequence=1, release=release)
    return release


def make_unsaved_text_of_public_release(**_fields):
    release = Release.objects.get(slug="the-public-one")
    autosave(user=make_user("ana"), data={"summary": f"{CANARY} typed"}, sequence=1, release=release)
    return release


def make_approved_by_link(**fields):
    release = make_draft(**fields)
    link, _secret = create_preview_link(
        release, user=make_user("petra"), label=f"{CANARY} label", kind="approver", hours=24
    )
    approve_release(link, text=f"{CANARY} comment")
    return release


STATES = {
    "draft": make_draft,
    "scheduled": make_scheduled,
    "scheduled for the next second": lambda **fields: make_scheduled(
        **fields | {"public_at": timezone.now() + timedelta(seconds=30)}
    ),
    "embargoed": lambda **fields: make_scheduled(**fields, is_embargoed=True),
    "in the undo window": make_in_undo_window,
    "returned to draft": make_returned_to_draft,
    "withdrawn": make_withdrawn,
    "deleted draft": make_deleted,
    "counterpart of a public one": translation,
    "in review": make_in_review,
    "next version": make_pending_revision,
    "next version, scheduled": lambda **fields: make_pending_revision(
        public_at=timezone.now() + timedelta(seconds=30), **fields
    ),
    "unsaved text of a draft": make_with_unsaved_text,
    "unsaved text of a public one": make_unsaved_text_of_public_release,
    "approved by a link": make_approved_by_link,
    "imported draft": lambda **fields: make_draft(**fields, source_key=f"{CANARY} key"),
}
# States of the public release itself, not of a hidden one.
STATES_OF_PUBLIC_RELEASE = {"next version", "next version, scheduled", "unsaved text of a public one"}
# States that need a public release, with its language by the language of the hidden one.
PUBLIC_RELEASE_LANGUAGE = {
    "counterpart of a public one": other_language,
    "next version": lambda language: language,
    "next version, scheduled": lambda language: language,
    "unsaved text of a public one": lambda language: language,
}


def make_ended_alert(**fields):
    alert = make_alert(**fields)
    end_alert(alert.pk, user=make_user("petra"))
    return alert


def make_refused_alert(**fields):
    """Preview an alert and have its publication refused, as if its end had passed meanwhile."""
    alert = Alert(**fields | {"severity": "urgent", "ends_at": timezone.now()})
    with suppress(ActionNotAllowed):
        publish_alert(alert, user=make_user("petra"))
    return alert


# Alerts whose text may appear nowhere.
ALERT_STATES = {
    "ended at its time": lambda **fields: make_alert(**fields, ends_at=timezone.now()),
    "ended early": make_ended_alert,
    "refused": make_refused_alert,
}
ALERT_FIELDS = {
    "text": f"{CANARY} text",
    "text_es": f"{CANARY} texto",
    "link": f"https://{CANARY}.example.org/",
}
