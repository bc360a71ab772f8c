"""A bulletin on the page that shows how it was read. Its picture: `python -m tests.browser.importing FILE [WIDTH]`."""

from __future__ import annotations

import io
import shutil
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from campaign.settings import ROOT
from tests.browser.conftest import CHROMIUM
from tests.browser.office import ADMIN, PASSWORD, opened
from tests.conftest import _migrated

BULLETIN = """URGENT ACTION

FORTY FERRIES KEPT IN PORT BEFORE THE FLOOD

Since the 'Harbour Order' was announced by Pakistan's government in October 2024, at least 12,300 ferry workers have \
been sent home without pay. The permits of at least 1.4 million passengers are set to expire on 30 June 2031. Pakistan \
must renew the permits before the flood begins.

TAKE ACTION: WRITE AN APPEAL IN YOUR OWN WORDS OR USE THIS MODEL LETTER

Minister of Ports

Sample Person
4th Floor, Example Building, Sample Road,
Islamabad, Pakistan
Fax: +92 51 555 0124
Email: minister@ports.example

Dear Minister,

I am writing about the ferries that are kept in port while the rivers rise.

I therefore urge you to renew the permits and to let the ferries sail.

Yours sincerely,

ADDITIONAL INFORMATION

More than 468,000 passengers were left on the banks in the autumn. The second part of the order began on 1 April 2031, \
when the government said that it would take approximately 800,000 tickets back. It also told all crews to leave the \
quarters by the end of May 2031. A total of 23,450 crews have gone home from September 2030 to 7 June 2031.

The permits were first to expire at the end of June 2030. Since then, 51,309 women and 64,010 girls have had no way to \
their schools, and more than 70 villages have no doctor.

PREFERRED LANGUAGE TO ADDRESS TARGET: English, Urdu

PLEASE TAKE ACTION AS SOON AS POSSIBLE UNTIL: 15 September 2031

NAME AND PRONOUN: The ferry workers (All)
"""


def sign_in(page: Page, base: str) -> None:
    """Take the admin's seat."""
    page.goto(f"{base}/organise/sign-in")
    page.fill("[name=email]", ADMIN)
    page.fill("[name=password]", PASSWORD)
    page.click("main button")
    page.wait_for_url(lambda address: "sign-in" not in address)


def main(file: Path, width: int = 1280) -> None:
    """Take the picture of the page, as it stands on a desk or on a phone."""
    path = next(filter(None, map(shutil.which, CHROMIUM)), None)
    with tempfile.TemporaryDirectory() as home, sync_playwright() as playwright:
        at = Path(home)
        url = f"sqlite:///{at / 'campaign.db'}"
        _migrated(url)
        with opened(at, url) as office:
            browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
            page = browser.new_page(viewport={"width": width, "height": 800 if width > 900 else 740})
            sign_in(page, office.base)
            page.goto(f"{office.base}/organise/actions/new")
            page.fill("#text", BULLETIN.replace("15 September 2031\n", "15 September 2031\n\nUNTIL: 1 October 2031\n"))
            page.get_by_role("button", name="Read the bulletin").click()
            page.wait_for_selector(".src")
            print(page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]"))
            screen = Image.open(io.BytesIO(page.screenshot()))
            screen.convert("RGB").quantize(64).save(file, optimize=True)
            browser.close()
    print(f"{file.relative_to(ROOT) if file.is_relative_to(ROOT) else file}: {file.stat().st_size // 1000} kB")


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve(), *map(int, sys.argv[2:3]))
