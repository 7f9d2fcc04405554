"""Remove a name everywhere: from every text of the newsroom, its history, and the file or server that keeps them.

For a person at risk. No list of fields stands here: every model's words are searched, so one that is added later is too.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.apps import apps
from django.contrib.auth.models import AbstractUser, Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db import DatabaseError, connection, models, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from releases import clock, datelines, prose
from releases.models import FormerAddress, Release, User
from releases.publishing.holding import Refusal, sign
from releases.slugs import folded_key, slug_of, with_number
from releases.vocabulary import Language

# Not the newsroom's texts: what Django writes itself, and the accounts, whose owners are named under Accounts.
LEFT_ALONE = (ContentType, Permission, Group, Session, AbstractUser)
SHORTEST = 3  # letters; less would be found inside everything


@dataclass(frozen=True)
class Place:
    """Where a name stands: in which field of which kind of row, among what words, and what would be written there instead."""

    model: type[models.Model]
    pk: Any
    field: models.Field
    found_in: str
    replacement: Any
    release: int | None = None  # the release it is about, if it is about one

    @property
    def is_past(self) -> bool:
        """Whether it stands in the history."""
        return hasattr(self.model, "instance_type")

    @property
    def kind(self) -> str:
        return str(getattr(self.model, "instance_type", self.model)._meta.verbose_name)

    @property
    def label(self) -> str:
        return str(getattr(self.field, "verbose_name", self.field.name))


class Name:
    """A name to be found in all its spellings: any case and accents, with whatever stands between its words, as an address too."""

    def __init__(self, spellings: str) -> None:
        lines = [line for line in map(str.strip, spellings.splitlines()) if line]
        if not lines:
            raise Refusal(_("Write the name that is to be removed."))
        for line in lines:
            if len(folded_key(line) or re.sub(r"[\W_]", "", line)) < SHORTEST:
                raise Refusal(_("“%(name)s” is too short: it would be found inside other words. Write the whole name.") % {"name": line})
        self.pattern = re.compile("|".join(map(_spelled, sorted(lines, key=len, reverse=True))), re.IGNORECASE)

    def stands_in(self, words: str) -> bool:
        return bool(self.pattern.search(unicodedata.normalize("NFC", words)))

    def among(self, words: str) -> str:
        """Where it first stands in `words`, with a few words around it; "" when it does not."""
        found = self.pattern.search(unicodedata.normalize("NFC", words))
        if not found:
            return ""
        start, end = max(found.start() - 50, 0), found.end() + 50
        return f"{'…' if start else ''}{found.string[start:end]}{'…' if end < len(found.string) else ''}"

    def replaced(self, words: str, by: str) -> str:
        return self.pattern.sub(lambda _found: by, unicodedata.normalize("NFC", words))


def places_of(spellings: str) -> list[Place]:
    """Every place where one of `spellings` (one a line) stands. Raises Refusal for what is too short to be looked for."""
    return list(_places(Name(spellings)))


def erase(spellings: str, *, by: User) -> tuple[list[Place], bool]:
    """Remove one of `spellings` (one a line) from every place at once; “text removed” and the date stand there instead.

    Answers the places, and whether the database gave up the old bytes too: SQLite's file and PostgreSQL's tables are
    written anew. Addresses that held the name lead nowhere from now on. Raises Refusal for a name that is too short, that
    stands nowhere, and for whoever may not publish.
    """
    if not by.has_perm("releases.publish_release"):
        raise Refusal(_("Removing a name is for publishers. Ask one of them."))
    name = Name(spellings)
    with transaction.atomic():
        list(Release.objects.select_for_update().values_list("pk"))  # nobody writes the name back meanwhile
        places = list(_places(name))
        if not places:
            raise Refusal(_("This name stands nowhere in the newsroom, in no text and in no history."))
        for place in places:
            _write(place)
        for session in Session.objects.iterator():
            if name.stands_in(str(session.get_decoded())):
                session.delete()
        changed = {place.pk for place in places if place.model is Release}
        for release in Release.objects.filter(pk__in=changed):
            sign(release, by, "erase")
            release.save()
    tables = {place.model._meta.db_table for place in places}
    if connection.in_atomic_block:
        transaction.on_commit(lambda: forget_old_bytes(tables))
        return places, False
    return places, forget_old_bytes(tables)


def forget_old_bytes(tables: set[str]) -> bool:
    """Have the database write `tables` anew, so that no old byte stays in its files; whether it did.

    PostgreSQL's write-ahead log keeps them until it is recycled, and backups as long as they are kept.
    """
    try:
        with connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                cursor.execute("VACUUM")
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            else:
                cursor.execute("SET lock_timeout = '10s'")
                try:
                    for table in sorted(tables):
                        cursor.execute(f"VACUUM (FULL) {connection.ops.quote_name(table)}")
                finally:
                    cursor.execute("RESET lock_timeout")
    except DatabaseError:
        return False
    return True


# --- Finding ------------------------------------------------------------------------------------------------------------


def _places(name: Name) -> Iterator[Place]:
    for model in apps.get_models():
        fields = [field for field in model._meta.concrete_fields if _holds_words(field)]
        if not fields or issubclass(model, LEFT_ALONE):
            continue
        names = [field.attname for field in fields]
        language, release = (
            _language_path(model) or models.Value(""),
            _release_path(model) or models.Value(None, output_field=models.IntegerField()),
        )
        for pk, tongue, about, *values in model._base_manager.values_list("pk", language, release, *names).iterator():
            row = dict(zip(names, values, strict=True))
            for field in fields:
                words = row[field.attname]
                if words and name.stands_in(_as_words(words)):
                    spoken = Language.SPANISH if field.name.endswith("_es") else tongue or Language.ENGLISH
                    among = name.among(prose.plain_text(_as_words(words))) or name.among(_as_words(words))
                    yield Place(model, pk, field, among, _without(name, field, words, spoken), about)


def _holds_words(field: models.Field) -> bool:
    is_text = isinstance(field, models.CharField | models.TextField | models.JSONField)
    return is_text and not field.choices and not field.primary_key and not field.is_relation


def _language_path(model: type[models.Model]) -> str:
    """Where the language of a row stands: in the row, or in the release it belongs to."""
    fields = {field.name for field in model._meta.concrete_fields}
    return "language" if "language" in fields else "release__language" if "release" in fields else ""


def _release_path(model: type[models.Model]) -> str:
    """Where the id of the release stands that a row is about."""
    fields = {field.name for field in model._meta.concrete_fields}
    is_release = getattr(model, "instance_type", model) is Release
    return "id" if is_release else "release_id" if "release" in fields else ""


def _as_words(value: Any) -> str:
    if isinstance(value, dict):
        return "\n".join(_as_words(one) for one in value.values())
    if isinstance(value, list):
        return "\n".join(map(_as_words, value))
    return value if isinstance(value, str) else ""


def _spelled(name: str) -> str:
    inside, between = r"(?:<[^>]*>|[\u00ad\u200b])*", r"(?:<[^>]*>|&nbsp;|[\s_.,'’‐-―-]){0,12}"
    words = [inside.join(map(_letter, word)) for word in re.findall(r"[^\W_]+", unicodedata.normalize("NFC", name))]
    return rf"(?<![^\W_]){between.join(words)}(?![^\W_])"


def _letter(letter: str) -> str:
    return f"[{''.join(_alike().get(_bare(letter), ''))}{re.escape(letter)}]"


@cache
def _alike() -> dict[str, list[str]]:
    """The Latin letters that are one letter without their accents."""
    alike: dict[str, list[str]] = {}
    for code in (*range(0x41, 0x5B), *range(0x61, 0x7B), *range(0xC0, 0x250), *range(0x1E00, 0x1F00)):
        alike.setdefault(_bare(chr(code)), []).append(chr(code))
    return alike


def _bare(letter: str) -> str:
    return unicodedata.normalize("NFKD", letter)[0].lower()


# --- Writing ------------------------------------------------------------------------------------------------------------


def text_removed(language: str) -> str:
    """What stands where a name was: that, and the day."""
    with translation.override(language):
        day = datelines.printed_date(clock.day_of(timezone.now()), Language(language))
        return _("[text removed on %(day)s]") % {"day": day}


def _without(name: Name, field: models.Field, value: Any, language: str) -> Any:
    if isinstance(value, dict):
        return {key: _without(name, field, one, language) for key, one in value.items()}
    if isinstance(value, list):
        return [_without(name, field, one, language) for one in value]
    if not isinstance(value, str) or not name.stands_in(value):
        return value
    if isinstance(field, models.SlugField):
        return slug_of(name.replaced(value, "-")) or "text-removed"
    words = name.replaced(value, text_removed(language))
    if re.search(r"</?[a-z][^>]*>", value):
        words = prose.sanitised(words)  # the name may have taken half a pair of tags with it
    return words[: field.max_length] if field.max_length else words


def _write(place: Place) -> None:
    rows = place.model._base_manager.filter(pk=place.pk)
    if place.model is FormerAddress and isinstance(place.field, models.SlugField):
        rows.update(slug=f"text-removed-{place.pk}")  # so that the record of its end does not hold the name
        rows.delete()
        return
    value, number = place.replacement, 2
    while place.field.unique or (place.model is Release and isinstance(place.field, models.SlugField)):
        others = place.model._base_manager.exclude(pk=place.pk).filter(**{place.field.attname: value})
        if not others.exists():
            break
        is_slug = isinstance(place.field, models.SlugField)
        value = with_number(place.replacement, number) if is_slug else f"{place.replacement[:90]} {number}"
        number += 1
    changes = {place.field.attname: value}
    key = {"name": "key", "name_es": "key_es"}.get(place.field.name)
    if key and any(field.name == key for field in place.model._meta.concrete_fields):
        changes[key] = folded_key(value)[:100]
    rows.update(**changes)
