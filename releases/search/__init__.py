"""Search: one analyser for both databases, an index that follows every save, and one way to ask it.

`find` answers what the public may read; `matching` is the same search over everything, for the desk.
"""

from releases.search.asking import ALL, Hits, Texts, find, matching, related, texts_of
from releases.search.index import empty, forget, forget_old_bytes, index, is_out_of_date, rebuild, size
from releases.search.marking import WIDTH, Marker, Piece
from releases.search.places import releases_at
from releases.search.questions import Question, understood

__all__ = [
    "ALL",
    "WIDTH",
    "Hits",
    "Marker",
    "Piece",
    "Question",
    "Texts",
    "empty",
    "find",
    "forget",
    "forget_old_bytes",
    "index",
    "is_out_of_date",
    "matching",
    "rebuild",
    "related",
    "releases_at",
    "size",
    "texts_of",
    "understood",
]
