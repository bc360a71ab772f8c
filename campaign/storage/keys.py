"""Keys with a life: known by number, added, re-encrypted to while people sign, and retired when nothing needs them.

A rotation walks every encrypted column by its primary key, a few hundred rows a transaction, and writes where it is
next to the key it rotates to: killed, it goes on from there. It is done when a whole walk finds nothing left.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet
from sqlalchemy import bindparam, func, select, update
from sqlalchemy.orm import Session

from campaign.errors import Incomplete, Refused, Unknown
from campaign.storage.encrypted_columns import (
    COLUMNS,
    LOOK_UP_KEY,
    TEXT_MARK,
    EncryptedColumn,
    numbers_of_paper,
    of_text,
)
from campaign.storage.engine import Storage
from campaign.storage.tables import KnownKey, LookUpKey, Signature
from campaign.storage.upsert import insert_or_leave
from campaign.storage.vault import Unreadable, Vault, number_of

AT_ONCE = 500
# How values without a number, which are Fernet tokens of before, are called where keys are listed.
WITHOUT_NUMBER = "of before"


@dataclass(frozen=True)
class Listed:
    """A key as `campaign keys list` tells it."""

    number: str
    newest: bool
    held: bool  # whether this installation was given it
    values: int
    added_at: datetime | None
    retired_at: datetime | None


@dataclass(frozen=True)
class Progress:
    """How far the re-encryption to the newest key is."""

    done: int
    total: int
    complete: bool


def settle(storage: Storage, now: datetime) -> bool:
    """Note the keys that are given, and give the look-ups a key of their own if they have none.

    Called whenever an installation is set up, and by each minute's sweep. False, and nothing is written, if the keys
    are not those of this database: see `faults`.
    """
    with storage.reading() as session:
        if faults(session, storage.vault):
            return False
        known = set(session.scalars(select(KnownKey.number)))
        has_own = session.get(LookUpKey, 1) is not None
    fresh = [key.name for key in storage.vault.keys if key.name not in known]
    if has_own and not fresh:
        return True
    with storage.writing() as session:
        for number in fresh:
            insert_or_leave(session, KnownKey, number=number, added_at=now, done=0, total=0)
        if not has_own:
            written = base64.b64encode(storage.vault.hash_key).decode()
            insert_or_leave(session, LookUpKey, id=1, encrypted=storage.vault.encrypt(written, LOOK_UP_KEY, 1))
    return True


def faults(session: Session, vault: Vault) -> list[str]:
    """Where keys and data disagree: a sentence each, which names the key and says what to do."""
    given = {key.name for key in vault.keys}
    encrypted = session.scalar(select(LookUpKey.encrypted).where(LookUpKey.id == 1))
    found: list[str] = []
    if encrypted is not None and (number_of(encrypted) or "") not in given:
        found.append(
            f"Key {number_of(encrypted)} opens the look-up key of this database, and is not in CAMPAIGN_DATA_KEYS "
            f"({', '.join(sorted(given))}). Put it back: the data is whole, and cannot be read without it."
        )
    missing = set(
        session.scalars(select(KnownKey.number).where(KnownKey.retired_at.is_(None), KnownKey.number.not_in(given)))
    )
    missing.discard(number_of(encrypted or b"") or "")
    found += [
        f"Key {number} wrote values of this database, and is not in CAMPAIGN_DATA_KEYS. Put it back, or retire it "
        f"once nothing lies under it: campaign keys retire {number}"
        for number in sorted(missing)
        if _lies_under(session, number)
    ]
    if not found and not _sample_opens(session, vault):
        found.append(
            "The keys in CAMPAIGN_DATA_KEYS open nothing of this database. Put back those that it was written with."
        )
    return found


def unreadable(session: Session, vault: Vault) -> tuple[int, Counter[str]]:
    """(encrypted values there are, {column: how many of it no key opens}); all of them are tried."""
    tried, closed = 0, Counter[str]()
    for column in COLUMNS:
        after: tuple[object, ...] | None = None
        while rows := session.execute(column.every(after, AT_ONCE)).all():
            width = len(column.keys)
            for row in rows:
                value, identity = row[width], tuple(row[width + 1 :])
                if not value or (column.text and not value.startswith(TEXT_MARK)):
                    continue
                tried += 1
                try:
                    column.reencrypted(vault, value, identity)
                except (Unreadable, ValueError):
                    closed[column.name] += 1
            after = tuple(rows[-1][:width])
    return tried, closed


def listed(session: Session, vault: Vault) -> tuple[list[Listed], int]:
    """(the keys, newest first and then those that are gone; how many values carry no number yet)."""
    values = values_by_number(session)
    known = {key.number: key for key in session.scalars(select(KnownKey).order_by(KnownKey.added_at.desc()))}
    given = [key.name for key in vault.keys]
    numbers = [*given, *(number for number in known if number not in given)]
    rows = [
        Listed(
            number,
            number == given[0],
            number in given,
            values[number],
            known[number].added_at if number in known else None,
            known[number].retired_at if number in known else None,
        )
        for number in numbers
    ]
    return rows, values[WITHOUT_NUMBER]


def values_by_number(session: Session) -> Counter[str]:
    """How many values lie under each key, every column counted."""
    numbers: Counter[str] = Counter()
    for column in COLUMNS:
        if column.rewrite is not None:
            for written in session.scalars(select(column.column).where(column.column.is_not(None))):
                numbers.update(number_of(value) or WITHOUT_NUMBER for value in numbers_of_paper(written))
        elif column.text:
            for text in session.scalars(select(column.column).where(column.column.startswith("v1:"))):
                numbers[number_of(of_text(text)) or WITHOUT_NUMBER] += 1
        else:
            begins = func.substr(column.column, 1, 5)
            chosen = select(begins, func.count()).where(column.column.is_not(None), column.column != b"")
            for beginning, count in session.execute(chosen.group_by(begins)):
                numbers[number_of(bytes(beginning)) or WITHOUT_NUMBER] += count
    return numbers


def add(path: Path) -> str:
    """Make a key and put it first in the file that keys are read from; returns its number. Processes take it up."""
    written = Fernet.generate_key().decode()
    before = path.read_text("utf-8").strip()
    replace_file(path, f"{written}\n{before}\n")
    return Vault((written,)).keys[0].name


def step(storage: Storage, now: datetime) -> Progress:
    """Re-encrypt up to `AT_ONCE` rows; call again until it is complete."""
    vault = storage.vault
    number = vault.keys[0].name
    with storage.reading() as session:
        state = _known(session, number)
        if state is None:
            raise Incomplete("The keys of this installation are not noted yet. Run: campaign init")
        if state.rotated_at is not None:
            return Progress(state.done, state.total, complete=True)
        where = _Where.read(state.place)
        total = state.total or _all_values(session)
        column = COLUMNS[where.column]
        rows = session.execute(column.rows(vault, where.after, AT_ONCE)).all()
        changed = [_changed(column, vault, tuple(row)) for row in rows]
    changed = [it for it in changed if it["new"] != it["old"]]
    with storage.writing() as session:
        _write(session, column, changed)
        goes_on = where.next(tuple(rows[-1][: len(column.keys)]) if len(rows) == AT_ONCE else None, len(changed))
        done = min(total, state.done + len(changed))
        session.execute(
            update(KnownKey)
            .where(KnownKey.number == number)
            .values(
                started_at=state.started_at or now,
                place=goes_on.written() if goes_on else None,
                done=done if goes_on else total,
                total=total,
                rotated_at=None if goes_on else now,
            )
        )
    return Progress(done, total, complete=goes_on is None)


def rotate(
    storage: Storage,
    clock: Callable[[], datetime],
    tell: Callable[[Progress], None],
    stopping: Callable[[], bool] = lambda: False,
) -> Progress:
    """Re-encrypt everything to the newest key, telling how far it is."""
    while True:
        progress = step(storage, clock())
        tell(progress)
        if progress.complete or stopping():
            return progress


def begin_again(session: Session, vault: Vault) -> None:
    """Let the rotation to the newest key look at everything once more, though it was complete."""
    session.execute(
        update(KnownKey)
        .where(KnownKey.number == vault.keys[0].name, KnownKey.rotated_at.is_not(None))
        .values(rotated_at=None, place=None, done=0, total=0)
    )


def waits(session: Session, vault: Vault) -> bool:
    """Whether a rotation is owed: the newest key was added after another, or values of before are there."""
    state = _known(session, vault.keys[0].name)
    return state is not None and state.rotated_at is None


def retire(storage: Storage, number: str, path: Path | None, now: datetime) -> bool:
    """End a key under which nothing lies any more. True if it was taken out of the keys' file; else a person must.

    Raises `Unknown` if there is no such key, `Refused` while it is the newest or values lie under it.
    """
    vault = storage.vault
    if number == vault.keys[0].name:
        raise Refused("Key %(number)s is the newest: add another first, then rotate.", number=number)
    with storage.reading() as session:
        if number not in {key.name for key in vault.keys} and _known(session, number) is None:
            raise Unknown("There is no key %(number)s. List them: campaign keys list", number=number)
        values = values_by_number(session)
        if values[number]:
            raise Refused(
                "%(count)s values still lie under key %(number)s. Run: campaign keys rotate",
                count=values[number],
                number=number,
            )
        if values[WITHOUT_NUMBER]:
            raise Refused(
                "%(count)s values carry no number yet and may lie under any key. Run: campaign keys rotate",
                count=values[WITHOUT_NUMBER],
            )
        if session.get(LookUpKey, 1) is None:
            raise Refused("The look-ups still need their eldest key. Run: campaign init")
    with storage.writing() as session:
        insert_or_leave(session, KnownKey, number=number, added_at=now, done=0, total=0)
        session.execute(update(KnownKey).where(KnownKey.number == number).values(retired_at=now))
    if path is None or number not in {key.name for key in vault.keys}:
        return False
    replace_file(path, "".join(f"{key.written}\n" for key in vault.keys if key.name != number))
    return True


@dataclass(frozen=True)
class _Where:
    """Where a rotation is: which column, behind which primary key, and what this walk has changed so far."""

    column: int = 0
    after: tuple[Any, ...] | None = None
    changed: int = 0

    @classmethod
    def read(cls, written: str | None) -> _Where:
        if not written:
            return cls()
        column, after, changed = json.loads(written)
        if after is not None:
            after = tuple(bytes.fromhex(it) if isinstance(it, str) else it for it in after)
        return cls(column, after, changed)

    def written(self) -> str:
        after = None if self.after is None else [it.hex() if isinstance(it, bytes) else it for it in self.after]
        return json.dumps([self.column, after, self.changed])

    def next(self, after: tuple[Any, ...] | None, changed: int) -> _Where | None:
        """Where to go on; None after a whole walk that found nothing left."""
        changed += self.changed
        if after is not None:
            return _Where(self.column, after, changed)
        if self.column + 1 < len(COLUMNS):
            return _Where(self.column + 1, None, changed)
        return _Where() if changed else None


def _changed(column: EncryptedColumn, vault: Vault, row: tuple[Any, ...]) -> dict[str, Any]:
    keys, old, identity = row[: len(column.keys)], row[len(column.keys)], row[len(column.keys) + 1 :]
    try:
        new = column.reencrypted(vault, old, identity)
    except Unreadable:
        raise Refused(
            "A value in %(column)s opens under no key of CAMPAIGN_DATA_KEYS. Run: campaign check", column=column.name
        ) from None
    if column.rewrite is not None and all(value.startswith(vault.prefix) for value in numbers_of_paper(old)):
        new = old
    return {"keys": keys, "old": old, "new": new}


def _write(session: Session, column: EncryptedColumn, changes: list[dict[str, Any]]) -> None:
    """Put new values in the place of the old ones, where those are still there: their owners may be changing them.

    One statement for all of them; what it leaves alone, the next walk looks at again.
    """
    if not changes:
        return
    table = column.column.class_.__table__
    key_columns = [table.c[key.key] for key in column.keys]
    statement = (
        update(table)
        .where(*(key == bindparam(f"key_{key.name}") for key in key_columns))
        .where(table.c[column.column.key] == bindparam("old"))
        .values({column.column.key: bindparam("new")})
    )
    session.connection().execute(
        statement,
        [
            {f"key_{key.name}": value for key, value in zip(key_columns, change["keys"], strict=True)}
            | {"old": change["old"], "new": change["new"]}
            for change in changes
        ],
    )


def _all_values(session: Session) -> int:
    return sum(values_by_number(session).values())


def _known(session: Session, number: str) -> KnownKey | None:
    return session.scalars(select(KnownKey).where(KnownKey.number == number)).one_or_none()


def _lies_under(session: Session, number: str) -> bool:
    return values_by_number(session)[number] > 0


def _sample_opens(session: Session, vault: Vault) -> bool:
    sample = session.execute(
        select(Signature.reference, Signature.name).where(Signature.name.is_not(None)).limit(1)
    ).one_or_none()
    if sample is None:
        return True
    try:
        vault.decrypt(sample.name or b"", "signatures.name", sample.reference)
    except Unreadable:
        return False
    return True


def replace_file(path: Path, text: str) -> None:
    """Write a file of secrets whole or not at all, for its owner alone."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
