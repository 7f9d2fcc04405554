"""Extract the text of a PDF or a Word file, in the process of `__main__`."""

from io import BytesIO
from zipfile import ZipFile

import mammoth
from pypdf import PdfReader

from releases.media.documents import MAX_PAGES

MAX_XML = 30 * 2**20  # bytes of the unpacked parts with text


def extract(kind: str, data: bytes) -> str:
    """Return the text of a "pdf", or the markup of a "docx".

    Raises exceptions of all kinds if the file is damaged.
    """
    return extract_pdf(data) if kind == "pdf" else extract_docx(data)


def extract_pdf(data: bytes) -> str:
    """Return the lines of the text, with empty lines and spaces where the pages have them."""
    reader = PdfReader(BytesIO(data))
    if reader.is_encrypted:
        reader.decrypt("")  # a PDF that only restricts printing or copying
    pages = [page.extract_text(extraction_mode="layout") for page in reader.pages[:MAX_PAGES]]
    return "\n\n".join(pages)


def extract_docx(data: bytes) -> str:
    """Return the markup of the paragraphs, lists and tables, without pictures."""
    with ZipFile(BytesIO(data)) as archive:
        if sum(part.file_size for part in archive.infolist() if part.filename.endswith(".xml")) > MAX_XML:
            raise ValueError("The file unpacks to more than any release has.")
    result = mammoth.convert_to_html(
        BytesIO(data), convert_image=mammoth.images.img_element(lambda _image: {"src": ""})
    )
    return str(result.value)
