"""Passages: what a translator translates, one text at a time, beside the original and what has changed of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from campaign import prose
from campaign.cases.writing.model_letters import LetterWords
from campaign.cases.writing.texts import Words, demands_of
from campaign.cases.writing.versions import PARTS, Piece, compare

# A letter for all officials counts as that of number 0.
ALL_OFFICIALS = 0
LETTER_PARTS = ("salutation", "body", "close")
# What is one line: a title, a sentence, how a letter begins and ends.
ONE_LINE = frozenset({"title", "ask", "salutation", "close"})


class State(StrEnum):
    """How far a passage is: not translated, translated from an original that has changed since, or done."""

    MISSING = "missing"
    CHANGED = "changed"
    DONE = "done"


@dataclass(frozen=True)
class Passage:
    """One text to translate.

    `key` is its place: "title", "demands" (one a line), "letter.3.body" (of the letter to official 3). `was` is the
    original as it was when this translation was saved, if it is another today; None if it is not, or nobody knows.
    """

    key: str
    source: str
    target: str = ""
    was: str | None = None

    @property
    def part(self) -> str:
        """What it is a part of a text or a letter as: "title", "body"."""
        return self.key.rpartition(".")[2]

    @property
    def official_id(self) -> int | None:
        """Of a letter: the number of its official, `ALL_OFFICIALS` for all; None for what is no letter."""
        return int(self.key.split(".")[1]) if self.key.startswith("letter.") else None

    @property
    def one_line(self) -> bool:
        """Whether it is written in one line."""
        return self.part in ONE_LINE

    @property
    def state(self) -> State:
        """How far it is."""
        if not self.target.strip():
            return State.MISSING
        return State.DONE if self.was is None else State.CHANGED

    @property
    def difference(self) -> tuple[Piece, ...]:
        """What became of the original since: runs that stayed, went, came."""
        return compare(self.was or "", self.source)

    @property
    def lost_fields(self) -> tuple[str, ...]:
        """The fields like ((deaths)) that the original has and the translation has not: a number that readers miss."""
        if not self.target.strip():
            return ()
        return tuple(sorted(prose.field_keys(self.source) - prose.field_keys(self.target)))


# What was saved of a translation: of each passage the original and the translation as they were then.
Kept = Mapping[str, Sequence[str]]


def passages(
    source: Words,
    target: Words,
    source_letters: Mapping[int, LetterWords],
    target_letters: Mapping[int, LetterWords],
    kept: Kept,
) -> tuple[Passage, ...]:
    """Everything that there is to translate, in the order of the page. What the original does not say is left out."""
    pairs = [(name, _text(source, name), _text(target, name)) for name in PARTS]
    for official_id in sorted(source_letters):
        there = target_letters.get(official_id, LetterWords())
        pairs += [
            (f"letter.{official_id}.{name}", getattr(source_letters[official_id], name), getattr(there, name))
            for name in LETTER_PARTS
        ]
    return tuple(
        Passage(key, original, translation, _was(kept.get(key), original, translation))
        for key, original, translation in pairs
        if original.strip()
    )


def words_of(values: Mapping[str, str], others: Words) -> Words:
    """The texts of an action from what was typed for each passage; what was no passage stays as it is in `others`."""
    typed = {name: values[name] for name in PARTS if name in values}
    return Words(
        title=typed.get("title", others.title),
        ask=typed.get("ask", others.ask),
        summary=typed.get("summary", others.summary),
        demands=demands_of(typed["demands"]) if "demands" in typed else others.demands,
        background=typed.get("background", others.background),
        after_deadline=typed.get("after_deadline", others.after_deadline),
    )


def letters_of(values: Mapping[str, str], others: Mapping[int, LetterWords]) -> dict[int, LetterWords]:
    """The letters from what was typed for each passage, {number of the official: letter}; likewise."""
    typed: dict[int, dict[str, str]] = {}
    for key, value in values.items():
        official_id = Passage(key, "").official_id
        if official_id is not None:
            typed.setdefault(official_id, {})[Passage(key, "").part] = value
    return {
        official_id: LetterWords(
            **{name: parts.get(name, getattr(others.get(official_id, LetterWords()), name)) for name in LETTER_PARTS}
        )
        for official_id, parts in typed.items()
    }


def counted(found: Sequence[Passage]) -> dict[State, int]:
    """How many passages are in each state."""
    return {state: sum(passage.state is state for passage in found) for state in State}


def _was(kept: Sequence[str] | None, source: str, target: str) -> str | None:
    if kept is None:
        return None
    original, translation = kept
    # Where the translation has been changed too, somebody has seen to it.
    return original if original != source and translation == target else None


def _text(words: Words, name: str) -> str:
    said = getattr(words, name)
    return said if isinstance(said, str) else "\n".join(said)
