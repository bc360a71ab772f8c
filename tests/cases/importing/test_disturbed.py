"""A bulletin that was cut, glued, shuffled or wrapped anew is still read carefully: what was right does not turn wrong.

A value that a disturbed bulletin gives is one that the whole one gave too, or a piece of the text that is offered as a
doubt, or nothing. No word is lost, and nothing crashes.
"""

from __future__ import annotations

import textwrap
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaign.cases.importing import parse
from campaign.cases.importing.assemble import account_for, texts_of
from campaign.cases.importing.lines import read_lines, words
from campaign.errors import Unreadable
from tests.cases.importing.disturbing import KNOWN, Disturbing, cut, glued, readings, shuffled, text_of, wrapped
from tests.cases.importing.shelf import expected
from tests.conftest import sized

NAMES = st.sampled_from(sorted(KNOWN))
# Fields of one value each, which no disturbance of the order may change into another value.
SURE = ("number", "index_reference", "issue_date", "deadline", "country")


def nothing_is_lost(text: str) -> None:
    try:
        bulletin, ledger = account_for(text)
    except Unreadable:
        return
    source = Counter(word for line in read_lines(text) for word in words(line))
    kept = [*texts_of(bulletin), *bulletin.unplaced, *ledger.labels, *ledger.readings, *ledger.repeats]
    assert not source - Counter(word for told in kept for word in words(told))


def turned_wrong(text: str, path: Path, names: tuple[str, ...] = SURE) -> list[str]:
    """The fields that were right of the whole bulletin and have another value of its disturbed text."""
    due: dict[str, Any] = expected(path)
    try:
        got = parse(text).as_json()
    except Unreadable:
        return []
    return [f"{name}: {got[name]}" for name in names if got[name] is not None and due[name] and got[name] != due[name]]


@settings(max_examples=60, deadline=None, derandomize=True)
@given(NAMES, st.floats(0.05, 0.95))
def test_a_truncated_bulletin_says_no_more_than_the_whole(name: str, share: float) -> None:
    text = text_of(name)
    cut = text[: text.rfind("\n", 0, int(len(text) * share) + 1) + 1] or text[:40]
    nothing_is_lost(cut)
    assert turned_wrong(cut, KNOWN[name], (*SURE, "title")) == []


@settings(max_examples=40, deadline=None, derandomize=True)
@given(NAMES, st.integers(60, 110))
def test_a_bulletin_wrapped_anew_says_the_same(name: str, width: int) -> None:
    lines = text_of(name).split("\n")
    wrapped = "\n".join("\n".join(textwrap.wrap(line, width)) if len(line) > width else line for line in lines)
    nothing_is_lost(wrapped)
    assert turned_wrong(wrapped, KNOWN[name]) == []


@settings(max_examples=60, deadline=None, derandomize=True)
@given(NAMES, st.randoms(use_true_random=False))
def test_a_shuffled_bulletin_loses_no_word(name: str, random: Any) -> None:
    blocks = text_of(name).split("\n\n")
    random.shuffle(blocks)
    nothing_is_lost("\n\n".join(blocks))
    assert turned_wrong(shuffled(text_of(name), random, expected(KNOWN[name])), KNOWN[name]) == []


@settings(max_examples=40, deadline=None, derandomize=True)
@given(NAMES, NAMES)
def test_two_bulletins_in_one_file_are_read_as_the_first(first: str, second: str) -> None:
    nothing_is_lost(f"{text_of(first)}\n\n{text_of(second)}")


@settings(max_examples=40, deadline=None, derandomize=True)
@given(NAMES)
def test_a_bulletin_glued_into_one_line_loses_no_word(name: str) -> None:
    text = " ".join(text_of(name).split())
    nothing_is_lost(text)
    assert turned_wrong(text, KNOWN[name]) == []


@settings(max_examples=60, deadline=None, derandomize=True)
@given(NAMES, st.data())
def test_no_disturbance_makes_a_name_of_what_is_none(name: str, data: st.DataObject) -> None:
    lines = text_of(name).split("\n")
    taken = data.draw(st.sets(st.integers(0, len(lines) - 1), max_size=8))
    text = "\n".join(line for at, line in enumerate(lines) if at not in taken)
    try:
        officials = parse(text).officials
    except Unreadable:
        return
    for official in officials:
        assert not set("0123456789@:") & set(official.name or "")
        assert "@" not in "".join(official.address)


@pytest.mark.parametrize("disturbed", [cut, wrapped, shuffled, glued], ids=lambda it: it.__name__)
def test_nothing_of_a_disturbed_bulletin_is_told_that_is_not_so(disturbed: Disturbing) -> None:
    found = list(readings(disturbed, sized(2, 8)))
    assert [(name, seed, it) for name, seed, one in found for it in one.wrong] == []
    assert sum(one.told for _, _, one in found) > 400


def test_of_two_bulletins_in_one_file_the_second_is_left_for_an_import_of_its_own() -> None:
    first, second = text_of("sheet-2-monk.txt"), text_of("sheet-1995.txt")
    alone = parse(first).as_json()
    both = parse(f"{first}\n\n{second}").as_json()
    for name in ("number", "title", "country", "summary", "demands", "officials", "deadline", "background", "subjects"):
        assert both[name] == alone[name]
    assert [it for it in both["doubts"] if it["field"] == "number"] == [
        {
            "field": "number",
            "line": first.count("\n") + 3,
            "value": "EXTERNAL (for general distribution) AI Index: MDE 13/99/95",
            "why": "Another bulletin begins here. Import it by itself.",
        }
    ]


def test_of_two_days_of_issue_neither_is_taken_and_both_are_offered() -> None:
    bulletin = parse(
        "URGENT ACTION\nUA 12/21 Poet held\n\n4 March 2021\n\n6 October 2021\n\nAppeals to:\nMinister of Justice\n"
    )
    assert bulletin.issue_date is None
    assert [(it.field, it.value) for it in bulletin.doubts] == [
        ("issue_date", "2021-03-04"),
        ("issue_date", "2021-10-06"),
    ]


def test_an_index_reference_written_short_and_in_full_is_one() -> None:
    told = [
        "UA 88/97 Fear of torture",
        "AI Index: AFR 32/11/97",
        "Index number: AFR 32/011/1997",
        "Appeals to:",
        "The Minister",
    ]
    for lines in (told, [told[0], told[2], told[1], *told[3:]]):
        assert parse("\n\n".join(lines)).index_reference == "AFR 32/011/1997"


def test_of_two_index_references_neither_is_taken() -> None:
    told = "UA 88/97 Fear of torture\nIndex: AFR 32/011/1997\nIndex: AFR 32/044/1997\n\nAppeals to:\nThe Minister\n"
    assert parse(told).index_reference is None
    assert {it.value for it in parse(told).doubts} == {"AFR 32/011/1997", "AFR 32/044/1997"}
