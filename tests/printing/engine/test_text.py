"""Outside text, before it is set in type."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from campaign.printing.engine.text import clean, direction_of, one_line


def test_controls_and_marks_that_turn_text_are_taken_out() -> None:
    assert clean("a\x00b\x1b[1m\u202ec\u2066d\u2069\ufeff\ud800") == "ab[1mcd"


def test_joiners_that_shape_words_stay() -> None:
    assert clean("می\u200cخواهم 👩\u200d👧") == "می\u200cخواهم 👩\u200d👧"


def test_text_is_composed_and_lines_are_kept() -> None:
    assert clean("e\u0301\n\tx") == "\u00e9\n x"


def test_markup_stays_markup() -> None:
    assert isinstance(clean(Markup("<b>x</b>\u202e")), Markup)


def test_one_line_is_one_line() -> None:
    assert one_line("  a\u2028b\r\n\n c\u00a0d ") == "a b c d"


@pytest.mark.parametrize(
    ("text", "direction"), [("Maria", "ltr"), ("محمد", "rtl"), ("12 אבא x", "rtl"), ("123", "ltr"), ("", "ltr")]
)
def test_a_text_has_the_direction_of_its_first_letter(text: str, direction: str) -> None:
    assert direction_of(text) == direction


@given(st.text(st.characters()))
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    assert clean(clean(text)) == clean(text)
    clean(text).encode()
