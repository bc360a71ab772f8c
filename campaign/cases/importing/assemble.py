"""A bulletin out of a text: part it, read each part, account for every word."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from itertools import chain

from campaign.action_number import ActionNumber
from campaign.cases.importing import cues
from campaign.cases.importing.bulletin import Bulletin, ModelLetter, Official, Previous, Subject
from campaign.cases.importing.countries import country_of
from campaign.cases.importing.crowded import open_up
from campaign.cases.importing.cues import Section, cue_of
from campaign.cases.importing.dates import is_month_first
from campaign.cases.importing.doubts import missing as missing_fields
from campaign.cases.importing.doubts import weighed
from campaign.cases.importing.heading import INDEX, Heading, read_heading, read_reference
from campaign.cases.importing.layouts import cue_in
from campaign.cases.importing.ledger import Ledger, unaccounted
from campaign.cases.importing.letter import asks, closes, is_signature, read_letter
from campaign.cases.importing.lines import is_capitals, paragraphs, plain, read_lines, web_addresses
from campaign.cases.importing.officials import official_greeted, read_officials, without_repeats
from campaign.cases.importing.order import in_one_piece
from campaign.cases.importing.particulars import (
    Deadline,
    languages_within,
    only_own_language,
    read_deadline,
    read_demands,
    read_languages,
    read_previous,
    read_subjects,
)
from campaign.cases.importing.rivals import TWO_OF_A_KIND, all_days, days_alone, differ, fullest, same_reference
from campaign.cases.importing.sections import Part, names_action, part
from campaign.cases.importing.several import ANOTHER, first_of_several
from campaign.errors import Unreadable
from campaign.vocabulary import ActionKind, RecipientRole

LONGEST = 500_000  # characters; a bulletin has some ten thousand
MOST_LINES = 20_000

_DATED = (Section.HEAD, Section.DEADLINE)  # where a day that stands alone is told apart
_NUMBER_WITHIN = re.compile(r"\burgent\s+action\s+(\d{1,4}[./]\d{2})\b|\b(?:UA|AU)\s*:?\s*(\d{1,4}/\d{2})\b", re.I)
_CLOSED = re.compile(r"\bno\s+further\s+(?:urgent\s+)?actions?\s+(?:is|are)\s+(?:requested|required|needed)", re.I)


def parse(text: str, labels: Mapping[str, str] | None = None) -> Bulletin:
    """Read a bulletin's text. Raises `Unreadable` if it has neither an official nor a letter nor a deadline.

    `labels` are those of a layout of the office's own, {label: field}; they are looked for before the cues.

    Time grows with the length of the text and with nothing else, up to `LONGEST` characters; longer is refused.
    """
    if not labels:
        return account_for(text)[0]
    with cues.first_by(partial(cue_in, labels)):
        return account_for(text)[0]


def account_for(text: str) -> tuple[Bulletin, Ledger]:
    """The bulletin, and what of its text was dropped as a label or read into a value of another form."""
    if len(text) > LONGEST or text.count("\n") > MOST_LINES:
        raise Unreadable("This document is too long to be a bulletin.")
    ledger = Ledger()
    lines, others = first_of_several(open_up(read_lines(text)))
    for line in filter(None, others):
        ledger.leave(line)
    parts, ordered = part(lines, ledger)
    reader = _Reader(parts, ledger, month_first=is_month_first(text), ordered=ordered)
    bulletin = reader.bulletin(tuple(web_addresses("\n".join(lines))))
    if others:
        ledger.doubt("number", plain(next(filter(None, others))), ANOTHER)
    bulletin = weighed(
        bulletin, text.split("\n"), ledger.rivals, ordered=ordered, whole=not in_one_piece(text), named=reader.named
    )
    told = bulletin.number or bulletin.index_reference or (reader.recognised and (bulletin.title or bulletin.summary))
    if not (bulletin.officials or bulletin.letter or bulletin.deadline or told):
        raise Unreadable("We found no official, no letter and no deadline. This does not seem to be a bulletin.")
    ledger.left, again = _apart(ledger.left, bulletin.title)
    ledger.repeats += again
    accounted = [*texts_of(bulletin), *ledger.labels, *ledger.readings, *ledger.repeats, *ledger.left]
    missing = unaccounted([line for line in (*lines, *others) if line != "\f"], accounted)
    unplaced = tuple(ledger.left + missing)
    return replace(bulletin, unplaced=unplaced, missing=missing_fields(bulletin)), ledger


def _apart(left: list[str], title: str | None) -> tuple[list[str], list[str]]:
    """What was left over, and apart from it the title printed once more."""
    again = [text for text in left if title and text.casefold() == title.casefold()]
    return [text for text in left if text not in again], again


def texts_of(bulletin: Bulletin) -> list[str]:
    """Every text in a bulletin's fields, once each: demands taken from the letter are in the letter."""
    texts = [
        bulletin.number,
        bulletin.index_reference,
        bulletin.country,
        bulletin.title,
        bulletin.summary,
        bulletin.after_deadline,
    ]
    for official in bulletin.officials:
        texts += [
            official.name,
            official.office,
            *official.address,
            *official.email,
            *(it for entries in official.channels.values() for it in entries),
        ]
        texts += [official.salutation]
    letter = bulletin.letter
    texts += [letter.salutation, *letter.paragraphs, letter.close, *bulletin.languages, *bulletin.background]
    texts += [] if bulletin.demands == asks(letter) else bulletin.demands
    for subject in bulletin.subjects:
        texts += [subject.name, subject.pronoun]
    texts += bulletin.links
    return [text for text in texts if text]


class _Reader:
    """The parts of one document, read section by section."""

    def __init__(self, parts: list[Part], ledger: Ledger, *, month_first: bool, ordered: bool) -> None:
        self.ordered = ordered
        self.parts = parts
        self.month_first = month_first
        self.ledger = ledger

    def bulletin(self, links: tuple[str, ...]) -> Bulletin:
        heading, summary, background = self._told()
        letter = self._letter()
        officials = self._officials() or official_greeted(letter)
        demands, languages = self._demands()
        languages = languages or self._languages_of_labels()
        languages = self._languages() or languages
        deadline = self._deadline(heading)
        previous = self._previous(heading)
        self._tail(heading)
        self._number_within(heading)
        return Bulletin(
            kind=self._kind(heading, [summary or "", *background]),
            number=heading.number,
            index_reference=heading.index_reference,
            issue_date=heading.issue_date,
            country=country_of(heading, officials, previous, [heading.title or "", summary or ""]),
            title=heading.title,
            summary=summary,
            demands=demands or asks(letter),
            officials=officials,
            letter=letter,
            languages=languages,
            deadline=deadline.day,
            after_deadline=deadline.after,
            subjects=tuple(self._subjects() or heading.subjects),
            previous=previous,
            background=tuple(background),
            links=links,
        )

    def _lines(self, *sections: Section) -> list[str]:
        return [line for one in self.parts if one.section in sections for line in one.lines]

    def _text(self, section: Section) -> str:
        return " ".join(plain(line) for line in self._lines(section) if line)

    def _told(self) -> tuple[Heading, str | None, list[str]]:
        """Head, summary and background: the first paragraph under the title is the summary, the rest background."""
        story = paragraphs(self._lines(Section.SUMMARY))
        title = self._text(Section.TITLE) or None
        head = self._head()
        heading = read_heading(list(chain(*head)), title, self.ledger, month_first=self.month_first)
        self._doubt_rivals(heading, head)
        below = next((one.section for one in self.parts if one.section is not Section.HEAD and one.lines), None)
        if below is Section.TAIL and heading.issue_date and not (heading.number or heading.title):
            self.ledger.leave(heading.issue_date.isoformat())  # the day of a covering mail, not of the bulletin
            heading.issue_date = None
        if heading.title is None and story:
            heading.title, story[0] = _title_before(story[0])
        summary = story[0] if story else None
        background = story[1:] + paragraphs(self._lines(Section.BACKGROUND))
        kept = []
        for paragraph in background:
            if heading.title and paragraph.casefold() == heading.title.casefold():
                self.ledger.repeat(paragraph)  # printed again over the second page
            else:
                kept.append(paragraph)
        return heading, summary, kept

    def _doubt_rivals(self, heading: Heading, head: list[list[str]]) -> None:
        """Take an index or a day of issue out of the heading that has a rival in it."""
        if rivals := [it for it in heading.references if not same_reference(it, str(heading.index_reference))]:
            for value in dict.fromkeys((str(heading.index_reference), *rivals)):
                self.ledger.doubt("index_reference", value, TWO_OF_A_KIND)
            heading.index_reference = None
            for text in list(self.ledger.readings):
                if read_reference(text) and len(text) < 40:
                    self.ledger.unread(text)
        for line in chain(*(one.lines for one in self.parts)):
            for found in INDEX.finditer(line):
                heading.index_reference = heading.index_reference and fullest(
                    heading.index_reference, read_reference(found.group())
                )
        day = heading.issue_date
        beside = [lines for lines in head if any(map(names_action, lines))]  # where the action's number stands
        named = day and any(day in days_alone(lines, month_first=self.month_first) for lines in beside)
        mail = self._above_a_covering_mail() or []
        later = all(one >= day for one in days_alone(mail, month_first=self.month_first)) if day else False
        where = [lines for lines in head if not (named and later and lines is mail)]
        # A page in pieces leaves a day of the head among other lines; the last day for letters stands alone there too.
        where += [one.lines for one in self.parts if one.section not in _DATED and not one.label]
        days = days_alone(chain(*where), month_first=self.month_first)
        by_number = any(
            day in all_days(line, month_first=self.month_first) for line in filter(names_action, chain(*head))
        )
        if day and not by_number and differ([day, *days]):
            days = list(dict.fromkeys([day, *days]))
            for rival in days:
                self.ledger.doubt("issue_date", rival.isoformat(), TWO_OF_A_KIND)
            heading.issue_date = None

    def _above_a_covering_mail(self) -> list[str] | None:
        """The lines above a mail that covers the bulletin, where it begins with them: the day of the mail.

        No mail covers a bulletin of a later day.
        """
        told = [one for one in self.parts if one.lines]
        covered = len(told) > 1 and told[0].section is Section.HEAD and told[1].section is Section.TAIL
        return told[0].lines if covered else None

    def _head(self) -> list[list[str]]:
        """The lines of the head by where they stand; those with the number go before what a covering mail had above."""
        heads = [(at, one.lines) for at, one in enumerate(self.parts) if one.section is Section.HEAD]
        told = next((at for at, one in enumerate(self.parts) if one.section is not Section.HEAD and one.lines), 0)
        above = [lines for at, lines in heads if at < told]
        below = [lines for at, lines in heads if at > told]
        named_above, named_below = (any(map(names_action, chain(*lines))) for lines in (above, below))
        if named_below and not named_above:
            above, below = below, above
        return [*above, *below]

    def _officials(self) -> tuple[Official, ...]:
        read: list[Official] = []
        for one in self.parts:
            if one.section in (Section.STEPS, Section.OFFICIALS):
                read += read_officials(one.lines, RecipientRole.TO, self.ledger, by_gaps=not self.ordered)
            elif one.section is Section.COPIES:
                read += read_officials(one.lines, RecipientRole.COPY, self.ledger, by_gaps=not self.ordered)
        return without_repeats(read, self.ledger)

    def _languages_of_labels(self) -> tuple[str, ...]:
        """Languages that the instruction above the officials names: "… in English or Georgian to:"."""
        for one in self.parts:
            if one.section in (Section.OFFICIALS, Section.STEPS, Section.DEADLINE):
                told = " ".join([one.label.rstrip(" :"), *(one.lines if one.section is Section.DEADLINE else [])])
                if named := languages_within(told):
                    return named
        return ()

    @property
    def recognised(self) -> bool:
        """Whether the head says of itself that it is an action's."""
        cues_met = (cue_of(line) for line in self._lines(Section.HEAD) if line)
        return any(cue is not None and cue.section is Section.HEAD for cue in cues_met)

    @property
    def named(self) -> bool:
        """Whether a label gives the names of those at risk."""
        return any(one.section is Section.SUBJECTS and one.label for one in self.parts)

    def _letter(self) -> ModelLetter:
        runs = [one.lines for one in self.parts if one.section is Section.LETTER and one.lines]
        whole: list[list[str]] = []
        for lines in runs:  # a letter that a heading or a table cut in two has one greeting and one close
            if whole and not cues.greeting().match(plain(lines[0])) and not closes(whole[-1]):
                whole[-1] += ["", *lines]
            else:
                whole.append(list(lines))
        letters = [letter for lines in whole if (letter := read_letter(lines, self.ledger))]
        for other in letters[1:]:
            for text in filter(None, (other.salutation, *other.paragraphs, other.close)):
                self.ledger.leave(text)
        return letters[0] if letters else ModelLetter()

    def _demands(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        return read_demands(self._lines(Section.DEMANDS), self.ledger)

    def _languages(self) -> tuple[str, ...]:
        text = self._text(Section.LANGUAGES)
        return read_languages(text, self.ledger) if text else ()

    def _deadline(self, heading: Heading) -> Deadline:
        issued, american = heading.issue_date, self.month_first
        read = [read_deadline(self._text(Section.DEADLINE), issued, self.ledger, month_first=american)]
        for one in self.parts:
            if one.date:
                read.insert(0, read_deadline(one.date, issued, self.ledger, month_first=american))
        days = [deadline.day for deadline in read if deadline.day]
        days += [heading.deadline] if heading.deadline else []
        told = self._text(Section.DEADLINE)
        if days and len(all_days(told, month_first=american)) > 1:
            days += all_days(told, month_first=american)
        after = next((deadline.after for deadline in read if deadline.after), None)
        if differ(days):
            for day in dict.fromkeys(days):
                self.ledger.doubt("deadline", day.isoformat(), TWO_OF_A_KIND)
            return Deadline(None, after)
        return Deadline(days[0] if days else None, after)

    def _subjects(self) -> list[Subject]:
        genders = self._text(Section.GENDER) or None
        text = self._text(Section.SUBJECTS)
        if not text and genders:
            self.ledger.leave(f"Gender: {genders}")
        return read_subjects(text, genders, self.ledger) if text else []

    def _previous(self, heading: Heading) -> Previous:
        text = "\n".join(self._lines(Section.PREVIOUS))
        read = read_previous(text, self.ledger) if text.strip() else Previous()
        return Previous(read.url, read.index_reference or heading.previous)

    def _tail(self, heading: Heading) -> None:
        for line in self._lines(Section.TAIL):
            shown = plain(line)
            if heading.title is not None and shown.casefold() == heading.title.casefold():
                self.ledger.repeat(shown)
            elif is_signature(shown) or only_own_language(shown):
                self.ledger.label(shown)
            else:
                self.ledger.leave(shown)

    def _number_within(self, heading: Heading) -> None:
        """The number and the index that stand below: "Urgent Action 71.23", "UA: 53/21 Index: AMR 37/4242/2021"."""
        lines = self._lines(Section.TAIL, Section.STEPS, Section.DEADLINE, Section.SUBJECTS, Section.LANGUAGES)
        if heading.number is None and (found := _NUMBER_WITHIN.search(" ".join(lines))):
            heading.number = str(ActionNumber.parse(found[1] or found[2]))
        for line in lines:
            if heading.index_reference is None and heading.number and "index" in line.casefold():
                heading.index_reference = read_reference(line)

    def _kind(self, heading: Heading, told: list[str]) -> ActionKind:
        if heading.kind in (ActionKind.STOP, ActionKind.OUTCOME):
            return heading.kind
        tail = [text for text in self.ledger.left if _CLOSED.search(text)]
        if tail or any(_CLOSED.search(text) for text in told):
            return ActionKind.OUTCOME
        if heading.kind is ActionKind.FIRST and self._text(Section.PREVIOUS).lower().startswith("this is the"):
            return ActionKind.FURTHER_INFORMATION
        return heading.kind


def _title_before(paragraph: str) -> tuple[str | None, str]:
    """A title in capitals that the first paragraph begins with, and the paragraph without it."""
    told = paragraph.split()
    count = 0
    while count < len(told) and (is_capitals(told[count]) or not told[count].isalpha() or len(told[count]) == 1):
        count += 1
    while count and count < len(told) and told[count - 1] in ("A", "I"):
        count -= 1
    title = " ".join(told[:count])
    if count < 2 or count == len(told) or len(title) < 10 or not is_capitals(title):
        return None, paragraph
    return title, " ".join(told[count:])
