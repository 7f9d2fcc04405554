"""docs/example_pages.py fills a newsroom with what the contact sheets of the public pages show."""

import pytest
from django.test import Client
from django.utils import timezone
from PIL import Image

from docs import example_pages, example_pictures
from docs.public_sheets import LOCALES, PAGES
from releases.models import NewsroomSettings, Release, Topic
from releases.text.choices import Kind
from tests.factories import make_user


@pytest.fixture(autouse=True)
def less_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out what takes seconds: pictures of a million pixels, and most of the years."""
    monkeypatch.setattr(example_pictures, "draw_scene", lambda number, size: Image.new("RGB", (120, 80)))
    monkeypatch.setattr(example_pages, "YEARS", 1)


@pytest.fixture
def manager(db):
    manager = make_user("ines")
    manager.set_role("manager")
    manager.save()
    return manager


@pytest.mark.parametrize("content", example_pages.BUILDERS)
def test_every_page_of_the_contact_sheets_exists(content, client: Client, manager):
    example_pages.BUILDERS[content](manager)
    for name, addresses in PAGES.items():
        for language, address in zip(LOCALES, addresses, strict=True):
            response = client.get(address, follow=True)
            expected = {"not-found": 404, "withdrawn": 410}.get(name, 200)
            assert response.status_code == expected, address
            assert f'<html lang="{language}"' in response.text, address
    if content == "full":
        check_that_much_is_there()


def check_that_much_is_there():
    letter = Release.objects.get(slug="legal-clinic")
    assert len(letter.headline) > 180
    assert len(letter.photos) == 12
    assert all((letter.contacts, letter.signers, letter.attachments, letter.corrections.count() == 3))
    assert NewsroomSettings.current().pinned.slug == "pinned"
    assert Topic.objects.count() == 30
    public, today = Release.objects.published(), timezone.localdate()
    assert public.filter(date__year=today.year - 1).count() > example_pages.PER_YEAR
    for notices in (public.current_notices(today, today), public.expired_notices(today, today)):
        assert notices.in_language("es").filter(kind=Kind.SERVICE_NOTICE).exists()
