"""Search: one analyzer for both databases, an index updated with every save, and queries.

`find` returns what the public may read; `build_staff_filter` searches all releases, for the staff.
"""

from releases.search.highlight import EXCERPT_LENGTH, Fragment, Highlighter
from releases.search.index import (
    clear,
    count_releases,
    is_outdated,
    purge_deleted_text,
    read_rows,
    rebuild,
    remove,
    update,
)
from releases.search.query import SearchQuery, parse_query
from releases.search.results import (
    Hits,
    SearchDocument,
    build_staff_filter,
    find,
    find_related,
    get_documents,
    get_hidden_ids,
)

__all__ = [
    "EXCERPT_LENGTH",
    "Fragment",
    "Highlighter",
    "Hits",
    "SearchDocument",
    "SearchQuery",
    "build_staff_filter",
    "clear",
    "count_releases",
    "find",
    "find_related",
    "get_documents",
    "get_hidden_ids",
    "is_outdated",
    "parse_query",
    "purge_deleted_text",
    "read_rows",
    "rebuild",
    "remove",
    "update",
]
