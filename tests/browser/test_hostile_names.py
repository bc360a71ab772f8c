"""Whatever name is accepted, it stays in its place: on the page, in the mail, in the feed, in print.

A property over names as nobody expects them: marks heaped up, runs without a space, signs that turn or hide what stands
beside them, scripts mixed. Widths are measured in a real Chromium at 360 pixels, places of letters in print by PDFium.
"""

from __future__ import annotations

import email
import email.policy
import time
import unicodedata
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from itertools import count

import feedparser
import pypdfium2
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser, Page
from sqlalchemy import func, select

from campaign import clock, fence
from campaign.appeals.signing import names
from campaign.appeals.signing.links import Links
from campaign.appeals.signing.signing import sign
from campaign.appeals.supporter import confirming
from campaign.errors import Refused
from campaign.jobs.sweeps import Jobs
from campaign.printing.book.name_layout import Entry
from campaign.printing.engine.fonts import printable
from campaign.printing.sheets.letter import letter_pdf
from campaign.storage import Storage
from campaign.storage.tables import Event, Message, Signature
from campaign.vocabulary import MessageStatus, Paper
from tests import made
from tests.browser.conftest import Reader
from tests.browser.installation import Installation
from tests.conftest import Site, sized
from tests.printing.book.test_dossier import SHEET
from tests.printing.books import printed
from tests.printing.reading import ENGLISH_LETTER, by_pdfium
from tests.printing.test_boxes import outside

SLUG, PHONE = "in-english-only", 360
_RUNS = ("W" * 90, "i" * 120, "﷽" * 20, "عائشہ" * 15, "क्षि" * 30, "漢" * 80, "ราชบัณฑิต" * 9, "የኢትዮጵያ" * 9)
_MARKS = ("a" + "\u0301" * 90, "e\u0323\u0302\u0489", "\u0e49" * 40, "👩\u200d👩\u200d👧" * 12, "🏳️\u200d🌈")
_HIDDEN = ("\u202e", "\u2066", "\u200b", "\u200d", "\u200c", "\ufeff", "\u00ad", "\u2028", "\t")
_PLAIN = ("W", "ﷺ", "محمد ", " ", "-", ".", "·", "ß", "<b>", "&amp;", "{{ 7 }}", "((name))", '"')
PIECES = st.sampled_from([*_RUNS, *_MARKS, *_HIDDEN, *_PLAIN])
ANY = st.text(st.characters(exclude_categories=["Cs", "Cn", "Co"]), max_size=60)
WRITTEN = st.lists(st.one_of(PIECES, ANY), min_size=1, max_size=8).map(lambda parts: "".join(parts)[:200])
_COUNTER = count()


def accepted(name: str) -> str | None:
    """The name as the form takes it; None if it does not."""
    try:
        return names.checked(name)
    except Refused:
        return None


NAMES = st.lists(WRITTEN.map(accepted).filter(bool), min_size=3, max_size=5)
HARD = settings(
    max_examples=sized(4, 40),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large],
)


def fits(page: Page, where: str) -> None:
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= PHONE, f"{where} is {width} px wide"
    overhanging = page.evaluate(
        """() => [...document.querySelectorAll("bdi")].filter(it => it.getBoundingClientRect().right > innerWidth + 1
        || it.getBoundingClientRect().left < -1).length"""
    )
    assert overhanging == 0, f"{where}: {overhanging} names leave the screen"


def until_sent(storage: Storage) -> None:
    """Wait for what the installation's own worker took at the same moment."""
    taken = select(func.count()).where(Message.status == MessageStatus.LEASED)
    for _ in range(300):
        with storage.reading() as session:
            if not session.scalar(taken):
                return
        time.sleep(0.1)
    raise AssertionError("the worker did not send its mails")


def test_no_accepted_name_leaves_its_place_on_a_page_or_in_a_mail(
    reader: Reader, place: Installation, chromium: Browser
) -> None:
    # A mail program knows nothing of what our pages allow themselves.
    mailbox = chromium.new_page(viewport={"width": PHONE, "height": 740}, java_script_enabled=False)
    page = reader(scripts=False)
    page.set_viewport_size({"width": PHONE, "height": 740})
    links, storage = Links(place.settings.secret_key), Storage(place.settings)

    @HARD
    @given(NAMES)
    def measured(given_names: list[str]) -> None:
        then, paths, addresses = clock.now() - timedelta(minutes=5), [f"/en/actions/{SLUG}"], []
        for name in given_names:
            address = f"property-{next(_COUNTER)}@hostile.example.org"
            addresses.append(address)
            with storage.writing() as session:
                sign(session, storage.vault, SLUG, made.wish(address, name=name, message=name), then)
                reference = session.scalars(select(Signature.reference).order_by(Signature.id.desc()).limit(1)).one()
                paths.append(f"/en/confirm/{links.confirmation(reference)}")
                confirming.confirm(session, storage.vault, reference, then)
                paths.append(f"/en/mine/{links.mine(reference)}")
        for path in paths:
            page.goto(f"{place.base}{path}")
            fits(page, path.split("/")[2])
        Jobs(place.settings, storage).post()
        until_sent(storage)
        read = 0
        for file in place.settings.mailbox.glob("*.eml"):
            message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
            assert isinstance(message, EmailMessage)
            if not any(it in str(message["To"]) for it in addresses):
                continue
            read += 1
            html, plain = message.get_body(("html",)), message.get_body(("plain",))
            assert html is not None and plain is not None
            mailbox.set_content(html.get_content())
            fits(mailbox, f"mail {message['Subject']}")
            said = plain.get_content()
            assert not set(said) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b\ufeff\x00")
            assert most_marks(said) <= fence.MARKS
        assert read >= len(given_names), "no mail was measured"

    try:
        measured()
    finally:
        mailbox.close()
        storage.dispose()


def most_marks(said: str) -> int:
    most = run = 0
    for char in said:
        run = run + 1 if unicodedata.category(char) in {"Mn", "Me"} else 0
        most = max(most, run)
    return most


def test_no_name_breaks_a_feed_or_leaves_its_line_there(site: Site) -> None:
    @HARD
    @given(NAMES)
    def parsed(given_names: list[str]) -> None:
        with site.storage.writing() as session:
            action = session.scalars(select(made.Action)).one()
            action.texts[0].title = given_names[0]
            event = session.scalars(select(Event).order_by(Event.id)).first()
            assert event is not None
            event.caption = {"en": given_names[1]}
        for path in ("/en/feed.atom", f"/en/actions/{action.slug}/feed.atom"):
            raw = site.fresh().client.get(path).data
            feed = feedparser.parse(raw)
            assert not feed.bozo, feed.get("bozo_exception")
            assert feed.entries
            for entry in feed.entries:
                for said in (entry.title, entry.get("summary", "")):
                    assert "\n" not in entry.title
                    assert most_marks(said) <= fence.MARKS
                    assert not set(said) & set("\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u200b\ufeff\x00")

    parsed()


def test_no_name_leaves_its_box_in_print() -> None:
    @HARD
    @given(NAMES)
    def in_its_box(given_names: list[str]) -> None:
        # What no font has is refused in a sentence before anything is printed; a book draws it (`last_resort.py`).
        for name in filter(printable, given_names):
            letter = letter_pdf(replace(ENGLISH_LETTER, sender_name=name), Paper.A4)
            assert outside(letter) == []
            assert heights(letter) == []
        entries = [Entry(n, name, "France") for n, name in enumerate(["Mary Shelley", *given_names, "Bai Juyi"], 1)]
        book = printed(SHEET, entries).pdf
        assert outside(book) == []
        assert heights(book) == []
        read = by_pdfium(book)
        assert "1 Mary Shelley" in read and f"{len(entries)} Bai Juyi" in read

    in_its_box()


def heights(pdf: bytes) -> list[str]:
    """Letters that reach over the lines beside theirs: higher than two lines of the largest type of names."""
    found = []
    for number, page in enumerate(pypdfium2.PdfDocument(pdf), 1):
        text = page.get_textpage()
        for index in range(text.count_chars()):
            _, bottom, _, top = text.get_charbox(index)
            if top - bottom > 40:
                found.append(f"page {number}: {text.get_text_range(index, 1)!r} is {top - bottom:.0f} pt high")
    return found
