"""The editor of a release: photos and files next to the text, the panel, and the shortest ways to publish."""

import json
import re
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import expect

from releases.models import Autosave, MediaContact, Photo, Release
from tests.browser.test_desk import Phone
from tests.factories import make_draft, make_user

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

EMAIL = (
    "CARECEN Statement on the Ruling\n\nLos Angeles – Today a court kept the program. Families can renew "
    "their permits.\n\n“We will be at every hearing,” said Inés Paz, director."
)


def make_file(name: str, size=(900, 600)) -> dict:
    stored = BytesIO()
    Image.effect_noise(size, 90).save(stored, "JPEG")  # noise keeps the file large
    return {"name": name, "mimeType": "image/jpeg", "buffer": stored.getvalue()}


BROKEN_FILE = {"name": "broken.jpg", "mimeType": "image/jpeg", "buffer": b"not a picture"}
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]>>endobj\ntrailer<</Root 1 0 R>>"
)


def get_photo_ids(page) -> list[int]:
    return [entry["photo"] for entry in json.loads(page.input_value("#id_photos"))]


def tab_to(page, name: str, max_presses: int = 80) -> None:
    """Press Tab until the label, text or value of the focused element contains `name`."""
    for _press in range(max_presses):
        page.keyboard.press("Tab")
        focused = page.evaluate(
            """() => { const { labels, textContent, value, ariaLabel } = document.activeElement;
            return [labels?.[0]?.textContent, textContent, value, ariaLabel].join(" "); }"""
        )
        if name in focused:
            return
    raise AssertionError(f"no element with “{name}” after {max_presses} tab stops")


def open_form(page, site_url, release):
    page.goto(f"{site_url}/admin/releases/release/{release.pk}/change/")
    page.wait_for_selector(".tiptap")


def test_statement_with_a_photo_takes_twelve_taps_on_a_phone(sign_in):
    phone = Phone(sign_in(make_user()))
    page = phone.page
    phone.press("New release", "link")
    phone.tap(page.get_by_text("Paste a release"))
    phone.tap(page.get_by_label("Text of the release"))
    page.keyboard.insert_text(EMAIL)
    phone.press("Read the text")
    phone.press("Create the draft")
    page.wait_for_selector(".tiptap")
    phone.press("Details")
    phone.tap(page.locator("#section-media > summary"))
    with page.expect_file_chooser() as chooser:
        phone.tap(page.get_by_text("Add photos or PDFs"))
    chooser.value.set_files([make_file("court.jpg")])
    phone.tap(page.get_by_label("Alt text, for people who can't see the photo"))
    page.keyboard.type("Families in front of a court.")
    phone.press("Done")
    phone.press("Publish…")
    phone.press("Publish")
    expect(page.locator("#content")).to_contain_text("Goes live in")
    assert phone.taps <= 12
    release = Release.objects.get(status="published")
    assert [entry["alt"] for entry in release.photos] == ["Families in front of a court."]


def test_statement_with_a_photo_by_keyboard_alone(sign_in, site_url):
    page = sign_in(make_user())
    page.goto(f"{site_url}/admin/releases/release/add/")
    page.wait_for_selector(".tiptap")
    tab_to(page, "Headline")
    page.keyboard.type("A statement")
    tab_to(page, "Summary")
    page.keyboard.type("The court kept the program.")
    tab_to(page, "Photos and files")
    page.keyboard.press("Enter")
    tab_to(page, "Add photos or PDFs")
    expect(page.locator("#media-files")).to_be_focused()
    page.set_input_files("#media-files", [make_file("court.jpg")])  # the dialog is the browser's
    expect(page.get_by_label("Alt text, for people who can't see the photo")).to_be_focused()
    page.keyboard.type("Families in front of a court.")
    tab_to(page, "Publish…")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/publish/"))
    tab_to(page, "Publish")
    page.keyboard.press("Enter")
    expect(page.locator("#content")).to_contain_text("Goes live in")


DROP_FILES = """files => {
    const transfer = new DataTransfer();
    for (const { name, mimeType, bytes } of files) {
        transfer.items.add(new File([new Uint8Array(bytes)], name, { type: mimeType }));
    }
    const options = { dataTransfer: transfer, bubbles: true, cancelable: true };
    for (const type of ["dragenter", "dragover", "drop"]) {
        document.querySelector(".tiptap").dispatchEvent(new DragEvent(type, options));
    }
}"""


def test_of_ten_dropped_files_the_broken_one_is_named_and_nine_are_kept(sign_in, site_url, console_errors):
    draft = make_draft(headline="A ruling")
    page = sign_in(make_user())
    open_form(page, site_url, draft)
    files = [make_file(f"photo{number}.jpg", (300, 200)) for number in range(8)]
    files.insert(4, BROKEN_FILE)
    files.append({"name": "facts.pdf", "mimeType": "application/pdf", "buffer": PDF})
    page.evaluate(
        DROP_FILES,
        [file | {"bytes": list(file["buffer"]), "buffer": None} for file in files],
    )
    expect(page.locator(".photo-card")).to_have_count(8)
    expect(page.locator(".document-card")).to_have_count(1)
    expect(page.locator("#uploads li")).to_have_count(1)
    expect(page.locator("#uploads")).to_contain_text("broken.jpg: This file isn't a supported image")
    state = page.locator("[data-section-state=media]")
    expect(state).to_contain_text("8 photos, 8 without alt text, 1 document")
    page.get_by_role("button", name="Save draft").click()
    expect(page.locator(".messagelist")).to_contain_text("Saved.")
    draft.refresh_from_db()
    assert (len(draft.photos), len(draft.attachments)) == (8, 1)
    assert [message for message in console_errors if "400" not in message] == []


def test_photos_survive_a_slow_and_a_lost_line(sign_in, site_url):
    draft = make_draft(headline="A ruling")
    page = sign_in(make_user())
    open_form(page, site_url, draft)
    is_lost = [True]

    def carry(route):
        if is_lost:
            route.abort()
        else:
            page.wait_for_timeout(1000)
            route.continue_()

    page.route(re.compile("/(upload|autosave)/"), carry)
    page.set_input_files("#media-files", [make_file("slow.jpg")])
    page.locator("#id_summary").fill("Typed without a connection.")
    expect(page.locator("#uploads")).to_contain_text("Waiting for the connection")
    expect(page.locator(".autosave-status")).to_contain_text("no connection")
    is_lost.clear()
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.locator("#uploads progress")).to_be_visible()
    expect(page.locator(".photo-card")).to_have_count(1, timeout=20_000)
    expect(page.locator(".autosave-status")).to_have_text(re.compile("^Saved "), timeout=20_000)
    page.wait_for_timeout(3000)  # the autosave with the photo
    page.unroute_all()
    page.reload()
    expect(page.locator(".photo-card")).to_have_count(1)
    expect(page.locator("#id_summary")).to_have_value("Typed without a connection.")


def test_photos_of_a_new_release_survive_the_back_button(sign_in, site_url, console_errors):
    page = sign_in(make_user())
    page.goto(f"{site_url}/admin/releases/release/add/")
    page.wait_for_selector(".tiptap")
    page.locator("#id_headline").fill("A statement")
    page.set_input_files("#media-files", [make_file("court.jpg", (300, 200))])
    page.locator("[data-entry=alt]").fill("A judge.")
    page.locator("[data-entry=is_lead]").check()
    page.locator(".focal-point").press("ArrowLeft")
    expect(page.locator("[data-section-state=media]")).to_have_text("1 photo")
    page.goto(f"{site_url}/admin/")
    page.go_back()
    page.wait_for_selector(".tiptap")
    expect(page.locator("#id_headline")).to_have_value("A statement")
    page.get_by_role("button", name="Save draft").click()
    expect(page.locator(".messagelist")).to_contain_text("The draft is saved.")
    (entry,) = Release.objects.get().photos
    assert (entry["alt"], entry["is_lead"], entry["focus"]) == ("A judge.", True, [45, 50])
    assert console_errors == []


def test_photographer_orders_crops_and_describes_photos_by_keyboard(sign_in, site_url):
    draft = make_draft(headline="A ruling")
    page = sign_in(make_user())
    open_form(page, site_url, draft)
    page.set_input_files("#media-files", [make_file(f"photo{number}.jpg", (300, 200)) for number in range(3)])
    expect(page.locator(".photo-card")).to_have_count(3)
    first, second, third = get_photo_ids(page)
    page.locator(f"[data-photo-id='{third}'] .drag-handle").focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    assert get_photo_ids(page) == [third, first, second]
    expect(page.locator("#media-status")).to_have_text("Now number 1 of 3.")
    tab_to(page, "Alt text", 6)
    page.keyboard.type("A judge.")
    tab_to(page, "Lead photo", 8)
    page.keyboard.press("Space")
    tab_to(page, "Focal point", 3)
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowUp")
    entry = json.loads(page.input_value("#id_photos"))[0]
    assert (entry["alt"], entry["is_lead"], entry["focus"]) == ("A judge.", True, [45, 45])
    page.locator(f"[data-photo-id='{first}'] [data-remove]").click()
    assert get_photo_ids(page) == [third, second]
    page.keyboard.press("Enter")  # Undo has the focus
    assert get_photo_ids(page) == [third, first, second]
    page.locator(f"[data-photo-id='{first}'] [data-remove]").click()
    page.locator("#open-library").click()
    page.locator(f"#library-results [data-photo='{first}']").click()
    assert get_photo_ids(page) == [third, second, first]
    page.locator(f"[data-photo-id='{first}'] [data-consent]").fill("Agreed on paper.")
    page.get_by_role("button", name="Save draft").click()
    expect(page.locator(".messagelist")).to_contain_text("Saved.")
    draft.refresh_from_db()
    assert [entry["photo"] for entry in draft.photos] == [third, second, first]
    assert Photo.objects.get(pk=first).consent == "Agreed on paper."


def test_photo_is_dragged_to_another_place(sign_in, site_url):
    draft = make_draft(headline="A ruling")
    page = sign_in(make_user())
    open_form(page, site_url, draft)
    page.set_input_files("#media-files", [make_file(f"photo{number}.jpg", (300, 200)) for number in range(2)])
    expect(page.locator(".photo-card")).to_have_count(2)
    first, second = get_photo_ids(page)
    page.locator(f"[data-photo-id='{second}'] .drag-handle").scroll_into_view_if_needed()
    start = page.locator(f"[data-photo-id='{second}'] .drag-handle").bounding_box()
    target = page.locator(f".photo-card[data-photo-id='{first}']").bounding_box()
    page.mouse.move(start["x"] + 10, start["y"] + 10)
    page.mouse.down()
    page.mouse.move(start["x"] + 10, target["y"] + 5, steps=5)
    page.mouse.up()
    assert get_photo_ids(page) == [second, first]


def test_typing_a_note_or_a_search_changes_nothing_in_the_release(sign_in, site_url):
    draft = make_draft(headline="A ruling")
    page = sign_in(make_user())
    open_form(page, site_url, draft)
    page.locator("#section-media > summary").click()
    page.locator("#open-library").click()
    page.keyboard.type("court")
    page.keyboard.press("Enter")
    page.locator("#close-library").click()
    page.locator("#section-notes > summary").click()
    page.locator("#note_text").fill("Ask the lawyers.")
    page.wait_for_timeout(3000)  # longer than the pause before an autosave
    assert not Autosave.objects.exists()
    page.get_by_role("button", name="Add note").click()
    expect(page.locator("[data-section-state=notes]")).to_have_text("1 note")


def test_contact_is_added_in_place(sign_in, site_url):
    draft = make_draft(headline="A ruling")
    page = sign_in(make_user())
    open_form(page, site_url, draft)
    page.locator("#section-contacts > summary").click()
    page.get_by_label("Name of a new contact").fill("Inés Paz")
    page.get_by_role("button", name="Save draft").click()
    expect(page.locator(".error-summary")).to_contain_text("Enter a phone number or an email address")
    expect(page.locator("#section-contacts")).to_have_attribute("open", "")
    page.locator("#id_new_contact_phone").fill("213-555-0142")
    page.get_by_role("button", name="Save draft").click()
    expect(page.locator("[data-section-state=contacts]")).to_have_text("Inés Paz")
    draft.refresh_from_db()
    assert draft.contacts == [MediaContact.objects.get().pk]
