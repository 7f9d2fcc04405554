"""PDFs for tests."""

from io import BytesIO

import pikepdf


def save_pdf(pdf, **options):
    out = BytesIO()
    pdf.save(out, **options)
    return out.getvalue()


def make_pdf(pages=1, **options):
    pdf = pikepdf.new()
    for _number in range(pages):
        pdf.add_blank_page()
    return save_pdf(pdf, **options)
