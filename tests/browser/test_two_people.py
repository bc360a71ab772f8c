"""A walk with two organisers in their browsers: nothing public changes without the second, and the trail tells who did
what. Beside them a reader without scripts looks at page, letter and feed before and after every step."""

from __future__ import annotations

import difflib
import io
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from campaign import clock
from campaign.appeals.supporter import confirming
from campaign.jobs.sweeps import Jobs
from campaign.office import audit
from campaign.publication.as_json import public_json
from campaign.publication.reading import published
from campaign.storage.tables import Action, AuditEvent, Figure, Message, Organisation, Recipient, Signature
from campaign.vocabulary import MessageKind, RecipientRole
from tests import made
from tests.browser.office import ADMIN, OPEN, PASSWORD, Office, opened

REVIEWER = "tomas@office.example"
ACTION, CASE = f"/organise/actions/{OPEN}", f"/organise/cases/{OPEN}"


@pytest.fixture
def office(tmp_path: Path, sqlite_template: Path) -> Iterator[Office]:
    path = tmp_path / "campaign.db"
    path.write_bytes(sqlite_template.read_bytes())
    with opened(tmp_path, f"sqlite:///{path}") as it:
        with it.storage.writing() as session:
            action = made.action(session, OPEN)
            session.add(
                Recipient(
                    action_id=action.id,
                    official=made.official(name="Second Minister", emails=["second@example.invalid"]),
                    role=RecipientRole.COPY,
                    position=2,
                )
            )
            session.scalars(select(Organisation)).one().name_hold_minutes = 0
        yield it


class Walk:
    """Noor proposes, Tomas publishes, and a reader looks."""

    def __init__(self, office: Office, chromium: Browser) -> None:
        self.office = office
        self.noor, self.tomas = (self._seated(chromium, email) for email in (ADMIN, REVIEWER))
        self.reader = chromium.new_context(java_script_enabled=False).new_page()
        # Browsers may show a page for three seconds more; this walk looks at once.
        network = self.reader.context.new_cdp_session(self.reader)
        network.send("Network.enable")
        network.send("Network.setCacheDisabled", {"cacheDisabled": True})

    def _seated(self, chromium: Browser, email: str) -> Page:
        context = chromium.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
        context.set_default_timeout(60_000)
        page = context.new_page()
        page.goto(f"{self.office.base}/organise/sign-in")
        page.fill("[name=email]", email)
        page.fill("[name=password]", PASSWORD)
        page.click("main button")
        expect(page.get_by_role("heading", level=1)).not_to_have_text("Sign in")
        return page

    def close(self) -> None:
        for page in (self.noor, self.tomas, self.reader):
            page.context.close()

    def seen(self) -> list[object]:
        """Page, letter and feeds as the reader gets them, and the JSON."""
        door = self.office.app.extensions["campaign"]
        door.cache.__init__(clock=door.cache._clock)
        found: list[object] = []
        for tag in ("en", "ur"):
            there = f"{self.office.base}/{tag}/actions/{OPEN}"
            self.reader.goto(there)
            pictures = self.reader.locator("main img").evaluate_all("all => all.map(it => it.getAttribute('src'))")
            found += [self.reader.locator("body").inner_text(), self.reader.locator("main").text_content(), pictures]
            for path in (f"{there}/letter.txt", f"{there}/feed.atom", f"{self.office.base}/{tag}/feed.atom"):
                found.append(self.reader.request.get(path).text())
        with self.office.storage.reading() as session:
            found.append(public_json(published(session, OPEN, "en")))
        return found

    def asks(self, path: str, **fields: str) -> None:
        """Noor fills in a form, and says why where she is asked."""
        self.noor.goto(f"{self.office.base}{path}")
        for name, value in fields.items():
            field = self.noor.locator(f"[name='{name}']").first
            if field.evaluate("it => it.tagName") == "SELECT":
                field.select_option(value)
            else:
                field.evaluate(
                    "(it, value) => { it.closest('details')?.setAttribute('open', ''); it.value = value }", value
                )
        self.press("main form button.go")

    def press(self, button: str) -> None:
        self.noor.locator(button).first.click()
        self.noor.wait_for_load_state()
        if self.noor.locator("#change_reason").count():
            expect(self.noor.locator("ins, del").first).to_be_visible()
            self.noor.fill("#change_reason", "News from the family.")
            self.noor.get_by_role("button", name="Propose this change").click()
        expect(self.noor.locator("main")).to_contain_text("Proposed")

    def publishes(self) -> None:
        """Noor is offered no button; Tomas reads the difference and publishes it."""
        self.noor.goto(f"{self.office.base}{ACTION}/review/")
        expect(self.noor.get_by_role("button", name="Publish this change")).to_have_count(0)
        self.tomas.goto(f"{self.office.base}{ACTION}/review/")
        expect(self.tomas.locator("article ins, article del").first).to_be_visible()
        with self.tomas.expect_navigation():  # a page on its way out has no buttons either
            self.tomas.get_by_role("button", name="Publish this change").first.click()
        expect(self.tomas.get_by_role("button", name="Publish this change")).to_have_count(0)


def difference(before: list[object], now: list[object]) -> str:
    """Line by line, what readers see otherwise than before."""
    lines = ([line for it in seen for line in str(it).splitlines()] for seen in (before, now))
    return "\n".join(difflib.unified_diff(*lines, lineterm="", n=0))


def _figure(walk: Walk) -> None:
    with walk.office.storage.reading() as session:
        number = session.scalars(select(Figure.id).where(Figure.quoted)).one()
    walk.noor.goto(f"{walk.office.base}{CASE}/figures/{number}")
    walk.noor.fill("[name=value]", "1500000")
    walk.noor.fill("[name=reason]", "The agency corrected its count.")
    walk.noor.get_by_role("button", name="Show what changes").click()
    walk.noor.get_by_role("button", name="Propose correction").click()
    expect(walk.noor.locator("main")).to_contain_text("Proposed")


def _restored(walk: Walk) -> None:
    walk.noor.goto(f"{walk.office.base}{ACTION}/texts/en/versions?version=1")
    walk.noor.get_by_role("button", name="Restore").first.click()
    expect(walk.noor.locator("main")).to_contain_text("Proposed")


def _picture(walk: Walk) -> None:
    drawing = io.BytesIO()
    Image.new("RGB", (800, 450), "teal").save(drawing, "PNG")
    page = walk.noor
    page.goto(f"{walk.office.base}{CASE}/picture")
    page.set_input_files("#file", {"name": "hill.png", "mimeType": "image/png", "buffer": drawing.getvalue()})
    page.check("[name=kind][value=drawing]")
    for name, value in {"alt-en": "A hill", "alt-ur": "پہاڑ", "credit-en": "Ada", "consent": "Drawn for us."}.items():
        page.fill(f"[name={name}]", value)
    page.fill("[name=consent_on]", "2025-06-01")
    walk.press("main form button.go")


def _role(walk: Walk) -> None:
    walk.noor.goto(f"{walk.office.base}{ACTION}/officials/")
    walk.press("main button:text-is('Ask to act')")


def _deadline(walk: Walk) -> None:
    with walk.office.storage.reading() as session:
        deadline = session.scalars(select(Action.deadline)).one()
    assert deadline is not None
    walk.noor.goto(f"{walk.office.base}{ACTION}")
    walk.noor.locator("#extend summary").click()
    walk.noor.fill("#until", (deadline + timedelta(days=7)).isoformat())
    walk.noor.locator("#extend textarea").first.fill("The hearing was put off.")
    walk.noor.get_by_role("button", name="Extend", exact=True).click()
    expect(walk.noor.locator("main")).to_contain_text("Proposed")


def _outcome(walk: Walk) -> None:
    walk.noor.goto(f"{walk.office.base}{ACTION}")
    walk.noor.locator("#outcome summary").click()
    walk.noor.check("#outcome [value=positive]")
    walk.noor.locator("#outcome textarea").first.fill("She was let go on Tuesday.")
    walk.noor.get_by_role("button", name="Close", exact=True).click()
    expect(walk.noor.locator("main")).to_contain_text("Proposed")


TEXTS = {"reason": "News from her lawyer."}
STEPS: dict[str, Callable[[Walk], None]] = {
    "text": lambda walk: walk.asks(f"{ACTION}/texts/", **{"background-en": "A card is the only proof."}, **TEXTS),
    "restored version": _restored,
    "demand": lambda walk: walk.asks(f"{ACTION}/texts/", **{"demands-en": "Renew.\nStop."}, **TEXTS),
    "translation": lambda walk: walk.asks(f"{ACTION}/texts/", **{"summary-ur": "کارڈ ختم ہو رہے ہیں۔"}, **TEXTS),
    "model letter": lambda walk: walk.asks(f"{ACTION}/letters/en/0", body="I ask you to renew them.", **TEXTS),
    "quoted figure": _figure,
    "official": lambda walk: walk.asks("/organise/officials/1/edit", name="Another Minister"),
    "who is asked": _role,
    "timeline": lambda walk: walk.asks(f"{CASE}/events/new", on="2025-06-20", **{"caption-en": "A court sits"}),
    "place": lambda walk: walk.asks(f"{CASE}/where", **{"place-en": "Quetta"}),
    "picture": _picture,
    "details": lambda walk: walk.asks(f"{ACTION}/particulars", goal="5000"),
    "deadline": _deadline,
    "outcome": _outcome,
}


def test_in_a_walk_with_two_organisers_nothing_public_changes_without_the_second(
    chromium: Browser, office: Office
) -> None:
    walk = Walk(office, chromium)
    try:
        before = walk.seen()
        for what, step in STEPS.items():
            step(walk)
            assert difference(before, walk.seen()) == "", f"{what}: readers see what nobody else has looked at"
            walk.publishes()
            now = walk.seen()
            assert difference(before, now), f"{what}: nothing that readers see has changed"
            before = now
        with office.storage.reading() as session:
            trail = session.execute(
                select(AuditEvent.who, AuditEvent.what)
                .where(AuditEvent.what.in_(("change proposed", "proposal published")))
                .order_by(AuditEvent.id)
            ).all()
            assert audit.faults(session, office.storage.vault) == []
        each = [("Noor Lindqvist", "change proposed"), ("Tomas Achieng", "proposal published")]
        assert [(it.who, it.what) for it in trail] == each * len(STEPS)
        walk.noor.goto(f"{office.base}/organise/audit/actions/{OPEN}")
        history = walk.noor.locator("main").inner_text()
        assert history.count("Noor Lindqvist proposed a change") + history.count("proposed a change") >= len(STEPS)
        assert "published a proposed change" in history
    finally:
        walk.close()


def test_an_update_to_supporters_leaves_once_someone_else_has_read_it(chromium: Browser, office: Office) -> None:
    storage, then = office.storage, clock.now()
    with storage.writing() as session:
        from campaign.appeals.signing.signing import sign

        sign(session, storage.vault, OPEN, made.wish(updates=True), then)
        confirming.confirm(session, storage.vault, session.scalars(select(Signature.reference)).one(), then)
    walk = Walk(office, chromium)
    try:
        walk.noor.goto(f"{office.base}{ACTION}/updates/")
        walk.noor.get_by_role("button", name="Write").first.click()
        walk.noor.fill("#subject-en", "The cards are renewed")
        walk.noor.fill("#body-en", "Half of them.")
        walk.noor.get_by_role("button", name="Save and preview").click()
        here = walk.noor.url
        expect(walk.noor.get_by_role("button", name="Send", exact=True)).to_have_count(0)
        walk.tomas.goto(here)
        walk.tomas.check("[name=sure]")
        walk.tomas.get_by_role("button", name="Send", exact=True).click()
        walk.tomas.wait_for_load_state()
        Jobs(office.app.extensions["campaign"].settings, storage).spread()
        with storage.reading() as session:
            assert session.scalars(select(Message.id).where(Message.kind == MessageKind.UPDATE)).all()
    finally:
        walk.close()


def test_an_urgent_correction_is_public_at_once_and_the_other_reads_of_it_in_a_mail(
    chromium: Browser, office: Office
) -> None:
    walk = Walk(office, chromium)
    try:
        before = walk.seen()
        page = walk.noor
        page.goto(f"{office.base}{CASE}/where")
        page.fill("[name=place-en]", "Quetta")
        page.locator("main form button.go").first.click()
        page.fill("#change_reason", "The place puts her in danger.")
        page.check("[name=change_urgent]")
        page.get_by_role("button", name="Propose this change").click()
        expect(page.locator("main")).to_contain_text("Saved.")
        assert walk.seen() != before
        settings = office.app.extensions["campaign"].settings
        Jobs(settings, office.storage).post()
        mails = [it.read_text("utf-8") for it in settings.mailbox.glob("*-review.eml")]
        assert [f"To: {REVIEWER}" in it for it in mails].count(True) == 1
        assert not any(f"To: {ADMIN}" in it for it in mails)
        assert any("The place puts her in danger." in it for it in mails)
    finally:
        walk.close()
