"""Whoever holds a file finds out what it is: in the browser, where nothing leaves it, and without a script."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest
from playwright.sync_api import Page, expect

from campaign import clock
from campaign.delivery import build_queue, build_run, freezing, sealing, volumes
from campaign.delivery.build_run import Press
from campaign.delivery.sealing import Seal
from campaign.publication.reading import published
from campaign.storage import Storage
from tests.browser.conftest import Reader
from tests.browser.installation import Installation

PASSWORD = "a password of the tests"


def flipped(pdf: bytes) -> bytes:
    """One bit of one byte in the middle is another."""
    middle = len(pdf) // 2
    return pdf[:middle] + bytes([pdf[middle] ^ 1]) + pdf[middle + 1 :]


def saved_anew(pdf: bytes, pages: slice = slice(None), *, packed: bool = False) -> bytes:
    """As qpdf writes it: for a slow line, or with its objects packed; all of it or some pages."""
    file = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as whole, pikepdf.new() as taken:
        taken.pages.extend(whole.pages[pages])
        how = pikepdf.ObjectStreamMode.generate if packed else pikepdf.ObjectStreamMode.disable
        taken.save(file, linearize=not packed, object_stream_mode=how)
    return file.getvalue()


def printed_to_a_file(pdf: bytes) -> bytes:
    """As Poppler's printing makes it: new pages that look the same, and nothing of the data of the old ones."""
    done = subprocess.run(["pdftocairo", "-pdf", "-l", "3", "-", "-"], input=pdf, capture_output=True, check=True)
    return done.stdout


def strangers() -> bytes:
    """A PDF that we have nothing to do with."""
    file = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(file)
    return file.getvalue()


@pytest.fixture(scope="module")
def sealed(place: Installation, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, bytes]:
    """A dossier that was sealed: its code and its volume."""
    work = tmp_path_factory.mktemp("sealed")
    file = work / "seal.p12"
    file.write_bytes(sealing.self_signed("Example Rights Office", PASSWORD, clock.now()))
    storage = Storage(place.settings)
    try:
        with storage.writing() as session:
            code = freezing.freeze(session, published(session, place.slug, "en"), None, clock.now())
            mine = build_queue.lease(session, clock.now(), code)
        assert mine is not None
        press = Press(work, place.base, processes=1)
        # In a thread of its own: Playwright's loop runs in this one, and pyHanko needs another.
        with ThreadPoolExecutor(1) as aside:
            aside.submit(build_run.build, storage, replace(press, seal=Seal(file, PASSWORD)), mine).result()
        with storage.reading() as session:
            return code, volumes.read(session, storage.files, code, 1)
    finally:
        storage.dispose()


@pytest.fixture(scope="module")
def files(place: Installation, sealed: tuple[str, bytes]) -> Mapping[str, tuple[str, bytes, str, str]]:
    """What someone may hold: the code on it, the file, what it is found to be, and what else the page says."""
    storage = Storage(place.settings)
    with storage.reading() as session:
        plain = volumes.read(session, storage.files, place.names["code"], 1)
    storage.dispose()
    code, with_seal = sealed
    return {
        "right": (place.names["code"], plain, "genuine", "No electronic seal"),
        "one flipped byte": (place.names["code"], flipped(plain), "altered", "No electronic seal"),
        "a stranger's": (place.names["code"], strangers(), "not_ours", ""),
        "saved anew": (place.names["code"], saved_anew(plain), "altered", ""),
        "saved anew and packed": (place.names["code"], saved_anew(plain, packed=True), "altered", ""),
        "one page of it": (place.names["code"], saved_anew(plain, pages=slice(1, 2), packed=True), "altered", ""),
        "printed to a new file": (place.names["code"], printed_to_a_file(plain), "altered", ""),
        "sealed": (code, with_seal, "genuine", "Sealed by Example Rights Office"),
        "sealed and altered": (code, flipped(with_seal), "altered", "Sealed by Example Rights Office"),
        "another dossier's": (place.names["code"], with_seal, "other", code),
    }


def shown(page: Page) -> list[str | None]:
    """What the page says of the file."""
    return [note.get_attribute("data-verdict") for note in page.locator("[data-verdict]").all() if note.is_visible()]


HELD = [
    *("right", "one flipped byte", "saved anew", "saved anew and packed", "one page of it", "printed to a new file"),
    *("a stranger's", "sealed", "sealed and altered", "another dossier's"),
]


@pytest.mark.parametrize("held", HELD)
def test_a_file_is_checked_in_the_browser_and_does_not_leave_it_unasked(
    reader: Reader, place: Installation, files: Mapping[str, tuple[str, bytes, str, str]], held: str
) -> None:
    code, pdf, verdict, told = files[held]
    page = reader("en")
    page.goto(f"{place.base}/verify/{code}")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method))
    page.set_input_files("#file", {"name": "volume.pdf", "mimeType": "application/pdf", "buffer": pdf})
    if held in ("printed to a new file", "a stranger's"):
        # Nothing but its pages says whose it is. The browser gives no verdict, and asks to send it.
        expect(page.locator("[data-verdict=unsaid]")).to_be_visible()
        assert "POST" not in sent
        with page.expect_navigation(timeout=60_000):
            page.locator("#check button").click(timeout=60_000)
    expect(page.locator(f"[data-verdict={verdict}]:visible")).to_be_visible()
    assert shown(page) == [verdict], page.locator("main").inner_text()
    assert told in page.locator("main").inner_text()
    assert sent.count("POST") == (held in ("printed to a new file", "a stranger's"))


@pytest.mark.parametrize("held", HELD)
def test_a_file_is_checked_by_sending_it_where_no_script_runs(
    reader: Reader, place: Installation, files: Mapping[str, tuple[str, bytes, str, str]], held: str
) -> None:
    code, pdf, verdict, told = files[held]
    page = reader("en", scripts=False)
    page.goto(f"{place.base}/verify/{code}")
    page.set_input_files("#file", {"name": "volume.pdf", "mimeType": "application/pdf", "buffer": pdf})
    # The file is read in a process of its own, which takes its time to start on a busy machine.
    with page.expect_navigation(timeout=60_000):
        page.locator("#check button").click(timeout=60_000)
    assert shown(page) == [verdict], page.locator("main").inner_text()
    assert told in page.locator("main").inner_text()


def test_a_file_may_be_dropped_anywhere_on_the_page(
    reader: Reader, place: Installation, files: Mapping[str, tuple[str, bytes, str, str]]
) -> None:
    code, pdf, *_ = files["right"]
    page = reader("ur", 1280)
    page.goto(f"{place.base}/verify/{code}")
    page.evaluate(
        """(bytes) => {
            const carried = new DataTransfer();
            carried.items.add(new File([new Uint8Array(bytes)], "volume.pdf", { type: "application/pdf" }));
            document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: carried, bubbles: true }));
        }""",
        list(pdf),
    )
    expect(page.locator("[data-verdict=genuine]").last).to_be_visible()


@pytest.mark.parametrize("held", HELD)
def test_a_file_is_checked_at_the_terminal(
    place: Installation, files: Mapping[str, tuple[str, bytes, str, str]], held: str, tmp_path: Path
) -> None:
    code, pdf, verdict, _ = files[held]
    file = tmp_path / "volume.pdf"
    file.write_bytes(pdf)
    environment = {**os.environ, "CAMPAIGN_HOME": str(place.settings.home)}
    asked = subprocess.run(
        [Path(sys.executable).with_name("campaign"), "dossier", "verify", file],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    said = {
        "genuine": (0, f"Complete and unchanged: dossier {code}"),
        "altered": (1, f"Changed: this file says it is dossier {code}"),
        "not_ours": (1, "Not ours"),
        "other": (0, "Complete and unchanged: dossier"),
    }[verdict]
    assert asked.returncode == said[0]
    assert asked.stdout.startswith(said[1])
    if held == "sealed":
        assert "Sealed by Example Rights Office, without a time stamp." in asked.stdout
