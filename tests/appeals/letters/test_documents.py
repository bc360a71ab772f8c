"""A letter as files: whatever the form, the same words in the same order."""

from __future__ import annotations

import io
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import docx
import pytest
from docx.oxml.ns import qn

from campaign.appeals.letters.documents import letter_docx, letter_text, words
from campaign.printing.sheets.letter import LetterSheet, letter_pdf
from campaign.prose import paragraphs_html
from campaign.vocabulary import Paper
from tests.printing.reading import ENGLISH_LETTER, URDU_LETTER, by_poppler, plain

OWN_ENGLISH = replace(
    ENGLISH_LETTER,
    paragraphs=("I teach in Lyon.\nTwo pupils of mine hold such a card.", "Renew the cards <b>now</b> & *always*."),
)
OWN_URDU = replace(
    URDU_LETTER,
    paragraphs=(
        "میں لاہور (Lahore) میں پڑھاتی ہوں: 2 بچیاں میری شاگرد ہیں۔",
        "کارڈوں کی تجدید کریں (PoR) – 30 جون 2025۔",
    ),
)
ABOUT_A_CASE = replace(
    ENGLISH_LETTER,
    subject="Renew the cards of 1.4 million people",
    reference="ASA 33/9543/2025",
    return_address=("Maria Example", "12 rue de l'Exemple", "69001 Lyon"),
)
ABOUT_A_CASE_IN_URDU = replace(URDU_LETTER, subject="کارڈز کی تجدید کریں", reference="UA 56/25")
LETTERS = [
    pytest.param(ENGLISH_LETTER, id="en"),
    pytest.param(OWN_ENGLISH, id="own-en"),
    pytest.param(URDU_LETTER, id="ur"),
    pytest.param(OWN_URDU, id="own-ur"),
    pytest.param(ABOUT_A_CASE, id="about-a-case"),
    pytest.param(ABOUT_A_CASE_IN_URDU, id="about-a-case-ur"),
]


def by_word(document: bytes) -> str:
    """The text as its paragraphs hold it."""
    return plain(" ".join(it.text for it in docx.Document(io.BytesIO(document)).paragraphs))


def by_libreoffice(folder: Path, documents: Sequence[bytes]) -> list[str]:
    """The texts as LibreOffice reads them."""
    office = shutil.which("soffice")
    if office is None:
        pytest.fail("These tests need LibreOffice Writer: install libreoffice-writer-nogui.")
    paths = [folder / f"letter-{number}.docx" for number, _ in enumerate(documents)]
    for path, document in zip(paths, documents, strict=True):
        path.write_bytes(document)
    home = f"-env:UserInstallation={(folder / 'office').as_uri()}"
    to_text = ["--headless", "--convert-to", "txt:Text (encoded):UTF8", "--outdir", str(folder)]
    subprocess.run([office, home, *to_text, *map(str, paths)], check=True, capture_output=True, timeout=180)
    return [plain(path.with_suffix(".txt").read_text("utf-8-sig")) for path in paths]


@pytest.mark.parametrize("sheet", LETTERS)
def test_pdf_document_and_text_hold_the_same_words(sheet: LetterSheet) -> None:
    printed = by_poppler(letter_pdf(sheet, Paper.A4))

    assert by_word(letter_docx([sheet], Paper.A4)) == printed
    assert plain(letter_text([sheet]).decode("utf-8-sig")) == printed


def test_libreoffice_opens_the_documents_and_finds_those_words(tmp_path: Path) -> None:
    sheets = [ENGLISH_LETTER, OWN_ENGLISH, URDU_LETTER, OWN_URDU, ABOUT_A_CASE]
    read = by_libreoffice(tmp_path, [letter_docx([it], Paper.A4) for it in sheets])

    assert read == [by_poppler(letter_pdf(sheet, Paper.A4)) for sheet in sheets]


def test_lists_keep_their_marks_and_strong_words_their_weight() -> None:
    body = paragraphs_html("I **ask** you:\n\n3. to renew\n4. to *stop*\n\n- now", {}, links=False)
    sheet = replace(ENGLISH_LETTER, paragraphs=body)
    paragraphs = docx.Document(io.BytesIO(letter_docx([sheet], Paper.A4))).paragraphs

    assert [it.text for it in paragraphs][3:7] == ["I ask you:", "3. to renew", "4. to stop", "• now"]
    assert [run.text for run in paragraphs[3].runs if run.bold] == ["ask"]
    assert [run.text for run in paragraphs[5].runs if run.italic] == ["stop"]
    assert "I ask you:\n\n3. to renew\n4. to stop\n\n• now\n\nYours sincerely," in words(sheet)


def test_an_urdu_letter_runs_from_the_right_and_the_address_in_it_from_the_left() -> None:
    day, address, salutation, *_ = docx.Document(io.BytesIO(letter_docx([URDU_LETTER], Paper.A4))).paragraphs

    assert [it._p.pPr.find(qn("w:bidi")) is not None for it in (day, address, salutation)] == [True, False, True]
    assert [run.font.rtl for run in salutation.runs] == [True]
    assert {run.font.rtl for run in address.runs} == {None}


def test_latin_words_in_an_urdu_letter_are_left_as_they_run() -> None:
    paragraph = docx.Document(io.BytesIO(letter_docx([OWN_URDU], Paper.A4))).paragraphs[3]

    assert [run.text for run in paragraph.runs if not run.font.rtl] == ["Lahore"]


def test_a_document_knows_its_language_and_says_nothing_of_its_writer() -> None:
    document = docx.Document(io.BytesIO(letter_docx([URDU_LETTER], Paper.A4)))
    language = document.styles["Normal"].element.rPr.find(qn("w:lang"))
    about = document.core_properties

    assert language.get(qn("w:bidi")) == about.language == "ur-PK"
    assert (about.author, about.last_modified_by, about.comments) == ("", "", "")
    assert about.created.date() == URDU_LETTER.day


@pytest.mark.parametrize(("paper", "size"), [(Paper.A4, (210, 297)), (Paper.LETTER, (216, 279))])
def test_several_letters_are_one_document_each_on_a_page_of_its_own(paper: Paper, size: tuple[int, int]) -> None:
    document = docx.Document(io.BytesIO(letter_docx([ENGLISH_LETTER, OWN_ENGLISH], paper)))

    assert len(document.sections) == 2
    assert {(round(it.page_width.mm), round(it.page_height.mm)) for it in document.sections} == {size}
    assert letter_text([ENGLISH_LETTER, OWN_ENGLISH]).count(b"\f") == 1


def test_plain_text_is_read_by_any_editor() -> None:
    text = letter_text([URDU_LETTER])

    assert text.startswith(b"\xef\xbb\xbf")
    assert text.count(b"\n") == text.count(b"\r\n") > 10


def test_signs_that_a_document_cannot_hold_are_left_out_as_in_print() -> None:
    hostile = replace(OWN_ENGLISH, paragraphs=("a\x00b\x1bc\ufffe \u202eevil",), sender_name="Ada\x07")

    assert "abc evil" in by_word(letter_docx([hostile], Paper.A4))
    assert "abc evil" in letter_text([hostile]).decode()
