"""The press: what every print is, whatever it says."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import cache

import pikepdf
import pytest

from campaign.printing.book.dossier import DossierSheet, Entry
from campaign.printing.sheets.bulletin import BulletinSheet, Contact, bulletin_pdf
from campaign.printing.sheets.letter import letter_pdf
from campaign.vocabulary import Paper
from tests.printing.books import printed
from tests.printing.reading import ENGLISH_LETTER, MINISTER, URDU_LETTER

BULLETIN = BulletinSheet(
    locale="en",
    organisation="Example Rights Office",
    title="Renew the cards",
    country="Pakistan",
    summary="The cards ran out.",
    contacts=(Contact(MINISTER, emails=("secretary@office.example",)),),
)
DOSSIER = DossierSheet(
    locale="ur",
    organisation="Example Rights Office",
    code="7Q4K-2M9X",
    verification_url="https://act.example/verify/7Q4K-2M9X",
    action_number="UA 56/25",
    title="کارڈوں کی تجدید کریں",
    summary="کارڈ ختم ہو گئے۔",
    demands=("تمام کارڈوں کی تجدید کی جائے۔",),
    addressee=MINISTER,
    frozen_at=datetime(2025, 8, 18, 12, 0, tzinfo=UTC),
    salutation="محترم وزیر صاحب،",
    cover=("یہ نام آپ کے لیے ہیں۔",),
    close="آپ کے مخلص،",
    totals=(("Pakistan", 2, 1),),
    named=2,
    withheld=1,
    how_verified=("ہر دستخط کی تصدیق ہوئی۔",),
)
ENTRIES = (Entry(1, "عائشہ بیگم", "Pakistan"), Entry(2, "王小明", "Pakistan"))

PRINTS: dict[str, Callable[[], bytes]] = {
    "english letter": cache(lambda: letter_pdf(ENGLISH_LETTER, Paper.A4)),
    "urdu letter": cache(lambda: letter_pdf(URDU_LETTER, Paper.LETTER)),
    "bulletin": cache(lambda: bulletin_pdf(BULLETIN)),
    "dossier": cache(lambda: printed(DOSSIER, ENTRIES).pdf),
}
EVERY_PRINT = pytest.mark.parametrize("made", PRINTS.values(), ids=PRINTS)


def opened(pdf: bytes) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(pdf))


@EVERY_PRINT
def test_a_print_is_tagged_pdf_ua_with_its_language_and_a_title(made: Callable[[], bytes]) -> None:
    pdf = opened(made())

    assert pdf.open_metadata()["pdfuaid:part"] == "1"
    assert pdf.open_metadata()["dc:title"]
    assert pdf.Root.MarkInfo.Marked
    assert pdf.Root.ViewerPreferences.DisplayDocTitle
    assert str(pdf.Root.Lang) in {"en", "ur"}
    assert "/StructTreeRoot" in pdf.Root


@EVERY_PRINT
def test_every_font_is_embedded_and_says_its_characters(made: Callable[[], bytes]) -> None:
    pdf = opened(made())
    fonts = [thing for thing in pdf.objects if isinstance(thing, pikepdf.Dictionary) and thing.get("/Type") == "/Font"]
    outermost = [font for font in fonts if font.Subtype == "/Type0"]

    assert outermost
    for font in outermost:
        descriptor = font.DescendantFonts[0].FontDescriptor
        assert "/FontFile2" in descriptor or "/FontFile3" in descriptor
        assert "/ToUnicode" in font


@EVERY_PRINT
def test_a_print_carries_no_file_but_a_dossiers_manifest_and_no_scripts_and_leads_nowhere(
    made: Callable[[], bytes],
) -> None:
    pdf = opened(made())
    carried = {name: spec.get_file().read_bytes().decode() for name, spec in pdf.attachments.items()}

    assert "/OpenAction" not in pdf.Root
    assert "/Names" not in pdf.Root or "/JavaScript" not in pdf.Root.Names
    assert list(carried) == ([f"signature-book-{DOSSIER.code}-volume-1.json"] if made is PRINTS["dossier"] else [])
    # It counts and names nobody.
    assert not any(entry.name in text for entry in ENTRIES for text in carried.values())
    links = [link for page in pdf.pages for link in page.obj.get("/Annots", [])]
    outside = {str(link.A.URI) for link in links if "/A" in link and "/URI" in link.A}
    assert outside <= {DOSSIER.verification_url}
    assert all(str(link.Subtype) == "/Link" and str(link.Contents) for link in links)


@EVERY_PRINT
def test_every_figure_has_words_for_those_who_do_not_see_it(made: Callable[[], bytes]) -> None:
    figures = [
        thing
        for thing in opened(made()).objects
        if isinstance(thing, pikepdf.Dictionary) and thing.get("/S") == "/Figure"
    ]

    assert all(str(figure.Alt) for figure in figures)


@EVERY_PRINT
def test_every_piece_of_content_has_its_place_in_the_structure(made: Callable[[], bytes]) -> None:
    pdf = opened(made())
    numbers = list(pdf.Root.StructTreeRoot.ParentTree.Nums)
    parents = dict(zip(map(int, numbers[::2]), numbers[1::2], strict=True))

    for page in pdf.pages:
        marked = [
            int(operands[1].MCID)
            for operands, operator in pikepdf.parse_content_stream(page)
            if str(operator) == "BDC" and len(operands) == 2 and "/MCID" in operands[1]
        ]
        # Running heads and feet are furniture: nobody holds them, and they are marked as that.
        held = [number for number, element in enumerate(parents[int(page.StructParents)]) if element is not None]
        assert sorted(marked) == held


def test_two_processes_print_the_same_bytes() -> None:
    script = (
        "import hashlib, tests.printing.engine.test_pdf as here\n"
        "print(*(hashlib.sha256(made()).hexdigest() for made in here.PRINTS.values()))"
    )
    first, second = (
        subprocess.run(
            [sys.executable, "-c", script], capture_output=True, check=True, text=True, env={"PYTHONHASHSEED": seed}
        ).stdout
        for seed in ("1", "2")
    )

    assert len(first.split()) == len(PRINTS)
    assert first == second


def test_threads_print_at_once_and_print_the_same() -> None:
    alone = letter_pdf(URDU_LETTER, Paper.A4)

    with ThreadPoolExecutor(4) as threads:
        printed = list(threads.map(lambda _: letter_pdf(URDU_LETTER, Paper.A4), range(8)))

    assert printed == [alone] * 8


def test_printing_the_same_again_after_other_prints_gives_the_same_bytes() -> None:
    before = letter_pdf(URDU_LETTER, Paper.A4)
    letter_pdf(ENGLISH_LETTER, Paper.LETTER)

    assert letter_pdf(URDU_LETTER, Paper.A4) == before
