"""Telling a person from an office, an institution and a line of an address, by the words officials are named with."""

from __future__ import annotations

import re
from enum import Enum, auto

from campaign.cases.importing import cues
from campaign.cases.importing.lines import is_prose
from campaign.cases.importing.places import country, country_after


class Kind(Enum):
    """What a line of an official's block is."""

    PERSON = auto()
    OFFICE = auto()
    INSTITUTION = auto()
    ADDRESS = auto()


_TITLES = "|".join(cues.patterns("office", "titles"))
_PORTFOLIO = (
    r"(?:foreign|internal|home|public|social|national|labou?r|health|education|finance|energy|defen[cs]e|justice|interior|state"
    r"|republic|security|environment|information|culture|agriculture|affairs|and)(?:\s+(?:affairs|security|and|human|rights"
    r"|health|defen[cs]e|justice|interior|services|works))*"
)
_OFFICE = re.compile(rf"\b(?:{_TITLES})\b", re.I)
_INSTITUTION = re.compile(
    rf"^(?:the\s+)?(?:[\w.’'-]+\s+){{0,5}}?(?:{'|'.join(cues.patterns('office', 'institutions'))})(?!\w)"
    r"(?!\s+(?:street|road|avenue|box))",
    re.I,
)
HONORIFIC = re.compile(rf"^(?:{'|'.join(cues.patterns('office', 'honorifics'))})", re.I)
_STREETS = (
    r"\b(?:p\.?\s?o\.?\s+box|box|c/o|street|st\.|road|rd\.?|avenue|ave\.?|av\.|boulevard|blvd|square|floor|building|bldg"
    r"|block|suite|via|jalan|jl\.|ul\.|ulitsa|prospekt|ploshchad|marg|chowk|nagar|district|province|city|central|quarter|lane|drive"
    rf"|highway|house\s+no|naka|palace|palais|{'|'.join(cues.patterns('office', 'streets'))})(?!\w)"
)
_STREET = re.compile(rf"\d|{_STREETS}", re.I)
_STREET_WORD = re.compile(
    rf"\b(?:street|road|avenue|ave\.?|boulevard|blvd|square|building|palace|palais|palast|p\.?\s?o\.?\s+box"
    rf"|{'|'.join(cues.patterns('office', 'streets'))})(?!\w)",
    re.I,
)
_LONGEST_OFFICE = 6  # words
SMALL = {
    "al",
    "el",
    "bin",
    "bint",
    "ibn",
    "abu",
    "de",
    "da",
    "do",
    "dos",
    "del",
    "della",
    "di",
    "la",
    "le",
    "van",
    "von",
    "der",
    "den",
}
SMALL |= {"y", "e", "ul", "ur", "ben", "ould", "mint", "ag", "st", "uz", "i", "bte", "a/l"}
_GREETING = (
    r"dear\s|sehr\s+geehrte|monsieur\s+le\b|madame\s+la\b|geachte\b|your\s+(?:royal\s+|imperial\s+)?(?:excellenc|majest|highness|hono|eminence|holiness)"
    r"|excellency\b|exzellenz"
)
_FOREIGN = (
    r"(?:señora?|sra?\.|excmo|exmo|ilmo|excelent[ií]sim[oa]|monsieur|madame|excellence|vossa|estimad[oa]"
    r"|su\s+excelencia)"
)
_AT_END = re.compile(
    rf"^(?P<name>\S.{{2,120}}?)(?:\s{{1,40}}[(\[]?(?:salutation\s*:\s*)?|\s*[(\[]\s*(?:salutation\s*:\s*)?)"
    rf"(?P<salutation>(?:{_GREETING}|{_FOREIGN}[^/\n]{{0,60}}/\s?dear\b).{{0,80}}?)[)\]]?$",
    re.I,
)
_COLUMN = re.compile(
    rf"^(?P<name>\S.{{2,120}}?)\s{{2,60}}(?P<salutation>(?:{_GREETING}|{_FOREIGN}|sir\b|madam\b).{{0,80}})$", re.I
)


_OF_A_PERSON = re.compile(r"(?:^|\s)(?:his|her|su|son|seine|ihre|sua|zijne|hare|h\.?\s?e\.?)$", re.I)


# What an office goes on with, so that no name begins there: "Minister van Justitie".
_GOES_ON = re.compile(
    r"(?:of|for|and|to|in|at|de|del|der|des|die|du|das?|dos?|della|van|voor|für|von|vom|zu[mr]?|et|y|e|und|en|la|le|les|los|las|à|au|aux|[dl]['’])(?:\b|(?<=['’]))",
    re.I,
)


def kind_of(line: str) -> Kind:
    """What a line names. A person's own titles ("President Ada Lum") make it a person, "President of …" an office."""
    if _is_office(line):
        return Kind.OFFICE
    if _is_place(line):
        return Kind.ADDRESS
    if _INSTITUTION.match(line[:120]):
        return Kind.INSTITUTION
    if is_person(line) or _is_titled_person(line):
        return Kind.PERSON
    return Kind.OFFICE if _OFFICE.search(line[:120]) and not _STREET.search(line) else Kind.ADDRESS


def _is_office(line: str) -> bool:
    found = _OFFICE.match(line[:120].removeprefix("The ").removeprefix("the "))
    if not found:
        # "Texas Governor", "Union Home Minister": the title closes a few words, or goes on with "of"
        inner = re.search(
            rf"^(?:[^\W\d]+\s+){{1,3}}(?:{_TITLES})(?:\s+(?:of|for|and|de|del|do|da|du|der|des|für|van|à)\b|\s*$)",
            line[:120],
            re.I,
        )
        return bool(inner) and not _INSTITUTION.match(line[:120]) and not HONORIFIC.match(line)
    rest = line[:120].removeprefix("The ").removeprefix("the ")[found.end() :].strip()
    if not rest or not rest[0].isalpha():
        return not re.search(r"\d", rest)
    return bool(
        re.match(r"(?:of|for|and|to|in|de|del|da|do|du|des|der|d’|d'|für|van|von|para|at)\b", rest, re.I)
    ) or not _person_words(rest)


def is_office_alone(line: str) -> bool:
    """Whether a line is an office and no more: "Director of Prisons", "PRÄSIDENT"."""
    bare = re.sub(r"^the\s+", "", line.strip(), flags=re.I)
    found = _OFFICE.match(bare[:120])
    if not found or len(bare.split()) > _LONGEST_OFFICE or re.search(r"[\d:;.!?]", bare):
        return False
    rest = bare[found.end() :].split()
    rest = ["of", *rest] if found.group().casefold().endswith(" of") else rest
    plain_words = [word for word in rest if not _GOES_ON.fullmatch(word) and word.casefold() not in ("the", "&")]
    if bare.isupper():
        return not rest or bool(_GOES_ON.fullmatch(rest[0]))
    return (not rest or bool(_GOES_ON.fullmatch(rest[0])) or _has_no_case(rest[0])) and all(
        word[0].isupper() or _has_no_case(word) for word in plain_words
    )


def _has_no_case(word: str) -> bool:
    """Whether a word is of a script without capitals."""
    return word.lower() == word.upper()


def names_street(line: str) -> bool:
    """Whether a line names a street or a house by the word for it."""
    return bool(_STREET_WORD.search(line))


def _is_place(line: str) -> bool:
    if country(line):
        return True
    return bool(re.search(r"\d", line)) or (
        bool(_STREET.search(line) or ("," in line and country_after(line)))
        and not HONORIFIC.match(line)
        and not _INSTITUTION.match(line)
    )


def is_person(line: str) -> bool:
    bare = HONORIFIC.sub("", line, count=1)
    if bare != line:
        return bool(bare.strip()) or len(line.split()) > 1
    return _person_words(line) and not _OFFICE.search(line)


def _is_titled_person(line: str) -> bool:
    """Whether a line is a title and a name: "Commissioner Ada Lum"."""
    lead = re.match(rf"(?:{_TITLES})\s+(?=[^\W\d_])", line, re.I)
    return bool(lead) and len(line[lead.end() :].split()) > 1 and _person_words(line[lead.end() :]) if lead else False


def _person_words(line: str) -> bool:
    """Whether the words could be a name: two to seven, capitals first, no digit and no comma but before "Jr"."""
    told = re.sub(
        r"[\"“”'‘’()]", "", re.split(r",\s*(?=(?:jr|sr|esq|md|phd|mp|mna|qc|kc|sc)\b)", line, flags=re.I)[0]
    ).split()
    if not 1 <= len(told) <= 7 or re.search(r"[\d,;:@/]", " ".join(told)):
        return False
    large = [word for word in told if word.casefold() not in SMALL and not word.casefold().startswith(("al-", "el-"))]
    return bool(large) and all(word[0].isupper() or not word[0].isascii() for word in large)


def begins_official(text: str) -> bool:
    """Whether a text starts with the title or the rank of somebody."""
    return bool(_OFFICE.match(text) or HONORIFIC.match(text))


def ends_in_salutation(line: str) -> tuple[str, str | None]:
    """The line and the salutation printed at its end: "Mr Jo Lim   Dear Mr Lim"."""
    found = _COLUMN.match(line) or _AT_END.match(line)
    if not found or is_prose(line) or re.search(r"\d|@", found["salutation"]) or _OF_A_PERSON.search(found["name"]):
        return line, None
    return found["name"].rstrip(" ,;:–-"), " ".join(found["salutation"].split()).strip(" ,;:")


def part_office_and_name(line: str, *, alone: bool) -> tuple[str, str] | None:
    """Office and name out of one line: "Head of Judiciary, Ana Lum"; where it stands `alone`, "Governor Ana Lum"."""
    for comma in re.finditer(r"\s*[,:]\s+|\s+[–-]\s+", line):
        before, after = line[: comma.start()].strip(), line[comma.end() :].strip()
        if not after or not before:
            continue
        if kind_of(before) is Kind.OFFICE and kind_of(after) is Kind.PERSON:
            return before, after
        if is_person(before) and kind_of(after) is Kind.OFFICE:
            return after, before
        if is_person(before) and kind_of(after) is Kind.INSTITUTION:
            return before, after
    if not alone:
        return None
    lead = re.match(rf"(?:the\s+)?(?:{_TITLES})(?:\s+of\s+(?:the\s+)?{_PORTFOLIO})?\s+(?=[^\W\d_])", line, re.I)
    if (
        lead
        and not re.match(r"(?:king|queen|emir|amir|sultan|senator|judge)\b", line, re.I)
        and (rest := line[lead.end() :])
        and not re.match(r"(?:of|for|and|to|in|de)\b", rest, re.I)
        and _person_words(rest)
    ):
        return lead.group().strip(), rest
    return None


def part_title(line: str) -> tuple[str, str] | None:
    """Office and name where a line is a title and then a name: "Prosecutor of Osh Ivo Lum"."""
    if len(line) > 120 or re.search(r"[\d,;:@]", line):
        return None
    parted = part_office_and_name(line, alone=True)
    if parted and len(parted[1].split()) > 1 and not _GOES_ON.match(parted[1]):
        return parted
    placed = re.match(
        rf"(?P<office>(?:{_TITLES})\s+(?:of|de|del|du|der|von|van)\s+[^\W\d_]+)\s+(?P<name>[^\d,]+)$", line, re.I
    )
    if placed and len(placed["name"].split()) in (2, 3) and _person_words(placed["name"]):
        inner = placed["name"].split()
        small = any(word.casefold() in ("of", "for", "and", "the", "de", "del", "y", "und", "et") for word in inner)
        if not small and not _OFFICE.search(placed["name"]) and not _INSTITUTION.match(placed["name"]):
            return placed["office"], placed["name"]
    return None
