"""Every sentence of the mails as they were rewritten: it stands in the product, or an answer does with its reason.

The list was written by hand (`mails.csv`). What is filled in (`{{ … }}`, `%(…)s`) is the same blank on both sides.
"""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from campaign.settings import ROOT
from tests.test_catalogues import sentences

LIST = Path(__file__).with_name("mails.csv")
_FILLED_IN = re.compile(r"\{\{.*?\}\}|%\(\w+\)s|<[^>]+>", re.DOTALL)


def blanked(text: str) -> str:
    return " ".join(_FILLED_IN.sub("_", text).split()).strip(" :_")


@pytest.fixture(scope="module")
def said() -> list[str]:
    """What is marked for translation, and what is drafted for organisers to send, which is English."""
    everything = [*sentences("messages"), *sentences("organise")]
    marked = [it for message in everything for it in (message if isinstance(message, tuple) else (message,))]
    code = [*(ROOT / "campaign/delivery").glob("*.py"), *(ROOT / "campaign/cases").glob("*.py")]
    return [blanked(it) for it in [*marked, *(path.read_text("utf-8") for path in code)]]


def rows() -> list[tuple[str, str, str]]:
    with LIST.open(encoding="utf-8", newline="") as opened:
        return [(blanked(row["sentence"]), row["answer"], blanked(row["instead"])) for row in csv.DictReader(opened)]


def test_each_sentence_stands_or_is_answered_by_another_with_a_reason(said: list[str]) -> None:
    assert len(rows()) > 80
    missing = [sentence for sentence, answer, _ in rows() if not answer and not any(sentence in it for it in said)]
    assert missing == []


def test_what_stands_in_place_of_a_sentence_is_there(said: list[str]) -> None:
    answered = [(sentence, instead) for sentence, answer, instead in rows() if answer]
    assert [it for it in answered if not it[1] or not any(it[1] in text for text in said)] == []
