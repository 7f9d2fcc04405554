"""The export of the list of releases."""

import csv
import io

import pytest

from releases.admin.release_export import neutralize_formula
from tests.admin import RELEASE_LIST_URL
from tests.factories import make_draft, make_release, make_topic, make_user

pytestmark = pytest.mark.django_db

EXPORT_URL = f"{RELEASE_LIST_URL}export/"


def read_rows(response) -> list[dict[str, str]]:
    content = b"".join(response.streaming_content)
    assert content.startswith(b"\xef\xbb\xbf")  # Excel needs it
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def test_export_has_a_row_for_each_release_that_the_filters_find(writer_client):
    topics = make_topic("DACA"), make_topic("Courts", "Tribunales")
    make_release(headline="Un fallo, “el primero”", slug="fallo", language="es", topics=topics)
    make_draft(headline="A draft", language="es"), make_release(language="en")
    response = writer_client.get(EXPORT_URL, {"language__exact": "es", "sort": "headline"})
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    draft, release = read_rows(response)
    assert (draft["Headline"], draft["Status"], draft["Date"], draft["Web address"]) == (
        "A draft",
        "Draft",
        "",
        "",
    )
    assert release == {
        "Headline": "Un fallo, “el primero”",
        "Status": "Public",
        "Date": "2015-03-04",
        "Place": "Los Ángeles",
        "Language": "Spanish",
        "Topics": "Courts; DACA",
        "Web address": release["Web address"],
        "Summary": "Families can stay together.",
    }
    assert release["Web address"].endswith("/es/2015/03/fallo/")


def test_export_of_a_selection_has_only_the_selected_releases(writer_client):
    releases = [make_release(headline=f"Ruling {number}") for number in range(3)]
    data = {"id": [releases[0].pk, releases[2].pk], "list": "?"}
    rows = read_rows(writer_client.get(EXPORT_URL, data))
    assert [row["Headline"] for row in rows] == ["Ruling 2", "Ruling 0"]
    assert read_rows(writer_client.get(EXPORT_URL, {"list": "?"})) == []


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_is_a_formula(start):
    assert neutralize_formula(f"{start}1+1") == f"'{start}1+1"
    assert neutralize_formula(f"1{start}1") == f"1{start}1"


def test_export_needs_the_permission_to_view_releases(client):
    make_draft()
    client.force_login(make_user("nora", ""))
    assert client.get(EXPORT_URL).status_code == 403


@pytest.mark.parametrize("query", ["id__exact=x", "state=draft&author__email=x"])
def test_export_with_invalid_filters_is_refused(writer_client, query):
    assert writer_client.get(f"{EXPORT_URL}?{query}").status_code in (302, 400)
