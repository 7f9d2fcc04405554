"""Slugs, made from headlines or topic names."""

import re

from django.utils.text import slugify

MAX_SLUG_LENGTH = 80


def make_slug(text: str, max_length: int = MAX_SLUG_LENGTH) -> str:
    """Return `text` in lowercase ASCII joined by hyphens, cut between words.

    Accents are removed (NFKD). Returns "" if nothing is left.
    """
    slug = slugify(text.replace("_", " "))
    if len(slug) <= max_length:
        return slug
    return slug[: max_length + 1].rpartition("-")[0] or slug[:max_length]


def numbered_slug(slug: str, number: int) -> str:
    """Return `slug` with a number, like “slug-2”, at most MAX_SLUG_LENGTH characters long."""
    suffix = f"-{number}"
    return make_slug(slug, MAX_SLUG_LENGTH - len(suffix)) + suffix


def normalized_key(text: str) -> str:
    """Return the ASCII letters and digits of `text`, without case, accents, spaces and hyphens."""
    return make_slug(text, len(text) * 4).replace("-", "")


def is_slug_of(slug: str, text: str) -> bool:
    """Return whether `slug` was made from `text`, with or without a number."""
    match = re.search(r"-([0-9]+)$", slug)
    return slug == make_slug(text) or bool(match and slug == numbered_slug(make_slug(text), int(match[1])))
