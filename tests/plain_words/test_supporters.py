"""Every row of the list of plain words: the old sentence is gone, and the better one, or an answer, is there.

The list was written by hand over what supporters read (`supporters.csv`: what it said, what is better). A row whose
better sentence is not in the product has an answer, the reason; and, if another sentence stands in its place, that one.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.test_catalogues import sentences

LIST = Path(__file__).with_name("supporters.csv")


def one_line(text: str) -> str:
    return " ".join(text.split())


@pytest.fixture(scope="module")
def said() -> set[str]:
    """Every sentence marked for translation, as English sources say it now."""
    found = {it for message in sentences() for it in (message if isinstance(message, tuple) else (message,))}
    return {one_line(it) for it in found}


def rows() -> list[dict[str, str]]:
    with LIST.open(encoding="utf-8", newline="") as opened:
        return [{name: one_line(text) for name, text in row.items()} for row in csv.DictReader(opened)]


def test_the_list_is_whole() -> None:
    assert len(rows()) == 437


def test_no_old_sentence_is_left_that_has_a_better_one(said: set[str]) -> None:
    kept = {row["now"] for row in rows() if row["now"] in said and row["now"] != row["better"]}
    assert kept == {row["now"] for row in rows() if row["instead"] == row["now"] and row["answer"]}


def test_each_better_sentence_stands_or_is_answered_with_a_reason(said: set[str]) -> None:
    silent = [row["better"] for row in rows() if row["better"] not in said and not row["answer"]]
    assert silent == []


def test_no_answer_is_left_to_a_sentence_that_stands(said: set[str]) -> None:
    needless = [row["better"] for row in rows() if row["answer"] and row["better"] in said and not row["instead"]]
    assert needless == []


def test_what_stands_in_place_of_a_better_sentence_is_there(said: set[str]) -> None:
    assert [row["instead"] for row in rows() if row["instead"] and row["instead"] not in said] == []
