"""Held against bulletins in many shapes, the importer reads as a careful person does."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from campaign.cases.importing.assemble import account_for, texts_of
from campaign.cases.importing.lines import read_lines, words
from campaign.cases.importing.readers import read_text
from tests.cases.importing.shelf import SHELVES, expected, fields, judged, shelved

ALL = [path for name in SHELVES for path in shelved(name)]


@pytest.mark.parametrize("shelf", SHELVES)
def test_ninety_seven_fields_of_a_hundred_are_right_and_none_is_silently_wrong(shelf: str) -> None:
    total = right = 0
    wrong: list[str] = []
    for path in shelved(shelf):
        good, bad, _ = judged(path)
        total += len(dict(fields(expected(path))))
        right += len(good)
        wrong += [f"{path.name}: {name}" for name in bad]
    assert wrong == []
    assert right >= 0.97 * total


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.stem)
def test_no_word_of_any_shelf_is_lost(path: Path) -> None:
    text = read_text(path.read_bytes(), path.name)
    bulletin, ledger = account_for(text)
    source = Counter(word for line in read_lines(text) for word in words(line))
    kept = [*texts_of(bulletin), *bulletin.unplaced, *ledger.labels, *ledger.readings, *ledger.repeats]
    assert not source - Counter(word for told in kept for word in words(told))
