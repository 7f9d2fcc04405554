"""Read the fields of a release from a text that was pasted, uploaded or imported.

`read_releases` returns a `Reading` for each release in a text: its fields, the blocks that they come from,
what isn't certain, and what was left out. `build_body` turns the blocks of its body into markup.
"""

from releases.text.reading.body import build_body, split_paragraphs
from releases.text.reading.reader import read_blocks, read_releases
from releases.text.reading.result import Block, Known, Reading

__all__ = ["Block", "Known", "Reading", "build_body", "read_blocks", "read_releases", "split_paragraphs"]
