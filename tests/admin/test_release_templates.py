"""The admin of templates."""

import pytest

from releases.actions.newsroom_restoration import restore_everything
from releases.actions.redaction import redact
from releases.models import ReleaseTemplate
from tests.factories import make_draft, make_template

pytestmark = pytest.mark.django_db
LIST_URL = "/admin/releases/releasetemplate/"
DATA = {"name": "Letter", "language": "en", "kind": "press_release"}


def test_publisher_writes_a_template_whose_markup_is_sanitized(publisher_client, publisher):
    body = '<p onclick="x()">Dear Mayor:</p><script>x()</script><ol start="2"><li>One</li></ol>'
    publisher_client.post(f"{LIST_URL}add/", DATA | {"headline": " To  [whom]", "body": body})
    template = ReleaseTemplate.objects.latest("pk")
    assert template.body == '<p>Dear Mayor:</p><ol start="2"><li>One</li></ol>'
    assert template.headline == "To [whom]"
    assert template.history.get().history_user == publisher


def test_template_with_a_broken_link_is_refused(publisher_client):
    response = publisher_client.post(f"{LIST_URL}add/", DATA | {"body": '<p><a href="http://x y">us</a></p>'})
    assert "The link on the words “us” doesn&#x27;t work." in response.content.decode()


def test_writer_reads_a_template_and_cannot_change_it(writer_client):
    template = make_template(body="<ol><li><p>[Demand]</p></li></ol>")
    url = f"{LIST_URL}{template.pk}/change/"
    page = writer_client.get(url).content.decode()
    assert "<ol><li><p>[Demand]</p></li></ol>" in page
    assert f'href="/admin/releases/release/add/?template={template.pk}"' in page
    assert writer_client.post(url, DATA | {"name": "Other"}).status_code == 403
    template.refresh_from_db()
    assert template.name == "Letter"


def test_name_is_removed_from_templates_and_their_history(publisher):
    template = make_template(body="<p>Dear Quetzal Paz:</p>", headline="To Quetzal Paz")
    redact("Quetzal Paz", user=publisher)
    for row in (ReleaseTemplate.objects.get(pk=template.pk), template.history.get()):
        assert "Quetzal" not in row.body + row.headline
        assert "[text removed on" in row.body


def test_restoration_brings_back_templates_and_keeps_newer_ones():
    make_draft()  # begins the history
    changed, deleted = make_template(name="Changed"), make_template(name="Deleted")
    time = deleted.history.get().history_date
    changed.name = "Defaced"
    changed.save()
    deleted.delete()
    make_template(name="Newer")
    restore_everything(time)
    names = set(ReleaseTemplate.objects.values_list("name", flat=True))
    assert {"Changed", "Deleted", "Newer"} <= names
    assert "Defaced" not in names
