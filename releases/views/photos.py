"""Show the photos and documents of releases, and serve their files to those who are allowed to see them."""

import logging
import shutil
from dataclasses import dataclass
from functools import lru_cache
from zipfile import ZipFile, ZipInfo

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _

from releases.caching import make_etag
from releases.media import share_images, zip_cache
from releases.media.stored_files import DamagedFile, open_file
from releases.models import Document, Photo, Release
from releases.views.base import PublicContext, get_release_or_redirect, or_404, public_page
from releases.views.figures import CONTENT_TYPES, Figure, get_figures, get_share_figure
from releases.views.sharing import get_release_url

RETRY_AFTER_SECONDS = 10

logger = logging.getLogger(__name__)


@public_page
def photo(request: HttpRequest, ctx: PublicContext, name: str, file: str) -> HttpResponse:
    """Serve one file of a photo that is in the press kit or in a public release, in any language."""

    def load(names: list[str]) -> dict[str, Photo]:
        return {
            photo.name: photo
            for photo in Photo.objects.public(Release.objects.published(ctx.at)).filter(name__in=names)
        }

    return serve_photo(request, next(iter(ctx.generation.get_many_or_set("photo", [name], load)), None), file)


def serve_photo(request: HttpRequest, photo: Photo | None, file: str) -> HttpResponse:
    """Serve `file` of `photo`. The caller has checked that the reader is allowed to see it.

    Browsers revalidate it each time, so that a withdrawal takes effect at once. Raises Http404 for a missing
    file. If the file can't be read now, the status is 503.
    """
    if photo is None or file not in photo.files:
        raise Http404
    etag = f'"{photo.name}.{file}"'
    conditional = get_conditional_response(request, etag=etag, response=HttpResponse(headers={"ETag": etag}))
    if isinstance(conditional, HttpResponseNotModified):
        return conditional
    try:
        with open_file(f"{photo.storage_folder}/{file}", photo.digests.get(file, "")) as stored_file:
            content = stored_file.read()
    except OSError as exc:
        return handle_unreadable_file(exc)
    response = HttpResponse(
        content,
        content_type=CONTENT_TYPES[file.rpartition(".")[2]],
        headers={"ETag": etag, "Cache-Control": "no-cache"},
    )
    if file == photo.original:
        response.headers["Content-Disposition"] = f'attachment; filename="carecen-{photo.pk}.{photo.kind}"'
    return response


def handle_unreadable_file(error: OSError) -> HttpResponse:
    """Log `error`, and return a response that no cache stores. Raises Http404 if the file is missing."""
    logger.error("A file of a release could not be read: %s", error)
    if isinstance(error, FileNotFoundError):
        raise Http404 from error
    return HttpResponse(
        status=503, headers={"Retry-After": str(RETRY_AFTER_SECONDS), "Cache-Control": "no-store"}
    )


@public_page
def share_photo(request: HttpRequest, ctx: PublicContext, year: int, month: int, slug: str) -> HttpResponse:
    """Serve the share image with a photo of a public release. Raises Http404 for a release without photos."""
    release = get_release_or_redirect(request, ctx, year, month, slug)
    figure = or_404(get_share_figure(get_figures(release)))
    response = serve_share_photo(figure)
    if response.status_code != 200:
        return response
    etag = f'"{make_etag(response.content)}"'
    response.headers["ETag"] = etag
    return get_conditional_response(request, etag=etag, response=response) or response


def serve_share_photo(figure: Figure) -> HttpResponse:
    """Serve the share image with the photo of `figure`, a JPEG. Raises Http404 for a missing file."""
    file = figure.photo.largest_fallback
    path, digest = f"{figure.photo.storage_folder}/{file}", figure.photo.digests.get(file, "")
    try:
        return HttpResponse(_crop_share_photo(path, digest, figure.focus), content_type="image/jpeg")
    except OSError as exc:
        return handle_unreadable_file(exc)


@lru_cache(maxsize=64)
def _crop_share_photo(path: str, digest: str, focus: tuple[int, int]) -> bytes:
    with open_file(path, digest) as stored_file:  # files with this name never change
        return share_images.crop_photo(stored_file.read(), focus)


@public_page
def photos_zip(request: HttpRequest, ctx: PublicContext, year: int, month: int, slug: str) -> HttpResponse:
    """Serve all photos of a public release in full size, with a text file of descriptions and credits."""
    release = get_release_or_redirect(request, ctx, year, month, slug)
    figures = or_404(get_figures(release))
    texts = [
        (figure.number, figure.photo.name, figure.alt, figure.caption, figure.credit) for figure in figures
    ]
    key = zip_cache.make_key(release.slug, release.headline, ctx.language, texts)
    try:
        cached = zip_cache.open_zip(key, lambda archive: _write_photos(archive, release, figures))
    except OSError as exc:
        return handle_unreadable_file(exc)
    headers = {"ETag": f'"{cached.digest}"', "Content-Type": "application/zip"}
    conditional = get_conditional_response(
        request, etag=headers["ETag"], response=HttpResponse(headers=headers)
    )
    if isinstance(conditional, HttpResponseNotModified) or request.method == "HEAD":
        cached.file.close()
        return conditional or HttpResponse(headers=headers)
    name = f"{release.slug}.zip"
    return FileResponse(cached.file, headers=headers, as_attachment=True, filename=name)  # type: ignore[return-value]


def _write_photos(archive: ZipFile, release: Release, figures: list[Figure]) -> bool:
    """Write the photos, and a text file with their descriptions and credits.

    Return whether all are there. A missing or damaged photo is left out until it is back.
    """
    lines, is_complete = [release.headline, ""], True
    for figure in figures:
        original, name = figure.photo.original, f"{release.slug}-{figure.number}.{figure.photo.kind}"
        digest = figure.photo.digests.get(original, "")
        try:
            file = open_file(f"{figure.photo.storage_folder}/{original}", digest)
        except (FileNotFoundError, PermissionError, DamagedFile) as error:
            logger.error("A photo is left out of a ZIP file: %s", error)
            is_complete = False
            continue
        with file, archive.open(ZipInfo(name), "w") as entry:
            shutil.copyfileobj(file, entry)  # ZipInfo(name) has a fixed timestamp (1980) and no owner
        credit = _("Photo: %(credit)s") % {"credit": figure.credit} if figure.credit else ""
        lines += [name, *filter(None, (figure.alt, figure.caption, credit)), ""]
    archive.writestr(ZipInfo(f"{release.slug}.txt"), "\r\n".join(lines))
    return is_complete


@dataclass(frozen=True)
class AttachedDocument:
    """A document attached to a release. `size` is in bytes."""

    title: str
    language: str
    size: int
    url: str


def get_attachments(release: Release, base_url: str = "") -> list[AttachedDocument]:
    """Return the existing documents of `release` with URLs under `base_url`.

    Without it, they have their public URLs.
    """
    documents = (
        Document.objects.in_bulk([attachment["document"] for attachment in release.attachments])
        if release.attachments
        else {}
    )
    return [
        AttachedDocument(
            attachment["title"],
            attachment["language"],
            documents[attachment["document"]].size,
            _get_attachment_url(release, slug, documents[attachment["document"]], base_url),
        )
        for slug, attachment in release.attachments_by_slug
        if attachment["document"] in documents
    ]


def _get_attachment_url(release: Release, slug: str, document: Document, base_url: str) -> str:
    return f"{base_url}{document.name}.pdf" if base_url else f"{release.get_absolute_url()}{slug}.pdf"


@public_page
def attachment(
    request: HttpRequest, ctx: PublicContext, year: int, month: int, slug: str, name: str
) -> HttpResponse:
    """Serve a document of a public release.

    Search engines index the release instead (noindex, canonical link).
    """
    release = get_release_or_redirect(request, ctx, year, month, slug)
    details = or_404(dict(release.attachments_by_slug).get(name))
    document = or_404(Document.objects.filter(pk=details["document"]).first())
    etag = f'"{document.name}"'
    unchanged = get_conditional_response(request, etag=etag, response=HttpResponse(headers={"ETag": etag}))
    response = unchanged if isinstance(unchanged, HttpResponseNotModified) else serve_document(document, name)
    for header, value in (
        ("ETag", etag),
        ("X-Robots-Tag", "noindex"),
        ("Link", f'<{get_release_url(release)}>; rel="canonical"'),
    ):
        response.headers[header] = value
    return response


def serve_document(document: Document, name: str) -> HttpResponse:
    """Serve the file of `document` as `name`.pdf, as `serve_photo` does."""
    try:
        with open_file(document.storage_path, document.digest) as stored_file:
            content = stored_file.read()
    except OSError as exc:
        return handle_unreadable_file(exc)
    headers = {"Content-Disposition": f'inline; filename="{name}.pdf"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)
