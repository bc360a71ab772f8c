"""The picture beside a shared link."""

from __future__ import annotations

import io
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

import pytest
from PIL import Image, ImageChops

from campaign.printing.engine.pdf import lay_out, pull
from campaign.printing.sheets.share_image import HEIGHT, WIDTH, ShareSheet, share_html, share_image
from campaign.strip import Strip
from tests.printing.reading import by_pdfium

STRIP = Strip.of(
    date(2025, 6, 17),
    date(2025, 9, 15),
    date(2025, 8, 22),
    [(date(2025, 3, 31), "told to leave"), (date(2025, 6, 30), "cards expire"), (date(2025, 9, 1), "returns begin")],
)
ENGLISH = ShareSheet("en", "Example Rights Office", "Renew the cards", "Pakistan", "UA 56/25", STRIP)
URDU = ShareSheet("ur", "ایگزامپل رائٹس آفس", "کارڈز کی تجدید کریں", "پاکستان", "UA 56/25", STRIP)
EVERY = pytest.mark.parametrize("sheet", [ENGLISH, URDU], ids=["english", "urdu"])


def picture(sheet: ShareSheet) -> Image.Image:
    return Image.open(io.BytesIO(share_image(sheet)))


@EVERY
def test_it_has_the_size_that_programs_ask_for_and_is_light(sheet: ShareSheet) -> None:
    made = share_image(sheet)
    assert Image.open(io.BytesIO(made)).size == (WIDTH, HEIGHT) == (1200, 630)
    assert len(made) < 100_000


@EVERY
def test_it_says_title_number_days_left_and_who_asks(sheet: ShareSheet) -> None:
    read = by_pdfium(pull(lay_out(share_html(sheet), sheet.locale)))
    for said in (sheet.title, "56/25", sheet.country, "24", sheet.organisation):
        assert said in read


def test_the_strip_runs_from_the_side_where_its_language_begins() -> None:
    """The disc of the deadline stands near the end of the line: right in English, left in Urdu."""
    for sheet, part in ((ENGLISH, (1060, 430, 1140, 520)), (URDU, (60, 430, 140, 520))):
        reds = [
            colour
            for _count, colour in picture(sheet).convert("RGB").crop(part).getcolors(10_000)
            if colour[0] > 140 and colour[1] < 60
        ]
        assert reds


@EVERY
def test_the_same_day_gives_the_same_bytes_and_the_next_day_others(sheet: ShareSheet) -> None:
    before = share_image(sheet)
    share_image.cache_clear()
    tomorrow = Strip.of(STRIP.issued_on, STRIP.deadline, date(2025, 8, 23))
    assert share_image(replace(sheet, strip=tomorrow)) != before
    assert share_image(sheet) == before


def test_another_process_draws_the_same_bytes() -> None:
    script = (
        "import hashlib, tests.printing.sheets.test_share_image as here\n"
        "print(hashlib.sha256(here.share_image(here.URDU)).hexdigest())"
    )
    drawn = {
        subprocess.run(
            [sys.executable, "-c", script], capture_output=True, check=True, text=True, env={"PYTHONHASHSEED": seed}
        ).stdout
        for seed in ("1", "2")
    }
    assert len(drawn) == 1


def test_many_threads_draw_at_once() -> None:
    share_image.cache_clear()
    sheets = [replace(ENGLISH, title=f"Renew card {n}") for n in range(6)]
    with ThreadPoolExecutor(6) as pool:
        together = list(pool.map(share_image, sheets))
    share_image.cache_clear()
    assert together == [share_image(it) for it in sheets]


@pytest.mark.parametrize(
    "title", ["W" * 500, "Stop the eviction of families from the river settlement. " * 9, "کارڈز کی تجدید کریں " * 25]
)
@EVERY
def test_a_title_too_long_is_cut_and_leaves_the_strip_in_its_place(sheet: ShareSheet, title: str) -> None:
    long = lay_out(share_html(replace(sheet, title=title)), sheet.locale)
    assert long.pages == 1
    foot = (0, 360, WIDTH, HEIGHT)
    cut, whole = (picture(it).convert("L").crop(foot) for it in (replace(sheet, title=title), sheet))
    _least, most = ImageChops.difference(cut, whole).getextrema()
    assert most < 64  # the shades are chosen for each picture; a letter on paper differs by more than twice as much


def test_hostile_words_are_drawn_as_words_and_open_nothing() -> None:
    hostile = replace(ENGLISH, title="<img src=file:///etc/passwd> \u202eevol", organisation="<script>x</script>")
    read = by_pdfium(pull(lay_out(share_html(hostile), "en")))
    assert "<img src=file:///etc/passwd>" in read
    assert "<script>x</script>" in read
    assert "evol" in read
