"""The poster for a notice board."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date

import pikepdf
import pypdfium2
import pytest
import segno

from campaign.printing.engine.qr import qr_svg
from campaign.printing.sheets.poster import TEAR_OFFS, PosterSheet, poster_html, poster_pdf
from tests.printing.reading import by_pdfium, by_poppler, pages

ADDRESS = "act.example.org/actions/renew-the-cards"
ENGLISH = PosterSheet(
    locale="en",
    organisation="Example Rights Office",
    title="Renew the cards",
    country="Pakistan",
    number="UA 56/25",
    deadline=date(2025, 9, 15),
    place="Islamabad",
    asked="Sample Minister, Minister of Interior",
    demand="Renew the cards without delay.",
    url=f"https://{ADDRESS}",
)
URDU = replace(
    ENGLISH,
    locale="ur",
    organisation="ایگزامپل رائٹس آفس",
    title="کارڈز کی تجدید کریں",
    country="پاکستان",
    place="اسلام آباد",
    asked="وزیر داخلہ",
    demand="تمام کارڈوں کی تجدید کی جائے۔",
)
EVERY = pytest.mark.parametrize("sheet", [ENGLISH, URDU], ids=["english", "urdu"])


@EVERY
def test_it_says_what_to_whom_until_when_and_where(sheet: PosterSheet) -> None:
    made = poster_pdf(sheet)
    assert pages(made) == 1
    for read in (by_pdfium(made), by_poppler(made)):
        for said in (sheet.title, "UA 56/25", sheet.country, sheet.demand, ADDRESS, sheet.organisation, "2025"):
            assert said is not None
            assert said in read


@EVERY
def test_it_is_a4_and_a_tagged_document_with_its_language_and_title(sheet: PosterSheet) -> None:
    made = poster_pdf(sheet)
    assert tuple(round(it * 25.4 / 72) for it in pypdfium2.PdfDocument(made)[0].get_size()) == (210, 297)
    pdf = pikepdf.open(io.BytesIO(made))
    with pdf.open_metadata() as about:
        assert about["pdfuaid:part"] == "1"
        assert sheet.title in about["dc:title"]
    assert str(pdf.Root.Lang) == sheet.locale
    assert all("/Annots" not in page for page in pdf.pages)


def test_the_code_leads_to_the_page_and_is_named_for_those_who_do_not_see_it() -> None:
    made = poster_pdf(ENGLISH)
    assert modules(made) == [bytes(row) for row in segno.make(ENGLISH.url, error="q", micro=False).matrix]
    pdf = pikepdf.open(io.BytesIO(made))
    figures = [it for it in pdf.objects if isinstance(it, pikepdf.Dictionary) and it.get("/S") == "/Figure"]
    assert [str(it.Alt) for it in figures] == [f"QR code: {ENGLISH.url}"]


@EVERY
def test_there_are_strips_to_tear_off_each_with_the_address_and_a_code(sheet: PosterSheet) -> None:
    html = poster_html(sheet)
    assert html.count(str(qr_svg(sheet.url, None))) == TEAR_OFFS
    read = by_pdfium(poster_pdf(sheet))
    assert read.count("act.example.org/") == read.count("renew-the-cards") == TEAR_OFFS + 1


def test_who_listens_to_the_poster_hears_the_address_once() -> None:
    """The strips stand in the page's margin, outside of what is read aloud."""
    pdf = pikepdf.open(io.BytesIO(poster_pdf(ENGLISH)))
    paragraphs = [it for it in walked(pdf.Root.StructTreeRoot) if it.get("/S") == "/P"]
    # Each strip has three paragraphs; heard, they would be more than all others.
    assert 6 <= len(paragraphs) < 3 * TEAR_OFFS


def modules(pdf: bytes) -> list[bytes]:
    """The squares of the large code as they come out on paper, row by row: 1 for a dark one."""
    size = len(segno.make(ENGLISH.url, error="q", micro=False).matrix)
    paper = pypdfium2.PdfDocument(pdf)[0].render(scale=300 / 72).to_pil().convert("L")
    dot = 300 / 25.4
    corner = paper.crop((int(10 * dot), int(160 * dot), int(76 * dot), int(226 * dot))).point(
        lambda it: 255 * (it < 128)
    )
    box = corner.getbbox()
    assert box is not None
    square = (box[2] - box[0]) / size
    return [
        bytes(
            corner.getpixel((int(box[0] + (x + 0.5) * square), int(box[1] + (y + 0.5) * square))) > 0
            for x in range(size)
        )
        for y in range(size)
    ]


def walked(node: pikepdf.Object) -> list[pikepdf.Dictionary]:
    """Every element under a node of the structure tree."""
    children = node.get("/K", [])
    found = []
    for child in children if isinstance(children, pikepdf.Array) else [children]:
        if isinstance(child, pikepdf.Dictionary) and "/S" in child:
            found += [child, *walked(child)]
    return found


@pytest.mark.parametrize(
    ("title", "demand"),
    [
        ("Free her", "Free her."),
        ("Stop the eviction of three hundred families from the river settlement", "Give back the land. " * 12),
        ("W" * 500, "W" * 900),
        ("Stop the eviction of families. " * 16, "Let them stay where they are. " * 30),
    ],
)
@pytest.mark.parametrize("sheet", [ENGLISH, URDU, replace(ENGLISH, locale="ar")], ids=["english", "urdu", "arabic"])
def test_it_is_one_page_however_long_its_words_and_keeps_code_address_and_organisation(
    sheet: PosterSheet, title: str, demand: str
) -> None:
    there = "https://act.a-long-name-of-an-office.example.org/actions/" + "a-long-slug-" * 6 + "end"
    made = poster_pdf(replace(sheet, title=title, demand=demand, url=there))
    assert pages(made) == 1
    read = by_pdfium(made)
    assert sheet.organisation in read
    assert "end" in read


def test_words_longer_than_the_page_are_cut_and_do_not_run_under_the_code() -> None:
    made = pypdfium2.PdfDocument(
        poster_pdf(replace(ENGLISH, title="Stop the eviction of families. " * 16, demand="Let them stay. " * 60))
    )[0]
    text = made.get_textpage()
    last = text.search("Let them stay").get_next()
    lowest = made.get_height()
    while last is not None:
        lowest = min(lowest, text.get_charbox(last[0])[1])
        last = text.search("Let them stay", index=last[0] + 1).get_next()
    code_top = (297 - 15 - 5 - 6 - 143) * 72 / 25.4
    assert lowest > code_top


def test_the_same_sheet_gives_the_same_bytes() -> None:
    assert poster_pdf(URDU) == poster_pdf(URDU)


def test_hostile_words_are_printed_as_words() -> None:
    hostile = replace(ENGLISH, title="<img src=file:/x>", demand="</p><script>x</script> {{ 7*7 }}")
    read = by_pdfium(poster_pdf(hostile))
    assert "<img src=file:/x>" in read
    assert "</p><script>x</script> {{ 7*7 }}" in read


def test_without_number_official_demand_or_place_it_is_still_a_poster() -> None:
    bare = replace(ENGLISH, number=None, asked=None, demand=None, place=None)
    read = by_pdfium(poster_pdf(bare))
    assert ENGLISH.title in read
    assert "None" not in read
