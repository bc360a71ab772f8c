"""The table of one action's signatures: filtered, found, paged, and taken out as a file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from campaign.appeals.abuse import origins
from campaign.appeals.signing import addresses
from campaign.errors import Refused
from campaign.office import audit
from campaign.office.audit import About, Actor
from campaign.office.spreadsheets import line
from campaign.storage import Storage, Vault
from campaign.storage.encrypted_columns import SIGNATURE_MESSAGE, SIGNATURE_NAME
from campaign.storage.tables import Action, Signature
from campaign.vocabulary import Disclosure, SignatureStatus, WordsStatus

AT_ONCE = 50
# How many an export reads at a time: it holds no transaction open while someone's line is slow.
IN_A_BATCH = 1_000

HEADINGS = (
    "number",
    "name",
    "country",
    "disclosure",
    "status",
    "signed at (UTC)",
    "confirmed at (UTC)",
    "language",
    "words",
    "message approved",
)


@dataclass(frozen=True)
class Filter:
    """What the table is narrowed down to; None means any. `day` is a day of signing in `time_zone`.

    A name and an address are found exactly, by keyed hash: there is no looking for parts of either.
    """

    status: SignatureStatus | None = None
    country: str | None = None
    day: date | None = None
    disclosure: Disclosure | None = None
    words: bool | None = None
    name: str | None = None
    email: str | None = None
    time_zone: str = "UTC"


@dataclass(frozen=True)
class Row:
    """A signature in the table. `name` is None once it is gone; an address is never shown."""

    id: int
    name: str | None
    name_hidden: bool
    country: str
    disclosure: Disclosure
    status: SignatureStatus
    created_at: datetime
    confirmed_at: datetime | None
    locale: str
    words: str | None
    words_status: WordsStatus | None


@dataclass(frozen=True)
class Listed:
    """One page of the table, the newest first; `before` leads on to the next, if there is one."""

    rows: tuple[Row, ...]
    before: int | None


def listed(
    session: Session, vault: Vault, action_id: int, narrowed: Filter, before: int | None = None, most: int = AT_ONCE
) -> Listed:
    """A page of what the filter leaves. Raises `Refused` for an address that cannot be one."""
    wanted = select(Signature).where(Signature.action_id == action_id, *criteria(vault, narrowed))
    if before is not None:
        wanted = wanted.where(Signature.id < before)
    found = session.scalars(wanted.order_by(Signature.id.desc()).limit(most + 1)).all()
    rows = tuple(read(vault, it) for it in found[:most])
    return Listed(rows, rows[-1].id if len(found) > most else None)


def criteria(vault: Vault, narrowed: Filter) -> list[ColumnElement[bool]]:
    """A filter as conditions."""
    found: list[ColumnElement[bool]] = []
    if narrowed.status is not None:
        found.append(Signature.status == narrowed.status)
    if narrowed.country:
        found.append(Signature.country == narrowed.country)
    if narrowed.disclosure is not None:
        found.append(Signature.disclosure == narrowed.disclosure)
    if narrowed.words is not None:
        found.append(Signature.message.is_not(None) if narrowed.words else Signature.message.is_(None))
    if narrowed.day is not None:
        begins = datetime.combine(narrowed.day, time.min, ZoneInfo(narrowed.time_zone))
        ends = datetime.combine(narrowed.day + timedelta(days=1), time.min, ZoneInfo(narrowed.time_zone))
        found += [Signature.created_at >= begins, Signature.created_at < ends]
    if narrowed.name:
        found.append(Signature.name_hash == origins.name_hash(vault, narrowed.name))
    if narrowed.email:
        found.append(Signature.email_hash == email_hash(vault, narrowed.email))
    return found


def email_hash(vault: Vault, email: str) -> bytes:
    """How an address is found. Raises `Refused` if it cannot be one."""
    return vault.keyed_hash("e-mail", addresses.normal_form(addresses.checked(email)))


def totals(session: Session, action_id: int) -> dict[SignatureStatus, int]:
    """How many signatures of each status; those of none are left out."""
    found = session.execute(
        select(Signature.status, func.count()).where(Signature.action_id == action_id).group_by(Signature.status)
    ).all()
    return {status: int(n) for status, n in found}


def countries(session: Session, action_id: int) -> tuple[str, ...]:
    """Where signatures of one action came from: what its filter offers."""
    return tuple(
        session.scalars(
            select(Signature.country).where(Signature.action_id == action_id).distinct().order_by(Signature.country)
        )
    )


def read(vault: Vault, signature: Signature) -> Row:
    """A stored signature, decrypted."""
    return Row(
        id=signature.id,
        name=vault.decrypt(signature.name, SIGNATURE_NAME, signature.reference) if signature.name else None,
        name_hidden=signature.name_hidden,
        country=signature.country,
        disclosure=signature.disclosure,
        status=signature.status,
        created_at=signature.created_at,
        confirmed_at=signature.confirmed_at,
        locale=signature.locale,
        words=vault.decrypt(signature.message, SIGNATURE_MESSAGE, signature.reference) if signature.message else None,
        words_status=signature.words_status,
    )


def begin_export(
    session: Session, vault: Vault, actor: Actor, action: Action, narrowed: Filter, reason: str, now: datetime
) -> int:
    """Record who takes names out of the system, how many and why; returns up to which signature.

    Recorded before the first line leaves, so that no export goes without. Raises `Refused` without a reason.
    """
    if not reason.strip():
        raise Refused("Enter the purpose. It is recorded in the audit trail.")
    exported = (Signature.action_id == action.id, _with_a_name(), *criteria(vault, narrowed))
    count, last = session.execute(select(func.count(), func.max(Signature.id)).where(*exported)).one()
    audit.record(
        session,
        vault,
        actor,
        "signatures exported",
        About("action", action.id, action_id=action.id, case_id=action.case_id),
        now,
        after={"signatures": int(count), **_told(narrowed)},
        reason=reason.strip(),
    )
    return int(last or 0)


def exported(storage: Storage, action_id: int, narrowed: Filter, up_to: int) -> Iterator[str]:
    """The lines of the file, its headings first, the eldest signature before the newest; read in batches.

    Whoever asked not to be named to anyone is in it as a number, without name and words.
    """
    yield line(HEADINGS)
    last = 0
    while True:
        with storage.reading() as session:
            found = session.scalars(
                select(Signature)
                .where(Signature.action_id == action_id, Signature.id > last, Signature.id <= up_to)
                .where(_with_a_name(), *criteria(storage.vault, narrowed))
                .order_by(Signature.id)
                .limit(IN_A_BATCH)
            ).all()
            lines = [line(_cells(read(storage.vault, it))) for it in found]
        yield from lines
        if len(found) < IN_A_BATCH:
            return
        last = found[-1].id


def _cells(row: Row) -> tuple[object, ...]:
    return (
        row.id,
        row.name,
        row.country,
        row.disclosure,
        row.status,
        # The day, and not the minute: by that, whoever watched a network would know a person.
        f"{row.created_at:%Y-%m-%d}",
        f"{row.confirmed_at:%Y-%m-%d}" if row.confirmed_at else "",
        row.locale,
        row.words or "",
        row.words_status or "",
    )


def _with_a_name() -> ColumnElement[bool]:
    """Those who confirmed, and let a name of theirs be seen: of all others a file holds no row.

    A row without a name tells who it is all the same, by its country, its language and its time.
    """
    return and_(
        Signature.status == SignatureStatus.CONFIRMED,
        Signature.disclosure != Disclosure.WITHHELD,
        Signature.name.is_not(None),
    )


def _told(narrowed: Filter) -> dict[str, object]:
    """A filter for the audit trail: that a name or an address was looked for, and not which."""
    told = {name: getattr(narrowed, name) for name in ("status", "country", "day", "disclosure", "words")}
    told.update({name: "given" for name in ("name", "email") if getattr(narrowed, name)})
    return {name: value for name, value in told.items() if value is not None}
