"""What the benchmarks make of their figures."""

import pytest

from benchmarks import pages, questions, searching, weight
from benchmarks.server import Server


def size(many: int, ours: list[float], hello: list[float]) -> pages.Size:
    kinds = {kind: ["/"] for kind in ("list", "topic", "release", "feed", "deep", "search")}
    servers = [Server(name, process=None, port=0) for name in ("ready", "made", "hello")]
    ready, anew, yardstick = servers
    for kind in kinds:
        anew.costs[kind], yardstick.costs[kind] = ours, hello
        ready.costs[kind] = ready.costs[f"{kind} 304"] = [cost / 100 for cost in ours]
    return pages.Size(many, kinds, ready, anew, yardstick)


def test_growth_is_told_by_ratios_to_hello_and_the_extremes_of_both_sizes():
    few, many = size(100, [400.0, 500.0, 600.0], [100.0, 100.0, 100.0]), size(10_000, [1000.0, 1000.0, 1200.0], [200.0, 200.0, 200.0])
    row = pages.growth([few, many])[0]
    assert sorted(row.figures) == [pytest.approx(-0.0396, abs=1e-4), pytest.approx(0.0), pytest.approx(0.088, abs=1e-4)]
    assert row.verdict == "holds"
    assert {row.verdict for row in pages.growth([few])} == {"not measured"}


@pytest.mark.parametrize(("many", "verdict"), [(100, "misses"), (100_000, "holds")])
def test_the_deep_page_is_held_against_our_own_first(many, verdict):
    one = size(many, [400.0], [100.0])
    one.anew.costs["deep"] = [490.0]
    row = next(row for row in pages.made_anew(one) if row.what.startswith("deep"))
    assert (row.figures, row.verdict) == ([1.225], verdict)


def test_any_page_is_the_one_that_costs_most():
    one = size(100, [400.0], [100.0])
    one.ready.costs["feed"] = [46.0]
    ready, unchanged = pages.ready(one)
    assert (ready.figures, ready.verdict, ready.note) == ([0.46], "misses", "the dearest is the feed")
    assert unchanged.figures == [0.04]


def test_a_search_is_the_slowest_and_the_one_that_grew_most_from_ten_thousand_releases():
    found = {10_000: {"the": [9.0], "rare": [1.0]}, 1000: {"the": [1.0], "rare": [1.0]}, 100_000: {"the": [10.0], "rare": [4.0]}}
    *slowest, grown = searching.rows(found)
    assert [row.figures for row in slowest] == [[9.0], [1.0], [10.0]]
    assert (grown.figures[1], grown.verdict) == (4.0, "misses")
    del found[100_000]
    assert searching.rows(found)[-1].verdict == "not measured"
    del found[1000]
    assert searching.rows(found)[-1].verdict == "not measured"


def test_no_kind_of_page_may_ask_more_when_there_is_more():
    *_each, more = questions.rows({100: {"list": 2, "feed": 1}, 1000: {"list": 1, "feed": 2}})
    assert (more.figures, more.verdict) == ([1], "misses")


def test_without_a_browser_its_rows_say_so(monkeypatch):
    monkeypatch.setattr(weight, "chromium", lambda: None)
    rows = weight.rows(Server("ready", process=None, port=0), 1)
    assert [(row.verdict, row.cells[2]) for row in rows] == [("not measured", "not measured: no Chromium")] * 2
