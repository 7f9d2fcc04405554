from io import BytesIO

import pytest
from PIL import Image

from releases import cards, publishing
from tests.builders import make_draft, make_release

HEADLINES = ["Short", "Señoras y señores: ¿quién teme a la niñez? – «Nadie», dijo ella…", "word " * 60, "W" * 300, "", "😀 中文 headline"]


@pytest.mark.parametrize("headline", HEADLINES)
def test_a_card_is_a_small_png_of_the_right_size(headline):
    drawn = cards.drawn(headline, "Statement · March 4, 2015")
    with Image.open(BytesIO(drawn)) as image:
        assert (image.format, image.size) == ("PNG", (1200, 630))
    assert len(drawn) < 300_000


def test_the_words_change_the_card():
    assert len({cards.drawn(headline, "line") for headline in ("One", "Two", "Tres", "Años", "Anos")}) == 5


@pytest.mark.parametrize("headline", HEADLINES)
def test_no_line_leaves_the_card(headline):
    height = cards.HEIGHT - cards.BAND - 300
    font, lines = cards._fitted(headline, height)
    assert all(font.getlength(line) <= cards.WIDTH - cards.MARGIN for line in lines)
    assert len(lines) * font.size * 1.16 <= height


@pytest.mark.django_db
def test_a_public_release_has_a_card_and_nothing_else_does(client, publisher):
    release, draft = make_release(), make_draft(slug="a-draft", date="2015-03-04")
    address = f"{release.get_absolute_url()}card.png"
    response = client.get(address)
    assert (response.status_code, response["Content-Type"]) == (200, "image/png")
    assert client.get(address, headers={"if-none-match": response["ETag"]}).status_code == 304
    assert client.get(f"/2015/03/{draft.slug}/card.png").status_code == 404
    publishing.withdraw(release, by=publisher, reason="Wrong.")
    assert client.get(address, headers={"if-none-match": response["ETag"]}).status_code == 404
