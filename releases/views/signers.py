"""The organizations that sign a release with CARECEN."""

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import override

from releases.models import Organization, Release, find_signers
from releases.views.base import PublicContext

OWN_NAME = "CARECEN Los Angeles"


def get_organizations(ctx: PublicContext) -> dict[int, Organization]:
    """Return all organizations by id."""
    return ctx.generation.get_or_set("organizations", lambda: Organization.objects.in_bulk())


def build_signers(release: Release, organizations: dict[int, Organization]) -> SafeString:
    """Return the signers of `release` as markup that follows its body: CARECEN, and then the others.

    `organizations` are all of them, by id. Returns "" if CARECEN alone signs.
    """
    signers = find_signers(release.signers, organizations, release.language)
    if not signers:
        return SafeString()
    items = format_html_join("", "<li>{}</li>", ((_build_name(item, release.language),) for item in signers))
    with override(release.language):
        heading = _("Signed by")
    return format_html("<h2>{}</h2><ul><li>{}</li>{}</ul>", heading, OWN_NAME, items)


def _build_name(organization: Organization, language: str) -> str:
    name = organization.name_in(language)
    if not organization.website:
        return name
    return format_html('<a href="{}" rel="noopener noreferrer">{}</a>', organization.website, name)
