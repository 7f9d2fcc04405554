"""The targets, and the table with one row for each scenario and database."""

from dataclasses import dataclass, field
from itertools import groupby
from statistics import quantiles

from tests.faults.editor import Answer
from tests.faults.readers import Sample

MAX_READER_P95_MS = 250.0
MAX_ANSWER_SECONDS = 5.0
MAX_HEALTH_SECONDS = 3.0
MAX_RECOVERY_SECONDS = 10.0
HEADER = (
    "scenario",
    "database",
    "readers: requests",
    "failed",
    "p95 ms",
    "max ms",
    "editors",
    "health",
    "works again after",
    "notes",
    "verdict",
)


class LeftOut(Exception):
    """Raised by a scenario that can't run on this machine. The message says why."""


@dataclass
class Row:
    """The measurements of one scenario on one database. `missed` lists additional targets that are missed."""

    scenario: str
    database: str
    reads: list[Sample] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    health: list[Sample] = field(default_factory=list)
    recovery_seconds: float | None = None  # None if nothing had to recover
    forms_must_open: bool = False  # whether only writing is impossible
    max_upload_seconds: float = MAX_ANSWER_SECONDS
    notes: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    left_out: str = ""  # the reason if the scenario could not run

    @property
    def failed_reads(self) -> int:
        return sum(sample.status != 200 for sample in self.reads)

    @property
    def read_p95_ms(self) -> float:
        times = [sample.seconds * 1000 for sample in self.reads]
        return quantiles(times, n=20)[-1] if len(times) > 1 else 0.0

    def find_missed(self) -> list[str]:
        """Return what missed its target."""
        missed = []
        if self.failed_reads:
            missed.append("readers failed")
        if self.read_p95_ms > MAX_READER_P95_MS:
            missed.append("readers p95")
        for action, answers in group_answers(self.answers):
            problems = {problem for answer in answers for problem in find_problems(answer, self)}
            if problems:
                missed.append(f"{action}: {', '.join(sorted(problems))}")
        for path, samples in group_samples(self.health):
            if any(sample.status not in get_expected_statuses(path) for sample in samples):
                missed.append(f"{path} status")
            if any(sample.seconds > MAX_HEALTH_SECONDS for sample in samples):
                missed.append(f"{path} slow")
        if self.recovery_seconds is not None and self.recovery_seconds > MAX_RECOVERY_SECONDS:
            missed.append("recovery")
        return [*missed, *self.missed]

    def format(self) -> str:
        """Return the row as Markdown."""
        if self.left_out:
            cells = [self.scenario, self.database, *["–"] * 7, self.left_out, "left out"]
            return f"| {' | '.join(cells)} |"
        slowest = max((sample.seconds for sample in self.reads), default=0.0) * 1000
        missed = self.find_missed()
        cells = [
            self.scenario,
            self.database,
            f"{len(self.reads):,}",
            f"{self.failed_reads:,}",
            f"{self.read_p95_ms:,.0f}",
            f"{slowest:,.0f}",
            "; ".join(describe_answers(*group) for group in group_answers(self.answers)) or "–",
            "; ".join(describe_health(*group) for group in group_samples(self.health)) or "–",
            "–" if self.recovery_seconds is None else format_seconds(self.recovery_seconds),
            "; ".join(self.notes) or "–",
            f"missed: {'; '.join(missed)}" if missed else "met",
        ]
        return f"| {' | '.join(cells)} |"


def format_table(rows: list[Row]) -> str:
    lines = [f"| {' | '.join(HEADER)} |", f"| {' | '.join(['---'] * len(HEADER))} |"]
    return "\n".join([*lines, *(row.format() for row in rows)])


def format_seconds(seconds: float) -> str:
    return "never" if seconds == float("inf") else f"{seconds:.1f} s"


def find_problems(answer: Answer, row: Row) -> list[str]:
    """Return what is wrong with an answer."""
    problems = []
    if answer.seconds > (row.max_upload_seconds if answer.action == "upload" else MAX_ANSWER_SECONDS):
        problems.append("slow")
    is_refusal = answer.status == 503 or answer.was_refused_in_form
    if answer.status not in (200, 302, 503) or (not answer.is_saved and not is_refusal):
        problems.append(f"status {answer.status or 'none'}")
    if answer.action in ("open form", "open photos") and row.forms_must_open and answer.status != 200:
        problems.append("not opened")
    if answer.action == "autosave" and not answer.is_json:
        problems.append("no JSON")
    if answer.action in ("save", "upload") and not answer.is_saved and not answer.says_not_saved:
        problems.append("no “not saved”")
    shows_words = answer.has_typed_words or (row.scenario == "slow-posts" and answer.was_refused_unread)
    if answer.action == "save" and not answer.is_saved and not shows_words:
        problems.append("no typed words")
    if answer.is_true is False:
        problems.append("untrue")
    return problems


def describe_answers(action: str, answers: list[Answer]) -> str:
    """Return the statuses, the slowest answer, and what refusals contain, for one kind of request."""
    statuses = "/".join(str(status or "none") for status in sorted({answer.status for answer in answers}))
    text = f"{action} {statuses} in {max(answer.seconds for answer in answers):.1f} s"
    refused = [answer for answer in answers if not answer.is_saved]
    if action == "autosave":
        text += f", JSON {format_yes([answer.is_json for answer in answers])}"
    if action == "save" and refused:
        text += f", typed words {format_yes([answer.has_typed_words for answer in refused])}"
        if any(answer.was_refused_unread for answer in refused):
            text += " (refused before it was read, and says so)"
    if action in ("save", "upload") and refused:
        text += f", “not saved” {format_yes([answer.says_not_saved for answer in refused])}"
    checked = [answer.is_true for answer in answers if answer.is_true is not None]
    return f"{text}, true {format_yes(checked)}" if checked else text


def format_yes(values: list[bool]) -> str:
    return "yes" if all(values) else "no" if not any(values) else "sometimes"


def describe_health(path: str, samples: list[Sample]) -> str:
    statuses = "/".join(str(status or "none") for status in sorted({sample.status for sample in samples}))
    return f"{path} {statuses} in {max(sample.seconds for sample in samples):.1f} s"


def get_expected_statuses(path: str) -> tuple[int, ...]:
    return (200,) if path == "/health/live/" else (200, 503)


def group_answers(answers: list[Answer]) -> list[tuple[str, list[Answer]]]:
    """Return the answers by action, in the order of their first request."""
    actions = list(dict.fromkeys(answer.action for answer in answers))
    return [(action, [answer for answer in answers if answer.action == action]) for action in actions]


def group_samples(samples: list[Sample]) -> list[tuple[str, list[Sample]]]:
    ordered = sorted(samples, key=lambda sample: sample.path)
    return [(path, list(group)) for path, group in groupby(ordered, key=lambda sample: sample.path)]
