"""From two thousand signatures to the minister's reply: frozen, printed, verified, handed over; all find their own."""

from __future__ import annotations

import io
import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import update

from campaign import clock
from campaign.appeals.signing.links import Links
from campaign.appeals.supporter import my_data
from campaign.office import organisers, passwords
from campaign.office.audit import COMMAND_LINE
from campaign.office.organisers import Invitee
from campaign.storage import Storage
from campaign.storage.tables import Organisation
from campaign.vocabulary import Disclosure, Role
from tests import made
from tests.appeals import crowd
from tests.browser.conftest import Reader
from tests.browser.installation import Installation
from tests.printing.reading import plain

SLUG, PEOPLE, WITHHELD = "handing-over", 2_000, 40
PASSWORD, ADDRESS = "nine brave otters sing", "hands@office.example"

# Eight syllables of each script, from which names are made: invented, and all different.
SCRIPTS = {
    "GB": "Ma ri lo ten sa vi dor ken",
    "RU": "Ма ри ло тен са ви дор кен",
    "GR": "Μα ρι λο τεν σα βι δορ κεν",
    "IL": "מא רי לו טן סא וי דור קן",
    "EG": "ما ري لو تن سا في دور كن",
    "PK": "عا ئش گل خا نم بی چو ہد",
    "IN": "मा री लो तन सा वि दो कन",
    "LK": "மா ரி லோ தன் சா வி தோ கன்",
    "CN": "王 李 小 明 芳 静 丽 伟",
    "JP": "さ くら 高 橋 みど り 山 田",
}


@pytest.fixture(scope="module")
def storage(place: Installation) -> Iterator[Storage]:
    """An action, and an editor who sees to its delivery."""
    opened = Storage(place.settings)
    with opened.writing() as session:
        made.action(session, SLUG, serial=61)
        who = Invitee("The editor", ADDRESS, Role.EDITOR)
        organisers.add(session, opened.vault, COMMAND_LINE, who, clock.now(), passwords.hashed(PASSWORD))
    yield opened
    opened.dispose()


@pytest.fixture(scope="module")
def people(storage: Storage) -> dict[bytes, str]:
    """The names of all who signed, by the reference of their signature."""
    named = [
        {"name": name, "country": country, "disclosure": Disclosure.WITHHELD if n < WITHHELD else Disclosure.OFFICIAL}
        for n, (name, country) in enumerate(itertools.islice(names(), PEOPLE))
    ]
    then = clock.now() - timedelta(hours=1)
    return dict(zip(crowd.sign_each(storage, named, slug=SLUG, at=then), (it["name"] for it in named), strict=True))


def names() -> Iterator[tuple[str, str]]:
    """(name, country), script by script in turn."""
    for a, b, c in itertools.product(range(8), repeat=3):
        for country, syllables in SCRIPTS.items():
            of = syllables.split()
            yield f"{of[a]}{of[b]} {of[c]}{of[a]}", country


def seated(chromium: Browser, place: Installation) -> Page:
    """The editor's browser."""
    page = chromium.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce").new_page()
    page.set_default_timeout(30_000)
    page.goto(f"{place.base}/organise/sign-in")
    page.fill("[name=email]", ADDRESS)
    page.fill("[name=password]", PASSWORD)
    page.click("main button")
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Sign in")
    return page


def scan() -> dict[str, object]:
    picture = io.BytesIO()
    Image.new("RGB", (60, 40), "white").save(picture, "PNG")
    return {"name": "scan.png", "mimeType": "image/png", "buffer": picture.getvalue()}


def test_from_two_thousand_signatures_to_the_reply(
    chromium: Browser, place: Installation, reader: Reader, storage: Storage, people: dict[bytes, str], tmp_path: Path
) -> None:
    editor = seated(chromium, place)
    code, volume = frozen_and_printed(editor, place, tmp_path)
    verified(reader(), place, code, volume)
    with alone(storage):  # that a public reply waits for a second person is told in test_two_people.py
        handed_over(editor)
    pages = [plain(it.get_textpage().get_text_range()) for it in pypdfium2.PdfDocument(volume)]
    everyone_finds_their_own(storage, people, code, pages)
    some_see_it_on_their_page(reader(scripts=False), place, storage, people, pages)
    public = reader()
    public.wait_for_timeout(4_000)  # the copies of a few seconds ago are gone
    public.goto(f"{place.base}/en/actions/{SLUG}")
    told = public.locator("li", has_text=code).inner_text()
    for said in ("2,000 signatures to Sample Minister", code, "Delivered on", "with a receipt", "We shall see to it."):
        assert said in told
    editor.context.close()


@contextmanager
def alone(storage: Storage) -> Iterator[None]:
    """An office in which one person decides."""
    for required in (False, True):
        with storage.writing() as session:
            session.execute(update(Organisation).values(review_required=required))
        if not required:
            yield


def frozen_and_printed(editor: Page, place: Installation, tmp_path: Path) -> tuple[str, bytes]:
    """Asked for with one button and printed by the worker; its code and its volume."""
    editor.goto(f"{place.base}/organise/actions/{SLUG}/delivery")
    editor.get_by_role("button", name="Create and print").click()
    # The page follows the printing by itself, and shows the volume when it is there.
    expect(editor.get_by_role("link", name="Volume 1")).to_be_visible(timeout=60_000)
    with editor.expect_download() as download:
        editor.get_by_role("link", name="Volume 1").click()
    file = tmp_path / "volume.pdf"
    download.value.save_as(file)
    code = editor.locator("section.dossier h3 a").inner_text()
    assert download.value.suggested_filename == f"dossier-{code}.pdf"
    assert f"{PEOPLE - WITHHELD:,} named and {WITHHELD} not named" in editor.locator("section.dossier").inner_text()
    return code, file.read_bytes()


def verified(clerk: Page, place: Installation, code: str, volume: bytes) -> None:
    """Whoever holds the file finds out that it is whole."""
    clerk.goto(f"{place.base}/verify/{code}")
    clerk.set_input_files("#file", {"name": "volume.pdf", "mimeType": "application/pdf", "buffer": volume})
    expect(clerk.locator("[data-verdict=genuine]")).to_be_visible()


def handed_over(editor: Page) -> None:
    """Planned, dispatched, received, answered: each step with its form."""
    editor.get_by_label("Delivered by").fill("Noor Example")
    editor.get_by_role("button", name="Save plan").click()
    editor.get_by_label("Tracking number").fill("RR 12 345")
    editor.get_by_role("button", name="Record as sent").click()
    editor.set_input_files("#end-scan", scan())
    editor.get_by_role("button", name="Save", exact=True).click()
    expect(editor.locator("dl.facts")).to_contain_text("delivered on")
    editor.get_by_label("Text of the reply", exact=True).fill("We shall see to it.")
    editor.check("[name=shown][value=text]")
    editor.get_by_role("button", name="Save reply").click()
    expect(editor.locator("main")).to_contain_text("Readers see its text")


def everyone_finds_their_own(storage: Storage, people: dict[bytes, str], code: str, pages: list[str]) -> None:
    """The number, volume and page that each is told are where their name stands, and nobody shares a number."""
    numbers = []
    with storage.reading() as session:
        for n, (reference, name) in enumerate(people.items()):
            places = my_data.mine(session, storage.vault, reference).places
            if n < WITHHELD:
                assert places == ()
                assert not [it for it in pages if name in it], name
                continue
            (mine,) = places
            assert (mine.code, mine.volume, mine.printed) == (code, 1, True)
            assert mine.page is not None
            page = pages[mine.page - 1]
            assert together(name) in together(page), (name, mine.page)
            assert str(mine.number) in page.split()
            numbers.append(mine.number)
    assert sorted(numbers) == list(range(1, PEOPLE - WITHHELD + 1))


def some_see_it_on_their_page(
    supporter: Page, place: Installation, storage: Storage, people: dict[bytes, str], pages: list[str]
) -> None:
    """One of each script, and one who is counted only."""
    links = Links(place.settings.secret_key)
    references = list(people)
    for reference in references[WITHHELD : WITHHELD + len(SCRIPTS)]:
        supporter.goto(f"{place.base}/en/mine/{links.mine(reference)}")
        told = supporter.locator("section[aria-labelledby=went]").inner_text()
        with storage.reading() as session:
            (mine,) = my_data.mine(session, storage.vault, reference).places
        assert f"{mine.number:,}, volume 1, page {mine.page}" in told
        assert "Delivered on" in told
        assert together(people[reference]) in together(pages[(mine.page or 0) - 1])
    supporter.goto(f"{place.base}/en/mine/{links.mine(references[0])}")
    assert "You are counted but not named" in supporter.locator("section[aria-labelledby=went]").inner_text()


def together(text: str) -> str:
    """Without spaces: a reader of PDFs sees some where two fonts meet."""
    return "".join(text.split())
