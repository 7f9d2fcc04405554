"""Two texts of one release side by side, field by field, in plain words."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from releases import clock, comparison, datelines, prose, publishing
from releases.models import MediaContact, Release, Topic, WorkingCopy, printed_fields
from releases.vocabulary import Kind, Language


class Names:
    """The names of topics and notices, asked for once for a whole page."""

    @cached_property
    def topics(self) -> dict[int, Topic]:
        """Every topic there is or was, the latter as it was last called."""
        gone = {record.id: record.instance for record in Topic.history.order_by("history_date", "history_id")}
        return gone | {topic.pk: topic for topic in Topic.objects.all()}

    @cached_property
    def contacts(self) -> dict[int, str]:
        return dict(MediaContact.objects.values_list("pk", "name"))

    @cached_property
    def notices(self) -> dict[int, str]:
        return dict(Release.objects.filter(kind=Kind.SERVICE_NOTICE).values_list("pk", "headline"))


@dataclass(frozen=True)
class Text:
    """A text of a release as it was or shall be: its `printed` fields, its topics' ids, what else is told of it by name."""

    release: Release
    printed: dict[str, Any]
    tags: Iterable[int]
    more: dict[str, str] = field(default_factory=dict)
    names: Names = field(default_factory=Names)

    @classmethod
    def of(cls, release: Release) -> "Text":
        return cls(release, release.printed(), release.tags.values_list("pk", flat=True))

    @classmethod
    def at_hand(cls, release: Release) -> "Text":
        """What the desk works on: the working copy, else the release itself."""
        copy = WorkingCopy.of(release)
        return cls(release, copy.printed, copy.tags) if copy else cls.of(release)

    def in_words(self) -> dict[str, str]:
        """Each field in words, under the name the form gives it."""
        words = {str(field.verbose_name): self.field_in_words(name) for name, field in printed_fields().items()}
        return words | {_("topics"): self.topics_in_words()} | self.more

    def field_in_words(self, name: str) -> str:
        """One field of `printed`; raises ValidationError for what the field cannot be."""
        value = printed_fields()[name].to_python(self.printed.get(name))
        if value in (None, "", []):
            return ""
        if name == "contacts":
            return ", ".join(self.names.contacts[one] for one in value if one in self.names.contacts)
        if name == "attachments":
            return "\n".join(f"{one['title']} (PDF {one['document']}, {Language(one['language']).label})" for one in value)
        if name == "photos":
            return "\n".join(filter(None, (photo_in_words(one) for one in value)))
        if name == "body":
            return prose.in_words(value)
        if name in ("date", "valid_until"):
            return datelines.printed_date(value, self.release.language)
        if name in ("event_at", "event_until"):
            return clock.in_words(value if timezone.is_aware(value) else timezone.make_aware(value))
        if name == "kind":
            return str(dict(Kind.choices).get(value, value))
        if name == "current_notice":
            return self.names.notices.get(value, "")
        return str(value)

    def topics_in_words(self) -> str:
        found = [self.names.topics[tag].name_in(self.release.language) for tag in self.tags if tag in self.names.topics]
        return ", ".join(sorted(found))


def photo_in_words(photo: dict[str, Any]) -> str:
    """What a release says of one of its photos, in a line."""
    alt = _("decoration") if photo.get("is_decorative") else photo.get("alt", "")
    words = [_("Photo %(number)s") % {"number": photo["photo"]}, alt, photo.get("caption", ""), photo.get("credit", "")]
    return " · ".join(filter(None, words))


@dataclass(frozen=True)
class Difference:
    """What changed in one field: its name and its lines in pieces; no lines when only the form of the words changed."""

    label: str
    lines: list[comparison.Line]


def differences(old: Text, new: Text) -> list[Difference]:
    """The fields in which two texts differ."""
    before, after = old.in_words(), new.in_words()
    found = [
        Difference(label, comparison.compared(before.get(label, ""), after.get(label, "")))
        for label in [*before, *(label for label in after if label not in before)]
        if before.get(label, "") != after.get(label, "")
    ]
    body = str(printed_fields()["body"].verbose_name)
    if old.printed.get("body") != new.printed.get("body") and not any(difference.label == body for difference in found):
        found.append(Difference(body, []))
    return found


def since(release: Release) -> list[Difference]:
    """What changed in the counterpart of `release` since the two agreed; nothing while they do."""
    then = publishing.changed_since(release)
    other = release.counterpart
    if then is None or other is None:
        return []
    tags = list(other.tags.values_list("pk", flat=True))  # topics are shared, and no words
    return differences(Text(then, then.printed(), tags), Text(other, other.printed(), tags))
