"""The photos and documents of releases: where they stand in a page, and their files, for whoever may see them and for nobody else."""

import shutil
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import IO, Any
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from lxml.html import HtmlElement

from releases.models import Document, Photo, Release
from releases.prose import photo_number, replace_elements
from releases.views.asked import Asked, found, public_page
from releases.views.sharing import url_of

TYPES = {"jpg": "image/jpeg", "png": "image/png", "webp": "image/webp", "avif": "image/avif"}


@dataclass(frozen=True)
class Figure:
    """A photo as one release shows it. `base` is where its files are for whoever looks: the public, the desk, a link's person."""

    photo: Photo
    number: int
    alt: str
    caption: str
    credit: str
    base: str

    @property
    def sources(self) -> list[tuple[str, str]]:
        """Type and addresses with widths of each modern format, the best first; none while they are not made yet."""
        return [(TYPES[ending], self._set_of(ending)) for ending in ("avif", "webp")] if self.photo.is_ready else []

    @property
    def fallback(self) -> str:
        return self.base + self.photo.middle

    @property
    def full(self) -> str:
        return self.base + self.photo.full

    @property
    def small(self) -> str:
        return self.base + self.photo.small

    def _set_of(self, ending: str) -> str:
        return ", ".join(f"{self.base}{width}.{ending} {width}w" for width in self.photo.widths)


def figures_of(release: Release, photos: list[dict[str, Any]] | None = None, base: str = "/photos/") -> list[Figure]:
    """The photos of `release` (or `photos`, what they shall be) that are still there, in their order."""
    photos = release.photos if photos is None else photos
    there = Photo.objects.in_bulk([one["photo"] for one in photos]) if photos else {}
    shown = [(there[one["photo"]], one) for one in photos if one["photo"] in there]
    return [
        Figure(
            photo,
            number,
            "" if one.get("is_decorative") else one.get("alt", ""),
            one.get("caption", ""),
            one.get("credit", ""),
            f"{base}{photo.name}/",
        )
        for number, (photo, one) in enumerate(shown, 1)
    ]


def with_photos(body: str, figures: list[Figure]) -> tuple[SafeString, list[Figure]]:
    """`body` (sanitised) with its photos where it says, and those it does not place."""
    left = {figure.photo.pk: figure for figure in figures}

    def shown(paragraph: HtmlElement) -> str | None:
        number = photo_number(paragraph)
        if number is None:
            return None
        figure = left.pop(number, None)
        return render_to_string("releases/_photo.html", {"figure": figure}) if figure else ""

    placed = replace_elements(body, "p", shown) if "[" in body else body
    return mark_safe(placed), list(left.values())  # noqa: S308  (sanitised when it was saved)


@public_page
def photo(request: HttpRequest, asked: Asked, name: str, file: str) -> HttpResponse:
    """One file of a photo that a public release shows, or that stands on a shelf for the press; its release may be of any language."""

    def public(names: list[str]) -> dict[str, Photo]:
        return {one.name: one for one in Photo.objects.public(Release.objects.published(asked.at)).filter(name__in=names)}

    return file_of(request, next(iter(asked.edition.each("photo", [name], public)), None), file)


def file_of(request: HttpRequest, photo: Photo | None, file: str) -> HttpResponse:
    """`file` of `photo`, which who asks may see; asked for again each time, so that a withdrawal is in force at once."""
    if photo is None or file not in photo.files:
        raise Http404
    etag = f'"{photo.name}.{file}"'
    answer = get_conditional_response(request, etag=etag, response=HttpResponse(headers={"ETag": etag}))
    if isinstance(answer, HttpResponseNotModified):
        return answer
    try:
        with default_storage.open(f"{photo.folder}/{file}") as stored:
            content = stored.read()
    except OSError as fault:
        raise Http404 from fault
    response = HttpResponse(content, content_type=TYPES[file.rpartition(".")[2]], headers={"ETag": etag, "Cache-Control": "no-cache"})
    if file == photo.full:
        response.headers["Content-Disposition"] = f'attachment; filename="carecen-{photo.pk}.{photo.kind}"'
    return response


@public_page
def photos_zip(request: HttpRequest, asked: Asked, year: int, month: int, slug: str) -> HttpResponse:
    """All photos of a public release at their full size, with a list of what they show and whom to credit."""
    release = found(asked.public.dated(year, month).filter(slug=slug).first())
    figures = found(figures_of(release))
    headers = {
        "Content-Disposition": f'attachment; filename="{release.slug}.zip"',
        "ETag": f'"{release.version}.{".".join(str(figure.photo.pk) for figure in figures)}"',
        "Content-Type": "application/zip",
    }
    answer = get_conditional_response(request, etag=headers["ETag"], response=HttpResponse(headers=headers))
    if isinstance(answer, HttpResponseNotModified) or request.method == "HEAD":
        return answer or HttpResponse(headers=headers)
    return FileResponse(_zip_of(release, figures), headers=headers)  # type: ignore[return-value]


def _zip_of(release: Release, figures: list[Figure]) -> IO[bytes]:
    """The zip as a file that goes away, so that it is not held in memory; a picture that is gone from the disk is left out."""
    content = TemporaryFile()  # noqa: SIM115  (the response closes it)
    lines = [release.headline, ""]
    with ZipFile(content, "w", ZIP_STORED) as archive:
        for figure in figures:
            name = f"{release.slug}-{figure.number}.{figure.photo.kind}"
            try:
                with default_storage.open(f"{figure.photo.folder}/{figure.photo.full}") as file, archive.open(ZipInfo(name), "w") as entry:
                    shutil.copyfileobj(file, entry)  # ZipInfo: of no moment, and by nobody
            except OSError:
                continue
            credit = _("Photo: %(credit)s") % {"credit": figure.credit} if figure.credit else ""
            lines += [name, *filter(None, (figure.alt, figure.caption, credit)), ""]
        archive.writestr(ZipInfo(f"{release.slug}.txt"), "\r\n".join(lines))
    content.seek(0)
    return content


@dataclass(frozen=True)
class Attached:
    """A document as a release offers it."""

    title: str
    language: str
    size: int
    url: str


def attached_to(release: Release, base: str = "") -> list[Attached]:
    """The documents of `release` that are still there. `base` is where who looks finds them; else their public addresses."""
    there = Document.objects.in_bulk([one["document"] for one in release.attachments]) if release.attachments else {}
    return [
        Attached(one["title"], one["language"], there[one["document"]].size, _address_of(release, slug, there[one["document"]], base))
        for slug, one in release.attached
        if one["document"] in there
    ]


def _address_of(release: Release, slug: str, document: Document, base: str) -> str:
    return f"{base}{document.name}.pdf" if base else f"{release.get_absolute_url()}{slug}.pdf"


@public_page
def attachment(request: HttpRequest, asked: Asked, year: int, month: int, slug: str, name: str) -> HttpResponse:
    """A document of a public release; search engines are sent to the release, of which it is a copy."""
    release = found(asked.public.dated(year, month).filter(slug=slug).first())
    said = found(dict(release.attached).get(name))
    document = found(Document.objects.filter(pk=said["document"]).first())
    etag = f'"{document.name}"'
    unchanged = get_conditional_response(request, etag=etag, response=HttpResponse(headers={"ETag": etag}))
    response = unchanged if isinstance(unchanged, HttpResponseNotModified) else document_of(document, name)
    for header, words in (("ETag", etag), ("X-Robots-Tag", "noindex"), ("Link", f'<{url_of(release)}>; rel="canonical"')):
        response.headers[header] = words
    return response


def document_of(document: Document, name: str) -> HttpResponse:
    """The file of `document`, called `name`."""
    try:
        with default_storage.open(document.file) as stored:
            content = stored.read()
    except OSError as fault:
        raise Http404 from fault
    headers = {"Content-Disposition": f'inline; filename="{name}.pdf"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


def desk_base() -> str:
    """Where the desk finds the files of photos."""
    return reverse("admin:releases_photo_changelist") + "files/"


def desk_documents(release: Release) -> str:
    """Where the desk finds the documents of `release`."""
    return reverse("admin:releases_release_document", args=[release.pk, "x"]).removesuffix("x.pdf")
