"""What is typed and not saved: kept for whoever types it, shown to the others, and never in anyone's way."""

import uuid
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from releases import clock, prose
from releases.models import OpenForm, Release, UnsavedText, User, name_of
from releases.publishing.holding import LACKING, Refusal, hold, may_write

# How long a form that has not been heard of counts as open, and a save by someone else as news.
STILL_OPEN = timedelta(minutes=2)
STILL_NEW = timedelta(minutes=10)


class TextTooLarge(Refusal):
    """Why a text is not kept until it is shortened; the form may go on sending it."""


@transaction.atomic
def keep(
    *, by: User, contents: dict[str, Any], number: int, opened: str = "", release: Release | None = None, form: uuid.UUID | None = None
) -> UnsavedText:
    """Keep what `by` typed into the form of `release`, or into the `form` of a release that was never saved.

    A keeping with a `number` not above the last one changes nothing: it is late. An empty body never takes the place of a
    full one. Raises Refusal when someone else has unsaved text of this release, or took it over, and for whoever may not
    change releases; TextTooLarge for a body that a save would refuse as well.
    """
    if not by.has_perm("releases.change_release"):
        raise Refusal(str(LACKING["change_release"]))
    here = {"release": release} if release else {"form": form}
    text = UnsavedText.objects.select_for_update().filter(**here).first()
    if text is None:
        text = UnsavedText(**here, by=by, contents={})
    elif text.by != by:
        raise Refusal(_whose(text))
    elif number <= text.number:
        return text
    body = contents.get("body", "")
    if prose.is_too_large(body):
        raise TextTooLarge(too_large())
    before = text.contents.get("body", release.body if release else "")
    if not prose.sanitised(body) and before:
        contents = contents | {"body": before}
    text.contents, text.opened, text.number = contents, opened, number
    try:
        with transaction.atomic():
            text.save()
    except IntegrityError as fault:  # someone else began at the same moment
        raise Refusal(_("Someone else began to type here at the same moment. Load the page anew to see it.")) from fault
    return text


@transaction.atomic
def take_over(release: Release, *, by: User) -> None:
    """Make the unsaved text of `release` one's own; the other's form is told so.

    Raises Refusal when there is none, and for a user who may not change the release in its present state.
    """
    hold(release, by, "take_over", right="change_release")
    _ensure_may_write(release, by)
    text = UnsavedText.objects.select_for_update().filter(release=release).first()
    if text is None:
        raise Refusal(_("There is no unsaved text here any more. It was saved or thrown away."))
    text.by, text.number = by, 0
    text.save()


@transaction.atomic
def discard_unsaved(release: Release, *, by: User) -> None:
    """Throw the unsaved text of `release` away.

    Raises Refusal when it is someone else's (take it over first), and for a user who may not change the
    release in its present state.
    """
    hold(release, by, "discard_unsaved", right="change_release")
    _ensure_may_write(release, by)
    text = UnsavedText.objects.select_for_update().filter(release=release).first()
    if text and text.by not in (by, None):
        raise Refusal(_whose(text))
    if text:
        text.delete()


def _ensure_may_write(release: Release, by: User) -> None:
    if not may_write(release, by):
        raise Refusal(_("This release can no longer be changed by you. Open it again to see how it stands."))


def look_in(release: Release, *, by: User) -> list[str]:
    """Note that `by` has the form of `release` open; answer, in sentences, who else has, or changed it minutes ago."""
    now = timezone.now()
    OpenForm.objects.filter(seen_at__lt=now - STILL_OPEN).delete()
    OpenForm.objects.update_or_create(release=release, by=by, defaults={"seen_at": now})
    others = OpenForm.objects.filter(release=release).exclude(by=by).select_related("by").order_by("pk")
    told = [_("%(name)s has this open too.") % {"name": name_of(other.by)} for other in others]
    changed = [(release.changed_by, release.updated_at)]
    if copy := getattr(release, "working_copy", None):
        changed.append((copy.changed_by, copy.changed_at))
    for who, moment in changed:
        if who and who != by and moment > now - STILL_NEW:
            told.append(_("%(name)s saved a change at %(time)s.") % {"name": name_of(who), "time": clock.time_in_words(moment)})
    return told


def too_large() -> str:
    return _("The body is too long, or has too much formatting. Shorten it, or paste it as plain text (Ctrl+Shift+V).")


def _whose(text: UnsavedText) -> str:
    if text.by is None:
        return _("A name was removed from this text while it was being typed. Load the page anew before you go on.")
    words = {"name": name_of(text.by), "time": clock.time_in_words(text.changed_at)}
    return _("%(name)s has unsaved text here from %(time)s. What you type is not kept; take the text over, or talk to each other.") % words
