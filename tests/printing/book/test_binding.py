"""Binding: set pages become part of a volume, as if they had been printed with it."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pikepdf
import pytest

from tests.printing.book.test_dossier import ENTRIES, MANY, SHEET
from tests.printing.books import printed
from tests.printing.engine.test_pdf import DOSSIER as URDU
from tests.printing.engine.test_pdf import ENTRIES as URDU_ENTRIES


@pytest.fixture(scope="module")
def volume() -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(printed(SHEET, ENTRIES).pdf))


def kids_of(element: Any) -> list[Any]:
    """What stands under an element: elements, and numbers of passages."""
    kids = element.get("/K", [])
    return list(kids) if isinstance(kids, (pikepdf.Array, list)) else [kids]


def elements(pdf: pikepdf.Pdf) -> Iterator[Any]:
    """The structure tree in the order of reading."""

    def walk(element: Any) -> Iterator[Any]:
        yield element
        for kid in kids_of(element):
            if isinstance(kid, pikepdf.Dictionary) and kid.get("/Type") != "/OBJR":
                yield from walk(kid)

    yield from walk(pdf.Root.StructTreeRoot.K[0])


def test_headings_skip_no_level(volume: pikepdf.Pdf) -> None:
    levels = [int(str(it.S)[2:]) for it in elements(volume) if str(it.S)[:2] == "/H"]

    assert levels[0] == 1
    assert levels.count(3) >= 2
    assert all(later <= earlier + 1 for earlier, later in pairwise(levels))


def test_every_element_knows_its_parent_and_every_passage_leads_back_to_its_element(volume: pikepdf.Pdf) -> None:
    for element in elements(volume):
        for kid in kids_of(element):
            if isinstance(kid, pikepdf.Dictionary) and kid.get("/Type") != "/OBJR":
                assert kid.P.objgen == element.objgen
    numbers = list(volume.Root.StructTreeRoot.ParentTree.Nums)
    keys = [int(key) for key in numbers[::2]]
    parents = dict(zip(keys, numbers[1::2], strict=True))
    assert keys == sorted(set(keys))
    for page in volume.pages:
        for number, element in enumerate(parents[int(page.StructParents)]):
            if element is not None and "/Pg" in element and element.Pg.objgen == page.objgen:
                assert number in [int(kid) for kid in kids_of(element) if not isinstance(kid, pikepdf.Dictionary)]


def test_names_come_between_what_stands_before_and_after_them_also_in_the_structure(volume: pikepdf.Pdf) -> None:
    order = [page.objgen for page in volume.pages]
    pages = [order.index(it.Pg.objgen) for it in volume.Root.StructTreeRoot.K[0].K if "/Pg" in it]
    names = [order.index(it.Pg.objgen) for it in elements(volume) if str(it.S) == "/H3" and "/Pg" in it]

    assert pages == sorted(pages)
    assert names == sorted(names)


def test_a_face_is_embedded_once_for_all_pages_of_names() -> None:
    with pikepdf.open(io.BytesIO(printed(SHEET, MANY, together=2).pdf)) as pdf:
        names = [page for page in pdf.pages if isinstance(page.Contents, pikepdf.Array)]
        fonts = Counter(
            (str(font.BaseFont), font.DescendantFonts[0].FontDescriptor.objgen)
            for page in names
            for font in page.Resources.Font.values()
        )

    assert len(names) > 10
    faces = [face for face, _ in fonts if "Glyphless" not in face]
    assert len(faces) == len(set(faces))


def test_the_file_is_whole_in_the_eyes_of_qpdf() -> None:
    for sheet, entries in ((SHEET, ENTRIES), (URDU, URDU_ENTRIES)):
        with pikepdf.open(io.BytesIO(printed(sheet, entries).pdf)) as pdf:
            assert pdf.check_pdf_syntax() == []
