"""The other-language version of a release: begun from it or paired with it, each with its own address, moment and history."""

import uuid
from collections.abc import Callable
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.html import escape
from django.utils.translation import gettext as _

from releases.datelines import place_in
from releases.models import TO_BE_TRANSLATED, Agreement, Release, Topic, User, WorkingCopy
from releases.publishing.agreeing import agree
from releases.publishing.changes import tags_of
from releases.publishing.holding import LACKING, Refusal, hold, sign
from releases.quotes import Quote, quotes_of
from releases.vocabulary import Language, Status


@transaction.atomic
def begin_counterpart(release: Release, *, by: User) -> Release:
    """A draft of `release` in the other language, to be translated: date, place, kind, topics, photos, contacts, the event and its
    quotations, each with who speaks, come along.

    Headline and quotations say that they wait for their words; photos and documents come without theirs, so that nothing goes
    public with words of the other language. Raises Refusal when there is one already.
    """
    hold(release, by, "begin_counterpart", right="add_release")
    _forget_agreements(by, release)
    other = Language.SPANISH if release.language == Language.ENGLISH else Language.ENGLISH
    draft = Release(
        language=other,
        pair=release.pair,
        headline=f"{TO_BE_TRANSLATED} {release.headline[:280]}",
        body="".join(map(_to_be_translated, quotes_of(release.body))),
        kind=release.kind,
        date=release.date,
        dateline=place_in(release.dateline, other) if release.dateline else "",
        valid_until=release.valid_until,
        photos=[{"photo": one["photo"], "alt": "", "is_decorative": one.get("is_decorative", False)} for one in release.photos],
        attachments=[one | {"title": ""} for one in release.attachments],
        contacts=release.contacts,
        event_at=release.event_at,
        event_until=release.event_until,
        event_place=release.event_place,
        author=by,
        changed_by=by,
    )
    sign(draft, by, "begin_counterpart")
    try:
        with transaction.atomic():
            draft.save()
    except IntegrityError as fault:
        raise Refusal(_("There is a version in the other language already. Open that one.")) from fault
    draft.tags.set(Topic.objects.filter(pk__in=tags_of(release)))
    agree(draft, release.version, by)
    return draft


@transaction.atomic
def pair(release: Release, other: Release, *, by: User) -> None:
    """Let `other` be the version of `release` in the other language. Both are taken to say the same as they stand.

    Raises Refusal when they are in one language, when either has a counterpart, and for whoever may not publish when the
    public can read one of them: it sees the pair at once.
    """
    _hold_both(release, other, by, "pair")
    if release.language == other.language:
        raise Refusal(_("Both are in the same language. Choose a release in the other one."))
    if release.counterpart or other.counterpart:
        raise Refusal(_("One of the two has a version in the other language already. Take that pair apart first."))
    _forget_agreements(by, release, other)
    other.pair = release.pair
    other.save()
    for one, counterpart in ((release, other), (other, release)):
        if one.status == Status.DRAFT and counterpart.status != Status.DRAFT:
            agree(one, counterpart.version, by)


@transaction.atomic
def unpair(release: Release, *, by: User) -> None:
    """Let `release` and its counterpart be two releases that have nothing to do with each other; neither loses a word.

    Raises Refusal when there is no counterpart, and as `pair` does.
    """
    other = release.counterpart
    if other is None:
        raise Refusal(_("This release has no version in the other language."))
    _hold_both(release, other, by, "unpair")
    if release.pair != other.pair:
        raise Refusal(_("This release has no version in the other language."))
    other.pair = uuid.uuid4()
    other.save()
    _forget_agreements(by, release, other)


@transaction.atomic
def still_correct(release: Release, *, by: User, version: int | None) -> None:
    """Note that `release` says what its counterpart says in `version`, the one that was looked at.

    Raises Refusal when the counterpart changed since, and for whoever may not publish when it is no draft: readers are told.
    """
    hold(release, by, "agree", right="change_release" if release.status == Status.DRAFT else "publish_release")
    other = release.counterpart
    if other is None:
        raise Refusal(_("This release has no version in the other language."))
    if version is None or other.words_version > version:
        raise Refusal(_("The other version changed while you were looking at it. Compare again."))
    agree(release, min(version, other.version), by)


@transaction.atomic
def together(verb: Callable[..., None], release: Release, *, by: User, seen_other: str | None = None, **words: Any) -> None:
    """Do `verb` with `words` to `release` and to its counterpart, as that was when `seen_other`: to both, or to neither."""
    both = list(Release.objects.select_for_update().filter(pair=release.pair).order_by("pk"))  # in one order, whichever is first
    other = next((one for one in both if one.pk != release.pk), None)
    if other is None:
        raise Refusal(_("This release has no version in the other language."))
    if wait := words.pop("wait", None):
        words["at"] = timezone.now() + wait  # the same moment for both
    verb(release, by=by, **words)
    if seen_other is not None:
        words["seen"] = seen_other
    else:
        words.pop("seen", None)
    try:
        verb(other, by=by, **words)
    except Refusal as refusal:
        sentence = _("The English version: %(refusal)s") if other.language == Language.ENGLISH else _("The Spanish version: %(refusal)s")
        raise Refusal(sentence % {"refusal": refusal}) from refusal


def changed_since(release: Release) -> Release | None:
    """The counterpart of `release` as it was when the two agreed, when it has changed since; None while they agree."""
    other = release.counterpart
    agreement = Agreement.objects.filter(release=release).first()
    if other is None or agreement is None or other.words_version <= agreement.version:
        return None
    record = Release.history.filter(id=other.pk, version__lte=agreement.version).order_by("-version", "-history_id").first()
    return record.instance if record else other


def _to_be_translated(quote: Quote) -> str:
    """A quotation with its speaker, without the role, which has words of its language too."""
    return f"<blockquote><p>{TO_BE_TRANSLATED} {escape(quote.words)}</p><p>— {escape(quote.speaker)}</p></blockquote>"


def _forget_agreements(by: User, *releases: Release) -> None:
    """What these agreed with is their counterpart no more: neither now nor when a change that waits takes its place."""
    for agreement in Agreement.objects.filter(release__in=releases):
        sign(agreement, by, "unpair")
        agreement.delete()
    for copy in WorkingCopy.objects.filter(release__in=releases).exclude(agrees_with=None):
        copy.agrees_with = None
        sign(copy, by, "unpair")
        copy.save(update_fields=["agrees_with"])


def _hold_both(release: Release, other: Release, by: User, verb: str) -> None:
    for one in sorted((release, other), key=lambda one: one.pk):
        hold(one, by, verb, right="change_release")
    if any(one.status != Status.DRAFT for one in (release, other)) and not by.has_perm("releases.publish_release"):
        raise Refusal(str(LACKING["publish_release"]))
