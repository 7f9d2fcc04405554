"""The release form: fields, errors, topics, notices, contacts and event times."""

import re
from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import Permission

from releases.actions.withdrawal import withdraw
from releases.admin.filters import TopicFilter
from releases.models import PendingRevision, Release, Topic
from tests.admin import (
    FORM_DEFAULTS,
    NEXT_YEAR,
    RELEASE_ADD_URL,
    RELEASE_LIST_URL,
    admin_url,
    form_data,
    form_errors,
    post_release_form,
)
from tests.factories import make_contact, make_draft, make_release, make_topic, make_user

pytestmark = pytest.mark.django_db


def test_emptying_the_body_requires_a_second_save(ana_client):
    draft = make_draft(body="<p>An hour of work.</p>")
    data = form_data(draft, body="")
    response = ana_client.post(admin_url(draft, "change"), data)
    assert "Save again to empty it" in response.content.decode()
    draft.refresh_from_db()
    assert draft.body == "<p>An hour of work.</p>"
    ana_client.post(
        admin_url(draft, "change"),
        data | {"confirm_empty_body": response.context["adminform"].form["confirm_empty_body"].value()},
    )
    draft.refresh_from_db()
    assert draft.body == ""


def test_draft_with_only_a_headline_can_be_saved(writer_client):
    response = writer_client.post(
        RELEASE_ADD_URL, FORM_DEFAULTS | {"summary": "", "body": "", "dateline": "", "_continue": "x"}
    )
    assert response["Location"] == admin_url(Release.objects.get(), "change")


def test_new_topic_fields_create_and_assign_a_topic(writer_client):
    writer_client.post(
        RELEASE_ADD_URL,
        FORM_DEFAULTS
        | {
            "tags": [make_topic("DACA").pk],
            "new_topic": "Courts",
            "new_topic_es": "Tribunales",
            "_continue": "x",
        },
    )
    assert {topic.both_names for topic in Release.objects.get().tags.all()} == {"DACA", "Courts · Tribunales"}


@pytest.mark.parametrize(
    ("name", "name_es", "field", "message"),
    [
        ("daca", "otro", "new_topic", "already a topic with this name: DACA"),
        ("other", "Dácá", "new_topic_es", "already a topic with this name: DACA"),
        ("Courts", "", "new_topic_es", "both languages"),
        ("", "Tribunales", "new_topic", "both languages"),
        ("¿?", "Tribunales", "new_topic", "no Latin letter"),
    ],
)
def test_invalid_new_topic_shows_an_error_at_its_field(writer_client, name, name_es, field, message):
    make_topic("DACA")
    response = writer_client.post(
        RELEASE_ADD_URL, FORM_DEFAULTS | {"new_topic": name, "new_topic_es": name_es}
    )
    assert message in str(form_errors(response)[field])
    assert (Release.objects.count(), Topic.objects.count()) == (0, 1)
    assert "Families stay." in response.content.decode()


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", ["Courts · Tribunales", "DACA", "Workers · Trabajadores"]),
        ("es", ["DACA", "Trabajadores · Workers", "Tribunales · Courts"]),
    ],
)
def test_topics_are_sorted_by_the_name_in_the_language_of_the_desk(
    publisher_client, publisher, language, expected
):
    publisher.language = language
    publisher.save()
    for names in (("Workers", "Trabajadores"), ("Courts", "Tribunales"), ("DACA", "DACA")):
        make_topic(*names)
    page = publisher_client.get(RELEASE_ADD_URL).content.decode()
    assert re.findall(r'name="tags"[^>]*>\s*([^<]+)</label>', page) == expected
    response = publisher_client.get(RELEASE_LIST_URL)
    [topic_filter] = [spec for spec in response.context["cl"].filter_specs if isinstance(spec, TopicFilter)]
    assert [label for _slug, label in topic_filter.lookup_choices] == expected


def test_default_dateline_follows_the_language(writer_client):
    writer_client.post(RELEASE_ADD_URL, FORM_DEFAULTS | {"language": "es"})
    assert Release.objects.get().dateline == "Los Ángeles"


@pytest.mark.parametrize(
    ("field", "value"),
    [("dateline", "from LA"), ("slug", "No Good"), ("date", "03/04/2015x"), ("headline", "x" * 301)],
)
def test_invalid_input_shows_a_field_error_and_keeps_the_typed_text(writer_client, field, value):
    response = writer_client.post(RELEASE_ADD_URL, FORM_DEFAULTS | {field: value})
    assert field in form_errors(response)
    page = response.content.decode()
    assert "Families stay." in page
    # A choice that does not exist cannot be shown as chosen.
    assert value in page or field in ("language", "kind")


def test_duplicate_slug_is_rejected(writer_client):
    make_release(slug="a-ruling")
    assert "already has this web address" in str(
        form_errors(writer_client.post(RELEASE_ADD_URL, FORM_DEFAULTS | {"slug": "a-ruling"}))
    )


@pytest.mark.parametrize("field", ["summary", "date", "headline"])
def test_public_release_requires_summary_date_and_headline(publisher_client, field):
    release = make_release()
    response = publisher_client.post(admin_url(release, "change"), form_data(release, **{field: ""}))
    assert field in form_errors(response)


@pytest.mark.parametrize("link", ["foo bar", "javascript:alert(1)"])
def test_invalid_link_in_the_body_is_rejected(writer_client, link):
    response = writer_client.post(RELEASE_ADD_URL, FORM_DEFAULTS | {"body": f'<p><a href="{link}">x</a></p>'})
    assert "doesn&#x27;t work" in str(form_errors(response)["body"])


def test_out_of_range_topic_id_is_rejected(writer_client):
    assert "tags" in form_errors(writer_client.post(RELEASE_ADD_URL, FORM_DEFAULTS | {"tags": ["9" * 30]}))


def test_creating_a_topic_requires_permission(client):
    user = make_user("ana", "")
    user.user_permissions.add(
        Permission.objects.get(codename="add_release"), Permission.objects.get(codename="view_release")
    )
    client.force_login(user)
    client.post(RELEASE_ADD_URL, FORM_DEFAULTS | {"new_topic": "Courts", "new_topic_es": "Tribunales"})
    assert (Release.objects.count(), Topic.objects.count()) == (1, 0)


def test_invalid_revision_shows_errors_at_its_fields(writer_client, release):
    response = post_release_form(writer_client, release, summary="", valid_until="2026-12-01")
    assert {"summary", "valid_until"} <= set(form_errors(response))


def test_current_notice_choices_are_public_notices_in_the_same_language(publisher_client):
    notice = make_release(kind="service_notice", headline="Clinic hours")
    make_release(kind="service_notice", headline="Horario", language="es")
    make_draft(kind="service_notice", headline="Hidden hours")
    other = make_release(kind="service_notice", headline="New hours")
    form = publisher_client.get(admin_url(notice, "change")).context["adminform"].form
    assert list(form.fields["current_notice"].queryset) == [other]
    assert Release.objects.count() == 4


def test_withdrawn_current_notice_stays_selected(publisher_client, publisher):
    current = make_release(kind="service_notice", headline="New hours")
    draft = make_draft(kind="service_notice", current_notice=current)
    withdraw(current, user=publisher)
    form = publisher_client.get(admin_url(draft, "change")).context["adminform"].form
    assert current in form.fields["current_notice"].queryset
    publisher_client.post(
        admin_url(draft, "change"),
        form_data(draft, kind="service_notice", current_notice=str(current.pk), summary="New."),
    )
    draft.refresh_from_db()
    assert (draft.summary, draft.current_notice) == ("New.", current)


def test_new_spanish_notice_accepts_a_spanish_current_notice(publisher_client):
    notice = make_release(kind="service_notice", headline="Horario", language="es")
    publisher_client.post(
        f"{RELEASE_LIST_URL}add/",
        form_data(
            Release(),
            kind="service_notice",
            language="es",
            dateline="Los Ángeles",
            current_notice=str(notice.pk),
        ),
    )
    assert Release.objects.get(status="draft").current_notice == notice


def test_event_form_uses_los_angeles_time(publisher_client):
    draft, release = make_draft(), make_release()
    data = {
        "event_at": f"{NEXT_YEAR}-05-01T10:00",
        "event_until": f"{NEXT_YEAR}-05-01T11:30",
        "event_place": "City Hall",
    }
    publisher_client.post(
        f"{RELEASE_LIST_URL}{draft.pk}/change/", form_data(draft, **data) | {"edit_token": draft.edit_token}
    )
    draft.refresh_from_db()
    assert draft.event_at == datetime(NEXT_YEAR, 5, 1, 17, tzinfo=UTC)
    assert draft.event_until == datetime(NEXT_YEAR, 5, 1, 18, 30, tzinfo=UTC)
    assert (
        f'value="{NEXT_YEAR}-05-01T10:00"'
        in publisher_client.get(f"{RELEASE_LIST_URL}{draft.pk}/change/").content.decode()
    )
    for _time in range(2):
        release = Release.objects.get(pk=release.pk)
        publisher_client.post(
            f"{RELEASE_LIST_URL}{release.pk}/change/",
            form_data(release, **data) | {"edit_token": release.edit_token},
        )
    assert PendingRevision.objects.get().version == 1
    assert (
        f'value="{NEXT_YEAR}-05-01T10:00"'
        in publisher_client.get(f"{RELEASE_LIST_URL}{release.pk}/change/").content.decode()
    )


def test_selected_contacts_are_saved_with_the_draft_or_pending_revision(publisher_client):
    contact, draft, release = make_contact(), make_draft(), make_release()
    publisher_client.post(
        f"{RELEASE_LIST_URL}{draft.pk}/change/",
        form_data(draft) | {"edit_token": draft.edit_token, "contacts": [contact.pk]},
    )
    draft.refresh_from_db()
    assert draft.contacts == [contact.pk]
    publisher_client.post(
        f"{RELEASE_LIST_URL}{release.pk}/change/",
        form_data(release) | {"edit_token": release.edit_token, "contacts": [contact.pk]},
    )
    release.refresh_from_db()
    assert (release.contacts, release.pending_revision.data["contacts"]) == ([], [contact.pk])
    assert (
        "Ana Ruiz"
        in publisher_client.get(f"{RELEASE_LIST_URL}{release.pk}/publish-revision/").content.decode()
    )
    assert (
        "checked"
        in publisher_client.get(f"{RELEASE_LIST_URL}{release.pk}/change/")
        .content.decode()
        .split('name="contacts"')[1]
        .split(">")[0]
    )
