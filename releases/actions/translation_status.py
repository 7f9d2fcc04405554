"""Record whether a release matches its translation."""

from releases.actions.locking import set_history_metadata
from releases.models import Release, TranslationStatus, User
from releases.text.choices import ChangeKind


def mark_synced(release: Release, version: int, user: User | None) -> None:
    """Record that `release` matches `version` of its translation."""
    status = TranslationStatus.objects.filter(release=release).first() or TranslationStatus(release=release)
    status.synced_version, status.user = version, user
    set_history_metadata(status, user, "mark_synced")
    status.save()


def update_translation_status(
    release: Release, kind: str, previous_version: int, synced_version: int | None, user: User | None
) -> None:
    """Update the translation status after a public release changed from `previous_version`.

    The translation is out of date from now on, unless the revision was a typo. With `synced_version`, a
    version of the translation, the revision only repeated a change of the translation, so both are up to
    date.
    """
    translation = release.translation
    if translation is None:
        return
    if synced_version is not None and translation.text_version <= synced_version:
        mark_synced(release, min(synced_version, translation.version), user)
        mark_synced(translation, release.version, user)
    elif kind != ChangeKind.TYPO and not TranslationStatus.objects.filter(release=translation).exists():
        mark_synced(translation, previous_version, user)
