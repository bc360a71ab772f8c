"""Bulletins cut, glued, shuffled and wrapped anew, and what of such a reading is not so.

The seeds are fixed. `DISTURBED=40 python -m tests.cases.importing.disturbing` tries forty of each, and prints what is
told wrongly.
"""

from __future__ import annotations

import os
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

from campaign.cases.importing import parse
from campaign.cases.importing.readers import read_text
from campaign.errors import Unreadable
from tests.cases.importing.shelf import SHELVES, expected, shelved

KNOWN = {path.name: path for name in SHELVES for path in shelved(name) if path.suffix == ".txt"}
SINGLE = ("number", "index_reference", "issue_date", "country", "title", "deadline", "after_deadline")
Disturbing = Callable[[str, Random, dict[str, Any]], str]


def text_of(name: str) -> str:
    return read_text(KNOWN[name].read_bytes(), name)


def cut(text: str, random: Random, due: dict[str, Any]) -> str:
    return text[: text.rfind("\n", 0, int(len(text) * random.uniform(0.05, 0.95)) + 1) + 1] or text[:40]


def wrapped(text: str, random: Random, due: dict[str, Any]) -> str:
    width = random.randint(60, 110)
    lines = text.split("\n")
    return "\n".join("\n".join(textwrap.wrap(line, width)) if len(line) > width else line for line in lines)


def glued(text: str, random: Random, due: dict[str, Any]) -> str:
    return " ".join(text.split())


def shuffled(text: str, random: Random, due: dict[str, Any]) -> str:
    """The paragraphs in another order. The lines of one official stay together: once they are parted by a blank line
    and shuffled, nobody could say whose address is whose."""
    blocks = text.split("\n\n")
    together = {at for official in due["officials"] for at in _held(blocks, official)}
    groups: list[str] = []
    for at, block in enumerate(blocks):
        if at in together and at - 1 in together:
            groups[-1] = f"{groups[-1]}\n\n{block}"
        else:
            groups.append(block)
    random.shuffle(groups)
    return "\n\n".join(groups)


def _held(blocks: list[str], official: dict[str, Any]) -> list[int]:
    """The blocks next to each other that hold an official, from the first that names it."""
    told = [official["name"], official["office"], *official["address"], *official["email"]]
    told += [part for key in ("fax", "phone", "salutation") for part in (official[key] or "").split(" / ")]
    holding = [any(text in block for text in told if text) for block in blocks]
    named = [at for at, block in enumerate(blocks) if (official["name"] or official["office"]) in block]
    if not named:
        return []
    first = last = named[0]
    while last + 1 < len(blocks) and holding[last + 1]:
        last += 1
    while first > 0 and holding[first - 1]:
        first -= 1
    return list(range(first, last + 1))


@dataclass
class Judged:
    """What a reading told: how many values, and those that are not so, as (field, value)."""

    told: int = 0
    wrong: list[tuple[str, Any]] = field(default_factory=list)

    def say(self, name: str, value: Any, so: bool) -> None:
        self.told += 1
        if not so:
            self.wrong.append((name, value))


def judged(got: dict[str, Any], due: dict[str, Any]) -> Judged:
    """What is told of a disturbed bulletin, held against what a person reads in the whole one.

    A part of the story is right wherever in the story it stands, and so is a part of the letter; a demand is one that
    stands among the demands or in the letter. What is told of an official is right if it is that official's.
    """
    found = Judged()
    for name in SINGLE:
        if got[name] is not None:
            found.say(name, got[name], _folded(got[name]) == _folded(due[name]))
    story = _folded(" ".join([due["summary"] or "", *due["background"]]))
    letter = _folded(" ".join(due["letter"]["paragraphs"]))
    for text in [*filter(None, [got["summary"]]), *got["background"]]:
        found.say("story", text, _folded(text) in story)
    for text in got["letter"]["paragraphs"]:
        found.say("letter", text, _folded(text) in letter)
    for name in ("salutation", "close"):
        if text := got["letter"][name]:
            found.say(f"letter.{name}", text, text == due["letter"][name])
    demands = {_folded(it) for it in due["demands"]}
    for text in got["demands"]:
        found.say("demands", text, _folded(text) in demands or _folded(text) in letter)
    for text in got["languages"]:
        found.say("languages", text, text in due["languages"])
    people = {it["name"]: it["pronoun"] for it in due["subjects"]}
    for one in got["subjects"]:
        found.say("subjects", one, one["name"] in people and one["pronoun"] in (None, people[one["name"]]))
    for name in ("url", "index_reference"):
        if text := got["previous"][name]:
            found.say(f"previous.{name}", text, text == due["previous"][name])
    for official in got["officials"]:
        _judge(official, due["officials"], found)
    return found


def _judge(official: dict[str, Any], due: list[dict[str, Any]], found: Judged) -> None:
    name, office = official["name"], official["office"]
    same = [it for it in due if (it["name"] == name if name else it["office"] == office)]
    for key in ("name", "office"):
        if official[key]:
            found.say(f"officials.{key}", official[key], any(it[key] == official[key] for it in same or due))
    for key, value in official.items():
        if key in ("name", "office", "role") or not value:
            continue
        for text in value if isinstance(value, list) else [value]:
            his = any(_folded(text) in _folded(_told(it.get(key))) for it in same)
            found.say(f"officials.{key}", (name, office, text), his)


def _told(value: Any) -> str:
    return " ".join(value) if isinstance(value, list) else value or ""


def _folded(text: str | None) -> str:
    return " ".join((text or "").replace(",", " ").split())


def readings(disturbed: Disturbing, seeds: int) -> Iterator[tuple[str, int, Judged]]:
    """(bulletin, seed, what was told and what of it is not so) of each known bulletin under each seed."""
    for name, path in sorted(KNOWN.items()):
        due = expected(path)
        for seed in range(seeds):
            try:
                got = parse(disturbed(text_of(name), Random(f"{name}{seed}{disturbed.__name__}"), due)).as_json()
            except Unreadable:
                continue
            yield name, seed, judged(got, due)


def main() -> None:
    for disturbed in (cut, wrapped, shuffled, glued):
        told, wrong = 0, 0
        for name, seed, found in readings(disturbed, int(os.environ.get("DISTURBED", "8"))):
            told, wrong = told + found.told, wrong + len(found.wrong)
            for it in found.wrong:
                print(f"  {name} ({seed}): {it}")
        print(f"{disturbed.__name__}: {told} values told, {wrong} not so")


if __name__ == "__main__":
    main()
