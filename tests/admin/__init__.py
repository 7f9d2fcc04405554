"""Helpers for tests of the admin: its URLs, and the data of its form."""

import uuid
from datetime import date, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from releases.models import Release
from tests.factories import make_user

NEXT_YEAR = timezone.now().year + 1
# The night in March in which the hour from two to three does not exist.
DST_START_DATE = date(NEXT_YEAR, 3, 8) + timedelta(days=(6 - date(NEXT_YEAR, 3, 8).weekday()) % 7)

# The night in November on which the hour from one to two comes twice.
DST_END_DATE = date(NEXT_YEAR, 11, 1) + timedelta(days=(6 - date(NEXT_YEAR, 11, 1).weekday()) % 7)

RELEASE_LIST_URL = "/admin/releases/release/"
RELEASE_ADD_URL = f"{RELEASE_LIST_URL}add/"
FORM_DEFAULTS = {
    "headline": "A ruling",
    "date": "",
    "dateline": "Los Angeles",
    "summary": "Families stay.",
    "body": "<p>More.</p>",
    "kind": "press_release",
    "language": "en",
}

AUTOSAVE_URL = f"{RELEASE_LIST_URL}autosave/"
SETTINGS_URL = "/admin/releases/newsroomsettings/"
ALERT_URL, END_ALERT_URL = f"{SETTINGS_URL}alert/", f"{SETTINGS_URL}alert/end/"
LOCK_URL, UNLOCK_URL = f"{SETTINGS_URL}lock/", f"{SETTINGS_URL}unlock/"


def admin_url(release: Release, page_name: str) -> str:
    return f"{RELEASE_LIST_URL}{release.pk}/{page_name}/"


def form_data(release: Release, **changes: str) -> dict[str, object]:
    """Return what the form of `release` submits if it was opened just now."""
    return FORM_DEFAULTS | {"date": "2015-03-04", "edit_token": release.version} | changes


def form_errors(response) -> dict[str, list[str]]:
    return dict(response.context["adminform"].form.errors)


def post_autosave(client, release=None, sequence=1, client_id=None, **changes):
    data = form_data(release or Release(), **changes) | {"edit_token": release.edit_token if release else ""}
    return client.post(
        AUTOSAVE_URL,
        data
        | {
            "release": release.pk if release else "",
            "client_id": client_id or uuid.uuid4(),
            "sequence": sequence,
        },
    )


def post_release_form(publisher_client, release, **changes):
    return publisher_client.post(
        admin_url(release, "change"),
        form_data(release, **{"headline": "A ruling"} | changes) | {"edit_token": release.edit_token},
    )


def sign_in(client, role: str) -> None:
    if role != "visitor":
        client.force_login(
            make_user(
                "ana", role if role in ("Writers", "Publishers") else "", is_superuser=role == "manager"
            )
        )


def upload_data(*files, **fields):
    return {
        "photo-TOTAL_FORMS": 0,
        "document-TOTAL_FORMS": 0,
        "document-INITIAL_FORMS": 0,
        "photo-INITIAL_FORMS": 0,
        "pictures": [SimpleUploadedFile(name, content) for name, content in files],
    } | fields


def photo_form_data(*photos, **changes):
    form = {
        "photo-TOTAL_FORMS": len(photos),
        "photo-INITIAL_FORMS": len(photos),
        "document-TOTAL_FORMS": 0,
        "document-INITIAL_FORMS": 0,
    }
    for index, photo in enumerate(photos):
        fields = {"photo": photo.pk, "alt": f"Alt {index}", "position": index + 1} | changes.get(
            f"of_{index}", {}
        )
        form |= {f"photo-{index}-{name}": value for name, value in fields.items()}
    return form
