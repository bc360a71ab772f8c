"""Rows of figures: read as they are typed, or as somebody copied them out of a spreadsheet, with every doubt told."""

from __future__ import annotations

from datetime import date

import pytest

from campaign.cases.evidence import figure_rows
from campaign.cases.evidence.figure_pasting import pasted
from campaign.cases.evidence.figure_rows import NEW, Known, KnownSource, RowTyped, day, is_ambiguous
from campaign.errors import Refused

REPORT = KnownSource(7, "Example Press", "A report", date(2025, 6, 17), None)
AGENCY = KnownSource(8, "Agency for Cards", "First update", date(2025, 6, 20), None)
SECOND = KnownSource(9, "Agency for Cards", "Second update", date(2025, 6, 27), None)
KNOWN = Known(
    sources=(REPORT, AGENCY, SECOND),
    labels={"people hold a card": ("holders", {"en": "people hold a card", "ur": "افراد کے پاس کارڈ ہے"})},
    qualifiers={"at least": {"en": "at least", "ur": "کم از کم"}},
    quoted=frozenset({"holders"}),
)
WHOLE = RowTyped(qualifier="about", number="1.3 million", unit="cards renewed", as_of="30 June 2025", source="7")


def one(row: RowTyped, locale: str = "en") -> figure_rows.Read:
    (found,) = figure_rows.read([row], KNOWN, locale)
    return found


def rows(text: str, locale: str = "en", **names: str) -> list[RowTyped]:
    return pasted(text, KNOWN, locale, names)


def doubts(row: RowTyped) -> dict[str, str]:
    return {name: str(said) for name, said in row.doubts.items()}


def test_a_row_becomes_a_figure_with_a_key_of_its_own_words() -> None:
    found = one(WHOLE)
    assert not found.faults
    it = found.row.figure
    assert (it.key, it.value, it.qualifier, it.label) == (
        "cards_renewed", 1_300_000, {"en": "about"}, {"en": "cards renewed"},
    )  # fmt: skip
    assert (it.as_of, it.source_id, found.row.source, found.row.quoted) == (date(2025, 6, 30), 7, None, False)


def test_what_the_case_has_in_other_languages_comes_along() -> None:
    it = one(RowTyped(qualifier="At least", number="1,080,312", unit="People  hold a card", source="7")).row.figure
    assert it.key == "holders"
    assert it.label == {"en": "people hold a card", "ur": "افراد کے پاس کارڈ ہے"}
    assert it.qualifier == {"en": "at least", "ur": "کم از کم"}


@pytest.mark.parametrize(
    ("written", "locale", "value"),
    [
        ("1,080,312", "en", 1_080_312),
        ("1.080.312", "es", 1_080_312),
        ("1,3 million", "fr", 1_300_000),
        ("13 لاکھ", "ur", 1_300_000),
        ("۱٬۰۸۰٬۳۱۲", "fa", 1_080_312),
        ("١٫٣ مليون", "ar", 1_300_000),
        ("1.3 million", "ur", 1_300_000),
        ("70", "ps", 70),
    ],
)
def test_numbers_are_read_as_people_write_them(written: str, locale: str, value: int) -> None:
    assert one(RowTyped(number=written, unit="cards", source="7"), locale).row.figure.value == value


def test_a_word_that_multiplies_otherwise_in_two_languages_is_asked_about() -> None:
    assert one(RowTyped(number="2 billion", unit="cards", source="7"), "en").row.figure.value == 2_000_000_000
    assert "number" in one(RowTyped(number="2 billion", unit="cards", source="7"), "fr").faults


@pytest.mark.parametrize(
    ("row", "field"),
    [
        (RowTyped(number="many", unit="cards", source="7"), "number"),
        (RowTyped(number="1.5", unit="cards", source="7"), "number"),
        (RowTyped(number="12", source="7", key="cards"), "unit"),
        (RowTyped(number="12", unit="cards"), "source"),
        (RowTyped(number="12", unit="cards", source="999"), "source"),
        (RowTyped(number="12", unit="cards", source="7", as_of="last week"), "as_of"),
        (RowTyped(number="12", unit="کارڈ", source="7"), "key"),
        (RowTyped(number="12", unit="cards", source="7", key="Two words"), "key"),
        (RowTyped(number="12", unit="cards", source=NEW), "publisher"),
        (RowTyped(number="12", unit="cards", source=NEW, publisher="A paper"), "published"),
        (RowTyped(number="12", unit="cards", source=NEW, publisher="A paper", published="soon"), "published"),
    ],
)
def test_what_is_wrong_is_told_at_its_cell(row: RowTyped, field: str) -> None:
    assert field in one(row).faults


def test_a_new_source_has_a_day_or_about_one() -> None:
    row = RowTyped(number="12", unit="cards", publisher="A paper", title="On cards", published="2025-06-18")
    found = one(row)
    assert not found.faults
    assert found.row.source is not None
    assert (found.row.source.published_on, found.row.source.published_about) == (date(2025, 6, 18), None)
    about = one(RowTyped(number="12", unit="cards", publisher="A paper", published="June 2025"))
    assert not about.faults
    assert about.row.source is not None and about.row.source.published_about == "June 2025"


def test_texts_use_one_figure_of_a_key_and_none_that_nobody_chose() -> None:
    ticked = RowTyped(number="12", unit="cards", source="7", quoted="yes")
    found = figure_rows.read([ticked, RowTyped(number="13", unit="cards", source="8", quoted="yes")], KNOWN, "en")
    assert not found[0].faults
    assert found[1].faults["quoted"].startswith("Texts use another figure of ((cards)) already.")
    assert "quoted" in one(RowTyped(number="12", unit="people hold a card", source="7", quoted="yes")).faults


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2025-06-30", date(2025, 6, 30)),
        ("30 June 2025", date(2025, 6, 30)),
        ("June 30, 2025", date(2025, 6, 30)),
        ("30/06/2025", date(2025, 6, 30)),
        ("۲۰۲۵-۰۶-۳۰", date(2025, 6, 30)),
        ("30 June 2025 or so", None),
        ("June 2025", None),
        ("1,080,312", None),
    ],
)
def test_a_day_is_read_only_as_a_whole(written: str, read: date | None) -> None:
    assert day(written) == read


def test_a_day_in_numerals_may_begin_with_the_month() -> None:
    assert is_ambiguous("03/04/2025")
    assert not any(is_ambiguous(it) for it in ("04/04/2025", "30/06/2025", "2025-03-04", "3 April 2025"))


def test_a_table_with_headings_is_read_by_them_in_any_order() -> None:
    (row,) = rows(
        "Source\tNumber\tDate\tWhat is counted\tQualifier\nExample Press\t1,080,312\t30 June 2025\tcards\tabout"
    )
    assert (row.source, row.number, row.as_of, row.unit, row.qualifier) == (
        "7", "1,080,312", "2025-06-30", "cards", "about",
    )  # fmt: skip
    assert doubts(row) == {}


def test_headings_may_be_those_of_the_form_in_ones_own_language() -> None:
    (row,) = rows("عدد\tماخذ\tکیا گنا گیا\n13 لاکھ\tExample Press\tcards", "ur", number="عدد", source="ماخذ",
                  unit="کیا گنا گیا")  # fmt: skip
    assert (row.number, row.source, row.unit) == ("13 لاکھ", "7", "cards")


def test_without_headings_a_column_is_what_its_cells_are() -> None:
    found = rows(
        "at least\t1.3 million\tcards\t2025-06-30\tExample Press\nabout\t70\tpeople\t2025-06-29\tExample Press"
    )
    assert [(it.qualifier, it.number, it.unit, it.as_of, it.source) for it in found] == [
        ("at least", "1.3 million", "cards", "2025-06-30", "7"),
        ("about", "70", "people", "2025-06-29", "7"),
    ]
    assert [doubts(it) for it in found] == [{}, {}]


def test_commas_within_a_number_do_not_part_it() -> None:
    (row,) = rows("people returned,1,080,312,2025-06-30,Example Press")
    assert (row.unit, row.number, row.as_of, row.source) == ("people returned", "1,080,312", "2025-06-30", "7")
    (quoted,) = rows('people returned,"1,080,312",2025-06-30,Example Press')
    assert quoted == row


def test_a_qualifier_in_the_cell_of_the_number_goes_to_its_place() -> None:
    (row,) = rows("Number\tWhat is counted\tSource\nAt least 1.3 million\tcards\tExample Press")
    assert (row.qualifier, row.number) == ("at least", "1.3 million")


def test_what_is_doubtful_is_told_and_comes_first() -> None:
    found = rows(
        "Number\tWhat is counted\tDate\tSource\n"
        "12\tcards\t2025-06-30\tExample Press\n"
        "many\tcards\t03/04/2025\tAgency for Cards\n"
        "1.300\tcards\tlast week\tSomebody"
    )
    assert [it.number for it in found] == ["many", "1.300", "12"]
    assert doubts(found[0]) == {
        "number": "No number was read from “many”.",
        "as_of": "“03/04/2025” was read as 3 April 2025. Check the month.",
        "source": "Several sources of the case are called “Agency for Cards”. Choose one.",
    }
    assert doubts(found[1]) == {
        "number": "Read as 1,300, a whole number.",
        "as_of": "No day was read from “last week”.",
        "source": "The case has no source “Somebody” yet. It will be a new one.",
    }
    assert (found[1].source, found[1].publisher) == (NEW, "Somebody")
    assert doubts(found[2]) == {}


def test_a_title_or_a_day_tells_two_sources_of_one_publisher_apart() -> None:
    (by_title,) = rows("Number\tUnit\tSource\tTitle\n12\tcards\tAgency for Cards\tSecond update")
    (by_day,) = rows("Number\tUnit\tSource\tPublished on\n12\tcards\tAgency for Cards\t2025-06-20")
    assert (by_title.source, by_day.source) == ("9", "8")


def test_only_a_column_that_says_so_chooses_what_texts_use() -> None:
    (row,) = rows("Number\tUnit\tSource\tQuoted\n12\tcards\tExample Press\tyes")
    assert row.quoted == "yes"
    (row,) = rows("12\tcards\tExample Press\tyes")
    assert row.quoted == ""


def test_cells_that_fit_nowhere_are_told() -> None:
    (row,) = rows("Number\tUnit\tSource\tWeather\n12\tcards\tExample Press\tsunny")
    assert doubts(row) == {"unit": "1 more cell of this row was left out."}


def test_more_rows_than_a_form_holds_are_refused() -> None:
    assert len(rows("12\tcards\tExample Press\n" * 50)) == 50
    with pytest.raises(Refused, match="Paste 50 rows at most"):
        rows("12\tcards\tExample Press\n" * 52)
    assert rows("  \n\t\n") == []


@pytest.mark.parametrize("text", ["\x00", '"', '"\n"' * 100, "\t" * 5000, "1" * 90_000, "a,b\n" * 40, "\u202e12\tx"])
def test_whatever_is_pasted_is_read_or_refused_in_a_sentence(text: str) -> None:
    try:
        rows(text)
    except Refused as refused:
        assert str(refused)
