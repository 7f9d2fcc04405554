"""Export releases of the list as a table that spreadsheet programs open."""

import csv
import io
import tempfile
from collections.abc import Iterator
from itertools import islice
from typing import Any, BinaryIO, cast

from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.db import DataError
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from releases.admin.base import ReleaseViews
from releases.admin.bulk_changes import get_list_url, get_selected_ids
from releases.admin.release_list import load_topics
from releases.models import Release
from releases.models.querysets import ReleaseQuerySet
from releases.models.states import describe_state
from releases.text import localtime
from releases.text.choices import Status
from releases.views.sharing import get_release_url

CHUNK_SIZE = 500  # rows in memory
MAX_BYTES_IN_MEMORY = 1024 * 1024  # of the file; a larger one is on disk until it is sent
FORMULA_CHARACTERS = ("=", "+", "-", "@", "\t", "\r")


class ExportViews(ReleaseViews):
    def get_urls(self) -> list[URLPattern]:
        return [self.model_admin.admin_path("export/", self.export_view, "export")]

    def export_view(self, request: HttpRequest) -> HttpResponse:
        """Send the selected releases as CSV, or those that the filters in the URL find."""
        if not self.model_admin.has_view_permission(request):
            raise PermissionDenied
        try:
            ids = get_selected_ids(request.GET)
            if ids or "list" in request.GET:  # the form of the list
                releases = Release.objects.filter(pk__in=ids).newest_first()
            else:
                releases = self.model_admin.get_changelist_instance(request).queryset
            file = write_csv(releases)
        except (IncorrectLookupParameters, ValueError, OverflowError, DataError):
            return HttpResponseRedirect(get_list_url(request.GET))
        day = localtime.local_date(timezone.now())
        name = f"carecen-{_('releases')}-{day:%Y-%m-%d}.csv"
        response: Any = FileResponse(
            file, as_attachment=True, filename=name, content_type="text/csv; charset=utf-8"
        )
        return cast(HttpResponse, response)


def write_csv(releases: ReleaseQuerySet[Release]) -> BinaryIO:
    """Return a temporary file with a row for each of `releases`, in the active language.

    It starts with a byte order mark, by which Excel recognizes UTF-8.
    """
    file: Any = tempfile.SpooledTemporaryFile(MAX_BYTES_IN_MEMORY)  # noqa: SIM115  (the response closes it)
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    writer = csv.writer(text)
    writer.writerows([neutralize_formula(cell) for cell in row] for row in _build_rows(releases))
    text.detach()
    file.seek(0)
    return cast(BinaryIO, file)


def neutralize_formula(cell: str) -> str:
    """Return `cell` so that no spreadsheet program runs it as a formula."""
    return f"'{cell}" if cell.startswith(FORMULA_CHARACTERS) else cell


def _with_topics(releases: Iterator[Release]) -> Iterator[Release]:
    while chunk := list(islice(releases, CHUNK_SIZE)):
        load_topics(chunk)
        yield from chunk


def _build_rows(releases: ReleaseQuerySet[Release]) -> Iterator[list[str]]:
    yield [
        _("Headline"),
        _("Status"),
        _("Date"),
        _("Place"),
        _("Language"),
        _("Topics"),
        _("Web address"),
        _("Summary"),
    ]
    language = get_language() or ""
    rows = releases.defer("body", "boilerplate").select_related("pending_revision").iterator(CHUNK_SIZE)
    for release in _with_topics(rows):
        has_page = release.is_public() or release.status == Status.WITHDRAWN
        yield [
            release.headline,
            describe_state(release),
            release.date.isoformat() if release.date else "",
            release.dateline,
            str(release.get_language_display()),
            "; ".join(sorted(topic.name_in(language) for topic in release.topics)),
            get_release_url(release) if has_page else "",
            release.summary,
        ]
