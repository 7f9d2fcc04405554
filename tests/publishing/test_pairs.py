"""Two languages of one release: begun, paired, held together and told apart by the staff."""

import re
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from releases import publishing
from releases.models import MediaContact, Release, WorkingCopy
from releases.publishing import Refusal
from tests.admin import LIST, form_of
from tests.builders import NOON, make_draft, make_photo, make_release, make_scheduled, make_topic, shown

pytestmark = pytest.mark.django_db


def page_of(release):
    return Client().get(release.get_absolute_url()).content.decode()


# --- At the desk


def test_the_spanish_version_is_begun_with_what_needs_no_translation(desk, publisher):
    photo, contact = make_photo(), MediaContact.objects.create(name="Ana Ruiz", phone="213-555-0100")
    topic = make_topic("Courts", "Tribunales")
    words = {"kind": "statement", "photos": [shown(photo)], "contacts": [contact.pk], "topics": (topic,), "dateline": "Los Angeles"}
    release = make_release(headline="A ruling", **words)
    desk.post(f"{LIST}{release.pk}/counterpart/")
    draft = Release.objects.get(language="es")
    assert (draft.status, draft.pair, draft.kind, draft.dateline) == ("draft", release.pair, "statement", "Los Ángeles")
    assert (draft.summary, draft.body, draft.contacts, draft.topics) == ("", "", [contact.pk], [topic])
    assert [(one["photo"], one["alt"]) for one in draft.photos] == [(photo.pk, "")]
    page = desk.get(f"{LIST}{draft.pk}/change/").content.decode()
    assert "The English version" in page
    assert "Families can stay together." in page
    with pytest.raises(Refusal):
        publishing.publish(draft, by=publisher)


def test_quotations_come_along_with_their_speakers_and_wait_for_their_words(publisher):
    body = "<p>They said:</p><blockquote><p>We stay &amp; fight.</p><p>— Ana Ruiz, director</p></blockquote><p>More.</p>"
    draft = publishing.begin_counterpart(make_release(body=body), by=publisher)
    assert draft.body == "<blockquote><p>[EN ⇄ ES] We stay &amp; fight.</p><p>— Ana Ruiz</p></blockquote>"
    draft.headline, draft.summary = "Un fallo", "Las familias se quedan."
    draft.save()
    with pytest.raises(Refusal, match="A quotation"):
        publishing.publish(draft, by=publisher)
    draft.body = "<blockquote><p>Nos quedamos.</p><p>— Ana Ruiz, directora</p></blockquote>"
    draft.save()
    publishing.publish(draft, by=publisher)


def test_a_second_press_begins_no_second_version(desk):
    release = make_release()
    for _time in range(2):
        desk.post(f"{LIST}{release.pk}/counterpart/")
    assert Release.objects.filter(language="es").count() == 1
    assert Release.objects.get(language="es").get_absolute_url() == ""
    assert f"{LIST}{Release.objects.get(language='es').pk}/change/" in desk.get(f"{LIST}{release.pk}/counterpart/").content.decode()


def test_a_headline_that_waits_for_its_words_is_not_published(desk, publisher):
    release = make_release()
    draft = publishing.begin_counterpart(release, by=publisher)
    draft.summary = "Las familias siguen juntas."
    draft.save()
    with pytest.raises(Refusal, match="headline"):
        publishing.publish(draft, by=publisher)


# --- Which of the two is newer

NEWER = "The Spanish version was updated on"


def change(release, by, summary, kind="correction", **words):
    publishing.write_change(release, by=by, printed=release.printed() | {"summary": summary}, tags=[])
    publishing.publish_change(release, by=by, kind=kind, note="" if kind == "typo" else "Una fecha cambió.", **words)


def out_of_date():
    return list(Release.objects.out_of_date())


def test_a_correction_leaves_the_other_version_out_of_date_and_readers_learn_it(two, publisher):
    english, spanish = two
    assert NEWER not in page_of(english)
    change(spanish, publisher, "Las familias pueden quedarse.")
    assert out_of_date() == [english]
    assert NEWER in page_of(english)
    assert NEWER not in page_of(spanish)
    assert "The English version was updated" not in page_of(spanish)


def test_a_typo_leaves_both_level(two, publisher):
    change(two[1], publisher, "Las familias pueden quedarse.", kind="typo")
    assert out_of_date() == []
    assert NEWER not in page_of(two[0])


def test_still_correct_makes_them_level_until_the_next_change(two, publisher):
    english, spanish = two
    change(spanish, publisher, "Uno.")
    spanish.refresh_from_db()
    publishing.still_correct(english, by=publisher, version=spanish.version)
    assert out_of_date() == []
    assert NEWER not in page_of(english)
    change(spanish, publisher, "Dos.")
    assert out_of_date() == [english]


def test_what_changed_while_one_looked_is_not_called_correct(two, publisher):
    english, spanish = two
    change(spanish, publisher, "Uno.")
    spanish.refresh_from_db()
    seen = spanish.version
    change(spanish, publisher, "Dos.")
    with pytest.raises(Refusal, match="changed while"):
        publishing.still_correct(english, by=publisher, version=seen)


def test_a_change_that_follows_the_other_version_makes_both_level(two, publisher):
    english, spanish = two
    change(spanish, publisher, "Uno.")
    spanish.refresh_from_db()
    change(english, publisher, "One.", agrees_with=spanish.version)
    assert out_of_date() == []
    assert NEWER not in page_of(english)
    assert "The English version was updated" not in page_of(spanish)
    change(english, publisher, "Two.")
    assert out_of_date() == [spanish]
    assert "La versión en inglés se actualizó el" in page_of(spanish)


def test_a_change_that_follows_is_level_when_it_goes_public_and_not_before(two, publisher):
    english, spanish = two
    change(spanish, publisher, "Uno.")
    spanish.refresh_from_db()
    change(english, publisher, "One.", agrees_with=spanish.version, wait=timedelta(hours=1))
    assert out_of_date() == [english]
    WorkingCopy.objects.update(public_at=timezone.now() - timedelta(seconds=1))
    publishing.publish_due_changes(timezone.now())
    assert out_of_date() == []


def test_a_translation_remembers_what_it_was_made_from(publisher):
    spanish = make_draft(language="es", headline="Un fallo", summary="Uno.")
    english = publishing.begin_counterpart(spanish, by=publisher)
    assert out_of_date() == []
    spanish.refresh_from_db()
    spanish.summary = "Dos."
    spanish.words_changed()
    spanish.save()
    assert out_of_date() == [english]
    assert publishing.changed_since(english).summary == "Uno."


def test_a_draft_translation_that_is_rewritten_makes_no_original_old(desk, publisher):
    spanish = make_release(language="es")
    english = publishing.begin_counterpart(spanish, by=publisher)
    english.summary = "One."
    english.words_changed()
    english.save()
    assert out_of_date() == []


def test_a_draft_saved_at_the_desk_counts_as_changed(desk, publisher):
    spanish = make_draft(language="es", headline="Un fallo", summary="Uno.")
    english = publishing.begin_counterpart(spanish, by=publisher)
    words = form_of(spanish, headline="Un fallo", summary="Dos.", language="es", date="")
    desk.post(f"{LIST}{spanish.pk}/change/", words | {"_continue": "x"})
    assert out_of_date() == [english]
    page = desk.get(f"{LIST}{english.pk}/change/").content.decode()
    assert "Out of date: what changed in the Spanish version since" in page
    assert "<del>Uno" in page
    assert "<ins>Dos" in page
    question = desk.get(f"{LIST}{english.pk}/still-correct/")
    assert "<ins>Dos" in question.content.decode()
    desk.post(f"{LIST}{english.pk}/still-correct/", {"version": question.context["form"]["version"].value()})
    assert out_of_date() == []


def test_the_desk_lists_what_is_out_of_date_and_what_has_no_other_version(desk, two, publisher):
    alone = make_release(headline="A lonely ruling", public_at=timezone.now())
    change(two[1], publisher, "Uno.")
    page = desk.get("/admin/").content.decode()
    assert "out of date: the Spanish version changed" in page
    assert "no public Spanish version" in page
    listed = {word: desk.get(f"{LIST}?other={word}").content.decode() for word in ("none", "waiting", "old")}
    for word, found in {"none": [alone], "waiting": [alone], "old": [two[0]]}.items():
        rows = re.findall(rf'href="{LIST}([0-9]+)/change/', listed[word])
        assert [int(row) for row in rows] == [one.pk for one in found], word


def test_what_will_be_changed_later_is_not_agreed_with_today(two, publisher):
    english, spanish = two
    change(spanish, publisher, "Uno.")
    publishing.still_correct(english, by=publisher, version=10**6)
    change(spanish, publisher, "Dos.")
    assert out_of_date() == [english]


def test_writers_may_not_take_the_sentence_off_a_public_page(two, publisher, writer):
    change(two[1], publisher, "Uno.")
    with pytest.raises(Refusal):
        publishing.still_correct(two[0], by=writer, version=99)


def test_writers_do_not_decide_what_readers_of_a_scheduled_release_are_told(publisher, writer):
    english = make_scheduled()
    spanish = make_release(language="es", pair=english.pair)
    with pytest.raises(Refusal):
        publishing.still_correct(english, by=writer, version=spanish.version)


def test_an_odd_version_is_a_sentence(desk, two, publisher):
    change(two[1], publisher, "Uno.")
    response = desk.post(f"{LIST}{two[0].pk}/still-correct/", {"version": "9" * 20})
    assert response.status_code == 200
    assert out_of_date() == [two[0]]


def test_what_was_agreed_with_one_counterpart_is_not_agreed_with_another(two, publisher):
    english, spanish = two
    change(spanish, publisher, "Uno.")
    spanish.refresh_from_db()
    change(english, publisher, "One.", agrees_with=spanish.version, wait=timedelta(hours=1))
    publishing.unpair(english, by=publisher)
    other = make_release(language="es", headline="Otro fallo")
    publishing.pair(english, other, by=publisher)
    WorkingCopy.objects.update(public_at=timezone.now() - timedelta(seconds=1))
    publishing.publish_due_changes(timezone.now())
    change(other, publisher, "Otra vez.")
    assert english in out_of_date()


def test_a_counterpart_that_was_deleted_leaves_no_agreement(publisher):
    english = make_release()
    for _time in range(2):
        publishing.begin_counterpart(english, by=publisher).delete()
    spanish = make_release(language="es", pair=english.pair)
    change(spanish, publisher, "Uno.")
    assert out_of_date() == [english]


# --- Pairing what is there


def test_two_releases_become_a_pair_and_two_again(desk, publisher):
    english, spanish = make_release(slug="a-ruling"), make_release(language="es", slug="un-fallo")
    page = desk.get(f"{LIST}{english.pk}/counterpart/").content.decode()
    assert f'value="{spanish.pk}"' in page
    desk.post(f"{LIST}{english.pk}/pair/", {"other": spanish.pk})
    assert "Leer en español" in page_of(english)
    desk.post(f"{LIST}{english.pk}/unpair/", {})
    assert "Leer en español" not in page_of(english)
    assert Release.objects.values("pair").distinct().count() == 2


def test_a_release_to_pair_with_is_found_by_its_words(desk):
    english = make_release()
    for number in range(24):
        make_release(language="es", headline=f"Un fallo {number}", date=date(2015, 3 + number % 2, 4))
    far = make_release(language="es", headline="Quetzal", date=NOON.date())
    assert f'value="{far.pk}"' not in desk.get(f"{LIST}{english.pk}/counterpart/").content.decode()
    assert f'value="{far.pk}"' in desk.get(f"{LIST}{english.pk}/counterpart/?q=quetzal").content.decode()


@pytest.mark.parametrize("other", [{}, {"language": "es", "taken": True}])
def test_what_is_no_pair_is_refused(publisher, other):
    taken = other.pop("taken", False)
    one, two = make_release(), make_release(**other)
    if taken:
        make_release(pair=two.pair)
    with pytest.raises(Refusal):
        publishing.pair(one, two, by=publisher)


def test_writers_pair_drafts_alone(writer):
    publishing.pair(make_draft(), make_draft(language="es"), by=writer)
    with pytest.raises(Refusal):
        publishing.pair(make_release(), make_draft(language="es"), by=writer)


# --- Both at once


def both_drafts():
    english = make_draft(summary="Families can stay.")
    return english, make_draft(language="es", pair=english.pair, summary="Las familias se quedan.")


def test_both_are_published_at_one_moment_and_undone_together(desk, publisher):
    english, spanish = both_drafts()
    url = f"{LIST}{english.pk}/publish/"
    form = desk.get(url).context["form"]
    assert form["together"].value() is True
    desk.post(url, {"when": "now", "together": "on", "seen": form["seen"].value(), "seen_other": form["seen_other"].value()})
    moments = set(Release.objects.values_list("public_at", flat=True))
    assert len(moments) == 1
    assert moments.pop() > timezone.now()
    page = desk.get(f"{LIST}{english.pk}/change/").content.decode()
    assert '<input type="hidden" name="together" value="on">' in page
    desk.post(f"{LIST}{english.pk}/return-to-draft/", {"together": "on"})
    assert set(Release.objects.values_list("status", flat=True)) == {"draft"}
    assert spanish.status == "draft"


def test_one_that_cannot_go_public_holds_the_other_back(publisher):
    english, spanish = both_drafts()
    Release.objects.filter(pk=spanish.pk).update(summary="")
    with pytest.raises(Refusal, match="The Spanish version: Write the summary"):
        publishing.together(publishing.publish, english, by=publisher)
    assert Release.objects.filter(status="draft").count() == 2


def test_what_was_ticked_and_fits_no_more_is_done_to_neither(desk, publisher):
    english, spanish = both_drafts()
    url = f"{LIST}{english.pk}/publish/"
    form = desk.get(url).context["form"]
    publishing.publish(spanish, by=publisher, at=timezone.now() + timedelta(days=3))
    sent = {"when": "now", "together": "on", "seen": form["seen"].value(), "seen_other": form["seen_other"].value()}
    assert "done to neither" in desk.post(url, sent).content.decode()
    english.refresh_from_db()
    assert english.status == "draft"


def test_one_goes_now_and_the_other_stands_on_the_desk(desk, publisher):
    english, _spanish = both_drafts()
    publishing.publish(english, by=publisher)
    assert "no public Spanish version" in desk.get("/admin/").content.decode()


def test_both_are_withdrawn_together_each_in_its_own_language(desk, two):
    desk.post(f"{LIST}{two[0].pk}/withdraw/", {"reason": "A name was wrong.", "together": "on"})
    reasons = dict(Release.objects.values_list("language", "withdrawal_reason"))
    assert reasons == {"en": "A name was wrong.", "es": publishing.neutral_sentence("es")}
    assert set(Release.objects.values_list("status", flat=True)) == {"withdrawn"}
