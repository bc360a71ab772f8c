"""The model letter, and what it asks."""

from __future__ import annotations

import re

from campaign.cases.importing import cues
from campaign.cases.importing.bulletin import ModelLetter
from campaign.cases.importing.ledger import Ledger
from campaign.cases.importing.lines import BULLET, paragraphs, plain

_CLOSE_WITHIN = re.compile(
    r"\s(?=(?:yours\s+(?:very\s+)?(?:sincerely|faithfully|respectfully|truly)|(?:sincerely|respectfully)(?:\s+yours)?"
    r"|(?:kind|best)\s+regards)\s*[,.]?(?:\s+\[?[^.\n]{0,60})?$)",
    re.I,
)
_ASK = re.compile(
    r"\b(?:I|we)\s+(?:(?:also|therefore|thus|further|furthermore|hereby|respectfully|strongly|urgently|once|again|now|would|like"
    r"|to|kindly|call|and|must|wish|humbly|write|am|are|writing|urgently)\s+){0,5}"
    r"(?:urge|urging|call(?:ing)?\s+(?:up)?on|ask|appeal\s+to|request|demand|implore|beseech|plead)\b",
    re.I,
)
_SENTENCE_END = re.compile(r"(?<=[.!?])[\"”’]?\s+(?=[\"“‘'(]?[A-Z])")
# A list within a paragraph, as a paste leaves it: "… I urge you to: • let them go; • give back their boats."
_INLINE = re.compile(rf"(?:{_ASK.pattern})[^.:]{{0,80}}:\s*(?P<points>[•▪].+)", re.I)
_ABBREVIATED = re.compile(r"(?:\b(?:mr|mrs|ms|dr|st|no|art|prof|gen|hon|sr|jr|vs|h\.e|u\.s|[a-z])\.)$", re.I)


def read_letter(lines: list[str], ledger: Ledger) -> ModelLetter:
    """The letter in `lines`: greeting, paragraphs, close. What stands under the close is left over."""
    told = [plain(line) for line in lines if plain(line)]
    salutation, told = _greeting(told)
    close, told = _close(told, ledger)
    return ModelLetter(salutation, tuple(paragraphs(told)), close)


def asks_somebody(text: str) -> bool:
    """Whether a text says "I ask you", in any language that has cues."""
    return bool(_ASK.search(text) or cues.asking().search(text))


def closes(lines: list[str]) -> bool:
    """Whether one of the lines is the close of a letter."""
    return any(cues.closing().match(plain(line)) for line in lines)


def asks(letter: ModelLetter) -> tuple[str, ...]:
    """The sentences of a letter that ask for something, in order; where one announces a list, its points."""
    found: list[str] = []
    points: list[str] = []
    listing = False
    for paragraph in letter.paragraphs:
        bullet = BULLET.match(paragraph)
        if listing and bullet:
            points.append(paragraph[bullet.end() :].strip(" ;"))
            continue
        if inline := _INLINE.search(paragraph):
            points += [
                point.strip(" ;.") for point in re.split(r"\s*[•▪]\s*", _listed(inline["points"])) if point.strip(" ;.")
            ]
            continue
        listing = False
        for sentence in sentences(paragraph):
            if asks_somebody(sentence):
                listing = sentence.endswith(":")
                if not listing:
                    found.append(sentence)
    return tuple(dict.fromkeys(points or found))


def _listed(points: str) -> str:
    """The points of a list within a paragraph, without the sentence that follows the last of them."""
    last = points.rfind("•")
    told = sentences(points[last:])
    return points[:last] + told[0] if told else points


def sentences(paragraph: str) -> list[str]:
    """A paragraph's sentences; "Mr." and the like end none."""
    told: list[list[str]] = []
    whole = True
    for piece in _SENTENCE_END.split(paragraph):
        if whole:
            told.append([piece])
        else:
            told[-1].append(piece)
        whole = not _ABBREVIATED.search(piece[-8:])
    return [" ".join(pieces) for pieces in told]


def is_signature(line: str) -> bool:
    """Whether a line only holds the place of the writer's name."""
    return bool(cues.signature().match(line[:120]))


def _greeting(told: list[str]) -> tuple[str | None, list[str]]:
    found = cues.greeting().match(told[0]) if told else None
    if not found:
        return None, told
    rest = told[0][found.end() :].strip()
    return found.group().strip(), [*([rest] if rest else []), *told[1:]]


def _close(told: list[str], ledger: Ledger) -> tuple[str | None, list[str]]:
    for at in range(len(told) - 1, -1, -1):
        found = cues.closing().match(told[at])
        if found and len(told[at]) < 120:
            rest = told[at][found.end() :].strip()
            for line in filter(None, [rest, *told[at + 1 :]]):
                (ledger.label if cues.signature().match(line) else ledger.leave)(line)
            return found.group().strip(), told[:at]
        if within := _CLOSE_WITHIN.search(told[at][-160:]):
            cut = max(0, len(told[at]) - 160) + within.end()
            return _close([*told[:at], told[at][:cut].strip(), told[at][cut:], *told[at + 1 :]], ledger)
    return None, told
