"""How a dossier is parted into volumes, and where all stands in them: counting only, before anything is bound."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

MOST_PAGES = 500


class Section(StrEnum):
    """What set pages hold, in the order of the book."""

    NAMES = "names"
    WORDS = "words"
    PAPER = "paper"


@dataclass(frozen=True)
class SetPage:
    """What is told of a page that is set: its numbers, its headings in order, and those that begin on it.

    `boxes` are its letters that no font has, which are printed as boxes, and `boxed` the numbers of names with them.
    """

    section: Section
    first: int | None
    last: int | None
    headings: tuple[str, ...]
    opened: tuple[str, ...]
    boxes: tuple[str, ...] = ()
    boxed: tuple[int, ...] = ()


@dataclass(frozen=True)
class Opening:
    """Where something begins: a volume and a page in it, both counted from 1."""

    what: str
    volume: int
    page: int


@dataclass(frozen=True)
class Volume:
    """One volume: `front` pages, then the set pages from `start` up to `end` (not included), then `back` pages."""

    number: int
    front: int
    start: int
    end: int
    back: int

    @property
    def pages(self) -> int:
        """All of its pages."""
        return self.front + self.end - self.start + self.back

    def page_of(self, set_page: int) -> int:
        """The page, counted from 1, of a set page that stands in this volume."""
        return self.front + set_page - self.start + 1


@dataclass(frozen=True)
class Plan:
    """All volumes, and what stands where in them."""

    volumes: tuple[Volume, ...]
    set_pages: tuple[SetPage, ...]

    def pages_in(self, volume: Volume) -> tuple[SetPage, ...]:
        """The set pages of a volume."""
        return self.set_pages[volume.start : volume.end]

    def numbers(self, volume: Volume) -> tuple[int, int] | None:
        """The first and last number of the names in a volume; None if it has no names."""
        names = [it for it in self.pages_in(volume) if it.section is Section.NAMES and it.first is not None]
        return (names[0].first or 0, names[-1].last or 0) if names else None

    def headings(self, volume: Volume) -> tuple[str, str] | None:
        """The first and last heading of the names in a volume."""
        named = [heading for it in self.pages_in(volume) if it.section is Section.NAMES for heading in it.headings]
        return (named[0], named[-1]) if named else None

    def openings(self, section: Section) -> tuple[Opening, ...]:
        """Where each heading of a section begins, in order."""
        return tuple(
            Opening(heading, volume.number, volume.page_of(place))
            for volume in self.volumes
            for place in range(volume.start, volume.end)
            if self.set_pages[place].section is section
            for heading in self.set_pages[place].opened
        )

    @property
    def boxes(self) -> tuple[str, ...]:
        """All letters that no font has, in order."""
        return tuple(sorted({char for page in self.set_pages for char in page.boxes}))

    @property
    def boxed(self) -> tuple[int, ...]:
        """The numbers of all names with such letters, in order."""
        return tuple(number for page in self.set_pages for number in page.boxed)

    def sections(self, volume: Volume) -> tuple[tuple[Section, int], ...]:
        """The sections of a volume and the page each begins or goes on."""
        there = groupby(range(volume.start, volume.end), key=lambda place: self.set_pages[place].section)
        return tuple((section, volume.page_of(next(places))) for section, places in there)


def planned(pages: Sequence[SetPage], front: int, later_front: int, back: int) -> Plan:
    """Part set pages into as few volumes as hold them, of like thickness.

    `front` is how many pages stand before those of the first volume, `later_front` before those of all others.
    """
    total, count = len(pages), 1
    while True:
        fronts = [front] + [later_front] * (count - 1)
        rooms = [MOST_PAGES - its_front - back for its_front in fronts]
        if sum(rooms) >= total:
            break
        count += 1
    volumes, start = [], 0
    for number, (its_front, room) in enumerate(zip(fronts, rooms, strict=True), 1):
        left = count - number + 1
        share = min(room, -(-(total - start) // left))
        volumes.append(Volume(number, its_front, start, start + share, back))
        start += share
    return Plan(tuple(volumes), tuple(pages))
