"""Parts of a release that are not its text: contacts, boilerplate, topics and quotations."""

import re
from collections.abc import Iterator
from dataclasses import replace

from releases.text.attributions import find_attribution
from releases.text.reading.lines import CONTACT_LABEL, EMAIL, NAME, PHONE, Role, find_role, is_sentence
from releases.text.reading.result import Block, BlockKind, FoundContact, FoundQuotation, Known
from releases.text.slugs import make_slug

_NAMES = r"(?:carecen|central american resource center|el centro de recursos centroamericanos)"
_PLACE = r"(?:[ ,–-]+\(?(?:carecen|la|(?:of |de )?los [aá]ngeles)\)?)*"
ABOUT = re.compile(
    rf"(?:about|acerca de|sobre) (?:the )?(?:{_NAMES}{_PLACE}|us|nosotros):?|qui[eé]nes somos:?|who we are:?",
    re.IGNORECASE,
)
ABOUT_CARECEN = re.compile(rf"(?:about|acerca de|sobre) (?:the )?{_NAMES}{_PLACE}:", re.IGNORECASE)
OUTLINE = re.compile(
    r"(?:(?:the |el )?(?:central american resource center|centro de recursos centroamericanos)\b.{0,40}"
    r"|carecen\b.{0,20}"
    r"|founded in 1983|fundad[oa] en 1983)(?:,| is| was| es| fue|: )",
    re.IGNORECASE,
)
MISSION = re.compile(
    r"\b(?:non-?profit|sin fines de lucro|founded|fundad[oa]|established in)\b", re.IGNORECASE
)
# The first words of lines with a phone that aren't press contacts.
OFFICE = re.compile(
    r"(?:the |la |el )?(?:office|oficina|consulado|consulate|call|llame|department|departamento|hotline"
    r"|l[ií]nea|line"
    r"|clinic|cl[ií]nica|center|centro|senator|senador|help|ayuda)\b",
    re.IGNORECASE,
)
CONTACT_WORD = re.compile(
    r"\b(?:phone|telephone|tel[eé]fono|tel|cell|cel|celular|m[oó]vil|mobile|office|oficina|e-?mail|correo"
    r"(?: electr[oó]nico)?|m|o|c|t|e|p)\b(?=[.: ]|$)",
    re.IGNORECASE,
)
CONTACT_NAME = re.compile(rf"{NAME.pattern}(?=$|[,;:/|(]| [–—-])")


def fold(text: str) -> str:
    """Return the words of `text` in lowercase, without accents, with single spaces."""
    return make_slug(text, len(text) * 4).replace("-", " ")


def find_contact_blocks(blocks: list[Block]) -> list[list[Block]]:
    """Return the blocks of each contact: a label, and the names, phones and addresses after it."""
    found: list[list[Block]] = []
    current: list[Block] = []
    for block in blocks:
        if find_role(block.text) is Role.CONTACT:
            current = [block]
            found.append(current)
        elif current and _belongs_to_contact(block, current, blocks):
            current.append(block)
        elif is_bare_contact(block) and _is_press_contact(block, blocks):
            current = [*_find_names_above(block, blocks, found), block]
            found.append(current)
        else:
            current = []
    return found


def _is_press_contact(block: Block, blocks: list[Block]) -> bool:
    """Return whether a block without a label is a press contact: a person, above or below the text."""
    if block.kind not in (BlockKind.PARAGRAPH, BlockKind.HEADING) or OFFICE.match(block.text):
        return False
    is_text = [len(other.text) > 60 and is_sentence(other.text) for other in blocks]
    is_between = any(is_text[: block.number]) and any(is_text[block.number + 1 :])
    names = _find_names_above(block, blocks, [])
    has_name = bool(NAME.match(block.text)) or bool(names)
    return has_name and (not is_between or bool(names))


def _find_names_above(block: Block, blocks: list[Block], found: list[list[Block]]) -> list[Block]:
    """Return the name and role in the lines directly above a phone or an email."""
    taken = {each.number for group in found for each in group}
    names: list[Block] = []
    for name in reversed(blocks[max(block.number - 2, 0) : block.number]):
        if name.group != block.group or name.number in taken or not NAME.fullmatch(name.text):
            break
        names.insert(0, name)
    return names


def is_bare_contact(block: Block) -> bool:
    """Return whether a short block without a label has a phone or an email and is no sentence."""
    has_address = PHONE.search(block.text) or EMAIL.search(block.text)
    rest = CONTACT_WORD.sub("", EMAIL.sub("", PHONE.sub("", block.text))).strip(" :.,;|–—-")
    words = re.findall(r"[^\W\d_]{2,}", rest)
    ends_sentence = is_sentence(block.text) and bool(rest)
    return bool(has_address) and len(block.text) < 140 and len(words) <= 9 and not ends_sentence


def _belongs_to_contact(block: Block, current: list[Block], blocks: list[Block]) -> bool:
    text = block.text
    if find_role(text) is Role.LETTERHEAD and block.group == current[-1].group:
        return True
    if find_role(text) is not None or len(text) > 140 or block.kind is BlockKind.HEADING:
        return False
    if is_bare_contact(block):
        return True
    following = blocks[block.number + 1] if block.number + 1 < len(blocks) else None
    is_name = bool(CONTACT_NAME.match(text)) and not is_sentence(text) and len(text) < 90
    has_address_next = following is not None and is_bare_contact(following) and following.group == block.group
    is_right_after_label = (
        len(current) == 1 and CONTACT_LABEL.fullmatch(current[0].text) and block.group == current[0].group
    )
    has_address = any(is_bare_contact(each) for each in current)
    is_last = following is None or following.group != block.group
    is_role = block.group == current[-1].group and not has_address and not is_last
    return is_name and bool(has_address_next or is_right_after_label or is_role)


def read_contacts(blocks: list[Block], known: Known) -> list[FoundContact]:
    """Return the contacts in the blocks of one list of contacts: one for each name or phone."""
    contacts: list[FoundContact] = []
    for block, text in _split_contacts(blocks):
        phone = match[0] if (match := PHONE.search(text)) else ""
        email = match[0] if (match := EMAIL.search(text)) else ""
        name = match[0] if (match := NAME.match(text.strip())) else ""
        last = contacts[-1] if contacts else None
        continues = last and not name and not (phone and last.phone) and not (email and last.email)
        is_role = last and last.name and not (last.phone or last.email or phone or email)
        if last and (continues or is_role):
            contacts[-1] = FoundContact(
                f"{last.text} · {text.strip()}", (*last.blocks, block.number), last.name, phone or last.phone,
                email or last.email,
            )  # fmt: skip
        else:
            contacts.append(FoundContact(text.strip(), (block.number,), name, phone, email))
    return [match_contact(contact, known) for contact in contacts]


def _split_contacts(blocks: list[Block]) -> Iterator[tuple[Block, str]]:
    """Yield the texts of `blocks` without labels. Two people in one line are two texts."""
    for block in blocks:
        text = CONTACT_LABEL.sub("", block.text, count=1).strip()
        parts = re.split(r" ?; ?| / | and | y | or | o ", text)
        are_people = len(parts) > 1 and all(
            NAME.match(part) and (PHONE.search(part) or EMAIL.search(part)) for part in parts
        )
        yield from ((block, part) for part in (parts if are_people else [text]) if part)


def match_contact(contact: FoundContact, known: Known) -> FoundContact:
    """Return `contact` with the id of the newsroom's contact that has its phone or email."""
    digits = re.sub(r"\D", "", contact.phone)[-10:]
    for pk, phone, email in known.contacts:
        same_phone = len(digits) == 10 and re.sub(r"\D", "", phone)[-10:] == digits
        if same_phone or (contact.email and contact.email.lower() == email.lower()):
            return replace(contact, known=pk)
    return contact


def find_boilerplate(blocks: list[Block], known: Known) -> list[Block]:
    """Return the blocks that describe the organization.

    They are a heading “About CARECEN” with what follows, or paragraphs that the newsroom knows.
    """
    found: list[Block] = []
    texts = [set(fold(text).split()) for text in known.boilerplates]
    follows_heading = False
    first, last = _find_text(blocks)
    for block in blocks:
        role = find_role(block.text)
        is_heading = bool(ABOUT.fullmatch(block.text)) and len(block.text) < 90
        words = set(fold(block.text).split())
        is_known = len(words) >= 12 and any(len(words & text) >= 0.7 * len(words) for text in texts)
        is_typical = bool(OUTLINE.match(block.text) and MISSION.search(block.text)) and len(block.text) > 100
        if is_heading:
            found.append(block)
            follows_heading = True
            continue
        is_below = role is None and block.kind is BlockKind.PARAGRAPH and len(block.text) > 60
        if (
            is_known
            or ABOUT_CARECEN.match(block.text)
            or (is_typical and first < block.number and last <= block.number)
            or (follows_heading and is_below)
        ):
            found.append(block)
        follows_heading = False
    return found


def _find_text(blocks: list[Block]) -> tuple[int, int]:
    """Return the number of the first sentence of a text, and of its last long paragraph."""
    sentences = (block.number for block in blocks if len(block.text) > 60 and is_sentence(block.text))
    long = (
        block.number for block in reversed(blocks) if len(block.text) > 140 and find_role(block.text) is None
    )
    return next(sentences, len(blocks)), next(long, -1)


def suggest_topics(text: str, known: Known) -> list[int]:
    """Return the ids of the topics whose names are in `text`, in the order of their first mention."""
    folded = f" {fold(text)} "
    positions = {}
    for pk, names in known.topics:
        found = [at for name in names if (key := fold(name)) and (at := folded.find(f" {key} ")) >= 0]
        if found:
            positions[pk] = min(found)
    return sorted(positions, key=positions.__getitem__)


def find_quotation(block: Block) -> FoundQuotation | None:
    """Return the quotation of a paragraph that has nothing else than a quotation and who said it."""
    found = find_attribution(block.text) if block.kind is not BlockKind.QUOTATION else None
    if found is None or found.before or found.after:
        return None
    return FoundQuotation(block.number, found.text, found.speaker.name, found.speaker.role)
