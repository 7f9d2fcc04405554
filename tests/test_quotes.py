import pytest

from releases import publishing, quotes
from tests.builders import make_draft, make_release, make_scheduled, make_withdrawn

SAID = "<blockquote><p>“We will not leave.”</p><p>— Ana Ruiz, Director of Programs</p></blockquote>"


@pytest.mark.parametrize(
    ("line", "speaker", "role"),
    [
        ("— Ana Ruiz, director", "Ana Ruiz", "director"),
        ("— Ana Ruiz,<br>director", "Ana Ruiz", "director"),
        ("– Ana Ruiz", "Ana Ruiz", ""),
        ("-- Ana Ruiz, lawyer, CARECEN", "Ana Ruiz", "lawyer, CARECEN"),
        ("<em>— Ñandú &amp; Sons, founders</em>", "Ñandú & Sons", "founders"),
    ],
)
def test_the_last_line_says_who_speaks(line, speaker, role):
    (quote,) = quotes.quotes_of(f"<p>Before.</p><blockquote><p>Words.</p><p>{line}</p></blockquote>")
    assert (quote.words, quote.speaker, quote.role) == ("Words.", speaker, role)


@pytest.mark.parametrize(
    "body",
    [
        "<p>— Ana Ruiz</p>",
        "<blockquote><p>Nobody says who speaks.</p></blockquote>",
        "<blockquote><p>— Ana Ruiz</p></blockquote>",
        "<blockquote><p>Words.</p><p>— Ana Ruiz</p>and more words</blockquote>",
        f"<blockquote><p>Words.</p><p>— {'long ' * 40}</p></blockquote>",
        "",
    ],
)
def test_what_names_no_speaker_stays_as_it_is(body):
    assert quotes.quotes_of(body) == []
    assert quotes.with_quotes(body, lambda _quote: "changed") == body


def test_quotations_are_numbered_by_those_that_count():
    body = f"{SAID}<blockquote><p>Of a law.</p></blockquote>{SAID}"
    assert [quote.number for quote in quotes.quotes_of(body)] == [1, 2]
    assert quotes.with_quotes(body, lambda quote: quote.anchor) == "quote-1<blockquote><p>Of a law.</p></blockquote>quote-2"


@pytest.mark.django_db
def test_a_quote_has_an_address_and_is_copied_with_its_attribution(client):
    release = make_release(body=f"<p>Before.</p>{SAID}")
    page = client.get(release.get_absolute_url()).content.decode()
    assert 'id="quote-1"' in page
    url = f"http://127.0.0.1:8000{release.get_absolute_url()}#quote-1"
    assert f"“We will not leave.” — Ana Ruiz, Director of Programs (CARECEN, {url})" in page


SPANISH = "<blockquote><p>«No nos iremos.»</p><p>— Ana Ruiz, directora de programas</p></blockquote>"


@pytest.mark.django_db
def test_the_same_quote_in_the_other_language_stands_beside_it_while_it_is_public(client, publisher):
    release = make_release(body=SAID)
    other = make_release(body=SPANISH, language="es", pair=release.pair)
    page = client.get(release.get_absolute_url()).content.decode()
    assert page.index('<blockquote lang="es">') < page.index("<p>«No nos iremos.»</p>")
    assert "En español" in page
    assert '<blockquote lang="en">' in client.get(other.get_absolute_url()).content.decode()
    publishing.withdraw(other, by=publisher)
    assert "No nos iremos" not in client.get(release.get_absolute_url()).content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("make", [make_draft, make_scheduled, make_withdrawn])
def test_nothing_of_a_hidden_counterpart_stands_beside_a_quote(client, make):
    release = make_release(body=SAID)
    before = client.get(release.get_absolute_url()).content
    make(body=SPANISH, language="es", pair=release.pair)
    assert client.get(release.get_absolute_url()).content == before


@pytest.mark.django_db
def test_another_speakers_words_are_not_set_beside(client):
    release = make_release(body=SAID)
    make_release(body=SPANISH.replace("Ana Ruiz", "Luis Paz"), language="es", pair=release.pair)
    assert "No nos iremos" not in client.get(release.get_absolute_url()).content.decode()


@pytest.mark.django_db
def test_a_preview_shows_the_quote_without_an_address(desk):
    draft = make_draft(body=SAID)
    page = desk.get(f"/admin/releases/release/{draft.pk}/preview/").content.decode()
    assert "— Ana Ruiz, Director of Programs" in page
    assert "Copy with attribution" not in page


@pytest.mark.parametrize("inside", [f"<p>— {' ' * 50_000}x<br></p>", "<p>" * 20_000, f"<p>{'— ' * 20_000}</p>", "<blockquote>" * 2_000])
def test_odd_markup_is_read_in_no_time(inside):
    # Each of these took minutes with a pattern that tries again from every place.
    quotes.quotes_of(f"<blockquote>{inside}</blockquote>")


def test_of_quotations_in_each_other_the_inner_one_is_the_quote():
    body = "<blockquote><p>a</p><blockquote><p>b</p><p>— Ana Ruiz</p></blockquote></blockquote>"
    assert quotes.with_quotes(body, lambda quote: quote.words) == "<blockquote><p>a</p>b</blockquote>"
