"""Widths of the renditions of a photo."""


def get_fallback_width(widths: list[int]) -> int:
    """Return the width of the rendition that every browser can show and that is made at once."""
    return widths[-1] if len(widths) < 3 else widths[1]
