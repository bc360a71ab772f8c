"""A bulletin's lines, parted into its sections by one scan from top to bottom."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from campaign.cases.importing.contacts import begins_with_contact, names_contact
from campaign.cases.importing.cues import Cue, Section, cue_of
from campaign.cases.importing.ledger import Ledger
from campaign.cases.importing.lines import BULLET, is_prose, plain

SALUTATION = re.compile(
    r"^(?:dear|to\s+whom\s+it\s+may|your\s+(?:royal\s+|imperial\s+)?(?:excellenc|majest|high|hono|emin|holin|grace)\w*"
    r"|(?:his|her)\s+excellency|excellenc(?:y|e)|hono(?:u)?rable|respected|estimad[oa]|señora?|excelent[ií]sim[oa]"
    r"|excmo|exmo|monsieur|madame|sehr\s+geehrte|exzellenz|(?:sir|madam)\b|mr\.?\s+(?:president|minister))\b"
    r"(?:[^,:\n]{0,110}[,:]|[^,:.\n]{0,70}$)",
    re.I,
)
CLOSE = re.compile(
    r"^(?:yours\s+(?:very\s+)?(?:sincerely|faithfully|respectfully|truly|etc)|(?:very\s+)?(?:sincerely|respectfully)"
    r"(?:\s+(?:yours|submitted))?|(?:with\s+)?(?:kind|best|warm)\s+regards|with\s+(?:respect|high\s+esteem)"
    r"|atentamente|mit\s+freundlichen\s+grüßen|veuillez\s+agréer)\b(?:\s*[,.:]|\s*$)",
    re.I,
)
_GERUND = re.compile(
    r"^(?!(?:during|king|according|following|including|spring|nothing|something)\b)[a-z]{2,}ing\b", re.I
)
_ASKING = re.compile(
    r"^(?:urge|call\s+(?:up)?on|ask|demand|request|express|remind|insist|appeal|press|seek|welcome|encourage|condemn|tell)\s",
    re.I,
)
_NUMBER = re.compile(r"\b(?:UA|IJA|EXTRA|FU|FI)\b\s*:?\s*\d{1,4}\s?[/.]\s?\d\d|further\s+information\s+on\s+\d", re.I)
_GENDER = re.compile(r"\((?:m|f)\)")
_PAGE_NUMBER = re.compile(
    r"^\W*(?:page\s+)?\d{1,3}(?:\s*(?:of|/)\s*\d{1,3})?\W*$|^\W*page\s+\d{1,3}\s+of\s+.{0,60}$", re.I
)
_FURNITURE = re.compile(
    r"^(?:amnesty\s+international\s+(?:is\s+a\s+(?:global|world)|international\s+secretariat|urgent\s+action)"
    r"|(?:amnesty\s+international\W+)?(?:peter\s+benenson\s+house|1\s+easton\s+street)|©|copyright\b"
    r"|(?:www\.)?amnesty\.org\W*$|please\s+insert\s+local\s+diplomatic"
    r"|(?:ai\s+)?index\s*:\s*[a-z]{3}\s?\d\d/\S+\s+(?:amnesty|page)\b|choose\s+a\s+language\b)",
    re.I,
)
# Where running text follows, these alone say that something else begins; the rest may be said in a letter.
_FIRM = {Section.BACKGROUND, Section.LANGUAGES, Section.DEADLINE, Section.PREVIOUS, Section.OFFICIALS, Section.SUBJECTS}
_SHORT = {Section.LANGUAGES, Section.DEADLINE, Section.PREVIOUS, Section.GENDER}
_LISTS = {Section.OFFICIALS, Section.COPIES}
_BLOCKS = {Section.OFFICIALS, Section.COPIES, Section.ACTION}


@dataclass
class Part:
    """A run of lines of one section."""

    section: Section
    lines: list[str] = field(default_factory=list)
    date: str | None = None  # one that stood in the cue


def part(lines: list[str], ledger: Ledger) -> list[Part]:
    """`lines` as parts in order. Page furniture is out of them: numbers dropped, the rest left over."""
    scan = _Scan(_without_furniture(lines, ledger), ledger)
    return scan.run()


def begins_demand(line: str) -> bool:
    """Whether a line is a bullet, or says what is asked as "urging …" does."""
    bullet = BULLET.match(line)
    asked = line[bullet.end() :] if bullet else line
    return bool(_GERUND.match(asked) or _ASKING.match(asked)) or bool(bullet and is_prose(asked))


class _Scan:
    def __init__(self, lines: list[str], ledger: Ledger) -> None:
        self.lines = lines
        self.ledger = ledger
        self.parts = [Part(Section.HEAD)]
        self.numbered = False  # whether the head has given the action's number

    def run(self) -> list[Part]:
        for at, line in enumerate(self.lines):
            now = self.parts[-1].section
            cue = cue_of(line) if line else None
            if cue and self._believed(cue, now):
                self._begin(cue)
            elif not line:
                self.parts[-1].lines.append("")
            elif now is Section.LETTER:
                self._letter_line(line)
            elif self._begins_letter(at):
                self._reclaim_officials()
                self.parts.append(Part(Section.LETTER, [line]))
            else:
                self._line(line, now)
        return self.parts

    def _line(self, line: str, now: Section) -> None:
        self.numbered = self.numbered or (now is Section.HEAD and bool(_NUMBER.search(line)))
        if now in (Section.SUMMARY, Section.BACKGROUND, Section.TAIL, Section.HEAD) and names_contact(line):
            self._reclaim_officials(alone=not begins_with_contact(line))
        elif now is Section.HEAD and is_prose(line) and not self._is_title(line) and not _GENDER.search(line[:160]):
            self.parts.append(Part(Section.SUMMARY))
        elif now is Section.DEMANDS and self._demands_are_over(line):
            self.parts.append(Part(Section.OFFICIALS))
        elif (now in _SHORT and self._told(line)) or (now in _LISTS and is_prose(line) and len(line) > 200):
            self.parts.append(Part(Section.TAIL))
        self.parts[-1].lines.append(line)

    def _begin(self, cue: Cue) -> None:
        if cue.section is Section.HEAD and self._begins_late(cue):
            return
        if cue.section is Section.HEAD and self.parts[-1].section is not Section.HEAD and not cue.rest.endswith(":"):
            self.parts.insert(-1, Part(Section.HEAD, [cue.rest]))  # a line of the head within something else
            return
        self.ledger.label(cue.label.replace(cue.date, " ") if cue.date else cue.label)
        self.parts.append(Part(cue.section, [cue.rest] if cue.rest else [], cue.date))

    def _begins_late(self, cue: Cue) -> bool:
        """A number met for the first time after running text begins the head: what stood above it is a preface."""
        if self.numbered or not _NUMBER.search(cue.rest):
            return False
        self.numbered = True
        if self.parts[-1].section is not Section.SUMMARY:
            return False
        preface = self.parts[-1]
        short = len(preface.lines)
        while short and not is_prose(preface.lines[short - 1]) and "://" not in preface.lines[short - 1]:
            short -= 1
        for one in self.parts:
            one.section = Section.TAIL
        self.parts.append(Part(Section.HEAD, [*preface.lines[short:], cue.rest]))
        del preface.lines[short:]
        return True

    def _believed(self, cue: Cue, now: Section) -> bool:
        """Whether a cue means what it says where it stands."""
        if now is Section.LETTER and cue.section is Section.HEAD:
            return bool(_NUMBER.search(cue.rest)) and not is_prose(cue.rest)
        if now is Section.LETTER:
            return cue.section in _FIRM and not (cue.section is Section.SUBJECTS and cue.label.islower())
        if cue.section is Section.SUBJECTS and not re.search("pronoun", cue.label, re.I):
            return now not in _BLOCKS and now is not Section.HEAD
        if cue.section is Section.HEAD:
            return not is_prose(cue.rest)
        if cue.section is Section.TAIL:
            return now not in (Section.SUMMARY, Section.BACKGROUND)
        return True

    def _begins_letter(self, at: int) -> bool:
        """Whether a greeting stands here, with running text after it: else it is an official's salutation."""
        line = plain(self.lines[at])
        greeting = SALUTATION.match(line)
        if not greeting or BULLET.match(line):
            return False
        rest = line[greeting.end() :].strip()
        if rest:
            return is_prose(rest) and len(rest) > 60
        after = next((told for told in self.lines[at + 1 : at + 5] if told), "")
        return is_prose(after) and not cue_of(after) and not begins_with_contact(after)

    def _letter_line(self, line: str) -> None:
        self.parts[-1].lines.append(line)
        if CLOSE.match(line):
            self.parts.append(Part(Section.TAIL))

    def _demands_are_over(self, line: str) -> bool:
        asked = any(begins_demand(told) for told in self.parts[-1].lines)
        return asked and not begins_demand(line) and not is_prose(line)

    def _told(self, line: str) -> bool:
        """Whether the section has what its cue announced, so that a further line is something else."""
        told = self.parts[-1].lines
        goes_on = told and told[-1] and line[:1].islower() and not re.search(r"[.:]$", told[-1])
        return any(told) and not goes_on and (is_prose(line) or not told[-1])

    def _is_title(self, line: str) -> bool:
        """Whether a line, prose by its words, can only be the title: the first after "URGENT ACTION", and short."""
        before = [told for told in self.parts[-1].lines if told]
        return (
            len(line) < 140
            and not re.search(r"[.!?:]$", line)
            and all(re.search(r"urgent\s+action|\bUA\b|index", told, re.I) for told in before)
        )

    def _reclaim_officials(self, *, alone: bool = False) -> None:
        """The short lines before a contact or a letter that no cue announced are an official's name and address.

        A contact that no name stands before is nobody's, unless its line is one whole official (`alone`).
        """
        last = self.parts[-1]
        if last.section in _BLOCKS or last.section is Section.LETTER:
            return
        start = len(last.lines)
        gaps = 0
        while start and not is_prose(last.lines[start - 1]) and len(last.lines[start - 1]) < 120:
            gaps += not last.lines[start - 1]
            if gaps > 2 or re.match(r"\W*urgent\s+action", last.lines[start - 1], re.I):
                break
            start -= 1
        if last.section is Section.HEAD:  # a head has short lines of its own: only what stands in one block with it
            block = [at for at, told in enumerate(last.lines) if not told]
            start = max(start, block[-1] + 1 if block else 0)
        taken = last.lines[start:]
        if any(taken) or alone:
            del last.lines[start:]
            self.parts.append(Part(Section.OFFICIALS, taken))


def _without_furniture(lines: list[str], ledger: Ledger) -> list[str]:
    """The lines without what belongs to the page: numbers, running heads and feet, the organisation's imprint."""
    repeated = _running_heads(lines)
    seen: set[str] = set()
    kept: list[str] = []
    for line in lines:
        bare = plain(line).casefold()
        if line == "\f":
            continue
        again = bare in seen and (bare in repeated or re.fullmatch(r"\W*urgent\s+action\W*", bare))
        if again:
            ledger.repeat(line)
        elif _PAGE_NUMBER.match(line[:90]):
            ledger.label(line)
        elif _FURNITURE.match(line):
            ledger.leave(line)
        else:
            kept.append(line)
        seen.add(bare)
    return kept


def _running_heads(lines: list[str]) -> set[str]:
    """Lines that stand at the head or foot of more than one page, contacts aside: those may be two officials' own."""
    told = [plain(line).casefold() if line != "\f" else line for line in lines if line]
    count: Counter[str] = Counter()
    for at, line in enumerate(told):
        if line != "\f" and (at < 3 or "\f" in told[max(0, at - 2) : at + 3]) and not names_contact(line):
            count[line] += 1
    return {line for line, times in count.items() if times > 1}
