"""The head of a bulletin: number, index, kind, date, country, title, and on case sheets who is at risk."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

from campaign.cases.importing import dates
from campaign.cases.importing.bulletin import Subject
from campaign.cases.importing.ledger import Ledger
from campaign.cases.importing.lines import BULLET, is_capitals, plain
from campaign.cases.importing.places import country, country_before
from campaign.vocabulary import ActionKind, ActionNumber

INDEX = re.compile(
    r"\b(?P<area>AFR|AMR|ASA|EUR|MDE|ACT|POL|IOR)\s?(?P<place>\d{2})/(?P<rest>(?:\w{1,8}\s?)?\d{0,5}/\d{2,4})\b", re.I
)
_ORDINAL = r"(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|\d{1,2}(?:st|nd|rd|th))"
_NUMBER = re.compile(
    rf"(?:(?P<turn>{_ORDINAL})\s+)?\b(?P<series>FWUA|UAA?|IJA|EXTRA|FU|FI)\b\s*(?:no\.?|number)?\s*[:.]?\s*"
    r"(?P<serial>\d{1,4})\s?[/.]\s?(?P<year>\d{4}|\d{2})(?:-\d{1,2})?\b",
    re.I,
)
_BARE_NUMBER = re.compile(r"^\W*(?P<series>)(?P<turn>)(?P<serial>\d{1,4})\s?/\s?(?P<year>\d{4}|\d{2})\b")
# "URGENT ACTION 14/26": the number stands behind the words that "UA" stands for. What goes on is a date.
_CALLED = re.compile(
    r"\burgent\s+action(?P<series>)(?P<turn>)\s*(?:no\.?|number)?\s*[:.]?\s*"
    r"(?P<serial>\d{1,4})\s?/\s?(?P<year>\d{4}|\d{2})\b(?!\s?[/.-]\s?\d)",
    re.I,
)
_FURTHER = re.compile(
    r"further\s+information(?:\s*\(?(?:no\.?\s?)?\d?\)?)?\s*(?:on|to)?\b|(?:and\s+)?follow[\s-]?ups?(?:\s+(?:on|to))?\b|\bupdate(?:s|d)?\b",
    re.I,
)
_ENDED = re.compile(r"\boutcome\b|\bgood\s+news\b|\bvictory\b|\bcase\s+closed\b", re.I)
_STOPPED = re.compile(r"\bstop\s+(?:urgent\s+)?action\b|\burgent\s+action\s+stopped\b|\bplease\s+stop\b", re.I)
_PARENTHESES = re.compile(r"\([^()]{0,160}?(?:\d{4}|\b[A-Z]{3}\s?\d\d/)[^()]{0,160}\)")
_WEB = re.compile(
    r"^(?P<title>.{4,300}?)\s*\((?P<country>[^():]{2,60}):\s*(?P<number>UA\s*\d{1,4}[./]\d{2,4})\)\s*$", re.I
)
_LABELS = re.compile(
    r"\bU\s?R\s?G\s?E\s?N\s?T\s+A\s?C\s?T\s?I\s?O\s?N\b(?:\s+(?:appeal|update|outcome|A\s?P\s?P\s?E\s?A\s?L)\b)?(?:\s+type\s+and\s+number)?\s*[:–-]?"
    r"|\bstop\s+action\b|\bexternal\b(?:\s*\(for\s+general\s+distribution\))?|^\s*public\b|\bdistr(?:ib)?\s*:\s*[A-Z/]+"
    r"|^\W*urgent\s+(?:appeal|intervention|alert)\W*$|(?:\b(?:ai|amnesty)\s+)?\bindex(?:\s+(?:number|no\.?))?\s*:|\b(?:issue|publication|release)?\s*\bdate\s*:|\bpublished\s*(?:on)?\s*:"
    r"|\bcountry\s*:|\b(?:type\s+and\s+)?number\s*:|^[\s\W]*from\s+amnesty\s+international(?:\s+\w+)?\s*$|^\W*amnesty\s+international\W*$",
    re.I,
)
_URGENT = re.compile(r"^\W*(?:urgent|rapid)\s+(?:action|appeal|intervention|alert)\b[^:]{0,20}$", re.I)
_LONGEST_LINE = 400  # characters of a head line that may have been wrapped
_GENDER = re.compile(
    r"\(\s*(?P<gender>m|f|m/f|f/m|male|female|he[/\w]{0,12}|she[/\w]{0,12}|they[/\w]{0,12})\s*\)", re.I
)


@dataclass
class Heading:
    """What the head told, filled line by line."""

    kind: ActionKind = ActionKind.FIRST
    number: str | None = None
    index_reference: str | None = None
    issue_date: date | None = None
    country: str | None = None
    title: str | None = None
    subjects: list[Subject] = field(default_factory=list)
    previous: str | None = None  # an index reference, from "(AMR 23/55/91, 2 October 1991)"


def read_heading(lines: list[str], title: str | None, ledger: Ledger, *, month_first: bool = False) -> Heading:
    """The head in `lines`; `title` is one that a label of its own announced."""
    heading = Heading(title=title)
    continues = False  # whether the line before gave the title
    for line in _whole(lines):
        if title is None and heading.title and _URGENT.match(line) and not heading.number:
            ledger.leave(heading.title)  # what stood above "urgent appeal" is the organisation's name
            heading.title = None
        rest = _read_web_title(line, heading, ledger) or _read_references(line, heading, ledger, month_first)
        if not rest:
            continues = False
            continue
        if continues and heading.title and is_capitals(rest) and is_capitals(heading.title) and not country(rest):
            heading.title = f"{heading.title} {rest}"
            continue
        continues = _place(rest, line, heading, ledger)
    return heading


def read_reference(text: str) -> str | None:
    """The first index reference in `text`, as it is printed today: "ASA 33/7416/2023"; also out of a web address."""
    found = INDEX.search(text) or re.search(
        r"/(?P<area>afr|amr|asa|eur|mde|act|pol|ior)(?P<place>\d\d)/(?P<rest>\d{1,5}/\d{4})", text, re.I
    )
    return f"{found['area'].upper()} {found['place']}/{' '.join(found['rest'].split())}" if found else None


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


def _read_web_title(line: str, heading: Heading, ledger: Ledger) -> str | None:
    """The title of a section's web page, "Title (Country: UA 132.19)", read into the heading; nothing is left of it."""
    found = _WEB.match(line)
    if not found:
        return None
    lead = re.match(r"\W*urgent\s+action(?P<more>\s+(?:update|outcome|victory))?\s*[:–-]\s*", found["title"], re.I)
    if lead:
        ledger.label(lead.group())
        _read_kind(lead.group(), heading)
    heading.title = found["title"][lead.end() if lead else 0 :].strip()
    heading.country = country(found["country"]) or found["country"].strip()
    heading.number = str(ActionNumber.parse(found["number"]))
    ledger.reading(f"{found['country']} {found['number']}")
    return None


def _whole(lines: list[str]) -> list[str]:
    """The lines that say something, each with the next where parentheses stay open at its end."""
    whole: list[str] = []
    for line in filter(None, lines):
        if whole and len(whole[-1]) < _LONGEST_LINE and whole[-1].count("(") > whole[-1].count(")"):
            whole[-1] = f"{whole[-1]} {line}"
        else:
            whole.append(line)
    return whole


def _read_references(line: str, heading: Heading, ledger: Ledger, month_first: bool) -> str:
    """What is left of a line when numbers, references, dates and labels have been read out of it."""
    if _WEB.match(line):
        return ""
    rest = line
    for group in _PARENTHESES.findall(rest):
        if read_reference(group) or _FURTHER.search(rest):
            heading.previous = read_reference(group) or heading.previous  # of several, the last is the latest
            ledger.leave(group)
            rest = rest.replace(group, " ", 1)
    for index in INDEX.finditer(rest):
        reference = read_reference(index.group())
        heading.index_reference = heading.index_reference or reference
        (ledger.reading if reference == heading.index_reference else ledger.leave)(index.group())
    rest = INDEX.sub(" ", rest)
    further = _FURTHER.search(rest)
    number = (
        _NUMBER.search(rest) or _CALLED.search(rest) or (_BARE_NUMBER.match(rest[further.end() :]) if further else None)
    )
    if number:
        same = _read_number(number, heading)
        (ledger.reading if same else ledger.leave)(number.group())
        rest = rest.replace(number.group(), "  ", 1)
    _read_kind(rest, heading, numbered=number is not None)
    if number or further:
        for match in _FURTHER.finditer(rest):
            ledger.reading(match.group())
        rest = _FURTHER.sub(" ", rest)
    for match in _LABELS.finditer(rest):
        ledger.label(match.group())
    rest = _LABELS.sub("  ", rest)
    if found := dates.find(rest, month_first=month_first):
        alone = not re.search(r"\w", rest[: found.start] + rest[found.end :])
        if alone or number or "date" in line.casefold() or "index" in line.casefold():
            heading.issue_date = heading.issue_date or found.day
            (ledger.reading if found.day == heading.issue_date else ledger.leave)(rest[found.start : found.end])
            rest = rest[: found.start] + "  " + rest[found.end :]
    joining = re.compile(r"^\W*(?:and|on|-|–)\W*(?=$|\W)", re.I)
    if (number or further) and (lead := joining.match(rest)):
        ledger.label(lead.group())
        rest = rest[lead.end() :]
    if not re.search(r"\w", rest):
        return ""
    return rest.strip(" ,;:–-•|/")


def _read_number(found: re.Match[str], heading: Heading) -> bool:
    """Read a number into the heading; whether it is the heading's own, not another action's."""
    if found["turn"] and found["turn"].casefold() not in ("first", "1st"):
        heading.kind = ActionKind.FURTHER_INFORMATION
    if (found["series"] or "").upper() in ("FU", "FI"):
        heading.kind = ActionKind.FURTHER_INFORMATION
    parsed = ActionNumber.parse(f"{found['serial']}/{found['year']}")
    written = str(parsed)
    if (found["series"] or "").upper() == "EXTRA":
        written = written.replace("UA", "EXTRA")
    heading.number = heading.number or written
    return heading.number == written


def _read_kind(text: str, heading: Heading, *, numbered: bool = True) -> None:
    if _STOPPED.search(text):
        heading.kind = ActionKind.STOP
    elif _ENDED.search(text) and (numbered or re.search(r"urgent\s+action", text, re.I)):
        heading.kind = ActionKind.OUTCOME
    elif _FURTHER.search(text) and heading.kind is ActionKind.FIRST:
        heading.kind = ActionKind.FURTHER_INFORMATION


def _place(rest: str, line: str, heading: Heading, ledger: Ledger) -> bool:
    """Put the rest of a head line where it belongs; whether it was the title, which may go on in the next line."""
    numbered = bool(_NUMBER.search(line) or INDEX.search(line) or _FURTHER.search(line))
    if named := country(rest):
        heading.country = heading.country or named
        ledger.reading(rest)
        return False
    labelled = re.match(r"([^\W\d][^:\d]{2,40}?)\s*:\s*", rest)
    found = country_before(rest)
    if labelled and (named := country(labelled[1])):
        found = (named, labelled.end())
    if found and (labelled or is_capitals(rest[: found[1]]) or numbered) and not is_capitals(rest):
        heading.country = heading.country or found[0]
        ledger.reading(rest[: found[1]])
        after = rest[found[1] :].strip(" :,-–")
        if region := re.match(r"\([^()]{1,60}\)\s*", after):
            ledger.leave(region.group())
            after = after[region.end() :]
        heading.subjects += subjects_of(after, ledger) if after else []
        return False
    figures_alone = not re.search(r"[^\W\d_]{2}", rest)  # neither a title nor a name
    if (
        figures_alone
        or re.match(r"[A-Z]{3}\s?\d{3}\s?/\s?\d{4}\b", rest)
        or re.match(r"(?:case|code|ref(?:erence)?|rapid\s+alert|appeal)\b[^a-z]{0,6}.{0,30}\d", rest, re.I)
    ):
        ledger.leave(rest)
        return False
    if heading.title is None and not (heading.country and heading.number and heading.subjects):
        heading.title = plain(rest)
        return True
    if heading.country and heading.number and not numbered and len(rest) < 160:
        bullet = BULLET.match(rest)
        heading.subjects += subjects_of(rest[bullet.end() :] if bullet else rest, ledger)
        return False
    if plain(rest).casefold() != (heading.title or "").casefold():
        ledger.leave(rest)
    else:
        ledger.repeat(rest)  # the title, printed again on the next page
    return False
