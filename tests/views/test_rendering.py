"""What the page template adds to every public page."""

import pytest

from releases.models import NewsroomSettings

pytestmark = pytest.mark.django_db


def test_legal_help_is_shown_on_every_page_once_a_phone_number_is_set(client, notices):
    urls = ["/", "/search/", "/notices/", notices["soon"].get_absolute_url(), "/nowhere/"]
    assert all("Need legal help?" not in client.get(url).content.decode() for url in urls)
    NewsroomSettings(
        legal_help_phone="213-555-0100", legal_help_hours="Weekdays", legal_help_hours_es="Días laborables"
    ).save()
    for url in urls:
        page = client.get(url).content.decode()
        assert page.count('id="legal-help"') == 1
        assert 'href="tel:+12135550100"' in page
        assert "Weekdays" in page
        assert "Notarios (notaries public)" in page
    page = client.get("/es/").content.decode()
    assert "¿Necesita ayuda legal?" in page
    assert "Días laborables" in page
    assert "Los notarios públicos y los consultores" in page
