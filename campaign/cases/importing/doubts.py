"""A careful reader leaves a doubtful field blank, and says why beside it.

What the guards (`guards.py`) take out of a field is offered as a doubt, and stands in `unplaced`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from campaign.cases.importing import cues, dates
from campaign.cases.importing.bulletin import Bulletin, Doubt, Official
from campaign.cases.importing.guards import (
    is_sentence,
    why_no_demand,
    why_no_name,
    why_no_office,
    why_no_paragraph,
    why_no_part_of_a_letter,
    why_no_place,
    why_no_place_alone,
    why_no_salutation,
    why_no_subject,
    why_no_summary,
    why_no_title,
    why_nobody,
    why_not_alone,
)
from campaign.cases.importing.letter import asks_somebody
from campaign.cases.importing.lines import is_capitals, plain
from campaign.cases.importing.order import OUT_OF_ORDER
from campaign.cases.importing.places import country, country_after
from campaign.cases.importing.titles import Kind, is_office_alone, kind_of, names_street
from campaign.sentences import Sentence
from campaign.vocabulary import ActionKind


def weighed(
    bulletin: Bulletin,
    lines: Sequence[str],
    rivals: Sequence[tuple[str, str, str]] = (),
    *,
    ordered: bool = True,
    whole: bool = True,
    named: bool = False,
) -> Bulletin:
    """The bulletin with doubtful values out of the fields and into `doubts`, after `rivals`: (field, value, why).

    Where the document's parts are not `ordered`, what only its place tells is doubtful. Where it is not `whole`, since
    it lost its lines, what may hold a piece of another part is. `named` says that a label gives the names of those at
    risk.
    """
    doubts = _Doubts(lines)
    for name, value, why in rivals:
        doubts.add(name, value, why)
    title = doubts.kept("title", bulletin.title, why_no_title)
    if title and not ((ordered and (whole or bulletin.number)) or is_capitals(title)):
        title = doubts.kept("title", title, lambda _: OUT_OF_ORDER)
    officials = _officials(bulletin, doubts, ordered=ordered, whole=whole)
    placed = _placed(ordered=ordered)
    summary = doubts.kept("summary", bulletin.summary, placed(why_no_summary))
    asking = any(map(cues.starts("demand").match, bulletin.demands))
    names = frozenset(it.name for it in bulletin.officials if it.name)

    def asked(text: str) -> str | None:
        plainly = cues.starts("demand").match(text) or asks_somebody(text)
        return why_no_demand(text, beside_asking=asking) or (None if ordered or plainly else OUT_OF_ORDER)

    demands = doubts.passed("demands", bulletin.demands, asked)
    background = doubts.passed("background", bulletin.background, placed(why_no_paragraph))
    background = _under_headings(background, doubts)
    letter = bulletin.letter
    alone = not bulletin.summary and not bulletin.background  # then the letter may hold what happened
    of_a_letter = partial(why_no_part_of_a_letter, closed=bool(letter.close) and not alone)
    paragraphs = doubts.passed("letter", letter.paragraphs, placed(of_a_letter), numbered=False)
    marked = {it.name for it in bulletin.subjects if it.pronoun}
    greeting = doubts.kept("letter.salutation", letter.salutation, why_no_salutation)
    greeted = sum(len(re.findall(r"\bDear\s+[A-Z]", line)) for line in lines)
    if greeting and (not paragraphs or not (whole or (letter.close and greeted < 2))):
        greeting = doubts.kept("letter.salutation", greeting, lambda _: Sentence("These are the words of a letter."))
    plain_names = [it.name for it in bulletin.subjects]
    sure = ordered and not any(names_street(it) or is_office_alone(it) for it in plain_names)
    subjects = doubts.passed(
        "subjects",
        plain_names,
        lambda it: (
            why_no_subject(it, names, labelled=named or it in marked)
            or (None if sure or it in marked else OUT_OF_ORDER)
        ),
    )
    return replace(
        bulletin,
        title=title,
        summary=summary,
        officials=officials,
        demands=demands,
        letter=replace(
            letter, paragraphs=paragraphs, salutation=greeting, close=letter.close if greeting or paragraphs else None
        ),
        subjects=tuple(it for it in bulletin.subjects if it.name in subjects),
        background=background,
        doubts=tuple(doubts.told),
    )


def _placed(*, ordered: bool) -> Callable[[Callable[[str], str | None]], Callable[[str], str | None]]:
    """What makes of a guard one that lets nothing pass where the document's parts are not `ordered`."""
    return lambda why_not: why_not if ordered else lambda text: why_not(text) or OUT_OF_ORDER


class _Doubts:
    """The doubts of one bulletin, each with the line of the document that it stands on."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = lines
        self.told: list[Doubt] = []

    def add(self, field: str, value: str, why: str) -> None:
        self.told.append(Doubt(field, _line_of(value, self.lines), value, why))

    def kept(self, field: str, text: str | None, why_not: Callable[[str], str | None]) -> str | None:
        """The text, or None and a doubt if there is a reason against it."""
        if text and (why := why_not(text)):
            self.add(field, text, why)
            return None
        return text

    def passed(
        self, field: str, texts: Sequence[str], why_not: Callable[[str], str | None], *, numbered: bool = True
    ) -> tuple[str, ...]:
        """The texts without those that there is a reason against; each of these is a doubt of the numbered field."""
        names = [f"{field}.{at}" if numbered else field for at in range(len(texts))]
        return tuple(text for name, text in zip(names, texts, strict=True) if self.kept(name, text, why_not))


def _under_headings(background: tuple[str, ...], doubts: _Doubts) -> tuple[str, ...]:
    """The paragraphs of the background, headings among them if a paragraph follows."""
    kept: list[str] = []
    for at, text in enumerate(background):
        follows = at + 1 < len(background) and is_sentence(background[at + 1])
        if is_sentence(text) or follows:
            kept.append(text)
        else:
            doubts.add(f"background.{at}", text, Sentence("This is no whole sentence."))
    return tuple(kept)


def _officials(bulletin: Bulletin, doubts: _Doubts, *, ordered: bool, whole: bool) -> tuple[Official, ...]:
    kept: list[Official] = []
    for official in bulletin.officials:
        field = f"officials.{len(kept)}"
        before = len(doubts.told)
        name = doubts.kept(f"{field}.name", official.name, why_no_name)
        office = doubts.kept(f"{field}.office", official.office, partial(why_no_office, named=bool(name)))
        told = doubts.told[before:]
        places = doubts.passed(f"{field}.address", official.address, why_no_place, numbered=False)
        if office and not ordered and kind_of(office) is Kind.INSTITUTION:
            office = doubts.kept(f"{field}.office", office, lambda _: OUT_OF_ORDER)
        if name is None:
            places = doubts.passed(f"{field}.address", places, why_no_place_alone, numbered=False)
        if office is None:
            places = doubts.passed(f"{field}.address", places, _why_not_office, numbered=False)
        places = _to_its_end(f"{field}.address", places, doubts)
        greeting = doubts.kept(f"{field}.salutation", official.salutation, why_no_salutation)
        sound = replace(official, name=name, office=office, address=places, salutation=greeting)
        why = why_nobody(sound)
        if not whole and not why:
            why = why_not_alone(official)
        if not why:
            kept.append(sound)
            continue
        # What is told of nobody can begin a new official, and must not be offered to the next one.
        doubts.told[before:] = [
            replace(it, field=it.field.replace(field, "officials.new", 1)) for it in doubts.told[before:]
        ]
        if not told:
            doubts.add("officials", ", ".join(filter(None, (official.name, official.office, *official.address))), why)
    return tuple(kept)


def _why_not_office(text: str) -> str | None:
    return Sentence("This is somebody's name or office.") if is_office_alone(text) else None


def _to_its_end(field: str, places: tuple[str, ...], doubts: _Doubts) -> tuple[str, ...]:
    """The lines of an address to the one that names the country; what stands under it is offered."""
    end = next((at for at, line in enumerate(places) if country(line) or ("," in line and country_after(line))), None)
    for line in places[end + 1 :] if end is not None else ():
        doubts.add(field, line, Sentence("The address ends above this line."))
    return places if end is None else places[: end + 1]


def missing(bulletin: Bulletin) -> tuple[str, ...]:
    """The fields that an action needs before it can open and this bulletin does not give."""
    needed = {
        "title": bulletin.title,
        "country": bulletin.country,
        "summary": bulletin.summary,
        "officials": bulletin.officials,
        "deadline": bulletin.deadline,
    }
    if bulletin.kind in (ActionKind.STOP, ActionKind.OUTCOME):
        del needed["officials"], needed["deadline"]
    return tuple(name for name, value in needed.items() if not value)


def _line_of(value: str, lines: Sequence[str]) -> int | None:
    """The line, counted from 1, on which a value stands first; a day in whichever way it is printed."""
    start = value[:40]
    stands = next((at for at, line in enumerate(lines, 1) if start in plain(line)), None)
    if stands is None and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        days = ((at, dates.find(plain(line))) for at, line in enumerate(lines, 1))
        return next((at for at, found in days if found and found.day.isoformat() == value), None)
    return stands
