"""The admin in a browser: the editor under the CSP, and a release from draft to public page."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from releases.actions.reviews import request_review
from releases.models import NewsroomSettings, Release
from tests import pictures
from tests.admin import DST_END_DATE
from tests.browser import get_page_width
from tests.factories import make_draft, make_release, make_scheduled, make_topic, make_user

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

HEADLINE = "CARECEN honors Raúl Grijalva"


def test_release_is_written_published_and_readable_without_javascript(
    sign_in, site_url, console_errors, browser
):
    make_topic("DACA")
    page = sign_in(make_user())
    page.goto(f"{site_url}/admin/releases/release/add/")
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
    page.locator("#section-topics > summary").click()
    page.get_by_label("DACA").check()
    page.get_by_role("button", name="Publish…").click()
    page.wait_for_url(re.compile("/publish/"))
    page.get_by_label("Now, without waiting").check()
    page.get_by_role("button", name="Publish").click()
    expect(page.locator(".messagelist")).to_contain_text("Published:")
    assert console_errors == []

    release = Release.objects.get()
    assert release.body == "<p>He said: <strong>thank you</strong></p><ul><li><p>clinics</p></li></ul>"
    reader = browser.new_context(java_script_enabled=False)
    public = reader.new_page()
    day = release.date
    for url in ("/", "/topics/daca/", f"/{day.year}/", f"/{day.year}/{day.month:02}/"):
        public.goto(site_url + url)
        expect(public.get_by_role("heading", name=HEADLINE)).to_be_visible()
    public.get_by_role("link", name=f"Continue reading {HEADLINE}").click()
    public.wait_for_url(f"{site_url}/{day.year}/{day.month:02}/carecen-honors-raul-grijalva/")
    expect(public.locator(".release-body strong")).to_have_text("thank you")
    assert reader.cookies() == []
    reader.close()


def test_scheduled_release_appears_at_its_exact_second(site_url, page):
    public_at = timezone.now() + timedelta(seconds=3)
    release = make_release(public_at=public_at)
    url = site_url + release.get_absolute_url()
    early = late = 0
    while late < 3:
        requested_at = timezone.now()
        status = page.request.get(url).status
        answered = timezone.now()
        early += status == 200 and answered < public_at
        late += requested_at >= public_at
        assert status == (200 if requested_at >= public_at else 404) or requested_at < public_at <= answered
    assert early == 0


def test_publishing_can_be_undone_in_the_countdown(sign_in, site_url):
    draft = make_draft()
    page = sign_in(make_user())
    page.goto(f"{site_url}/admin/releases/release/{draft.pk}/publish/")
    page.get_by_role("button", name="Publish").click()
    countdown = page.locator("[data-countdown]")
    seconds = int(countdown.text_content())
    page.wait_for_timeout(1500)
    assert int(countdown.text_content()) < seconds
    page.get_by_role("button", name="Undo").first.click()
    expect(page.locator(".messagelist")).to_contain_text("Returned to draft")


def test_after_the_countdown_the_page_says_it_is_public(sign_in, site_url):
    NewsroomSettings(undo_window=8).save()
    draft = make_draft()
    page = sign_in(make_user())
    page.goto(f"{site_url}/admin/releases/release/{draft.pk}/publish/")
    page.get_by_role("button", name="Publish").click()
    expect(page.locator(".status-message")).to_contain_text("Public", timeout=20_000)
    expect(page.locator(".undo")).to_have_count(0)
    draft.refresh_from_db()
    assert draft.is_public()


def test_pending_revision_is_published_as_a_correction(sign_in, site_url, browser, console_errors):
    release = make_release(summary="Eight families came.")
    page = sign_in(make_user())
    reader = browser.new_context(java_script_enabled=False).new_page()
    page.goto(f"{site_url}/admin/releases/release/{release.pk}/change/")
    page.fill("#id_summary", "Nine families came.")
    page.get_by_role("button", name="Publish change…").click()
    page.wait_for_url(re.compile("/publish-revision/"))
    expect(page.locator(".diff")).to_contain_text("EightNine families came.")
    reader.goto(site_url + release.get_absolute_url())
    expect(reader.locator(".release-body")).to_contain_text("Eight families came.")
    page.get_by_label("Correction (something was wrong)").check()
    page.get_by_label("Sentence for readers").fill("Nine families came.")
    page.get_by_label("Now, without waiting").check()
    page.get_by_role("button", name="Publish the change").click()
    expect(page.locator(".messagelist")).to_contain_text("The change is published")
    reader.reload()
    expect(reader.locator(".notice")).to_contain_text("Correction")
    expect(reader.locator(".release-body")).to_contain_text("Nine families came.")
    expect(reader.locator(".corrections")).to_contain_text("Nine families came.")
    assert console_errors == []
    reader.context.close()


def test_name_is_redacted_everywhere(sign_in, site_url, console_errors):
    release = make_release(summary="María López was freed.", slug="maria-lopez-was-freed")
    page = sign_in(make_user())
    page.goto(f"{site_url}/admin/")
    page.get_by_role("link", name="Remove a name everywhere…").click()
    page.get_by_label("Name").fill("Maria Lopez")
    page.get_by_role("button", name="Search").click()
    expect(page.locator(".occurrence-list")).to_contain_text("María López was freed.")
    page.get_by_role("button", name="Remove everywhere, permanently").click()
    expect(page.locator("#content-main")).to_contain_text("Backups made before now")
    release.refresh_from_db()
    page.goto(site_url + release.get_absolute_url())
    expect(page.locator(".release-body")).to_contain_text("[text removed on")
    assert release.slug == "was-freed"
    assert console_errors == []


def test_history_versions_can_be_compared_and_restored(sign_in, site_url, console_errors):
    draft = make_draft(summary="Eight families came.")
    page = sign_in(make_user())
    page.goto(f"{site_url}/admin/releases/release/{draft.pk}/change/")
    page.fill("#id_summary", "Nine families came.")
    page.get_by_role("button", name="Save draft").click()
    page.locator(".action-menu summary").click()
    page.get_by_role("link", name="History").click()
    entry = page.locator(".history-list > li").first
    expect(entry).to_contain_text("Saved")
    expect(entry.locator("del")).to_have_text("Eight")
    page.get_by_label("compare this").first.check()
    page.get_by_label("with this").last.check()
    page.get_by_role("button", name="Compare").click()
    expect(page.locator("ins").last).to_have_text("Nine")
    page.get_by_role("link", name="Restore the earlier version…").click()
    page.get_by_role("button", name="Restore this version").click()
    expect(page.locator("#id_summary")).to_have_value("Eight families came.")
    assert console_errors == []


def test_ambiguous_time_at_the_end_of_dst_is_rejected_with_an_explanation(sign_in, site_url):
    draft = make_draft()
    page = sign_in(make_user())
    page.goto(f"{site_url}/admin/releases/release/{draft.pk}/publish/")
    page.get_by_label("At a set time").check()
    page.fill("#id_at", f"{DST_END_DATE:%Y-%m-%d}T01:30")
    page.get_by_role("button", name="Schedule").click()
    expect(page.locator(".errorlist").first).to_contain_text("this time occurs twice")
    page.fill("#id_at", f"{DST_END_DATE:%Y-%m-%d}T02:00")
    page.get_by_role("button", name="Schedule").click()
    expect(page.locator(".status-message")).to_contain_text("2 a.m. Los Angeles time")
    draft.refresh_from_db()
    assert draft.public_at.hour == 10  # UTC; daylight saving time has ended


def tab_to(page, text: str, max_presses: int = 60) -> None:
    """Press Tab until the text or value of the focused element contains `text`."""
    for _press in range(max_presses):
        page.keyboard.press("Tab")
        focused = page.evaluate(
            "(document.activeElement.textContent + ' ' + (document.activeElement.value ?? '')).trim()"
        )
        if text in focused:
            return
    raise AssertionError(f"no element with “{text}” after {max_presses} tab stops")


def test_admin_works_at_390_pixels_with_the_keyboard_only(sign_in, site_url):
    draft, scheduled = make_draft(headline="A ruling"), make_scheduled(headline="Tomorrow’s news")
    request_review(draft, user=make_user("walter", "Writers"), text="Is the number right?")
    page = sign_in(make_user())
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{site_url}/admin/")
    assert get_page_width(page) == 390
    tab_to(page, "A ruling")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(f"/{draft.pk}/change/"))
    tab_to(page, "Skip to the actions")
    page.keyboard.press("Enter")
    tab_to(page, "Approve and publish…", 1)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/publish/"))
    tab_to(page, "now")
    page.keyboard.press("ArrowDown")  # at once
    tab_to(page, "Publish")
    page.keyboard.press("Enter")
    expect(page.locator(".messagelist")).to_contain_text("Published:")
    page.goto(f"{site_url}/admin/")
    tab_to(page, "Reschedule… Tomorrow’s news")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(f"/{scheduled.pk}/reschedule/"))
    draft.refresh_from_db()
    assert draft.is_public()


def test_editor_is_in_spanish_for_a_spanish_speaking_user(sign_in, site_url):
    page = sign_in(make_user(language="es"))
    page.goto(f"{site_url}/admin/releases/release/add/")
    page.get_by_role("textbox", name="Cuerpo").click()
    page.keyboard.type("palabra")
    page.keyboard.press("Control+a")
    for label in ("Negrita", "Cursiva", "Lista con viñetas", "Cita"):
        expect(page.get_by_role("button", name=label, exact=True)).to_be_visible()
    icons = page.locator(".prose-menubar .material-icons").all_text_contents()
    assert {"undo", "redo", "format_bold"} <= set(icons)  # icon names must not be translated
    page.get_by_role("button", name="Enlace").click()
    expect(page.locator(".prose-editor-dialog")).to_have_text(
        re.compile("^EnlaceDirección webTítulo del enlaceListoCancelar$")
    )


def test_table_can_be_inserted_in_the_editor(sign_in, site_url, console_errors):
    page = sign_in(make_user())
    page.goto(f"{site_url}/admin/releases/release/add/")
    page.get_by_role("textbox", name="Body").click()
    page.get_by_role("button", name="Table", exact=True).click()
    page.get_by_role("button", name="Insert", exact=True).click()
    page.keyboard.type("Day")
    assert "<table>" in page.locator("textarea[name=body]").evaluate("field => field.value")
    assert console_errors == []


def test_enter_in_a_text_field_only_saves_the_form(sign_in, site_url):
    release = make_scheduled()
    page = sign_in(make_user())
    page.goto(f"{site_url}/admin/releases/release/{release.pk}/change/")
    page.fill("#id_headline", "Another headline")
    page.press("#id_dateline", "Enter")
    expect(page.locator(".messagelist")).to_be_visible()
    release.refresh_from_db()
    assert (release.headline, release.is_scheduled) == ("Another headline", True)


def test_browser_back_button_restores_typed_text(sign_in, site_url):
    page = sign_in(make_user())
    draft = make_draft(body="<p>Old words.</p>")
    page.goto(f"{site_url}/admin/releases/release/{draft.pk}/change/")
    page.locator(".tiptap").click()
    page.keyboard.press("Control+a")
    page.keyboard.type("New words.")
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(f"{site_url}/admin/")
    page.go_back()
    expect(page.locator(".tiptap")).to_have_text("New words.")


def test_leaving_with_unsaved_text_asks_for_confirmation(sign_in, site_url):
    page = sign_in(make_user())
    draft = make_draft()
    page.goto(f"{site_url}/admin/releases/release/{draft.pk}/change/")
    page.locator("#id_summary").press_sequentially("x")
    dialogs = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.type), dialog.accept()))
    page.goto(f"{site_url}/admin/")
    assert dialogs == ["beforeunload"]


def test_form_fits_a_phone_and_its_buttons_stay_in_the_viewport(sign_in, site_url):
    page = sign_in(make_user())
    page.set_viewport_size({"width": 360, "height": 740})
    page.route("**/*.woff2", lambda route: route.abort())  # at first, each icon is its name as text
    page.goto(f"{site_url}/admin/releases/release/add/")
    expect(page.locator(".prose-menubar__button").first).to_be_visible()
    assert get_page_width(page) == 360
    expect(page.get_by_role("button", name="Save draft")).to_be_in_viewport()
    expect(page.get_by_role("button", name="Publish…")).to_be_in_viewport()


def test_photo_is_uploaded_given_alt_text_placed_and_published(sign_in, site_url, console_errors, browser):
    draft = make_draft(headline=HEADLINE, body="<p>First words.</p><p>Last words.</p>")
    page = sign_in(make_user())
    page.goto(f"{site_url}/admin/releases/release/{draft.pk}/photos/")
    files = [
        {
            "name": "IMG_1.png",
            "mimeType": "image/png",
            "buffer": pictures.encode_image(pictures.make_image(), "PNG"),
        },
        {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"no picture"},
    ]
    page.get_by_label("Photos from this device").set_input_files(files)
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".errorlist")).to_contain_text("notes.txt: This file isn't a supported image")
    page.get_by_label("Alt text: describe the photo for people who can't see it").fill(
        "Families hold banners."
    )
    page.get_by_label("Caption").fill("At City Hall.")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Back to the release").click()
    page.locator(".ProseMirror[contenteditable=true]").get_by_text("First words.").click()
    page.keyboard.press("End")
    page.locator("#section-media > summary").click()
    page.get_by_role("button", name="Insert in the text").click()
    page.get_by_role("button", name="Publish…").click()
    page.wait_for_url(re.compile("/publish/"))
    page.get_by_label("Now, without waiting").check()
    page.get_by_role("button", name="Publish").click()
    expect(page.locator(".messagelist")).to_contain_text("Published:")
    reader = browser.new_context(java_script_enabled=False).new_page()
    reader.goto(site_url + Release.objects.get().get_absolute_url())
    photo = reader.get_by_role("img", name="Families hold banners.")
    expect(photo).to_be_visible()
    assert photo.evaluate("image => image.naturalWidth") > 0
    text = reader.locator(".release-body").inner_text()
    assert text.index("First words.") < text.index("At City Hall.") < text.index("Last words.")
    assert console_errors == []
    reader.context.close()
