"""The fence around what strangers write: nothing invisible, few marks, no run that is wider than a line."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given, strategies
from markupsafe import Markup

from campaign import fence
from campaign.appeals.signing import addresses, names

# Written by hand from the report: signs that came along when an address was pasted.
# Public reports: validatorjs/validator.js#940, churchthemes/church-theme-framework#16 (an address that was
# copied from a page holds signs that nobody sees, and is refused or wrong ever after).
PASTED = ["\u200b", "\u200f", "\u2060", "\ufeff", "\u202a", "\u202c", "\u00ad"]

HOSTILE = [
    "W" * 175,
    "a" + "\u0301" * 180,
    "\u202eevil" + "\u2066" * 50,
    "ﷺ" * 120,
    "\U00010ffd" * 60,
    "<b>" * 40 + "&amp;" * 20,
    "क्षि" * 60,
    "👩\u200d👩\u200d👧" * 30,
]


@pytest.mark.parametrize("sign", PASTED)
@pytest.mark.parametrize("at", [0, 3, 8, 15])
def test_an_address_pasted_with_a_sign_that_shows_nothing_is_the_address(sign: str, at: int) -> None:
    address = "ada@example.org"
    pasted = address[:at] + sign + address[at:]
    assert addresses.checked(pasted) == address
    assert addresses.normal_form(addresses.checked(pasted)) == address


@pytest.mark.parametrize("sign", PASTED)
def test_a_name_with_a_sign_that_shows_nothing_is_the_name(sign: str) -> None:
    assert names.checked(f"Ada{sign} Love{sign}lace") == "Ada Lovelace"


@pytest.mark.parametrize("name", ["علی‌رضا", "क्‍ष", "عائشہ قریشی", "Nguyễn Thị Ánh", "שָׁלוֹם", "བསྒྲུབས"])
def test_a_name_that_needs_its_joiners_and_marks_keeps_them(name: str) -> None:
    assert fence.one_line(name) == unicodedata.normalize("NFC", name)


def marks_on_one_letter(text: str) -> int:
    runs = re.findall(r"m+", "".join("m" if unicodedata.category(it) in {"Mn", "Me"} else "." for it in text))
    return max(map(len, runs), default=0)


def longest_run(html: Markup) -> int:
    """How many letters stand without a space or a place to break, marks and joined signs not counted."""
    words = re.split(r"<wbr>|\s", str(html).removeprefix('<bdi translate="no">').removesuffix("</bdi>"))
    shown = [re.sub(r"&[a-z0-9#]+;", "x", it) for it in words]
    return max(
        (sum(not unicodedata.category(it).startswith("M") for it in re.sub("\u200d.", "", word)) for word in shown),
        default=0,
    )


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_stays_in_its_line(name: str) -> None:
    """Public reports: element-hq/element-web#130 (marks heaped on one letter strike through other lines),
    hummingbird-me/kitsu-web#60 (a long word makes the page wide)."""
    shown = fence.fenced(name)
    assert marks_on_one_letter(str(shown)) <= 4
    assert longest_run(shown) <= 21
    assert Markup(shown).striptags() == fence.one_line(name) or "<" in name


@given(strategies.text(max_size=200))
def test_whatever_is_written_stays_in_its_line_and_is_lost_to_nobody(name: str) -> None:
    line = fence.one_line(name)
    assert fence.one_line(line) == line
    assert "\n" not in line
    assert marks_on_one_letter(line) <= 4
    assert longest_run(fence.fenced(name)) <= 21
    # What shows is kept: every letter of the alphabets is still there, in its order.
    assert re.findall("[A-Za-z0-9]", line) == re.findall("[A-Za-z0-9]", name)


def test_a_break_never_parts_a_letter_from_its_mark_or_what_a_joiner_joins() -> None:
    for name in ("क्षि" * 60, "e\u0323\u0302" * 100, "👩\u200d👩\u200d👧" * 30):
        after = [part[0] for part in str(fence.breakable(fence.one_line(name))).split("<wbr>")[1:]]
        before = [part[-1] for part in str(fence.breakable(fence.one_line(name))).split("<wbr>")[:-1]]
        assert not any(unicodedata.category(it).startswith("M") or it == "\u200d" for it in after)
        assert "\u200d" not in before
