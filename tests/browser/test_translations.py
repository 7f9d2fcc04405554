"""A statement is published in Spanish and translated into English.

After a correction, readers see which version is newer.
"""

import re

import pytest
from playwright.sync_api import expect

from releases.models import Release
from tests.factories import make_user

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def publish_immediately(page) -> None:
    page.get_by_role("button", name="Publicar…").click()
    page.get_by_label("Ahora, sin espera").check()
    page.get_by_role("button", name="Publicar", exact=True).click()
    expect(page.locator(".messagelist")).to_contain_text("Publicado:")


def write_spanish_statement(page, site_url: str) -> None:
    page.goto(f"{site_url}/admin/releases/release/add/")
    page.fill("#id_headline", "CARECEN exige respeto a las familias")
    page.fill("#id_summary", "Las familias no esperan más.")
    page.get_by_role("textbox", name="Cuerpo").click()
    page.keyboard.type("Primero.")
    page.keyboard.press("Enter")
    page.keyboard.type("Segundo.")
    publish_immediately(page)


def test_spanish_statement_is_published_translated_and_corrected(sign_in, site_url, console_errors, browser):
    page = sign_in(make_user(language="es"))
    page.set_viewport_size({"width": 1600, "height": 1000})
    write_spanish_statement(page, site_url)

    page.locator(".action-menu summary").click()
    page.get_by_role("link", name="Versión en inglés…").click()
    page.get_by_role("button", name="Escribir la versión en inglés").click()
    page.wait_for_url(re.compile("/change/"))
    panel, form = page.locator(".translation-panel"), page.locator("#id_summary")
    assert panel.bounding_box()["x"] < form.bounding_box()["x"], "the original is to the left of the form"
    page.fill("#id_headline", "CARECEN demands respect for families")
    page.fill("#id_summary", "Families wait no longer.")
    expect(panel.locator(".is-current")).to_have_text("Las familias no esperan más.")
    page.get_by_role("textbox", name="Cuerpo").click()
    page.keyboard.type("First.")
    expect(panel.locator(".is-current")).to_have_text("Primero.")
    page.keyboard.press("Enter")
    page.keyboard.type("Second.")
    expect(panel.locator(".is-current")).to_have_text("Segundo.")
    publish_immediately(page)
    english, spanish = Release.objects.get(language="en"), Release.objects.get(language="es")

    reader = browser.new_context(java_script_enabled=False).new_page()
    reader.goto(site_url + spanish.get_absolute_url())
    reader.get_by_role("link", name="Read in English").first.click()
    expect(reader.get_by_role("heading", level=1)).to_have_text("CARECEN demands respect for families")

    page.goto(f"{site_url}/admin/releases/release/{spanish.pk}/change/")
    page.fill("#id_summary", "Las familias no esperan más: el plazo vence el lunes.")
    page.get_by_role("button", name="Publicar el cambio…").click()
    page.get_by_label("Corrección (había un error)").check()
    page.get_by_label("Frase para los lectores").fill("Se agregó el plazo.")
    page.get_by_label("Ahora, sin espera").check()
    page.get_by_role("button", name="Publicar el cambio").click()
    expect(page.locator(".messagelist")).to_contain_text("El cambio ya está publicado")
    reader.goto(site_url + english.get_absolute_url())
    expect(reader.locator(".notice")).to_contain_text("The Spanish version was updated on")

    page.goto(f"{site_url}/admin/")
    page.locator("section[aria-labelledby=needs-you]").get_by_role(
        "link", name="CARECEN demands respect"
    ).click()
    expect(page.locator(".translation-changes ins").first).to_contain_text("el plazo vence el lunes")
    page.get_by_role("link", name="No necesita cambios…").click()
    page.get_by_role("button", name="No necesita cambios").click()
    expect(page.locator(".messagelist")).to_contain_text("esta versión está al día")
    reader.reload()
    expect(reader.locator(".notice")).to_have_count(0)

    page.locator("#user-tools summary").click()
    page.get_by_role("button", name="English").click()
    page.locator("#user-tools summary").click()
    expect(page.locator("#user-tools")).to_contain_text("Sign out")
    assert console_errors == []
