"""Names on their pages: numbered, in columns, none cut, none lost."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaign.printing.book.name_layout import (
    NAMES,
    ROWS,
    SANS,
    STYLES,
    TITLE_ROWS,
    WORDS,
    Entry,
    Look,
    Page,
    Words,
    lines_of,
    name_pages,
    words_pages,
)
from campaign.printing.book.page_writer import LEADING
from campaign.printing.engine.fonts import printable
from campaign.printing.engine.ruler import Ruler
from campaign.printing.engine.text import one_line
from tests.conftest import sized
from tests.printing.book.test_dossier import SHEET
from tests.printing.books import printed
from tests.printing.reading import by_pdfium, by_poppler, characters

MARKS = re.compile("[\u2068\u2069]")


def entries(*names: str, country: str = "France", first: int = 1) -> list[Entry]:
    return [Entry(number, name, country) for number, name in enumerate(names, first)]


def pages(given: list[Entry]) -> list[Page]:
    return list(name_pages(given, max((entry.number or 0 for entry in given), default=0), "The names"))


def rows(page: Page) -> Iterator[str]:
    return (text for column in page.columns for _, text in column)


def words(page: Page) -> str:
    return " ".join(MARKS.sub("", " ".join(rows(page))).split())


def test_names_stand_in_the_order_of_their_numbers_under_their_country() -> None:
    (page,) = pages([*entries("Ada", "Bo"), *entries("Cem", country="Turkey", first=3)])

    assert words(page) == "France 1 Ada 2 Bo Turkey 3 Cem"
    assert page.headings == page.opened == ["France", "Turkey"]
    assert (page.first, page.last, page.names) == (1, 3, 3)


def test_the_numbers_of_every_page_are_known_before_printing() -> None:
    full = NAMES.columns * ROWS
    first, second, third = pages(entries(*["Ada"] * 400))

    assert (first.first, first.last) == (1, full - NAMES.columns * TITLE_ROWS - 1)
    assert second.first == (first.last or 0) + 1
    assert second.names == full
    assert third.last == 400


def test_a_column_ends_with_no_heading_and_holds_no_more_than_its_rows() -> None:
    many = [Entry(n, "Ada Example " * (n % 7), f"Country {n // 3}") for n in range(1, 600)]

    for page in pages(many):
        assert len(page.columns) <= NAMES.columns
        for column in page.columns:
            assert len(column) + page.above <= ROWS
            assert column[-1][0] is Look.NAME
            assert column[0][0] is not Look.BLANK


def test_a_country_that_goes_on_is_not_headed_again() -> None:
    first, second = pages(entries(*["Ada"] * 300))

    assert (first.opened, second.opened, second.headings) == (["France"], [], ["France"])
    assert "France" not in words(second)


def test_a_name_erased_since_leaves_its_number() -> None:
    (page,) = pages(entries("Ada", "", "Cem"))

    assert words(page) == "France 1 Ada 2 3 Cem"


def test_a_long_name_goes_on_in_the_next_line_whole() -> None:
    name = "Maria da Conceição Albuquerque de Vasconcelos Pereira dos Santos"

    (page,) = pages(entries(name))

    assert name in words(page)
    assert len(page.columns[0]) > 2


def test_a_name_longer_than_a_column_goes_on_in_the_next_and_nothing_is_lost() -> None:
    name = "﷽" * 300

    given = pages(entries("Ada", name, "Cem"))

    assert "".join(map(words, given)).count("﷽") == 300
    assert words(given[-1]).endswith("3 Cem")


def test_a_name_is_text_and_nothing_else() -> None:
    (page,) = pages(entries("<b>Ada</b> & \u202eCo"))

    assert words(page) == "France 1 <b>Ada</b> & Co"


def test_a_name_from_the_right_is_a_passage_of_its_own() -> None:
    (page,) = pages(entries("محمد"))

    assert "\u2068محمد\u2069" in list(rows(page))[1]


def test_names_from_paper_have_no_number() -> None:
    (page,) = name_pages([Entry(None, "Ada", "Sheet 3"), Entry(None, "Bo", "Sheet 3")], 0, "Signed on paper")

    assert words(page) == "Sheet 3 Ada Bo"


def test_a_page_is_set_in_the_order_it_is_read_in_with_its_headings_tagged() -> None:
    (page,) = pages([*entries("Ada", "Bo"), *entries("Cem", country="Turkey", first=3)])

    tags = [(tag, len(lines)) for tag, lines in lines_of(page, "ltr")]
    heights = [line.y for _, lines in list(lines_of(page, "ltr"))[1:] for line in lines]

    assert tags == [("H2", 1), ("H3", 1), ("LI", 1), ("LI", 1), ("H3", 1), ("LI", 1)]
    assert [round((heights[0] - y) / LEADING) for y in heights] == [0, 1, 2, 4, 5]


def test_someones_words_keep_their_paragraphs_and_their_direction() -> None:
    (page,) = words_pages([Words("1 · Ada", "One.\nTwo."), Words("2 · محمد", "پہلا (1).")], "In their own words")
    lines = [line for _, group in lines_of(page, "ltr") for line in group]

    assert [line.text for line in lines] == ["In their own words", "1 · Ada", "One.", "Two.", "2 · محمد", "پہلا (1)."]
    assert [line.to_the_left for line in lines] == [False] * 5 + [True]


def test_words_of_any_length_flow_through_columns_and_no_byline_stands_alone_at_an_end() -> None:
    given = [Words(f"{n} · Ada", "Renew the cards. " * (3 * n)) for n in range(1, 60)]
    all_pages = list(words_pages(given, "In their own words"))

    assert sum(page.names for page in all_pages) == 59
    assert sum(words(page).count("Renew") for page in all_pages) == sum(3 * n for n in range(1, 60))
    for page in all_pages:
        assert len(page.columns) <= WORDS.columns
        for column in page.columns:
            assert len(column) + page.above <= ROWS
            assert column[-1][0] is not Look.BYLINE


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs", "Cn", "Co"]), max_size=300))
def test_no_line_is_wider_than_its_column(name: str) -> None:
    ruler = Ruler(SANS, STYLES[Look.NAME].size)

    for line in ruler.broken(name, 120):
        # A single character may be wider than any column; then it stands alone.
        assert ruler.width(line) <= 120 or len(line) == 1 or ruler.width(line[0]) > 120


HOSTILE = st.one_of(
    st.text(st.characters(exclude_categories=["Cn", "Co"]).filter(printable), min_size=1, max_size=40),
    st.sampled_from(
        [
            "\u202eAda \u2066Lovelace",
            "<script>alert(1)</script></P>",
            "x" * 300,
            "Ada " * 75,
            "A" + "\u0301\u0323" * 100,
            "😀👨‍👩‍👧🇵🇰" * 20,
            "محمد (علی) 7",
            "12 Ada",
            "3",
            ") Tj ET (",
            "\\",
            "王" * 300,
            "அ" * 100,
        ]
    ),
)


def letters(text: str) -> set[str]:
    return {char for char in unicodedata.normalize("NFKC", one_line(text)) if char.isalnum()}


@settings(max_examples=sized(5, 25), deadline=None, suppress_health_check=[HealthCheck.data_too_large])
@given(st.lists(HOSTILE, min_size=1, max_size=12))
def test_hostile_names_turn_no_number_out_of_its_place_and_leave_no_column(names: list[str]) -> None:
    # Between every two hostile names a tame one: its number and its name must stand where they would stand anyway.
    given = [it for name in names for it in (name, "Tame")]
    book = printed(SHEET, entries(*given))

    readings = (by_pdfium(book.pdf), by_poppler(book.pdf))
    # PDFium passes over a letter beyond the first 65,536 that stands after an Arabic one; Poppler reads it.
    assert letters("".join(names)) <= letters("".join(readings))
    for extracted in readings:
        # A name of figures alone may be read as one with the number after it; a tame one's number never.
        found = [int(number) for number in re.findall(r"(\d+) Tame", extracted)]
        assert [number % 10_000 for number in found] == list(range(2, len(given) + 1, 2))
    places = {}
    for number in range(4, book.pages):
        chars = list(characters(book.pdf, number - 1))
        for place, (char, x, _) in enumerate(chars):
            if char == "T" and "".join(it[0] for it in chars[place : place + 4]) == "Tame":
                places[round(x, 1)] = char
    columns = sorted(places)
    assert columns
    assert all(abs((x - columns[0]) % 61) < 0.2 or abs((x - columns[0]) % 61) > 60.8 for x in columns)
