"""Signing in, or entering the password again, in the middle of work: the same press then saves."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone

from releases.accounts.attempts import LIMITS
from releases.actions.newsroom_lock import lock_newsroom
from releases.models import NewsroomSettings, Release, StaffSession, User, end_sessions, sessions
from tests.admin import RELEASE_ADD_URL, admin_url, form_data, upload_data
from tests.factories import PASSWORD, make_draft, make_release, make_topic, make_user
from tests.pictures import JPEG_BYTES

pytestmark = pytest.mark.django_db


def read_form(response) -> list[tuple[str, str]]:
    """Return the fields that a browser would send from the form of a prompt."""
    page = response.content.decode()
    form = page[page.index('class="password-prompt"') : page.index("</form>", page.index("password-prompt"))]
    inputs = re.findall(r"<input([^>]*)>", form)
    pairs = [dict(re.findall(r'(\w+)="([^"]*)"', attributes)) for attributes in inputs]
    return [(pair["name"], unescape(pair.get("value", ""))) for pair in pairs if "name" in pair]


def answer(client, url, response, **values):
    """Send the form of a prompt with `values` for its own fields."""
    data: dict[str, list[str]] = {}
    for name, value in read_form(response):
        data.setdefault(name, []).append(value)
    return client.post(url, data | {name.replace("__", "-"): value for name, value in values.items()})


def sign_in_here(client, url, response, username="ana", password=PASSWORD):
    return answer(client, url, response, sign_in__username=username, sign_in__password=password)


@pytest.fixture
def make_stale(monkeypatch):
    """Return a function that lets a sign-in be older than ten minutes."""
    real = timezone.now

    def make_stale():
        monkeypatch.setattr(sessions.timezone, "now", lambda: real() + timedelta(minutes=10, seconds=1))

    return make_stale


# --- Signed out ---------------------------------------------------------------------------------------------

TEXTS = {
    "headline": "A “ruling” <b>&amp; more</b>",
    "summary": "One.\n\nTwo & three.",
    "body": "<p>Ñandú</p>",
}


def test_form_is_saved_after_signing_in_on_the_same_page(client):
    make_user()
    data = form_data(Release(), **TEXTS) | {"tags": [make_topic("DACA").pk, make_topic("TPS").pk]}
    prompt = client.post(RELEASE_ADD_URL, data)
    assert prompt.status_code == 403
    assert "no-store" in prompt["Cache-Control"]
    assert "Two &amp; three." in prompt.content.decode()
    assert not Release.objects.exists()
    saved = sign_in_here(client, RELEASE_ADD_URL, prompt)
    assert saved.status_code == 302
    release = Release.objects.get()
    assert release.summary.split() == ["One.", "Two", "&", "three."]
    assert "Ñandú" in release.body
    assert sorted(tag.name for tag in release.tags.all()) == ["DACA", "TPS"]
    assert client.get("/admin/").status_code == 200


@pytest.mark.parametrize(
    ("username", "password", "status", "message"),
    [
        ("ana", "wrong", 403, "correct username"),
        ("nobody", PASSWORD, 403, "correct username"),
        ("", "", 403, "required"),
        ("closed", PASSWORD, 403, "correct username"),
        ("visitor", PASSWORD, 403, "correct username"),
    ],
)
def test_wrong_answer_keeps_the_form(client, username, password, status, message):
    make_user()
    make_user("closed", is_active=False)
    make_user("visitor")
    User.objects.filter(username="visitor").update(is_staff=False)
    prompt = client.post(RELEASE_ADD_URL, form_data(Release(), **TEXTS))
    again = sign_in_here(client, RELEASE_ADD_URL, prompt, username, password)
    assert again.status_code == status
    assert message in again.content.decode()
    assert dict(read_form(again))["headline"] == TEXTS["headline"]
    assert PASSWORD not in again.content.decode()
    assert sign_in_here(client, RELEASE_ADD_URL, again).status_code == 302
    assert Release.objects.count() == 1


def test_guesses_on_the_prompt_count_like_those_on_the_sign_in_page(client):
    make_user()
    prompt = client.post(RELEASE_ADD_URL, form_data(Release(), **TEXTS))
    statuses = [sign_in_here(client, RELEASE_ADD_URL, prompt, password="x").status_code for _time in range(8)]
    assert statuses == [403] * LIMITS["account and source"].maximum + [429] * 3
    refused = sign_in_here(client, RELEASE_ADD_URL, prompt)
    assert dict(read_form(refused))["summary"] == TEXTS["summary"]


def test_colleague_who_may_not_do_it_is_refused_with_the_text(client):
    release = make_release()
    make_user("walter", "Writers")
    url = admin_url(release, "withdraw")
    prompt = client.post(url, {"reason": "A false number."})
    refused = sign_in_here(client, url, prompt, "walter")
    assert refused.status_code in (302, 403)
    release.refresh_from_db()
    assert release.is_public()


def test_text_is_kept_until_a_one_time_password_is_replaced(client):
    user = make_user()
    user.set_temporary_password("one-time-only")
    user.save()
    prompt = client.post(RELEASE_ADD_URL, form_data(Release(), **TEXTS))
    page = sign_in_here(client, RELEASE_ADD_URL, prompt, password="one-time-only")
    assert page.status_code == 403
    assert "/admin/password_change/" in page.content.decode()
    again = answer(client, RELEASE_ADD_URL, page)
    assert dict(read_form(again))["headline"] == TEXTS["headline"]
    new = "seven quiet tortoises"
    client.post(
        "/admin/password_change/",
        {"old_password": "one-time-only", "new_password1": new, "new_password2": new},
    )
    assert answer(client, RELEASE_ADD_URL, again).status_code == 302
    assert Release.objects.count() == 1


def test_text_is_kept_if_the_account_may_not_save_it(client):
    make_user("petra", "")
    prompt = client.post(RELEASE_ADD_URL, form_data(Release(), **TEXTS))
    page = sign_in_here(client, RELEASE_ADD_URL, prompt, "petra")
    assert page.status_code == 403
    assert "Your account may not do this" in page.content.decode()
    assert "Two &amp; three." in page.content.decode()


def test_session_that_ended_while_the_password_was_checked_stays_ended(
    manager_client, make_stale, monkeypatch
):
    make_stale()
    url, check = "/admin/releases/user/", User.check_password
    prompt = manager_client.get(url)

    def check_during_lock(self, password):
        lock_newsroom(None, keeps_schedule=True)
        return check(self, password)

    monkeypatch.setattr(User, "check_password", check_during_lock)
    assert answer(manager_client, url, prompt, confirm_password=PASSWORD).status_code == 403
    assert not StaffSession.objects.exists()
    assert manager_client.get("/admin/").status_code == 302


def test_form_that_was_saved_while_the_session_ended_answers_as_usual(client, monkeypatch):
    """The next request asks to sign in."""
    client.force_login(make_user())
    save = Release.save

    def save_and_end(self, *args, **kwargs):
        save(self, *args, **kwargs)
        end_sessions()

    monkeypatch.setattr(Release, "save", save_and_end)
    assert client.post(RELEASE_ADD_URL, form_data(Release())).status_code == 302
    assert Release.objects.count() == 1
    assert client.get("/admin/").status_code == 302


def test_text_of_a_signed_out_autosave_stays_with_the_page(client):
    response = client.post(RELEASE_ADD_URL, {"headline": "A"}, headers={"accept": "application/json"})
    assert response.status_code == 403
    assert "password-prompt" not in response.content.decode()


def test_files_must_be_chosen_again(client):
    make_user()
    url = admin_url(make_draft(), "photos")
    prompt = client.post(url, upload_data(("one.jpg", JPEG_BYTES)))
    assert "Choose them again" in prompt.content.decode()


def test_prompt_is_in_the_language_of_the_browser(client):
    prompt = client.post(RELEASE_ADD_URL, {"headline": "A"}, headers={"accept-language": "es"})
    assert "Su sesión se cerró" in prompt.content.decode()


# --- Entering the password again ----------------------------------------------------------------------------

CONFIRMED = [
    "/admin/releases/user/",
    "/admin/releases/user/add/",
    "/admin/releases/user/{user}/change/",
    "/admin/releases/user/{user}/password/",
    "/admin/releases/user/{user}/invite/",
    "/admin/releases/user/{user}/has-left/",
    "/admin/releases/release/remove-a-name/",
    "/admin/releases/topic/{topic}/merge/",
    "/admin/releases/release/{release}/restore/1/",
]
NOT_CONFIRMED = [
    "/admin/",
    "/admin/releases/release/add/",
    "/admin/releases/release/{release}/take-down/",
    "/admin/releases/release/{release}/withdraw/",
    "/admin/releases/release/{release}/publish/",
    "/admin/releases/release/{release}/change/",
    "/admin/releases/release/{release}/history/",
    "/admin/password_change/",
    "/admin/help/emergency/",
]


@pytest.fixture
def manager_client(client):
    client.force_login(make_user("maria", is_superuser=True))
    return client


@pytest.fixture
def fill_in(db):
    release, topic = make_release(), make_topic("DACA")
    return lambda url: url.format(user=make_user("ben").pk, topic=topic.pk, release=release.pk)


@pytest.mark.parametrize("url", CONFIRMED)
def test_page_asks_for_the_password_again_after_ten_minutes(manager_client, make_stale, fill_in, url):
    url = fill_in(url)
    assert manager_client.get(url).status_code in (200, 302)
    make_stale()
    prompt = manager_client.get(url)
    assert prompt.status_code == 403
    assert answer(manager_client, url, prompt, confirm_password="wrong").status_code == 403
    assert answer(manager_client, url, prompt, confirm_password=PASSWORD)["Location"] == url
    assert manager_client.get(url).status_code in (200, 302)


@pytest.mark.parametrize("url", NOT_CONFIRMED)
def test_page_never_asks_for_the_password_again(manager_client, make_stale, fill_in, url):
    make_stale()
    assert manager_client.get(fill_in(url)).status_code == 200


def test_page_opens_after_signing_in_on_a_prompt_whose_session_has_ended(manager_client, make_stale):
    make_stale()
    url = "/admin/releases/user/"
    prompt = manager_client.get(url)
    end_sessions()
    again = answer(manager_client, url, prompt, confirm_password=PASSWORD)
    assert again.status_code == 403
    assert sign_in_here(manager_client, url, again, "maria")["Location"] == url
    assert manager_client.get(url).status_code == 200
    assert "device" in manager_client.cookies


def test_confirmation_of_a_page_never_submits_it(manager_client, make_stale, monkeypatch):
    """The session ends while the page that unlocks the newsroom is confirmed."""
    lock_newsroom(None, keeps_schedule=True)
    manager_client.force_login(User.objects.get(username="maria"))
    make_stale()
    url, check = "/admin/releases/newsroomsettings/unlock/", User.check_password
    prompt = manager_client.get(url)
    with monkeypatch.context() as race:
        race.setattr(
            User, "check_password", lambda self, raw: end_sessions() is not None and check(self, raw)
        )
        again = answer(manager_client, url, prompt, confirm_password=PASSWORD)
    assert again.status_code == 403
    assert sign_in_here(manager_client, url, again, "maria")["Location"] == url
    assert NewsroomSettings.find_lock() is not None


def test_taking_down_never_asks_for_the_password_again(manager_client, make_stale):
    release = make_release()
    make_stale()
    manager_client.post(admin_url(release, "take-down"))
    release.refresh_from_db()
    assert not release.is_public()


def test_form_is_saved_after_entering_the_password_again(manager_client, make_stale):
    make_stale()
    url = "/admin/releases/user/add/"
    account = {"first_name": "Rosa & Ana", "email": "rosa@example.org", "role": "writer"}
    prompt = manager_client.post(url, account)
    assert prompt.status_code == 403
    key = manager_client.cookies["sessionid"].value
    page = answer(manager_client, url, prompt, confirm_password=PASSWORD)
    assert page.status_code == 200
    assert User.objects.get(email="rosa@example.org").first_name == "Rosa & Ana"
    assert manager_client.cookies["sessionid"].value != key
    assert StaffSession.objects.count() == 1


def test_password_can_be_guessed_again_a_few_times_only(manager_client, make_stale):
    make_stale()
    url = "/admin/releases/user/"
    prompt = manager_client.get(url)
    statuses = [answer(manager_client, url, prompt, confirm_password="x").status_code for _time in range(8)]
    assert statuses == [403] * LIMITS["session"].maximum + [429] * 3
    assert answer(manager_client, url, prompt, confirm_password=PASSWORD).status_code == 429


def test_fields_of_the_prompt_are_no_back_door(client):
    """Without a sign-in, the field of the other prompt does nothing."""
    make_user()
    response = client.post(RELEASE_ADD_URL, form_data(Release()) | {"confirm_password": PASSWORD})
    assert response.status_code == 403
    assert Client().post("/admin/", {"was_get": "1", "confirm_password": PASSWORD}).status_code == 403
    assert not Release.objects.exists()
