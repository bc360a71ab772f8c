"""A personalised letter through the press, against bare WeasyPrint and headless Chromium on the same HTML.

Run it as `.venv/bin/python bench/letter.py`. Every figure is a median of runs taken in turn, in the same minute,
so that whatever else the machine does falls on all alike.
"""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from weasyprint import HTML

from campaign.printing.addressee import Addressee
from campaign.printing.sheets.letter import LetterSheet, letter_html, letter_pdf
from campaign.vocabulary import Paper

ROUNDS, CHROMIUM_ROUNDS = 40, 5
PARAGRAPHS = {
    "en": (
        "I write to you about the cards that let refugees live in your country. They ran out on 30 June 2025, and at "
        "least 1.4 million people have been without papers since.",
        "Without a card, a family can be stopped on the way to work or to school, and sent to a country where nobody "
        "can keep them safe. Women and girls would lose what they have learnt and what they do; journalists and former "
        "officials would be looked for.",
        "Your government has renewed the cards before, with one decision. I ask you to take it again at once, and to "
        "stop all forced returns until it is in force.",
        "I would be glad to read your answer.",
    ),
    "ur": (
        "میں آپ کو ان کارڈوں کے بارے میں لکھ رہی ہوں جن کی بدولت پناہ گزین آپ کے ملک میں رہتے ہیں۔ "
        "یہ 30 جون 2025 کو ختم ہو گئے، اور کم از کم 14 لاکھ افراد کے پاس اب کاغذات نہیں۔",
        "کارڈ کے بغیر کسی خاندان کو کام یا اسکول کے راستے میں روکا جا سکتا ہے "
        "اور ایسی جگہ بھیجا جا سکتا ہے جہاں کوئی ان کی حفاظت نہیں کر سکتا۔",
        "آپ کی حکومت پہلے بھی ایک فیصلے سے کارڈوں کی تجدید کر چکی ہے۔ میں درخواست کرتی ہوں کہ یہ فیصلہ پھر کیا جائے۔",
    ),
}


def sheet(locale: str, name: str) -> LetterSheet:
    """A letter as supporters print it, with their name under it."""
    return LetterSheet(
        locale=locale,
        day=date(2025, 8, 5),
        addressee=Addressee("Adeel Farooq Example", "Minister", None, ("4th Floor", "Example Ave, G-5/1"), "Pakistan"),
        salutation="Dear Minister,",
        paragraphs=PARAGRAPHS[locale],
        close="Yours sincerely,",
        sender_name=name,
        sender_place="Lyon, France",
    )


def medians(rounds: int, *ways: Callable[[int], object]) -> list[float]:
    """Seconds each way takes: the ways in turn, `rounds` times, after one round to warm up."""
    taken: list[list[float]] = [[] for _ in ways]
    for number in range(rounds + 1):
        for way, times in zip(ways, taken, strict=True):
            start = time.perf_counter()
            way(number)
            times.append(time.perf_counter() - start)
    return [statistics.median(times[1:]) for times in taken]


def ours(locale: str) -> Callable[[int], object]:
    return lambda number: letter_pdf(sheet(locale, f"Maria Example {number}"), Paper.A4)


def bare(locale: str) -> Callable[[int], object]:
    pages = [letter_html(sheet(locale, f"Maria Example {number}"), Paper.A4) for number in range(ROUNDS + 1)]
    return lambda number: HTML(string=pages[number]).write_pdf(pdf_variant="pdf/ua-1")


def chromium(program: str, folder: Path, locale: str) -> Callable[[int], object]:
    page = folder / f"letter-{locale}.html"
    page.write_text(letter_html(sheet(locale, "Maria Example"), Paper.A4), "utf-8")
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
    command = [program, *options, f"--print-to-pdf={folder / 'letter.pdf'}", page.as_uri()]
    return lambda _: subprocess.run(command, capture_output=True, check=True, timeout=60)


def main() -> int:
    """Print the table."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    print(f"{'letter':8}{'ours':>9}{'WeasyPrint':>12}{'ratio':>8}{'Chromium':>10}{'times faster':>14}")
    with tempfile.TemporaryDirectory() as folder:
        for locale in PARAGRAPHS:
            us, weasyprint = medians(ROUNDS, ours(locale), bare(locale))
            line = f"{locale:8}{us * 1000:6.1f} ms{weasyprint * 1000:9.1f} ms{us / weasyprint:8.2f}"
            if program:
                again, browser = medians(CHROMIUM_ROUNDS, ours(locale), chromium(program, Path(folder), locale))
                line += f"{browser * 1000:7.0f} ms{browser / again:14.1f}"
            else:
                line += f"{'none here':>10}"
            print(line)
    return 0


if __name__ == "__main__":
    sys.exit(main())
