"""Names on their pages: numbered, in columns, none cut, none lost."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from campaign.printing.press import LETTERS
from campaign.printing.ruler import Ruler
from campaign.printing.schedule import (
    COLUMN_WIDTH,
    COLUMNS,
    FACES,
    ROWS,
    TYPE_SIZE,
    Entry,
    name_pages,
    pages_of,
)


def entries(*names: str, country: str = "France", first: int = 1) -> list[Entry]:
    return [Entry(number, name, country) for number, name in enumerate(names, first)]


def words(markup: str) -> str:
    return re.sub(r"\s+", " ", re.sub("<[^>]*>|&#x206[89];", " ", markup)).strip()


def test_names_stand_in_the_order_of_their_numbers_under_their_country() -> None:
    (page,) = name_pages([*entries("Ada", "Bo"), *entries("Cem", country="Turkey", first=3)])

    assert words(page.markup) == "France 1 Ada 2 Bo Turkey 3 Cem"
    assert page.countries == ["France", "Turkey"]


def test_the_page_of_every_number_is_known_before_printing() -> None:
    pages = name_pages(entries(*["Ada"] * 400))
    places = pages_of(pages, first=5)

    assert set(places) == set(range(1, 401))
    assert [places[1], places[COLUMNS * ROWS - 1], places[COLUMNS * ROWS], places[400]] == [5, 5, 6, 7]


def test_a_column_ends_with_no_heading_and_holds_no_more_than_its_rows() -> None:
    many = [Entry(n, "Ada Example " * (n % 7), f"Country {n // 3}") for n in range(1, 600)]

    for page in name_pages(many):
        assert len(page.columns) <= COLUMNS
        for column in page.columns:
            assert column.rows <= ROWS
            assert all(lines for _, lines in column.stretches)


def test_a_country_that_goes_on_is_not_headed_again() -> None:
    pages = name_pages(entries(*["Ada"] * 300))

    assert [page.markup.count("<h3") for page in pages] == [1, 0]


def test_a_name_erased_since_leaves_its_number() -> None:
    (page,) = name_pages(entries("Ada", "", "Cem"))

    assert words(page.markup) == "France 1 Ada 2 3 Cem"


def test_a_long_name_goes_on_in_the_next_line_whole() -> None:
    name = "Maria da Conceição Albuquerque de Vasconcelos Pereira dos Santos"

    (page,) = name_pages(entries(name))

    assert name in words(page.markup)
    assert len(page.columns[0].stretches[0][1]) > 1


def test_a_name_is_text_and_nothing_else() -> None:
    (page,) = name_pages(entries("<b>Ada</b> & \u202eCo"))

    assert "&lt;b&gt;Ada&lt;/b&gt; &amp; Co" in page.markup


def test_a_name_from_the_right_is_a_passage_of_its_own() -> None:
    (page,) = name_pages(entries("محمد"))

    assert "&#x2068;محمد&#x2069;" in page.markup


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs", "Cn", "Co"]), max_size=300))
def test_no_line_is_wider_than_its_column(name: str) -> None:
    ruler = Ruler(FACES, TYPE_SIZE)

    for line in ruler.broken(name, 120):
        # A single character may be wider than any column; then it stands alone.
        assert ruler.width(line) <= 120 or len(line) == 1 or ruler.width(line[0]) > 120


def test_the_style_sheet_has_the_same_grid() -> None:
    css = (LETTERS / "dossier.css").read_text("utf-8")
    names = re.search(r"\.names \{[^}]*\}", css)

    assert names
    assert f"font: {TYPE_SIZE}pt/12.75pt {FACES}" in names[0]
    height = re.search(r"height: (\d+)mm", names[0])
    assert height
    assert float(height[1]) * 72 / 25.4 >= ROWS * 12.75
    width = re.search(r"\.c0, \.c1, \.c2 \{[^}]*width: (\d+)mm", css)
    assert width
    assert float(width[1]) * 72 / 25.4 - 1 < COLUMN_WIDTH < float(width[1]) * 72 / 25.4
