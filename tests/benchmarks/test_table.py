import pytest

from benchmarks.table import Row, ratios, spread, told


@pytest.mark.parametrize(
    ("figures", "verdict"),
    [
        ([1.0, 2.0, 9.0], "holds"),  # by the median
        ([2.0], "holds"),  # what is wanted itself
        ([0.0, 2.004, 2.1], "misses"),  # as it is measured, not as it is printed
        ([], "not measured"),
    ],
)
def test_a_row_is_judged_by_its_median(figures, verdict):
    assert Row("a page", figures, 2.0).verdict == verdict


def test_a_ratio_is_to_the_same_round():
    assert ratios([10.0, 30.0], [5.0, 10.0]) == [2.0, 3.0]
    with pytest.raises(ValueError, match="zip"):
        ratios([10.0], [5.0, 10.0])


def test_a_figure_stands_between_the_least_and_the_most():
    assert spread([3.0, 1.0, 2.0], ".1f") == "2.0 (1.0–3.0)"
    assert spread([3.0], ".0f") == "3"


def test_the_table_is_markdown_and_tells_what_it_could_not_measure(capsys):
    rows = [Row("a page", [1.0, 3.0, 2.0], 2.5, hello=[100.0, 90.0, 110.0]), Row("behind nginx", [], 1.0, why_not="no nginx")]
    assert told(rows) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [cell.strip() for cell in lines[2].split("|")[1:-1]] == [
        "a page",
        "100 (90–110) µs",
        "2.00 (1.00–3.00) × hello",
        "≤ 2.5",
        "holds",
    ]
    assert [cell.strip() for cell in lines[3].split("|")[1:-1]] == ["behind nginx", "–", "not measured: no nginx", "≤ 1", "not measured"]
    assert len({len(line) for line in lines[:4]}) == 1
    assert lines[-1] == "Of 2 rows 1 hold, 0 miss, 1 could not be measured."


def test_one_row_that_misses_is_a_fault(capsys):
    assert told([Row("a page", [1.0], 2.0), Row("another", [3.0], 2.0)]) == 1
    assert "| misses" in capsys.readouterr().out
