"""Bulletins of every layout are read as a person reads them, and no word of them is lost."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from campaign.cases.importing import read_bulletin
from campaign.cases.importing.assemble import account_for, texts_of
from campaign.cases.importing.ledger import LABEL_WORDS
from campaign.cases.importing.lines import read_lines, words
from campaign.cases.importing.readers import read_text
from tests.cases.importing.shelf import BULLETINS, LAYOUTS, expected, fields, score


def read(path: Path) -> dict[str, object]:
    return read_bulletin(path.read_bytes(), path.name).as_json()


def test_each_layout_has_at_least_two_bulletins() -> None:
    assert set(LAYOUTS) == {"now", "labelled", "tens", "web", "sheet", "other"}
    assert min(Counter(path.name.partition("-")[0] for path in BULLETINS).values()) >= 2


@pytest.mark.parametrize("layout", LAYOUTS)
def test_nine_fields_of_ten_are_right_in_each_layout(layout: str) -> None:
    scores = [score(read(path), expected(path)) for path in BULLETINS if path.name.startswith(layout)]
    wrong = [name for names, _ in scores for name in names]
    assert len(wrong) <= 0.10 * sum(total for _, total in scores), wrong


def test_nineteen_fields_of_twenty_are_right_over_all() -> None:
    scores = [score(read(path), expected(path)) for path in BULLETINS]
    wrong = [name for names, _ in scores for name in names]
    assert len(wrong) <= 0.05 * sum(total for _, total in scores), wrong


@pytest.mark.parametrize("path", BULLETINS, ids=lambda path: path.stem)
def test_no_word_is_lost(path: Path) -> None:
    text = read_text(path.read_bytes(), path.name)
    bulletin, ledger = account_for(text)
    source = Counter(word for line in read_lines(text) for word in words(line))
    kept = [*texts_of(bulletin), *bulletin.unplaced]
    dropped = [*ledger.labels, *ledger.readings, *ledger.repeats]
    assert not source - Counter(word for told in kept + dropped for word in words(told))


@pytest.mark.parametrize("path", BULLETINS, ids=lambda path: path.stem)
def test_what_is_dropped_is_a_label_or_held_by_a_field(path: Path) -> None:
    bulletin, ledger = account_for(read_text(path.read_bytes(), path.name))
    held = set(words(" ".join(map(str, dict(fields(bulletin.as_json())).values()))))
    for label in ledger.labels:
        assert all(word in LABEL_WORDS or word.isdecimal() for word in words(label))
    for repeat in ledger.repeats:
        assert set(words(repeat)) <= held | LABEL_WORDS


def test_the_words_of_labels_tell_nothing_of_a_case() -> None:
    telling = {"minister", "president", "prison", "court", "release", "police", "torture", "execution", "pakistan"}
    assert not LABEL_WORDS & (telling - {"release"})
    assert len(LABEL_WORDS) < 250


def test_what_no_field_holds_is_unplaced() -> None:
    sheet = next(path for path in BULLETINS if path.stem == "sheet-1-organisers")
    unplaced = read(sheet)["unplaced"]
    assert "Telegrams: Presidente Kuroda, Lima, Peru" in unplaced
    assert "Teodoro HUARANGA Ccori: aged 54, lawyer" in unplaced


@pytest.mark.parametrize("stem", ["now-1-fishers", "now-2-teacher", "labelled-1-beekeepers", "tens-1-bloggers"])
def test_a_bulletin_in_order_leaves_nothing_unplaced(stem: str) -> None:
    assert read(next(path for path in BULLETINS if path.stem == stem))["unplaced"] == []
