"""The page cache, and the cache generations that its pages belong to."""

from releases.caching.generation import (
    CacheGeneration,
    confirm_regularly,
    find_generation,
    get_current_generation,
    get_last_known_generation,
    get_recent_generation,
    invalidate_public_cache,
    is_database_down,
)
from releases.caching.pages import (
    CachedPage,
    PageCache,
    choose_encoding,
    get_cache_control,
    get_not_modified_headers,
    get_page_cache,
    make_cache_key,
    make_cacheable_page,
    make_etag,
    match_etag,
)
from releases.caching.wsgi import get_cacheable_hosts, with_page_cache

__all__ = [
    "CacheGeneration",
    "CachedPage",
    "PageCache",
    "choose_encoding",
    "confirm_regularly",
    "find_generation",
    "get_cache_control",
    "get_cacheable_hosts",
    "get_current_generation",
    "get_last_known_generation",
    "get_not_modified_headers",
    "get_page_cache",
    "get_recent_generation",
    "invalidate_public_cache",
    "is_database_down",
    "make_cache_key",
    "make_cacheable_page",
    "make_etag",
    "match_etag",
    "with_page_cache",
]
