"""The desk in a browser: the editor starts under the policy, and a release goes from the first letter to the public page."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from releases import publishing
from releases.models import Newsroom, Release
from tests import pictures
from tests.admin import TWICE
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


def test_a_change_to_a_live_release_is_published_as_a_correction(signed_in, site, browser, complaints):
    release = make_release(summary="Eight families came.")
    page = signed_in(make_user())
    reader = browser.new_context(java_script_enabled=False).new_page()
    page.goto(f"{site}/admin/releases/release/{release.pk}/change/")
    page.fill("#id_summary", "Nine families came.")
    page.get_by_role("button", name="Publish the change…").click()
    page.wait_for_url(re.compile("/publish-change/"))
    expect(page.locator(".difference")).to_contain_text("EightNine families came.")
    reader.goto(site + release.get_absolute_url())
    expect(reader.locator(".body")).to_contain_text("Eight families came.")
    page.get_by_label("A correction: something was wrong").check()
    page.get_by_label("What readers are told").fill("Nine families came.")
    page.get_by_label("Now, without waiting").check()
    page.get_by_role("button", name="Publish the change").click()
    expect(page.locator(".messagelist")).to_contain_text("The change is public now")
    reader.reload()
    expect(reader.locator(".notice")).to_contain_text("Correction")
    expect(reader.locator(".body")).to_contain_text("Nine families came.")
    expect(reader.locator(".log")).to_contain_text("Nine families came.")
    assert complaints == []
    reader.context.close()


def test_a_take_down_is_one_tap_on_a_phone(signed_in, site):
    release = make_release()
    page = signed_in(make_user())
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{site}/admin/releases/release/{release.pk}/change/")
    page.get_by_role("button", name="Take down now").click()
    expect(page.locator(".messagelist")).to_contain_text("Taken down")
    assert page.request.get(site + release.get_absolute_url()).status == 410


def test_a_name_is_removed_everywhere(signed_in, site, complaints):
    release = make_release(summary="María López was freed.", slug="maria-lopez-was-freed")
    page = signed_in(make_user())
    page.goto(f"{site}/admin/")
    page.get_by_role("link", name="Remove a name everywhere…").click()
    page.get_by_label("Name").fill("Maria Lopez")
    page.get_by_role("button", name="Find it").click()
    expect(page.locator(".places")).to_contain_text("María López was freed.")
    page.get_by_role("button", name="Remove it everywhere, for good").click()
    expect(page.locator("#content-main")).to_contain_text("Backups made before now")
    release.refresh_from_db()
    page.goto(site + release.get_absolute_url())
    expect(page.locator(".body")).to_contain_text("[text removed on")
    assert release.slug == "was-freed"
    assert complaints == []


def test_the_history_is_read_and_an_earlier_text_brought_back(signed_in, site, complaints):
    draft = make_draft(summary="Eight families came.")
    page = signed_in(make_user())
    page.goto(f"{site}/admin/releases/release/{draft.pk}/change/")
    page.fill("#id_summary", "Nine families came.")
    page.get_by_role("button", name="Save draft").click()
    page.get_by_role("link", name="History").click()
    entry = page.locator(".history > li").first
    expect(entry).to_contain_text("Saved")
    expect(entry.locator("del")).to_have_text("Eight")
    page.get_by_label("compare this").first.check()
    page.get_by_label("with this").last.check()
    page.get_by_role("button", name="Compare the two").click()
    expect(page.locator("ins").last).to_have_text("Nine")
    page.get_by_role("link", name="Bring the older one back…").click()
    page.get_by_role("button", name="Bring it back").click()
    expect(page.locator("#id_summary")).to_have_value("Eight families came.")
    assert complaints == []


def test_a_time_that_comes_twice_in_november_is_explained_and_the_next_is_taken(signed_in, site):
    draft = make_draft()
    page = signed_in(make_user())
    page.goto(f"{site}/admin/releases/release/{draft.pk}/publish/")
    page.get_by_label("At a time").check()
    page.fill("#id_at", f"{TWICE:%Y-%m-%d}T01:30")
    page.get_by_role("button", name="Publish").click()
    expect(page.locator(".errorlist").first).to_contain_text("this time comes twice")
    page.fill("#id_at", f"{TWICE:%Y-%m-%d}T02:00")
    page.get_by_role("button", name="Publish").click()
    expect(page.locator(".state")).to_contain_text("2 a.m. Los Angeles time")
    draft.refresh_from_db()
    assert draft.public_at.hour == 10  # of UTC: standard time has begun


def press_until(page, what: str, most: int = 60) -> None:
    """Tab on until the focused element's words or value contain `what`."""
    for _press in range(most):
        page.keyboard.press("Tab")
        focused = page.evaluate("(document.activeElement.textContent + ' ' + (document.activeElement.value ?? '')).trim()")
        if what in focused:
            return
    raise AssertionError(f"the keyboard never reached “{what}”")


def test_a_preview_link_is_followed_by_a_scanner_opened_by_a_person_and_revoked(signed_in, site, browser):
    draft = make_draft(headline="A hidden ruling", summary="Families stay.")
    page = signed_in(make_user())
    page.goto(f"{site}/admin/releases/release/{draft.pk}/change/")
    page.get_by_role("link", name="Links…").click()
    page.get_by_label("For whom").fill("Ana Paz, La Opinión")
    page.get_by_label("A reporter, under embargo").check()
    page.get_by_role("button", name="Make the link").click()
    address = page.get_by_label("The link").input_value()
    assert address.startswith(f"{site}/preview/")
    assert "A hidden ruling" not in page.request.get(address).text()  # as a scanner does
    page.reload()
    expect(page.locator(".links")).to_contain_text("not opened yet")
    reader = browser.new_context(java_script_enabled=False).new_page()
    reader.goto(address)
    reader.get_by_role("button", name="Open").click()
    expect(reader.locator("h1")).to_have_text("A hidden ruling")
    assert address.rsplit("/", 2)[1] not in reader.url
    page.reload()
    expect(page.locator(".links")).not_to_contain_text("not opened yet")
    page.get_by_role("button", name="Revoke").click()
    expect(page.locator(".links")).to_contain_text("revoked")
    reader.reload()
    expect(reader.locator("h1")).to_have_text("This page is not here")
    reader.context.close()


def test_the_desk_at_390_pixels_by_keyboard_alone(signed_in, site):
    draft, scheduled = make_draft(headline="A ruling"), make_scheduled(headline="Tomorrow’s news")
    publishing.ask_for_review(draft, by=make_user("walter", "Writers"), text="Is the number right?")
    page = signed_in(make_user())
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{site}/admin/")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    press_until(page, "A ruling")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(f"/{draft.pk}/change/"))
    press_until(page, "Publish…", 120)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/publish/"))
    press_until(page, "now")
    page.keyboard.press("ArrowDown")  # now, without waiting
    press_until(page, "Publish")
    page.keyboard.press("Enter")
    expect(page.locator(".messagelist")).to_contain_text("It is public now")
    page.goto(f"{site}/admin/")
    press_until(page, "Put off… Tomorrow’s news")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(f"/{scheduled.pk}/reschedule/"))
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


def test_a_simple_table_is_written(signed_in, site, complaints):
    page = signed_in(make_user())
    page.goto(f"{site}/admin/releases/release/add/")
    page.get_by_role("textbox", name="Body").click()
    page.get_by_role("button", name="Table", exact=True).click()
    page.get_by_role("button", name="Insert", exact=True).click()
    page.keyboard.type("Day")
    assert "<table>" in page.locator("textarea[name=body]").evaluate("field => field.value")
    assert complaints == []


def test_enter_in_a_line_saves_and_does_nothing_else(signed_in, site):
    release = make_scheduled()
    page = signed_in(make_user())
    page.goto(f"{site}/admin/releases/release/{release.pk}/change/")
    page.fill("#id_headline", "Another headline")
    page.press("#id_dateline", "Enter")
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
        f"{desk}/{release.pk}/publish-change/",
        f"{desk}/{release.pk}/pin/",
        f"{desk}/remove-a-name/",
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


def test_a_photo_is_chosen_described_placed_in_the_text_and_published(signed_in, site, complaints, browser):
    draft = make_draft(headline=HEADLINE, body="<p>First words.</p><p>Last words.</p>")
    page = signed_in(make_user())
    page.goto(f"{site}/admin/releases/release/{draft.pk}/photos/")
    files = [
        {"name": "IMG_1.png", "mimeType": "image/png", "buffer": pictures.saved(pictures.scene(), "PNG")},
        {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"no picture"},
    ]
    page.get_by_label("Photos from this device").set_input_files(files)
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".errorlist")).to_contain_text("notes.txt: This is no picture")
    page.get_by_label("What it shows, for people who cannot see it").fill("Families hold banners.")
    page.get_by_label("Caption").fill("At City Hall.")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Back to the text").click()
    page.locator(".ProseMirror[contenteditable=true]").get_by_text("First words.").click()
    page.keyboard.press("End")
    page.get_by_role("button", name="Place it in the text").click()
    page.get_by_role("button", name="Publish…").click()
    page.wait_for_url(re.compile("/publish/"))
    page.get_by_label("Now, without waiting").check()
    page.get_by_role("button", name="Publish").click()
    expect(page.locator(".messagelist")).to_contain_text("It is public now")
    reader = browser.new_context(java_script_enabled=False).new_page()
    reader.goto(site + Release.objects.get().get_absolute_url())
    photo = reader.get_by_role("img", name="Families hold banners.")
    expect(photo).to_be_visible()
    assert photo.evaluate("image => image.naturalWidth") > 0
    text = reader.locator(".body").inner_text()
    assert text.index("First words.") < text.index("At City Hall.") < text.index("Last words.")
    assert complaints == []
    reader.context.close()
