"""Faults of rows: values, references, constraints, and data that repeats other data."""

from collections.abc import Callable, Iterator
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import Error, models
from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef

from releases.models import (
    Organization,
    PendingRevision,
    Photo,
    Release,
    ReleaseTag,
    SlugRedirect,
    Topic,
    deserialize_content,
    organization_key,
)
from releases.text import richtext
from releases.text.cleaning import clean_text
from releases.text.slugs import topic_key

CHUNK_ROWS = 500


def name_row(model: type[models.Model], pk: Any) -> str:
    """Return words for a row, such as “Release 12”."""
    name = str(model._meta.verbose_name)
    return f"{name[:1].upper()}{name[1:]} {pk}"


def find_row_faults(alias: str, progress: Callable[[str, int], None]) -> Iterator[str]:
    """Yield a sentence for each fault of a row in the database `alias`."""
    for model in apps.get_models(include_auto_created=True):
        if not model._meta.managed or model._meta.proxy:
            continue
        yield from find_broken_references(model, alias)
        yield from find_violated_constraints(model, alias)
        count = 0
        for pk, row in iterate_rows(model, alias):
            count += 1
            if row is None:
                yield f"{name_row(model, pk)} can't be read."
            elif is_ours(model):
                yield from find_invalid_values(row)
        progress(model._meta.label, count)
    yield from find_release_faults(alias)
    yield from find_topic_faults(alias)
    yield from find_organization_faults(alias)
    yield from find_redirect_faults(alias)
    yield from find_revision_faults(alias)


def is_ours(model: type[models.Model]) -> bool:
    """Return whether our code writes the rows: not those of Django, nor earlier versions of rows."""
    return model._meta.app_label == "releases" and not hasattr(model, "tracked_fields")


def iterate_rows(model: type[models.Model], alias: str) -> Iterator[tuple[Any, Any]]:
    """Yield the key of each row with the row, or with None if it can't be read."""
    rows = model._base_manager.using(alias).order_by("pk")
    pks = rows.values_list("pk", flat=True)
    last = None
    while chunk := list((pks if last is None else pks.filter(pk__gt=last))[:CHUNK_ROWS]):
        last = chunk[-1]
        try:
            yield from ((row.pk, row) for row in list(rows.filter(pk__in=chunk)))
        except (ValueError, TypeError, Error):
            for pk in chunk:
                yield pk, _read_row(rows, pk)


def _read_row(rows: models.QuerySet[Any], pk: Any) -> Any:
    try:
        return rows.filter(pk=pk).first()
    except (ValueError, TypeError, Error):
        return None


def find_broken_references(model: type[models.Model], alias: str) -> Iterator[str]:
    """Yield the rows whose foreign keys refer to rows that don't exist."""
    for field in model._meta.concrete_fields:
        if not (isinstance(field, models.ForeignKey) and getattr(field, "db_constraint", True)):
            continue
        target = field.remote_field.model
        existing = target._base_manager.filter(**{field.target_field.attname: OuterRef(field.attname)})
        rows = model._base_manager.using(alias).filter(**{f"{field.attname}__isnull": False})
        for pk, value in rows.exclude(Exists(existing)).values_list("pk", field.attname):
            yield f"{name_row(model, pk)} refers to {target._meta.verbose_name} {value}, which is missing."


def find_violated_constraints(model: type[models.Model], alias: str) -> Iterator[str]:
    """Yield the rows that break a check of their table."""
    for constraint in model._meta.constraints:
        if not isinstance(constraint, models.CheckConstraint):
            continue
        is_kept = ExpressionWrapper(models.Q(constraint.condition), output_field=BooleanField())
        rows = model._base_manager.using(alias).annotate(is_kept=is_kept)
        for pk in rows.filter(is_kept=False).values_list("pk", flat=True):
            yield f"{name_row(model, pk)} breaks the rule {constraint.name}."


def find_invalid_values(row: models.Model) -> Iterator[str]:
    name = name_row(type(row), row.pk)
    for field in row._meta.concrete_fields:
        if field.primary_key or field.remote_field:
            continue
        value = getattr(row, field.attname)
        if isinstance(value, str) and not field.choices and clean_text(value) != value:
            yield f"{name}: {field.name} has characters that are not allowed."
        if value in field.empty_values:
            if value is None and not field.null:
                yield f"{name}: {field.name} is missing."
            continue
        try:
            field.clean(value, None if field.name == "body" else row)
        except ValidationError as error:
            yield f"{name}: {field.name} is not valid ({' '.join(error.messages)})"


def find_release_faults(alias: str) -> Iterator[str]:
    releases = Release.objects.using(alias)
    photo_ids = set(Photo.objects.using(alias).values_list("pk", flat=True))
    for release in releases.prefetch_related("photo_uses", "release_tags").iterator(CHUNK_ROWS):
        name = name_row(Release, release.pk)
        if richtext.sanitize(release.body) != release.body:
            yield f"{name}: body has HTML that is not allowed."
        try:
            shown = {entry["photo"] for entry in release.photos} & photo_ids
        except (TypeError, KeyError):
            yield f"{name}: its list of photos can't be read."
            continue
        if shown != {use.photo_id for use in release.photo_uses.all()}:
            yield f"{name}: its photos differ from those whose files the public can read. Save it again."
        expected = ReleaseTag.denormalized_values(release)
        for tag in release.release_tags.all():
            if any(getattr(tag, field) != value for field, value in expected.items()):
                yield f"{name}: the list of its topic {tag.tag_id} has another date, time or language."


def find_topic_faults(alias: str) -> Iterator[str]:
    for topic in Topic.objects.using(alias):
        if (topic.key, topic.key_es) != (topic_key(topic.name), topic_key(topic.name_es)):
            yield f"{name_row(Topic, topic.pk)} can't be found by its name. Save it again."


def find_organization_faults(alias: str) -> Iterator[str]:
    for organization in Organization.objects.using(alias):
        if organization.key != organization_key(organization.name):
            yield f"{name_row(Organization, organization.pk)} can't be found by its name. Save it again."


def find_redirect_faults(alias: str) -> Iterator[str]:
    used = Release.objects.filter(language=OuterRef("language"), slug=OuterRef("slug"))
    other = used.exclude(pk=OuterRef("release"))
    for redirect in SlugRedirect.objects.using(alias).filter(Exists(other)):
        yield f"{name_row(SlugRedirect, redirect.pk)} has the address of another release."


def find_revision_faults(alias: str) -> Iterator[str]:
    for revision in PendingRevision.objects.using(alias):
        try:
            deserialize_content(revision.content)
            topic_ids = set(revision.topic_ids)
        except (ValidationError, ValueError, TypeError, AttributeError, KeyError):
            yield f"{name_row(PendingRevision, revision.pk)} can't be read."
            continue
        known = Topic.objects.using(alias).filter(pk__in=topic_ids).values_list("pk", flat=True)
        for pk in sorted(topic_ids - set(known)):
            yield f"{name_row(PendingRevision, revision.pk)} has topic {pk}, which is missing."
