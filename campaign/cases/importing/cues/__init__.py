"""The cues by which the lines of a bulletin are told apart, whatever its layout: tables, one a language.

A cue is a label or a heading at the start of a line. `labels` are consumed: they say what follows and are no part of
it. `kept` cues carry something themselves (a date, a sentence), and stay with what follows. Of several that fit, the
longest is meant. The tables are `*.toml` beside this file; how to add to them stands in docs/importing.md.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path


class Section(StrEnum):
    """What a run of lines tells. The values are the names of the tables and of the grammar's states."""

    HEAD = "head"  # numbers, dates, country, names: everything above the running text
    TITLE = "title"
    SUMMARY = "summary"
    STEPS = "steps"  # "take action": what the sender is told to do
    DEMANDS = "demands"
    OFFICIALS = "officials"
    COPIES = "copies"
    LETTER = "letter"
    BACKGROUND = "background"
    LANGUAGES = "languages"
    DEADLINE = "deadline"
    SUBJECTS = "subjects"
    GENDER = "gender"
    PREVIOUS = "previous"
    TAIL = "tail"  # what nothing announces any more


@dataclass(frozen=True)
class Cue:
    """A cue met at the start of a line: `label` was its text, `rest` is what the line says after it.

    `heads` says that the label stands as headings do: alone, with a colon, or in capitals.
    """

    section: Section
    label: str
    rest: str
    date: str | None = None  # a date inside the label: "PLEASE SEND APPEALS BEFORE 27 SEPTEMBER 2019 TO:"
    heads: bool = True
    own: bool = False  # whether a layout of the office's own has it


_HINT = r"(?:\s*\([^()\n]{0,80}\))?"  # "(400 words + relevant links)"
_EVERYWHERE = {"hint": _HINT, "stop": rf"{_HINT}\s*(?::|$)", "quote": r"[“\"”'‘’]"}
_BEFORE = r"^[\s>“\"'#*•-]{0,4}(?:\(?\d{1,2}[.)]\s{0,3})?"
_LONGEST = 420  # characters of a line that a label may take
# Of two cues of one length, the one whose section stands first here is meant.
_PREFERRED = (Section.OFFICIALS, Section.COPIES, *(one for one in Section if one not in ("officials", "copies")))
Table = dict[str, dict[str, list[str] | str]]


@cache
def tables() -> dict[str, Table]:
    """The cue tables by language, English first."""
    files = sorted(Path(__file__).parent.glob("*.toml"), key=lambda path: (path.stem != "en", path.stem))
    return {path.stem: tomllib.loads(path.read_text("utf-8")) for path in files}


def _expand(pattern: str, words: dict[str, str]) -> str:
    """A pattern with the words of its table in it; ’ stands for any apostrophe."""
    for _ in range(2):  # a word may name another
        pattern = re.sub(r"\{([a-z]+)\}", lambda match: words[match[1]], pattern)
    return re.sub(r"(?<!\[)’(?![^\[\]]*\])", "[’'`´]", pattern)


@cache
def patterns(role: str, key: str) -> tuple[str, ...]:
    """The patterns of one role in all languages: `key` is "labels", "kept" or the name of a field of contact."""
    found = []
    for table in tables().values():
        words = {name: str(value) for name, value in table.get("words", {}).items()} | _EVERYWHERE
        listed = table.get(role, {}).get(key, [])
        found += [_expand(pattern, words) for pattern in ([listed] if isinstance(listed, str) else listed)]
    return tuple(found)


@cache
def any_of(role: str, key: str = "kept") -> str:
    """One pattern for all of `patterns`, to be put into another; groups of their own have no names."""
    return "(?:" + "|".join(one.replace("(?P<date>", "(?:") for one in patterns(role, key)) + ")"


@cache
def _labels() -> tuple[tuple[Section, bool, re.Pattern[str]], ...]:
    return tuple(
        (section, key == "kept", re.compile(f"{_BEFORE}(?:{pattern})", re.I))
        for section in _PREFERRED
        for key in ("labels", "kept")
        for pattern in patterns(section.value, key)
    )


@cache
def _first_words() -> re.Pattern[str]:
    every = [any_of(section.value, key) for section in Section for key in ("labels", "kept")]
    return re.compile(_BEFORE + "(?:" + "|".join(one for one in every if one != "(?:)") + ")", re.I)


_before: ContextVar[Callable[[str], Cue | None] | None] = ContextVar("cues looked for before the tables", default=None)


@contextmanager
def first_by(cue_in: Callable[[str], Cue | None]) -> Iterator[None]:
    """Within this, `cue_in` says what a line's cue is before the tables do: a layout of the office's own."""
    token = _before.set(cue_in)
    try:
        yield
    finally:
        _before.reset(token)


def cue_of(line: str) -> Cue | None:
    """The cue a line begins with, if it begins with one."""
    if (own := _before.get()) and (cue := own(line)):
        return cue
    start = line[:_LONGEST]
    if not _first_words().match(start):
        return None
    best: tuple[int, Section, bool, re.Match[str]] | None = None
    for section, keep, pattern in _labels():
        match = pattern.match(start)
        if match and (best is None or match.end() > best[0]):
            best = match.end(), section, keep, match
    if best is None:
        return None
    end, section, keep, match = best
    rest = line if keep else line[end:].strip(' :-–"”')
    label = match.group()
    heads = not re.search(r"\w", line[end:]) or label.rstrip().endswith(":") or label.isupper()
    return Cue(section, "" if keep else label, rest, match.groupdict().get("date"), heads)


@cache
def starts(role: str) -> re.Pattern[str]:
    """What begins a line of `role`: an advice, a demand, the furniture of a page."""
    return re.compile(rf"^\W{{0,4}}(?:{any_of(role)})", re.I)


@cache
def greeting() -> re.Pattern[str]:
    """The greeting a letter begins with, to its comma or colon."""
    one = any_of("greeting")
    more = rf"(?:\s*(?:or|and|/|y|o|et|ou|und|oder|en|of|e)\s+(?:{one})[^,:،\n]{{0,80}}[,:،])?"
    return re.compile(rf"^(?:{one})\.?(?:[^,:،\n]{{0,110}}[,:،](?!\d){more}|[^,:.\n]{{0,70}}$)", re.I)


@cache
def closing() -> re.Pattern[str]:
    """The close of a letter: a formula, or a sentence where the language says it in one."""
    return re.compile(
        rf"^(?:(?:{any_of('close')})(?:\s*[,.:،]|\s*$)|(?:{any_of('close', 'whole')})[^\n]{{0,200}}$)", re.I
    )


@cache
def asking() -> re.Pattern[str]:
    """What makes a sentence of a letter a demand, outside English."""
    return re.compile(any_of("ask", "sentence"), re.I)


@cache
def signature() -> re.Pattern[str]:
    """The place of the writer's name under a letter."""
    return re.compile(
        r"^\W*(?:\[?\(?your\s+)?(?:full\s+)?name\b[^:]{0,25}$|^\W*\[[^\]]{0,60}\]\W*$|^\W*(?:name|signature)\W*$"
        rf"|^\W*(?:{any_of('signature')})$",
        re.I,
    )


@cache
def vanishing_words() -> frozenset[str]:
    """The words that labels of the other languages are made of; English has its own list in `ledger`."""
    return frozenset(" ".join(patterns("vanishing", "words")).casefold().split())
