"""Split the text of a release into paragraphs, sentences and quotations for the rules of the press check."""

import re
from dataclasses import dataclass
from functools import cached_property

from releases.text import richtext
from releases.text.facts import Fact, find_facts
from releases.text.sentences import iter_sentence_ends

FOLDED = str.maketrans(
    "áàâäãåéèêëíìîïóòôöõúùûüñçÁÀÂÄÃÅÉÈÊËÍÌÎÏÓÒÔÖÕÚÙÛÜÑÇ’‘", "aaaaaaeeeeiiiiooooouuuunc" * 2 + "''"
)
# Addresses and names of accounts, in which letter case and spelling follow other rules.
ADDRESS = re.compile(
    r"https?://\S{1,2000}|[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+|[@#]\w{1,64}"
    r"|\b(?:[\w-]{1,63}\.){1,8}(?:org|com|gov|net|edu|us|info)\b(?:/\S{0,2000})?"
)
QUOTED = re.compile(r"“[^“”]{1,3000}”?|«[^«»]{1,3000}»?|\"[^\"“”]{1,3000}\"")
CAPITALIZED = re.compile(r"(?<![\w’'-])[A-ZÁÉÍÓÚÜÑ][\w’'-]{3,}")


def fold(text: str) -> str:
    """Return `text` in lowercase, without accents and with straight apostrophes, in the same length."""
    folded = text.translate(FOLDED).lower()
    if len(folded) == len(text):
        return folded
    return "".join(
        lower if len(lower := character.lower()) == 1 else character for character in text.translate(FOLDED)
    )


@dataclass(frozen=True)
class Passage:
    """A paragraph or line of the field `field`. Headings and block quotations are marked."""

    field: str
    text: str
    is_heading: bool = False
    is_quotation: bool = False

    @cached_property
    def masked(self) -> str:
        """Return the text in the same length, with “_” instead of addresses and account names."""
        return ADDRESS.sub(lambda match: "_" * len(match[0]), self.text)

    @cached_property
    def folded(self) -> str:
        return fold(self.masked)

    @cached_property
    def quotations(self) -> list[tuple[int, int]]:
        """Return the positions of texts in quotation marks."""
        return [match.span() for match in QUOTED.finditer(self.text)]

    @cached_property
    def sentence_starts(self) -> frozenset[int]:
        """Return the positions at which a sentence begins, after opening quotation marks."""
        ends = [0, *(end for _start, end in iter_sentence_ends(self.text))]
        ends += [start + 1 for start, _end in self.quotations]
        ends += [match.end() for match in re.finditer(r"[:—–] ", self.text)]
        return frozenset(position + len(_leading_marks(self.text, position)) for position in ends)

    @cached_property
    def sentences(self) -> list[str]:
        starts = [0, *(end for _start, end in iter_sentence_ends(self.text))]
        ends = [*starts[1:], len(self.text)]
        return [self.text[start:end].strip() for start, end in zip(starts, ends, strict=True)]

    @cached_property
    def own_sentences(self) -> list[tuple[int, str]]:
        """Return start and text of each sentence, with spaces instead of quotations: they repeat others."""
        if self.is_quotation:
            return []
        unquoted = QUOTED.sub(lambda match: " " * len(match[0]), self.text)
        starts = [0, *(end for _start, end in iter_sentence_ends(unquoted))]
        ends = [*starts[1:], len(unquoted)]
        return [(start, unquoted[start:end].rstrip()) for start, end in zip(starts, ends, strict=True)]

    @cached_property
    def is_in_capitals(self) -> bool:
        """Return whether it is written in capitals, like some headlines."""
        letters = [character for character in self.text if character.isalpha()]
        return len(letters) > 8 and sum(map(str.isupper, letters)) > 0.8 * len(letters)

    @cached_property
    def facts(self) -> list[Fact]:
        return find_facts(self.text)

    @cached_property
    def changeable_facts(self) -> list[Fact]:
        """Return numbers, dates and times, and the capitalized words of names inside sentences."""
        facts = [fact for fact in self.facts if fact.kind != "name"]
        covered = {at for fact in facts for at in range(fact.start, fact.start + len(fact.text))}
        for match in CAPITALIZED.finditer(self.masked):
            if match.start() in self.sentence_starts or match.start() in covered:
                continue
            word = re.sub(r"['’]s$", "", match[0])
            facts.append(Fact("word", word, word, match.start()))
        return facts

    def is_quoted(self, position: int) -> bool:
        return self.is_quotation or any(start <= position < end for start, end in self.quotations)


def _leading_marks(text: str, position: int) -> str:
    match = re.compile(r"[\s¿¡“\"«(‘'\[]{0,5}").match(text, position)
    return match[0] if match else ""


def split_body(markup: str) -> list[Passage]:
    """Return the lines of sanitized `markup`, without placeholders for photos."""
    if not markup:
        return []
    lines = richtext.to_plain_text(
        richtext.strip_photo_placeholders(markup),
        {"h2": "\u0001", "h3": "\u0001", "blockquote": "\u0002"},
    )
    return [
        Passage("body", line.lstrip("\u0001\u0002"), line.startswith("\u0001"), line.startswith("\u0002"))
        for line in lines.split("\n")
        if line
    ]
