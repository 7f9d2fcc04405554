"""Take the lines away that aren't text: marks, contacts, boilerplate, and the header of an email."""

import re

from django.utils.translation import gettext as _

from releases.text.datelines import Dateline
from releases.text.reading.lines import (
    EMAIL,
    FILE_NAME,
    FORWARDED,
    MAIL_HEADER,
    MAIL_SUBJECT,
    PHONE,
    Role,
    find_kind,
    find_role,
    is_sentence,
    read_date_line,
)
from releases.text.reading.listings import is_opening
from releases.text.reading.parts import find_boilerplate, find_contact_blocks, read_contacts
from releases.text.reading.result import Block, BlockKind
from releases.text.reading.state import State
from releases.text.reading.times import find_dates, read_period

ADDRESS = re.compile(f"{PHONE.pattern}|{EMAIL.pattern}")
MIN_TEXT = 60  # characters of a sentence that is certainly part of the text
LINES = (BlockKind.PARAGRAPH, BlockKind.HEADING)


def take_mail_header(state: State) -> None:
    """Leave out the header of an email: at least two of its lines at the top. Remember its subject."""
    header: list[Block] = []
    for block in state.rest:
        if MAIL_HEADER.match(block.text):
            header.append(block)
        elif header or not FORWARDED.fullmatch(block.text):
            break
    if len(header) > 1:
        for block in header:
            state.subject = block if MAIL_SUBJECT.match(block.text) else state.subject
            dates = [parsed.day for _start, parsed in find_dates(block.text) if parsed.day]
            state.mail_date = state.mail_date or next(iter(dates), None)
            state.leave_out(block, _("header of an email"))


def take_marks(state: State) -> None:
    """Leave out the lines that aren't text, and read the kind and an embargo from them."""
    blocks = state.reading.blocks
    end_matter = {block.number for group in find_contact_blocks(blocks) for block in group}
    end_matter |= {block.number for block in find_boilerplate(blocks, state.known)}
    is_after_end = has_text = False
    for block in state.rest:
        has_text = has_text or (len(block.text) > MIN_TEXT and is_sentence(block.text))
        role = find_role(block.text) if block.kind in LINES else None
        if role in (Role.RELEASE_LINE, Role.KIND):
            _read_release_line(state, block, role)
        elif role is Role.END:
            state.leave_out(block, _("marks the end"))
            is_after_end = True
        elif role is Role.DIVIDER:
            state.leave_out(block, _("a line between parts"))
        elif role is Role.FURNITURE:
            state.leave_out(block, _("belongs to a web page, not to the text"))
        elif role is Role.LETTERHEAD and (is_after_end or not has_text):
            state.leave_out(block, _("name or address of the organization"))
        elif role is Role.EMBARGO:
            _read_embargo(state, block)
        elif role is Role.ATTACHMENT:
            match = FILE_NAME.fullmatch(block.text)
            state.reading.attachments.append(match[1].strip() if match else block.text)
            state.leave_out(block, _("name of a file: attach it to the release"))
        elif is_after_end and role is None and block.number not in end_matter:
            state.reading.ask(
                "body",
                _("“%(text)s” comes after the end of the release. Delete it if it doesn't belong to it.")
                % {"text": block.text[:80]},
                block.number,
            )


def _read_release_line(state: State, block: Block, role: Role) -> None:
    text = block.text
    if (kind := find_kind(text)) and "kind" not in state.reading.sources:
        state.reading.put("kind", kind, block.number)
    if role is Role.RELEASE_LINE and (found := read_date_line(text)):
        state.add_date(found, block)
        state.take([block])
        return
    if (
        role is Role.KIND
        and "kind" in state.reading.sources
        and block.number in state.reading.sources["kind"]
    ):
        following = state.reading.blocks[block.number + 1 : block.number + 2]
        if following and is_opening(following[0]):
            state.kind_line = block
        state.take([block])
        return
    state.leave_out(block, _("says that it is a release"))


def _read_embargo(state: State, block: Block) -> None:
    period = read_period(block.text)
    state.reading.put("embargo", block.text, block.number)
    state.reading.embargo_at = period.starts_at
    state.take([block])
    if not period.starts_at:
        state.reading.ask(
            "embargo",
            _("The time of the embargo isn't clear. Check it when you schedule the release."),
            block.number,
        )


def take_contacts(state: State) -> None:
    rest = {block.number for block in state.rest}
    for group in find_contact_blocks(state.reading.blocks):
        blocks = [block for block in group if block.number in rest]
        if not blocks:
            continue
        for block in blocks:
            if found := find_date_beside(block):
                state.add_date(found, block)
        state.reading.contacts += read_contacts(blocks, state.known)
        for block in blocks:
            state.leave_out(block, _("press contact"))


def find_date_beside(block: Block) -> Dateline | None:
    """Return the date at the end of the line of a contact, from a text whose columns were lost."""
    for start, parsed in find_dates(block.text):
        before = block.text[:start].rstrip(" ,.;|–—-")
        ends_with_address = any(found.end() == len(before) for found in re.finditer(ADDRESS, before))
        if parsed.day and parsed.end >= len(block.text.rstrip(" .")) and ends_with_address:
            return Dateline(parsed.day, "", "", parsed.language)
    return None


def take_boilerplate(state: State) -> None:
    rest = {block.number for block in state.rest}
    for block in find_boilerplate(state.reading.blocks, state.known):
        if block.number in rest:
            state.leave_out(block, _("describes CARECEN: the newsroom adds it to every release"))
