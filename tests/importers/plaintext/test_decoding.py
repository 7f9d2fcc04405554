"""The encoding of a file is recognized, and files that are not text are rejected."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from releases.importers.plaintext import UnreadableFile, decoding
from tests.importers.plaintext import EXPECTED, SAMPLE, A, decode_bytes, items_as_dicts, parse_text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_sample_page_is_parsed_in_every_encoding(encoding, ending):
    content = SAMPLE.decode().replace("\n", ending).encode(encoding)
    assert items_as_dicts(parse_text(decode_bytes(content))) == EXPECTED


def test_invalid_utf8_is_rejected_with_its_line_number():
    with pytest.raises(UnreadableFile, match="line 2"):
        decode_bytes("Raúl\nRaúl ".encode() + b"\xe9\n")


def test_utf8_bom_does_not_shift_line_numbers():
    with pytest.raises(UnreadableFile, match="line 3"):
        decode_bytes("\ufeffRaúl\n\n".encode() + b"\xe9\n")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r", "\n\f\n"])
@pytest.mark.parametrize("marker", [" Continue reading", ""])
def test_encodings_and_line_endings_give_the_same_result(encoding, ending, marker):
    text = SAMPLE.decode().replace(" Continue reading", marker)
    content = (text + f"Carecen\n{A}{text[:200]}").replace("\n", ending).encode(encoding)
    lines = text + f"Carecen\n{A}{text[:200]}"
    assert items_as_dicts(parse_text(decode_bytes(content))) == items_as_dicts(parse_text(lines))
    assert len(parse_text(lines)) > 10


def test_oversized_file_is_rejected_with_instructions(monkeypatch):
    monkeypatch.setattr(decoding, "MAX_BYTES", 10)
    assert decode_bytes(b"0123456789") == "0123456789"
    with pytest.raises(UnreadableFile, match=r"larger than 50 MB. Split it"):
        decode_bytes(b"01234567890")


@pytest.mark.parametrize(
    "content",
    [b"%PDF-1.4 x", b"PK\x03\x04x", b"{\\rtf1", b"\xd0\xcf\x11\xe0x", b"a\x00b\x00\x00\xd8", b"\x81\x8d"],
)
def test_non_text_file_is_rejected(content):
    with pytest.raises(UnreadableFile, match="Save it as plain text"):
        decode_bytes(content)


@given(st.binary(max_size=300))
def test_any_bytes_are_parsed_or_rejected_as_unreadable(content):
    with suppress(UnreadableFile):
        parse_text(decode_bytes(content))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (
            '<?xml version="1.0"?>\n<rss><channel><wp:wxr_version>1.2</wp:wxr_version>',
            "This is a WordPress export.",
        ),
        ('<?xml version="1.0"?>\n<feed xmlns="http://www.w3.org/2005/Atom">', "This is an XML file"),
        ("\n<!DOCTYPE html><html><body>News</body></html>", "This is the code of a web page"),
        ('[{"title": "A ruling"}]', "This is a JSON file."),
    ],
)
def test_export_of_another_system_is_refused_with_advice(content, sentence):
    with pytest.raises(UnreadableFile, match=f"{sentence}.*save it as plain text"):
        decoding.decode(content.encode())
