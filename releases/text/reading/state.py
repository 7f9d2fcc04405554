"""What the steps of reading a release share: the blocks that no step has taken yet, and the result."""

from collections.abc import Iterable
from datetime import date

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from releases.text.datelines import Dateline, format_date
from releases.text.reading.result import Block, Known, Reading


class State:
    """The state of reading one release. Each step takes blocks."""

    def __init__(self, blocks: list[Block], reading: Reading, known: Known) -> None:
        self.reading, self.known = reading, known
        self.blocks = blocks
        self.taken: set[int] = set()
        self.has_two_dates = False
        self.subject: Block | None = None  # of an email
        self.mail_date: date | None = None
        self.kind_line: Block | None = None  # directly above the dateline

    @property
    def rest(self) -> list[Block]:
        """Return the blocks that no step has taken yet."""
        return [block for block in self.blocks if block.number not in self.taken]

    def take(self, blocks: Iterable[Block]) -> None:
        self.taken |= {block.number for block in blocks}

    def leave_out(self, block: Block, reason: str) -> None:
        self.reading.leave_out(block.number, reason)
        self.take([block])

    def add_date(self, found: Dateline, block: Block) -> None:
        """Take a date that was found, unless another one was found before: then ask."""
        reading = self.reading
        if reading.date and reading.date != found.date:
            reading.ask(
                "date",
                _("There are two dates, %(first)s and %(second)s. Enter the right one.")
                % {
                    "first": format_date(reading.date, get_language() or ""),
                    "second": format_date(found.date, get_language() or ""),
                },
                block.number,
            )
            self.has_two_dates = True
        if found.language not in (None, reading.language):
            reading.ask("language", _("The date is in the other language. Check the language."), block.number)
        reading.put("date", reading.date or found.date, block.number)
        if found.place and not reading.dateline:
            reading.put("dateline", found.place, block.number)
