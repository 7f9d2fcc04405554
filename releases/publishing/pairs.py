"""The other-language version of a release: begun from it, each its own release with its own address, moment and history."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from releases.datelines import place_in
from releases.models import TO_BE_TRANSLATED, Release, Topic, User
from releases.publishing.changes import tags_of
from releases.publishing.holding import Refusal, hold, sign
from releases.vocabulary import Language


def counterpart_of(release: Release) -> Release | None:
    """The version of `release` in the other language, whoever may read it."""
    return Release.objects.filter(pair=release.pair).exclude(pk=release.pk).first() if release.pk else None


@transaction.atomic
def begin_counterpart(release: Release, *, by: User) -> Release:
    """A draft of `release` in the other language, to be translated: date, place, kind, topics, photos, contacts and the event come along.

    Its headline says that it waits for its words; photos and documents come without theirs, so that nothing goes public with words
    of the other language. Raises Refusal when there is one already.
    """
    hold(release, by, "begin_counterpart", right="add_release")
    other = Language.SPANISH if release.language == Language.ENGLISH else Language.ENGLISH
    draft = Release(
        language=other,
        pair=release.pair,
        headline=f"{TO_BE_TRANSLATED} {release.headline[:280]}",
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
    return draft
