"""The office's file (CSV) of an action with 100,000 names, against the same rows as the driver gives them.

The floor is one SELECT on SQLite's own cursor through the library's CSV writer: nothing is decrypted, no column is
turned into anything. Both are made in turn, in the same minute. Run it as `.venv/bin/python bench/csv_file.py`; it
takes about a minute, and leaves nothing behind.
"""

from __future__ import annotations

import csv
import io
import secrets
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import board
from sqlalchemy import delete, insert, select

from campaign import migrations
from campaign.appeals.signature_admin import table
from campaign.appeals.signature_admin.table import Filter
from campaign.office.spreadsheets import csv_lines
from campaign.storage import Storage
from campaign.storage.encrypted_columns import SIGNATURE_MESSAGE, SIGNATURE_NAME
from campaign.storage.tables import ConsentText, Signature
from campaign.vocabulary import Disclosure, SignatureStatus, WordsStatus

TARGET = 1.5
NAMES, ROUNDS, AT_ONCE = 100_000, 5, 5_000
BEGAN = datetime(2026, 10, 1, 12, tzinfo=UTC)


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as home:
        storage = Storage(board.settings(Path(home), f"sqlite:///{home}/campaign.db"))
        _signed(storage)
        ours: list[float] = []
        floor: list[float] = []
        for _ in range(ROUNDS):
            ours.append(_seconds(lambda: _file(storage)))
            floor.append(_seconds(lambda: _bare(storage)))
        storage.dispose()
    took = statistics.median(ours)
    print(f"{'a file of 100,000 names':<26}{'seconds':>24}{'target':>14}  {'':<9}{'floor':>22}")
    print(
        f"{'SQLite':<26}{board.spread(ours, '.2f'):>24}{f'at most {TARGET:g}':>14}  "
        f"{'reached' if took <= TARGET else 'MISSED':<9}{board.spread(floor, '.2f'):>22}"
    )
    sys.exit(took > TARGET)


def _file(storage: Storage) -> int:
    return sum(part.count("\r\n") for part in csv_lines(table.exported(storage, 1, Filter(), 10**9))) - 1


def _bare(storage: Storage) -> int:
    with storage.engine.connect() as connection:
        cursor = connection.connection.cursor()
        cursor.execute(
            "SELECT id, reference, name, country, disclosure, status, created_at, confirmed_at, locale, message, "
            "words_status FROM signatures WHERE action_id = 1 ORDER BY created_at, id"
        )
        written = io.StringIO()
        csv.writer(written).writerows(cursor)
    return written.getvalue().count("\r\n")


def _seconds(work: Callable[[], int]) -> float:
    began = time.perf_counter()
    if work() != NAMES:
        raise SystemExit("The file does not hold every name.")
    return time.perf_counter() - began


def _signed(storage: Storage) -> None:
    """Names as long as people's, a second after one another; one of five with words of their own."""
    migrations.upgrade(storage.engine)
    board.furnish(storage)
    board.fill(storage, 5, 1)
    vault = storage.vault
    with storage.writing() as session:
        consent_id = session.scalars(select(ConsentText.id).limit(1)).one()
        session.execute(delete(Signature))
        for start in range(0, NAMES, AT_ONCE):
            rows = []
            for n in range(start, start + AT_ONCE):
                reference, at = secrets.token_bytes(16), BEGAN + timedelta(seconds=n)
                words = vault.encrypt(f"I am number {n}, and I ask you to act. " * 2, SIGNATURE_MESSAGE, reference)
                rows.append(
                    {
                        "action_id": 1,
                        "reference": reference,
                        "status": SignatureStatus.CONFIRMED,
                        "name": vault.encrypt(f"Given Surname-{n:06}", SIGNATURE_NAME, reference),
                        "message": None if n % 5 else words,
                        "words_status": None if n % 5 else WordsStatus.SHOWN,
                        "country": board.COUNTRIES[n % len(board.COUNTRIES)],
                        "disclosure": Disclosure.PUBLIC,
                        "updates": False,
                        "locale": "en",
                        "consent_text_id": consent_id,
                        "created_at": at,
                        "expires_at": at,
                        "confirmed_at": at,
                        "confirmed_on": at.date(),
                        "counts": True,
                        "tallied": True,
                        "name_hidden": False,
                    }
                )
            session.execute(insert(Signature), rows)
    storage.learn()
    storage.dispose()  # what is known of the tables is read when SQLite is opened


if __name__ == "__main__":
    main()
