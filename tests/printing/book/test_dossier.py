"""Dossiers: the appeal, the totals and every name, each on the page that was promised."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pikepdf
import pypdfium2
import pypdfium2.raw
import pytest

from campaign.errors import Unprintable
from campaign.printing.book import page_batches, volumes
from campaign.printing.book.dossier import PaperSheet, Words, set_pages
from campaign.printing.book.name_layout import NAMES, ROWS, TITLE_ROWS, Entry, name_pages
from campaign.printing.book.page_writer import Face, Used
from campaign.printing.book.print_workers import Presses
from campaign.printing.book.shared_fonts import resources_for
from tests.printing.books import Printed, printed
from tests.printing.engine.test_pdf import DOSSIER
from tests.printing.reading import by_poppler, characters

PEOPLE = [
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
    how_verified=("Everyone answered a mail.", "One address can sign once."),
)
ENTRIES = [Entry(n, PEOPLE[n % len(PEOPLE)], "France" if n <= 300 else "Germany") for n in range(1, 401)]
FULL = NAMES.columns * ROWS
# Cover, letter, contents, appeal, and the totals on the next left page, which the days may stand beside.
FRONT = 6


@pytest.fixture(scope="module")
def book() -> Printed:
    """The sheet above, printed once."""
    return printed(SHEET, ENTRIES)


def says(text: str, entry: Entry) -> bool:
    """Whether a page's text has the entry. PDFium puts the number behind a name that runs against the page."""
    return f"{entry.number} {entry.name}" in text or f"{entry.name} {entry.number}" in text


def test_a_dossier_opens_with_a_letter_then_contents_appeal_totals_names_and_how_to_verify(book: Printed) -> None:
    texts = book.texts

    assert book.pages == len(texts) == FRONT + 3 + 1
    assert "412 people signed 2 countries · names as of 18 August 2025, 12:00 UTC" in texts[0]
    assert "Renew every card. Stop all forced returns. Adeel Farooq Example" in texts[0]
    assert "Islamabad PAKISTAN Dear Minister, Here are the names of 400 people. Yours sincerely," in texts[1]
    assert "Contents The appeal 4 Where they live 6 The names names 1 to 400 7" in texts[2]
    assert "France 7 Germany 8" in texts[2]
    assert "The cards ran out on 30 June. Renew every card. Stop all forced returns." in texts[3]
    assert "France 300 12" in texts[5]
    assert "Total 400 12" in texts[5]
    assert "How the signatures were verified Everyone answered a mail. One address can sign once." in texts[-1]
    assert "7Q4K-2M9X" in texts[-1]


def test_every_name_stands_with_its_number_on_the_page_that_was_planned(book: Printed) -> None:
    texts = book.texts

    for entry in ENTRIES:
        assert says(texts[book.page_of(entry.number) - 1], entry)


def test_pdftotext_reads_every_name_too(book: Printed) -> None:
    text = by_poppler(book.pdf)

    assert all(text.count(name) >= 50 for name in PEOPLE)


def test_every_page_says_which_of_how_many_it_is(book: Printed) -> None:
    for number, text in enumerate(book.texts, 1):
        assert f"{number} / {book.pages}" in text


def test_name_pages_say_their_countries_and_numbers(book: Printed) -> None:
    texts = book.texts

    assert "France" in texts[FRONT]
    assert f"names 1 to {FULL - 3 * TITLE_ROWS - 1}" in texts[FRONT]
    assert "France – Germany" in texts[FRONT + 1]


def test_columns_keep_one_line_grid_whatever_the_script(book: Printed) -> None:
    # Figures stand on the baseline: the places of those that open a line are the grid.
    baselines = {
        round(y, 1)
        for char, x, y in characters(book.pdf, FRONT + 1)
        if char.isdigit() and 20 < y < 275 and any(left <= x <= left + 7 for left in (15, 76, 137))
    }
    steps = [
        (later - earlier) / (12.75 * 25.4 / 72)
        for earlier, later in zip(sorted(baselines), sorted(baselines)[1:], strict=False)
        if later - earlier > 1
    ]

    assert len(steps) >= ROWS - 4
    assert all(abs(step - round(step)) < 0.1 for step in steps)


def test_a_dossier_for_an_urdu_reader_has_its_columns_from_the_right() -> None:
    urdu = printed(replace(SHEET, locale="ur"), ENTRIES[:9])
    first = next(x for char, x, _ in characters(urdu.pdf, urdu.page_of(1) - 1) if char == "M")

    assert first > 105
    assert all(says(urdu.texts[urdu.page_of(entry.number) - 1], entry) for entry in ENTRIES[:9])


def test_what_stands_around_the_names_can_be_seen_in_any_direction() -> None:
    for locale in ("en", "ur"):
        book = printed(replace(SHEET, locale=locale), ENTRIES[:40])
        page = pypdfium2.PdfDocument(book.pdf)[book.page_of(1) - 1]
        picture = page.render(scale=1, grayscale=True).to_pil()
        for top, bottom in ((35, 48), (800, 812)):
            strip = picture.crop((40, top, 555, bottom))
            for half in (strip.crop((0, 0, 200, 13)), strip.crop((315, 0, 515, 13))):
                assert half.getextrema()[0] < 160, (locale, top)


def test_the_code_at_the_foot_reads_from_left_to_right_in_an_urdu_dossier() -> None:
    urdu = printed(replace(SHEET, locale="ur"), ENTRIES[:40])

    assert all("7Q4K-2M9X" in text for text in urdu.texts)


def test_a_dossier_without_names_is_still_a_dossier() -> None:
    book = printed(replace(SHEET, named=0, totals=(("France", 0, 12),)), ())

    assert book.pages == FRONT + 1
    assert book.plan.set_pages == ()


def test_the_days_of_signing_stand_in_a_plot_and_a_table() -> None:
    book = printed(replace(SHEET, by_day=((date(2025, 6, 17), 3), (date(2025, 6, 18), 9))), ENTRIES[:9])

    assert "When they signed 9 17 June 2025 18 June 2025 Day Signatures Day Signatures" in book.texts[6]
    assert "17 Jun 2025 3 18 Jun 2025 9" in book.texts[6]


def test_more_days_than_one_reads_are_told_by_month() -> None:
    days = tuple((date(2025, 6, 1) + timedelta(days=n), 1) for n in range(92))
    book = printed(replace(SHEET, by_day=days), ENTRIES[:9])

    assert "June 2025 30 July 2025 31 August 2025 31" in book.texts[6]


def test_countries_and_days_lie_side_by_side_in_an_open_book() -> None:
    book = printed(replace(SHEET, by_day=((date(2025, 6, 17), 3), (date(2025, 6, 18), 9))), ENTRIES[:9])
    titles = ("Where they live Country", "When they signed 9")
    left, right = (next(n for n, text in enumerate(book.texts, 1) if title in text) for title in titles)

    assert (left % 2, right) == (0, left + 1)


def test_supporters_own_words_are_an_annex_with_who_wrote_them() -> None:
    words = [
        Words("7 · Maria Example, France", "Please renew the cards.\n\nMy neighbours wait."),
        Words("9 · محمد علی خان, Pakistan", "براہ کرم کارڈوں کی تجدید کریں۔ " * 9),
    ]
    book = printed(SHEET, ENTRIES, words)
    annex = book.texts[FRONT + 3]

    assert "In their own words 7 · Maria Example, France Please renew the cards. My neighbours wait." in annex
    assert annex.count("براہ کرم کارڈوں کی تجدید کریں۔") == 9
    assert "In their own words 10" in book.texts[2]


def test_words_longer_than_a_page_go_on_and_lose_nothing() -> None:
    book = printed(SHEET, ENTRIES[:9], [Words("1 · Maria Example", "lantern " * 6_000)])

    assert " ".join(book.texts).count("lantern") == 6_000
    assert book.pages > FRONT + 5


def test_signatures_on_paper_are_an_annex_and_counted_apart() -> None:
    paper = (PaperSheet("7Q4-2M9K", "France", 14, ("Ada Example", "王小明")), PaperSheet("Lyon", "France", 9))
    book = printed(replace(SHEET, paper=paper), ENTRIES[:9])
    annex = book.texts[FRONT + 1]

    assert "412 people signed 23 more people signed on paper" in book.texts[0]
    assert "This does not include 23 signatures on paper, which are counted separately in an annex." in book.texts[5]
    assert "Signed on paper Sheet 7Q4-2M9K · France · 14 signatures Ada Example 王小明" in annex
    assert "and 12 more names on the sheet itself Sheet Lyon · France · 9 signatures names on the sheet itself" in annex


@pytest.fixture
def thin_volumes(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Volumes of at most nine pages."""
    monkeypatch.setattr(volumes, "MOST_PAGES", 9)
    yield


MANY = [Entry(n, PEOPLE[n % len(PEOPLE)], f"Country {n // 400:02}") for n in range(1, 2_001)]


def test_many_names_fill_volumes_that_say_which_they_are_and_what_they_hold(thin_volumes: None) -> None:
    sheet = replace(SHEET, named=len(MANY), totals=(("France", 2_000, 0),))
    book = printed(sheet, MANY)
    first, second, third = book.plan.volumes
    texts = [Printed((pdf,), book.plan, ()).texts for pdf in book.pdfs]

    assert [volume.pages for volume in book.bound] == [len(text) for text in texts]
    assert all(volume.pages <= 9 for volume in book.plan.volumes)
    assert "volume 1 of 3" in texts[0][0]
    assert "volume 2 of 3" in texts[1][0]
    low, high = book.plan.numbers(second) or (0, 0)
    assert book.plan.numbers(first) == (1, low - 1)
    assert (book.plan.numbers(third) or (0, 0)) == (high + 1, 2_000)
    assert f"names {low:,} to {high:,}" in texts[1][0]
    assert f"1 1 – {low - 1:,} Country 00 9 2 {low:,} – {high:,} Country 00 – Country 03 8 3" in texts[0][2]
    assert all("7Q4K-2M9X" in text[0] and "7Q4K-2M9X" in text[-1] for text in texts)
    for entry in MANY[:: len(MANY) // 50]:
        volume = [(entry.number or 0) > end for end in (low - 1, high)].count(True)
        assert says(texts[volume][book.page_of(entry.number or 0) - 1], entry)


def test_bookmarks_lead_to_the_names_and_to_every_country(book: Printed) -> None:
    with pikepdf.open(io.BytesIO(book.pdf)) as pdf, pdf.open_outline() as outline:
        opening, names, closing = outline.root
        order = [page.obj.objgen for page in pdf.pages]
        countries = [(it.title, order.index(it.destination[0].objgen) + 1) for it in names.children]

    assert [it.title for it in opening.children] == ["Contents", "The appeal", "Where they live"]
    assert (opening.title, names.title, closing.title) == (
        "Renew the cards",
        "The names",
        "How the signatures were verified",
    )
    assert countries == [("France", 7), ("Germany", 8)]


def hashed(book: Printed) -> list[str]:
    return [hashlib.sha256(pdf).hexdigest() for pdf in book.pdfs]


def test_any_number_of_processes_prints_the_same_bytes() -> None:
    sheet = replace(SHEET, named=len(MANY))
    alone = printed(sheet, MANY, together=2)

    assert len(alone.plan.set_pages) > 8
    assert hashed(printed(sheet, MANY, processes=2, together=2)) == hashed(alone)


def test_a_print_that_broke_off_goes_on_from_what_was_set_with_the_same_bytes(tmp_path: Path) -> None:
    undisturbed = hashed(printed(SHEET, ENTRIES, together=1))

    class Killed(Exception):
        pass

    def killed(names: int) -> None:
        if names > 200:
            raise Killed

    with pytest.raises(Killed), Presses(1) as presses:
        set_pages(SHEET, ENTRIES, (), tmp_path, presses, killed, together=1)
    (tmp_path / "000001-half.part").write_bytes(b"half a galley")
    kept = {path.name: path.stat().st_mtime_ns for path in tmp_path.glob("*.galley")}
    assert len(kept) == 2

    assert hashed(printed(SHEET, ENTRIES, folder=tmp_path, together=1)) == undisturbed
    assert {name: (tmp_path / name).stat().st_mtime_ns for name in kept} == kept


def test_a_name_erased_before_the_print_goes_on_is_not_printed_from_what_was_set(tmp_path: Path) -> None:
    printed(SHEET, ENTRIES, folder=tmp_path)
    erased = [replace(entry, name="") if entry.number == 123 else entry for entry in ENTRIES]
    again = printed(SHEET, erased, folder=tmp_path)

    assert says(printed(SHEET, ENTRIES).texts[FRONT], ENTRIES[122])
    assert not says(again.texts[FRONT], ENTRIES[122])


def test_a_glyph_that_stands_for_two_characters_is_described_twice_and_embedded_once() -> None:
    # Two galleys that disagree on what a glyph means, as they may where two letters share a shape.
    page = page_batches.set_galley(list(name_pages(ENTRIES[:1], 1, "The names")), "ltr")
    name, face = next(iter(page.used.faces.items()))
    other = Used({name: Face(face.description, {**face.glyphs, min(face.glyphs): "\u0410"}, face.widths)})
    with pikepdf.new() as pdf:
        first, second = resources_for(pdf, [page.used, other])
        one, two = first.Font[f"/{name}"], second.Font[f"/{name}"]
        assert one.ToUnicode.read_bytes() != two.ToUnicode.read_bytes()
        assert one.DescendantFonts[0].objgen == two.DescendantFonts[0].objgen
        pdf.save(io.BytesIO())


# Private use: no font that is made for the world has it.
UNKNOWN = "\U0010fffd"


def test_a_name_that_no_font_has_is_printed_as_a_box_read_as_it_is_and_listed() -> None:
    names = ["Ada Example", f"Ada {UNKNOWN}", *["Maria Example"] * 200, f"{UNKNOWN}{UNKNOWN} Example"]
    book = printed(SHEET, [Entry(n, name, "France") for n, name in enumerate(names, 1)])
    here = pypdfium2.PdfDocument(book.pdf)[book.page_of(2) - 1]
    names_found = by_poppler(book.pdf)

    assert f"2 Ada {UNKNOWN}" in names_found.replace("\u2002", " ")
    assert f"203 {UNKNOWN}{UNKNOWN} Example" in names_found.replace("\u2002", " ")
    drawn = [it.get_bounds() for it in here.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_FORM])]
    # Beside the outlines of the three letters: the box, as wide as it has room and twice as high.
    assert [(round(r - x, 1), round(t - y, 1)) for x, y, r, t in drawn][3:] == [(3.8, 7.1)]
    assert "no font for these scripts or signs: U+10FFFD." in book.texts[-1]
    assert "The names with such letters have these numbers: 2, 203." in book.texts[-1]
    with pikepdf.open(io.BytesIO(book.pdf)) as pdf:
        ((_, file),) = pdf.attachments.items()
        told = json.loads(file.get_file().read_bytes())
    assert told["printed_as_boxes"] == {"letters": ["U+10FFFD"], "names": [2, 203]}


def test_a_long_list_of_such_names_is_in_the_data_alone() -> None:
    book = printed(SHEET, [Entry(n, f"{UNKNOWN} {n}", "France") for n in range(1, 102)])

    assert "There are 101 names with such letters." in book.texts[-1]
    assert "these numbers" not in book.texts[-1]


def test_where_every_letter_has_a_font_nothing_is_said_of_boxes() -> None:
    assert "box" not in printed(SHEET, [Entry(1, "Ada Example", "France")]).texts[-1]


def test_what_the_office_wrote_in_a_script_without_a_font_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unprintable, match=r"U\+10FFFD"), Presses(1) as presses:
        set_pages(replace(SHEET, title=UNKNOWN), [Entry(1, "Ada", "France")], (), tmp_path, presses)


def test_volumes_are_few_and_of_like_thickness() -> None:
    page = volumes.SetPage(volumes.Section.NAMES, 1, 2, ("France",), ())
    plan = volumes.planned([page] * 1_200, 6, 2, 1)

    assert [volume.pages for volume in plan.volumes] == [407, 403, 403]
    assert [(volume.start, volume.end) for volume in plan.volumes] == [(0, 400), (400, 800), (800, 1_200)]
    assert [volume.pages for volume in volumes.planned([page] * 493, 6, 2, 1).volumes] == [500]
    assert len(volumes.planned([page] * 494, 6, 2, 1).volumes) == 2
    assert len(volumes.planned([], 4, 2, 1).volumes) == 1
