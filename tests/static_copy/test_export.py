"""What the static copy of the site contains, and that all its links work on a plain web server."""

import json
import re
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.signals import request_finished, request_started
from django.db import OperationalError, close_old_connections, transaction
from django.utils import timezone

from releases import caching
from releases.actions.withdrawal import withdraw
from releases.media import share_images
from releases.models import MediaContact, Photo, Release
from releases.static_copy import DatabaseUnavailable, export_site
from releases.static_copy.folder import Folder
from tests.factories import (
    make_alert,
    make_document,
    make_organization,
    make_photo,
    make_release,
    make_topic,
    make_user,
    photo_entry,
)
from tests.hidden_states import (
    CANARY,
    HIDDEN_FIELDS,
    STATES,
    STATES_OF_PUBLIC_RELEASE,
    make_public_release,
)
from tests.static_copy import crawl, make_site, serve

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def serve_static_files(settings, monkeypatch):
    settings.WHITENOISE_USE_FINDERS = True
    monkeypatch.setattr(share_images, "render_image", lambda *texts: repr(texts).encode())


@pytest.fixture(autouse=True)
def keep_test_transaction():
    """Keep requests from closing the connection of the test, as the test client does."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def read_files(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.startswith("static-copy.")
    }


@pytest.mark.one_database
def test_copy_has_the_addresses_of_the_site_and_no_broken_link(tmp_path):
    make_site()
    call_command("load_sample", stdout=StringIO())
    result = export_site(tmp_path)
    assert result.problems == []
    with serve(tmp_path) as url:
        content_types, broken = crawl(url)
    assert broken == []
    assert len([path for path in content_types if path.endswith(".avif")]) >= 10
    check_addresses(read_files(tmp_path))


def check_addresses(files):
    for base, photos in (("", "photos.zip"), ("es/", "fotos.zip")):
        release = f"{base}2015/03/full-release"
        for name in (
            "/index.html",
            "/card.png",
            "/photo-card.jpg",
            f"/{photos}",
            "/fact-sheet-on-tps.pdf",
            ".txt",
            ".md",
            ".ics",
        ):
            assert f"{release}{name}" in files
        assert b"A name was wrong." in files[f"{base}2015/03/gone/index.html"]
        assert b'content="noindex"' in files[f"{base}2015/03/gone/index.html"]
        assert f'url=/{release}/"'.encode() in files[f"{base}2015/03/first-slug/index.html"]
        for name in (".txt", "/photo-card.jpg"):
            assert files[f"{base}2015/03/first-slug{name}"] == files[f"{release}{name}"]
        assert b"<rss" in files[f"{base}feed/index.xml"]
        assert b"jsonfeed.org" in files[f"{base}feed/json/index.json"]
        assert f"url=/{base}feed/index.xml".encode() in files[f"{base}feed/index.html"]
        assert f"{base}page=2/index.html" in files
        assert f"{base}kind=statement/page=2/index.html" in files
    assert b"url=/topics/" in files["topics/evictions/index.html"]
    assert b"<rss" in files["topics/evictions/feed/index.xml"]
    home = files["kind=statement/index.html"].decode()
    assert 'href="/kind=statement/page=2/"' in home
    assert '<link rel="canonical" href="http://127.0.0.1:8000/?kind=statement">' in home
    assert 'href="/feed/index.xml"' in home
    assert not re.search(r'href="[^":]*\?(page|kind)=', home)


def test_search_page_says_that_search_does_not_work(tmp_path):
    export_site(tmp_path)
    for path, sentence, archive in (
        ("search", "Search doesn't work in this copy", "/archive/"),
        ("es/buscar", "no funciona en esta copia", "/es/archivo/"),
    ):
        page = (tmp_path / path / "index.html").read_text()
        main = page[page.index("<main") : page.index("</main>")]
        assert sentence in main.replace("&#x27;", "'")
        assert f'href="{archive}"' in main
        assert "<form" not in page


def test_spanish_texts_say_their_encoding(tmp_path):
    make_release(language="es", slug="un-fallo", headline="Niñez")
    export_site(tmp_path)
    text = (tmp_path / "es/2015/03/un-fallo.txt").read_bytes()
    assert text.startswith("\ufeff".encode())
    assert "Niñez" in text.decode()


def test_former_dates_of_a_release_lead_to_it(tmp_path):
    release = make_release(slug="a-ruling")
    release.date = release.date.replace(month=5)
    release.save()
    export_site(tmp_path)
    assert b"url=/2015/05/a-ruling/" in (tmp_path / "2015/03/a-ruling/index.html").read_bytes()


@pytest.mark.one_database
def test_second_export_writes_only_what_changed_and_deletes_what_is_gone(tmp_path):
    make_site()
    first = export_site(tmp_path)
    times = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.html")}
    second = export_site(tmp_path)
    assert (second.written, second.deleted, second.files) == (0, 0, first.files)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.html")} == times
    release = Release.objects.get(slug="full-release", language="en")
    withdraw(release, user=make_user("petra"), reason="A name was wrong.")
    third = export_site(tmp_path)
    assert third.problems == []
    assert 0 < third.written < first.files / 2
    assert b"A name was wrong." in (tmp_path / "2015/03/full-release/index.html").read_bytes()
    for name in (
        "full-release.txt",
        "full-release/photos.zip",
        "full-release/card.png",
        "full-release/photo-card.jpg",
        "first-slug.txt",
    ):
        assert not (tmp_path / "2015/03" / name).exists()
    for photo in release.photos:
        assert not (tmp_path / "photos" / Photo.objects.get(pk=photo["photo"]).name).exists()
    assert (tmp_path / "es/2015/03/full-release/fotos.zip").exists()


def test_scheduled_release_appears_in_the_export_after_its_time(tmp_path, monkeypatch):
    at = timezone.now() + timedelta(hours=1)
    make_release(slug="later", public_at=at)
    export_site(tmp_path)
    assert not (tmp_path / "2015/03/later").exists()
    monkeypatch.setattr(timezone, "now", lambda: at)
    caching.get_page_cache.cache_clear()
    export_site(tmp_path)
    assert (tmp_path / "2015/03/later/index.html").exists()
    assert (tmp_path / "2015/03/index.html").exists()


def test_hidden_release_changes_nothing_in_the_copy_in_any_state(tmp_path):
    topic = make_topic("Known", "Conocido")
    make_release(slug="a-ruling", topics=(topic,))
    make_public_release("en")
    contact = MediaContact.objects.create(name=f"{CANARY} contact", phone="213-555-0100")
    organization = make_organization(f"{CANARY} coalition")
    photo = make_photo(label=f"{CANARY} label")
    export_site(tmp_path)
    before = read_files(tmp_path)
    for state, make in STATES.items():
        language = "es" if state == "counterpart of a public one" else "en"
        with transaction.atomic():
            attachments = [{"document": make_document().pk, "title": f"{CANARY} title", "language": "en"}]
            release = make(
                **HIDDEN_FIELDS,
                **({} if state in STATES_OF_PUBLIC_RELEASE else {"language": language}),
                contacts=[contact.pk],
                signers=[organization.pk],
                photos=[photo_entry(photo, alt=f"{CANARY} alt")],
                attachments=attachments,
                topics=(topic, make_topic(CANARY)),
            )
            assert export_site(tmp_path).problems == [], state
            after = read_files(tmp_path)
            if state == "withdrawn":
                page = after.pop(f"{release.get_absolute_url()}index.html".lstrip("/"))
                assert CANARY.encode() not in page.lower()
            assert after == before, state
            addresses = json.loads((tmp_path / "static-copy.json").read_text())["files"]
            assert state == "withdrawn" or CANARY not in str(addresses)
            transaction.set_rollback(True)
        caching.get_page_cache.cache_clear()


def test_copy_contains_no_alert_because_nothing_could_end_it(tmp_path):
    make_release(slug="a-ruling")
    export_site(tmp_path)
    before = read_files(tmp_path)
    make_alert(link="/2015/03/a-ruling/")
    assert caching.get_current_generation(timezone.now()).alert
    result = export_site(tmp_path)
    assert (result.problems, result.written, read_files(tmp_path)) == ([], 0, before)


def test_links_of_a_text_that_lead_nowhere_are_reported(tmp_path):
    links = [
        "/nowhere/",
        "/admin/",
        "/%70review/a0/",
        "/archive/%2e%2e",
        "/topics",
        "http://127.0.0.1:8000/x/",
    ]
    body = "".join(f'<p><a href="{link}">Link</a></p>' for link in links)
    release = make_release(slug="a-ruling", body=body)
    problems = export_site(tmp_path).problems
    url = release.get_absolute_url()
    assert problems == [
        f"{link} leads nowhere. {url} links to it."
        for link in ("/%70review/a0/", "/admin/", "/archive/%2e%2e", "/nowhere/", "/x/")
    ]
    assert "http-equiv" not in (tmp_path / "index.html").read_text()


def test_page_that_fails_is_reported_and_its_earlier_file_stays(tmp_path, monkeypatch, caplog):
    make_release()
    export_site(tmp_path)
    monkeypatch.setattr("releases.views.site.render_page", lambda *args, **kwargs: 1 / 0)
    caching.get_page_cache.cache_clear()
    assert "/privacy/ answered 500. / links to it." in export_site(tmp_path).problems
    assert (tmp_path / "privacy/index.html").exists()


def test_database_outage_stops_the_export_and_deletes_nothing(tmp_path, monkeypatch):
    make_release()
    export_site(tmp_path)
    before = read_files(tmp_path)

    def fail(*_args, **_options):
        raise OperationalError("the database did not answer in time")

    monkeypatch.setattr("releases.views.site.render_page", fail)
    caching.get_page_cache.cache_clear()
    with pytest.raises(DatabaseUnavailable):
        export_site(tmp_path)
    assert read_files(tmp_path) == before


def test_share_image_is_rendered_again_only_if_the_page_changed(tmp_path, monkeypatch):
    release = make_release(slug="a-ruling")
    make_release(slug="another-ruling")
    export_site(tmp_path)
    rendered = []
    monkeypatch.setattr(share_images, "render_image", lambda *texts: rendered.append(texts) or b"changed")
    export_site(tmp_path)
    assert rendered == []
    release.headline = "A new headline"
    release.save()
    export_site(tmp_path)
    assert "A new headline" in [headline for headline, _text in rendered]
    assert (tmp_path / "2015/03/a-ruling/card.png").read_bytes() == b"changed"


def test_share_image_with_a_photo_is_made_again_only_if_its_focal_point_changed(tmp_path, monkeypatch):
    entry = photo_entry(make_photo())
    release = make_release(slug="a-ruling", photos=[entry])
    made = []
    monkeypatch.setattr(
        "releases.views.photos._crop_share_photo", lambda path, digest, focus: made.append(focus) or b"jpeg"
    )
    export_site(tmp_path)
    export_site(tmp_path)
    assert made == [(50, 50)]
    release.photos = [entry | {"focus": [30, 20]}]
    release.save()
    export_site(tmp_path)
    assert made == [(50, 50), (30, 20)]


def test_share_images_are_rendered_again_after_an_interrupted_export(tmp_path, monkeypatch):
    make_release(slug="a-ruling")
    export_site(tmp_path)
    with Folder.open(tmp_path):
        pass  # an export that is killed
    monkeypatch.setattr(share_images, "render_image", lambda *texts: b"changed")
    export_site(tmp_path)
    assert (tmp_path / "2015/03/a-ruling/card.png").read_bytes() == b"changed"


def test_time_and_folder_of_the_last_export_are_recorded(tmp_path, settings):
    result = export_site(tmp_path)
    last = json.loads((settings.DATA_DIR / "last-static-copy.json").read_text())
    assert (last["folder"], last["files"], last["problems"]) == (str(tmp_path), result.files, 0)
    manifest = json.loads((tmp_path / "static-copy.json").read_text())
    assert (manifest["pages"], manifest["problems"]) == (result.pages, 0)
    assert len(manifest["files"]) == result.files
