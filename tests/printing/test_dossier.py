"""Dossiers: the appeal, the totals and every name, each on the page that was promised."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pypdfium2
import pytest

from campaign.printing.dossier import Printed, dossier_pdf
from campaign.printing.schedule import COLUMNS, ROWS, Entry
from tests.printing.reading import by_poppler, characters, plain
from tests.printing.test_press import DOSSIER

NAMES = [
    "Maria Example",
    "محمد علی خان",
    "王小明",
    "ராமசாமி முருகன்",
    "अनुष्का श्रीवास्तव",
    "Ольга Петровна",
    "Nguyễn Thị Minh Khai",
    "Anna 😀",
]
SHEET = replace(
    DOSSIER,
    locale="en",
    title="Renew the cards",
    summary="The cards ran out on 30 June.",
    demands=("Renew every card.", "Stop all forced returns."),
    salutation="Dear Minister,",
    cover=("Here are the names of 400 people.",),
    close="Yours sincerely,",
    totals=(("France", 300, 12), ("Germany", 100, 0)),
    named=400,
    withheld=12,
    entries=[Entry(n, NAMES[n % len(NAMES)], "France" if n <= 300 else "Germany") for n in range(1, 401)],
    how_verified=("Everyone answered a mail.", "One address can sign once."),
)


@pytest.fixture(scope="module")
def printed() -> Printed:
    """The sheet above, printed once."""
    return dossier_pdf(SHEET)


def page_texts(printed: Printed) -> list[str]:
    pdf = pypdfium2.PdfDocument(printed.pdf)
    return [plain(page.get_textpage().get_text_range()) for page in pdf]


def says(text: str, entry: Entry) -> bool:
    """Whether a page's text has the entry. PDFium puts the number behind a name that runs against the page."""
    return f"{entry.number} {entry.name}" in text or f"{entry.name} {entry.number}" in text


def test_a_dossier_opens_with_a_letter_then_the_appeal_the_totals_the_names_and_how_to_verify(printed: Printed) -> None:
    texts = page_texts(printed)

    assert printed.pages == len(texts) == 2 + 3 + 1
    assert "412 people signed 2 countries 18 August 2025 frozen at 12:00 UTC" in texts[0]
    assert "Islamabad, Pakistan Dear Minister, Here are the names of 400 people. Yours sincerely," in texts[0]
    assert "The cards ran out on 30 June." in texts[1]
    assert "France 300 12" in texts[1]
    assert "Together 400 12" in texts[1]
    assert "How the signatures were verified Everyone answered a mail. One address can sign once." in texts[-1]
    assert "7Q4K-2M9X" in texts[-1]


def test_every_name_stands_with_its_number_on_the_page_that_was_promised(printed: Printed) -> None:
    texts = page_texts(printed)

    assert set(printed.page_of) == set(range(1, 401))
    for entry in SHEET.entries:
        assert says(texts[printed.page_of[entry.number] - 1], entry)


def test_pdftotext_reads_every_name_too(printed: Printed) -> None:
    text = by_poppler(printed.pdf)

    assert all(text.count(name) >= 50 for name in NAMES)


def test_every_page_says_which_of_how_many_it_is(printed: Printed) -> None:

    for number, text in enumerate(page_texts(printed), 1):
        assert f"{number} / {printed.pages}" in text


def test_name_pages_say_their_countries_and_numbers(printed: Printed) -> None:
    texts = page_texts(printed)

    assert "France" in texts[2]
    assert f"names 1 to {COLUMNS * ROWS - 1}" in texts[2]
    assert "France – Germany" in texts[3]


def test_columns_keep_one_line_grid_whatever_the_script(printed: Printed) -> None:
    # Figures stand on the baseline: the places of those that open a line are the grid.
    baselines = {
        round(y, 1)
        for char, x, y in characters(printed.pdf, 2)
        if char.isdigit() and 20 < y < 272 and any(left <= x <= left + 7 for left in (15, 76, 137))
    }
    steps = [
        (later - earlier) / (12.75 * 25.4 / 72)
        for earlier, later in zip(sorted(baselines), sorted(baselines)[1:], strict=False)
        if later - earlier > 1
    ]

    assert len(steps) >= ROWS - 4
    assert all(abs(step - round(step)) < 0.1 for step in steps)


def test_a_dossier_for_an_urdu_reader_has_its_columns_from_the_right() -> None:
    printed = dossier_pdf(replace(SHEET, locale="ur", entries=SHEET.entries[:9]))
    first = next(x for char, x, _ in characters(printed.pdf, printed.page_of[1] - 1) if char == "M")

    assert first > 105
    assert all(says(page_texts(printed)[printed.page_of[entry.number] - 1], entry) for entry in SHEET.entries[:9])


def test_a_dossier_without_names_is_still_a_dossier() -> None:
    printed = dossier_pdf(replace(SHEET, entries=(), named=0, totals=(("France", 0, 12),)))

    assert printed.pages == 3
    assert printed.page_of == {}


def test_the_days_of_signing_can_be_shown() -> None:
    printed = dossier_pdf(replace(SHEET, by_day=((date(2025, 6, 17), 3), (date(2025, 6, 18), 9))))

    assert "From 17 June 2025 to 18 June 2025; at most 9 in a day." in page_texts(printed)[1]
