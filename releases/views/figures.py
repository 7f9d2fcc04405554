"""The photos of releases as pages show them: as the lead photo, in the text, below it, and in lists."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from lxml import etree
from lxml.html import HtmlElement

from releases.models import Photo, Release
from releases.text.richtext import get_photo_placeholder_id, replace_elements

CONTENT_TYPES = {"jpg": "image/jpeg", "png": "image/png", "webp": "image/webp", "avif": "image/avif"}


@dataclass(frozen=True)
class Figure:
    """A photo as one release shows it.

    `base_url` is where its files are for this reader: public, admin or private link. `focus` is what a crop
    keeps, in percent from the left and the top. A photo is lazy unless it is likely in view at once.
    """

    photo: Photo
    number: int
    alt: str
    caption: str
    credit: str
    base_url: str
    is_lead: bool = False
    focus: tuple[int, int] = (50, 50)
    is_lazy: bool = True

    @classmethod
    def from_details(
        cls, photo: Photo, details: dict[str, Any], number: int = 1, base_url: str = "/photos/"
    ) -> "Figure":
        """Return `photo` as `details`, an entry of `Release.photos`, describes it."""
        return cls(
            photo,
            number,
            "" if details.get("is_decorative") else details.get("alt", ""),
            details.get("caption", ""),
            details.get("credit", ""),
            f"{base_url}{photo.name}/",
            is_lead=bool(details.get("is_lead")),
            focus=tuple(details.get("focus", cls.focus)),
        )

    @property
    def focus_class(self) -> str:
        """Return the CSS classes that crop around `focus`, in steps of 10 percent."""
        x, y = (round(value / 10) for value in self.focus)
        return f"focus-x{x} focus-y{y}"

    @property
    def sources(self) -> list[tuple[str, str]]:
        """Content type and `srcset` of each modern format, best first, once the renditions are ready."""
        return (
            [(CONTENT_TYPES[ending], self._srcset(ending)) for ending in ("avif", "webp")]
            if self.photo.renditions_ready
            else []
        )

    @property
    def fallback(self) -> str:
        return self.base_url + self.photo.fallback

    @property
    def original(self) -> str:
        return self.base_url + self.photo.original

    @property
    def thumbnail(self) -> str:
        return self.base_url + self.photo.thumbnail

    @property
    def share_image(self) -> str:
        """Return the share image with this photo, relative to the URL of the release.

        The query string changes with the image, because social networks store images by URL.
        """
        x, y = self.focus
        return f"photo-card.jpg?v={self.photo.pk}-{x}-{y}"

    def _srcset(self, ending: str) -> str:
        return ", ".join(f"{self.base_url}{width}.{ending} {width}w" for width in self.photo.widths)


def get_figures(
    release: Release, photos: list[dict[str, Any]] | None = None, base_url: str = "/photos/"
) -> list[Figure]:
    """Return the existing photos of `release` in order.

    `photos` replaces the saved list, for example with a changed one.
    """
    photos = release.photos if photos is None else photos
    photos_by_id = Photo.objects.in_bulk([details["photo"] for details in photos]) if photos else {}
    available = [
        (photos_by_id[details["photo"]], details) for details in photos if details["photo"] in photos_by_id
    ]
    has_lead = any(details.get("is_lead") for _photo, details in available)
    return [
        replace(
            Figure.from_details(photo, details, number, base_url),
            is_lazy=not details.get("is_lead") if has_lead else number > 1,
        )
        for number, (photo, details) in enumerate(available, 1)
    ]


def wrap_tables(body: str) -> SafeString:
    """Return `body`, sanitized HTML, with each table in an element that scrolls, also with the keyboard."""

    def render(table: HtmlElement) -> str:
        markup = etree.tostring(table, encoding="unicode", method="html", with_tail=False)
        return render_to_string("releases/_table.html", {"table": mark_safe(markup)})  # noqa: S308

    return mark_safe(replace_elements(body, "table", render) if "<table" in body else body)  # noqa: S308


def get_card_figures(releases: Iterable[Release]) -> dict[int, Figure]:
    """Return the photo that lists show for each of `releases`, by the id of the release.

    It is the lead photo, or else the first one. Releases without photos are missing.
    """
    entries = [(release.pk, details) for release in releases for details in release.photos]
    photos = Photo.objects.in_bulk({details["photo"] for _pk, details in entries}) if entries else {}
    figures: dict[int, list[Figure]] = {}
    for release_id, details in entries:
        if details["photo"] in photos:
            figure = Figure.from_details(photos[details["photo"]], details)
            figures.setdefault(release_id, []).append(figure)
    return {release_id: get_lead(found) or found[0] for release_id, found in figures.items()}


def get_lead(figures: list[Figure]) -> Figure | None:
    """Return the photo that the page shows under the headline, if there is one."""
    return next((figure for figure in figures if figure.is_lead), None)


def get_share_figure(figures: list[Figure]) -> Figure | None:
    """Return the photo in the share image: the lead photo, or else the first one, if there is one."""
    return get_lead(figures) or next(iter(figures), None)


def place_photos(body: str, figures: list[Figure]) -> tuple[SafeString, list[Figure]]:
    """Return `body` with photos in place of their placeholders, and the other photos.

    `body` is sanitized HTML. The placeholder of the lead photo, which is above the text, becomes nothing.
    """
    unplaced = {figure.photo.pk: figure for figure in figures if not figure.is_lead}

    def render(paragraph: HtmlElement) -> str | None:
        photo_id = get_photo_placeholder_id(paragraph)
        if photo_id is None:
            return None
        figure = unplaced.pop(photo_id, None)
        return render_to_string("releases/_photo.html", {"figure": figure}) if figure else ""

    placed = replace_elements(body, "p", render) if "[" in body else body
    return mark_safe(placed), list(unplaced.values())  # noqa: S308  (sanitized when it was saved)
