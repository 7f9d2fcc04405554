"""Ready pages in front of Django: what is sent without asking it, and what goes on to it."""

import pytest
from django.test import RequestFactory

from releases import caching
from releases.caching import editions
from releases.models import Release
from tests.builders import make_release

pytestmark = pytest.mark.django_db


def ask(application, **environ):
    answer = {}

    def start(status, headers, _fault=None):
        answer.update(status=status, headers=dict(headers))

    words = RequestFactory().get("/").environ | {"HTTP_HOST": "127.0.0.1:8000"} | environ
    return b"".join(application(words, start)), answer


def fill(client):
    """Cache the home page, and return it from the cache, less than a tenth of a second after the generation was queried."""
    client.get("/", headers={"host": "127.0.0.1:8000"})
    return client.get("/", headers={"host": "127.0.0.1:8000"})


@pytest.fixture
def front():
    """The application with ready pages first, and how often Django behind it was asked."""
    asked = []

    def django(environ, start_response):
        asked.append(environ["PATH_INFO"])
        start_response("200 OK", [])
        return [b"django"]

    return caching.ready_first(django), asked


def test_in_front_of_django_the_same_page_is_sent_from_memory(client, front, django_assert_num_queries):
    application, asked = front
    make_release()
    page = fill(client)
    with django_assert_num_queries(0):
        body, answer = ask(application)
    assert (body, answer["status"], asked) == (page.content, "200 OK", [])
    assert answer["headers"] == dict(page.headers)
    body, answer = ask(application, HTTP_IF_NONE_MATCH=page["ETag"])
    assert (body, answer["status"]) == (b"", "304 Not Modified")
    assert ask(application, REQUEST_METHOD="HEAD")[0] == b""


@pytest.mark.parametrize(
    "environ",
    [
        {"PATH_INFO": "/nowhere/"},
        {"PATH_INFO": "/admin/"},
        {"REQUEST_METHOD": "POST"},
        {"HTTP_HOST": "evil.example"},
        {"PATH_INFO": "/espa\xc3\xb1ol/"},
    ],
)
def test_what_is_not_ready_goes_on_to_django(client, front, environ):
    application, asked = front
    fill(client)
    assert ask(application, **environ)[0] == b"django"
    assert len(asked) == 1


def test_in_front_of_django_a_change_of_another_process_shows_within_a_tenth_of_a_second(client, front, monkeypatch):
    application, _asked = front
    fill(client)
    assert ask(application)[0] != b"django"
    monkeypatch.setattr(editions, "_checked", editions._checked - 0.11)
    assert ask(application)[0] == b"django"


def test_a_change_of_this_process_is_seen_in_front_of_django_at_once(client, front):
    application, _asked = front
    release = make_release()
    fill(client)
    Release.objects.get(pk=release.pk).save()
    assert ask(application)[0] == b"django"


def test_an_answer_to_an_earlier_question_is_not_taken_for_fresh(client, front, monkeypatch):
    """A thread that asked before a change was committed, and hears the answer after it."""
    application, _asked = front
    make_release()
    stamp = editions._stamp

    def slow():
        found = stamp()
        editions._begin_anew()  # the change is committed now
        return found

    monkeypatch.setattr(editions, "_stamp", slow)
    fill(client)
    assert ask(application)[0] == b"django"


def test_over_plain_http_nothing_is_ready_where_https_is_wanted(client, settings):
    fill(client)
    settings.HTTPS, settings.SECURE_PROXY_SSL_HEADER = True, ("HTTP_X_FORWARDED_PROTO", "https")
    application = caching.ready_first(lambda _environ, start: start("301", []) or [b"django"])
    assert ask(application)[0] == b"django"
    assert ask(application, HTTP_X_FORWARDED_PROTO="https")[0] != b"django"


@pytest.mark.parametrize("is_unchanged", [False, True])
def test_a_header_that_a_server_adds_to_one_answer_is_in_no_other(client, front, is_unchanged):
    application, _asked = front
    make_release()
    page = fill(client)
    answers = []

    def start(_status, headers):
        answers.append(list(headers))
        headers.append(("Date", "today"))

    for _time in range(2):
        sent = {"HTTP_IF_NONE_MATCH": page["ETag"]} if is_unchanged else {}
        application(RequestFactory().get("/").environ | {"HTTP_HOST": "127.0.0.1:8000"} | sent, start)
    assert answers[0] == answers[1]
    assert ("ETag", page["ETag"]) in answers[0]
