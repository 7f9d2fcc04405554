"""Second factors in a browser with a virtual authenticator: set up, lost, reset and replaced."""

import re
import time

import pyotp
import pytest
from playwright.sync_api import Page, expect

from releases.models import Passkey
from tests.browser import get_axe_violations
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
NAMES = {
    "en": {
        "account": "My account",
        "add": "Add a passkey",
        "saved": "I have saved them",
        "alone": "Sign in with a passkey",
        "use": "Use a passkey",
        "continue": "Continue",
        "refused": "The passkey was not used.",
        "reset…": "Reset two-step verification…",
        "reset": "Reset two-step verification",
        "set up": "Set up",
        "set up app": "Set up an authenticator app",
        "lost": "I lost my device",
        "left": "You have 9 left.",
    },
    "es": {
        "account": "Mi cuenta",
        "add": "Agregar una llave de acceso",
        "saved": "Ya los guardé",
        "alone": "Iniciar sesión con una llave de acceso",
        "use": "Usar una llave de acceso",
        "continue": "Continuar",
        "refused": "No se usó la llave de acceso.",
        "reset…": "Restablecer la verificación en dos pasos…",
        "reset": "Restablecer la verificación en dos pasos",
        "set up": "Configurar",
        "set up app": "Configurar una app de autenticación",
        "lost": "Perdí mi dispositivo",
        "left": "Le quedan 9 códigos.",
    },
}


class Desk:
    """The pages of one person, in one language. Each page that it shows must have no axe violations."""

    def __init__(self, browser, site_url: str, language: str) -> None:
        self.context = browser.new_context(bypass_csp=True, locale=language)
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(10_000)
        self.url, self.names = f"{site_url}/admin/", NAMES[language]
        self.violations: dict[str, list[str]] = {}
        self.devtools = self.context.new_cdp_session(self.page)
        self.devtools.send("WebAuthn.enable")

    def add_authenticator(self) -> None:
        options = {"options": AUTHENTICATOR}
        self.authenticator = self.devtools.send("WebAuthn.addVirtualAuthenticator", options)

    def remove_authenticator(self) -> None:
        self.devtools.send("WebAuthn.removeVirtualAuthenticator", self.authenticator)

    def check(self) -> None:
        if violations := get_axe_violations(self.page):
            self.violations[f"{self.page.url} {self.page.title()}"] = violations

    def press(self, name: str, role: str = "button") -> None:
        self.page.get_by_role(role, name=self.names[name], exact=True).first.click()

    def enter_password(self, username: str) -> None:
        self.page.goto(f"{self.url}login/")
        self.page.fill("#id_username", username)
        self.page.fill("#id_password", PASSWORD)
        self.page.click("input[type=submit]")

    def open_account(self) -> None:
        self.page.click("#user-tools summary")
        self.press("account", "link")

    def sign_out(self) -> None:
        self.page.click("#user-tools summary")
        self.page.click("#logout-form button")
        self.page.goto(f"{self.url}login/")

    def expect_dashboard(self) -> None:
        self.page.wait_for_url(self.url)
        expect(self.page.locator("#user-tools")).to_be_visible()


@pytest.mark.parametrize("language", NAMES)
def test_passkey_is_lost_reset_and_replaced_by_an_app_and_recovery_codes(browser, site_url, language):
    petra = make_user("petra", "Publishers", language=language)
    make_user("maria", "", is_superuser=True, language=language)
    desk, manager = Desk(browser, site_url, language), Desk(browser, site_url, language)
    add_passkey_and_use_it(desk)
    lose_passkey(desk)
    reset_second_factor(manager, petra)
    code = set_up_app_and_use_it(desk)
    use_recovery_code(desk, code)
    assert (desk.violations, manager.violations) == ({}, {})


def add_passkey_and_use_it(desk: Desk) -> None:
    desk.add_authenticator()
    desk.enter_password("petra")
    desk.expect_dashboard()
    desk.open_account()
    desk.check()
    desk.press("add", "link")
    desk.check()
    desk.press("add")
    expect(desk.page.locator(".recovery-codes li")).to_have_count(10)
    desk.check()
    desk.press("saved", "link")
    desk.sign_out()
    desk.check()
    desk.press("alone")
    desk.expect_dashboard()
    desk.sign_out()
    desk.enter_password("petra")
    desk.press("use")
    desk.expect_dashboard()
    desk.sign_out()


def lose_passkey(desk: Desk) -> None:
    desk.remove_authenticator()
    desk.add_authenticator()
    desk.enter_password("petra")
    desk.press("use")
    expect(desk.page.get_by_role("alert")).to_contain_text(desk.names["refused"])
    desk.check()


def reset_second_factor(manager: Desk, user) -> None:
    manager.enter_password("maria")
    manager.expect_dashboard()
    manager.page.goto(f"{manager.url}releases/user/{user.pk}/change/")
    manager.press("reset…", "link")
    manager.check()
    manager.press("reset")
    expect(manager.page.locator(".messagelist")).to_be_visible()
    assert not Passkey.objects.exists()


def set_up_app_and_use_it(desk: Desk) -> str:
    """Return a recovery code."""
    page = desk.page
    desk.enter_password("petra")
    desk.expect_dashboard()
    desk.open_account()
    desk.press("set up app", "link")
    desk.check()
    app = pyotp.TOTP(page.inner_text("code.one-time-password").replace(" ", ""))
    used_code = app.now()
    page.fill("#id_code", used_code)
    desk.press("set up")
    code = page.inner_text(".recovery-codes li:first-child")
    desk.sign_out()
    desk.enter_password("petra")
    page.fill("#id_second_step-code", used_code)
    desk.press("continue")
    expect(page.get_by_role("alert")).to_be_visible()
    desk.check()
    page.fill("#id_second_step-code", app.generate_otp(int(time.time()) // 30 + 1))
    desk.press("continue")
    desk.expect_dashboard()
    return code


def use_recovery_code(desk: Desk, code: str) -> None:
    page = desk.page
    desk.sign_out()
    desk.enter_password("petra")
    page.get_by_text(desk.names["lost"]).click()
    page.fill("#id_second_step-recovery_code", code.upper())
    desk.check()
    desk.press("continue")
    expect(page.locator(".messagelist")).to_contain_text(desk.names["left"])
    desk.open_account()
    desk.check()
    expect(page.get_by_text(re.compile("^Chrome, "))).to_be_visible()
