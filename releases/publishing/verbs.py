"""From a draft to the last page: publish, reschedule, return to draft, withdraw, explain, publish again, another address."""

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from releases import clock
from releases.models import Boilerplate, FormerAddress, Release, User, WorkingCopy
from releases.prose import without_control_characters
from releases.publishing.changes import unschedule
from releases.publishing.holding import Refusal, described, hold, in_the_future, moment_of, not_since, second_person, settle_reviews, titled
from releases.slugs import was_made_from
from releases.vocabulary import Status


@transaction.atomic
def publish(
    release: Release,
    *,
    by: User,
    at: datetime | None = None,
    wait: timedelta = timedelta(0),
    is_embargoed: bool = False,
    seen: str | None = None,
    alone_because: str = "",
) -> None:
    """Let the public read a draft from `at` on (aware, in the future; default now, and `wait` later, to leave time to undo).

    What the dateline and the address still lack is filled in: the day it goes public in Los Angeles, an address made from
    the headline. Raises Refusal when it is no draft, when something is missing, when `at` has passed, when the release is no
    longer what was `seen` (its `opened_as`), or when a second person is wanted and no reason to do without is given in
    `alone_because`. `is_embargoed` changes only what the desk and the press are told.
    """
    hold(release, by, "publish")
    if release.status == Status.WITHDRAWN:
        raise Refusal(_("This release was withdrawn. Publish it again, or write a new one."))
    if release.is_scheduled:
        raise Refusal(
            _("This release is scheduled for %(moment)s already. Choose another time, or put it back to draft.")
            % {"moment": clock.in_words(moment_of(release))}
        )
    if release.status != Status.DRAFT:
        raise Refusal(_("This release is public already."))
    not_since(release, seen)
    if missing := release.missing():
        raise Refusal(" ".join(map(str, missing.values())))
    described(release.photos)
    titled(release.attachments)
    second_person(release, by=by, writer=release.changed_by, alone_because=alone_because)
    settle_reviews(release)
    release.public_at = in_the_future(at) if at else timezone.now() + wait
    release.is_embargoed = is_embargoed
    release.date = release.date or clock.day_of(release.public_at)
    release.boilerplate = Boilerplate.text_on(release.date, release.language)
    release.status = Status.PUBLISHED
    _save_at_a_free_address(release)


@transaction.atomic
def reschedule(release: Release, *, by: User, at: datetime) -> None:
    """Move a scheduled release to another moment (aware, in the future). A date that was the old day becomes the new one.

    Raises Refusal when it is not scheduled, any more or yet, or when `at` has passed.
    """
    hold(release, by, "reschedule")
    if not release.is_scheduled:
        raise Refusal(_("This release is not scheduled, so there is no time to change."))
    at = in_the_future(at)
    if release.date == clock.day_of(moment_of(release)):
        release.date = clock.day_of(at)
    release.public_at = at
    release.save()


@transaction.atomic
def change_address(release: Release, *, by: User, slug: str) -> None:
    """Move a public release to another address; the old one leads there from now on and is given to no other.

    Raises Refusal when the public cannot read it (then its address is a field of the form), or when `slug` is unfit or taken.
    """
    hold(release, by, "change_address")
    if not release.is_public():
        raise Refusal(_("The public cannot read this release, so its address can be changed without leaving one behind."))
    if slug == release.slug:
        raise Refusal(_("It has this address already."))
    old, release.slug = release.slug, slug
    try:
        release.full_clean()
        with transaction.atomic():
            release.save()
            release.former_addresses.filter(slug=slug).delete()  # it comes home to an address of its own
            FormerAddress.objects.create(release=release, language=release.language, slug=old)
    except ValidationError as fault:
        raise Refusal(" ".join(fault.messages)) from fault
    except IntegrityError as fault:
        raise Refusal(_("Another release took this address a moment ago. Try again.")) from fault


@transaction.atomic
def return_to_draft(release: Release, *, by: User) -> None:
    """Take back a scheduled release before anyone could read it.

    Raises Refusal when the public can read it, or could once: such a release is withdrawn, never unmade.
    """
    hold(release, by, "return_to_draft")
    if release.status == Status.DRAFT:
        raise Refusal(_("This release is a draft already."))
    if not release.is_scheduled:
        raise Refusal(
            _("This release went public on %(moment)s, so it cannot become a draft again. Withdraw it instead.")
            % {"moment": clock.in_words(moment_of(release))}
        )
    if release.date == clock.day_of(moment_of(release)):
        release.date = None  # it was the day it would have gone public; the next schedule sets its own
    if was_made_from(release.slug, release.headline):
        release.slug = ""  # the headline may change yet, and what it said must not stay in the address
    release.status, release.public_at, release.is_embargoed = Status.DRAFT, None, False
    release.save()


@transaction.atomic
def withdraw(release: Release, *, by: User, reason: str = "", replacement: str = "") -> None:
    """Take a public release off the site; its address then answers 410 with `reason` and leads to `replacement`, if any.

    Without a reason a neutral sentence in the language of the release stands there, so that a take-down never waits for
    words; `explain` gives them later. Raises Refusal when the public cannot read it now: a scheduled release returns to
    draft instead.
    """
    hold(release, by, "withdraw")
    if release.status == Status.WITHDRAWN:
        raise Refusal(_("This release was withdrawn already."))
    if not release.is_public():
        raise Refusal(_("The public cannot read this release yet, so there is nothing to withdraw."))
    if (copy := WorkingCopy.of(release)) and copy.public_at:
        unschedule(copy)  # the next text stays, and waits for a person
    release.status, release.withdrawn_at = Status.WITHDRAWN, timezone.now()
    _explain(release, reason, replacement)


@transaction.atomic
def explain(release: Release, *, by: User, reason: str, replacement: str = "") -> None:
    """Say, or say better, why a release was withdrawn and what replaces it. Raises Refusal when it is not withdrawn."""
    hold(release, by, "explain")
    if release.status != Status.WITHDRAWN:
        raise Refusal(_("This release is not withdrawn, so there is no reason to give."))
    _explain(release, reason, replacement)


@transaction.atomic
def publish_again(release: Release, *, by: User) -> None:
    """Put a withdrawn release back where it was, with the moment it first became public.

    Raises Refusal when it is not withdrawn.
    """
    hold(release, by, "publish_again")
    if release.status != Status.WITHDRAWN:
        raise Refusal(_("This release is not withdrawn, so it need not be published again."))
    release.status, release.withdrawn_at = Status.PUBLISHED, None
    release.withdrawal_reason = release.replacement = ""
    release.save()


def neutral_sentence(language: str) -> str:
    """What stands at the address of a withdrawn release as long as nobody says why."""
    with translation.override(language):
        return _("CARECEN has taken this release back.")


def _explain(release: Release, reason: str, replacement: str) -> None:
    release.withdrawal_reason = without_control_characters(reason).strip() or neutral_sentence(release.language)
    release.replacement = without_control_characters(replacement).strip()
    release.save()


def _save_at_a_free_address(release: Release) -> None:
    """Save, with an address made from the headline unless one was chosen.

    Only what is public before it can make an address taken: a number at its end must not tell of a release that nobody can
    read yet. One that goes public later, or never, gives way.
    """
    try:
        if not release.slug:
            before = Release.objects.withdrawn() | Release.objects.published(release.public_at)
            release.slug = before.free_slug(release.headline, release.language)
            for later in Release.objects.select_for_update().in_language(release.language).filter(slug=release.slug).exclude(pk=release.pk):
                later.slug = Release.objects.free_slug(later.slug, later.language)
                later.save()
        release.full_clean()
        with transaction.atomic():
            release.save()
    except ValidationError as fault:
        raise Refusal(" ".join(fault.messages)) from fault
    except IntegrityError as fault:  # between the look and the save
        raise Refusal(_("Another release took this address a moment ago. Try again.")) from fault
