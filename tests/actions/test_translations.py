"""Translations are created, linked, marked current and published together."""

import pytest

from releases.actions.errors import ActionNotAllowed
from releases.actions.publication import publish
from releases.actions.restoration import restore
from releases.actions.translations import (
    apply_to_both,
    create_translation,
    link_translations,
    mark_translation_current,
)
from releases.models import MediaContact, Release, get_versions
from tests.actions import SPANISH_IS_NEWER, get_out_of_date, make_translated_drafts, save_and_publish
from tests.admin import RELEASE_LIST_URL, admin_url, post_release_form
from tests.factories import make_draft, make_photo, make_release, make_scheduled, make_topic, photo_entry
from tests.views import get_public_page

pytestmark = pytest.mark.django_db


def test_new_translation_copies_fields_that_need_no_translation(publisher_client, publisher):
    photo, contact = make_photo(), MediaContact.objects.create(name="Ana Ruiz", phone="213-555-0100")
    topic = make_topic("Courts", "Tribunales")
    fields = {
        "kind": "statement",
        "photos": [photo_entry(photo, is_lead=True, focus=[30, 20]), photo_entry(make_photo())],
        "contacts": [contact.pk],
        "signers": [7, 9],
        "topics": (topic,),
        "dateline": "Los Angeles",
    }
    release = make_release(headline="A ruling", **fields)
    publisher_client.post(f"{RELEASE_LIST_URL}{release.pk}/translation/")
    draft = Release.objects.get(language="es")
    assert (draft.status, draft.translation_key, draft.kind, draft.dateline) == (
        "draft",
        release.translation_key,
        "statement",
        "Los Ángeles",
    )
    assert (draft.summary, draft.body, draft.contacts, draft.topics) == ("", "", [contact.pk], [topic])
    assert draft.signers == [7, 9]
    assert draft.headline == ""
    lead, other = draft.photos
    assert lead == {
        "photo": photo.pk,
        "alt": "",
        "is_decorative": False,
        "is_lead": True,
        "focus": [30, 20],
    }
    assert set(other) == {"photo", "alt", "is_decorative"}
    page = publisher_client.get(f"{RELEASE_LIST_URL}{draft.pk}/change/").content.decode()
    assert "The English version" in page
    assert "Families can stay together." in page
    assert "The headline of the other version: “A ruling”." in page
    with pytest.raises(ActionNotAllowed):
        publish(draft, user=publisher)


def test_copied_quotations_block_publishing_until_they_are_translated(publisher):
    body = (
        "<p>They said:</p><blockquote><p>We stay &amp; fight.</p><p>— Ana Ruiz, "
        "director</p></blockquote><p>More.</p>"
    )
    draft = create_translation(make_release(body=body), user=publisher)
    assert draft.body == "<blockquote><p>[EN ⇄ ES] We stay &amp; fight.</p><p>— Ana Ruiz</p></blockquote>"
    draft.headline, draft.summary = "Un fallo", "Las familias se quedan."
    draft.save()
    with pytest.raises(ActionNotAllowed, match="A quotation"):
        publish(draft, user=publisher)
    draft.body = "<blockquote><p>Nos quedamos.</p><p>— Ana Ruiz, directora</p></blockquote>"
    draft.save()
    publish(draft, user=publisher)


def test_translation_without_a_headline_cannot_be_published(publisher_client, publisher):
    release = make_release()
    draft = create_translation(release, user=publisher)
    draft.summary = "Las familias siguen juntas."
    draft.save()
    with pytest.raises(ActionNotAllowed, match="Write a headline"):
        publish(draft, user=publisher)


def test_draft_that_was_started_with_the_placeholder_as_headline_cannot_be_published(publisher):
    draft = create_translation(make_release(), user=publisher)
    draft.headline, draft.summary = "[EN ⇄ ES] A ruling", "Las familias siguen juntas."
    draft.save()
    with pytest.raises(ActionNotAllowed, match="still in the other language"):
        publish(draft, user=publisher)


def test_started_translation_is_saved_without_a_headline_but_keeps_its_own(publisher_client, publisher):
    draft = create_translation(make_release(headline="A ruling"), user=publisher)
    post_release_form(publisher_client, draft, headline="", summary="Las familias siguen.", language="es")
    draft.refresh_from_db()
    assert (draft.headline, draft.summary) == ("", "Las familias siguen.")
    post_release_form(publisher_client, draft, headline="Un fallo", language="es")
    draft.refresh_from_db()
    response = post_release_form(publisher_client, draft, headline="", summary="Otra vez.", language="es")
    assert "Write a headline." in response.content.decode()
    assert "Otra vez." in response.content.decode()
    draft.refresh_from_db()
    assert draft.headline == "Un fallo"
    restore(draft, user=publisher, version_key=get_versions(draft)[-1].key, edit_token=draft.edit_token)
    draft.refresh_from_db()
    assert draft.headline == ""


def test_language_cannot_be_changed_to_that_of_the_other_version(publisher_client, publisher):
    draft = create_translation(make_release(), user=publisher)
    page = post_release_form(publisher_client, draft, language="en", summary="Typed.").content.decode()
    assert "This release has a version in that language." in page
    assert "Typed." in page
    draft.refresh_from_db()
    assert draft.language == "es"


def test_draft_without_a_headline_is_named_after_the_other_version(publisher_client, publisher):
    draft = create_translation(make_release(headline="A ruling"), user=publisher)
    name = "No headline yet (A ruling)"
    assert str(draft) == draft.title == name
    urls = [RELEASE_LIST_URL, "/admin/", admin_url(draft.translation, "translation")]
    pages = ("change", "history", "preview-links", "photos", "translation", "add-note", "publish")
    urls += [admin_url(draft, page) for page in pages]
    for url in urls:
        page = publisher_client.get(url).content.decode()
        assert name in page, url
        assert '<h2 lang="es"></h2>' not in page, url
    assert make_draft(headline="").title == "No headline yet"


@pytest.mark.parametrize("look", ["page", "item", "print", "shared", "card"])
def test_draft_without_a_headline_has_previews(publisher_client, publisher, look):
    draft = create_translation(make_release(), user=publisher)
    response = publisher_client.get(f"{admin_url(draft, 'preview')}?look={look}")
    assert response.status_code == 200


def test_translation_marked_current_is_up_to_date_until_the_next_change(translated_releases, publisher):
    english, spanish = translated_releases
    save_and_publish(spanish, publisher, "Uno.")
    spanish.refresh_from_db()
    mark_translation_current(english, user=publisher, version=spanish.version)
    assert get_out_of_date() == []
    assert SPANISH_IS_NEWER not in get_public_page(english)
    save_and_publish(spanish, publisher, "Dos.")
    assert get_out_of_date() == [english]


def test_translation_cannot_be_marked_current_after_an_unseen_change(translated_releases, publisher):
    english, spanish = translated_releases
    save_and_publish(spanish, publisher, "Uno.")
    spanish.refresh_from_db()
    version = spanish.version
    save_and_publish(spanish, publisher, "Dos.")
    with pytest.raises(ActionNotAllowed, match="changed while"):
        mark_translation_current(english, user=publisher, version=version)


def test_future_version_number_does_not_keep_a_translation_current(translated_releases, publisher):
    english, spanish = translated_releases
    save_and_publish(spanish, publisher, "Uno.")
    mark_translation_current(english, user=publisher, version=10**6)
    save_and_publish(spanish, publisher, "Dos.")
    assert get_out_of_date() == [english]


def test_writers_cannot_mark_a_public_translation_current(translated_releases, publisher, writer):
    save_and_publish(translated_releases[1], publisher, "Uno.")
    with pytest.raises(ActionNotAllowed):
        mark_translation_current(translated_releases[0], user=writer, version=99)


def test_writers_cannot_mark_a_scheduled_translation_current(publisher, writer):
    english = make_scheduled()
    spanish = make_release(language="es", translation_key=english.translation_key)
    with pytest.raises(ActionNotAllowed):
        mark_translation_current(english, user=writer, version=spanish.version)


@pytest.mark.parametrize("other", [{}, {"language": "es", "taken": True}])
def test_invalid_translation_link_is_refused(publisher, other):
    has_translation = other.pop("taken", False)
    first, second = make_release(), make_release(**other)
    if has_translation:
        make_release(translation_key=second.translation_key)
    with pytest.raises(ActionNotAllowed):
        link_translations(first, second, user=publisher)


def test_writers_can_link_only_drafts(writer):
    link_translations(make_draft(), make_draft(language="es"), user=writer)
    with pytest.raises(ActionNotAllowed):
        link_translations(make_release(), make_draft(language="es"), user=writer)


def test_translation_that_cannot_be_published_blocks_both(publisher):
    english, spanish = make_translated_drafts()
    Release.objects.filter(pk=spanish.pk).update(summary="")
    with pytest.raises(ActionNotAllowed, match="The Spanish version: Write the summary"):
        apply_to_both(publish, english, user=publisher)
    assert Release.objects.filter(status="draft").count() == 2
