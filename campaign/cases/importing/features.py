"""The marks that a line bears: what can be seen of it and of its neighbours, each by a name the grammar weighs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from campaign.cases.importing import cues, dates
from campaign.cases.importing.contacts import begins_with_contact, names_contact
from campaign.cases.importing.cues import Cue, Section, cue_of
from campaign.cases.importing.lines import BULLET, is_capitals, is_prose, plain, web_addresses
from campaign.cases.importing.places import country, country_before
from campaign.cases.importing.titles import HONORIFIC, Kind, kind_of, part_title

NUMBER = re.compile(
    r"\b(?:UA|IJA|AU|EXTRA|FU|FI)\b[\s:-]{0,3}\d{1,4}\s?[/.]\s?\d\d|further\s+information\s+on\s+\d", re.I
)
INDEX = re.compile(r"\b(?:AFR|AMR|ASA|EUR|MDE|ACT|POL|IOR)\s?\d{2}/", re.I)
_GENDER = re.compile(r"\((?:m|f|m/f|h|w)\)")
_SENTENCE = re.compile(r"[.!?…][\"'”’)\]»]*$")
_NOTE = re.compile(r"^\(.{1,160}\)\.?$")
_FIRM = {
    Section.BACKGROUND,
    Section.LANGUAGES,
    Section.DEADLINE,
    Section.PREVIOUS,
    Section.OFFICIALS,
    Section.COPIES,
    Section.SUBJECTS,
}
_BELOW_HEAD = {
    Section.OFFICIALS,
    Section.COPIES,
    Section.DEMANDS,
    Section.LETTER,
    Section.STEPS,
    Section.BACKGROUND,
}
_OPEN = (Section.STEPS, Section.LETTER, Section.HEAD, Section.SUBJECTS)  # what follows these is of any kind
DIPLOMATS = re.compile(
    r"\bdiplomatic\s+(?:represent|mission)|\brepresenta\w+\s+diplom|\bdiplomati(?:schen?|eke|que)\w*\s+vert"
    r"|repr[eé]sent\w+\s+diplomat|البعثات\s+الدبلوماسية|الممثلين\s+الدبلوماسيين",
    re.I,
)
_ASKS = re.compile(
    r"\b(?:urg(?:es?|ing)|call(?:s|ing)?\s+(?:up)?on|ask(?:s|ing)?|request(?:s|ing)?|demand(?:s|ing)?|exhorte\w*|demande\w*|inst(?:a|an|ar)"
    r"|piden?|solicitan?|fordert?|bittet|verzoekt?|pede|apela)\b",
    re.I,
)
_OWN = 2.0  # of a cue that an organiser chose; it outweighs what else the line looks like
_LOOKED_AT = 400  # characters of a line that its marks are taken from


@dataclass
class Marked:
    """A line of the document with its marks; `gap` says that a blank line stands before it."""

    text: str
    shown: str
    gap: bool = False
    cue: Cue | None = None
    marks: dict[str, float] = field(default_factory=dict)


def marked(lines: Sequence[str]) -> list[Marked]:
    """The lines that say something, marked."""
    found: list[Marked] = []
    gap = False
    for line in lines:
        shown = plain(line)
        if not shown:
            gap = True
            continue
        found.append(Marked(line, shown, gap))
        gap = False
    known: dict[str, Marked] = {}  # a line printed again bears the same marks
    for one in found:
        if before := known.get(one.text):
            one.cue, one.marks = before.cue, dict(before.marks)
            continue
        one.cue = cue_of(one.text)
        _mark_alone(one)
        known[one.text] = Marked(one.text, one.shown, cue=one.cue, marks=dict(one.marks))
    _mark_among(found)
    return found


def _mark_alone(one: Marked) -> None:
    """What can be seen of a line by itself."""
    shown = one.shown[:_LOOKED_AT]
    bullet = BULLET.match(shown)
    bare = shown[bullet.end() :] if bullet else shown
    contact = names_contact(one.text)
    prose = is_prose(shown)
    asks = bool(cues.starts("demand").match(bare))
    kind = None if prose or len(shown) > 160 else kind_of(bare)
    notice = bool(cues.starts("notice").match(bare))
    listed = bool(bullet) and not re.match(r"^[“\"]", shown)
    marks = {
        "prose": prose,
        "sentence": bool(_SENTENCE.search(one.shown[-12:])) and len(shown.split()) > 4,
        "long": len(one.shown) > 200,
        "short": len(shown) < 50,
        "capitals": is_capitals(shown),
        "bullet": listed,
        "contact": contact,
        "named_contact": contact and not begins_with_contact(bare),
        "number": bool(NUMBER.search(shown)) and (not prose or bool(NUMBER.match(shown) and len(shown) < 150)),
        "index": bool(INDEX.search(shown)) and not prose,
        "gender_mark": bool(_GENDER.search(shown[:160])),
        "date_alone": _is_date(shown),
        "country_alone": country(bare) is not None,
        "country_head": _leads_with_country(bare),
        "country_first": not prose and country_before(bare) is not None,
        "asks": asks and (listed or prose or len(bare.split()) > 3),
        "asks_listed": asks and listed,
        "advice": bool(cues.starts("advice").match(bare)) and not notice,
        "diplomats": bool(DIPLOMATS.search(shown)) and len(shown) < 300,
        "notice": notice,
        "labelled": not contact and bool(re.match(r"[^\W\d_][\w\s]{2,30}:\s+\S", shown)),
        "note": bool(_NOTE.match(shown)),
        "close": bool(cues.closing().match(shown)) and len(shown) < 200,
        "signature": bool(cues.signature().match(shown[:120])),
        "link_alone": bool(web_addresses(shown)) and len(shown.split()) < 3,
    }
    if kind is not None and not contact:
        marks |= {
            "titled": part_title(bare) is not None,
            "person": kind is Kind.PERSON,
            "honorific": kind is Kind.PERSON and bool(HONORIFIC.match(bare)),
            "office": kind is Kind.OFFICE,
            "institution": kind is Kind.INSTITUTION,
            "address": kind is Kind.ADDRESS and bool(re.search(r"\d", bare) or "," in bare),
        }
    one.marks = {name: 1.0 for name, borne in marks.items() if borne}
    if cue := one.cue:
        strength = _OWN if cue.own else 1.0 if cue.heads else 0.6
        if cue.section is Section.SUBJECTS and not cue.own and not re.search(r"pron|نوع|ضمير", cue.label, re.I):
            strength *= 0.6
        if cue.section is Section.HEAD and prose:
            strength *= 0.3
        one.marks[f"cue_{cue.section}"] = strength
        if cue.section in _FIRM:
            one.marks["cue_firm"] = strength


def _mark_among(lines: list[Marked]) -> None:  # noqa: PLR0912 - a mark a branch
    """What a line's neighbours say of it."""
    told = numbered = story = False  # whether the head is over; whether it gave a number
    for at, one in enumerate(lines):
        marks, shown = one.marks, one.shown
        after = lines[at + 1] if at + 1 < len(lines) else None
        before = lines[at - 1] if at else None
        running = "prose" in marks and ("sentence" in marks or "long" in marks)
        if "number" in marks and not numbered:
            told, numbered = False, True  # a head that comes late, under a covering mail
        if one.cue and one.cue.heads and one.cue.section in _BELOW_HEAD:
            told = True
        elif one.cue and one.cue.heads and one.cue.section is Section.HEAD and not story:
            told = False  # what stood above were links of a web page
        story = story or (running and not one.cue)
        if not told and at < 60:
            marks["top"] = 1.0
        else:
            marks["after_story"] = 1.0
        greeting = cues.greeting().match(shown) if "bullet" not in marks else None
        if greeting and not (one.cue and one.cue.section is Section.TAIL):
            rest = shown[greeting.end() :].strip()
            follows = is_prose(rest) and len(rest) > 50 if rest else _runs(after)
            marks["greeting" if follows else "salutation"] = 1.0
            if follows:
                marks.pop("prose", None)
                marks.pop("sentence", None)
        if _is_headline(one) and after is not None and _runs(after):
            marks["headline" if "top" in marks else "subhead"] = 1.0
        if "top" in marks and _is_headline(one):
            marks["headline"] = 1.0
        if shown.endswith(":") and after is not None and ("asks_listed" in after.marks or _ASKS.search(shown)):
            marks["leads_list"] = 1.0
        if "date_alone" in marks and after is not None and "number" in after.marks:
            marks["before_number"] = 1.0
        if before is not None:
            cue = before.cue
            lone = cue is not None and cue.heads and not cue.rest and cue.section not in _OPEN
            if lone or (shown[:1].islower() and not _SENTENCE.search(before.shown[-12:])):
                marks["goes_on"] = 1.0
        told = told or (running and "top" in marks and not one.cue) or "contact" in marks


def _runs(line: Marked | None) -> bool:
    """Whether a line is running text that nothing announces."""
    if line is None or line.cue is not None or begins_with_contact(line.text):
        return False
    return "prose" in line.marks or ("sentence" in line.marks and "contact" not in line.marks)


def _is_headline(one: Marked) -> bool:
    """Whether a line could stand over a text: short, of letters, and not a sentence."""
    shown = one.shown
    return (
        8 < len(shown) < 150
        and len(shown.split()) > 1
        and not re.search(r"[.!:;,]$", shown)
        and not one.marks.keys() & {"contact", "bullet", "address", "institution", "date_alone", "note", "signature"}
        and not one.marks.keys() & {"office", "titled", "honorific", "country_alone", "link_alone"}
        and one.cue is None
    )


def _leads_with_country(shown: str) -> bool:
    """Whether a line is a headline behind its country: "ERITREA: Fears for health of detained poet"."""
    lead = re.match(r"([^\W\d][^:\d–—]{2,40}?)\s*(?::|[–—]|\s-)\s+(?=\S)", shown)
    return bool(lead and len(shown) < 160 and not shown.endswith(".") and country(lead[1]))


def _is_date(shown: str) -> bool:
    """Whether a line is a date and no more: "Thursday, 12 March 2020"."""
    if len(shown) > 60 or not (found := dates.find(shown)):
        return False
    rest = re.findall(r"[^\W\d_]+", shown[: found.start] + " " + shown[found.end :])
    return all(word.casefold() in dates.weekdays() for word in rest)
