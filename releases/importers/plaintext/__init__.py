"""The client's press page as text: a headline, then “(Month D, YYYY, City) –” and the opening paragraph, again and again.

`decode` turns the bytes of a file into text, `parse` the text into items. Nothing is guessed: what cannot be read with certainty is an
item that needs review, with the line and the reason.
"""

from releases.importers.plaintext.decoding import MAX_BYTES, Unreadable, decode
from releases.importers.plaintext.items import parse
from releases.importers.plaintext.paragraphs import LONGEST_HEADLINE

__all__ = ["LONGEST_HEADLINE", "MAX_BYTES", "Unreadable", "decode", "parse"]
