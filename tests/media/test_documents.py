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
    cleaned, pages, _removed = clean_pdf(original)
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
        (b"%PDF-1.7" + bytes(20 * 2**20), "20 MB"),
        (make_pdf(0), "between 1 and"),
    ],
    ids=["nothing", "word", "broken", "cut", "locked", "large", "empty"],
)
def test_invalid_pdf_is_rejected_with_an_explanation(data, expected):
    with pytest.raises(InvalidDocument, match=expected):
        clean_pdf(data)


def make_form_pdf(*, has_appearance=True):
    pdf = pikepdf.open(BytesIO(make_pdf()))
    field = Dictionary(
        Type=Name.Annot,
        Subtype=Name.Widget,
        FT=Name.Tx,
        T=String("name"),
        V=String("Ana"),
        DA=String("/Helv 12 Tf 0 g"),
        Rect=[50, 50, 250, 80],
        F=4,
    )
    if has_appearance:
        appearance = pdf.make_stream(b"/Tx BMC q BT /Helv 12 Tf 2 8 Td (Ana) Tj ET Q EMC")
        appearance.stream_dict = Dictionary(Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 200, 30])
        field[Name.AP] = Dictionary(N=pdf.make_indirect(appearance))
    field = pdf.make_indirect(field)
    font = pdf.make_indirect(Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica))
    pdf.Root[Name.AcroForm] = Dictionary(
        Fields=Array([field]),
        DA=String("/Helv 12 Tf 0 g"),
        DR=Dictionary(Font=Dictionary(Helv=font)),
    )
    pdf.pages[0].Annots = Array([field])
    return pdf


@pytest.mark.parametrize("has_appearance", [True, False])
def test_form_fields_are_flattened_into_the_page(has_appearance):
    document = clean_pdf(save_pdf(make_form_pdf(has_appearance=has_appearance)))
    unpacked = unpack_pdf(document.content)
    with pikepdf.open(BytesIO(document.content)) as cleaned:
        (appearance,) = cleaned.pages[0].Resources.XObject.values()
        assert b"(Ana) Tj" in appearance.read_bytes()
    assert b"/AcroForm" not in unpacked
    assert b"/Widget" not in unpacked
    assert [str(part) for part in document.removed] == ["form fields, which are now part of the page"]


@pytest.mark.filterwarnings("ignore:.*not reachable from /AcroForm")
@pytest.mark.parametrize("has_form", [False, True])
@pytest.mark.parametrize("has_appearance", [True, False])
def test_form_fields_that_the_document_does_not_list_are_flattened(has_appearance, has_form):
    pdf = make_form_pdf(has_appearance=has_appearance)
    del pdf.Root.AcroForm
    if has_form:
        pdf.Root.AcroForm = Dictionary(Fields=Array())
    with pikepdf.open(BytesIO(clean_pdf(save_pdf(pdf)).content)) as cleaned:
        (appearance,) = cleaned.pages[0].Resources.XObject.values()
        assert b"(Ana) Tj" in appearance.read_bytes()
        assert has_appearance or Name.Helv in appearance.Resources.Font


def test_password_of_a_form_is_not_published():
    pdf = make_form_pdf(has_appearance=False)
    pdf.pages[0].Annots[0].Ff = 1 << 13
    assert b"Ana" not in unpack_pdf(clean_pdf(save_pdf(pdf)).content)


@pytest.mark.parametrize(("language", "kept"), [("es_MX", "es-MX"), ("en-US ", "en-US"), ("<x>", None)])
def test_language_of_a_pdf_is_kept_in_its_standard_form(language, kept):
    pdf = pikepdf.open(BytesIO(make_pdf()))
    pdf.Root.Lang = String(language)
    with pikepdf.open(BytesIO(clean_pdf(save_pdf(pdf)).content)) as cleaned:
        assert cleaned.Root.get(Name.Lang) == (String(kept) if kept else None)


def test_pdf_with_only_an_owner_password_is_rebuilt_without_it():
    pdf = pikepdf.open(BytesIO(make_pdf()))
    locked = BytesIO()
    permissions = pikepdf.Permissions(extract=False)
    pdf.save(locked, encryption=pikepdf.Encryption(owner="secret", user="", allow=permissions))
    document = clean_pdf(locked.getvalue())
    with pikepdf.open(BytesIO(document.content)) as cleaned:
        assert (cleaned.is_encrypted, len(cleaned.pages)) == (False, 1)


@pytest.mark.parametrize(
    ("title", "kept"),
    [
        ("Fact sheet on TPS", "Fact sheet on TPS"),
        ("Microsoft Word - Draft Ana.docx", None),
        ("facts_v3_AR_final", None),
        ("facts v3.pdf", None),
    ],
)
def test_title_and_language_stay_unless_the_title_is_a_file_name(title, kept):
    pdf = pikepdf.open(BytesIO(make_pdf()))
    pdf.docinfo[Name.Title] = title
    pdf.Root[Name.Lang] = String("es-US")
    with pikepdf.open(BytesIO(clean_pdf(save_pdf(pdf)).content)) as cleaned:
        assert cleaned.docinfo.get(Name.Title) == kept
        assert str(cleaned.Root.Lang) == "es-US"


def add_direct_destination(pdf, link):
    link[Name.Dest] = Array([pdf.pages[1].obj, Name.XYZ, 0, 700, 0])


def add_goto_action(pdf, link):
    link[Name.A] = Dictionary(S=Name.GoTo, D=Array([pdf.pages[1].obj, Name.Fit]))


def add_named_destination(pdf, link):
    link[Name.Dest] = String("section")
    tree = pikepdf.NameTree.new(pdf)
    tree["section"] = Array([pdf.pages[1].obj, Name.Fit])
    pdf.Root[Name.Names] = Dictionary(Dests=tree.obj)


@pytest.mark.parametrize("change", [add_direct_destination, add_goto_action, add_named_destination])
def test_internal_links_stay(change):
    pdf = pikepdf.open(BytesIO(make_pdf()))
    pdf.add_blank_page()
    link = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=[0, 0, 9, 9])
    change(pdf, link)
    pdf.pages[0].Annots = Array([pdf.make_indirect(link)])
    with pikepdf.open(BytesIO(clean_pdf(save_pdf(pdf)).content)) as cleaned:
        destination = cleaned.pages[0].Annots[0].Dest
        assert destination[0].objgen == cleaned.pages[1].obj.objgen


def test_removed_parts_are_reported():
    removed = {str(part) for part in clean_pdf(make_pdf_with_metadata()).removed}
    assert removed == {"comments", "scripts", "attached files"}
