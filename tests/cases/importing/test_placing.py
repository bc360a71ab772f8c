"""Each line of a bulletin says where it went, and goes where an organiser puts it."""

from __future__ import annotations

from datetime import date

import pytest

from campaign.cases.importing import parse
from campaign.cases.importing.placing import LEFT_OUT, Placed, moved, placed
from campaign.errors import Refused

TEXT = """URGENT ACTION

GIVE BACK THE NETS

On 3 March 2025 the harbour police of Pakistan took the nets of 40 families of fishers.

TAKE ACTION: WRITE AN APPEAL IN YOUR OWN WORDS OR USE THIS MODEL LETTER

Minister of Fisheries
Sample Person
1 Sample Road
Islamabad, Pakistan
Email: minister@example.invalid

Minister of Ports
Other Person
2 Sample Road
Islamabad, Pakistan
Email: ports@example.invalid

Dear Minister,

I write about the **nets** of the fishers.

Yours sincerely,

PLEASE TAKE ACTION AS SOON AS POSSIBLE UNTIL: 30 June 2025

XYZZY PLUGH
"""


def where() -> dict[str, str]:
    return {line.text: line.field for line in placed(TEXT, parse(TEXT))}


def line(text: str) -> Placed:
    return next(it for it in placed(TEXT, parse(TEXT)) if it.text.startswith(text))


def test_every_line_that_says_something_is_there() -> None:
    assert [it.number for it in placed(TEXT, parse(TEXT))] == [n for n, it in enumerate(TEXT.splitlines(), 1) if it]


def test_a_line_is_of_the_field_that_holds_it() -> None:
    told = where()
    assert told["GIVE BACK THE NETS"] == "title"
    assert told["Sample Person"] == "officials.1.name"
    assert told["Minister of Ports"] == "officials.2.office"
    assert told["Email: ports@example.invalid"] == "officials.2.address"
    assert told["Dear Minister,"] == "letter.salutation"
    assert told["PLEASE TAKE ACTION AS SOON AS POSSIBLE UNTIL: 30 June 2025"] == "deadline"
    assert told["XYZZY PLUGH"] == LEFT_OUT


def test_of_two_officials_in_one_town_each_keeps_its_line() -> None:
    towns = [it.field for it in placed(TEXT, parse(TEXT)) if it.text == "Islamabad, Pakistan"]
    assert towns == ["officials.1.address", "officials.2.address"]


def test_a_moved_line_leaves_its_field_and_stands_in_the_other() -> None:
    bulletin = moved(parse(TEXT), line("GIVE BACK"), "demands")
    assert bulletin.title is None
    assert bulletin.demands == ("GIVE BACK THE NETS",)
    assert "title" in bulletin.missing


def test_a_line_left_out_is_unplaced_and_one_taken_up_is_not() -> None:
    bulletin = parse(TEXT)
    assert "Sample Person" in moved(bulletin, line("Sample Person"), LEFT_OUT).unplaced
    taken = moved(bulletin, line("XYZZY"), "background")
    assert taken.background == ("XYZZY PLUGH",)
    assert "XYZZY PLUGH" not in taken.unplaced


def test_a_line_becomes_a_new_official() -> None:
    assert moved(parse(TEXT), line("XYZZY"), "officials.new.name").officials[-1].name == "XYZZY PLUGH"


def test_a_line_with_a_day_becomes_the_deadline_and_one_without_is_refused() -> None:
    assert moved(parse(TEXT), line("On 3 March"), "deadline").deadline == date(2025, 3, 3)
    with pytest.raises(Refused, match="gives no day"):
        moved(parse(TEXT), line("XYZZY"), "deadline")


@pytest.mark.parametrize("to", ["password", "officials.0.name", "officials.9.name", "officials.1.email", "letter.body"])
def test_a_field_that_does_not_exist_is_refused(to: str) -> None:
    with pytest.raises(Refused):
        moved(parse(TEXT), line("XYZZY"), to)


def test_where_nothing_is_moved_nothing_changes() -> None:
    bulletin = parse(TEXT)
    for it in placed(TEXT, bulletin):
        assert moved(bulletin, it, it.field) == bulletin


def test_of_two_deadlines_the_one_that_is_taken_settles_the_other() -> None:
    text = TEXT.replace("30 June 2025\n", "30 June 2025\n\nUNTIL: 1 July 2025\n")
    bulletin = parse(text)
    assert bulletin.deadline is None
    assert [it.value for it in bulletin.doubts] == ["2025-06-30", "2025-07-01"]
    later = next(it for it in placed(text, bulletin) if it.text == "UNTIL: 1 July 2025")
    taken = moved(bulletin, later, "deadline")
    assert (taken.deadline, taken.doubts) == (date(2025, 7, 1), ())
