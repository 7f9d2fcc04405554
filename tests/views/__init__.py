"""Read public pages and previews."""

import re

from django.test import Client

from releases.actions.preview_links import create_preview_link
from releases.models import PreviewLink


def get_public_page(release) -> str:
    return Client().get(release.get_absolute_url()).content.decode()


def get_response(client: Client, url: str, status: int = 200):
    response = client.get(url)
    assert response.status_code == status, f"{url} answered {response.status_code}"
    return response


def get_headlines(response) -> list[str]:
    return [release.headline for release in response.context["page"].object_list]


def get_hreflang_links(page):
    return dict(re.findall(r'<link rel="alternate" hreflang="([^"]+)" href="([^"]+)">', page))


def make_link(release, user, kind="reporter", hours=24, label="Ana Paz, La Opinión"):
    return create_preview_link(release, user=user, label=label, kind=kind, hours=hours)


def open_link(secret: str) -> Client:
    """Return a client that has opened the preview link."""
    reader = Client()
    reader.post(f"/preview/{secret}/")
    return reader


def parse_approval_form(page: str) -> tuple[str, dict[str, str]]:
    """Return the address and the hidden fields of the form on the preview page of an approver."""
    action, form = re.search(r'<form method="post" action="([^"]+)">(.*?)</form>', page, re.DOTALL).groups()
    return action, dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]+)">', form))


def approve(reader: Client, link: PreviewLink, text: str = ""):
    """Submit the form on the preview page that `reader` has opened."""
    address, fields = parse_approval_form(read_preview(reader, link))
    return reader.post(address, fields | {"text": text})


def read_preview(reader: Client, link: PreviewLink) -> str:
    response = reader.get(f"/preview/read/{link.reference}/")
    return response.content.decode() if response.status_code == 200 else f"HTTP {response.status_code}"
