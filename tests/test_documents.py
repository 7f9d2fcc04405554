"""PDFs attached to releases: their pages and nothing of their makers, seen with their release."""

import zlib
from io import BytesIO

import pikepdf
import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pikepdf import Array, Dictionary, Name, String

from releases import publishing
from releases.documents import NotADocument, clean_document
from releases.models import Document, Release
from releases.publishing import Refusal
from tests import pictures
from tests.admin import LIST
from tests.builders import make_draft, make_release, make_scheduled, make_withdrawn
from tests.pictures import MARKER


def written(pdf, **how):
    out = BytesIO()
    pdf.save(out, **how)
    return out.getvalue()


def a_pdf(pages=1, **how):
    pdf = pikepdf.new()
    for _number in range(pages):
        pdf.add_blank_page()
    return written(pdf, **how)


def telling():
    """A PDF in which every place that can hold words holds the marker, a link, and a picture that tells too."""
    pdf = pikepdf.open(BytesIO(a_pdf()))
    pdf.docinfo[Name.Author] = MARKER
    pdf.docinfo[Name.Title] = f"{MARKER}_v3_AR_final"
    with pdf.open_metadata() as meta:
        meta["dc:creator"] = [MARKER]
    page = pdf.pages[0]
    page[Name.PieceInfo] = Dictionary(App=Dictionary(Private=String(MARKER)))
    link = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=[0, 0, 9, 9], A=Dictionary(S=Name.URI, URI=String("https://example.org/")))
    link[Name.Contents] = String(MARKER)
    script = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=[0, 0, 9, 9], A=Dictionary(S=Name.JavaScript, JS=String(MARKER)))
    remark = Dictionary(Type=Name.Annot, Subtype=Name.Text, Rect=[0, 0, 9, 9], Contents=String(MARKER), T=String(MARKER))
    page.Annots = Array([pdf.make_indirect(one) for one in (link, script, remark)])
    pdf.attachments["secret.txt"] = pikepdf.AttachedFileSpec(pdf, MARKER.encode(), filename=f"{MARKER}.txt")
    pdf.Root[Name.OpenAction] = Dictionary(S=Name.JavaScript, JS=String(MARKER))
    pdf.Root[Name.AcroForm] = Dictionary(Fields=Array([Dictionary(T=String(MARKER), V=String(MARKER))]))
    picture = pikepdf.Stream(pdf, pictures.telling("JPEG", 1))
    picture.stream_dict = Dictionary(
        Type=Name.XObject, Subtype=Name.Image, Width=600, Height=400, ColorSpace=Name.DeviceRGB, BitsPerComponent=8, Filter=Name.DCTDecode
    )
    page.Resources = Dictionary(XObject=Dictionary(Im0=pdf.make_indirect(picture)))
    page.Contents = pdf.make_stream(b"q 600 0 0 400 0 0 cm /Im0 Do Q")
    return written(pdf, compress_streams=False)


def words_of(data):
    """Every byte of a PDF, unpacked."""
    with pikepdf.open(BytesIO(data)) as pdf:
        return written(pdf, stream_decode_level=pikepdf.StreamDecodeLevel.generalized, object_stream_mode=pikepdf.ObjectStreamMode.disable)


def test_nothing_of_its_makers_stays_in_a_pdf_but_pages_and_links_do():
    given = telling()
    assert words_of(given).count(MARKER.encode()) > 5
    kept, pages = clean_document(given)
    assert pages == 1
    for words in (MARKER.encode(), MARKER.encode("utf-16-be"), b"Exif", b"xmpmeta", b"/JavaScript", b"/EmbeddedFile", b"/AcroForm"):
        assert words not in words_of(kept), words
    assert b"https://example.org/" in words_of(kept)
    with pikepdf.open(BytesIO(kept)) as pdf:
        picture = pikepdf.PdfImage(pdf.pages[0].Resources.XObject.Im0).as_pil_image()
        assert picture.size == (600, 400)
        assert sum(abs(a - b) for a, b in zip(picture.convert("RGB").getpixel((50, 200)), pictures.COLOURS[0], strict=True)) < 12


def with_page(change):
    """A PDF of one page to which `change` does something."""
    pdf = pikepdf.open(BytesIO(a_pdf()))
    change(pdf, pdf.pages[0])
    return written(pdf, compress_streams=False)


def tagged_remark(pdf, page):
    remark = pdf.make_indirect(Dictionary(Type=Name.Annot, Subtype=Name.Text, Rect=[0, 0, 9, 9], Contents=String(MARKER)))
    page.Annots = Array([remark])
    pdf.Root.StructTreeRoot = pdf.make_indirect(Dictionary(K=Dictionary(S=Name.Annot, K=Dictionary(Type=Name.OBJR, Obj=remark))))


def picture_in_an_array(pdf, page):
    picture = pikepdf.Stream(pdf, pictures.telling("JPEG", 1))
    picture.stream_dict = Dictionary(Type=Name.XObject, Subtype=Name.Image, Width=600, Height=400, Filter=Array([Name.DCTDecode]))
    page.Resources = Dictionary(XObject=Dictionary(Im0=pdf.make_indirect(picture)))


def picture_behind_a_picture(pdf, page):
    picture = pikepdf.Stream(pdf, pictures.PICTURE() + pictures.telling("JPEG", 1))
    picture.stream_dict = Dictionary(Type=Name.XObject, Subtype=Name.Image, Width=300, Height=200, Filter=Name.DCTDecode)
    page.Resources = Dictionary(XObject=Dictionary(Im0=pdf.make_indirect(picture)))


def picture_packed_twice(pdf, page):
    picture = pikepdf.Stream(pdf, zlib.compress(pictures.telling("JPEG", 1)))
    filters = Array([Name.FlateDecode, Name.DCTDecode])
    picture.stream_dict = Dictionary(Type=Name.XObject, Subtype=Name.Image, Width=600, Height=400, Filter=filters)
    page.Resources = Dictionary(XObject=Dictionary(Im0=pdf.make_indirect(picture)))


def properties_with_metadata(pdf, page):
    page.Resources = Dictionary(Properties=Dictionary(MC0=Dictionary(Metadata=pdf.make_stream(MARKER.encode()))))


def outline_that_runs(pdf, page):
    entry = Dictionary(Title=String(MARKER), A=Dictionary(S=Name.JavaScript, JS=String(MARKER)))
    pdf.Root.Outlines = pdf.make_indirect(Dictionary(First=pdf.make_indirect(entry)))


def link_that_goes_on(pdf, page):
    action = Dictionary(S=Name.URI, URI=String("https://example.org/"), Next=Dictionary(S=Name.JavaScript, JS=String(MARKER)))
    page.Annots = Array([pdf.make_indirect(Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=[0, 0, 9, 9], A=action))])


HIDING = [
    tagged_remark,
    picture_in_an_array,
    picture_behind_a_picture,
    picture_packed_twice,
    properties_with_metadata,
    outline_that_runs,
    link_that_goes_on,
]


@pytest.mark.parametrize("change", HIDING)
def test_nothing_hides_in_a_corner_of_a_pdf(change):
    given = with_page(change)
    assert MARKER.encode() in given or change is picture_packed_twice
    words = words_of(clean_document(given)[0])
    for hidden in (MARKER.encode(), b"Exif", b"/JavaScript", b"xmpmeta"):
        assert hidden not in words, hidden


def hidden_layer(pdf, page):
    layer = pdf.make_indirect(Dictionary(Type=Name.OCG, Name=String("Draft")))
    pdf.Root.OCProperties = Dictionary(OCGs=Array([layer]), D=Dictionary(OFF=Array([layer])))


def jpeg_2000(pdf, page):
    picture = pikepdf.Stream(pdf, b"jp2")
    picture.stream_dict = Dictionary(Type=Name.XObject, Subtype=Name.Image, Width=1, Height=1, Filter=Name.JPXDecode)
    page.Resources = Dictionary(XObject=Dictionary(Im0=pdf.make_indirect(picture)))


@pytest.mark.parametrize(("change", "expected"), [(hidden_layer, "hidden layers"), (jpeg_2000, "cannot be cleaned")])
def test_what_cannot_be_cleaned_is_refused(change, expected):
    with pytest.raises(NotADocument, match=expected):
        clean_document(with_page(change))


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "no PDF"),
        (b"PK\x03\x04 a word file", "no PDF"),
        (b"%PDF-1.7 broken", "damaged"),
        (a_pdf()[:200], "damaged"),
        (a_pdf(encryption=pikepdf.Encryption(owner="o", user="u")), "locked"),
        (a_pdf(encryption=pikepdf.Encryption(owner="o", user="")), "locked"),
        (b"%PDF-1.7" + bytes(20 * 2**20), "20 MB"),
        (a_pdf(0), "one page at least"),
    ],
    ids=["nothing", "word", "broken", "cut", "locked", "owner", "large", "empty"],
)
def test_what_is_no_document_is_refused_in_a_sentence(data, expected):
    with pytest.raises(NotADocument, match=expected):
        clean_document(data)


# --- With a release


pytestmark = pytest.mark.django_db


@pytest.fixture
def document(publisher):
    return publishing.add_document(SimpleUploadedFile("TPS_v3_AR_final.pdf", a_pdf()), by=publisher)


def attached(document, title="Fact sheet on TPS", language="en"):
    return {"document": document.pk, "title": title, "language": language}


def test_a_document_is_offered_under_a_clean_name_with_size_and_language(client, document):
    release = make_release(slug="a-ruling", attachments=[attached(document, language="es")])
    page = client.get(release.get_absolute_url()).content.decode()
    assert 'href="/2015/03/a-ruling/fact-sheet-on-tps.pdf"' in page
    assert "in Spanish" in page
    assert "AR_final" not in page
    response = client.get("/2015/03/a-ruling/fact-sheet-on-tps.pdf")
    assert (response.status_code, response["Content-Type"]) == (200, "application/pdf")
    assert response["Content-Disposition"] == 'inline; filename="fact-sheet-on-tps.pdf"'
    assert response["Link"] == f'<http://127.0.0.1:8000{release.get_absolute_url()}>; rel="canonical"'
    assert client.get("/2015/03/a-ruling/fact-sheet-on-tps.pdf", headers={"If-None-Match": response["ETag"]}).status_code == 304


@pytest.mark.parametrize("make", [make_draft, make_scheduled, make_withdrawn])
def test_no_document_of_a_hidden_release(client, make, document):
    make(slug="a-ruling", date="2015-03-04", attachments=[attached(document)])
    assert client.get("/2015/03/a-ruling/fact-sheet-on-tps.pdf").status_code == 404


def test_a_newer_file_is_found_at_the_same_address_once_the_change_is_published(client, desk, publisher, document):
    release = make_release(slug="a-ruling", attachments=[attached(document)])
    before = client.get("/2015/03/a-ruling/fact-sheet-on-tps.pdf").content
    form = {"photo-TOTAL_FORMS": 0, "photo-INITIAL_FORMS": 0, "document-TOTAL_FORMS": 1, "document-INITIAL_FORMS": 1}
    form |= {
        "document-0-document": document.pk,
        "document-0-title": "Fact sheet on TPS",
        "document-0-language": "en",
        "document-0-place": 1,
    }
    newer = SimpleUploadedFile("newer.pdf", a_pdf(2))
    desk.post(f"{LIST}{release.pk}/photos/", form | {"document-0-instead": newer, "opened": release.opened_as})
    assert client.get("/2015/03/a-ruling/fact-sheet-on-tps.pdf").content == before
    publishing.publish_change(Release.objects.get(), by=publisher, kind="update", note="A newer fact sheet.")
    assert client.get("/2015/03/a-ruling/fact-sheet-on-tps.pdf").content != before


def test_two_of_one_title_have_two_addresses(client, document, publisher):
    other = publishing.add_document(SimpleUploadedFile("b.pdf", a_pdf(2)), by=publisher)
    release = make_release(slug="a-ruling", attachments=[attached(document), attached(other)])
    assert [slug for slug, _one in release.attached] == ["fact-sheet-on-tps", "fact-sheet-on-tps-2"]
    assert client.get("/2015/03/a-ruling/fact-sheet-on-tps-2.pdf").status_code == 200
    assert client.get("/2015/03/a-ruling/nothing.pdf").status_code == 404


@pytest.mark.parametrize("title", ["", "TPS_v3_AR_final.pdf", "fact_sheet", "draft.docx"])
def test_nothing_is_published_with_a_document_that_says_nothing(publisher, document, title):
    draft = make_draft(attachments=[attached(document, title)])
    with pytest.raises(Refusal, match="Write what each document is"):
        publishing.publish(draft, by=publisher)


def test_documents_chosen_are_kept_and_seen_before_they_are_public(desk, publisher):
    draft = make_draft()
    form = {"photo-TOTAL_FORMS": 0, "photo-INITIAL_FORMS": 0, "document-TOTAL_FORMS": 0, "document-INITIAL_FORMS": 0}
    files = [SimpleUploadedFile("one.pdf", a_pdf()), SimpleUploadedFile("two.pdf", b"no")]
    page = desk.post(f"{LIST}{draft.pk}/photos/", form | {"documents": files}).content.decode()
    assert "two.pdf: This is no PDF." in page
    draft.refresh_from_db()
    document = Document.objects.get()
    assert draft.attachments == [attached(document, "")]
    assert desk.get(f"{LIST}{draft.pk}/documents/{document.name}.pdf").status_code == 200
    assert f"{LIST}{draft.pk}/documents/{document.name}.pdf" in desk.get(f"{LIST}{draft.pk}/preview/").content.decode()
    link, secret = publishing.make_link(draft, by=publisher, label="Ana Paz", kind="reporter", hours=24)
    reader = Client()
    reader.post(f"/preview/{secret}/")
    url = f"/preview/read/{link.reference}/documents/{document.name}.pdf"
    assert url in reader.get(f"/preview/read/{link.reference}/").content.decode()
    assert reader.get(url).status_code == 200
    assert Client().get(url).status_code == 404


def test_a_stale_page_of_photos_still_keeps_what_was_chosen(desk, document):
    draft = make_draft()
    opened = draft.opened_as
    draft.save()
    form = {"photo-TOTAL_FORMS": 0, "photo-INITIAL_FORMS": 0, "document-TOTAL_FORMS": 0, "document-INITIAL_FORMS": 0, "opened": opened}
    desk.post(f"{LIST}{draft.pk}/photos/", form | {"documents": [SimpleUploadedFile("one.pdf", a_pdf())]})
    draft.refresh_from_db()
    assert len(draft.attachments) == 1


def test_a_document_is_deleted_for_good(client, desk, document, django_capture_on_commit_callbacks):
    release = make_release(slug="a-ruling", headline="A ruling", attachments=[attached(document)])
    assert "A ruling" in desk.get("/admin/releases/document/").content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        desk.post(f"/admin/releases/document/{document.pk}/delete/", {"post": "yes"})
    assert not default_storage.exists(document.file)
    assert client.get("/2015/03/a-ruling/fact-sheet-on-tps.pdf").status_code == 404
    assert "fact-sheet" not in client.get(release.get_absolute_url()).content.decode()


def test_a_newer_file_is_kept_whatever_is_wrong_beside_it(desk, document):
    draft = make_draft(attachments=[attached(document)])
    form = {"photo-TOTAL_FORMS": 0, "photo-INITIAL_FORMS": 0, "document-TOTAL_FORMS": 1, "document-INITIAL_FORMS": 1}
    said = {"document": document.pk, "title": "x" * 301, "language": "en", "place": 1}
    form |= {f"document-0-{name}": value for name, value in said.items()}
    newer = SimpleUploadedFile("newer.pdf", a_pdf(2))
    page = desk.post(f"{LIST}{draft.pk}/photos/", form | {"document-0-instead": newer, "opened": draft.opened_as}).content.decode()
    draft.refresh_from_db()
    assert Document.objects.get(pk=draft.attachments[0]["document"]).pages == 2
    assert draft.attachments[0]["title"] == "Fact sheet on TPS"
    assert "at most 300 characters" in page
