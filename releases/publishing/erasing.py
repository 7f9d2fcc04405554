"""Remove a name everywhere: from every text of the newsroom, its history, and the file or server that keeps them.

For a person at risk. No list of fields stands here: every model's words are searched, so one that is added later is too.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import unquote_plus, urlsplit

from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import AbstractUser, Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db import DatabaseError, OperationalError, connection, models, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from releases import caching, clock, datelines, prose, search
from releases.models import FormerAddress, Release, Topic, UnsavedText, User, WorkingCopy, printed_fields
from releases.publishing.holding import Refusal, sign
from releases.slugs import folded_key, slug_of, with_number
from releases.vocabulary import Language

# Not the newsroom's texts: what Django writes itself, and the accounts, whose owners are named under Accounts.
LEFT_ALONE = (ContentType, Permission, Group, Session, AbstractUser)
SHORTEST = 3  # letters; less would be found inside everything
MOST = 50  # releases; what stands in more is rather a word than a name, and a matter for managers


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


def places_of(spellings: str) -> list[Place]:
    """Every place where one of `spellings` (one a line) stands. Raises Refusal for what is too short to be looked for."""
    return list(_places(Name(spellings)))


def erase(spellings: str, *, by: User) -> tuple[list[Place], bool]:
    """Remove one of `spellings` (one a line) from every place at once; “text removed” and the date stand there instead.

    Answers the places, and whether the database gave up the old bytes too: SQLite's file and PostgreSQL's tables are
    written anew. Addresses that held the name lead nowhere from now on. Raises Refusal for a name that is too short, that
    stands nowhere or in more releases than a name would, and for whoever may not publish.
    """
    if not by.has_perm("releases.publish_release"):
        raise Refusal(_("Removing a name is for publishers. Ask one of them."))
    name = Name(spellings)
    with transaction.atomic():
        _hold_everything()
        places = list(_places(name))
        if not places:
            raise Refusal(_("This name stands nowhere in the newsroom, in no text and in no history."))
        if len({place.release for place in places if place.release}) > MOST and not by.is_superuser:
            raise Refusal(
                _("This stands in more than %(most)s releases, so it is rather a word than a name. Ask a manager.") % {"most": MOST}
            )
        for place in places:
            _write(place)
        WorkingCopy.objects.filter(pk__in=_rows(places, WorkingCopy)).update(
            version=models.F("version") + 1
        )  # forms opened before are stale
        UnsavedText.objects.filter(pk__in=_rows(places, UnsavedText)).update(by=None)
        for release in Release.objects.filter(pk__in=_rows(places, Release)):
            sign(release, by, "erase")
            release.save()
        search.index(*Release.objects.filter(tags__in=_rows(places, Topic)).distinct())
        caching.turn()
        for session in Session.objects.iterator():
            if name.stands_in(str(session.get_decoded())):
                session.delete()
    if connection.in_atomic_block:
        transaction.on_commit(forget_old_bytes)
        return places, False
    return places, forget_old_bytes()


def forget_old_bytes() -> bool:
    """Have the database write its tables anew, so that no old byte stays in its files; whether it did.

    PostgreSQL's write-ahead log keeps them until it is recycled, and backups as long as they are kept.
    """
    try:
        search.forget_old_bytes()
        with connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                cursor.execute("VACUUM")
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                return bool(cursor.fetchone()[0] != 1)  # 1: a reader is in the way
            cursor.execute("SET lock_timeout = '10s'")
            try:
                for table in _tables():
                    cursor.execute(f"VACUUM (FULL) {connection.ops.quote_name(table)}")
            finally:
                cursor.execute("RESET lock_timeout")
    except DatabaseError:
        return False
    return True


# --- What is a name -----------------------------------------------------------------------------------------------------


class Name:
    """A name to be found in all its spellings: any case and accents, whatever stands between its words, in addresses too."""

    def __init__(self, spellings: str) -> None:
        lines = [re.sub("[ʼʻ]", "'", line) for line in map(str.strip, spellings.splitlines()) if line]
        if not lines:
            raise Refusal(_("Write the name that is to be removed."))
        for line in lines:
            if len(folded_key(line) or re.sub(r"[\W_]", "", line)) < SHORTEST:
                raise Refusal(_("“%(name)s” is too short: it would be found inside other words. Write the whole name.") % {"name": line})
        self.pattern = re.compile("|".join(map(_spelled, sorted(lines, key=len, reverse=True))), re.IGNORECASE)

    def stands_in(self, words: str) -> bool:
        plain = _plain(words)
        return bool(self.pattern.search(plain) or (re.search(ENCODED, plain) and self.pattern.search(unquote_plus(plain))))

    def among(self, words: str) -> str:
        """Where it first stands in `words`, with a few words around it; "" when it does not."""
        found = self.pattern.search(_plain(words))
        if not found:
            return ""
        start, end = max(found.start() - 50, 0), found.end() + 50
        return f"{'…' if start else ''}{found.string[start:end]}{'…' if end < len(found.string) else ''}"

    def replaced(self, words: str, by: str) -> str:
        """`words` with `by` for each time it stands there; a coded address that holds it goes whole."""
        plain = self.pattern.sub(lambda _found: by, _plain(words))
        return re.sub(r"[^\s\"<>]+", lambda found: by if re.search(ENCODED, found[0]) and self.stands_in(found[0]) else found[0], plain)


ENCODED = r"%[0-9A-Fa-f]{2}|\+"


def _plain(words: str) -> str:
    """`words` with each accented letter as one character."""
    return unicodedata.normalize("NFC", words)


def _spelled(name: str) -> str:
    inside, between = r"(?:<[^>]*>|[\u00ad\u200b])*", r"(?:<[^>]*>|&[a-z0-9#]+;|%[0-9a-f]{2}|[^\w<]|[_ʼʻ]){0,12}"
    words = [inside.join(map(_letter, word)) for word in re.findall(r"[^\W_]+", _plain(name))]
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


# --- Where it stands ----------------------------------------------------------------------------------------------------


def _searched() -> Iterator[tuple[type[models.Model], list[models.Field]]]:
    """Every model that holds words, with the fields that do."""
    for model in apps.get_models():
        fields = [field for field in model._meta.concrete_fields if _holds_words(field)]
        if fields and not issubclass(model, LEFT_ALONE):
            yield model, fields


def _tables() -> list[str]:
    return sorted({model._meta.db_table for model, _fields in _searched()} | {Session._meta.db_table, "releases_search"})


def _hold_everything() -> None:
    """Let nobody write the name back meanwhile, or leave it in a transaction that is still open. SQLite has one writer anyway."""
    if connection.vendor != "postgresql":
        return
    try:
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '20s'")
            cursor.execute(f"LOCK TABLE {', '.join(map(connection.ops.quote_name, _tables()))} IN SHARE ROW EXCLUSIVE MODE")
    except OperationalError as fault:
        raise Refusal(_("The database is busy with something long. Nothing was removed; try again in a minute.")) from fault


def _places(name: Name) -> Iterator[Place]:
    for model, fields in _searched():
        names = [field.attname for field in fields]
        language = _language_path(model) or models.Value("")
        release = _release_path(model) or models.Value(None, output_field=models.IntegerField())
        rows = model._base_manager.all()
        if model is LogEntry:  # of the accounts, who are left alone
            rows = rows.exclude(content_type__model__in=["user", "group"])
        for pk, tongue, about, *values in rows.values_list("pk", language, release, *names).iterator():
            for field, words in zip(fields, values, strict=True):
                if words and name.stands_in(_as_words(words)):
                    spoken = Language.SPANISH if field.name.endswith("_es") else tongue or Language.ENGLISH
                    instead = _without(name, field, words, spoken)
                    if instead != words:
                        among = name.among(prose.plain_text(_as_words(words))) or name.among(_as_words(words))
                        yield Place(model, pk, field, among, instead, about)


def _holds_words(field: models.Field) -> bool:
    is_text = isinstance(field, models.CharField | models.TextField | models.JSONField)
    is_key = field.name in ("key", "key_es")  # they follow the name
    return is_text and not is_key and not field.choices and not field.primary_key and not field.is_relation


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


# --- What stands there instead ------------------------------------------------------------------------------------------


def text_removed(language: str) -> str:
    """What stands where a name was: that, and the day."""
    with translation.override(language):
        day = datelines.printed_date(clock.day_of(timezone.now()), Language(language))
        return _("[text removed on %(day)s]") % {"day": day}


def _without(name: Name, field: models.Field, value: Any, language: str) -> Any:
    """`value` of `field` without the name. In the text of a release that JSON keeps, each part is treated as its own field."""
    if isinstance(value, dict):
        parts = {key: printed_fields().get(key, field) for key in value}
        return {key: _without(name, part, value[key], language) if _holds_words(part) else value[key] for key, part in parts.items()}
    if isinstance(value, list):
        return [_without(name, field, one, language) for one in value]
    if not isinstance(value, str) or not name.stands_in(value):
        return value
    if isinstance(field, models.SlugField):
        return slug_of(name.replaced(value, "-")) or "text-removed"
    if field.name == "body":
        root = prose.parse(value)
        for link in [link for link in root.iter("a") if name.stands_in(link.get("href", ""))]:
            link.drop_tag()
        return prose.sanitised(name.replaced(prose.inner_html(root), text_removed(language)))  # a replacement may break a pair of tags
    if isinstance(field, models.URLField):
        return "{0.scheme}://{0.netloc}/".format(urlsplit(value)) if not name.stands_in(urlsplit(value).netloc) else "https://example.org/"
    words = name.replaced(value, text_removed(language))
    if field.max_length and len(words) > field.max_length:
        words = name.replaced(value, "[…]")
    return words[: field.max_length] if field.max_length else words


def _rows(places: list[Place], model: type[models.Model]) -> set[Any]:
    return {place.pk for place in places if place.model is model}


def _write(place: Place) -> None:
    rows = place.model._base_manager.filter(pk=place.pk)
    if place.field.name == "slug" and getattr(place.model, "instance_type", place.model) is FormerAddress:
        if place.is_past:
            rows.delete()  # nothing brings such an address back
            return
        rows.update(slug=f"text-removed-{place.pk}")  # so that the record of its end does not hold the name
        rows.delete()
        FormerAddress.history.filter(id=place.pk).delete()
        return
    value, number = place.replacement, 2
    is_slug = isinstance(place.field, models.SlugField)
    while place.field.unique or (is_slug and place.model is Release):
        if not place.model._base_manager.exclude(pk=place.pk).filter(**{place.field.attname: value}).exists():
            break
        value = with_number(place.replacement, number) if is_slug else f"{place.replacement[:90]} {number}"
        number += 1
    changes = {place.field.attname: value}
    key = {"name": "key", "name_es": "key_es"}.get(place.field.name)
    if key and any(field.name == key for field in place.model._meta.concrete_fields):
        changes[key] = folded_key(value)[:100]
    rows.update(**changes)
