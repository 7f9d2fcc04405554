"""Organizations that sign releases: each is entered once, with a clean link."""

import pytest
from django.core.exceptions import ValidationError

from releases.models import Organization, find_signers
from tests.factories import make_organization

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "ninez unida"},
        {"name": "NIÑEZ-UNIDA"},
        {"name": "Children United"},
        {"name": "Other", "name_es": "Niñéz Unida"},
    ],
)
def test_organization_with_a_known_name_is_refused(fields):
    make_organization("Children United", name_es="Niñez Unida")
    with pytest.raises(ValidationError, match="already an organization with this name: Children United"):
        make_organization(**fields)


def test_name_without_latin_letters_is_accepted_once():
    make_organization("한인타운 노동연대")
    make_organization("중앙 아메리카")
    with pytest.raises(ValidationError):
        make_organization("한인타운 노동연대")


def test_website_is_cleaned_and_an_unusable_one_is_refused():
    organization = make_organization(website="https://www.chirla.org/?utm_source=mail")
    assert organization.website == "https://www.chirla.org/"
    for website in ("ftp://example.org/", "https://localhost/", "javascript:alert(1)"):
        with pytest.raises(ValidationError):
            make_organization("Other", website=website)


def test_signers_are_in_the_alphabetical_order_of_the_language():
    zeta, ana, elan = (make_organization(*names) for names in (("Zeta",), ("ana",), ("Élan",)))
    ana.name_es = "Única"
    ids = [zeta.pk, ana.pk, elan.pk, 999]
    organizations = {item.pk: item for item in (zeta, ana, elan)}
    for language, names in (("en", ["ana", "Élan", "Zeta"]), ("es", ["Élan", "Única", "Zeta"])):
        signers = find_signers(ids, organizations, language)
        assert [item.name_in(language) for item in signers] == names
    assert Organization.objects.count() == 3
