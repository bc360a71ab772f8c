"""A dossier: an appeal and those who signed it, printed as volumes for one official.

Names are set in type page by page, in parallel processes; then volumes are bound: cover letter, contents, appeal,
totals, names, annexes, how the signatures were verified. What was set lies in a work folder: a print that broke off
goes on from there. The same sheet and names give the same bytes, whatever the number of processes.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby, islice
from pathlib import Path
from typing import Any, NamedTuple

from campaign import language
from campaign.printing.addressee import Addressee
from campaign.printing.book import front_and_back, page_batches
from campaign.printing.book.binding import Bookmark, Furniture, Inset, bound
from campaign.printing.book.front_and_back import DossierSheet, PaperSheet, SignedAppeal
from campaign.printing.book.name_layout import (
    GREY,
    NAMES,
    NAMES_OF_A_PAGE,
    SANS,
    SERIF,
    TOP,
    WIDE,
    Entry,
    Page,
    Words,
    name_pages,
    words_pages,
)
from campaign.printing.book.page_batches import PAGES
from campaign.printing.book.page_writer import Line
from campaign.printing.book.print_workers import Presses
from campaign.printing.book.shaper import Style
from campaign.printing.book.volumes import Plan, Section, SetPage, Volume, planned
from campaign.printing.engine.archive import Attachment
from campaign.printing.engine.fonts import lacking
from campaign.printing.engine.pdf import Laid, pull
from campaign.printing.engine.text import one_line

__all__ = ["Addressee", "Bound", "DossierSheet", "Entry", "PaperSheet", "SignedAppeal", "Words", "bind", "set_pages"]

# What is called as work goes on: how many names are set by now. It may raise to stop.
Progress = Callable[[int], None]

_POINTS = 0.75  # of a pixel of CSS
_HEAD, _FOOT = 799.5, 35.5  # baselines, in points from the foot of the page
_HEADED = 60  # characters of a running head
_RUNNING, _SMALL = Style(SERIF, 9, bold=True), Style(SANS, 7.5, ink=GREY)


class Ends(NamedTuple):
    """What a volume opens and closes with, laid out."""

    front: Laid
    back: Laid


@dataclass(frozen=True)
class Book:
    """All pages of names set, in galleys of a folder, and how they are to be bound."""

    sheet: DossierSheet
    plan: Plan
    folder: Path
    galleys: tuple[str, ...]
    together: int  # pages of a galley
    laid: Mapping[int, Ends] = field(default_factory=dict, compare=False)  # what planning laid out, while at hand

    def __reduce__(self) -> tuple[Any, ...]:
        """What goes to another process: there, front and back are laid out anew."""
        return Book, (self.sheet, self.plan, self.folder, self.galleys, self.together)


@dataclass(frozen=True)
class Bound:
    """A bound volume: its file, its pages, and the first and last number of its names, if it has any."""

    number: int
    file: Path
    pages: int
    numbers: tuple[int, int] | None


def set_pages(
    sheet: DossierSheet,
    entries: Iterable[Entry],
    words: Iterable[Words],
    folder: Path,
    presses: Presses,
    progress: Progress = lambda _names: None,
    together: int = PAGES,
) -> Book:
    """Set all names and words, and plan the volumes. Galleys that lie in the folder from before are used again.

    Pages are set `together` by one press, and put down as one galley.
    `entries` come ordered by number, those of a country together. A letter that no installed font has is printed as a
    box with its code, and told of in the back. Raises `Unprintable` if front or back need such a letter.
    """
    direction = language.direction(sheet.locale)
    presses.expect(sheet.named // (NAMES_OF_A_PAGE * together))
    told: list[SetPage] = []
    jobs = _jobs(_pages(sheet, entries, words, told), together, direction, folder)
    done = 0
    files: dict[int, str] = {}
    for number, file, names in presses.print(_set_galley, jobs):
        files[number] = file
        done += names
        progress(done)
    plan, laid = _planned(sheet, told)
    return Book(sheet, plan, folder, tuple(files[number] for number in sorted(files)), together, laid)


def bind(book: Book, presses: Presses, leave: frozenset[int] = frozenset()) -> Iterator[Bound]:
    """Bind the volumes but for those to `leave`, each given as it is done: in any order."""
    wanted = [volume for volume in book.plan.volumes if volume.number not in leave]
    yield from presses.print(_bind_volume, [_Binding(book, volume) for volume in wanted])


@dataclass(frozen=True)
class _Setting:
    """Pages to be set as one galley."""

    number: int
    pages: tuple[Page, ...]
    direction: str
    folder: Path


@dataclass(frozen=True)
class _Binding:
    """A volume to be bound from the galleys of a folder."""

    book: Book
    volume: Volume


def _pages(
    sheet: DossierSheet, entries: Iterable[Entry], words: Iterable[Words], told: list[SetPage]
) -> Iterator[Page]:
    """All pages to be set, in the order of the book; what must be known of each later is put into `told`."""
    titles = front_and_back.titles(sheet)
    waiting: list[Entry] = []  # those of the page that is being filled
    sections = (
        (
            Section.NAMES,
            name_pages(_kept(entries, waiting), sheet.named, titles[Section.NAMES], sheet.paper_size, sheet.locale),
        ),
        (Section.WORDS, words_pages(words, titles[Section.WORDS], sheet.paper_size)),
        (Section.PAPER, name_pages(_on_paper(sheet), 0, titles[Section.PAPER], sheet.paper_size)),
    )
    for section, pages in sections:
        for page in pages:
            boxes = lacking("".join(set("".join(text for column in page.columns for _, text in column))))
            boxed = [it.number for it in waiting if boxes and _stands_on(it, page) and boxes & set(one_line(it.name))]
            told.append(
                SetPage(
                    section,
                    page.first,
                    page.last,
                    tuple(page.headings),
                    tuple(page.opened),
                    tuple(sorted(boxes)),
                    tuple(number for number in boxed if number is not None),
                )
            )
            waiting[:] = [it for it in waiting if it.number and page.last and it.number > page.last]
            yield page


def _kept(entries: Iterable[Entry], waiting: list[Entry]) -> Iterator[Entry]:
    for entry in entries:
        waiting.append(entry)
        yield entry


def _stands_on(entry: Entry, page: Page) -> bool:
    return bool(entry.number and page.first and page.last and page.first <= entry.number <= page.last)


def _on_paper(sheet: DossierSheet) -> Iterator[Entry]:
    for paper in sheet.paper:
        heading = front_and_back.paper_heading(paper, sheet)
        names = (*paper.names, front_and_back.names_elsewhere(paper, sheet) or "")
        # Without a number there is no line for a name of which nothing is left to print.
        yield from (Entry(None, name, heading) for name in names if one_line(name))


def _jobs(pages: Iterator[Page], together: int, direction: str, folder: Path) -> Iterator[_Setting]:
    number = 0
    while some := tuple(islice(pages, together)):
        yield _Setting(number, some, direction, folder)
        number += 1


def _set_galley(job: _Setting) -> tuple[int, str, int]:
    """Set a galley, unless it lies there already; gives its number, its file's name, and how many names are in it."""
    file = job.folder / f"{job.number:06}-{page_batches.key_of(job.pages, job.direction)[:32]}.galley"
    if not file.exists():
        page_batches.write(file, page_batches.set_galley(job.pages, job.direction))
    return job.number, file.name, sum(page.names for page in job.pages)


def _planned(sheet: DossierSheet, told: list[SetPage]) -> tuple[Plan, Mapping[int, Ends]]:
    """The plan in which front and back have the pages that they do have: they tell of the plan themselves."""
    first, later, back = front_and_back.likely_pages(sheet), 1, 1
    for _attempt in range(5):
        plan = planned(told, first, later, back)
        # All volumes but the first open alike.
        laid = {it.number: _ends(sheet, plan, it) for it in (plan.volumes[0], *plan.volumes[1:][-1:])}
        found = [laid[number].front.pages for number in sorted(laid)]
        backs = max(ends.back.pages for ends in laid.values())
        if (first, backs) == (found[0], back) and found[1:] in ([], [later]):
            break
        first, later, back = found[0], [*found, later][1], backs
    return plan, laid


def _ends(sheet: DossierSheet, plan: Plan, volume: Volume) -> Ends:
    return Ends(front_and_back.front(sheet, plan, volume), front_and_back.back(sheet, plan, volume))


def _bind_volume(job: _Binding) -> Bound:
    book, volume = job.book, job.volume
    sheet, plan = book.sheet, book.plan
    front, back = book.laid.get(volume.number) or _ends(sheet, plan, volume)
    if (front.pages, back.pages) != (volume.front, volume.back):
        raise RuntimeError(f"volume {volume.number} was planned with {volume.front} and {volume.back} pages around it")
    size = book.together
    galleys = tuple(
        (
            page_batches.read(book.folder / book.galleys[n]),
            max(0, volume.start - n * size),
            min(size, volume.end - n * size),
        )
        for n in range(volume.start // size, -(-volume.end // size))
    )
    inset = Inset(galleys, tuple(_furniture(sheet, plan, volume)), tuple(_sections(plan, volume)))
    pdf = bound(
        pull(front, back),
        volume.front,
        inset,
        _bookmarks(sheet, plan, volume, inset, front, back),
        language.direction(sheet.locale),
        sheet.code,
        (_manifest(sheet, plan, volume),),
        sheet.frozen_at,
    )
    # A name of its own, as with galleys.
    file = book.folder / f"volume-{volume.number}-{secrets.token_hex(6)}.pdf"
    file.write_bytes(pdf)
    return Bound(volume.number, file, volume.pages, plan.numbers(volume))


def _manifest(sheet: DossierSheet, plan: Plan, volume: Volume) -> Attachment:
    """What a machine may want to know of a volume, kept in it."""
    told = {
        "code": sheet.code,
        "action": {"number": sheet.action_number, "title": sheet.title, "language": sheet.locale},
        "organisation": sheet.organisation,
        "frozen_at": sheet.frozen_at.isoformat(),
        "named": sheet.named,
        "withheld": sheet.withheld,
        "on_paper": sheet.on_paper,
        "countries": [{"country": country, "named": n, "withheld": w} for country, n, w in sheet.totals],
        "tree": {"entries": sheet.tree[0], "root": sheet.tree[1]} if sheet.tree else None,
        "printed_as_boxes": {"letters": [f"U+{ord(char):04X}" for char in plan.boxes], "names": plan.boxed},
        "audit": {"event": sheet.audit[0], "link": sheet.audit[1]} if sheet.audit else None,
        "volume": volume.number,
        "volumes": len(plan.volumes),
        "pages": volume.pages,
        "names": plan.numbers(volume),
    }
    content = json.dumps(told, ensure_ascii=False, indent=2).encode() + b"\n"
    says = language.gettext(sheet.locale, "What this volume holds, for machines")
    return Attachment(f"signature-book-{sheet.code}-volume-{volume.number}.json", "application/json", says, content)


def _sections(plan: Plan, volume: Volume) -> Iterator[int]:
    """How many pages of a volume each of its sections has."""
    for _, pages in groupby(plan.pages_in(volume), key=lambda page: page.section):
        yield len(list(pages))


def _furniture(sheet: DossierSheet, plan: Plan, volume: Volume) -> Iterator[Furniture]:
    """What stands above and below each set page: where we are, in the book and in the names."""
    titles, foot = front_and_back.titles(sheet), front_and_back.footer(sheet, plan, volume)
    direction = language.direction(sheet.locale)
    rtl = direction == "rtl"
    grid = NAMES.on(sheet.paper_size)
    near, far = (grid.left + WIDE, grid.left) if rtl else (grid.left, grid.left + WIDE)
    head = _HEAD + grid.top - TOP
    for place, page in enumerate(plan.pages_in(volume), volume.start):
        ends = " – ".join(dict.fromkeys((page.headings[0], page.headings[-1]))) if page.headings else ""
        says = one_line(ends if page.section is Section.NAMES else titles[page.section])
        lines = [
            Line(says if len(says) <= _HEADED else says[: _HEADED - 1] + "…", near, head, _RUNNING, rtl, direction),
            Line(foot, near, _FOOT, _SMALL, rtl, direction),
            Line(
                language.in_digits(f"{volume.page_of(place)} / {volume.pages}", sheet.locale),
                far,
                _FOOT,
                _SMALL,
                not rtl,
                "ltr",
            ),
        ]
        if page.first is not None and page.last is not None:
            numbers = front_and_back.numbers((page.first, page.last), sheet)
            subtotal = front_and_back.on_this_page(page.last - page.first + 1, sheet)
            lines.append(Line(f"{numbers} · {subtotal}", far, head, _SMALL, not rtl, direction))
        yield Furniture(tuple(lines))


def _bookmarks(
    sheet: DossierSheet, plan: Plan, volume: Volume, inset: Inset, front: Laid, back: Laid
) -> list[Bookmark]:
    """The bookmarks of a volume: what its front and back say of themselves, and between them the set pages'."""
    contents = [content for _, content in inset.contents]
    sections = []
    start = 0
    for (section, page), length in zip(plan.sections(volume), inset.sections, strict=True):
        under = [
            Bookmark(text, page + place, y)
            for place, content in enumerate(contents[start : start + length])
            for passage, text, y in content.headings
            if content.tags[passage] == "H3"
        ]
        sections.append(Bookmark(front_and_back.titles(sheet)[section], page, _HEAD, tuple(under)))
        start += length
    return [*_marks(front, 0), *sections, *_marks(back, volume.pages - volume.back)]


def _marks(laid: Laid, before: int) -> list[Bookmark]:
    """The bookmarks of a part that so many pages stand before."""

    def marks(tree: Any) -> tuple[Bookmark, ...]:
        return tuple(Bookmark(says, before + page + 1, y, marks(under)) for says, (page, _, y), under, _ in tree)

    return [*marks(laid.document.make_bookmark_tree(_POINTS, transform_pages=True))]
