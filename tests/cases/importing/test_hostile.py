"""Whatever is fed to the reader, it answers with a bulletin or a refusal, and loses no word."""

from __future__ import annotations

import sys
import time
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaign.cases.importing import parse
from campaign.cases.importing.assemble import LONGEST, MOST_LINES, account_for, texts_of
from campaign.cases.importing.lines import read_lines, words
from campaign.errors import Unreadable
from tests.cases.importing.disturbing import text_of

PIECES = st.sampled_from(
    """
URGENT ACTION
URGENT ACTION TITLE: BREAD
First UA: 56/25 Index: ASA 33/9511/2025 Pakistan Date: 17 June 2025
Further information on UA 88/95 (AFR 44/05/95, 4 May 1995) - Fear
NIGERIA Ada (f)
The bakers of the old town have been held since Sunday because they gave away bread to whoever asked for some.
TAKE ACTION
Please write immediately in Urdu or your own language:
- Urging them to stop;
PLEASE SEND APPEALS BEFORE 3 May 2014 TO:
Minister of Bread
1) Mrs Ada Lum   Dear Mrs Lum
Mr Ivo Lum
Mill Road 4
Zagreb, Croatia
Fax: +385 1 555 01 (try again)
Telexes: 1
Email: a@bread.example or b@c.example
Salutation: Dear Minister / Gospodine
And copies to:
Embassy of Chad, 12 Elm Road, Fax: 020 7555 0102, X: @chad @tchad
SAMPLE LETTER
Dear Minister,
I urge you to let the two bakers go home to their families and their ovens today.
Yours sincerely,
ADDITIONAL INFORMATION
PREFERRED LANGUAGE TO ADDRESS TARGET: Urdu, Klingon or your own language
PLEASE SEND APPEALS IMMEDIATELY. Check with somebody if sending appeals after 3 May 2014. Then rest.
NAME AND PRONOUN: Ada (she/her)
Name: Ada Lum, Ivo Lum
Gender m/f: m (Ivo), f (Ada), x
LINK TO PREVIOUS UA: https://a.example/asa33/7416/2023/ and more
This is the second update of UA 12/24. Further information: https://a.example/b
Page 2 of UA 56/25
***
""".strip().split("\n")
)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.one_of(PIECES, st.just(""), st.just("\f"), st.text(max_size=30)), max_size=25), st.booleans())
def test_no_word_of_any_bulletin_is_lost(pieces: list[str], crowded: bool) -> None:
    text = (" " if crowded else "\n").join(pieces)
    try:
        bulletin, ledger = account_for(text)
    except Unreadable:
        return
    source = Counter(word for line in read_lines(text) for word in words(line))
    kept = [*texts_of(bulletin), *bulletin.unplaced, *ledger.labels, *ledger.readings, *ledger.repeats]
    assert not source - Counter(word for told in kept for word in words(told))


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=2000))
def test_any_text_is_a_bulletin_or_unreadable(text: str) -> None:
    try:
        assert parse(text).as_json()["kind"]
    except Unreadable as refused:
        assert str(refused).endswith(".")


UNITS = [*"aA1 \t.([*_\u0301é-—:;,/@<#\\", "a ", "A ", "1 ", "a.", "A.", "1.", "- ", "(a", "[a](", "<a", "**a", "_a"]
UNITS += ["a@", "a@b.", "+1 ", "1-", "//", "www.", "http://a", "Dear ", "Dear A, ", "I urge ", "Fax: ", "Fax ", "Mr "]
UNITS += ["May 1 ", "1 May ", "UA 1/1 ", "of the ", "\u0301\u0323", "(AFR 44/05/95) ", "abcde 11 ", "a-b ", "Name: "]


# What took a time that grows with the square of the length would not come to an end with this either.
LONG = LONGEST // 8


@pytest.mark.parametrize("unit", UNITS)
def test_a_long_text_of_one_thing_is_answered(unit: str) -> None:
    text = f"URGENT ACTION\nPLEASE TAKE ACTION AS SOON AS POSSIBLE UNTIL: 3 May 2024\n{unit * (LONG // len(unit))}"
    assert parse(text).deadline is not None


LINES = ["a", "Fax: +1 555 0100", "Minister of Bread", "Dear Minister,", "- Urging them;", "URGENT ACTION", "\f"]
LINES += ["Name: Ada", "And copies to:", "UA: 1/24 Index: ASA 33/1/2024", "12 Mill Road, Zagreb, Croatia", "Page 2"]
LINES += ["Yours sincerely,", "the bakers of the old town have been held since sunday because they gave bread a-", "(a"]


@pytest.mark.parametrize("line", LINES)
def test_a_long_text_of_one_line_is_answered(line: str) -> None:
    repeated = f"{line}\n" * min(MOST_LINES // 4, LONG // (len(line) + 1))
    text = f"URGENT ACTION\nPLEASE TAKE ACTION AS SOON AS POSSIBLE UNTIL: 3 May 2024\n{repeated}"
    assert parse(text).deadline is not None


def test_the_longest_text_is_answered() -> None:
    asked = "- Urging them to stop now;\n"
    text = "URGENT ACTION\nPLEASE TAKE ACTION AS SOON AS POSSIBLE UNTIL: 3 May 2024\n"
    assert parse(text + asked * ((LONGEST - len(text)) // len(asked))).deadline is not None


def test_a_text_longer_than_any_bulletin_is_refused() -> None:
    for text in ("a" * (LONGEST + 1), "a\n" * (MOST_LINES + 1)):
        with pytest.raises(Unreadable, match="too long"):
            parse(text)


def calls(text: str) -> int:
    """How many functions of Python are called to read a text: its work, whatever else the machine does."""
    count = 0

    def counted(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event == "call"

    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        parse(text)
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize("name", ["now-3-printers.txt", "sheet-1-organisers.txt"])
def test_a_hundred_kilobytes_are_twice_the_work_of_fifty(name: str) -> None:
    text = text_of(name)
    story = "\n\n".join(block for block in text.split("\n\n") if len(block) > 80)
    fifty, hundred = (f"{text}\n\n" + f"{story}\n\n" * (size // len(story)) for size in (50_000, 100_000))
    parse(text)  # the tables are read once
    once, twice = calls(fifty), calls(hundred)
    start = time.perf_counter()
    parse(hundred)
    print(f"{name}: {len(hundred)} characters, {twice} calls, {time.perf_counter() - start:.2f} s")
    assert twice < 2.4 * once
