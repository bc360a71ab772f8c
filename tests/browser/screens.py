"""Pictures of every state, to be looked at: `python -m tests.browser.screens [FOLDER] [STATE …]`.

One file a state and language, as it stands on a phone; the action, the list and the letter on a desk as well. Small
enough for a repository: WebP, at most 1,800 points high.
"""

from __future__ import annotations

import io
import re
import shutil
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from campaign.settings import ROOT
from tests.browser.conftest import ACCEPTS, CHROMIUM
from tests.browser.installation import Installation, served
from tests.browser.states import STATES

LOCALES = ("en", "ur", "fr")
PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 800}
ALSO_ON_A_DESK = ("list", "action", "action with a picture", "over", "write", "preview", "refused form")
HIGHEST, QUALITY = 1_800, 32


def main(folder: Path, wanted: list[str]) -> None:
    """Take every picture anew."""
    folder.mkdir(parents=True, exist_ok=True)
    path = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if path is None:
        raise SystemExit(f"This needs Chromium, under one of these names: {', '.join(CHROMIUM)}. Install it.")
    with tempfile.TemporaryDirectory() as home, served(Path(home)) as place, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        for locale in LOCALES:
            context = browser.new_context(viewport=PHONE, locale=ACCEPTS[locale], reduced_motion="reduce")  # type: ignore[arg-type]
            page = context.new_page()
            for state in wanted if wanted else STATES:
                _take(page, place, state, locale, folder)
            context.close()
        browser.close()
    total = sum(it.stat().st_size for it in folder.glob("*.webp"))
    print(f"{len(list(folder.glob('*.webp')))} pictures, {total / 1e6:.1f} MB, in {folder}")


def _take(page: Page, place: Installation, state: str, locale: str, folder: Path) -> None:
    name = re.sub(r"\W+", "-", state).strip("-")
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    STATES[state](page, place, locale)
    _keep(page.screenshot(full_page=True), folder / f"{name}-{locale}.webp")
    if state in ALSO_ON_A_DESK:
        page.set_viewport_size(DESK)  # type: ignore[arg-type]
        _keep(page.screenshot(), folder / f"{name}-{locale}-desk.webp")


def _keep(screen: bytes, path: Path) -> None:
    with Image.open(io.BytesIO(screen)) as picture:
        shown = picture.convert("RGB").crop((0, 0, picture.width, min(picture.height, HIGHEST)))
        shown.save(path, "WEBP", quality=QUALITY, method=6)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "pictures" / "states", sys.argv[2:])
