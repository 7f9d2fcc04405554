"""The desk in a browser: the editor starts under the policy, and a release goes from the first letter to the public page."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from releases.models import Newsroom, Release
from tests.builders import make_draft, make_release, make_scheduled, make_topic, make_user

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

HEADLINE = "CARECEN honors Raúl Grijalva"


def test_a_release_is_written_tagged_published_and_read_without_javascript(signed_in, site, complaints, browser):
    make_topic("DACA")
    page = signed_in(make_user())
    page.goto(f"{site}/admin/releases/release/add/")
    expect(page.locator(".prose-editor .ProseMirror[contenteditable=true]")).to_have_count(1)
    page.fill("#id_headline", HEADLINE)
    page.fill("#id_summary", "He was honored last night.")
    editor = page.get_by_role("textbox", name="Body")
    editor.click()
    page.keyboard.type("He said: ")
    page.keyboard.press("Control+b")
    page.keyboard.type("thank you")
    page.keyboard.press("Control+b")
    page.keyboard.press("Enter")
    page.keyboard.type("- clinics")
    page.get_by_label("DACA").check()
    page.get_by_role("button", name="Publish…").click()
    page.wait_for_url(re.compile("/publish/"))
    page.get_by_label("Now, without waiting").check()
    page.get_by_role("button", name="Publish").click()
    expect(page.locator(".messagelist")).to_contain_text("It is public now")
    assert complaints == []

    release = Release.objects.get()
    assert release.body == "<p>He said: <strong>thank you</strong></p><ul><li><p>clinics</p></li></ul>"
    reader = browser.new_context(java_script_enabled=False)
    public = reader.new_page()
    day = release.date
    for url in ("/", "/topics/daca/", f"/{day.year}/", f"/{day.year}/{day.month:02}/"):
        public.goto(site + url)
        expect(public.get_by_role("heading", name=HEADLINE)).to_be_visible()
    public.get_by_role("link", name=f"Continue reading {HEADLINE}").click()
    public.wait_for_url(f"{site}/{day.year}/{day.month:02}/carecen-honors-raul-grijalva/")
    expect(public.locator(".body strong")).to_have_text("thank you")
    assert reader.cookies() == []
    reader.close()


def test_a_scheduled_release_appears_on_the_second_through_the_running_server(site, page):
    moment = timezone.now() + timedelta(seconds=3)
    release = make_release(public_at=moment)
    address = site + release.get_absolute_url()
    early = late = 0
    while late < 3:
        asked = timezone.now()
        status = page.request.get(address).status
        answered = timezone.now()
        early += status == 200 and answered < moment
        late += asked >= moment
        assert status == (200 if asked >= moment else 404) or asked < moment <= answered
    assert early == 0


def test_publishing_can_be_undone_in_the_countdown(signed_in, site):
    draft = make_draft()
    page = signed_in(make_user())
    page.goto(f"{site}/admin/releases/release/{draft.pk}/publish/")
    page.get_by_role("button", name="Publish").click()
    countdown = page.locator("[data-countdown]")
    before = int(countdown.text_content())
    page.wait_for_timeout(1500)
    assert int(countdown.text_content()) < before
    page.get_by_role("button", name="Undo").first.click()
    expect(page.locator(".messagelist")).to_contain_text("It is a draft again")


def test_after_the_countdown_the_page_says_it_is_public(signed_in, site):
    Newsroom(undo_window=8).save()
    draft = make_draft()
    page = signed_in(make_user())
    page.goto(f"{site}/admin/releases/release/{draft.pk}/publish/")
    page.get_by_role("button", name="Publish").click()
    expect(page.locator(".undo")).to_contain_text("It is public now.", timeout=20_000)
    draft.refresh_from_db()
    assert draft.is_public()


def test_the_editor_speaks_spanish_at_the_spanish_desk(signed_in, site):
    page = signed_in(make_user(language="es"))
    page.goto(f"{site}/admin/releases/release/add/")
    page.get_by_role("textbox", name="Texto").click()
    page.keyboard.type("palabra")
    page.keyboard.press("Control+a")
    for words in ("Negrita", "Cursiva", "Lista con viñetas", "Cita"):
        expect(page.get_by_role("button", name=words)).to_be_visible()
    icons = page.locator(".prose-menubar .material-icons").all_text_contents()
    assert {"undo", "redo", "format_bold"} <= set(icons)  # the words of the icon font are no words of ours
    page.get_by_role("button", name="Enlace").click()
    expect(page.locator(".prose-editor-dialog")).to_have_text(re.compile("^EnlaceDirecciónAdónde llevaListoCancelar$"))


def test_enter_in_the_headline_saves_and_does_nothing_else(signed_in, site):
    release = make_scheduled()
    page = signed_in(make_user())
    page.goto(f"{site}/admin/releases/release/{release.pk}/change/")
    page.fill("#id_headline", "Another headline")
    page.press("#id_headline", "Enter")
    expect(page.locator(".messagelist")).to_be_visible()
    release.refresh_from_db()
    assert (release.headline, release.is_scheduled) == ("Another headline", True)


def test_coming_back_to_the_form_shows_what_was_typed(signed_in, site):
    page = signed_in(make_user())
    draft = make_draft(body="<p>Old words.</p>")
    page.goto(f"{site}/admin/releases/release/{draft.pk}/change/")
    page.locator(".tiptap").click()
    page.keyboard.press("Control+a")
    page.keyboard.type("New words.")
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(f"{site}/admin/")
    page.go_back()
    expect(page.locator(".tiptap")).to_have_text("New words.")


def test_leaving_with_unsaved_words_is_asked_about(signed_in, site):
    page = signed_in(make_user())
    draft = make_draft()
    page.goto(f"{site}/admin/releases/release/{draft.pk}/change/")
    page.locator("#id_summary").press_sequentially("x")
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto(f"{site}/admin/")
    assert asked == ["beforeunload"]


def test_the_form_fits_a_phone_and_keeps_its_buttons_in_reach(signed_in, site):
    page = signed_in(make_user())
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"{site}/admin/releases/release/add/")
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    expect(page.get_by_role("button", name="Save draft")).to_be_in_viewport()
    expect(page.get_by_role("button", name="Publish…")).to_be_in_viewport()


def test_every_page_of_the_desk_keeps_to_the_policy(signed_in, site, complaints):
    page = signed_in(make_user(is_superuser=True))
    release, draft, topic = make_release(), make_draft(), make_topic("DACA")
    desk = "/admin/releases/release"
    for url in (
        "/admin/",
        f"{desk}/",
        f"{desk}/add/",
        f"{desk}/{release.pk}/change/",
        f"{desk}/{release.pk}/history/",
        f"{desk}/{release.pk}/withdraw/",
        f"{desk}/{draft.pk}/publish/",
        f"{desk}/{draft.pk}/delete/",
        f"/admin/releases/topic/{topic.pk}/change/",
        "/admin/releases/topic/",
        "/admin/releases/user/add/",
        "/admin/password_change/",
    ):
        page.goto(site + url)
        page.wait_for_load_state("networkidle")
    assert complaints == []
