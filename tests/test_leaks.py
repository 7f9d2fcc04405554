"""What strangers could learn, keep or break, with the inputs of tests/files/leaks.json."""

import json
import os
import re
import stat
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DatabaseError, DataError, OperationalError, ProgrammingError
from django.test import Client, RequestFactory

from carecen_news.data_folder import prepare_data_folder
from carecen_news.static_files import add_etag
from releases import caching
from releases.actions.withdrawal import withdraw
from releases.models import Release
from releases.views.base import DeclaredQuery, UndeclaredParameter
from tests.admin import RELEASE_LIST_URL
from tests.factories import make_draft, make_release, make_scheduled, make_user

CASES = json.loads((Path(__file__).parent / "files" / "leaks.json").read_text(encoding="utf-8"))


# --- Addresses ----------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("url", CASES["withdrawn_addresses"])
def test_withdrawn_release_says_so_under_every_spelling_of_its_address(client, publisher, url):
    release = make_release(slug="a-ruling")
    withdraw(release, user=publisher)
    response = client.get(url, follow=True)
    assert response.status_code == 410


@pytest.mark.django_db
@pytest.mark.parametrize("url", CASES["withdrawn_addresses"])
@pytest.mark.parametrize("make", [make_draft, make_scheduled])
def test_hidden_release_is_missing_under_every_spelling_of_its_address(client, make, url):
    make(slug="a-ruling", date="2015-03-04")
    assert client.get(url, follow=True).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("url", CASES["foreign_next"])
def test_sign_in_with_a_foreign_address_leads_to_the_desk(client, publisher, url):
    publisher.set_password("correct horse battery")
    publisher.save()
    data = {"username": publisher.username, "password": "correct horse battery", "next": url}
    response = client.post("/admin/login/", data)
    assert (response.status_code, response["Location"]) == (302, "/admin/")
    client.logout()
    response = client.post(f"/admin/login/?next={url}", data | {"next": ""})
    assert response.status_code == 302
    assert response["Location"].startswith("/admin/")


@pytest.mark.django_db
@pytest.mark.parametrize("url", CASES["own_next"])
def test_sign_in_leads_back_to_an_address_of_the_desk(client, publisher, url):
    publisher.set_password("correct horse battery")
    publisher.save()
    data = {"username": publisher.username, "password": "correct horse battery", "next": url}
    assert client.post("/admin/login/", data)["Location"] == url


@pytest.mark.django_db
@pytest.mark.parametrize("url", CASES["not_served"])
def test_files_beside_the_static_files_are_not_served(client, url):
    assert client.get(url).status_code == 404


# --- Search words -------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("url", CASES["searches"])
@pytest.mark.parametrize("method", ["get", "head"])
def test_search_page_is_stored_nowhere(client, url, method):
    make_release()
    response = getattr(client, method)(url)
    assert response["Cache-Control"] == "no-store"
    assert "ETag" not in response
    pages = caching.get_page_cache()
    assert (len(pages._plain), len(pages._with_query)) == (0, 0)


NGINX = (Path(__file__).parents[1] / "deploy" / "nginx.conf").read_text()


def find_nginx_location(path: str) -> str:
    """Return the directives of the location that nginx chooses for `path` in the TLS server."""
    server = NGINX[NGINX.index("listen 443") :]
    locations = re.findall(r"location (?:(=|~\*|~|\^~) )?(\S+) \{(.*?)\n    \}", server, re.DOTALL)
    prefixes = [
        (len(pattern), modifier, body)
        for modifier, pattern, body in locations
        if modifier in ("", "^~") and path.startswith(pattern)
    ]
    _length, modifier, best = max(prefixes)
    if modifier != "^~":
        for modifier, pattern, body in locations:
            flags = re.IGNORECASE if modifier == "~*" else 0
            if modifier in ("~", "~*") and re.search(pattern, path, flags):
                return body
    return best


@pytest.mark.parametrize(
    "url", [*CASES["searches"], "/SEARCH/?q=asylum", "/search?q=asylum", "/es/Buscar/?q=asilo"]
)
def test_nginx_stores_no_search(url):
    location = find_nginx_location(url.partition("?")[0])
    assert "proxy_cache" not in location
    assert "proxy_max_temp_file_size 0;" in location


@pytest.mark.parametrize(
    ("path", "is_cached"), [("/", True), ("/2015/03/a/", True), ("/admin/", False), ("/health/ready/", False)]
)
def test_nginx_caches_public_pages_only(path, is_cached):
    assert ("proxy_cache newsroom;" in find_nginx_location(path)) is is_cached


@pytest.mark.parametrize(
    ("path", "is_passed_on"),
    [
        ("/admin/", True),
        ("/admin/login/", True),
        ("/preview/x/", True),
        ("/", False),
        ("/es/", False),
        ("/search/", False),
        ("/2015/03/admin/", False),
        ("/administration/", False),
        ("/health/", False),
    ],
)
def test_nginx_passes_on_addresses_for_the_desk_and_private_links_only(path, is_passed_on):
    pattern = re.search(r'map \$uri \$guarded_address \{\s+default "";\s+"~(\S+)" \$remote_addr;', NGINX)
    assert pattern
    assert bool(re.search(pattern[1], path)) is is_passed_on
    headers = re.findall(r"proxy_set_header (X-\S+|Forwarded) (\S+);", NGINX)
    assert headers == [
        ("X-Forwarded-Proto", "https"),
        ("X-Real-IP", "$guarded_address"),
        ("X-Forwarded-For", '""'),
    ]


def test_nginx_logs_no_addresses():
    assert re.findall(r"^\s*(access_log|error_log) (.*);", NGINX, re.MULTILINE) == [
        ("access_log", "off"),
        ("error_log", "stderr emerg"),
    ]
    assert '"no-store"' not in NGINX
    assert '"~^public" 0;' in NGINX


# --- Query parameters and the page cache --------------------------------------------------------------------


@pytest.mark.parametrize("name", CASES["undeclared_parameters"])
def test_view_cannot_read_a_parameter_that_it_does_not_declare(name):
    request = RequestFactory().get("/", {name: "x", "page": "2"})
    query = DeclaredQuery.from_request(request, ["page"])
    assert (query["page"], query.get("page"), query.getlist("page"), "page" in query) == (
        "2",
        "2",
        ["2"],
        True,
    )
    for read in (query.__getitem__, query.get, query.getlist, query.__contains__):
        with pytest.raises(UndeclaredParameter):
            read(name)


@pytest.mark.parametrize(("path", "query", "key"), CASES["cache_keys"])
def test_cache_key_contains_the_parameters_that_the_view_declares(path, query, key):
    assert caching.make_cache_key("GET", path, query) == key


@pytest.mark.django_db
@pytest.mark.parametrize("url", CASES["redirected_searches"])
def test_redirect_of_a_search_is_stored_nowhere(client, url):
    response = client.get(url)
    assert (response.status_code, response["Cache-Control"]) == (301, "no-store")
    assert client.get(url, follow=True)["Cache-Control"] == "no-store"


@pytest.mark.django_db
def test_redirect_to_https_is_stored_nowhere_if_it_has_a_query(client, settings):
    settings.SECURE_SSL_REDIRECT = True
    assert Client().get("/search/?q=asylum")["Cache-Control"] == "no-store"
    assert "Cache-Control" not in Client().get("/archive/")


@pytest.mark.django_db
def test_late_page_of_an_earlier_generation_does_not_empty_the_cache(client):
    make_release()
    client.get("/")
    earlier, pages = caching.get_last_known_generation(), caching.get_page_cache()
    make_release(headline="A new ruling")
    for url in ("/", "/archive/", "/topics/", "/feed/"):
        client.get(url)
    current = caching.get_last_known_generation()
    assert current.key != earlier.key
    count, page = len(pages._plain), pages.get(current, "/")
    assert count == 4
    pages.put(earlier, "/late/", page)
    assert pages.get(earlier, "/") is None
    with pages.render_once(earlier, "/") as found:
        assert found is None
    assert len(pages._plain) == count
    assert pages.get(current, "/") is page


# --- ETags and ids ------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_feed_ids_are_random_and_stay(client, publisher):
    releases = [make_release(slug=f"ruling-{number}") for number in range(5)]
    ids = [release.feed_id for release in releases]
    assert len(set(ids)) == 5
    assert {feed_id.version for feed_id in ids} == {4}
    releases[0].save()
    assert Release.objects.get(pk=releases[0].pk).feed_id == ids[0]
    assert {record.feed_id for record in releases[0].history.all()} == {ids[0]}
    assert f"urn:uuid:{ids[0]}" in client.get("/feed/").content.decode()


@pytest.mark.django_db
def test_etag_of_the_share_image_does_not_tell_of_a_hidden_change(client, publisher):
    release = make_release(slug="a-ruling", headline="A ruling")
    url = f"{release.get_absolute_url()}card.png"
    etag = client.get(url)["ETag"]
    release.save()  # another version with the same text
    Release.objects.filter(pk=release.pk).update(version=99)
    assert client.get(url)["ETag"] == etag
    assert client.get(url, headers={"if-none-match": etag}).status_code == 304
    other = make_release(slug="the-same", headline="A ruling")
    assert client.get(f"{other.get_absolute_url()}card.png")["ETag"] == etag
    Release.objects.filter(pk=release.pk).update(headline="Another ruling")
    caching.invalidate_public_cache()
    assert client.get(url)["ETag"] != etag


def test_etag_of_a_static_file_depends_on_its_bytes_alone(tmp_path):
    etags = []
    for number, content in enumerate((b"body {}", b"body {}", b"body { }")):
        path = tmp_path / f"{number}" / f"name-{number}.css"
        path.parent.mkdir()
        path.write_bytes(content)
        os.utime(path, (number, number))
        headers: dict[str, str] = {}
        add_etag(headers, str(path), "/static/x.css")
        etags.append(headers["ETag"])
    assert etags[0] == etags[1] != etags[2]


# --- Lists of the admin -------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("query", CASES["invented_list_addresses"])
@pytest.mark.parametrize("model", ["release", "topic", "photo"])
def test_invented_address_of_a_list_leads_to_the_list(client, query, model):
    client.force_login(make_user(is_superuser=True))
    response = client.get(f"/admin/releases/{model}/{query}", follow=True)
    assert response.status_code in (200, 400)
    assert len(response.redirect_chain) <= 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    "error", [ValueError, OverflowError, DatabaseError, DataError, ProgrammingError, OperationalError]
)
def test_fault_in_a_list_is_shown_and_logged_and_not_redirected_to_itself(client, monkeypatch, caplog, error):
    client.force_login(make_user(is_superuser=True))
    client.raise_request_exception = False

    def fail(*_args, **_kwargs):
        raise error

    monkeypatch.setattr("releases.admin.releases.ReleaseAdmin.get_queryset", fail)
    for query in ("", "?q=x"):
        response = client.get(f"{RELEASE_LIST_URL}{query}", follow=True)
        assert response.status_code in (500, 503)
        assert len(response.redirect_chain) <= 1
    assert any(record.exc_info for record in caplog.records)


# --- Files and hosts ----------------------------------------------------------------------------------------


def test_uploads_are_readable_by_their_owner_only():
    name = default_storage.save("a folder/a file", ContentFile(b"x"))
    path = Path(default_storage.path(name))
    try:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    finally:
        default_storage.delete(name)


@pytest.mark.parametrize("mode", [0o755, 0o777, 0o750, 0o701, 0o770, 0o700])
def test_data_folder_that_others_can_open_is_closed(tmp_path, mode):
    folder = tmp_path / "data"
    folder.mkdir()
    folder.chmod(mode)
    assert prepare_data_folder(folder) == folder
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.mark.parametrize("kind", ["shared", "top", "foreign"])
def test_data_folder_of_others_is_refused(tmp_path, monkeypatch, kind):
    folder = Path("/tmp") if kind == "top" else tmp_path / "data"
    folder.mkdir(exist_ok=True)
    if kind != "top":
        folder.chmod(0o1777 if kind == "shared" else 0o755)
    if kind == "foreign":
        monkeypatch.setattr("carecen_news.data_folder.os.geteuid", lambda: 4242)
    mode = folder.stat().st_mode
    with pytest.raises(ImproperlyConfigured, match="Others on this machine can open DATA_DIR"):
        prepare_data_folder(folder)
    assert folder.stat().st_mode == mode


# --- Refused requests ---------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("url", CASES["addresses_with_many_parameters"])
@pytest.mark.parametrize("count", [999, 1001, 5000])
def test_many_parameters_leave_no_traceback(client, caplog, url, count):
    make_release()
    query = "&".join(f"a{number}=1" for number in range(count))
    response = client.get(f"{url}?{query}")
    assert response.status_code in (200, 301, 400, 404)
    # The level of django.security excludes its own records from the log.
    assert {record.name for record in caplog.records if record.exc_info} <= {
        "django.security.TooManyFieldsSent"
    }
    assert django_settings.LOGGING["loggers"]["django.security"]["level"] == "CRITICAL"


@pytest.mark.django_db
def test_many_form_fields_leave_no_traceback(client, caplog):
    response = client.post("/admin/login/", {f"a{number}": "1" for number in range(1500)})
    assert response.status_code == 400
    assert {record.name for record in caplog.records if record.exc_info} <= {
        "django.security.TooManyFieldsSent"
    }
