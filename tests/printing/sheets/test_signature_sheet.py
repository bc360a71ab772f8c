"""The sheet that is signed by hand."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from itertools import pairwise

import pikepdf
import pypdfium2
import pytest

from campaign.language import LANGUAGES
from campaign.printing.engine.qr import qr_svg
from campaign.printing.sheets.signature_sheet import (
    ENOUGH_ROWS,
    FEWEST_ROWS,
    MOST_ROWS,
    ROW,
    SignatureSheet,
    numbered,
    signature_sheet_pdf,
    signature_sheets_html,
    signature_sheets_pdf,
)
from campaign.strip import Strip
from campaign.vocabulary import Paper
from tests.printing.reading import by_pdfium, by_poppler, characters, pages
from tests.printing.sheets.test_poster import walked

MILLIMETRES = {Paper.A4: (210, 297), Paper.LETTER: (216, 279)}
THREATS = [(date(2025, 6, 30), "cards expire"), (date(2025, 9, 1), "returns begin")]
ENGLISH = SignatureSheet(
    locale="en",
    organisation="Example Rights Office",
    address=("12 Sample Street", "Exampletown EX1 2MP"),
    contact="office@example.org",
    title="Renew the cards of 1.4 million people",
    country="Pakistan",
    action_number="UA 56/25",
    asked=(("Sample Minister", "Minister of Interior"),),
    demands=("Renew every card at once.", "Stop all forced returns."),
    strip=Strip.of(date(2025, 6, 17), date(2025, 9, 15), date(2025, 6, 16), THREATS),
    return_by=date(2025, 8, 31),
    kept_days=90,
    number="7Q4-2M9K",
    url="https://act.example.org/sheets/renew-the-cards/7Q4-2M9K",
)
URDU = replace(
    ENGLISH,
    locale="ur",
    organisation="ایگزامپل رائٹس آفس",
    title="چودہ لاکھ افراد کے کارڈز کی تجدید کریں",
    country="پاکستان",
    asked=(("Sample Minister", "وزیر داخلہ"),),
    demands=("تمام کارڈوں کی فوری تجدید کی جائے۔", "تمام جبری واپسیاں روکی جائیں۔"),
)
EVERY = pytest.mark.parametrize("sheet", [ENGLISH, URDU], ids=["english", "urdu"])
EACH_PAPER = pytest.mark.parametrize("paper", Paper)


@EVERY
@EACH_PAPER
def test_it_says_what_is_asked_of_whom_by_when_it_is_to_be_back_and_where(sheet: SignatureSheet, paper: Paper) -> None:
    made = signature_sheet_pdf(sheet, paper)
    assert pages(made) == 1
    said = [sheet.title, sheet.country, sheet.organisation, *sheet.demands, *sheet.address, sheet.number, "2025"]
    for read in (by_pdfium(made), by_poppler(made)):
        assert [it for it in said if it not in read] == []
    # PDFium takes two Latin words within an Urdu line for Urdu ones.
    assert [it for it in ("UA 56/25", "Sample Minister", "act.example.org") if it not in by_poppler(made)] == []


def test_whoever_signs_reads_first_what_becomes_of_it_and_where_not_to_sign() -> None:
    read = by_pdfium(signature_sheet_pdf(ENGLISH))
    warned = read.index("Before you sign:")
    assert warned < read.index("90 days after") < read.index("Do not sign") < read.index("Name (please write clearly)")
    assert read.index("Name (please write clearly)") < read.index("Sheet 7Q4-2M9K")
    assert "e-mail" not in read


@pytest.mark.parametrize("locale", LANGUAGES)
@EACH_PAPER
def test_in_every_language_there_are_enough_rows_on_one_page(locale: str, paper: Paper) -> None:
    made = signature_sheet_pdf(replace(URDU if locale in {"ur", "ps", "fa", "ar"} else ENGLISH, locale=locale), paper)
    assert pages(made) == 1
    assert ENOUGH_ROWS <= rows(made) <= MOST_ROWS


@EVERY
@EACH_PAPER
def test_a_row_has_room_to_write_and_runs_over_nothing(sheet: SignatureSheet, paper: Paper) -> None:
    made = signature_sheet_pdf(sheet, paper)
    lines = ruled(made)
    steps = [round(below - above, 1) for above, below in pairwise(lines)]
    assert len(steps) >= ENOUGH_ROWS
    assert min(steps) >= 9
    assert ROW >= 9
    lowest = max(y for char, _, y in characters(made) if char.strip())
    assert lowest < MILLIMETRES[paper][1] - 4


@EACH_PAPER
def test_a_back_goes_on_with_the_rows_under_the_same_number(paper: Paper) -> None:
    front, both = signature_sheet_pdf(ENGLISH, paper), signature_sheet_pdf(ENGLISH, paper, back=True)
    assert (pages(front), pages(both)) == (1, 2)
    back = pypdfium2.PdfDocument(both)[1].get_textpage().get_text_range()
    assert ENGLISH.number in back
    assert ENGLISH.title in back
    assert rows(both) >= rows(front) + 20


@EVERY
@EACH_PAPER
def test_it_is_a_tagged_document_on_its_paper_with_its_language_and_title(sheet: SignatureSheet, paper: Paper) -> None:
    made = signature_sheet_pdf(sheet, paper)
    assert tuple(round(it * 25.4 / 72) for it in pypdfium2.PdfDocument(made)[0].get_size()) == MILLIMETRES[paper]
    pdf = pikepdf.open(io.BytesIO(made))
    with pdf.open_metadata() as about:
        assert about["pdfuaid:part"] == "1"
        assert sheet.title in about["dc:title"]
    assert str(pdf.Root.Lang) == sheet.locale
    tags = [str(it.S) for it in walked(pdf.Root.StructTreeRoot)]
    assert tags.count("/H1") == 1
    assert tags.count("/TH") == 4 + rows(made)


def test_the_code_leads_to_the_sheets_own_address_and_is_named_for_those_who_do_not_see_it() -> None:
    html = signature_sheets_html([ENGLISH])
    assert str(qr_svg(ENGLISH.url, f"QR code: {ENGLISH.url}")) in html
    pdf = pikepdf.open(io.BytesIO(signature_sheet_pdf(ENGLISH)))
    figures = [it for it in pdf.objects if isinstance(it, pikepdf.Dictionary) and it.get("/S") == "/Figure"]
    assert [str(it.Alt) for it in figures] == [f"QR code: {ENGLISH.url}"]


def test_a_run_is_the_same_sheet_under_each_number() -> None:
    run = numbered(ENGLISH, ("ABC-DEFG", "HJK-MNPQ"), "https://act.example.org/sheets/renew-the-cards")
    made = signature_sheets_pdf(run)
    texts = [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(made)]
    assert ["ABC-DEFG" in it for it in texts] == [True, False]
    assert ["HJK-MNPQ" in it for it in texts] == [False, True]
    assert run[1].url == "https://act.example.org/sheets/renew-the-cards/HJK-MNPQ"
    assert rows(made) == 2 * rows(signature_sheet_pdf(ENGLISH))


def test_the_same_sheet_gives_the_same_bytes_and_another_number_others() -> None:
    assert signature_sheet_pdf(URDU) == signature_sheet_pdf(URDU)
    assert signature_sheet_pdf(URDU) != signature_sheet_pdf(replace(URDU, number="ABC-DEFG"))


def test_it_says_nothing_of_how_many_days_are_left_which_would_soon_be_wrong() -> None:
    read = by_pdfium(signature_sheet_pdf(ENGLISH))
    assert "left" not in read
    assert "15 September deadline" in read


def test_hostile_words_are_printed_as_words() -> None:
    hostile = replace(ENGLISH, title="<img src=file:/x>", demands=("</li><script>x</script> {{ 7*7 }}",))
    read = by_pdfium(signature_sheet_pdf(hostile))
    assert "<img src=file:/x>" in read
    assert "</li><script>x</script> {{ 7*7 }}" in read


@pytest.mark.parametrize("sheet", [ENGLISH, URDU, replace(ENGLISH, locale="ar")], ids=["english", "urdu", "arabic"])
@EACH_PAPER
def test_it_is_one_page_however_long_the_appeal(sheet: SignatureSheet, paper: Paper) -> None:
    long = replace(
        sheet,
        title="Stop the eviction of families from the river settlement. " * 6,
        demands=("Let them stay where they are, and hear them before anything is decided. " * 6,) * 12,
        asked=(("Sample Minister of a Very Long Name", "Minister of Interior and of Much Else"),) * 8,
        address=("A long line of an address, second staircase, third floor",) * 6,
    )
    made = signature_sheet_pdf(long, paper)
    assert pages(made) == 1
    assert rows(made) >= FEWEST_ROWS
    assert "Scan the code" in by_pdfium(made) or sheet.locale != "en"


def test_without_number_officials_or_a_postal_address_it_is_still_a_sheet() -> None:
    bare = replace(ENGLISH, action_number=None, asked=(), address=())
    read = by_pdfium(signature_sheet_pdf(bare))
    assert "office@example.org" in read
    assert "None" not in read


def rows(pdf: bytes) -> int:
    """How many rows there are to write in, by the headings that each has."""
    opened = pikepdf.open(io.BytesIO(pdf))
    headings = [it for it in walked(opened.Root.StructTreeRoot) if it.get("/S") == "/TH"]
    tables = [it for it in walked(opened.Root.StructTreeRoot) if it.get("/S") == "/Table"]
    return len(headings) - 4 * len(tables)


def ruled(pdf: bytes) -> list[float]:
    """Where lines run across the column of signatures, in millimetres from the top of the first page."""
    dots = 200 / 25.4
    page = pypdfium2.PdfDocument(pdf)[0].render(scale=200 / 72).to_pil().convert("L")
    # A narrow strip of two columns: both sides of the table, whatever its direction.
    dark = []
    for y in range(page.height):
        across = [page.getpixel((round(x * dots), y)) < 200 for x in (60, 100, 150)]
        if all(across):
            dark.append(y / dots)
    return [y for n, y in enumerate(dark) if n == 0 or y - dark[n - 1] > 1][-ENOUGH_ROWS - 1 :]
