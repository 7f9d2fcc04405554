"""The form of a new release, filled in from a template or from another release."""

from datetime import date

import pytest
from django.contrib.auth.models import Permission

from releases.actions.revisions import save_revision
from releases.models import Autosave, Release, ReleaseTemplate
from releases.text.richtext import sanitize
from tests.admin import RELEASE_ADD_URL, admin_url, sign_in
from tests.factories import (
    CANARY,
    EVENT_FIELDS,
    make_contact,
    make_draft,
    make_photo,
    make_release,
    make_scheduled,
    make_template,
    make_topic,
    make_user,
    make_withdrawn,
    photo_entry,
)

pytestmark = pytest.mark.django_db

LETTER = (
    "<p>Dear Mayor: we write again.[1]</p><h2>We ask you to</h2>"
    '<ol start="2"><li><p>close the center<br>by May,[2]</p></li><li><p>fund <strong>lawyers</strong>:</p>'
    "<ol><li><p>for children</p></li></ol></li></ol>"
    "<ul><li><p>CARECEN</p></li><li><p>[Organization]</p></li></ul>"
    '<h2>Notes</h2><p>[1] <a href="https://example.org/letter">First letter</a></p><p>[2] Report of 2018.</p>'
)
FIELDS = {
    "kind": "statement",
    "headline": "Organizations write to the mayor",
    "subhead": "Open letter",
    "summary": "Nine organizations wrote to the mayor.",
    "body": LETTER,
}


def open_form(client, **query):
    response = client.get(RELEASE_ADD_URL, query)
    assert response.status_code == 200
    return response


def get_values(response) -> dict[str, object]:
    """Return what the form sends if nobody changes anything."""
    form = response.context["adminform"].form
    return {field.name: value for field in form if (value := field.value()) not in (None, False)}


def get_messages(response) -> list[str]:
    return [str(message) for message in response.context["messages"]]


def save(client, response) -> Release:
    client.post(RELEASE_ADD_URL, get_values(response) | {"_continue": "x"})
    return Release.objects.latest("pk")


def test_release_from_a_template_keeps_numbered_demands_and_notes(writer_client):
    template = make_template(**FIELDS, language="es")
    response = open_form(writer_client, template=template.pk)
    assert "Started from the template “Letter”" in get_messages(response)[0]
    assert not Release.objects.exists()
    release = save(writer_client, response)
    assert (release.body, release.language, release.dateline) == (LETTER, "es", "Los Ángeles")
    assert {name: getattr(release, name) for name in FIELDS} == FIELDS
    assert release.status == "draft"


@pytest.mark.parametrize("make", [make_draft, make_scheduled, make_release, make_withdrawn])
def test_duplicate_has_the_text_of_a_release_in_every_state(writer_client, make):
    contact, topic, photo = make_contact(), make_topic(), make_photo()
    body = LETTER.replace("<ul>", f"<p>[photo {photo.pk}]</p><ul>")
    original = make(
        **FIELDS | EVENT_FIELDS | {"body": body, "date": date(2015, 3, 4), "valid_until": date(2015, 5, 1)},
        slug="the-original",
        language="es",
        dateline="San Salvador",
        topics=(topic,),
        contacts=[contact.pk],
        photos=[photo_entry(photo)],
    )
    page = writer_client.get(admin_url(original, "change")).content.decode()
    assert f'href="{RELEASE_ADD_URL}?copy_of={original.pk}">Duplicate as new</a>' in page
    response = open_form(writer_client, copy_of=original.pk)
    assert ("That release was withdrawn" in "".join(get_messages(response))) is (make is make_withdrawn)
    assert Release.objects.get() == original
    release = save(writer_client, response)
    assert {name: getattr(release, name) for name in FIELDS} == FIELDS
    assert (release.language, release.dateline, release.contacts) == ("es", "San Salvador", [contact.pk])
    assert (release.status, release.topics) == ("draft", [topic])
    assert (release.date, release.slug, release.photos, release.valid_until) == (None, "", [], None)
    assert not any(getattr(release, name) for name in EVENT_FIELDS)
    assert release.translation_key != original.translation_key


def test_duplicate_of_a_release_with_an_unpublished_change_has_the_changed_text(writer_client, writer):
    original, topic = make_release(), make_topic()
    content = original.content() | {"headline": "Changed", "body": LETTER}
    save_revision(original, user=writer, content=content, topic_ids=[topic.pk])
    release = save(writer_client, open_form(writer_client, copy_of=original.pk))
    assert (release.headline, release.body, release.topics) == ("Changed", LETTER, [topic])


@pytest.mark.parametrize("name", ["template", "copy_of"])
@pytest.mark.parametrize("value", ["", "0", "-1", "x", "1.5", "²", "9" * 30, "<b>", "999999999"])
def test_unknown_id_opens_an_empty_form_with_a_message(writer_client, name, value):
    response = open_form(writer_client, **{name: value})
    assert "doesn't exist. It may have been deleted. The form is empty." in get_messages(response)[0]
    assert not response.context["adminform"].form["headline"].value()
    assert response.context["adminform"].form["dateline"].value() == "Los Angeles"


@pytest.mark.parametrize("name", ["template", "copy_of"])
def test_form_shows_no_text_that_the_user_may_not_view(client, name):
    user = make_user("nora", "")
    user.user_permissions.add(Permission.objects.get(codename="add_release"))
    client.force_login(user)
    make_template(name=CANARY, headline=CANARY)
    draft = make_draft(headline=CANARY)
    pk = {"template": ReleaseTemplate.objects.get(name=CANARY).pk, "copy_of": draft.pk}[name]
    response = open_form(client, **{name: pk})
    assert CANARY not in response.content.decode()
    assert "doesn't exist" in get_messages(response)[0]


@pytest.mark.parametrize("role", ["visitor", "nobody"])
def test_others_get_neither_a_template_nor_a_copy(client, role):
    template, draft = make_template(headline=CANARY), make_draft(headline=CANARY)
    sign_in(client, role)
    for query in ({"template": template.pk}, {"copy_of": draft.pk}):
        response = client.get(RELEASE_ADD_URL, query)
        assert response.status_code in (302, 403)
        assert CANARY not in response.content.decode()


def test_templates_are_offered_in_the_language_of_the_desk_first(writer_client, writer):
    ReleaseTemplate.objects.all().delete()
    make_template(name="Una carta", language="es")
    make_template(name="A letter")
    for language, order in (("en", ["A letter", "Una carta"]), ("es", ["Una carta", "A letter"])):
        writer.language = language
        writer.save()
        for url in ("/admin/", RELEASE_ADD_URL):
            page = writer_client.get(url).content.decode()
            assert sorted(order, key=page.index) == order
    page = open_form(writer_client, template=ReleaseTemplate.objects.get(name="A letter").pk)
    assert "Reemplace todo lo que está entre corchetes." in get_messages(page)[0]
    assert "Editar las plantillas" not in page.content.decode()


def test_unsaved_text_comes_before_a_template(writer_client, writer):
    autosave = Autosave.objects.create(user=writer, data={"headline": "Typed"}, sequence=1)
    response = open_form(writer_client, unsaved=autosave.client_id, template=make_template().pk)
    assert response.context["adminform"].form["headline"].value() == "Typed"


def test_newsroom_begins_with_four_templates_in_each_language():
    for language in ("en", "es"):
        templates = ReleaseTemplate.objects.filter(language=language)
        kinds = ["media_advisory", "press_release", "service_notice", "statement"]
        assert sorted(templates.values_list("kind", flat=True)) == kinds
        letter = templates.get(kind="press_release")
        assert letter.body.count("<ol>") == 1
        assert letter.body.count("[1]") == 2
        for template in templates:
            template.full_clean()
            assert sanitize(template.body) == template.body
            assert "[" in template.headline
            assert template.history.count() == 1
