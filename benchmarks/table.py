"""What was measured beside what is wanted: rows of one table, each a median with the least and the most of its rounds behind it."""

import statistics
from collections.abc import Iterable
from dataclasses import dataclass, field

HEAD = ["what", "hello", "ours", "wanted", ""]


@dataclass
class Row:
    """One line: a figure for each round, the most that is wanted, and what hello needed for the same, where it does the same."""

    what: str
    figures: list[float]
    wanted: float
    unit: str = "× hello"
    form: str = ".2f"
    hello: list[float] = field(default_factory=list)
    hello_unit: str = "µs"
    hello_form: str = ".0f"
    note: str = ""
    why_not: str = ""  # the reason when it could not be measured

    @property
    def verdict(self) -> str:
        """Told by the median, as it was measured and not as it is printed."""
        if not self.figures:
            return "not measured"
        return "holds" if statistics.median(self.figures) <= self.wanted else "misses"

    @property
    def cells(self) -> list[str]:
        hello = f"{spread(self.hello, self.hello_form)} {self.hello_unit}" if self.hello else "–"
        ours = f"{spread(self.figures, self.form)} {self.unit}" if self.figures else f"not measured: {self.why_not or 'no figures'}"
        return [self.what, hello, f"{ours}; {self.note}" if self.note else ours, f"≤ {self.wanted:g}", self.verdict]


def spread(figures: list[float], form: str) -> str:
    """The median, and the least and the most where there are several."""
    if len(figures) == 1:
        return f"{figures[0]:{form}}"
    return f"{statistics.median(figures):{form}} ({min(figures):{form}}–{max(figures):{form}})"


def ratios(costs: list[float], others: list[float]) -> list[float]:
    """`costs` of each round as multiples of `others` of the same round."""
    return [cost / other for cost, other in zip(costs, others, strict=True)]


def told(rows: Iterable[Row]) -> int:
    """Print the table, and what came of it; the exit code: 1 when anything that was measured misses."""
    rows = list(rows)
    lines = [HEAD, *(row.cells for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEAD))]
    lines.insert(1, ["-" * width for width in widths])
    for line in lines:
        print(f"| {' | '.join(cell.ljust(width) for cell, width in zip(line, widths, strict=True))} |")
    verdicts = [row.verdict for row in rows]
    counts = {verdict: verdicts.count(verdict) for verdict in ("holds", "misses", "not measured")}
    print(f"\nOf {len(rows)} rows {counts['holds']} hold, {counts['misses']} miss, {counts['not measured']} could not be measured.")
    return int("misses" in verdicts)
