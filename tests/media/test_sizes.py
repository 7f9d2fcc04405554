"""Which rendition of a photo is generated first."""

import pytest

from releases.media.sizes import get_fallback_width


@pytest.mark.parametrize(
    ("widths", "expected"),
    [([300], 300), ([480, 700], 700), ([480, 960, 1000], 960), ([480, 960, 1600], 960)],
)
def test_fallback_is_the_middle_width_or_the_largest_of_two(widths, expected):
    assert get_fallback_width(widths) == expected
