"""A bulletin out of a text: part it, read each part, account for every word."""

from __future__ import annotations

import re
from collections import Counter

from campaign.cases.importing.bulletin import Bulletin, ModelLetter, Official, Previous, Subject
from campaign.cases.importing.cues import Section, open_up
from campaign.cases.importing.dates import is_month_first
from campaign.cases.importing.heading import Heading, read_heading
from campaign.cases.importing.ledger import Ledger, unaccounted
from campaign.cases.importing.letter import asks, is_signature, read_letter
from campaign.cases.importing.lines import is_capitals, paragraphs, plain, read_lines, web_addresses
from campaign.cases.importing.officials import read_officials
from campaign.cases.importing.particulars import (
    Deadline,
    only_own_language,
    read_deadline,
    read_demands,
    read_languages,
    read_previous,
    read_subjects,
)
from campaign.cases.importing.places import country_after, country_of_index
from campaign.cases.importing.sections import Part, part
from campaign.errors import Unreadable
from campaign.vocabulary import ActionKind, ActionNumber, RecipientRole

LONGEST = 500_000  # characters; a bulletin has some ten thousand
MOST_LINES = 20_000

_NUMBER_WITHIN = re.compile(r"\burgent\s+action\s+(\d{1,4}[./]\d{2})\b", re.I)
_CLOSED = re.compile(r"\bno\s+further\s+(?:urgent\s+)?actions?\s+(?:is|are)\s+(?:requested|required|needed)", re.I)


def parse(text: str) -> Bulletin:
    """Read a bulletin's text. Raises `Unreadable` if it has neither an official nor a letter nor a deadline.

    Time grows with the length of the text and with nothing else, up to `LONGEST` characters; longer is refused.
    """
    return account_for(text)[0]


def account_for(text: str) -> tuple[Bulletin, Ledger]:
    """The bulletin, and what of its text was dropped as a label or read into a value of another form."""
    if len(text) > LONGEST or text.count("\n") > MOST_LINES:
        raise Unreadable("This document is too long to be a bulletin.")
    ledger = Ledger()
    lines = open_up(read_lines(text))
    parts = part(lines, ledger)
    reader = _Reader(parts, ledger, month_first=is_month_first(text))
    bulletin = reader.bulletin(tuple(web_addresses("\n".join(lines))))
    if not (bulletin.officials or bulletin.letter or bulletin.deadline):
        raise Unreadable("We found no official, no letter and no deadline. This does not seem to be a bulletin.")
    ledger.left, again = _apart(ledger.left, bulletin.title)
    ledger.repeats += again
    accounted = [*texts_of(bulletin), *ledger.labels, *ledger.readings, *ledger.repeats, *ledger.left]
    missing = unaccounted([line for line in lines if line != "\f"], accounted)
    unplaced = tuple(ledger.left + missing)
    return _with(bulletin, unplaced), ledger


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


def _with(bulletin: Bulletin, unplaced: tuple[str, ...]) -> Bulletin:
    return Bulletin(**{**vars(bulletin), "unplaced": unplaced})


class _Reader:
    """The parts of one document, read section by section."""

    def __init__(self, parts: list[Part], ledger: Ledger, *, month_first: bool) -> None:
        self.parts = parts
        self.month_first = month_first
        self.ledger = ledger

    def bulletin(self, links: tuple[str, ...]) -> Bulletin:
        heading, summary, background = self._told()
        officials = self._officials()
        letter = self._letter()
        demands, languages = self._demands()
        languages = self._languages() or languages
        deadline = self._deadline(heading)
        previous = self._previous(heading)
        self._tail(heading)
        return Bulletin(
            kind=self._kind(heading, [summary or "", *background]),
            number=heading.number or self._number_within(),
            index_reference=heading.index_reference,
            issue_date=heading.issue_date,
            country=_country(heading, officials, previous),
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
        heading = read_heading(self._lines(Section.HEAD), title, self.ledger, month_first=self.month_first)
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

    def _officials(self) -> tuple[Official, ...]:
        read: list[Official] = []
        for one in self.parts:
            if one.section in (Section.ACTION, Section.OFFICIALS):
                read += read_officials(one.lines, RecipientRole.TO, self.ledger)
            elif one.section is Section.COPIES:
                read += read_officials(one.lines, RecipientRole.COPY, self.ledger)
        return tuple(dict.fromkeys(read))

    def _letter(self) -> ModelLetter:
        letters = [read_letter(one.lines, self.ledger) for one in self.parts if one.section is Section.LETTER]
        letters = [letter for letter in letters if letter]
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
        day = next((deadline.day for deadline in read if deadline.day), None)
        return Deadline(day, next((deadline.after for deadline in read if deadline.after), None))

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

    def _number_within(self) -> str | None:
        """The number a web page only gives where it asks to report: "Urgent Action 71.23"."""
        found = _NUMBER_WITHIN.search(" ".join(self._lines(Section.TAIL, Section.ACTION, Section.DEADLINE)))
        return str(ActionNumber.parse(found[1])) if found else None

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


def _country(heading: Heading, officials: tuple[Official, ...], previous: Previous) -> str | None:
    """The country: printed in the head, else told by an index reference, else where the officials are."""
    told = heading.country or country_of_index(heading.index_reference) or country_of_index(previous.index_reference)
    if told:
        return told
    places = [
        official.address[-1] if official.address else official.office or ""
        for official in officials
        if official.role is RecipientRole.TO
    ]
    seats = [seat for place in places if (seat := country_after(place))]
    return Counter(seats).most_common(1)[0][0] if seats else None
