"""What every verb begins with: the right to do it, and the row as it stands, held to the end of the transaction."""

import re
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from releases import clock
from releases.models import Newsroom, Note, Photo, Release, User, WorkingCopy
from releases.vocabulary import Status


class Refusal(Exception):
    """Why a verb did nothing, as a sentence an editor can act on."""


# What is said to those who lack a right.
LACKING = {
    "publish_release": _("Publishing and withdrawing is for publishers. Ask one of them."),
    "add_release": _("Your account may not write releases. Ask whoever manages the accounts."),
    "change_release": _("Your account may not change releases. Ask whoever manages the accounts."),
    "view_release": _("Your account may not read releases. Ask whoever manages the accounts."),
}


def hold(release: Release, by: User, verb: str, right: str = "publish_release") -> None:
    """Re-read `release` and hold its row to the end of the transaction; refuse whoever lacks the `right`.

    What is saved of it from here on stands in the history as done `by` this person with this `verb`.
    """
    if not by.has_perm(f"releases.{right}"):
        raise Refusal(str(LACKING[right]))
    try:
        release.refresh_from_db(from_queryset=Release.objects.select_for_update())
    except Release.DoesNotExist:
        raise Refusal(gettext("This release was deleted in the meantime.")) from None
    sign(release, by, verb)


def hold_pair(pk: int) -> None:
    """Hold the rows of a release and of its counterpart, in one order whichever is meant, for what writes of both."""
    pair = Release.objects.filter(pk=pk).values("pair")
    list(Release.objects.select_for_update().filter(pair__in=pair).order_by("pk").values_list("pk"))


def may_write(release: Release, by: Any) -> bool:
    """Whether `by` may change the text now: a draft, or the next text of what is public while no change of it is scheduled.

    What is scheduled was decided, so only a publisher changes it, and where a second person must approve nobody does: it
    goes back to draft first. What is withdrawn is published again first.
    """
    if not by.has_perm("releases.change_release") or release.status == Status.WITHDRAWN:
        return False
    if release.status == Status.DRAFT:
        return True
    if release.is_public():
        copy = WorkingCopy.of(release)
        return copy is None or copy.public_at is None
    return bool(by.has_perm("releases.publish_release")) and not Newsroom.current().needs_second_person


def sign(row: Any, by: User | None, verb: str) -> None:
    """Name who does what to a release, or another row that has a history."""
    row._history_user, row._change_reason = by, verb


def not_since(release: Release, seen: str | None) -> None:
    """Refuse when `release` or its working copy is no longer what was `seen`."""
    if seen and seen != release.opened_as:
        raise Refusal(gettext("Someone changed this release while you were looking at it. Read it again, then publish."))


def second_person(release: Release, *, by: User, writer: User | None, alone_because: str) -> None:
    """Refuse whoever would publish a text they wrote last themselves, where the newsroom wants a second person.

    With a reason it is done all the same, and the reason stays as a note.
    """
    if writer != by or not Newsroom.current().needs_second_person:
        return
    if not alone_because.strip():
        raise Refusal(
            gettext("You wrote this text last, and a second person must approve it. Ask for review, or say why you publish it alone.")
        )
    text = gettext("Published without a second person: %(reason)s") % {"reason": alone_because.strip()}
    Note.objects.create(release=release, by=by, text=text)


# What cameras and phones call their files, which tells nobody what a picture shows.
FILE_NAME = re.compile(
    r"\S+\.(?:jpe?g|png|webp|avif|hei[cf]|gif|tiff?)|"
    r"(?:img|dsc[nf]?|pxl|dcim|image|photo|foto|screenshot|whatsapp image)[-_ .0-9]*(?:at [0-9.]+)?(?:jpe?g|png)?",
    re.IGNORECASE,
)


def described(photos: list[dict[str, Any]]) -> None:
    """Refuse photos that someone who cannot see them would learn nothing of; one that was deleted is none."""
    there = set(Photo.objects.filter(pk__in=[one["photo"] for one in photos]).values_list("pk", flat=True)) if photos else set()
    for number, photo in enumerate((one for one in photos if one["photo"] in there), 1):
        if photo.get("is_decorative"):
            continue
        if not photo.get("alt"):
            raise Refusal(
                gettext("Photo %(number)s has no description for people who cannot see it. Write one, or mark it as decoration.")
                % {"number": number}
            )
        if FILE_NAME.fullmatch(photo["alt"]):
            raise Refusal(
                gettext("“%(alt)s” is the name of a file. Write what photo %(number)s shows, for people who cannot see it.")
                % {"alt": photo["alt"], "number": number}
            )


def titled(attachments: list[dict[str, Any]]) -> None:
    """Refuse documents that do not say what they are, or have only the name of a file."""
    for document in attachments:
        title = document.get("title", "")
        if not title or re.fullmatch(r"\S+\.(?:pdf|docx?)|\S*_\S*", title, re.IGNORECASE):
            raise Refusal(gettext("Write what each document is: “Fact sheet on TPS”. Readers see that, and its address is made from it."))


def settle_reviews(release: Release) -> None:
    """What was asked to be reviewed is answered by what happens now."""
    release.notes.open_reviews().update(settled_at=timezone.now())


def moment_of(release: Release) -> datetime:
    """Return when `release`, which is no draft, goes or went public."""
    if release.public_at is None:
        raise ValueError(f"Release {release.pk} is a draft and has no public_at.")
    return release.public_at


def in_the_future(at: datetime) -> datetime:
    if at <= timezone.now():
        raise Refusal(gettext("%(moment)s has passed. Choose a later moment, or publish now.") % {"moment": clock.in_words(at)})
    return at
