"""Search: one analyzer for both databases, an index that is updated with every save, and one way to search it.

`find` returns what the public may read; `matching` is the same search over everything, for the staff.
"""

from releases.search.asking import Hits, Texts, bodies_of, find, hidden_ids, matching, related
from releases.search.index import empty, forget, forget_old_bytes, index, is_out_of_date, rebuild, size
from releases.search.marking import WIDTH, Marker, Piece
from releases.search.questions import Question, understood

__all__ = [
    "WIDTH",
    "Hits",
    "Marker",
    "Piece",
    "Question",
    "Texts",
    "bodies_of",
    "empty",
    "find",
    "forget",
    "forget_old_bytes",
    "hidden_ids",
    "index",
    "is_out_of_date",
    "matching",
    "rebuild",
    "related",
    "size",
    "understood",
]
