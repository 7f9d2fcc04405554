"""Two texts of one release side by side, field by field, in plain words."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from releases import comparison, datelines, prose
from releases.models import Release, Topic, printed_fields
from releases.vocabulary import Kind


@dataclass(frozen=True)
class Text:
    """A text of a release as it was or shall be: its `printed` fields, its topics' ids, what else is told of it by name."""

    release: Release
    printed: dict[str, Any]
    tags: Iterable[int]
    more: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, release: Release) -> "Text":
        return cls(release, release.printed(), release.tags.values_list("pk", flat=True))

    def in_words(self) -> dict[str, str]:
        """Each field in words, under the name the form gives it."""
        words = {str(field.verbose_name): self._words_of(name, field) for name, field in printed_fields().items()}
        return words | {_("topics"): topic_names(self.tags, self.release.language)} | self.more

    def _words_of(self, name: str, field: models.Field) -> str:
        value = field.to_python(self.printed.get(name))
        if value in (None, ""):
            return ""
        if name == "body":
            return prose.in_words(value)
        if name in ("date", "valid_until"):
            return datelines.printed_date(value, self.release.language)
        if name == "kind":
            return str(Kind(value).label)
        if name == "current_notice":
            notice = Release.objects.filter(pk=value).first()
            return notice.headline if notice else ""
        return str(value)


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
    if old.printed["body"] != new.printed["body"] and not any(difference.label == body for difference in found):
        found.append(Difference(body, []))
    return found


def topic_names(tags: Iterable[int], language: str) -> str:
    """The names of topics in one line; of those that are gone, as they were last called."""
    wanted = set(tags)
    names = {topic.pk: topic.name_in(language) for topic in Topic.objects.filter(pk__in=wanted)}
    if lost := wanted - set(names):
        for record in Topic.history.filter(id__in=lost).order_by("history_date", "history_id"):
            names[record.id] = record.instance.name_in(language)
    return ", ".join(sorted(names.values()))
