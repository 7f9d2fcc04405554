"""A row of the search table."""

from typing import NamedTuple


class IndexRow(NamedTuple):
    """The index of a release. `audience` is who can find it: "en", "es" or "staff"."""

    release_id: int
    sort_key: int
    audience: str
    tokens: list[str]
    text: str
