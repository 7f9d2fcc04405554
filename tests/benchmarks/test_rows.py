"""Test the rows that the benchmarks build from measured values."""

import pytest

from benchmarks import page_weight, pages, search_time, sql_time
from benchmarks.server import Server


def make_sample(count: int, costs: list[float], hello_costs: list[float]) -> pages.Sample:
    paths = {kind: ["/"] for kind in ("list", "topic", "release", "feed", "deep", "search")}
    servers = [Server(name, process=None, port=0) for name in ("cached", "uncached", "hello")]
    cached, uncached, hello = servers
    for kind in paths:
        uncached.costs[kind], hello.costs[kind] = costs, hello_costs
        cached.costs[kind] = cached.costs[f"{kind} 304"] = [cost / 100 for cost in costs]
    return pages.Sample(count, paths, cached, uncached, hello)


def test_growth_is_computed_from_ratios_to_hello_at_both_sizes():
    small_sample = make_sample(100, [400.0, 500.0, 600.0], [100.0, 100.0, 100.0])
    large = make_sample(10_000, [1000.0, 1000.0, 1200.0], [200.0, 200.0, 200.0])
    row = pages.build_growth_rows([small_sample, large])[0]
    assert sorted(row.values) == [
        pytest.approx(-0.0396, abs=1e-4),
        pytest.approx(0.0),
        pytest.approx(0.088, abs=1e-4),
    ]
    assert row.verdict == "met"
    assert {row.verdict for row in pages.build_growth_rows([small_sample])} == {"not measured"}


@pytest.mark.parametrize(("count", "verdict"), [(100, "missed"), (100_000, "met")])
def test_deep_page_is_compared_with_the_first_page(count, verdict):
    sample = make_sample(count, [400.0], [100.0])
    sample.uncached.costs["deep"] = [490.0]
    row = next(row for row in pages.build_uncached_rows(sample) if row.label.startswith("deep"))
    assert (row.values, row.verdict) == ([1.225], verdict)


def test_any_page_row_reports_the_most_expensive_page():
    sample = make_sample(100, [400.0], [100.0])
    sample.cached.costs["feed"] = [46.0]
    cached, not_modified = pages.build_cached_rows(sample)
    assert (cached.values, cached.verdict, cached.note) == ([0.46], "missed", "most expensive: feed")
    assert not_modified.values == [0.04]


def test_search_rows_report_the_slowest_query_and_the_largest_growth():
    times = {
        10_000: {"the": [9.0], "rare": [1.0]},
        1000: {"the": [1.0], "rare": [1.0]},
        100_000: {"the": [10.0], "rare": [4.0]},
    }
    *slowest, growth = search_time.build_rows(times)
    assert [row.values for row in slowest] == [[9.0], [1.0], [10.0]]
    assert (growth.values[1], growth.verdict) == (4.0, "missed")
    del times[100_000]
    assert search_time.build_rows(times)[-1].verdict == "not measured"
    del times[1000]
    assert search_time.build_rows(times)[-1].verdict == "not measured"


def test_query_count_that_grows_with_the_data_misses_the_target():
    *_counts, increase = sql_time.build_query_rows(
        {100: {"list": 2, "feed": 1}, 1000: {"list": 1, "feed": 2}}
    )
    assert (increase.values, increase.verdict) == ([1], "missed")


def test_page_weight_is_not_measured_without_chromium(monkeypatch):
    monkeypatch.setattr(page_weight, "find_chromium", lambda: None)
    rows = page_weight.measure_page_weight(Server("cached", process=None, port=0), 1)
    assert [(row.verdict, row.cells[2]) for row in rows] == [
        ("not measured", "not measured: no Chromium")
    ] * 2
