"""Binding: set pages put between the front and the back of a volume, as one tagged PDF/UA-1 file.

Front and back are one print like any other. The set pages are added to its pages, its structure tree, its bookmarks
and its fonts, all by hand: what joins PDFs in general loses their tags, or their fonts come once for each part.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, OutlineItem, Pdf, String

from campaign.printing.book.packing import Listed, Names, packed
from campaign.printing.book.page_batches import Content, Galley
from campaign.printing.book.page_writer import Compositor, Line
from campaign.printing.book.shared_fonts import resources_for
from campaign.printing.engine.archive import Attachment, attach, date_of

# How a front, which is laid out before the names are bound in, links to a page of its volume.
TO_PAGE = "volume-page:"


@dataclass(frozen=True)
class Furniture:
    """What stands around the columns of a set page."""

    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Bookmark:
    """A line of the bookmarks: what it says, and the page (counted from 1) and the height it leads to."""

    says: str
    page: int
    height: float
    under: tuple[Bookmark, ...] = ()


@dataclass(frozen=True)
class Inset:
    """The set pages of a volume: pages `start` up to `end` of each galley, in order, with their furniture.

    `sections` are how many of the pages belong together, in order: each becomes a section of the structure.
    """

    galleys: tuple[tuple[Galley, int, int], ...]
    furniture: tuple[Furniture, ...]
    sections: tuple[int, ...]

    @property
    def contents(self) -> Iterator[tuple[int, Content]]:
        """(which galley, content) of each page."""
        for which, (galley, start, end) in enumerate(self.galleys):
            for content in galley.pages[start:end]:
                yield which, content


def bound(
    cover: bytes,
    front: int,
    inset: Inset,
    bookmarks: Sequence[Bookmark],
    direction: str,
    code: str,
    attachments: Sequence[Attachment],
    at: datetime,
) -> bytes:
    """One volume: the first `front` pages of a print, the inset, the other pages. Deterministic.

    Each page says in its data which dossier it is of, so that one taken out, or saved anew, is still known.
    """
    with pikepdf.open(io.BytesIO(cover)) as pdf:
        compositor = Compositor(direction)
        around = [_furnished(compositor, it) for it in inset.furniture]
        resources = resources_for(pdf, [*(galley.used for galley, _, _ in inset.galleys), compositor.used()])
        # The names of fonts are the same in both, so that one dictionary serves a page and what stands around it.
        both = [_merged(pdf, mine, resources[-1]) for mine in resources[:-1]]
        pages = [
            _page(pdf, content, foot, both[which])
            for (which, content), foot in zip(inset.contents, around, strict=True)
        ]
        names = _tag(pdf, pages, [content for _, content in inset.contents], inset.sections, front)
        for place, page in enumerate(pages):
            pdf.pages.insert(front + place, pikepdf.Page(page))
        _lead(pdf)
        attach(pdf, attachments, at)
        known = Dictionary(Campaign=Dictionary(LastModified=String(date_of(at)), Private=String(f"%dossier {code}")))
        known = pdf.make_indirect(known)
        for each in pdf.pages:
            each.obj.PieceInfo = known
        pdf.Root.PageLabels = Dictionary(Nums=Array([0, Dictionary(S=Name.D)]))
        _bookmark(pdf, bookmarks)
        return packed(pdf, names)


def _furnished(compositor: Compositor, furniture: Furniture) -> Content:
    compositor.passage("Artifact", None, furniture.lines)
    return Content(compositor.page(), (), ())


def _merged(pdf: Pdf, mine: Object, around: Object) -> Object:
    """The resources of a page and of its furniture: where both have a font, the page's says what its glyphs are."""
    fonts = Dictionary(dict(around.Font.items()))
    for name, font in mine.Font.items():
        fonts[name] = font
    return pdf.make_indirect(Dictionary(Font=fonts, XObject=mine.XObject))


def _page(pdf: Pdf, content: Content, around: Content, resources: Object) -> Object:
    stream = pdf.make_stream(b"")
    stream.write(_gone_on(content, around), filter=Name.FlateDecode)
    first = pdf.pages[0].obj
    return pdf.make_indirect(
        Dictionary(
            Type=Name.Page,
            MediaBox=first.MediaBox,
            TrimBox=first.TrimBox,
            BleedBox=first.BleedBox,
            Contents=stream,
            Resources=resources,
            Tabs=Name.S,
        )
    )


def _gone_on(content: Content, around: Content) -> bytes:
    """A page's content and what stands around it, deflated as one: they say much the same."""
    deflater = zlib.compressobj(9, zlib.DEFLATED, 15, 9)
    return deflater.compress(inflated(content) + inflated(around)) + deflater.flush()


def _tag(pdf: Pdf, pages: Sequence[Object], contents: Sequence[Content], sections: Sequence[int], front: int) -> Names:
    """Put the passages of set pages into the structure tree, between what stands on the pages before and after.

    Gives the names among them, whose elements are written with the file.
    """
    root = pdf.Root.StructTreeRoot
    document = root.K[0]
    numbers = root.ParentTree.Nums
    key = 1 + max((int(numbers[place]) for place in range(0, len(numbers), 2)), default=-1)
    elements = []
    names = Names()
    start = 0
    for length in sections:
        section = pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name.Sect, P=document, K=Array()))
        elements.append(section)
        kids = []
        for page, content in zip(pages[start : start + length], contents[start : start + length], strict=True):
            parents, tops = _elements(pdf, section, page, content.tags, str(pdf.Root.Lang), names)
            page.StructParents = key
            numbers.append(key)
            numbers.append(parents)
            kids += tops
            key += 1
        section.K = Array(kids)
        start += length
    before = {page.obj.objgen for page in pdf.pages[:front]}
    kids = [*document.K.as_list()]
    place = next((n for n, kid in enumerate(kids) if kid.Pg.objgen not in before), len(kids))
    document.K = Array([*kids[:place], *elements, *kids[place:]])
    return names


def _elements(
    pdf: Pdf, section: Object, page: Object, tags: Sequence[str], locale: str, names: Names
) -> tuple[Object, list[Object]]:
    """The elements of a page: the array of those that hold its passages, and those that stand in its section.

    Names that follow each other are one list; each tells its language.
    """
    holders: list[tuple[str, int]] = []
    tops: list[Object] = []
    items: Object | None = None
    for number, said in enumerate(tags):
        tag, _, tongue = said.partition(" ")
        if tag != "LI":
            items = None
            holder = pdf.make_indirect(Dictionary(S=Name(f"/{tag}"), P=section, Pg=page, K=number))
            tops.append(holder)
            holders.append(("", holder.objgen[0]))
            continue
        if items is None:
            listed = Dictionary(O=Name.List, ListNumbering=Name.Decimal)
            items = pdf.make_indirect(Dictionary(S=Name.L, P=section, K=pdf.make_indirect(Array()), A=listed))
            tops.append(items)
        place = len(names.listed)
        # A name of no language of its own is read as the document is, and says so: what is alike costs nothing.
        names.listed.append(Listed(items.objgen[0], page.objgen[0], number, tongue or locale))
        names.arrays.setdefault(items.K.objgen[0], []).append(("item", place))
        holders.append(("body", place))
    parents = pdf.make_indirect(Array([pdf.get_object(number, 0) for kind, number in holders if not kind]))
    if any(kind for kind, _ in holders):
        names.arrays[parents.objgen[0]] = holders
    return parents, tops


def _lead(pdf: Pdf) -> None:
    """Let links to pages of the volume, which its front knows by number alone, lead there."""
    for page in pdf.pages:
        for link in page.obj.get("/Annots", Array()):
            address = str(link.A.URI) if "/A" in link and "/URI" in link.A else ""
            if address.startswith(TO_PAGE):
                there = pdf.pages[int(address.removeprefix(TO_PAGE)) - 1].obj
                del link.A
                link.Dest = Array([there, Name.XYZ, None, None, None])


def _bookmark(pdf: Pdf, bookmarks: Sequence[Bookmark]) -> None:
    def item(bookmark: Bookmark) -> OutlineItem:
        made = OutlineItem(bookmark.says, bookmark.page - 1, "XYZ", left=0, top=bookmark.height, zoom=0)
        made.children.extend(map(item, bookmark.under))
        made.is_closed = bool(bookmark.under) and len(bookmark.under) > 12
        return made

    with pdf.open_outline() as outline:
        outline.root.clear()
        outline.root.extend(map(item, bookmarks))


def inflated(content: Content) -> bytes:
    """A page's operators, for who wants to read them."""
    return zlib.decompress(content.stream)
