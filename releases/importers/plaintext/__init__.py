"""The client's press page as text: a headline, then “(Month D, YYYY, City) –” and the opening paragraph, again and again.

`decode` turns a file of bytes into lines of text, `parse` the lines into items, one after the other: neither holds more than one
release and the next. Nothing is guessed: what cannot be read with certainty is an item that needs review, with the line and the reason.
"""

from releases.importers.plaintext.decoding import Unreadable, decode
from releases.importers.plaintext.items import parse
from releases.importers.plaintext.paragraphs import LONGEST_HEADLINE

__all__ = ["LONGEST_HEADLINE", "Unreadable", "decode", "parse"]
