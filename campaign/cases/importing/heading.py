"""The head of a bulletin: number, index, kind, date, country, title, and on case sheets who is at risk."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

from campaign.action_number import ActionNumber
from campaign.cases.importing import cues, dates
from campaign.cases.importing.bulletin import Subject
from campaign.cases.importing.ledger import Ledger
from campaign.cases.importing.lines import BULLET, is_capitals, plain
from campaign.cases.importing.places import country, country_before
from campaign.cases.importing.rivals import fullest, same_reference
from campaign.cases.importing.subjects import headline_and_names, is_headline, subjects_of
from campaign.vocabulary import ActionKind

INDEX = re.compile(
    r"\b(?P<area>AFR|AMR|ASA|EUR|MDE|ACT|POL|IOR)\s?(?P<place>\d{2})/(?P<rest>(?:\w{1,8}\s?)?\d{0,5}/\d{2,4})\b", re.I
)
_ORDINAL = r"(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|\d{1,2}(?:st|nd|rd|th))"
_NUMBER = re.compile(
    rf"(?:(?P<turn>{_ORDINAL})\s+)?\b(?P<series>FWUA|UAA?|IJA|AU|EXTRA|FU|FI)\b\s*(?:no\.?|number)?\s*[:.-]?\s*"
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
# "UA: Peru Second 7.24": a section's archive names the country between the letters and the number.
_ARCHIVED = re.compile(
    rf"^\W*(?:UA|AU)\s*:\s*(?P<country>[^\W\d][^:\d]{{2,40}}?)\s+(?:(?P<turn>{_ORDINAL})\s+)?(?P<number>\d{{1,4}}[./]\d\d)\s*$",
    re.I,
)
_UNTIL = re.compile(
    r"(?:\b(?:appell?e?s?|agir|agissez|act[uú]en|act|action|send\s+appeals?|schrijf|brieven|aja|apelos|appeals?|valid)\s+)?"
    rf"\b(?:{'|'.join(cues.patterns('words', 'until'))})\s+",
    re.I,
)
_FURTHER = re.compile(
    r"informaci[oó]n\s+(?:complementaria|adicional|actualizada)\s+sobre\b|informations?\s+compl[eé]mentaires?\s+sur\b"
    r"|weitere\s+informationen\s+zu\b|informa[cç][oõ]es\s+adicionais\s+sobre\b|\bactualizaci[oó]n\b|\baktualisierung\b"
    r"|nadere\s+informatie\s+over\b|\bmise\s+à\s+jour\b|معلومات\s+إضافية\b|further\s+information(?:\s*\(?(?:no\.?\s?)?\d?\)?)?\s*(?:on|to)?\b|(?:and\s+)?follow[\s-]?ups?(?:\s+(?:on|to))?\b|\bupdate(?:s|d)?\b",
    re.I,
)
_ENDED = re.compile(
    r"\bbuenas\s+noticias\b|\bbonnes?\s+nouvelles?\b|\bgute\s+nachricht(?:en)?\b|\boutcome\b|\bgood\s+news\b|\bvictory\b|\bcase\s+closed\b",
    re.I,
)
_STOPPED = re.compile(
    r"\bpongan\s+fin\b|\bfin\s+de\s+(?:la\s+)?acci[oó]n\b|\baktion\s+beendet\b|\bfin\s+de\s+l['’]action\b|\bstop\s+(?:urgent\s+)?action\b|\burgent\s+action\s+stopped\b|\bplease\s+stop\b",
    re.I,
)
_PARENTHESES = re.compile(r"\([^()]{0,160}?(?:\d{4}|\b[A-Z]{3}\s?\d\d/)[^()]{0,160}\)")
_WEB = re.compile(
    r"^(?P<title>.{4,300}?)\s*\((?P<country>[^():]{2,60}):\s*(?P<number>UA\s*\d{1,4}[./]\d{2,4})\)\s*$", re.I
)
_LABELS = re.compile(
    r"\bacci[oó]n(?:es)?\s+urgentes?\b\s*[:–-]?|\bactions?\s+urgentes?\b\s*[:–-]?|\ba[cç]c?[aã]o\s+urgente\b\s*[:–-]?|\beilaktion\b\s*:?"
    r"|تحرك\s+عاجل\s*:?|\bspoedactie\b\s*:?|\b[ií]ndice(?:\s+ai)?\s*:|\b(?:ai|amnesty)[\s-]index\s*:|\bdocument\s+public\b|^\s*p[uú]blico\b"
    r"|\b(?:fecha|datum|data|country|pa[ií]s|pays|land)\s*:|\((?:\W*(?:ua|au)\s+)?(?:active?\s+depuis|active\s+since|aktiv\s+seit)\s*:?|\bU\s?R\s?G\s?E\s?N\s?T\s+A\s?C\s?T\s?I\s?O\s?N\b(?:\s+(?:appeal|update|outcome|A\s?P\s?P\s?E\s?A\s?L)\b)?(?:\s+type\s+and\s+number)?\s*[:–-]?"
    r"|\bstop\s+action\b|\bexternal\b(?:\s*\(for\s+general\s+distribution\))?|^\s*public\b|\bdistr(?:ib)?\s*:\s*[A-Z/]+"
    r"|^\W*urgent\s+(?:appeal|intervention|alert)\W*$|(?:\b(?:ai|amnesty)\s+)?\bindex(?:\s+(?:number|no\.?))?\s*:|\b(?:issue|publication|release)?\s*\bdate\s*:|\bpublished\s*(?:on)?\s*:"
    r"|\bcountry\s*:|\b(?:type\s+and\s+)?number\s*:|^[\s\W]*from\s+amnesty\s+international(?:\s+\w+)?\s*$|^\W*amnesty\s+international\W*$",
    re.I,
)
_URGENT = re.compile(r"^\W*(?:urgent|rapid)\s+(?:action|appeal|intervention|alert)\b[^:]{0,20}$", re.I)
_LONGEST_LINE = 400  # characters of a head line that may have been wrapped


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
    deadline: date | None = None
    titled_by: str = ""  # what bore the title: "number", "heading" or a line of its own
    references: list[str] = field(default_factory=list)  # every index reference of its own, as met
    previous: str | None = None  # an index reference, from "(AMR 23/55/91, 2 October 1991)"


def read_heading(lines: list[str], title: str | None, ledger: Ledger, *, month_first: bool = False) -> Heading:
    """The head in `lines`; `title` is one that a label of its own announced."""
    heading = Heading(title=title)
    continues = False  # whether the line before gave the title
    for line in _whole(lines):
        if title is None and heading.title and _URGENT.match(line) and not heading.number:
            ledger.leave(heading.title)  # what stood above "urgent appeal" is the organisation's name
            heading.title = None
        rest = _read_archived(line, heading, ledger)
        rest = rest or _read_web_title(line, heading, ledger) or _read_references(line, heading, ledger, month_first)
        if not rest:
            continues = False
            continue
        if continues and heading.title and rest.casefold() == heading.title.casefold():
            ledger.repeat(rest)
            continue
        if continues and heading.title and is_capitals(rest) and is_capitals(heading.title) and not country(rest):
            heading.title = f"{heading.title} {rest}"
            continue
        continues = _place(rest, line, heading, ledger)
    return heading


def number_in(line: str) -> str | None:
    """The action's number in a line of the head: "UA 90/13"."""
    found = _NUMBER.search(line) or _CALLED.search(line) or _ARCHIVED.match(line)
    if not found:
        return None
    groups = found.groupdict()
    return str(ActionNumber.parse(groups.get("number") or f"{groups['serial']}/{groups['year']}"))


def read_reference(text: str) -> str | None:
    """The first index reference in `text`, as it is printed today: "ASA 33/7416/2023"; also out of a web address."""
    found = INDEX.search(text) or re.search(
        r"/(?P<area>afr|amr|asa|eur|mde|act|pol|ior)(?P<place>\d\d)/(?P<rest>\d{1,5}/\d{4})", text, re.I
    )
    return f"{found['area'].upper()} {found['place']}/{' '.join(found['rest'].split())}" if found else None


def _column(match: re.Match[str], ledger: Ledger) -> str:
    ledger.label(match.group())
    return " "


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


def _read_archived(line: str, heading: Heading, ledger: Ledger) -> str | None:
    """A heading such as "UA: Peru Second 7.24", read into the heading; a space stands for nothing left of it."""
    found = _ARCHIVED.match(line)
    if not found or not (named := country(found["country"])) or heading.number:
        return None
    heading.country, heading.number = named, str(ActionNumber.parse(found["number"]))
    if found["turn"] and found["turn"].casefold() not in ("first", "1st"):
        heading.kind = ActionKind.FURTHER_INFORMATION
    ledger.reading(line)
    return " "


def _read_deadline(text: str, heading: Heading, ledger: Ledger, month_first: bool) -> str:
    """The text without a last day it names after "until", which goes into the heading."""
    for until in _UNTIL.finditer(text):
        found = dates.find(text[until.end() : until.end() + 40], month_first=month_first)
        if found and found.start < 3 and heading.deadline is None:
            heading.deadline = found.day
            end = until.end() + found.end
            ledger.reading(text[until.start() : end])
            return f"{text[: until.start()]}  {text[end:]}"
    return text


def _whole(lines: list[str]) -> list[str]:
    """The lines that say something, each with the next where parentheses stay open at its end."""
    whole: list[str] = []
    for line in filter(None, lines):
        held = re.match(r"\([^()]{3,60}:\s*(?:UA|AU)\s*\d", line)  # the end of a headline that a page's edge parted
        open_ended = whole and len(whole[-1]) < _LONGEST_LINE and whole[-1].count("(") > whole[-1].count(")")
        if whole and (held or open_ended):
            whole[-1] = f"{whole[-1]} {line}"
        else:
            whole.append(line)
    return whole


def _read_references(  # noqa: PLR0912 - each branch takes one thing out of the line
    line: str, heading: Heading, ledger: Ledger, month_first: bool
) -> str:
    """What is left of a line when numbers, references, dates and labels have been read out of it."""
    if _WEB.match(line) or _ARCHIVED.match(line):
        return ""
    rest = _read_deadline(line, heading, ledger, month_first)
    for group in _PARENTHESES.findall(rest):
        if read_reference(group) or _FURTHER.search(rest):
            heading.previous = read_reference(group) or heading.previous  # of several, the last is the latest
            ledger.leave(group)
            rest = rest.replace(group, " ", 1)
    for index in INDEX.finditer(rest):
        reference = str(read_reference(index.group()))
        heading.references.append(reference)
        heading.index_reference = fullest(heading.index_reference, reference)
        same = same_reference(reference, str(heading.index_reference))
        (ledger.reading if same else ledger.leave)(index.group())
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
        beside = re.findall(r"\w+", rest[: found.start] + " " + rest[found.end :])
        others = f"{rest[: found.start]} {rest[found.end :]}".strip(" |,;:–-")
        alone = all(word.casefold() in dates.weekdays() for word in beside) or country(others) is not None
        for word in beside if alone and not country(others) else []:
            ledger.reading(word)
            rest = re.sub(rf"\b{word}\b", " " * len(word), rest, count=1)
        if alone or number or "date" in line.casefold() or "index" in line.casefold():
            heading.issue_date = heading.issue_date or found.day
            (ledger.reading if found.day == heading.issue_date else ledger.leave)(rest[found.start : found.end])
            rest = rest[: found.start] + "  " + rest[found.end :]
    joining = re.compile(r"^\W*(?:and|on|-|–)\W*(?=$|\W)", re.I)
    if (number or further) and (lead := joining.match(rest)):
        ledger.label(lead.group())
        rest = rest[lead.end() :]
    if number:  # a column's rule, or the letter that stands for one: "UA 12/23 I Agir … I AI-Index"
        rest = re.sub(r"(?:^|(?<=\s))[I|](?=\s|$)|(?<=\s)[I|](?=\s)", lambda match: _column(match, ledger), rest)
        rest = re.sub(r"\(\W*\)", " ", rest)
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


def _place(  # noqa: PLR0911, PLR0912 - the first thing that the rest can be, read from the top
    rest: str, line: str, heading: Heading, ledger: Ledger
) -> bool:
    """Put the rest of a head line where it belongs; whether it was the title, which may go on in the next line."""
    numbered = bool(_NUMBER.search(line) or INDEX.search(line) or _FURTHER.search(line))
    by_number = bool(_NUMBER.search(line) or _CALLED.search(line))
    if named := country(rest):
        heading.country = heading.country or named
        ledger.reading(rest)
        return False
    if re.match(r"^\W*[/|]", line[_urgent_end(line) :]) and not numbered:
        ledger.leave(rest)  # "URGENT ACTION / LANTERN NETWORK": who sends it
        return False
    if (ended := _country_last(rest)) and (heading.title is None or by_number):
        heading.country = heading.country or ended[1]
        ledger.reading(rest[len(ended[0]) :])
        rest = ended[0].strip(" ,;:–—-(")
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
        open_title = heading.title is None or (
            heading.titled_by in ("line", "heading") and is_headline(after) and labelled
        )
        headline, names = headline_and_names(after) if open_title else ("", after)
        if headline:
            if heading.title:
                ledger.leave(heading.title)  # what stood above "Country: headline" is who sends it
            heading.title, heading.titled_by = headline, "number" if by_number else "line"
        for subject in subjects_of(names, ledger) if names else []:
            _add_subject(subject, heading, ledger)
        return bool(headline)
    figures_alone = not re.search(r"[^\W\d_]{2}", rest)  # neither a title nor a name
    if (
        figures_alone
        or re.match(r"[A-Z]{3}\s?\d{3}\s?/\s?\d{4}\b", rest)
        or re.match(r"(?:case|code|ref(?:erence)?|rapid\s+alert|appeal)\b[^a-z]{0,6}.{0,30}\d", rest, re.I)
    ):
        ledger.leave(rest)
        return False
    if by_number and heading.title and heading.titled_by == "heading":
        ledger.leave(heading.title)
        heading.title = None
    if heading.title is None and not (heading.country and heading.number and heading.subjects):
        heading.title = plain(rest)
        heading.titled_by = "number" if by_number else "heading" if _LABELS.search(line) else "line"
        return True
    if heading.country and heading.number and not numbered and len(rest) < 160:
        bullet = BULLET.match(rest)
        for subject in subjects_of(rest[bullet.end() :] if bullet else rest, ledger):
            _add_subject(subject, heading, ledger)
        return False
    if plain(rest).casefold() != (heading.title or "").casefold():
        ledger.leave(rest)
    else:
        ledger.repeat(rest)  # the title, printed again on the next page
    return False


def _urgent_end(line: str) -> int:
    """Where the words that name any action end, at the start of a line."""
    found = re.match(r"\W*urgent\s+action\b(?:\s+(?:appeal|update|outcome))?", line, re.I)
    return found.end() if found else len(line)


def _country_last(text: str) -> tuple[str, str] | None:
    """A headline and the country behind its dash or in parentheses: "Held without charge – Chad"."""
    found = re.match(
        r"(?P<headline>.{6,200}?)(?:\s+[–—-]\s+(?P<dashed>[^–—()-]{3,60})|\s*\((?P<held>[^()]{3,60})\))\W*$", text
    )
    named = country((found["dashed"] or found["held"]).strip(" .")) if found else None
    return (found["headline"], named) if found and named else None


def _add_subject(subject: Subject, heading: Heading, ledger: Ledger) -> None:
    """One more at risk; a name met before in other letters is the same person."""
    for at, known in enumerate(heading.subjects):
        if known.name.casefold() == subject.name.casefold():
            ledger.repeat(known.name)
            heading.subjects[at] = Subject(subject.name, subject.pronoun or known.pronoun)
            return
    heading.subjects.append(subject)
