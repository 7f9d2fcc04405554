"""Remove a name everywhere: from all texts of the newsroom, their history, and the database files.

It protects people at risk. There is no list of fields: the text fields of all models are searched, so new
fields are included.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import unquote_plus, urlsplit

from django.contrib.admin.models import LogEntry
from django.db import OperationalError, connection, models, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from releases import caching, search
from releases.actions.errors import ActionNotAllowed
from releases.actions.locking import ensure_newsroom_unlocked, set_history_metadata
from releases.actions.stored_text import (
    find_models_with_text,
    get_table_names,
    has_text,
    purge_deleted_text,
)
from releases.media import zip_cache
from releases.models import Autosave, PendingRevision, Release, SlugRedirect, Topic, User, get_content_fields
from releases.models.organizations import Organization
from releases.models.sessions import StaffSession
from releases.text import datelines, localtime, richtext
from releases.text.choices import Language
from releases.text.cleaning import normalize
from releases.text.slugs import make_slug, normalized_key, numbered_slug, topic_key

MIN_LENGTH = 3  # letters; a shorter name would match inside other words
# A text that occurs in more releases is probably not a name.
MAX_RELEASES = 50


@dataclass(frozen=True)
class Occurrence:
    """One place where a name occurs: the field of a row, the text around the name, and the replacement."""

    model: type[models.Model]
    pk: Any
    field: models.Field
    context: str
    replacement: Any
    release: int | None = None  # the id of the release that the row belongs to, if any

    @property
    def is_history(self) -> bool:
        """Return whether the row is a history record."""
        return hasattr(self.model, "instance_type")

    @property
    def kind(self) -> str:
        return str(getattr(self.model, "instance_type", self.model)._meta.verbose_name)

    @property
    def label(self) -> str:
        return str(getattr(self.field, "verbose_name", self.field.name))


def find_occurrences(spellings: str) -> list[Occurrence]:
    """Return every occurrence of `spellings` (one per line). Raises ActionNotAllowed if one is too short."""
    return list(_find_occurrences(NamePattern(spellings)))


def redact(spellings: str, *, user: User) -> tuple[list[Occurrence], bool]:
    """Replace every occurrence of `spellings` (one per line) with “text removed” and the date.

    Return the occurrences, and whether the database also rewrote its files without the old bytes. URLs that
    contained the name lead nowhere from now on. Raises ActionNotAllowed if a spelling is too short, if the
    name occurs nowhere or in too many releases, and if `user` may not publish.
    """
    if not user.has_perm("releases.publish_release"):
        raise ActionNotAllowed(_("Only publishers can remove a name. Ask a publisher."))
    pattern = NamePattern(spellings)
    with transaction.atomic():
        ensure_newsroom_unlocked(user)
        _lock_tables()
        occurrences = list(_find_occurrences(pattern))
        if not occurrences:
            raise ActionNotAllowed(_("This name was not found in any text or in the history."))
        release_ids = {occurrence.release for occurrence in occurrences if occurrence.release}
        if len(release_ids) > MAX_RELEASES and not user.is_superuser:
            message = _(
                "This appears in more than %(most)s releases, so it's probably an ordinary word. "
                "Ask a manager."
            )
            raise ActionNotAllowed(message % {"most": MAX_RELEASES})
        for occurrence in occurrences:
            _write_replacement(occurrence)
        for revision in PendingRevision.objects.filter(pk__in=_affected_ids(occurrences, PendingRevision)):
            revision.version += 1  # forms that are open can't be saved any more
            set_history_metadata(revision, user, "redact")
            revision.save()
        Autosave.objects.filter(pk__in=_affected_ids(occurrences, Autosave)).update(user=None)
        for release in Release.objects.filter(pk__in=_affected_ids(occurrences, Release)):
            set_history_metadata(release, user, "redact")
            release.save()
        search.update(*Release.objects.filter(tags__in=_affected_ids(occurrences, Topic)).distinct())
        search.update(*Release.objects.signed_by(_affected_ids(occurrences, Organization)))
        caching.invalidate_public_cache()
        for session in StaffSession.objects.iterator():
            if pattern.occurs_in(str(session.get_decoded())):
                session.delete()
    zip_cache.clear()
    if connection.in_atomic_block:
        transaction.on_commit(purge_deleted_text)
        return occurrences, False
    return occurrences, purge_deleted_text()


# --- Name patterns ------------------------------------------------------------------------------------------


class NamePattern:
    """A name in all its spellings.

    Case, accents, anything between its parts, and URL encoding make no difference.
    """

    def __init__(self, spellings: str) -> None:
        lines = [re.sub("[ʼʻ]", "'", line) for line in map(str.strip, spellings.splitlines()) if line]
        if not lines:
            raise ActionNotAllowed(_("Enter the name to remove."))
        for line in lines:
            if len(normalized_key(line) or re.sub(r"[\W_]", "", line)) < MIN_LENGTH:
                raise ActionNotAllowed(
                    _("“%(name)s” is too short: it would match parts of other words. Enter the whole name.")
                    % {"name": line}
                )
        self.pattern = re.compile(
            "|".join(map(_spelling_pattern, sorted(lines, key=len, reverse=True))), re.IGNORECASE
        )

    def occurs_in(self, text: str) -> bool:
        composed = normalize("NFC", text)
        return bool(
            self.pattern.search(composed)
            or (re.search(URL_ENCODED, composed) and self.pattern.search(unquote_plus(composed)))
        )

    def context_in(self, text: str) -> str:
        """Return the first occurrence in `text` with 50 characters on each side, or ""."""
        match = self.pattern.search(normalize("NFC", text))
        if not match:
            return ""
        start, end = max(match.start() - 50, 0), match.end() + 50
        return f"{'…' if start else ''}{match.string[start:end]}{'…' if end < len(match.string) else ''}"

    def replace(self, text: str, replacement: str) -> str:
        """Return `text` with every occurrence replaced.

        A URL-encoded string with the name is replaced as a whole.
        """
        composed = self.pattern.sub(lambda _match: replacement, normalize("NFC", text))
        return re.sub(
            r"[^\s\"<>]+",
            lambda match: (
                replacement if re.search(URL_ENCODED, match[0]) and self.occurs_in(match[0]) else match[0]
            ),
            composed,
        )


URL_ENCODED = r"%[0-9A-Fa-f]{2}|\+"


def _spelling_pattern(name: str) -> str:
    ignored_inside, separators = (
        r"(?:<[^>]*>|[\u00ad\u200b])*",
        r"(?:<[^>]*>|&[a-z0-9#]+;|%[0-9a-f]{2}|[^\w<]|[_ʼʻ]){0,12}",
    )
    words = re.findall(r"[^\W_]+", normalize("NFC", name))
    patterns = [ignored_inside.join(map(_letter_pattern, word)) for word in words]
    return rf"(?<![^\W_]){separators.join(patterns)}(?![^\W_])"


def _letter_pattern(letter: str) -> str:
    return f"[{''.join(_letter_variants().get(_base_letter(letter), ''))}{re.escape(letter)}]"


@cache
def _letter_variants() -> dict[str, list[str]]:
    """Return the Latin letters that are the same letter without their accents, by that letter."""
    variants: dict[str, list[str]] = {}
    for code in (*range(0x41, 0x5B), *range(0x61, 0x7B), *range(0xC0, 0x250), *range(0x1E00, 0x1F00)):
        variants.setdefault(_base_letter(chr(code)), []).append(chr(code))
    return variants


def _base_letter(letter: str) -> str:
    return unicodedata.normalize("NFKD", letter)[0].lower()


# --- Finding occurrences ------------------------------------------------------------------------------------


def _lock_tables() -> None:
    """Lock the tables on PostgreSQL, so that no open transaction writes the name back.

    SQLite has one writer anyway.
    """
    if connection.vendor != "postgresql":
        return
    try:
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '3s'")
            cursor.execute(
                f"LOCK TABLE {', '.join(map(connection.ops.quote_name, get_table_names()))} IN SHARE ROW "
                "EXCLUSIVE MODE"
            )
    except OperationalError as error:
        raise ActionNotAllowed(
            _("The database is busy. Nothing was removed. Try again in a minute.")
        ) from error


def _find_occurrences(pattern: NamePattern) -> Iterator[Occurrence]:
    for model, fields in find_models_with_text():
        names = [field.attname for field in fields]
        language = _language_path(model) or models.Value("")
        release = _release_path(model) or models.Value(None, output_field=models.IntegerField())
        rows = model._base_manager.all()
        if model is LogEntry:  # accounts are not searched
            rows = rows.exclude(content_type__model__in=["user", "group"])
        for pk, row_language, release_id, *values in rows.values_list(
            "pk", language, release, *names
        ).iterator():
            for field, value in zip(fields, values, strict=True):
                if value and pattern.occurs_in(_flatten_text(value)):
                    value_language = (
                        Language.SPANISH if field.name.endswith("_es") else row_language or Language.ENGLISH
                    )
                    replacement = _replace_in_value(pattern, field, value, value_language)
                    if replacement != value:
                        context = pattern.context_in(
                            richtext.to_plain_text(_flatten_text(value))
                        ) or pattern.context_in(_flatten_text(value))
                        yield Occurrence(model, pk, field, context, replacement, release_id)


def _language_path(model: type[models.Model]) -> str:
    """Return the lookup for the language of a row: its own, or that of its release."""
    fields = {field.name for field in model._meta.concrete_fields}
    return "language" if "language" in fields else "release__language" if "release" in fields else ""


def _release_path(model: type[models.Model]) -> str:
    """Return the lookup for the id of the release that a row belongs to."""
    fields = {field.name for field in model._meta.concrete_fields}
    is_release = getattr(model, "instance_type", model) is Release
    return "id" if is_release else "release_id" if "release" in fields else ""


def _flatten_text(value: Any) -> str:
    if isinstance(value, dict):
        return "\n".join(_flatten_text(item) for item in value.values())
    if isinstance(value, list):
        return "\n".join(map(_flatten_text, value))
    return value if isinstance(value, str) else ""


# --- Replacements -------------------------------------------------------------------------------------------


def get_removal_notice(language: str) -> str:
    """Return the text that replaces a name: a notice with today's date."""
    with translation.override(language):
        day = datelines.format_date(localtime.local_date(timezone.now()), Language(language))
        return _("[text removed on %(day)s]") % {"day": day}


def _replace_in_value(pattern: NamePattern, field: models.Field, value: Any, language: str) -> Any:
    """Return `value` of `field` without the name.

    In JSON, each part is treated like the release field of that name.
    """
    if isinstance(value, dict):
        fields = {key: get_content_fields().get(key, field) for key in value}
        return {
            key: _replace_in_value(pattern, own_field, value[key], language)
            if has_text(own_field)
            else value[key]
            for key, own_field in fields.items()
        }
    if isinstance(value, list):
        return [_replace_in_value(pattern, field, item, language) for item in value]
    if not isinstance(value, str) or not pattern.occurs_in(value):
        return value
    if isinstance(field, models.SlugField):
        return make_slug(pattern.replace(value, "-")) or "text-removed"
    if field.name == "body":
        root = richtext.parse_markup(value)
        for link in [link for link in root.iter("a") if pattern.occurs_in(link.get("href", ""))]:
            link.drop_tag()
        # A replacement may break the markup.
        return richtext.sanitize(pattern.replace(richtext.inner_html(root), get_removal_notice(language)))
    if isinstance(field, models.URLField):
        return (
            "{0.scheme}://{0.netloc}/".format(urlsplit(value))
            if not pattern.occurs_in(urlsplit(value).netloc)
            else "https://example.org/"
        )
    text = pattern.replace(value, get_removal_notice(language))
    if field.max_length and len(text) > field.max_length:
        text = pattern.replace(value, "[…]")
    return text[: field.max_length] if field.max_length else text


def _affected_ids(occurrences: list[Occurrence], model: type[models.Model]) -> set[Any]:
    return {occurrence.pk for occurrence in occurrences if occurrence.model is model}


def _write_replacement(occurrence: Occurrence) -> None:
    rows = occurrence.model._base_manager.filter(pk=occurrence.pk)
    if (
        occurrence.field.name == "slug"
        and getattr(occurrence.model, "instance_type", occurrence.model) is SlugRedirect
    ):
        if occurrence.is_history:
            rows.delete()  # nothing can restore the redirect then
            return
        # The history record of the deletion must not contain the name.
        rows.update(slug=f"text-removed-{occurrence.pk}")
        rows.delete()
        SlugRedirect.history.filter(id=occurrence.pk).delete()
        return
    is_slug = isinstance(occurrence.field, models.SlugField)
    is_unique = occurrence.field.unique or (is_slug and occurrence.model is Release)
    key = {"name": "key", "name_es": "key_es"}.get(occurrence.field.name)
    has_key = any(field.name == key for field in occurrence.model._meta.concrete_fields)
    others = occurrence.model._base_manager.exclude(pk=occurrence.pk)
    value, number = occurrence.replacement, 2
    while True:
        changes = {occurrence.field.attname: value}
        if key and has_key:
            changes[key] = topic_key(value)[: occurrence.field.max_length]
        if not is_unique or not others.filter(models.Q(*changes.items(), _connector=models.Q.OR)).exists():
            break
        value = (
            numbered_slug(occurrence.replacement, number)
            if is_slug
            else f"{occurrence.replacement[:90]} {number}"
        )
        number += 1
    rows.update(**changes)
