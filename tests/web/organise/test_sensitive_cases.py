"""A sensitive case, for who is not named for it: nothing of it is on any page, in any file, mail or answer.

The pages and forms are the application's own list, and what is marked is every text of every table that hangs on the
case: a page or a table that is added is under this test before anybody thinks of it.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from sqlalchemy import String, func, select, update
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from campaign import clock
from campaign.appeals.relay import bounce_mailbox
from campaign.jobs.sweeps import Jobs
from campaign.mail import reports
from campaign.office import calendar_and_digest, organisers, sensitive_cases
from campaign.office.audit import COMMAND_LINE
from campaign.office.organisers import Invitee
from campaign.settings import Settings
from campaign.storage import Storage, sight
from campaign.storage.sight import Hidden
from campaign.storage.tables import (
    Action,
    Case,
    IncomingMail,
    Letter,
    Organisation,
    Organiser,
    Proposal,
    Remark,
    Signature,
)
from campaign.storage.types import Lines, Words
from campaign.vocabulary import LetterStatus, Role
from campaign.web.organise.account.authorisation import BEFORE_SIGN_IN, permission_of
from tests.browser.office import ADMIN, OPEN, PASSWORD, Office, fill
from tests.browser.office_pages import addresses, rules
from tests.conftest import Site, furnish
from tests.web.organise.conftest import CHEAP, Desk, kept_password

MARK, SLUG = "zqmarker", "zqmarker-renew"
# An admin may do everything, and a reviewer looks where others do not: the other roles see less of the same pages.
OUTSIDERS = {role: f"outside-{role}@office.example" for role in (Role.ADMIN, Role.REVIEWER)}
# What of an address belongs to the case, and what stands there of something that does not exist.
NOTHING: dict[str, Any] = {
    "slug": "no-such-thing", "code": "AAAA-BBBB", "delivery_id": 90210, "request_id": 90210, "mail_id": 90210,
}  # fmt: skip
# Columns that the product reads, and not people: a mark would break them.
UNMARKED = frozenset(
    {
        "status", "kind", "role", "key", "slug", "locale", "code", "url", "languages", "mark", "channel", "country",
        "shield", "naming", "focus", "paper", "original_locale", "time_zone", "themes", "at_risk_countries", "leaf",
        "previous_url", "sha256", "idempotency_key", "content", "base", "before", "after", "fields", "texts", "appeal",
        "part", "receipt", "reply_scan", "scan", "press", "holder", "sealed_by", "network", "zone", "mails", "number",
        "object_kind", "audit_events.what",
    }
)  # fmt: skip
# Pages and files that speak of a case while everybody sees it: what the marks are worth.
SPEAKING = frozenset(
    {
        "actions.show", "actions.new", "board.show", "board.as_file", "board.calendar", "board.week", "cases.index",
        "cases.show", "cases.as_file", "cases.change_part", "deliveries.show", "dossiers.index", "incoming.show",
        "letters.show", "messages.show", "model_letters.edit", "officials.show", "paper.show", "review.show",
        "search.show", "signatures.show", "tasks.edit", "texts.show", "trail.as_file", "trail.of_action", "trail.show",
        "updates.show",
    }
)  # fmt: skip


class Place:
    """An office at work in which everything that is written of one case bears a mark."""

    def __init__(self, settings: Settings, home: Path) -> None:
        self.site = Site(settings)
        self.site.app.extensions["security"].pwd_context.update(**CHEAP)
        self.storage: Storage = self.site.storage
        self.office = Office("", self.site.app, self.storage)
        people = [("Noor Lindqvist", ADMIN, Role.ADMIN), ("Tomas Achieng", "tomas@office.example", Role.REVIEWER)]
        people += [(f"Outside {role}", email, role) for role, email in OUTSIDERS.items()]
        with self.storage.writing() as session:
            for name, email, role in people:
                who = Invitee(name, email, role)
                organisers.add(session, self.storage.vault, COMMAND_LINE, who, clock.now(), kept_password())
        fill(self.office, home)
        self._answered()
        self._mark()

    def desk(self, email: str) -> Desk:
        seat = Desk(self.site)
        assert seat.sign_in(email, PASSWORD).status_code == 302
        return seat

    def close(self) -> None:
        """Noor and Tomas alone see it from now on."""
        with self.storage.writing() as session:
            noor = session.scalars(select(Organiser).where(Organiser.email == ADMIN)).one()
            tomas = session.scalars(select(Organiser.id).where(Organiser.name == "Tomas Achieng")).one()
            who = organisers.actor(noor)
            sensitive_cases.close(session, self.storage.vault, who, SLUG, [tomas], clock.now())

    def rows(self) -> dict[str, list[str]]:
        """Everything that is kept of the case, table by table."""
        found = {}
        with self.storage.reading() as session:
            hidden = sight.hidden_from(session, None)
            for table in sight.guarded():
                of_it = select(table.__table__).where(~sight.condition(table, hidden))
                found[table.__tablename__] = sorted(map(repr, session.execute(of_it).all()))
        return found

    def pages(self) -> Iterator[tuple[Rule, str]]:
        """Each page and file that needs a sign-in, at each of its addresses."""
        for rule in rules(self.office):
            if permission_of(self.site.app, rule.endpoint) != BEFORE_SIGN_IN:
                yield from ((rule, path) for path in addresses(self.office, rule))

    def of_the_case(self, method: str) -> Iterator[tuple[str, str]]:
        """Addresses that name something of the case, each with one like it that names nothing."""
        for rule in self.site.app.url_map.iter_rules():
            if rule.rule.startswith("/organise") and method in (rule.methods or ()) and NOTHING.keys() & rule.arguments:
                yield self._built(rule, self.office.values), self._built(rule, {**self.office.values, **NOTHING})

    def _built(self, rule: Rule, values: Mapping[str, Any]) -> str:
        named = {name: it for name, it in values.items() if name in rule.arguments}
        return str(self.site.app.url_map.bind("localhost").build(rule.endpoint, named))

    def _answered(self) -> None:
        """An official answers a letter of the case by mail."""
        with self.storage.writing() as session:
            letter_id = session.scalars(select(Letter.id).where(Letter.status == LetterStatus.QUEUED).limit(1)).one()
            session.execute(
                update(Letter).where(Letter.id == letter_id).values(status=LetterStatus.SENT, sent_at=clock.now())
            )
        about = reports.message_id(self.storage.vault, letter_id, "campaign.test")
        raw = f"From: minister@example.invalid\r\nSubject: Re: {MARK}\r\nIn-Reply-To: {about}\r\n\r\nOf {MARK}."
        bounce_mailbox.record(self.storage, raw.encode())
        with self.storage.reading() as session:
            self.office.values |= {
                "mail_id": session.scalars(select(IncomingMail.id)).one(),
                "signature_id": session.scalars(select(func.min(Signature.id))).one(),
                "proposal_id": session.scalars(select(Proposal.id)).one(),
                "remark_id": session.scalars(select(func.min(Remark.id))).one(),
            }

    def _mark(self) -> None:
        """Every text of every row that hangs on the case, and its addresses."""
        with self.storage.writing() as session:
            case = session.scalars(select(Case).where(Case.slug == OPEN)).one()
            action = session.scalars(select(Action).where(Action.slug == OPEN)).one()
            which = Hidden(frozenset({case.id}), frozenset({action.id}))
            for table in sight.guarded():
                for row in session.scalars(select(table).where(~sight.condition(table, which))).all():
                    for column in table.__table__.columns:
                        _mark_one(row, column)
            case.slug = action.slug = SLUG
        self.office.values["slug"] = SLUG


def _mark_one(row: object, column: Any) -> None:
    said = getattr(row, column.key)
    if not said or UNMARKED & {column.name, str(column)} or not isinstance(column.type, String | Words | Lines):
        return
    bears: Any = f"{MARK} {said}"
    if isinstance(said, dict):
        bears = {tag: f"{MARK} {it}" for tag, it in said.items()}
    elif isinstance(said, list):
        bears = [f"{MARK} {it}" for it in said]
    if len(str(bears)) <= (getattr(column.type, "length", None) or 100_000):
        setattr(row, column.key, bears)


@pytest.fixture
def place(settings: Settings, tmp_path: Path) -> Iterator[Place]:
    storage = Storage(settings)
    furnish(storage)
    storage.dispose()
    made = Place(settings, tmp_path)
    yield made
    made.storage.dispose()


def words(answer: TestResponse) -> str:
    """An answer as text: also what is packed in a workbook or an archive."""
    if answer.data[:2] == b"PK":
        packed = zipfile.ZipFile(io.BytesIO(answer.data))
        return " ".join(packed.read(name).decode("utf-8", "replace") for name in packed.namelist())
    return answer.data.decode("utf-8", "replace")


def tells(answer: TestResponse) -> bool:
    """Whether an answer says anything of the case, besides the address that was asked for."""
    there = urlsplit(answer.request.path).path
    return MARK in words(answer).replace(SLUG, "" if SLUG in there else SLUG).lower()


def said(answer: TestResponse, values: Mapping[str, Any]) -> tuple[int, str]:
    """What an answer says, without the address that was asked for and what differs from one page to the next."""
    text = words(answer).replace(values["slug"], "*").replace(values["code"], "*")
    return answer.status_code, re.sub(r'value="[^"]{40,}"|nonce="?[^"\s>]+|request [0-9a-f]+|[0-9a-f]{10}', "", text)


@pytest.mark.slow
@pytest.mark.databases
def test_nothing_of_a_sensitive_case_is_on_any_page_or_in_any_file(place: Place) -> None:
    named = place.desk(ADMIN)
    assert {rule.endpoint for rule, path in place.pages() if tells(named.get(path))} >= SPEAKING
    place.close()
    assert {rule.endpoint for rule, path in place.pages() if tells(named.get(path))} >= SPEAKING
    for role, email in OUTSIDERS.items():
        desk = place.desk(email)
        telling = [path for _, path in place.pages() if tells(desk.get(path))]
        # What was looked for is repeated in the field: a beginning of the mark finds it as well.
        asked = (
            "search/?q=zqmark",
            "search/?q=zqmark&kind=action",
            "cases/?q=zqmark",
            "?words=zqmark",
            "officials/?q=zqm",
        )
        telling += [path for path in asked if tells(desk.get(f"/organise/{path}"))]
        assert (role, telling) == (role, [])


@pytest.mark.slow
def test_its_addresses_answer_as_those_of_what_does_not_exist_also_to_forms(place: Place) -> None:
    place.close()
    before, values = place.rows(), place.office.values
    for role, email in OUTSIDERS.items():
        desk, other = place.desk(email), {**values, **NOTHING}
        for here, nowhere in place.of_the_case("GET"):
            assert said(desk.get(here), values) == said(desk.get(nowhere), other), (role, here)
        for here, nowhere in place.of_the_case("POST"):
            answer = desk.post(here)
            assert said(answer, values) == said(desk.post(nowhere), other), (role, here)
            assert answer.status_code in (403, 404, 422), (role, here)
            assert not tells(answer), (role, here)
    assert place.rows() == before


@pytest.mark.slow
def test_no_mail_and_no_calendar_tells_of_it(place: Place) -> None:
    with place.storage.writing() as session:
        # Due today where the cases are: every daily mail would tell of it.
        session.execute(update(Organisation).values(digest_hour=0))
        due = Action.slug.in_((SLUG, "paused"))
        session.execute(update(Action).where(due).values(deadline=clock.local_day(clock.now(), "Asia/Karachi")))
        for whose, email in {"noor": ADMIN, **OUTSIDERS}.items():
            organiser = session.scalars(select(Organiser).where(Organiser.email == email)).one()
            who = organisers.actor(organiser)
            calendar_and_digest.open_calendar(session, place.storage.vault, who, f"calendar-of-{whose}", clock.now())
    place.close()
    jobs = Jobs(place.site.settings, place.storage)
    jobs.digest()
    jobs.post()
    mails = dict.fromkeys((ADMIN, *OUTSIDERS.values()), "")
    for file in place.site.settings.mailbox.glob("*.eml"):
        mail = message_from_bytes(file.read_bytes(), policy=policy.default)
        parts = (part.get_content() for part in mail.walk() if not part.is_multipart())
        if str(mail["To"]) in mails:
            mails[str(mail["To"])] += " ".join((str(mail["Subject"]), *parts))
    assert MARK in mails[ADMIN]
    assert MARK in place.site.client.get("/organise/calendar/calendar-of-noor.ics").text
    for role, email in OUTSIDERS.items():
        assert mails[email]
        assert MARK not in mails[email]
        answer = place.site.client.get(f"/organise/calendar/calendar-of-{role}.ics")
        assert answer.status_code == 200
        assert MARK not in answer.text
