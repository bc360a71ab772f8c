"""The deadline strip says where today stands between issue and deadline, and puts every threat where it falls."""

from __future__ import annotations

from datetime import date, timedelta
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from campaign import language
from campaign.settings import ROOT
from campaign.strip import ROOM, Strip, StripState

ISSUED, DEADLINE = date(2025, 6, 17), date(2025, 9, 15)
THREATS = ((date(2025, 9, 1), "returns of card holders begin"), (date(2025, 6, 30), "cards expire"))


def strip(today: date = date(2025, 8, 22), threats: tuple[tuple[date, str], ...] = THREATS) -> Strip:
    return Strip.of(ISSUED, DEADLINE, today, threats)


def test_the_line_runs_from_the_issue_to_the_deadline() -> None:
    assert strip(ISSUED).gone == 0
    assert strip(DEADLINE).gone == 100
    assert strip(date(2025, 8, 1)).gone == 50


@pytest.mark.parametrize(
    ("today", "state", "days_left"),
    [
        (date(2025, 6, 16), StripState.NOT_YET, 91),
        (ISSUED, StripState.RUNNING, 90),
        (date(2025, 9, 14), StripState.RUNNING, 1),
        (DEADLINE, StripState.LAST_DAY, 0),
        (date(2025, 9, 16), StripState.OVER, -1),
    ],
)
def test_the_state_follows_the_calendar(today: date, state: StripState, days_left: int) -> None:
    assert (strip(today).state, strip(today).days_left) == (state, days_left)


def test_today_stays_on_the_line_before_and_after_its_time() -> None:
    assert strip(date(2024, 1, 1)).gone == 0
    assert strip(date(2030, 1, 1)).gone == 100


def test_threats_stand_in_order_of_their_days() -> None:
    assert [(it.caption, it.at) for it in strip().threats] == [
        ("cards expire", 14.44),
        ("returns of card holders begin", 84.44),
    ]


def test_threats_outside_the_line_are_kept_beside_it() -> None:
    found = strip(
        threats=((date(2025, 6, 16), "before"), (ISSUED, "first"), (DEADLINE, "last"), (date(2026, 1, 1), "on"))
    )
    assert [it.caption for it in found.earlier] == ["before"]
    assert [it.caption for it in found.threats] == ["first", "last"]
    assert [it.caption for it in found.later] == ["on"]


def test_few_short_captions_stand_under_their_ticks() -> None:
    found = strip()
    assert found.placed
    assert found.caption_lines == 2
    assert found.threats[1].lines == ["returns of card", "holders begin"]


@pytest.mark.parametrize(
    "threats",
    [
        ((date(2025, 8, 1), "a caption so long that it would need three lines of its own under the tick"),),
        tuple((date(2025, 8, day), f"threat number {day}") for day in range(1, 9)),
        ((DEADLINE, "returns begin"),),
        ((ISSUED, "cards expire"),),
    ],
    ids=["too long", "too many", "on the deadline", "on the day of issue"],
)
def test_captions_without_room_are_listed_instead(threats: tuple[tuple[date, str], ...]) -> None:
    assert not strip(threats=threats).placed
    assert len(strip(threats=threats).threats) == len(threats)


@given(
    length=st.integers(0, 800),
    today=st.integers(-900, 900),
    threats=st.lists(st.tuples(st.integers(-100, 900), st.text("abc ", min_size=1, max_size=60)), max_size=8),
)
def test_nothing_leaves_the_line_and_no_caption_its_tick(
    length: int, today: int, threats: list[tuple[int, str]]
) -> None:
    found = Strip.of(
        ISSUED,
        ISSUED + timedelta(days=length),
        ISSUED + timedelta(days=today),
        [(ISSUED + timedelta(days=day), caption) for day, caption in threats],
    )
    assert 0 <= found.gone <= 100
    assert len(found.earlier) + len(found.threats) + len(found.later) == len(set(threats))
    assert all(0 <= it.at <= 100 for it in found.threats)
    if found.placed:
        widths = [max([len("30 September"), *map(len, it.lines)]) / 2 for it in found.threats]  # in em
        middles = [it.under * ROOM / 100 for it in found.threats]
        for threat, width, middle in zip(found.threats, widths, middles, strict=True):
            assert abs(middle - threat.at * ROOM / 100) <= width / 2 + 0.1
        for left, right in zip(range(len(widths)), range(1, len(widths)), strict=False):
            assert middles[left] + widths[left] / 2 < middles[right] - widths[right] / 2


def test_a_deadline_before_the_issue_makes_a_line_of_one_day() -> None:
    found = Strip.of(ISSUED, ISSUED - timedelta(days=3), ISSUED)
    assert (found.deadline, found.state, found.gone) == (ISSUED, StripState.LAST_DAY, 100)


def test_the_same_threat_told_twice_is_one_tick() -> None:
    assert len(strip(threats=THREATS + THREATS).threats) == 2


def drawn(shown: Strip, locale: str, **asked: object) -> ElementTree.Element:
    templates = Environment(
        loader=FileSystemLoader(ROOT / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    catalogue = language.translations(locale)
    templates.install_gettext_callables(catalogue.gettext, catalogue.ngettext, newstyle=True)
    templates.filters["day"] = lambda it: language.day(it, locale)
    templates.filters["day_short"] = lambda it: language.day(it, locale, "short")
    templates.filters["number"] = lambda it: language.number(it, locale)
    page = templates.from_string('{% import "strip.html" as strips with context %}{{ strips.strip(shown, **asked) }}')
    return ElementTree.fromstring(page.render(shown=shown, asked=asked, locale=locale, dir=language.direction(locale)))


def positions(element: ElementTree.Element, name: str, length: str) -> list[float]:
    return [float(it.get(length, "").rstrip("%")) for it in element.iter() if name in it.get("class", "").split()]


def test_right_to_left_is_the_mirrored_line() -> None:
    english, urdu = drawn(strip(), "en"), drawn(strip(), "ur")
    for mark, length in (("tick", "x1"), ("now", "cx"), ("end", "cx"), ("gone", "x1")):
        there = [round(100 - x, 2) for x in positions(urdu, mark, length)]
        assert there == pytest.approx(positions(english, mark, length))
    assert positions(english, "end", "cx") == [98.9]


def test_the_drawing_needs_no_style_and_no_script() -> None:
    for element in drawn(strip(), "ur").iter():
        assert element.tag not in {"style", "script"}
        assert not [name for name in element.attrib if name == "style" or name.startswith("on")]


def test_everything_drawn_is_also_said() -> None:
    said = drawn(strip(), "en")
    listed = [" ".join("".join(it.itertext()).split()) for it in said.iter("li")]
    assert listed == [
        "17 June issued",
        "30 June cards expire",
        "1 September returns of card holders begin",
        "15 September deadline",
    ]
    assert all(it.get("aria-hidden") == "true" for it in said.iter("svg"))


def test_a_caption_prints_as_text_whatever_it_holds() -> None:
    hostile = "<script>alert(1)</script>"
    said = drawn(strip(threats=((date(2025, 8, 1), hostile),)), "en")
    assert hostile in "".join(said.itertext())


def test_the_last_day_is_called_so_and_a_passed_one_over() -> None:
    assert "Today is the last day." in "".join(drawn(strip(DEADLINE), "en").itertext())
    over = "".join(drawn(strip(date(2025, 10, 1)), "en").itertext())
    assert "Closed" in over
    assert "days left" not in over


def test_in_a_list_the_strip_is_short_but_keeps_its_days_and_ticks() -> None:
    short = drawn(strip(), "en", compact=True)
    assert not list(short.iter("li"))
    assert "24 days left. Deadline: 15 September 2025." in " ".join("".join(short.itertext()).split())
    assert len(positions(short, "tick", "x1")) == 2
