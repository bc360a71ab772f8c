"""Lines that a fixed width wrapped are whole again, whatever they hold, and a line that begins something stays one."""

from __future__ import annotations

import textwrap

import pytest

from campaign.cases.importing.lines import read_lines

STORY = (
    "Two bakers of the old town have been held since Sunday because they gave bread away to whoever asked for some, and"
    " nobody has been allowed to see them since. Their families ask for them each day at the gate of the prison."
)


def told(*paragraphs: str, width: int = 64) -> list[str]:
    """The lines that are read of paragraphs wrapped at a width."""
    wrapped = ["\n".join(textwrap.wrap(text, width)) for text in paragraphs]
    return [line for line in read_lines("\n\n".join(wrapped)) if line]


@pytest.mark.parametrize("width", [58, 64, 71, 80])
def test_a_long_line_of_an_address_is_whole_again(width: int) -> None:
    address = (
        "Permanent Mission of Tunisia to the United Nations in Geneva, 58 rue Imaginaire, 1202 Geneva, Switzerland"
    )
    assert told(STORY, address, width=width) == [STORY, address]


def test_a_number_that_a_line_ended_in_is_whole_again() -> None:
    contact = "Embassy of Belarus, 16190 Harewood Avenue, Washington DC, Fax: +1 202 555 0184"
    assert told(STORY, contact, width=70) == [STORY, contact]


def test_a_headline_in_capitals_goes_on_in_capitals() -> None:
    headline = "LEADER OF THE BEEKEEPERS OF THE VALLEY MISSING SINCE MARKET DAY"
    assert told(STORY, headline, width=60) == [STORY, headline]


def test_a_day_that_begins_a_line_is_no_point_of_a_list() -> None:
    text = "Da Aktionen schnell an Wert verlieren, bitten wir, nach dem 21. Juni 2012 keine Briefe zu senden."
    assert told(STORY, text, width=60) == [STORY, text]


def test_the_next_official_does_not_go_on_a_full_line() -> None:
    edge = max(map(len, textwrap.wrap(STORY, 64)))
    contact = "President of the Republic, fax +993 12 555 112, Dear President".ljust(edge, "t")
    lines = "\n".join([*textwrap.wrap(STORY, 64), "", contact, "Minister of Security, Mr Ada Lum"])
    assert read_lines(lines)[-1] == "Minister of Security, Mr Ada Lum"


def test_a_text_that_is_not_wrapped_keeps_its_lines() -> None:
    lines = [STORY, "Minister of Bread and of every other thing that is baked", "Ada Lum", "Mill Road 4"]
    assert read_lines("\n".join(lines)) == lines
