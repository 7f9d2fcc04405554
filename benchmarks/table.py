"""Compare measurements with their targets in one table.

Each figure is the median of its rounds, with minimum and maximum.
"""

import statistics
from collections.abc import Iterable
from dataclasses import dataclass, field

HEADER = ["measurement", "hello", "newsroom", "target", "verdict"]


@dataclass
class Row:
    """One measurement: a value per round, and the maximum that meets the target.

    `hello_values` are the measurements of hello for the same kind of request, if there are any.
    """

    label: str
    values: list[float]
    target: float
    unit: str = "× hello"
    format_spec: str = ".2f"
    hello_values: list[float] = field(default_factory=list)
    hello_unit: str = "µs"
    hello_format_spec: str = ".0f"
    note: str = ""
    skip_reason: str = ""  # why there are no values

    @property
    def verdict(self) -> str:
        """Return "met", "missed" or "not measured".

        The median is compared before it is rounded for display.
        """
        if not self.values:
            return "not measured"
        return "met" if statistics.median(self.values) <= self.target else "missed"

    @property
    def cells(self) -> list[str]:
        hello = (
            f"{format_spread(self.hello_values, self.hello_format_spec)} {self.hello_unit}"
            if self.hello_values
            else "–"
        )
        if self.values:
            newsroom = f"{format_spread(self.values, self.format_spec)} {self.unit}"
        else:
            newsroom = f"not measured: {self.skip_reason or 'no values'}"
        return [
            self.label,
            hello,
            f"{newsroom}; {self.note}" if self.note else newsroom,
            f"≤ {self.target:g}",
            self.verdict,
        ]


def format_spread(values: list[float], format_spec: str) -> str:
    """Format the median, followed by minimum and maximum if there are several values."""
    if len(values) == 1:
        return f"{values[0]:{format_spec}}"
    return (
        f"{statistics.median(values):{format_spec}} ({min(values):{format_spec}}–{max(values):{format_spec}})"
    )


def compute_ratios(costs: list[float], baseline: list[float]) -> list[float]:
    """Divide the cost of each round by the baseline of the same round."""
    return [cost / base for cost, base in zip(costs, baseline, strict=True)]


def print_table(rows: Iterable[Row]) -> int:
    """Print the table and a summary, and return the exit code: 1 if any measured row misses its target."""
    rows = list(rows)
    lines = [HEADER, *(row.cells for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADER))]
    lines.insert(1, ["-" * width for width in widths])
    for line in lines:
        print(f"| {' | '.join(cell.ljust(width) for cell, width in zip(line, widths, strict=True))} |")
    verdicts = [row.verdict for row in rows]
    counts = {verdict: verdicts.count(verdict) for verdict in ("met", "missed", "not measured")}
    print(
        f"\n{len(rows)} rows: {counts['met']} met, {counts['missed']} missed, {counts['not measured']} "
        "not measured."
    )
    return int("missed" in verdicts)
