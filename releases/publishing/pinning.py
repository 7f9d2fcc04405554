"""What stands first on the news page, and until when."""

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from releases import clock
from releases.models import Newsroom, Release, User
from releases.publishing.holding import Refusal, hold
from releases.vocabulary import Language


@transaction.atomic
def pin(release: Release, *, by: User, until: date) -> None:
    """Let a public release stand first on the news page of its language through `until`; the one that stood there gives way.

    Raises Refusal when the public cannot read it, and for a day that has passed.
    """
    hold(release, by, "pin")
    if not release.is_public():
        raise Refusal(_("The public cannot read this release, so it cannot be pinned."))
    if until < clock.day_of(timezone.now()):
        raise Refusal(_("That day has passed. Choose a later one."))
    _set(release.language, release, until, by)


@transaction.atomic
def unpin(release: Release, *, by: User) -> None:
    """Let it stand in its place by date again. Raises Refusal when it is not pinned."""
    hold(release, by, "unpin")
    if Newsroom.current().pin_in(release.language)[0] != release:
        raise Refusal(_("This release is not pinned."))
    _set(release.language, None, None, by)


def _set(language: str, release: Release | None, until: date | None, by: User) -> None:
    Newsroom.current()  # there is one from here on
    newsroom = Newsroom.objects.select_for_update().get()
    if language == Language.SPANISH:
        newsroom.pinned_es, newsroom.pinned_es_until = release, until
    else:
        newsroom.pinned, newsroom.pinned_until = release, until
    newsroom._history_user = by  # type: ignore[attr-defined]
    newsroom.save()
