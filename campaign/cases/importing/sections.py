"""A bulletin's lines, parted into its sections: each line weighed for every section, then the whole decoded at once."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from campaign.cases.importing import cues
from campaign.cases.importing.contacts import names_contact
from campaign.cases.importing.cues import Section
from campaign.cases.importing.features import INDEX, NUMBER, Marked, marked
from campaign.cases.importing.grammar import Chosen, decode, grammar
from campaign.cases.importing.ledger import Ledger
from campaign.cases.importing.lines import plain
from campaign.cases.importing.order import DISORDER, disorder

_PAGE_NUMBER = re.compile(
    r"^\W*(?:(?:page|p[aá]gina|seite|pagina)\s+)?\d{1,3}(?:\s*(?:of|/|von|de|sur|van)\s*\d{1,3})?\W*$"
    r"|^\W*page\s+\d{1,3}\s+of\s+.{0,60}$",
    re.I,
)
# The roles of the grammar that are parts of one section.
_SECTIONS = {"paragraphs": Section.LETTER, "close": Section.LETTER, "sign": Section.TAIL}

_GOING_ON = {Section.OFFICIALS, Section.COPIES, Section.SUMMARY, Section.BACKGROUND, Section.LETTER}


@dataclass
class Part:
    """A run of lines of one section. `margins` says how sure each line's section is, as the grammar weighs it."""

    section: Section
    lines: list[str] = field(default_factory=list)
    date: str | None = None  # one that stood in the cue
    label: str = ""
    margins: list[float] = field(default_factory=list)

    @property
    def sure(self) -> float:
        """How sure the least sure of its lines is."""
        return min(self.margins, default=0.0)


def part(lines: list[str], ledger: Ledger) -> tuple[list[Part], bool]:
    """`lines` as parts, and whether these stand in the order of a bulletin.

    Page furniture is out of them: numbers dropped, the rest left over.
    """
    told = marked(_without_furniture(lines, ledger))
    rules = grammar()
    spaced = sum(one.gap for one in told if "short" in one.marks) * 10 > 6 * sum("short" in one.marks for one in told)
    gaps = [one.gap and not spaced for one in told]  # a blank line between any two lines says nothing
    chosen = decode([one.marks for one in told], gaps, rules)
    return _late_head(_parts(told, chosen, ledger)), disorder(told, chosen, rules) < DISORDER


def _late_head(parts: list[Part]) -> list[Part]:
    """The parts, where the head comes late: what was told above it belongs to a mail that covers the bulletin."""
    heads = [at for at, one in enumerate(parts) if one.section is Section.HEAD and any(map(names_action, one.lines))]
    told = any(one.section in (Section.SUMMARY, Section.DEMANDS) for one in parts[heads[0] :]) if heads else False
    if told:
        for one in parts[: heads[0]]:
            if one.section in (Section.SUMMARY, Section.BACKGROUND, Section.DEMANDS, Section.LETTER):
                one.section = Section.TAIL
    return parts


def names_action(line: str) -> bool:
    """Whether a line of the head gives the action's number or index, not only the words that name any action."""
    return bool(NUMBER.search(line) or INDEX.search(line))


def _parts(told: list[Marked], chosen: list[Chosen], ledger: Ledger) -> list[Part]:
    parts = [Part(Section.HEAD)]
    for one, choice in zip(told, chosen, strict=True):
        section = _SECTIONS.get(choice.role) or Section(choice.role)
        cue = one.cue if one.cue and one.cue.section is section and choice.role not in _SECTIONS else None
        consumed = cue is not None and bool(cue.label)
        if section is not parts[-1].section or consumed or choice.role == "letter":
            parts.append(Part(section))
        elif one.gap:
            parts[-1].lines.append("")
        now = parts[-1]
        if cue is not None and consumed:
            now.label, now.date = cue.label, cue.date
            if cue.own:
                ledger.labels.append(cue.label)  # an organiser said that it only leads to what follows
            else:
                ledger.label(cue.label.replace(cue.date, " ") if cue.date else cue.label)
            text = cue.rest
        else:
            text = one.text
        if text:
            now.lines.append(text)
            now.margins.append(choice.margin)
    return _healed(parts)


def _healed(parts: list[Part]) -> list[Part]:
    """The parts, those whole again that a line of the head, printed anew on the next page, had cut in two."""
    healed: list[Part] = []
    for one in parts:
        cut = len(healed) > 1 and healed[-1].section is Section.HEAD and healed[-2].section is one.section
        if cut and not one.label and one.section in _GOING_ON and len(healed[-1].lines) < 4:
            healed[-2].lines += one.lines
            healed[-2].margins += one.margins
        else:
            healed.append(one)
    return healed


def begins_demand(line: str) -> bool:
    """Whether a line says what is asked as "urging …" does."""
    return bool(cues.starts("demand").match(line))


def _without_furniture(lines: list[str], ledger: Ledger) -> list[str]:
    """The lines without what belongs to the page: numbers, running heads and feet, the organisation's imprint."""
    repeated = _running_heads(lines)
    seen: set[str] = set()
    kept: list[str] = []
    furniture = cues.starts("furniture")
    for line in lines:
        bare = plain(line).casefold()
        if line == "\f":
            continue
        again = bare in seen and (bare in repeated or re.fullmatch(r"\W*urgent\s+action\W*", bare))
        if again:
            ledger.repeat(line)
        elif _PAGE_NUMBER.match(line[:90]):
            ledger.label(line)
        elif furniture.match(line):
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
