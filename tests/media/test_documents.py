"""PDFs are cleaned: pages and links stay, metadata and scripts go."""

import zlib
from io import BytesIO

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, String

from releases.media.documents import InvalidDocument, clean_pdf
from tests import pictures
from tests.pdfs import make_pdf, save_pdf
from tests.pictures import MARKER

pytestmark = pytest.mark.django_db


def make_pdf_with_metadata():
    """Return a PDF with the marker in every place that can hold text, a link, and a picture with a marker."""
    pdf = pikepdf.open(BytesIO(make_pdf()))
    pdf.docinfo[Name.Author] = MARKER
    pdf.docinfo[Name.Title] = f"{MARKER}_v3_AR_final"
    with pdf.open_metadata() as meta:
        meta["dc:creator"] = [MARKER]
    page = pdf.pages[0]
    page[Name.PieceInfo] = Dictionary(App=Dictionary(Private=String(MARKER)))
    link = Dictionary(
        Type=Name.Annot,
        Subtype=Name.Link,
        Rect=[0, 0, 9, 9],
        A=Dictionary(S=Name.URI, URI=String("https://example.org/")),
    )
    link[Name.Contents] = String(MARKER)
    script = Dictionary(
        Type=Name.Annot,
        Subtype=Name.Link,
        Rect=[0, 0, 9, 9],
        A=Dictionary(S=Name.JavaScript, JS=String(MARKER)),
    )
    remark = Dictionary(
        Type=Name.Annot, Subtype=Name.Text, Rect=[0, 0, 9, 9], Contents=String(MARKER), T=String(MARKER)
    )
    page.Annots = Array([pdf.make_indirect(annotation) for annotation in (link, script, remark)])
    pdf.attachments["secret.txt"] = pikepdf.AttachedFileSpec(pdf, MARKER.encode(), filename=f"{MARKER}.txt")
    pdf.Root[Name.OpenAction] = Dictionary(S=Name.JavaScript, JS=String(MARKER))
    pdf.Root[Name.AcroForm] = Dictionary(Fields=Array([Dictionary(T=String(MARKER), V=String(MARKER))]))
    picture = pikepdf.Stream(pdf, pictures.image_with_metadata("JPEG", 1))
    picture.stream_dict = Dictionary(
        Type=Name.XObject,
        Subtype=Name.Image,
        Width=600,
        Height=400,
        ColorSpace=Name.DeviceRGB,
        BitsPerComponent=8,
        Filter=Name.DCTDecode,
    )
    page.Resources = Dictionary(XObject=Dictionary(Im0=pdf.make_indirect(picture)))
    page.Contents = pdf.make_stream(b"q 600 0 0 400 0 0 cm /Im0 Do Q")
    return save_pdf(pdf, compress_streams=False)


def unpack_pdf(data):
    """Return every byte of a PDF, decompressed."""
    with pikepdf.open(BytesIO(data)) as pdf:
        return save_pdf(
            pdf,
            stream_decode_level=pikepdf.StreamDecodeLevel.generalized,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
        )


def test_cleaned_pdf_keeps_pages_and_links_but_no_metadata():
    original = make_pdf_with_metadata()
    assert unpack_pdf(original).count(MARKER.encode()) > 5
    cleaned, pages = clean_pdf(original)
    assert pages == 1
    for marker in (
        MARKER.encode(),
        MARKER.encode("utf-16-be"),
        b"Exif",
        b"xmpmeta",
        b"/JavaScript",
        b"/EmbeddedFile",
        b"/AcroForm",
    ):
        assert marker not in unpack_pdf(cleaned), marker
    assert b"https://example.org/" in unpack_pdf(cleaned)
    with pikepdf.open(BytesIO(cleaned)) as pdf:
        picture = pikepdf.PdfImage(pdf.pages[0].Resources.XObject.Im0).as_pil_image()
        assert picture.size == (600, 400)
        assert (
            sum(
                abs(a - b)
                for a, b in zip(picture.convert("RGB").getpixel((50, 200)), pictures.COLORS[0], strict=True)
            )
            < 12
        )


def make_modified_pdf(change):
    """Return a PDF of one page, modified by `change`."""
    pdf = pikepdf.open(BytesIO(make_pdf()))
    change(pdf, pdf.pages[0])
    return save_pdf(pdf, compress_streams=False)


def add_tagged_comment(pdf, page):
    remark = pdf.make_indirect(
        Dictionary(Type=Name.Annot, Subtype=Name.Text, Rect=[0, 0, 9, 9], Contents=String(MARKER))
    )
    page.Annots = Array([remark])
    pdf.Root.StructTreeRoot = pdf.make_indirect(
        Dictionary(K=Dictionary(S=Name.Annot, K=Dictionary(Type=Name.OBJR, Obj=remark)))
    )


def add_image_with_filter_array(pdf, page):
    picture = pikepdf.Stream(pdf, pictures.image_with_metadata("JPEG", 1))
    picture.stream_dict = Dictionary(
        Type=Name.XObject, Subtype=Name.Image, Width=600, Height=400, Filter=Array([Name.DCTDecode])
    )
    page.Resources = Dictionary(XObject=Dictionary(Im0=pdf.make_indirect(picture)))


def add_image_with_trailing_data(pdf, page):
    picture = pikepdf.Stream(pdf, pictures.small_image() + pictures.image_with_metadata("JPEG", 1))
    picture.stream_dict = Dictionary(
        Type=Name.XObject, Subtype=Name.Image, Width=300, Height=200, Filter=Name.DCTDecode
    )
    page.Resources = Dictionary(XObject=Dictionary(Im0=pdf.make_indirect(picture)))


def add_doubly_compressed_image(pdf, page):
    picture = pikepdf.Stream(pdf, zlib.compress(pictures.image_with_metadata("JPEG", 1)))
    filters = Array([Name.FlateDecode, Name.DCTDecode])
    picture.stream_dict = Dictionary(
        Type=Name.XObject, Subtype=Name.Image, Width=600, Height=400, Filter=filters
    )
    page.Resources = Dictionary(XObject=Dictionary(Im0=pdf.make_indirect(picture)))


def add_properties_with_metadata(pdf, page):
    page.Resources = Dictionary(
        Properties=Dictionary(MC0=Dictionary(Metadata=pdf.make_stream(MARKER.encode())))
    )


def add_outline_with_script(pdf, page):
    entry = Dictionary(Title=String(MARKER), A=Dictionary(S=Name.JavaScript, JS=String(MARKER)))
    pdf.Root.Outlines = pdf.make_indirect(Dictionary(First=pdf.make_indirect(entry)))


def add_link_with_chained_script(pdf, page):
    action = Dictionary(
        S=Name.URI, URI=String("https://example.org/"), Next=Dictionary(S=Name.JavaScript, JS=String(MARKER))
    )
    page.Annots = Array(
        [pdf.make_indirect(Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=[0, 0, 9, 9], A=action))]
    )


HIDDEN_METADATA_CASES = [
    add_tagged_comment,
    add_image_with_filter_array,
    add_image_with_trailing_data,
    add_doubly_compressed_image,
    add_properties_with_metadata,
    add_outline_with_script,
    add_link_with_chained_script,
]


@pytest.mark.parametrize("change", HIDDEN_METADATA_CASES)
def test_cleaned_pdf_has_no_hidden_metadata_or_scripts(change):
    original = make_modified_pdf(change)
    assert MARKER.encode() in original or change is add_doubly_compressed_image
    cleaned = unpack_pdf(clean_pdf(original)[0])
    for marker in (MARKER.encode(), b"Exif", b"/JavaScript", b"xmpmeta"):
        assert marker not in cleaned, marker


def add_hidden_layer(pdf, page):
    layer = pdf.make_indirect(Dictionary(Type=Name.OCG, Name=String("Draft")))
    pdf.Root.OCProperties = Dictionary(OCGs=Array([layer]), D=Dictionary(OFF=Array([layer])))


def add_jpeg_2000_image(pdf, page):
    picture = pikepdf.Stream(pdf, b"jp2")
    picture.stream_dict = Dictionary(
        Type=Name.XObject, Subtype=Name.Image, Width=1, Height=1, Filter=Name.JPXDecode
    )
    page.Resources = Dictionary(XObject=Dictionary(Im0=pdf.make_indirect(picture)))


@pytest.mark.parametrize(
    ("change", "expected"), [(add_hidden_layer, "hidden layers"), (add_jpeg_2000_image, "can't be cleaned")]
)
def test_pdf_that_cannot_be_cleaned_is_rejected(change, expected):
    with pytest.raises(InvalidDocument, match=expected):
        clean_pdf(make_modified_pdf(change))


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "isn't a PDF"),
        (b"PK\x03\x04 a word file", "isn't a PDF"),
        (b"%PDF-1.7 broken", "damaged"),
        (make_pdf()[:200], "damaged"),
        (make_pdf(encryption=pikepdf.Encryption(owner="o", user="u")), "locked"),
        (make_pdf(encryption=pikepdf.Encryption(owner="o", user="")), "locked"),
        (b"%PDF-1.7" + bytes(20 * 2**20), "20 MB"),
        (make_pdf(0), "between 1 and"),
    ],
    ids=["nothing", "word", "broken", "cut", "locked", "owner", "large", "empty"],
)
def test_invalid_pdf_is_rejected_with_an_explanation(data, expected):
    with pytest.raises(InvalidDocument, match=expected):
        clean_pdf(data)
