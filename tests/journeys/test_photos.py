"""A photo from the desk of a running newsroom: kept with one copy, and soon with all of them, by a process of its own."""

import re
import subprocess
import sys
from http.client import HTTPConnection
from pathlib import Path

from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from tests import pictures
from tests.journeys.test_ready_pages import seconds_until
from tests.journeys.test_serve import ROOT, Answer, ask, environment, once, serving

pytestmark = once
SIGN_IN = """
import django; django.setup()
from django.test import Client
from releases.models import Release, User
client = Client()
client.force_login(User.objects.create_superuser("petra"))
print(client.cookies["sessionid"].value, Release.objects.published().in_language("en").in_order()[0].pk)
"""
FORGET = """
import django; django.setup()
from django.core.files.storage import default_storage
from releases.models import Photo
photo = Photo.objects.get()
Photo.objects.update(is_ready=False)
default_storage.delete(f"{photo.folder}/480.webp")
"""


def run(folder: Path, code: str) -> list[str]:
    words = [sys.executable, "-c", code]
    return subprocess.run(
        words, cwd=ROOT, env=environment(folder), check=True, stdout=subprocess.PIPE, text=True, timeout=60
    ).stdout.split()


def send(address: str, path: str, session: str, **words: object) -> Answer:
    """Send the form at `path` of the desk as it stands there, with `words` in it."""
    page = ask(address, path, Cookie=f"sessionid={session}")
    cookie = re.search(r"csrftoken=\w+", page.headers["Set-Cookie"])
    assert cookie
    form = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.body)) | words
    form |= dict(re.findall(r'name="(csrfmiddlewaretoken)" value="(\w+)"', page.body))
    connection = HTTPConnection(address.removeprefix("http://"), timeout=30)
    headers = {"Cookie": f"sessionid={session}; {cookie[0]}", "Content-Type": MULTIPART_CONTENT, "Origin": address}
    try:
        connection.request("POST", path, encode_multipart(BOUNDARY, form), headers)
        response = connection.getresponse()
        return Answer(response.status, response.headers, response.read().decode())
    finally:
        connection.close()


def test_a_photo_gets_its_copies_after_the_request_and_after_an_interrupted_one(tmp_path):
    folder, picture = tmp_path / "var", tmp_path / "IMG_1.jpg"
    picture.write_bytes(pictures.saved(pictures.scene(1000, 600), "JPEG"))
    with serving(folder) as (address, _printed):
        session, release = run(folder, SIGN_IN)
        with picture.open("rb") as file:
            answer = send(address, f"/admin/releases/release/{release}/photos/", session, pictures=file)
        assert (answer.status, answer.headers["Location"]) == (302, f"/admin/releases/release/{release}/photos/")
        photo = next((folder / "uploads" / "photos").iterdir())
        assert {"full.jpg", "960.jpg"} <= {file.name for file in photo.iterdir()}
        assert seconds_until(lambda: len(list(photo.iterdir())) == 10) < 10
    run(folder, FORGET)
    with serving(folder):
        assert seconds_until(lambda: (photo / "480.webp").exists()) < 10
