"""The cues by which the parts of a bulletin are told apart, whatever its layout.

A cue is a label or a heading at the start of a line. Most are consumed: they say what follows and are no part of
it. Those that carry something themselves (a date, a sentence to keep) stay with what follows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto


class Section(Enum):
    """What a run of lines tells."""

    HEAD = auto()  # numbers, dates, country, names: everything above the running text
    TITLE = auto()
    SUMMARY = auto()
    ACTION = auto()  # "take action": steps, then officials
    DEMANDS = auto()
    OFFICIALS = auto()
    COPIES = auto()
    LETTER = auto()
    BACKGROUND = auto()
    LANGUAGES = auto()
    DEADLINE = auto()
    SUBJECTS = auto()
    GENDER = auto()
    PREVIOUS = auto()
    TAIL = auto()  # what nothing announces any more


@dataclass(frozen=True)
class Cue:
    """A cue met at the start of a line: `label` was its text, `rest` is what the line says after it."""

    section: Section
    label: str
    rest: str
    date: str | None = None  # a date inside the label: "PLEASE SEND APPEALS BEFORE 27 SEPTEMBER 2019 TO:"


_HINT = r"(?:\s*\([^()\n]{0,80}\))?"  # "(400 words + relevant links)"
_STOP = rf"{_HINT}\s*(?::|$)"
_APPEALS = r"(?:appeals?|letters?|messages?|faxes|protests?|e-?mails?|telegrams?)"
_UNTIL = r"(?:before|by|until|no\s+later\s+than)"
_DATE = r"(?P<date>[^:\n]{4,40}?)"

# (section, whether the label stays in the text, pattern). The first that fits wins.
_CUES: tuple[tuple[Section, bool, str], ...] = (
    (Section.DEADLINE, True, r"(?:please\s+)?check\s+with\b(?=[^\n]{0,250}\b(?:after|deadline)\b)"),
    (Section.PREVIOUS, True, r"this\s+is\s+the\s+[\w-]+\s+update\s+(?:of|to|on)\b"),
    (Section.PREVIOUS, True, r"further\s+information\s*:?\s*(?=https?://|www\.)"),
    (
        Section.PREVIOUS,
        False,
        r"(?:web\s*)?links?\s+to\s+(?:the\s+)?previous\s+(?:ua|urgent\s+actions?|actions?)s?\s*:?",
    ),
    (Section.PREVIOUS, False, r"previous\s+(?:ua|urgent\s+action)s?\s*:"),
    (
        Section.HEAD,
        True,
        r"(?:further\s+information\s+on\s+|\w{4,8}\s+)?(?:ua|ija|extra)\s*:?\s*\d{1,4}\s?/\s?\d\d\b(?=.{0,60}index)",
    ),
    (
        Section.HEAD,
        True,
        r"(?:(?:further\s+information|follow[\s-]?up)\s+(?:on|to)\s+)?(?:ua|extra)\s*:?\s*\d{1,4}\s?/\s?\d\d\b(?=.{0,150}$)",
    ),
    (Section.HEAD, True, r"(?:publication|issue|release)\s+date\s*:|published\s*(?:on)?\s*:|country\s*:"),
    (Section.HEAD, True, r"(?:(?:urgent\s+action|ua|action)\s+)(?:type\s+and\s+number|number|no\.?)\s*:"),
    (Section.HEAD, True, r"(?:ai\s+|amnesty\s+)?index(?:\s+(?:number|no\.?))?\s*:\s*(?:$|(?=[a-z]{3}\s?\d\d))"),
    (Section.TITLE, False, r"(?:(?:urgent\s+action|ua|action)\s+)title\s*:"),
    (Section.SUMMARY, False, rf"(?:(?:urgent\s+action|ua|case)\s+)?summary(?:\s+of\s+the\s+case)?{_STOP}"),
    (Section.SUMMARY, False, rf"(?:brief\s+)?description\s+of\s+the\s+(?:situation|facts|case|events){_STOP}"),
    (
        Section.LETTER,
        False,
        rf"(?:(?:urgent\s+action|sample|model|suggested|draft|template|example|appeal)\s+){{1,2}}"
        rf"(?:letter|message){_HINT}\s*(?::|$|(?=\s(?:dear|your)\b))|letter\s*:",
    ),
    (
        Section.OFFICIALS,
        False,
        r"targets?(?:[’']s|s?[’'])?\s+contact\s+(?:details|information)"
        r"(?:\s*(?:&|and)\s*[“\"”'‘’]?copies\s+to[“\"”'‘’]?)?\s*:?",
    ),
    (Section.OFFICIALS, False, rf"(?:(?:official|government)\s+)?contact\s+(?:information|details){_STOP}"),
    (
        Section.OFFICIALS,
        False,
        r"(?:please\s+)?(?:contact|write\s+to)\s+(?:this|these|the\s+following|the)\s+(?:\w+\s+)?"
        rf"(?:official|authorit|target|addressee)\w*(?:\s+{_UNTIL}\s+{_DATE})?\s*:",
    ),
    (
        Section.OFFICIALS,
        False,
        rf"please\s+send\s+(?:your\s+)?{_APPEALS}\s+(?:to\s+arrive\s+)?{_UNTIL}\s*:?\s+{_DATE}\s*,?\s*to\s*(?::|$)",
    ),
    (
        Section.OFFICIALS,
        False,
        rf"(?:please\s+)?(?:send|direct|address|write|fax)\s+(?:your\s+|polite\s+|courteous\s+|respectful\s+){{0,3}}"
        rf"{_APPEALS}(?:[^:\n.]{{0,80}}\s)?\s*to\s*:",
    ),
    (
        Section.OFFICIALS,
        False,
        rf"{_APPEALS}\s+(?:should\s+be\s+sent\s+)?to\s*(?::|$)|(?:please\s+)?write\s+to\s*(?::|$)",
    ),
    (
        Section.OFFICIALS,
        False,
        r"(?:target\s+|postal\s+)?add?resses(?:\s+of\s+[^:\n]{0,40})?\s*:|addressees?\s*:|targets?\s*:",
    ),
    (
        Section.COPIES,
        False,
        r"(?:and\s+|please\s+){0,2}(?:also\s+)?(?:send\s+)?(?:a\s+)?(?:with\s+(?:a\s+)?)?cop(?:y|ies)\s+"
        rf"(?:of\s+(?:your\s+)?{_APPEALS}\s+)?(?:also\s+)?to\s*(?::|(?=[^\n]{{0,30}}diplomatic)|$)|cc\s*:",
    ),
    (Section.COPIES, False, r"(?:and\s+|please\s+)?(?:also\s+)send\s+copies\s+to\s*:?"),
    (Section.COPIES, True, r"(?:please\s+)?(?:also\s+)?(?:write|appeal)\s+to\s+(?:the\s+)?(?=diplomatic|embass)"),
    (Section.DEADLINE, True, r"please\s+send\s+appeals?\s+immediately\b"),
    (
        Section.DEADLINE,
        False,
        rf"(?:please\s+)?take\s+action\s+(?:as[\s-]+soon[\s-]+as[\s-]+possible\s*,?\s*)?(?:and\s+)?{_UNTIL}\s*:?",
    ),
    (Section.DEADLINE, True, r"(?:please\s+)?take\s+action\s+as[\s-]+soon[\s-]+as[\s-]+possible\b"),
    (
        Section.DEADLINE,
        False,
        r"(?:(?:ua|urgent\s+action|appeals?)\s+)?deadline(?:\s+notice)?(?:\s+for\s+(?:sending\s+)?appeals?)?\s*:",
    ),
    (Section.DEADLINE, True, rf"please\s+send\s+(?:your\s+)?{_APPEALS}\s+{_UNTIL}\b"),
    (
        Section.DEADLINE,
        True,
        r"(?:this\s+)?(?:urgent\s+action|action|appeal|ua)\s+(?:is\s+valid|expires|ends|closes)\b",
    ),
    (Section.DEMANDS, True, r"(?:further\s+|new\s+)?recommended\s+actions?\b\s*(?::|$)"),
    (Section.DEMANDS, True, r"please\s+(?:write|send)\b[^:\n]{0,250}:"),
    (
        Section.DEMANDS,
        True,
        r"(?:write|send)\s+(?:a\s+|an\s+)?(?:letter|e-?mail|appeal)[^:\n]{0,60}(?:tweet|fax|call)[^:\n]{0,60}:",
    ),
    (
        Section.DEMANDS,
        True,
        rf"(?:(?:requested|suggested)\s+actions?|actions?\s+(?:requested|required|needed)|demands){_STOP}",
    ),
    (
        Section.ACTION,
        False,
        r"take\s+action\s*[:!–-]?\s*(?:please\s+)?write\s+an\s+appeal\b(?:\s+in\s+your\s+own\s+words)?"
        r"(?:\s+or\s+use\s+th(?:is|e)\s+model\s+letter)?(?:\s+below)?\s*:?",
    ),
    (
        Section.ACTION,
        False,
        r"take\s+action(?:\s+now)?\s*[:!]?$|(?:or\s+)?use\s+this\s+model\s+letter\s*:?$|what\s+you\s+can\s+do\s*:?$",
    ),
    (
        Section.BACKGROUND,
        False,
        rf"(?:additional|background|further)\s+information{_STOP}|background{_STOP}|case\s+details{_STOP}",
    ),
    (Section.LANGUAGES, False, r"preferred\s+languages?(?:\s*\(s\))?(?:\s+to\s+address\s+(?:the\s+)?targets?)?\s*:?"),
    (
        Section.SUBJECTS,
        False,
        r"names?(?:\(s\))?\s*(?:and|&)\s*(?:preferred\s+|personal\s+)?(?:gender\s+)?pronouns?(?:\(s\))?\s*:?",
    ),
    (Section.SUBJECTS, False, r"names?(?:\(s\))?\s*:"),
    (Section.GENDER, False, r"gender\s*(?:\(?m\s?/\s?f\)?(?:/\w{1,8})?)?\s*:"),
    (
        Section.TAIL,
        True,
        r"(?:let\s+us\s+know\b|(?:please\s+)?click\s+here\b|kindly\s+inform\s+us\b|to\s+contact\s+the\s+observatory\b)",
    ),
)

_BEFORE = r"^[\s>“\"'#*•-]{0,4}(?:\(?\d{1,2}[.)]\s{0,3})?"
_COMPILED = tuple((section, keep, re.compile(f"{_BEFORE}(?:{cue})", re.I)) for section, keep, cue in _CUES)
_ANY = re.compile(_BEFORE + "(?:" + "|".join(cue.replace("?P<date>", "?:") for *_, cue in _CUES) + ")", re.I)

# Where a paragraph holds several parts, these begin one. Capitals, or a colon, keep them out of running text.
_BEGINS = re.compile(
    r"(?<=[\s.;:”\"’])(?=(?:(?:URGENT ACTION|PLEASE (?:WRITE|SEND|TAKE)|(?:FURTHER )?RECOMMENDED ACTION|APPEALS TO:"
    r"|(?:ALSO SEND )?COPIES (?:TO|OF)|ADDITIONAL INFORMATION|BACKGROUND INFORMATION|(?:SAMPLE|MODEL) LETTER"
    r"|TAKE ACTION|PREFERRED LANGUAGE|NAME AND|LINK TO PREVIOUS|CONTACT INFORMATION|APPEAL DEADLINE)\b"
    r"|And copies to:|Also send copies to |Please check with |Please write immediately |Gender m/f|First UA:"
    r"|(?<!tion: )Dear [A-Z][^,:\n]{1,60}[,:] (?=[A-Z])|Please take action as|This is the \w{3,12} update of"
    r"|Further information on (?:UA|EXTRA):? ?\d|UA: ?\d{1,4}/\d\d Index"
    r"|Yours (?:sincerely|faithfully|respectfully|truly)))"
    r"(?<!COPIES )(?<!& \")"
)
_ENDS = re.compile(
    r"((?:^|\n)(?:URGENT ACTION|ADDITIONAL INFORMATION|BACKGROUND INFORMATION|(?:SAMPLE|MODEL) LETTER"
    r"|CONTACT INFORMATION|(?:PLEASE WRITE|Please write) [^:\n]{0,250}:|And copies to:"
    r"|PLEASE SEND APPEALS BEFORE [^:\n]{4,40} TO:|TAKE ACTION: WRITE AN APPEAL[A-Z ,]{0,70} MODEL LETTER)):? +(?=\S)"
)
_OWN_LINE = re.compile(r"(?<=\S)\s+(?=This is the \w{3,12} update (?:of|to|on) |Please check with )")
_BROKEN = re.compile(r"\W*take\s+action\s*:?\s.{0,60}\b(?:write|an|appeal|in|your|own|words|or|use|this)$", re.I)
_CROWDED = 260  # characters from which a line may hold several parts


def cue_of(line: str) -> Cue | None:
    """The cue a line begins with, if it begins with one."""
    if not _ANY.match(line):
        return None
    for section, keep, pattern in _COMPILED:
        if match := pattern.match(line):
            rest = line if keep else line[match.end() :].strip(' :-–"”')
            return Cue(section, "" if keep else match.group(), rest, match.groupdict().get("date"))
    return None


def open_up(lines: list[str]) -> list[str]:
    """The lines, those that hold several parts of a bulletin broken before each, a broken heading made whole."""
    opened: list[str] = []
    for line in lines:
        if opened and line.isupper() and len(line) < 60 and _BROKEN.match(opened[-1]):
            opened[-1] = f"{opened[-1]} {line}"
        elif len(line) < _CROWDED:
            opened.extend(_OWN_LINE.split(line))
        else:
            parted = _ENDS.sub(r"\1\n", _BEGINS.sub("\n", line))
            opened.extend(part.strip() for part in parted.split("\n") if part.strip())
    return opened
