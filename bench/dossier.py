"""A dossier through the presses, against a WeasyPrint table, Typst and headless Chromium on the same rows.

Run it as `.venv/bin/python bench/dossier.py`; `--full` prints 100,000 names, `--million` a million besides. Names are
in mixed scripts. Memory is the peak of all processes together, sampled ten times a second. Seconds are those of a whole
process, from its start to its end; "warm" is a second book in a process that has printed one. Typst takes part where
its Python package is installed (`pip install typst`).
"""

from __future__ import annotations

import argparse
import html
import json
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path

import psutil

from campaign.printing.addressee import Addressee
from campaign.printing.book.dossier import DossierSheet, Entry, bind, set_pages
from campaign.printing.book.print_workers import Presses

FIRST = [
    "Maria",
    "James",
    "Anna",
    "John",
    "Fatima",
    "Olga",
    "Peter",
    "Elena",
    "Karl",
    "Sofia",
    "Liam",
    "Emma",
    "Noah",
    "Olivia",
    "Lucas",
    "Mia",
    "Ethan",
    "Amir",
    "Leyla",
    "Hassan",
    "Inês",
    "Bruno",
    "Tomáš",
    "Zofia",
    "Jonas",
    "Giulia",
    "Chiara",
    "Björn",
    "Søren",
    "Åsa",
    "Émilie",
    "José",
    "Łukasz",
]
LAST = [
    "Example",
    "Okafor",
    "Petrov",
    "Müller",
    "Schmidt",
    "García",
    "Rodríguez",
    "Hernández",
    "Wilson",
    "Taylor",
    "Moore",
    "Lee",
    "Thompson",
    "Walker",
    "Young",
    "Hill",
    "Flores",
    "Green",
    "Nelson",
    "Kowalski",
    "Nowak",
    "Novák",
    "Jensen",
    "Dubois",
    "Lefèvre",
    "Rossi",
    "Ferrari",
    "Bianchi",
    "Nguyễn",
]
OTHERS = (
    (0.10, ["عائشہ", "محمد", "علی", "فاطمہ", "زینب", "احمد", "حسن"], ["قریشی", "خان", "بیگم", "شاہ", "ملک", "حسین"]),
    (0.07, ["Ольга", "Иван", "Пётр", "Мария", "Сергей"], ["Петрова", "Иванов", "Смирнов", "Попов"]),
    (0.04, ["王", "李", "张", "刘", "陈"], ["小明", "伟芳", "秀英", "静丽"]),
    (0.03, ["अनुष्का", "राहुल", "प्रिया", "अमित"], ["शर्मा", "वर्मा", "गुप्ता", "सिंह"]),
    (0.01, ["கவிதா", "முருகன்", "லட்சுமி"], ["ராமசாமி", "செல்வம்"]),
)
COUNTRIES = tuple(f"Country {n:02}" for n in range(70))
TARGET_FEW, TARGET_SECONDS, TARGET_MILLION, TARGET_TIMES, TARGET_MB, TARGET_BYTES = 2, 12, 75, 4, 600, 26


def names(rows: int) -> Iterator[tuple[int, str, str]]:
    """(number, name, country) of invented people; the same every time."""
    chance = random.Random(7)
    for number in range(1, rows + 1):
        draw, first, last = chance.random(), FIRST, LAST
        for share, firsts, lasts in OTHERS:
            if draw < share:
                first, last = firsts, lasts
                break
            draw -= share
        middle = chance.choice("ABCDEFGHJKLMNPRSTW") + ". " if first is FIRST and chance.random() < 0.3 else ""
        yield number, f"{chance.choice(first)} {middle}{chance.choice(last)}", COUNTRIES[(number - 1) * 70 // rows]


@dataclass(frozen=True)
class Run:
    """What one print took."""

    rows: int
    seconds: float
    work: float | None  # not known of Chromium, whose processes are its own
    size: int
    peak_mb: float

    @property
    def rate(self) -> float:
        return self.rows / self.seconds

    @property
    def row_bytes(self) -> float:
        return self.size / self.rows


def ours(rows: int, folder: Path) -> None:
    """Print a dossier here, and say how long it took and how large it is."""
    sheet = DossierSheet(
        locale="en",
        organisation="Example Rights Office",
        code="7Q4K-2M9X",
        verification_url="https://act.example/verify/7Q4K-2M9X",
        action_number="UA 56/25",
        title="Renew the cards",
        summary="The cards ran out on 30 June 2025.",
        demands=("Renew every card.", "Stop all forced returns."),
        addressee=Addressee("Sample Minister", "Minister", None, ("1 Sample Road", "Islamabad, Pakistan"), None),
        frozen_at=datetime(2025, 8, 18, 12, 0, tzinfo=UTC),
        salutation="Dear Minister,",
        cover=("With this letter we hand you their names.",),
        close="Yours sincerely,",
        totals=tuple((country, rows // 70, 0) for country in COUNTRIES),
        named=rows,
        withheld=0,
        how_verified=("Everyone answered a mail.",),
        by_day=tuple((date(2025, 6, 17) + timedelta(days=n), rows // 60) for n in range(60)),
    )
    with Presses() as presses:
        book = set_pages(sheet, (Entry(*row) for row in names(rows)), (), folder, presses)
        size = sum(volume.file.stat().st_size for volume in bind(book, presses))
    print(json.dumps({"size": size, "work": worked()}))


def warm(rows: int, folder: Path) -> None:
    """Print one dossier, and time another: what a worker needs that has printed before."""
    for name in ("first", "second"):
        (folder / name).mkdir()
        start = time.perf_counter()
        ours(rows, folder / name)
    print(json.dumps({"seconds": time.perf_counter() - start, "size": 0, "work": None}))


def weasyprint_table(rows: int, folder: Path) -> None:
    """Print the same rows as one HTML table with WeasyPrint as it comes."""
    from weasyprint import HTML  # noqa: PLC0415 - what is not measured is not loaded

    pdf = HTML(string=table(rows)).write_pdf(pdf_variant="pdf/ua-1")
    print(json.dumps({"size": len(pdf), "work": worked()}))


def typst_table(rows: int, folder: Path) -> None:
    """Print the same rows as one table with Typst, tagged as it does by itself."""
    import typst  # noqa: PLC0415 - only where it is installed

    cells = "".join(f"[{number}], [{_typed(name)}], [{country}],\n" for number, name, country in names(rows))
    page = folder / "table.typ"
    page.write_text(
        '#set document(title: "Names")\n#set page(paper: "a4", margin: 15mm)\n'
        '#set text(font: "Noto Sans", size: 8.5pt)\n'
        f"#table(columns: 3, stroke: none,\n{cells})\n",
        "utf-8",
    )
    pdf = typst.compile(str(page))
    print(json.dumps({"size": len(pdf), "work": worked()}))


def _typed(name: str) -> str:
    return "".join("\\" + char if char in "\\#$*_[]<>@`'\"" else char for char in name)


def chromium_table(rows: int, folder: Path) -> None:
    """Print the same table with headless Chromium, started for it."""
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    page, pdf = folder / "table.html", folder / "table.pdf"
    page.write_text(table(rows), "utf-8")
    options = ("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")
    subprocess.run(
        [chromium, *options, "--no-pdf-header-footer", f"--print-to-pdf={pdf}", page.as_uri()],
        check=True,
        capture_output=True,
        timeout=3_600,
    )
    print(json.dumps({"size": pdf.stat().st_size, "work": None}))


def worked() -> float:
    """Seconds of a processor's time that this process and those it waited for have had: other work does not count."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(it.ru_utime + it.ru_stime for it in used)


def table(rows: int) -> str:
    """The rows as HTML."""
    lines = "".join(
        f"<tr><td>{number}</td><td>{html.escape(name)}</td><td>{country}</td></tr>"
        for number, name, country in names(rows)
    )
    style = '@page { size: A4; margin: 15mm } body { font: 8.5pt/1.5 "Noto Sans" } td { padding: 0 3mm 0 0 }'
    head = f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Names</title><style>{style}</style>'
    return f"{head}<table>{lines}</table>"


PRINTERS = {
    "ours": ours,
    "warm": warm,
    "weasyprint": weasyprint_table,
    "typst": typst_table,
    "chromium": chromium_table,
}


def measured(printer: str, rows: int) -> Run:
    """Print in a process of its own, and watch it and all that it starts."""
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, __file__, "--print", printer, str(rows), folder], stdout=subprocess.PIPE, text=True
        )
        peak, over = [0.0], threading.Event()
        watching = threading.Thread(target=_watch, args=(process.pid, peak, over))
        watching.start()
        said, _ = process.communicate()
        seconds = time.perf_counter() - start
        over.set()
        watching.join()
    if process.returncode:
        raise SystemExit(f"{printer} failed on {rows} rows")
    told = json.loads(said.splitlines()[-1])
    return Run(rows, told.get("seconds", seconds), told["work"], told["size"], peak[0])


def _watch(pid: int, peak: list[float], over: threading.Event) -> None:
    """Resident memory, summed: what processes share is counted for each, so it is rather less."""
    while not over.wait(0.1):
        try:
            root = psutil.Process(pid)
            everyone = [root, *root.children(recursive=True)]
        except psutil.NoSuchProcess:
            return
        total = 0
        for process in everyone:
            try:
                total += process.memory_info().rss
            except psutil.Error:
                continue
        peak[0] = max(peak[0], total / 2**20)


def told(label: str, run: Run) -> None:
    work = f"({run.work:.1f} s of a core)" if run.work is not None else ""
    print(
        f"{label:<27}{run.rows:>9,} rows {run.seconds:>7.1f} s {work:<20} {run.rate:>7,.0f} rows/s "
        f"{run.row_bytes:>8.1f} bytes/row {run.peak_mb:>7.0f} MB",
        flush=True,
    )


def verdict(label: str, value: str, met: bool) -> None:
    print(f"  {label}: {value}: {'met' if met else 'MISSED'}", flush=True)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--full", action="store_true", help="100,000 names")
    arguments.add_argument("--million", action="store_true", help="a million names besides")
    arguments.add_argument("--print", nargs=3, metavar=("PRINTER", "ROWS", "FOLDER"), help=argparse.SUPPRESS)
    asked = arguments.parse_args()
    if asked.print:
        printer, rows, folder = asked.print
        PRINTERS[printer](int(rows), Path(folder))
        return
    most = 100_000 if asked.full else 20_000
    busy = os.getloadavg()[0]
    print(
        f"{os.cpu_count()} cores, load {busy:.1f} before the start; processes are started and libraries loaded in time"
    )
    few = measured("ours", 5_000)
    told("this dossier", few)
    again = measured("warm", 5_000)
    print(f"  the second in one process: {again.seconds:.1f} s")
    told("a table by WeasyPrint", measured("weasyprint", 3_000 if asked.full else 1_000))
    if find_spec("typst"):
        told("the same table by Typst", measured("typst", most))
    peer = measured("chromium", 20_000 if asked.full else 5_000)
    told("the same table by Chromium", peer)
    many = measured("ours", most)
    told("this dossier", many)
    times = many.rate / peer.rate
    verdict(f"5,000 names in {TARGET_FEW} s", f"{few.seconds:.1f} s", few.seconds <= TARGET_FEW)
    verdict("… in a process that has printed one", f"{again.seconds:.1f} s", again.seconds <= TARGET_FEW)
    if asked.full:
        verdict(f"100,000 names in {TARGET_SECONDS} s", f"{many.seconds:.1f} s", many.seconds <= TARGET_SECONDS)
    verdict(f"at least {TARGET_TIMES} times Chromium", f"{times:.1f}", times >= TARGET_TIMES)
    verdict(f"all processes under {TARGET_MB} MB", f"{many.peak_mb:.0f} MB", many.peak_mb < TARGET_MB)
    verdict(f"at most {TARGET_BYTES} bytes a row", f"{many.row_bytes:.1f}", many.row_bytes <= TARGET_BYTES)
    if asked.million:
        whole = measured("ours", 1_000_000)
        told("this dossier", whole)
        verdict(f"1,000,000 in {TARGET_MILLION} s", f"{whole.seconds:.0f} s", whole.seconds <= TARGET_MILLION)


if __name__ == "__main__":
    main()
