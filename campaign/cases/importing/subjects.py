"""Who is at risk, in the lines of a head: names, apart from headlines."""

from __future__ import annotations

import re

from campaign.cases.importing.bulletin import Subject
from campaign.cases.importing.ledger import Ledger
from campaign.cases.importing.lines import plain

_GENDER = re.compile(
    r"\(\s*(?P<gender>m|f|m/f|f/m|male|female|he[/\w]{0,12}|she[/\w]{0,12}|they[/\w]{0,12})\s*\)", re.I
)


def subjects_of(text: str, ledger: Ledger) -> list[Subject]:
    """One line of a case sheet: a name, then perhaps (m) or (f), an age, a trade."""
    marked = list(_GENDER.finditer(text))
    if len(marked) > 1:
        subjects = []
        start = 0
        for mark in marked:
            name = re.sub(r"^(?:\W|and\s|aged\s+\d+)+", "", text[start : mark.start()], flags=re.I).strip(" ,;")
            subjects.append(Subject(name, mark["gender"]))
            start = mark.end()
        if rest := text[start:].strip(" ,.;"):
            ledger.leave(rest)
        return [subject for subject in subjects if subject.name]
    told = re.split(r"(?<=\w)\s*[,;(\]]|\s+aged\s|\s+-\s", text, maxsplit=1)
    name = re.sub(
        r"^(?:and\s+|(?:new\s+)?names?\s*:\s*)", lambda match: _label(match, ledger), told[0].strip(" :–-"), flags=re.I
    )
    rest = text[len(told[0]) :]
    if marked:
        rest = rest.replace(marked[0].group(), " ")
    if re.search(r"\w", rest):
        ledger.leave(f"{name}: {plain(rest).strip(' ,;')}")
    return [Subject(name, marked[0]["gender"] if marked else None)] if name else []


def _label(match: re.Match[str], ledger: Ledger) -> str:
    ledger.label(match.group())
    return ""


def headline_and_names(text: str) -> tuple[str, str]:
    """What behind a country is a headline and what are names: "Poet risks ten years", "Fear of torture: Ada LUM"."""
    if re.search(r"\((?:m|f|m/f)\)|\baged\s+\d", text):
        return "", text
    before, colon, after = text.partition(": ")
    if colon and is_headline(before) and not is_headline(after):
        return before, after
    return (text, "") if is_headline(text) else ("", text)


def is_headline(text: str) -> bool:
    """Whether a text says something: it has small words that no name has, or more words than one."""
    told = text.split()
    small = [
        word
        for word in told
        if word[:1].islower() and word.casefold() not in _PARTICLES and word[:3] not in ("al-", "el-")
    ]
    return bool(small) or (len(told) > 5 and "," not in text and not any(map(str.isupper, told[1:])))


_PARTICLES = {"al", "el", "bin", "bint", "ibn", "abu", "de", "da", "do", "dos", "del", "la", "le", "van", "von", "der"}
_PARTICLES |= {"y", "e", "ul", "ur", "ben", "and", "others", "other", "men", "women", "families", "family", "of", "the"}
_PARTICLES |= {"people", "members", "children", "at", "least", "her", "his", "son", "daughter", "brother", "sister"}
