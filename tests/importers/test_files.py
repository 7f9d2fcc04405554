"""Reading the text of uploaded files."""

import io
import zipfile

import pikepdf
import pytest

from releases.importers.files import read_file
from releases.importers.plaintext import UnreadableFile
from releases.text.reading import read_releases
from tests.pdfs import save_pdf

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
DOCUMENT_TYPE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"


def make_docx(*paragraphs: str) -> bytes:
    """Return a Word file whose paragraphs have these runs, in WordprocessingML."""
    body = "".join(f"<w:p>{paragraph}</w:p>" for paragraph in paragraphs)
    parts = {
        "_rels/.rels": (
            f'<Relationships xmlns="{RELATIONSHIPS}"><Relationship Id="r1" Type="{DOCUMENT_TYPE}" '
            'Target="word/document.xml"/></Relationships>'
        ),
        "word/document.xml": f'<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>',
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return file.getvalue()


def make_run(text: str, style: str = "") -> str:
    return f"<w:r><w:rPr>{style}</w:rPr><w:t>{text}</w:t></w:r>"


def make_text_pdf(*lines: str, **options) -> bytes:
    """Return a PDF that has these lines of text, 12 points high, 24 points apart."""
    with pikepdf.new() as pdf:
        font = pikepdf.Dictionary(
            Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
        )
        page = pdf.add_blank_page(page_size=(612, 792))
        page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
        text = " ".join(f"1 0 0 1 72 {720 - 24 * number} Tm ({line}) Tj" for number, line in enumerate(lines))
        page.Contents = pdf.make_stream(f"BT /F1 12 Tf {text} ET".encode("latin-1"))
        return save_pdf(pdf, **options)


def test_word_file_is_read_with_its_bold_text_and_without_deleted_text():
    data = make_docx(
        make_run("Judge Blocks the Question", "<w:b/>"),
        make_run("(January 15, 2019, Los Angeles) – A judge has blocked the question."),
        f"<w:del>{make_run('Deleted.')}</w:del>{make_run('The ')}{make_run('government', '<w:b/>')}"
        f"{make_run(' can appeal.')}",
    )
    (reading,) = read_releases(*read_file("release.docx", data))
    assert (reading.headline, str(reading.date)) == ("Judge Blocks the Question", "2019-01-15")
    assert [reading.blocks[number].markup for number in reading.body] == [
        "The <strong>government</strong> can appeal."
    ]


@pytest.mark.parametrize("options", [{}, {"encryption": pikepdf.Encryption(owner="secret", user="")}])
def test_pdf_is_read(options):
    data = make_text_pdf(
        "Judge Blocks the Question",
        "",
        r"\(January 15, 2019, Los Angeles\) - A judge has blocked it.",
        **options,
    )
    (reading,) = read_releases(*read_file("release.pdf", data))
    assert (reading.headline, str(reading.date)) == ("Judge Blocks the Question", "2019-01-15")
    assert reading.summary == "A judge has blocked it."


@pytest.mark.parametrize(
    ("head", "encoding"),
    [
        ("", "utf-8"),
        ("", "cp1252"),
        ('<meta charset="utf-8">', "utf-8"),
        ('<meta charset="iso-8859-1">', "latin-1"),
    ],
)
def test_web_page_is_read_in_its_encoding(head, encoding):
    data = f"<!DOCTYPE html><html><head>{head}</head><body><p>La migración</p></body></html>".encode(encoding)
    text, markup = read_file("page.html", data)
    assert text == ""
    assert "<p>La migración</p>" in markup


def test_plain_text_is_read():
    assert read_file("release.txt", "Año".encode("utf-16")) == ("Año", "")


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("a.doc", b"\xd0\xcf\x11\xe0", "Save it as .docx"),
        ("a.rtf", b"{\\rtf1", "Save it as .docx"),
        ("a.pdf", b"%PDF-1.7 damaged", "paste it in the box"),
        ("a.docx", b"not a Word file", "paste it in the box"),
        ("a.docx", b"PK\x03\x04 damaged", "paste it in the box"),
        ("a.pdf", make_text_pdf(), "has no text"),
        ("a.docx", make_docx(), "has no text"),
        (
            "a.pdf",
            make_text_pdf("A", encryption=pikepdf.Encryption(owner="a", user="b")),
            "without a password",
        ),
        ("a.png", b"\x89PNG\r\n\x1a\n\x00\x01", "This is a picture"),
        ("a.heic", b"\x00\x00\x00\x18ftypheic", "This is a picture"),
        ("a.json", b'{"a": 1}', "This is a JSON file."),
        ("a.txt", b"%PDF-" + b"0" * (20 * 2**20), "larger than 20 MB"),
    ],
)
def test_file_that_cannot_be_read_gets_a_sentence(name, data, sentence):
    with pytest.raises(UnreadableFile, match=sentence):
        read_file(name, data)


def test_word_file_that_unpacks_to_much_more_is_refused():
    bomb = make_docx(make_run("a" * 110_000_000))
    assert len(bomb) < 1_000_000
    with pytest.raises(UnreadableFile, match="paste it in the box"):
        read_file("bomb.docx", bomb)
