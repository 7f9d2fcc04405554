"""Whether the two language versions of a release say the same: noted when one is made, changed, or looked at again."""

from releases.models import Agreement, Release, User
from releases.publishing.holding import sign
from releases.vocabulary import ChangeKind


def agree(release: Release, version: int, by: User | None) -> None:
    """Note that `release` says what its counterpart says in `version`."""
    agreement = Agreement.objects.filter(release=release).first() or Agreement(release=release)
    agreement.version, agreement.by = version, by
    sign(agreement, by, "agree")
    agreement.save()


def note_change(release: Release, kind: str, before: int, agrees_with: int | None, by: User | None) -> None:
    """What a change of a public release, saved just now over version `before`, means for its counterpart.

    The counterpart is out of date from now on, unless it was a typo; with `agrees_with`, a version of the counterpart, the
    change only followed what was changed there, and both are level.
    """
    other = release.counterpart
    if other is None:
        return
    if agrees_with is not None and other.words_version <= agrees_with:
        agree(release, min(agrees_with, other.version), by)
        agree(other, release.version, by)
    elif kind != ChangeKind.TYPO and not Agreement.objects.filter(release=other).exists():
        agree(other, before, by)
