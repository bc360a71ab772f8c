"""Binding: set pages become part of a volume, as if they had been printed with it."""

from __future__ import annotations

import io
import subprocess
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from campaign.printing.book.packing import packed_again
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
        names = [page for page in pdf.pages if "/LBody" in page.Contents.read_bytes().decode("latin-1")]
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


def rows(pdf: pikepdf.Pdf) -> list[Any]:
    """The object streams that hold the elements of names as the differences of rows."""
    return [
        it
        for it in pdf.objects
        if isinstance(it, pikepdf.Stream) and it.get("/Type") == "/ObjStm" and "/DecodeParms" in it
    ]


def test_the_elements_of_a_name_take_a_few_bytes_of_a_volume_and_are_read_by_another_reader(tmp_path: Path) -> None:
    made = printed(SHEET, MANY).pdf
    with pikepdf.open(io.BytesIO(made)) as pdf:
        bodies = [it for it in elements(pdf) if str(it.S) == "/LBody"]
        items = [it for it in elements(pdf) if str(it.S) == "/LI"]
        size = sum(len(it.read_raw_bytes()) for it in rows(pdf))

    assert len(bodies) == len(items) >= len(MANY)
    # Two elements of two lines of text each were 26 bytes.
    assert size / len(MANY) < 6
    (tmp_path / "book.pdf").write_bytes(made)
    done = subprocess.run(
        ["pdfinfo", "-struct", str(tmp_path / "book.pdf")], capture_output=True, text=True, check=True
    )
    assert done.stdout.count("LBody") == len(bodies)
    assert done.stderr == ""


def test_what_is_added_to_a_volume_leaves_the_elements_of_its_names_as_they_lie() -> None:
    made = printed(SHEET, ENTRIES).pdf
    with pikepdf.open(io.BytesIO(made)) as pdf:
        before = [it.read_raw_bytes() for it in rows(pdf)]
        names = [str(it.S) for it in elements(pdf)]
        pdf.Root.Added = pdf.make_indirect(pikepdf.Dictionary(Here=True))
        again = packed_again(pdf)

    assert again == packed_again_of(made)
    with pikepdf.open(io.BytesIO(again)) as pdf:
        assert [it.read_raw_bytes() for it in rows(pdf)] == before != []
        assert [str(it.S) for it in elements(pdf)] == names
        assert pdf.Root.Added.Here
        assert pdf.check_pdf_syntax() == []


def packed_again_of(made: bytes) -> bytes:
    with pikepdf.open(io.BytesIO(made)) as pdf:
        pdf.Root.Added = pdf.make_indirect(pikepdf.Dictionary(Here=True))
        return packed_again(pdf)
