"""The press check in the release form and on the pages that publish, and what the history keeps of it."""

import json
import re
from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.html import escape

from releases.actions.revisions import publish_revision, save_revision
from releases.models import NewsroomSettings, Release, WordListEntry, load_word_lists
from releases.text import localtime
from tests.admin import RELEASE_LIST_URL, admin_url
from tests.factories import make_contact, make_draft, make_release, make_topic

CHECK_URL = f"{RELEASE_LIST_URL}press-check/"
WEEKDAYS = {
    "en": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
    "es": "lunes martes miércoles jueves viernes sábado domingo",
}
MONTHS = ("enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre").split()


TEXTS = {
    "en": (
        "Daca renewal clinic",
        "The clinic is on {wrong_day}. The deadline was {past_day}.",
        '<p>“Bring your papers," she said. Call Rosa at 213-555-0142.</p>',
        "<p>María López, a DACA recipient, will speak.</p>",
    ),
    "es": (
        "Clínica para renovar Daca",
        "La clínica es el {wrong_day}. La fecha límite era el {past_day}.",
        '<p>“Traiga sus papeles", dijo. Llame a Rosa al 213-555-0142.</p>',
        "<p>María López, beneficiaria de DACA, hablará.</p>",
    ),
}
LABELS = {
    "en": [
        "Weekday",
        "Past deadline",
        "Spelling of names",
        "Quotation marks",
        "Phone or email of others",
        "Name with an immigration status",
        "No version in the other language",
    ],
    "es": [
        "Día de la semana",
        "Fecha límite vencida",
        "Ortografía de nombres",
        "Comillas",
        "Teléfono o correo de otra persona",
        "Nombre con un estatus migratorio",
        "Sin versión en el otro idioma",
    ],
}


def format_day(language, day, weekday=None):
    """Return a date in words, with the weekday of that number if it is given."""
    text = f"{day:%B} {day.day}, {day.year}"
    if language == "es":
        text = f"{day.day} de {MONTHS[day.month - 1]} de {day.year}"
    if weekday is None:
        return text
    return f"{WEEKDAYS[language].split()[weekday]}{',' if language == 'en' else ''} {text}"


def make_notice(language="en", **changes):
    today = localtime.local_date(timezone.now())
    future, past = today + timedelta(days=9), today - timedelta(days=9)
    headline, summary, *body = TEXTS[language]
    wrong_day = format_day(language, future, (future.weekday() + 1) % 7)
    summary = summary.format(wrong_day=wrong_day, past_day=format_day(language, past))
    fields = {
        "language": language,
        "kind": "service_notice",
        "headline": headline,
        "summary": summary,
        "body": body,
    }
    others = {"body": "".join(body), "date": today, "contacts": [make_contact().pk]}
    return make_draft(**fields | others | changes)


def get_rules(page):
    """Return the labels of the findings on a page."""
    return [part.partition("</b>")[0] for part in page.split("<b>")[1:]]


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("desk_language", ["en", "es"])
def test_notice_with_seven_problems_shows_them_in_the_form_and_before_publishing(
    publisher, publisher_client, language, desk_language
):
    publisher.language = desk_language
    publisher.save()
    notice = make_notice(language)
    fields = {name: getattr(notice, name) for name in ("headline", "summary", "body", "kind", "date")}
    answer = publisher_client.post(CHECK_URL, fields | {"release": notice.pk, "contacts": notice.contacts})
    page = publisher_client.get(admin_url(notice, "publish")).content.decode()
    labels = LABELS[desk_language]
    for shown in (answer.json()["html"], page):
        assert set(labels) <= set(get_rules(shown))
        assert shown.index(labels[5]) < shown.index(labels[4]) < shown.index(labels[0])  # private ones first
        assert shown.count("<details>") == 1  # three others are shown, the rest is folded
    assert page.count('name="may_be_public"') == 2
    assert "data-fix-old" in answer.json()["html"]


def test_private_findings_must_be_confirmed_before_publishing(publisher_client):
    notice = make_notice()
    url = admin_url(notice, "publish")
    data = {"when": "at once", "edit_token": notice.edit_token}
    page = publisher_client.post(url, data).content.decode()
    notice.refresh_from_db()
    assert notice.status == "draft"
    assert "Tick “This may be public” for each" in page
    keys = [part.partition('"')[0] for part in page.split('name="may_be_public" value="')[1:]]
    page = publisher_client.post(url, data | {"may_be_public": keys[:1]}).content.decode()
    assert len(re.findall(r'name="may_be_public"[^>]* checked', page)) == 1
    assert publisher_client.post(url, data | {"may_be_public": keys}).status_code == 302
    notice.refresh_from_db()
    assert notice.is_public()


def test_history_keeps_the_names_of_passed_rules_and_none_of_the_words(publisher_client):
    notice = make_notice()
    url = admin_url(notice, "publish")
    page = publisher_client.get(url).content.decode()
    keys = [part.partition('"')[0] for part in page.split('name="may_be_public" value="')[1:]]
    publisher_client.post(url, {"when": "at once", "edit_token": notice.edit_token, "may_be_public": keys})
    record = Release.history.filter(id=notice.pk, history_change_reason="publish").get()
    assert set(record.passed_rules.split()) >= {"name_with_status", "contact_of_others", "weekday"}
    assert not {"López", "0142", "Daca"} & set(record.passed_rules.replace("_", " ").split())
    history = publisher_client.get(admin_url(notice, "history")).content.decode()
    assert history.count("Passed over in the press check: Name with an immigration status, Phone") == 1


def test_release_without_private_findings_is_published_without_confirmation(publisher_client):
    draft = make_draft(headline="CARECEN welcomes the ruling")
    page = publisher_client.get(admin_url(draft, "publish")).content.decode()
    assert 'name="may_be_public"' not in page
    publisher_client.post(admin_url(draft, "publish"), {"when": "at once", "edit_token": draft.edit_token})
    draft.refresh_from_db()
    assert draft.is_public()


def test_both_languages_are_checked_when_both_are_published(publisher_client):
    english = make_draft(headline="CARECEN welcomes the ruling")
    spanish = make_notice("es", translation_key=english.translation_key)
    data = {
        "when": "at once",
        "edit_token": english.edit_token,
        "translation_edit_token": spanish.edit_token,
        "both_languages": "on",
    }
    page = publisher_client.post(admin_url(english, "publish"), data).content.decode()
    keys = [part.partition('"')[0] for part in page.split('name="may_be_public" value="')[1:]]
    assert len(keys) == 2
    publisher_client.post(admin_url(english, "publish"), data | {"may_be_public": keys})
    spanish.refresh_from_db()
    english.refresh_from_db()
    assert english.is_public()
    assert spanish.is_public()
    assert "name_with_status" in spanish.passed_rules
    assert "name_with_status" not in english.passed_rules


def test_change_that_leaves_an_old_value_is_found_before_it_is_published(publisher_client, publisher):
    release = make_release(
        headline="Fee rises to $465",
        slug="fee-rises-to-465",
        summary="The fee is $465 now.",
        body="<p>It was $400.</p>",
    )
    content = release.content() | {"summary": "The fee is $456 now."}
    save_revision(release, user=publisher, content=content, topic_ids=[])
    page = publisher_client.get(admin_url(release, "publish-revision")).content.decode()
    assert page.count("<b>Incomplete correction</b>") == 2  # headline and web address
    assert "It became “$456” in another place, but remains here." in page


@pytest.mark.parametrize(
    "data",
    [
        {},
        {
            "date": "tomorrow",
            "valid_until": "2026-99-99",
            "kind": "letter",
            "contacts": "x",
            "language": "fr",
        },
        {"body": "<p>" + "a" * 600_000},
        {"headline": "\u202e" * 50, "body": "<script>alert(1)</script><p>Daca</p>"},
    ],
)
def test_any_form_can_be_checked_and_nothing_is_saved(publisher_client, data):
    answer = publisher_client.post(CHECK_URL, data)
    assert answer.status_code == 200
    assert json.loads(answer.content)["count"] >= 1
    assert "<script" not in answer.json()["html"]
    assert not Release.objects.exists()


def test_check_of_a_deleted_release_is_refused(publisher_client):
    assert publisher_client.post(CHECK_URL, {"release": "999", "headline": "A"}).status_code == 403


def test_draft_is_checked_in_the_language_that_is_selected(publisher_client):
    data = {"headline": "Muchas familias carecen de abogado", "summary": "Carecen de todo."}
    english = publisher_client.post(CHECK_URL, data | {"language": "en"}).json()["html"]
    spanish = publisher_client.post(CHECK_URL, data | {"language": "es"}).json()["html"]
    assert "Spelling of names" in english
    assert "Spelling of names" not in spanish


def test_links_that_lead_to_no_public_page_are_found(publisher_client):
    public, hidden = make_release(slug="a-ruling"), make_draft(slug="secret", date="2015-03-04")
    links = {
        public.get_absolute_url(): False,
        "/": False,
        "/search/?q=daca": False,
        "/es/buscar/": False,
        "https://www.uscis.gov/": False,
        "/2015/03/secret/": True,
        "/2015/03/no-such-page/": True,
        "/topics/no-such-topic/": True,
        "/no/such/page": True,
        admin_url(hidden, "change"): True,
        "/preview/read/abc/": True,
    }
    body = "".join(f'<p><a href="{link}">a</a></p>' for link in links)
    html = publisher_client.post(CHECK_URL, {"body": body}).json()["html"]
    assert [f'data-field="body">{link}</button>' in html for link in links] == list(links.values())


def test_newsrooms_own_contacts_and_listed_ones_may_be_public(publisher_client):
    settings = NewsroomSettings.current()
    settings.press_phone, settings.legal_help_phone = "(213) 385-7800", "213-385-7801"
    settings.save()
    make_contact(phone="213-385-7802 ext. 5", email="Ana.Ruiz@example.org")
    WordListEntry.objects.create(type="contact", term="1-213-385-7803")
    text = "213.385.7800, 213-385-7801, (213) 385-7802, +1 213 385 7803, ana.ruiz@example.org, 213-385-7804"
    html = publisher_client.post(CHECK_URL, {"summary": text}).json()["html"]
    assert html.count("<b>Phone or email of others</b>") == 1
    assert "213-385-7804</button>" in html


# --- Word lists ---------------------------------------------------------------------------------------------


def add_word(client, **fields):
    return client.post("/admin/releases/wordlistentry/add/", fields)


def test_publishers_keep_the_word_lists(publisher_client):
    before = publisher_client.post(CHECK_URL, {"headline": "Chirla helps"}).json()["html"]
    assert add_word(publisher_client, type="name", term="Macarena").status_code == 302
    after = publisher_client.post(CHECK_URL, {"headline": "MACArena helps"}).json()["html"]
    assert "has “Macarena”" in after
    assert "has “Macarena”" not in before


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"type": "name"}, "Enter the name, acronym, term or contact."),
        ({"type": "glossary", "english": "raid"}, "A glossary entry needs the word in both languages."),
        ({"type": "avoided", "term": "illegals"}, "Enter the preferred term in the language"),
        ({"type": "contact", "term": "Ana"}, "Enter one phone number or one email address."),
        ({"type": "name", "term": "ICE", "ordinary_in": "fr"}, "fr"),
    ],
)
def test_invalid_word_is_refused_with_a_sentence(publisher_client, fields, error):
    response = add_word(publisher_client, **fields)
    assert response.status_code == 200
    assert error in response.content.decode()


def test_first_word_lists_are_consistent(db):
    for entry in WordListEntry.objects.all():
        entry.full_clean()
    lists = load_word_lists()
    assert lists.acronyms["TPS"]["es"] == "Estatus de Protección Temporal"
    assert any(
        spelling.text == "ICE" and spelling.ordinary_in == {"en", "es"} for spelling in lists.spellings
    )


# --- Side by side -------------------------------------------------------------------------------------------


@pytest.fixture
def pair(db):
    english = make_draft(
        headline="Fee rises",
        summary="The filing fee is $465.",
        body="<p>After the raid.</p><ul><li><p>One</p></li><li><p>Two</p></li></ul>",
    )
    spanish = make_draft(
        language="es",
        translation_key=english.translation_key,
        headline="Sube la tarifa",
        summary="La tarifa de solicitud es de $456.",
        body="<p>Después de la operación.</p>",
    )
    return english, spanish


def test_side_by_side_page_pairs_paragraphs_and_lists_what_differs(publisher_client, pair):
    english, _spanish = pair
    page = publisher_client.get(admin_url(english, "translation")).content.decode()
    assert "“$465” Only in the English version. Only in the Spanish version: “$456”." in page
    assert "“raid”: the agreed word, redada, isn" in page
    assert "“filing fee”" not in page
    assert page.count('role="row"') == 5  # headline, summary, a paragraph and two items


def test_form_of_a_translation_shows_the_original_with_its_terms(publisher_client, pair):
    page = publisher_client.get(admin_url(pair[1], "change")).content.decode()
    assert '<button class="glossary-term" data-agreed="redada"' in page
    assert "Compare side by side" in page


def test_acronym_of_a_topic_is_explained_by_its_description(publisher_client):
    make_topic("ABCD", about="ABCD – Alliance for a Better City.", about_es="ABCD: algo.")
    html = publisher_client.post(CHECK_URL, {"summary": "The ABCD won."}).json()["html"]
    assert 'data-fix-new="Alliance for a Better City (ABCD)"' in html


def test_old_value_is_found_after_the_change_is_public_too(publisher_client, publisher):
    release = make_release(headline="The ruling", summary="The fee is $465 now.", body="<p>All pay $465.</p>")
    content = release.content() | {"summary": "The fee is $456 now."}
    save_revision(release, user=publisher, content=content, topic_ids=[])
    publish_revision(release, user=publisher, kind="typo")
    html = publisher_client.post(CHECK_URL, {"release": release.pk}).json()["html"]
    assert html.count("<b>Incomplete correction</b>") == 1


def test_one_confirmation_is_enough_for_the_same_phone_in_both_languages(publisher_client):
    english = make_draft(headline="CARECEN helps", body="<p>Call 213-555-0142.</p>")
    make_draft(
        language="es",
        translation_key=english.translation_key,
        headline="CARECEN ayuda",
        body="<p>Llame al 213-555-0142.</p>",
    )
    page = publisher_client.get(admin_url(english, "publish")).content.decode()
    keys = [part.partition('"')[0] for part in page.split('name="may_be_public" value="')[1:]]
    assert len(keys) == 2
    assert len(set(keys)) == 1


def test_paragraphs_that_name_a_speaker_are_offered_as_quotations_in_the_form_only(publisher_client):
    body = "<p>A ruling.</p><p>“We <strong>won</strong>,” said Ana Ruiz, director.</p><p>“No,” she said.</p>"
    draft = make_draft(headline="CARECEN welcomes the ruling", body=body)
    answer = publisher_client.post(CHECK_URL, {"release": draft.pk, "body": body}).json()
    without = publisher_client.post(CHECK_URL, {"release": draft.pk, "body": "<p>A ruling.</p>"}).json()
    assert answer["html"].count("data-quotation=") == 1
    assert 'data-index="1"' in answer["html"]
    assert 'data-paragraph="“We won,” said Ana Ruiz, director."' in answer["html"]
    markup = "<blockquote><p>We <strong>won</strong>.</p><p>— Ana Ruiz, director</p></blockquote>"
    assert f'data-quotation="{escape(markup)}"' in answer["html"]
    assert answer["count"] == without["count"]
    assert "data-quotation" not in publisher_client.get(admin_url(draft, "publish")).content.decode()
