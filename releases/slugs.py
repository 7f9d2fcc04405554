"""The words of an address, made from a headline or a topic's name."""

import re

from django.utils.text import slugify

LONGEST = 80


def slug_of(words: str, longest: int = LONGEST) -> str:
    """`words` in lower-case ASCII joined by hyphens, accents dropped (NFKD), cut between words; "" when nothing is left."""
    slug = slugify(words.replace("_", " "))
    if len(slug) <= longest:
        return slug
    return slug[: longest + 1].rpartition("-")[0] or slug[:longest]


def with_number(slug: str, number: int) -> str:
    """The `number`th address made from the same words: “slug-2”, never longer than an address may be."""
    ending = f"-{number}"
    return slug_of(slug, LONGEST - len(ending)) + ending


def folded_key(words: str) -> str:
    """What two spellings of one name share: ASCII letters and digits, without case, accents, spaces or hyphens."""
    return slug_of(words, len(words) * 4).replace("-", "")


def was_made_from(slug: str, words: str) -> bool:
    """Whether `slug` is the address that `words` give, with or without a number."""
    number = re.search(r"-([0-9]+)$", slug)
    return slug == slug_of(words) or bool(number and slug == with_number(slug_of(words), int(number[1])))
