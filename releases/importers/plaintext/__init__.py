"""Parse the client's press page, a series of headlines, datelines and paragraphs.

`decode` turns the bytes of a file into text, and `parse_items` the text into items. Nothing is guessed: an
item that cannot be read with certainty needs review, and has the line and the reason.
"""

from releases.importers.plaintext.decoding import MAX_BYTES, UnreadableFile, decode
from releases.importers.plaintext.items import parse_items
from releases.importers.plaintext.paragraphs import MAX_HEADLINE_LENGTH

__all__ = ["MAX_BYTES", "MAX_HEADLINE_LENGTH", "UnreadableFile", "decode", "parse_items"]
