"""Every public URL, in both languages."""

import re
from datetime import datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from releases.actions.publication import change_slug
from releases.models import NewsroomSettings
from releases.request_bodies import APPROVAL_PREFIX
from tests.factories import make_document, make_photo, make_release, make_topic, make_user, photo_entry
from tests.views import get_response

PUBLIC_URLS = [
    ("news", [], "/", "/es/"),
    ("archive", [], "/archive/", "/es/archivo/"),
    ("topics", [], "/topics/", "/es/temas/"),
    ("topic", ["daca"], "/topics/daca/", "/es/temas/daca/"),
    ("year", [2014], "/2014/", "/es/2014/"),
    ("month", [2014, 12], "/2014/12/", "/es/2014/12/"),
    ("search", [], "/search/", "/es/buscar/"),
    ("notices", [], "/notices/", "/es/avisos/"),
    ("follow", [], "/follow/", "/es/seguir/"),
    ("privacy", [], "/privacy/", "/es/privacidad/"),
    ("rss-feed", [], "/feed/", "/es/feed/"),
    ("atom-feed", [], "/feed/atom/", "/es/feed/atom/"),
    ("json-feed", [], "/feed/json/", "/es/feed/json/"),
    ("topic-rss-feed", ["daca"], "/topics/daca/feed/", "/es/temas/daca/feed/"),
    ("topic-atom-feed", ["daca"], "/topics/daca/feed/atom/", "/es/temas/daca/feed/atom/"),
    ("topic-json-feed", ["daca"], "/topics/daca/feed/json/", "/es/temas/daca/feed/json/"),
    ("card", [2014, 2, "a-ruling"], "/2014/02/a-ruling/card.png", "/es/2014/02/a-ruling/card.png"),
    (
        "photo-card",
        [2014, 2, "a-ruling"],
        "/2014/02/a-ruling/photo-card.jpg",
        "/es/2014/02/a-ruling/photo-card.jpg",
    ),
    ("for-the-press", [], "/for-the-press/", "/es/para-la-prensa/"),
    ("release-txt", [2014, 2, "a-ruling"], "/2014/02/a-ruling.txt", "/es/2014/02/a-ruling.txt"),
    ("release-md", [2014, 2, "a-ruling"], "/2014/02/a-ruling.md", "/es/2014/02/a-ruling.md"),
    ("release-ics", [2014, 2, "a-ruling"], "/2014/02/a-ruling.ics", "/es/2014/02/a-ruling.ics"),
    ("in-the-news", [], "/in-the-news/", "/es/en-los-medios/"),
    (
        "attachment",
        [2014, 2, "a-ruling", "facts"],
        "/2014/02/a-ruling/facts.pdf",
        "/es/2014/02/a-ruling/facts.pdf",
    ),
    ("photos-zip", [2014, 2, "a-ruling"], "/2014/02/a-ruling/photos.zip", "/es/2014/02/a-ruling/fotos.zip"),
    ("photo", ["a0", "480.webp"], "/photos/a0/480.webp", "/photos/a0/480.webp"),
    ("release", [2014, 2, "a-ruling"], "/2014/02/a-ruling/", "/es/2014/02/a-ruling/"),
    ("security-txt", [], "/.well-known/security.txt", "/.well-known/security.txt"),
    ("change-password", [], "/.well-known/change-password", "/.well-known/change-password"),
]


@pytest.mark.parametrize(("name", "words", "english", "spanish"), PUBLIC_URLS)
def test_public_urls_do_not_change(name, words, english, spanish):
    for language, url in (("en", english), ("es", spanish)):
        with translation.override(language):
            assert reverse(name, args=words) == url


def test_invitation_url_is_the_same_in_both_languages():
    for language in ("en", "es"):
        with translation.override(language):
            assert reverse("accept_invitation", args=["x"]) == "/admin/invitation/x/"


@pytest.mark.django_db
@pytest.mark.parametrize("url", ["/temas/", "/es/topics/", "/archivo/", "/es/archive/", "/en/", "/fr/"])
def test_url_with_words_of_the_other_language_returns_404(client, url):
    get_response(client, url, 404)


@pytest.mark.django_db
def test_missing_slash_redirects(client):
    assert get_response(client, "/topics", 301)["Location"] == "/topics/"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("url", "status", "location"),
    [
        ("/admin", 301, "/admin/"),
        ("/.well-known/change-password", 302, "/admin/password_change/"),
    ],
)
def test_short_urls_lead_to_the_admin(client, url, status, location):
    assert get_response(client, url, status)["Location"] == location


def test_approvals_are_sent_to_the_path_of_the_session_cookie(settings):
    assert reverse("approve-preview", args=["a0"]) == f"{APPROVAL_PREFIX}a0/"
    assert APPROVAL_PREFIX.startswith(settings.SESSION_COOKIE_PATH)


@pytest.mark.parametrize(
    ("path", "content_type"),
    [
        ("/favicon.ico", "image/x-icon"),
        ("/apple-touch-icon.png", "image/png"),
        ("/apple-touch-icon-precomposed.png", "image/png"),
    ],
)
def test_icons_are_served_at_the_root_and_cached(client, path, content_type):
    response = client.get(path)
    assert (response.status_code, response["Content-Type"]) == (200, content_type)
    assert response["Cache-Control"] == "max-age=86400, public"
    assert len(b"".join(response.streaming_content)) > 500


@pytest.mark.django_db
def test_security_txt_names_a_contact_and_expires_within_a_year(client):
    text = get_response(client, "/.well-known/security.txt").content.decode()
    fields = dict(line.split(": ", 1) for line in text.splitlines())
    assert fields["Contact"] == "http://127.0.0.1:8000/for-the-press/"
    left = datetime.fromisoformat(fields["Expires"]) - timezone.now()
    assert timedelta(days=170) < left < timedelta(days=365)
    newsroom = NewsroomSettings.current()
    newsroom.press_email = "press@example.org"
    newsroom.save()
    assert b"Contact: mailto:press@example.org\n" in get_response(client, "/.well-known/security.txt").content


@pytest.mark.django_db
def test_security_txt_names_the_contact_of_the_settings_first(client, settings):
    newsroom = NewsroomSettings.current()
    newsroom.press_email = "press@example.org"
    newsroom.save()
    settings.SECURITY_CONTACT = "mailto:security@example.org"
    text = get_response(client, "/.well-known/security.txt").content.decode()
    assert [line.partition(": ")[0] for line in text.splitlines()] == [
        *("Contact", "Expires", "Preferred-Languages", "Canonical")
    ]
    assert text.startswith("Contact: mailto:security@example.org\n")
    assert "press@example.org" not in text
    assert f"\nCanonical: {settings.SITE_URL}/.well-known/security.txt\n" in text


@pytest.mark.django_db
def test_every_file_under_a_former_slug_wrong_month_or_letter_case_redirects(client):
    photo, document = make_photo(), make_document()
    fields = {"photos": [photo_entry(photo)], "event_at": timezone.now() + timedelta(days=1)}
    attachments = [{"document": document.pk, "title": "Facts", "language": "en"}]
    release = make_release(slug="a-ruling", attachments=attachments, event_place="City Hall", **fields)
    files = [".txt", ".md", ".ics", "/card.png", "/photo-card.jpg", "/facts.pdf", "/photos.zip", "/"]
    base = release.get_absolute_url().rstrip("/")

    for file in files:
        assert client.head(f"{base}{file}").status_code == 200, file
    change_slug(release, user=make_user("ana"), slug="the-ruling")
    for file in files:
        for former in (base, "/2015/12/the-ruling", "/2015/03/The-Ruling"):
            response = client.get(f"{former}{file}")
            assert (response.status_code, response["Location"]) == (301, f"/2015/03/the-ruling{file}"), file
        assert client.head(f"/2015/03/the-ruling{file}").status_code == 200, file
        assert client.head(f"/es/2015/03/the-ruling{file}").status_code == 404, file


@pytest.mark.django_db
def test_every_list_and_search_page_has_a_title_of_its_own(client):
    topic = make_topic("DACA", "DACA")
    for language in ("en", "es"):
        for number in range(12):
            make_release(language=language, topics=(topic,), slug=f"release-{number}", kind="statement")
    paths = [
        *(
            "/",
            "/?page=2",
            "/?kind=statement",
            "/?kind=statement&page=2",
            "/notices/",
            "/topics/",
            "/topics/daca/",
        ),
        *(
            "/topics/daca/?page=2",
            "/2015/",
            "/2015/?page=2",
            "/2015/03/",
            "/archive/",
            "/follow/",
            "/search/",
        ),
        *(
            "/search/?q=ruling",
            "/search/?q=court",
            "/search/?q=ruling&page=2",
            "/search/?q=ruling&topic=daca",
        ),
        *("/search/?topic=daca", "/search/?q=ruling&year=2015", "/search/?q=ruling&kind=statement"),
        *("/es/", "/es/?page=2", "/es/temas/daca/", "/es/temas/daca/?page=2", "/es/2015/", "/es/buscar/"),
        *("/es/buscar/?q=ruling", "/es/temas/", "/es/avisos/", "/es/archivo/"),
    ]
    titles = {}
    for path in paths:
        page = get_response(client, path).content.decode()
        titles[path] = " ".join(re.search(r"<title>(.*?)</title>", page, re.DOTALL)[1].split())
    assert len(set(titles.values())) == len(paths), titles
    assert titles["/search/?q=ruling"] == "ruling: search – CARECEN"
    assert titles["/es/temas/daca/"] == "DACA: noticias en español – CARECEN"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("url", "location"),
    [
        ("/search?q=daca", "/search/?q=daca"),
        ("/Search/?q=daca&page=1", "/search/?q=daca&page=1"),
        ("/es//buscar/?q=daca", "/es/buscar/?q=daca"),
    ],
)
def test_mistyped_address_keeps_its_query(client, url, location):
    assert get_response(client, url, 301)["Location"] == location


@pytest.mark.django_db
@pytest.mark.parametrize(
    "url", ["/feed/", "/feed", "/feed/atom/", "/feed/json/", "/es/feed/", "/topics/daca/feed/json/"]
)
def test_feeds_can_be_loaded_by_pages_of_other_sites(client, url):
    make_release(topics=(make_topic("DACA"),))
    assert client.get(url, headers={"origin": "https://reader.example"})["Access-Control-Allow-Origin"] == "*"
