"""Upload a photo: one rendition is saved at once, and a separate process creates the others."""

import re
import subprocess
import sys
from http.client import HTTPConnection
from pathlib import Path

import pytest
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from tests import pictures
from tests.e2e.test_page_cache import seconds_until
from tests.e2e.test_serve import ROOT, Response, build_environment, fetch, run_server

pytestmark = [pytest.mark.one_database, pytest.mark.xdist_group("servers")]
SIGN_IN_SCRIPT = """
import django; django.setup()
from django.test import Client
from releases.models import Release, User
client = Client()
client.force_login(User.objects.create_superuser("petra"))
print(client.cookies["sessionid"].value, Release.objects.published().in_language("en").newest_first()[0].pk)
"""
DELETE_RENDITION_SCRIPT = """
import django; django.setup()
from django.core.files.storage import default_storage
from releases.models import Photo
photo = Photo.objects.get()
Photo.objects.update(renditions_ready=False)
default_storage.delete(f"{photo.storage_folder}/480.webp")
"""


def run_script(folder: Path, code: str) -> list[str]:
    command = [sys.executable, "-c", code]
    return subprocess.run(
        command,
        cwd=ROOT,
        env=build_environment(folder),
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        timeout=180,
    ).stdout.split()


def post_form(address: str, path: str, session: str, **fields: object) -> Response:
    """Load the admin form at `path`, and submit it with its hidden fields and `fields`."""
    page = fetch(address, path, Cookie=f"sessionid={session}")
    cookie = re.search(r"csrftoken=\w+", page.headers["Set-Cookie"])
    assert cookie
    form = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.body)) | fields
    form |= dict(re.findall(r'name="(csrfmiddlewaretoken)" value="(\w+)"', page.body))
    connection = HTTPConnection(address.removeprefix("http://"), timeout=30)
    headers = {
        "Cookie": f"sessionid={session}; {cookie[0]}",
        "Content-Type": MULTIPART_CONTENT,
        "Origin": address,
    }
    try:
        connection.request("POST", path, encode_multipart(BOUNDARY, form), headers)
        response = connection.getresponse()
        return Response(response.status, response.headers, response.read().decode())
    finally:
        connection.close()


def test_renditions_are_generated_after_the_upload_and_after_a_restart(tmp_path):
    folder, picture = tmp_path / "var", tmp_path / "IMG_1.jpg"
    picture.write_bytes(pictures.encode_image(pictures.make_image(1000, 600), "JPEG"))
    with run_server(folder, RUN_WORKER="yes") as (address, _printed):
        session, release = run_script(folder, SIGN_IN_SCRIPT)
        with picture.open("rb") as file:
            response = post_form(
                address, f"/admin/releases/release/{release}/photos/", session, pictures=file
            )
        assert (response.status, response.headers["Location"]) == (
            302,
            f"/admin/releases/release/{release}/photos/",
        )
        photo = next((folder / "uploads" / "photos").iterdir())
        assert {"full.jpg", "960.jpg"} <= {file.name for file in photo.iterdir()}
        assert seconds_until(lambda: len(list(photo.iterdir())) == 10) < 10
    run_script(folder, DELETE_RENDITION_SCRIPT)
    with run_server(folder, RUN_WORKER="yes"):
        assert seconds_until(lambda: (photo / "480.webp").exists()) < 10
