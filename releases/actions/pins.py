"""Pin a release to the top of the news page until a given day."""

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from releases.actions.errors import ActionNotAllowed
from releases.actions.locking import lock_release
from releases.models import NewsroomSettings, Release, User
from releases.text import localtime
from releases.text.choices import Language


@transaction.atomic
def pin(release: Release, *, user: User, until: date) -> None:
    """Pin a public release to the top of the news page in its language through `until`.

    It replaces the previous one.

    Raises ActionNotAllowed if the release isn't public, and if the day has passed.
    """
    lock_release(release, user, "pin")
    if not release.is_public():
        raise ActionNotAllowed(_("This release isn't public, so it can't be pinned."))
    if until < localtime.local_date(timezone.now()):
        raise ActionNotAllowed(_("That day has passed. Choose a later one."))
    _set_pin(release.language, release, until, user)


@transaction.atomic
def unpin(release: Release, *, user: User) -> None:
    """Unpin a release. Raises ActionNotAllowed if it isn't pinned."""
    lock_release(release, user, "unpin")
    if NewsroomSettings.current().get_pin(release.language)[0] != release:
        raise ActionNotAllowed(_("This release isn't pinned."))
    _set_pin(release.language, None, None, user)


def _set_pin(language: str, release: Release | None, until: date | None, user: User) -> None:
    NewsroomSettings.current()  # creates the row if it is missing
    newsroom = NewsroomSettings.objects.select_for_update(no_key=True).get()
    if language == Language.SPANISH:
        newsroom.pinned_es, newsroom.pinned_es_until = release, until
    else:
        newsroom.pinned, newsroom.pinned_until = release, until
    newsroom._history_user = user  # type: ignore[attr-defined]
    newsroom.save()
