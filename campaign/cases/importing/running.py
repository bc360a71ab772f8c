"""An official printed as one run of words, parted into the lines it would have had."""

from __future__ import annotations

import re

from campaign.cases.importing.places import country
from campaign.cases.importing.titles import HONORIFIC, Kind, is_person, kind_of

_PERSON = r"(?:Ayatollah|Mr|Mrs|Ms|Dr|H\.E|(?:His|Her) Excellency|General|Sheikh|Sayed|Hojjatoleslam)\b\.?\s"
_INSTITUTION = (
    r"(?:The |Royal |Permanent |Supreme ){0,2}"
    r"(?:Office of|Ministry|Embassy|Mission|High Commission|Department of|Court)\b"
)
_NUMBER = re.compile(r"\s(?=\d{1,5}[\w-]{0,4}\s+[A-Z]|P\.?O\.? Box)")
_ROAD = re.compile(  # "Invented Road", "People's Palace": a name of one word and what it is the name of
    r"(?<![\d,])\s(?=[A-Z][\w'’-]{2,30}\s(?:Road|Street|Avenue|Palace|Building|House|Square|Boulevard|Lane|Rd\.?|St\.|Ave\.?)(?:\s|$))"
)
_ROAD_END = re.compile(
    r"(?:Road|Street|Avenue|Palace|Building|House|Square|Boulevard|Lane|Rd\.?|St\.|Ave\.?)\s(?=[A-Z])"
)
_BREAK = re.compile(rf"\s(?={_PERSON}|{_INSTITUTION})")
_BEFORE_GENERAL = re.compile(r"(?:secretary|attorney|director|inspector|consul|governor|prosecutor|procurator)$", re.I)
_WAITING = re.compile(rf"(?:{_PERSON}|(?:The|Royal|Permanent|Supreme|Deputy|of|the)\s)*\s*$")
_RANK = {"majesty", "excellency", "royal", "highness", "eminence", "king", "queen", "prince", "princess", "ambassador"}


def part_running_text(line: str) -> list[str]:
    """Office, name and address of one run: "Embassy of Chad, 24 Rue Alta, 1000 Brussels" is three."""
    parts = [part.strip() for part in re.split(r"\s*[,;]\s+", line) if part.strip()]
    if not parts:
        return []
    told = [piece.rstrip(" :") for words in _part_words(parts[0]) for piece in _part_name(words)] + parts[1:]
    whole = len(told) - len(parts) + 1  # from here on, commas parted what was a line
    joined: list[str] = told[:whole]
    for part in told[whole:]:
        state = re.match(r"[A-Z]{2}\s+\d{5}|(?:[NS][EW]|[NSEW])$", part)
        if len(joined) > 1 and (state or part.isdecimal() or country(part)) and kind_of(joined[-1]) is not Kind.OFFICE:
            joined[-1] = f"{joined[-1]}, {part}"
        else:
            joined.append(part)
    return joined


def _part_words(line: str) -> list[str]:
    """Words without commas, broken before a person, an institution, and the first number of a street."""
    breaks = [0]
    found = [match.end() for match in _BREAK.finditer(line) if not _BEFORE_GENERAL.search(line[: match.start()])]
    number = _NUMBER.search(line)
    roads = [match.end() for pattern in (_ROAD, _ROAD_END) for match in pattern.finditer(line)]
    if count := _country_at_end(line):
        roads.append(count)
    for place in sorted({*found, *roads, *([number.end()] if number else [])}):
        if not _WAITING.fullmatch(line[breaks[-1] : place]):
            breaks.append(place)
    return [line[start:end].strip() for start, end in zip(breaks, [*breaks[1:], len(line)], strict=True)]


def _country_at_end(line: str) -> int | None:
    """Where the country begins that a run ends with, if it says more before it."""
    told = list(re.finditer(r"\S+", line))
    for word in told[max(3, len(told) - 5) :]:
        if country(line[word.start() :]):
            return word.start() if not re.search(r"\b(?:of|the|de|du|der)\s$", line[: word.start()], re.I) else None
    return None


def _part_name(piece: str) -> list[str]:
    """A name that runs on into an address, broken after two words: nothing but the length tells."""
    told = piece.split()
    titles = 0
    while titles < len(told) and (told[titles].casefold() in _RANK or HONORIFIC.match(f"{told[titles]} x")):
        titles += 1
    if not titles or len(told) - titles < 4 or kind_of(piece) is not Kind.PERSON or not is_person(" ".join(told[:3])):
        return [piece]
    if any(word.casefold() in ("bin", "bint", "ibn", "al", "van", "von", "de") for word in told[titles:]):
        return [piece]
    return [" ".join(told[: titles + 2]), " ".join(told[titles + 2 :])]


def trailing_number(line: str) -> tuple[str, str | None]:
    """A line that runs on into a telephone number nobody labelled, and that number: it is longer than any postcode."""
    found = re.search(r"\s(\+?\d{2,5}(?:[\s-]\d{2,4}){2,4})$", line)
    if not found or len(line) < 40 or sum(map(str.isdigit, found[1])) < 9:
        return line, None
    return line[: found.start()].rstrip(" ,;"), found[1]
