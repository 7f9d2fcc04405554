"""The public edition, and the pages that are kept for it, ready to be sent."""

from releases.caching.editions import Edition, edition, fresh_edition, known_edition, turn
from releases.caching.front import our_names, ready_first
from releases.caching.pages import Page, PageStore, cache_control, encoding_in, kept_page, key_of, not_modified, store, tag_in

__all__ = [
    "Edition",
    "Page",
    "PageStore",
    "cache_control",
    "edition",
    "encoding_in",
    "fresh_edition",
    "kept_page",
    "key_of",
    "known_edition",
    "not_modified",
    "our_names",
    "ready_first",
    "store",
    "tag_in",
    "turn",
]
