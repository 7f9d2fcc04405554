"""The table of benchmark results: what counts as met."""

import pytest

from benchmarks.table import Row, compute_ratios, format_spread, print_table


@pytest.mark.parametrize(
    ("values", "verdict"),
    [
        ([1.0, 2.0, 9.0], "met"),  # the median is lower
        ([2.0], "met"),  # exactly the target
        ([0.0, 2.004, 2.1], "missed"),  # rounds to the target when printed
        ([], "not measured"),
    ],
)
def test_row_verdict_uses_the_median(values, verdict):
    assert Row("a page", values, 2.0).verdict == verdict


def test_ratios_compare_values_of_the_same_round():
    assert compute_ratios([10.0, 30.0], [5.0, 10.0]) == [2.0, 3.0]
    with pytest.raises(ValueError, match="zip"):
        compute_ratios([10.0], [5.0, 10.0])


def test_spread_shows_the_median_with_minimum_and_maximum():
    assert format_spread([3.0, 1.0, 2.0], ".1f") == "2.0 (1.0–3.0)"
    assert format_spread([3.0], ".0f") == "3"


def test_table_is_markdown_and_lists_unmeasured_rows(capsys):
    rows = [
        Row("a page", [1.0, 3.0, 2.0], 2.5, hello_values=[100.0, 90.0, 110.0]),
        Row("behind nginx", [], 1.0, skip_reason="no nginx"),
    ]
    assert print_table(rows) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [cell.strip() for cell in lines[2].split("|")[1:-1]] == [
        "a page",
        "100 (90–110) µs",
        "2.00 (1.00–3.00) × hello",
        "≤ 2.5",
        "met",
    ]
    assert [cell.strip() for cell in lines[3].split("|")[1:-1]] == [
        "behind nginx",
        "–",
        "not measured: no nginx",
        "≤ 1",
        "not measured",
    ]
    assert len({len(line) for line in lines[:4]}) == 1
    assert lines[-1] == "2 rows: 1 met, 0 missed, 1 not measured."


def test_missed_row_gives_exit_code_one(capsys):
    assert print_table([Row("a page", [1.0], 2.0), Row("another", [3.0], 2.0)]) == 1
    assert "| missed" in capsys.readouterr().out
