import sys
from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from releases import caching, publishing, search
from releases.models import Release
from tests.builders import make_draft, make_release, make_scheduled, make_topic, make_user, make_withdrawn

pytestmark = pytest.mark.django_db


def found(asked, language="en", at=None, **narrowed):
    return search.find(search.understood(asked, language), language, at or timezone.now(), **narrowed)


def test_only_what_the_public_may_read_is_found_and_counted():
    public = make_release(headline="Ruling")
    for hidden in (make_draft, make_scheduled, make_withdrawn):
        hidden(headline="Ruling")
    make_release(headline="Ruling", language="es")
    hits = found("ruling")
    assert hits.releases == [public.pk]
    assert (hits.years, hits.kinds) == ([(2015, 1)], [("press_release", 1)])


@pytest.mark.parametrize(("seconds", "seen"), [(-1, False), (0, True), (1, True)])
def test_a_scheduled_release_is_found_on_the_second(seconds, seen):
    release = make_scheduled()
    assert bool(found("ruling", at=release.public_at + timedelta(seconds=seconds)).releases) == seen


def test_exact_ranks_first_then_what_stands_higher_up():
    body = make_release(headline="One", body="<p>Raúl spoke.</p>")
    plain = make_release(headline="Two", body="<p>Raul spoke.</p>")
    title = make_release(headline="Raul speaks")
    exact = make_release(headline="Raúl speaks", date=date(2014, 1, 1))
    assert found("Raúl").releases == [exact.pk, title.pk, body.pk, plain.pk]
    assert found("Raul").releases == [title.pk, exact.pk, plain.pk, body.pk]


def test_a_notice_that_ran_out_comes_after_the_others():
    over = make_release(headline="Raul", kind="service_notice", valid_until=date(2016, 1, 1))
    other = make_release(headline="New", body="<p>Raul</p>")
    assert found("raul").releases == [other.pk, over.pk]


def test_the_newest_stands_first_when_that_is_asked_for(client):
    old, new = make_release(headline="Raul", date=date(2014, 1, 1)), make_release(headline="New", body="<p>Raul</p>")
    assert found("raul").releases == [old.pk, new.pk]
    assert found("raul", by_date=True).releases == [new.pk, old.pk]
    page = client.get("/search/?q=raul&order=date").content.decode()
    assert page.index(new.get_absolute_url()) < page.index(old.get_absolute_url())


def test_many_hits_are_newest_first():
    releases = [make_release(date=date(2014, 1, 1) + timedelta(days=day)) for day in range(search.asking.MAX_RANKED + 1)]
    hits = found("ruling")
    assert hits.releases == [release.pk for release in reversed(releases)]
    assert not hits.can_be_best


def test_hits_beyond_the_most_are_left_out_and_said(monkeypatch):
    monkeypatch.setattr(search.asking, "MAX_HITS", 3)
    releases = [make_release(date=date(2014, 1, day)) for day in range(1, 6)]
    make_scheduled(date=date(2030, 1, 1))
    hits = found("ruling")
    assert hits.has_more
    assert set(hits.releases) == {release.pk for release in releases[2:]}


@pytest.mark.parametrize("recent", [0, 2, 5])
def test_the_newest_are_found_however_many_are_of_the_last_years(monkeypatch, recent):
    monkeypatch.setattr(search.asking, "MAX_HITS", 3)
    old = [make_release(date=date(2014, 1, day)) for day in range(1, 6)]
    new = [make_release(date=timezone.now().date() - timedelta(days=day)) for day in reversed(range(recent))]
    assert set(found("ruling").releases) == {release.pk for release in [*old, *new][-3:]}


def test_the_first_release_of_a_year_is_found_at_once(monkeypatch):
    monkeypatch.setattr(search.asking, "MAX_HITS", 3)
    for day in range(1, 6):
        make_release(date=date(2014, 1, day))
    found("ruling")
    first = make_release(date=date(2016, 1, 1))
    assert found("ruling").releases[0] == first.pk


def test_words_in_a_row_say_when_not_everything_was_looked_through(monkeypatch, client):
    monkeypatch.setattr(search.asking, "MAX_HITS", 3)
    make_release(headline="Supreme Court speaks", summary="x", date=date(2014, 1, 1))
    for _number in range(5):
        make_release(headline="Court is supreme", summary="x")
    hits = found('"supreme court"')
    assert (hits.has_some, hits.in_part) == (True, True)
    page = client.get("/search/?q=%22supreme+court%22").content.decode()
    assert "No release has these words in a row." in page
    assert "To go further back, add a year." in page
    assert len(found('"supreme court" 2014').releases) == 1


def test_words_in_a_row_are_not_looked_for_across_two_texts():
    make_release(headline="A great win", subhead="Court is adjourned")
    assert found('"win court"').has_some


def test_an_index_of_an_earlier_analyser_is_written_anew(monkeypatch):
    make_release()
    search.rebuild()
    assert not search.is_out_of_date()
    monkeypatch.setattr(sys.modules["releases.search.index"], "VERSION", "_v0")
    assert search.is_out_of_date()
    search.rebuild()
    assert not search.is_out_of_date()
    Release.objects.all().delete()
    make_release()
    search.empty()
    assert search.is_out_of_date()


def test_without_all_words_those_with_some_are_offered():
    release = make_release(headline="Ruling")
    hits = found("ruling zebra")
    assert (hits.releases, hits.has_some) == ([release.pk], True)


def test_it_narrows_to_topic_kind_and_year():
    topic = make_topic("Courts")
    one = make_release(topics=(topic,), kind="statement", date=date(2014, 5, 1))
    make_release()
    for narrowed in ({"topic": topic}, {"kind": "statement"}, {"year": 2014}):
        assert found("ruling", **narrowed).releases == [one.pk]
    assert found("ruling", topic=topic, year=2015).releases == []


def test_a_topic_leads_to_a_search_within_it(client):
    topic = make_topic("Courts")
    one = make_release(headline="Inside", topics=(topic,))
    make_release(headline="Outside")
    assert 'href="/search/?topic=courts"' in client.get("/topics/courts/").content.decode()
    form = client.get("/search/?topic=courts").content.decode()
    assert '<input type="hidden" name="topic" value="courts">' in form
    page = client.get("/search/?q=families&topic=courts").content.decode()
    assert one.get_absolute_url() in page
    assert "Outside" not in page


def test_the_index_follows_every_change():
    topic = make_topic("Courts")
    release = make_release(headline="Ruling", topics=(topic,))
    release.headline = "Verdict"
    release.save()
    assert found("verdict").releases == [release.pk]
    assert found("ruling").releases == []
    topic.name = "Tribunals"
    topic.full_clean()
    topic.save()
    assert found("tribunal").releases == [release.pk]
    release.tags.clear()
    assert found("tribunal").releases == []
    release.delete()
    assert found("verdict").releases == []
    assert search.size() == 0


def test_a_withdrawn_release_is_gone_at_once_and_back_when_published_again(publisher):
    release = make_release()
    publishing.withdraw(release, by=publisher, reason="Wrong.")
    assert found("ruling").releases == []
    publishing.publish_again(release, by=publisher)
    assert found("ruling").releases == [release.pk]


def test_a_change_is_found_when_it_is_published_and_not_before(publisher):
    release = make_release()
    publishing.write_change(release, by=publisher, printed=release.printed() | {"summary": "Quetzal."}, tags=[])
    assert found("quetzal").releases == []
    publishing.publish_change(release, by=publisher, kind="typo")
    assert found("quetzal").releases == [release.pk]


def test_merged_topics_lead_to_their_releases():
    topic, other = make_topic("Quetzal"), make_topic("Judiciary")
    release = make_release(topics=(topic,))
    publishing.merge_topics(topic, into=other, by=make_user(is_superuser=True))
    assert found("judiciary").releases == [release.pk]
    assert found("quetzal").releases == []


def test_a_removed_name_is_found_no_more():
    make_release(body="<p>Ana Quetzal spoke.</p>", topics=(make_topic("Ana Quetzal"),))
    publishing.erase("Ana Quetzal", by=make_user(is_superuser=True))
    assert found("quetzal").releases == []


def test_the_command_makes_what_was_written_past_the_newsroom_findable(capsys):
    release = make_release()
    Release.objects.update(headline="Quetzal")
    assert found("quetzal").releases == []
    call_command("rebuild_search")
    assert "1 releases" in capsys.readouterr().out
    assert found("quetzal").releases == [release.pk]


def test_the_desk_finds_drafts_and_both_languages(desk):
    draft, spanish = make_draft(headline="Raúl speaks"), make_release(headline="Habla Raúl", language="es")
    page = desk.get("/admin/releases/release/?q=raul").content.decode()
    assert draft.headline in page
    assert spanish.headline in page
    assert "0 releases" in desk.get("/admin/releases/release/?q=zebra").content.decode()


ODD = ["%22", "*", "AND+OR", "a" * 10_000, "%F0%9F%98%80", "%00", "%00ruling", "'", "(", "a:b", "-", "NEAR(", "\\", "_published"]
ODD += ["%D9%A3", "%EF%AC%81", "+++", "x" * 199 + "+" + "y" * 99, "%E1%A6%B0", "%E1%A6%B0b", "a%E1%A6%B0b"]


@pytest.mark.parametrize("odd", ODD)
def test_odd_input_is_an_ordinary_page(client, odd):
    make_release()
    for address in ("/search/", "/es/buscar/"):
        response = client.get(f"{address}?q={odd}")
        assert response.status_code == 200
        assert "noindex" in response.content.decode()


@pytest.mark.parametrize(
    "odd", ["topic=%00", "topic=none", "kind=zebra", "year=%D9%A3", "year=99999", "order=zebra", "page=0", "page=x", "page=999"]
)
def test_what_cannot_narrow_is_left_aside(client, odd):
    make_release(headline="Ruling")
    response = client.get(f"/search/?q=ruling&{odd}")
    assert response.status_code == 200
    assert "<mark>Ruling</mark>" in response.content.decode()


def test_markup_in_a_text_or_a_question_stays_words(client):
    make_release(headline="<script>alert(1)</script> ruling", summary="a <b> c")
    page = client.get("/search/?q=ruling+<script>").content.decode()
    assert "<script>" not in page
    assert "&lt;<mark>script</mark>&gt;" in page


def test_a_cut_of_the_body_shows_the_words(client):
    make_release(body=f"<p>{'before ' * 60}the quetzal &amp; its nest {'after ' * 60}</p>")
    page = client.get("/search/?q=quetzal").content.decode()
    assert "… " in page
    assert "<mark>quetzal</mark> &amp; its nest" in page
    assert page.count("after") < 50


def test_what_published_does_not_let_through_is_not_counted_even_when_the_index_is_wrong(client):
    seen, hidden = make_release(headline="Ruling one"), make_release(headline="Ruling two", kind="statement", date=date(2014, 1, 1))
    Release.objects.filter(pk=hidden.pk).update(status="withdrawn", withdrawn_at=timezone.now())  # past the index
    caching.turn()
    page = client.get("/search/?q=ruling").content.decode()
    assert seen.get_absolute_url() in page
    assert "1 release" in page
    assert "Ruling two" not in page
    assert "Statement" not in page


def test_a_hit_of_the_other_language_does_not_set_the_language_of_its_own_page(client):
    make_release()
    make_release(headline="Zanahorias", language="es", kind="service_notice", valid_until=date(2090, 1, 1))
    client.get("/search/?q=zanahorias")
    page = client.get("/es/buscar/?q=zanahorias").content.decode()
    assert "Valid through" not in page
    assert "Zanahorias" in page
