"""The table of one action's signatures: filtered, found, paged, and taken out as a file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, func, literal, select, tuple_, type_coerce
from sqlalchemy.orm import Session
from sqlalchemy.types import NullType

from campaign.appeals.abuse import origins
from campaign.appeals.signing import addresses
from campaign.errors import Refused
from campaign.office import audit
from campaign.office.audit import About, Actor
from campaign.office.spreadsheets import Cells
from campaign.storage import Storage, Vault
from campaign.storage.encrypted_columns import SIGNATURE_MESSAGE, SIGNATURE_NAME
from campaign.storage.tables import Action, Signature
from campaign.vocabulary import Disclosure, SignatureStatus, WordsStatus

AT_ONCE = 50
# As an index has them: also those of one day, or those with words, are read from where the last page ended.
_IN_ORDER = tuple_(Signature.created_at, Signature.id)
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
    reason: bool  # whether its writer agreed that everyone may read the message


@dataclass(frozen=True)
class Listed:
    """One page of the table, the newest first; `before` is the last one's number, if there are more."""

    rows: tuple[Row, ...]
    before: int | None


def listed(
    session: Session, vault: Vault, action_id: int, narrowed: Filter, before: int | None = None, most: int = AT_ONCE
) -> Listed:
    """A page of what the filter leaves. Raises `Refused` for an address that cannot be one."""
    wanted = select(Signature).where(Signature.action_id == action_id, *criteria(vault, narrowed))
    if before is not None:
        since = session.scalar(select(Signature.created_at).where(Signature.id == before))
        wanted = wanted.where(tuple_(since, before) > _IN_ORDER)
    in_order = (Signature.created_at.desc(), Signature.id.desc())
    found = session.scalars(wanted.order_by(*in_order).limit(most + 1)).all()
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
    found: Counter[SignatureStatus] = Counter()
    for it in standing(session, action_id):
        found[it.status] += it.signatures
    return dict(found)


def countries(session: Session, action_id: int) -> tuple[str, ...]:
    """Where signatures of one action came from: what its filter offers."""
    return tuple(sorted({it.country for it in standing(session, action_id)}))


@dataclass(frozen=True)
class Standing:
    """How many signatures of one action are alike in this. `counts`: they are, or will soon be, in the public count."""

    status: SignatureStatus
    country: str
    locale: str
    counts: bool
    signatures: int


def standing(session: Session, action_id: int) -> tuple[Standing, ...]:
    """All signatures of one action in groups, read from the index that is in this order, without a look at a row."""
    alike = (Signature.status, Signature.country, Signature.locale, Signature.counts)
    found = session.execute(select(*alike, func.count()).where(Signature.action_id == action_id).group_by(*alike))
    return tuple(Standing(*row) for row in found)


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
        reason=signature.reason_consent_id is not None,
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


def exported(storage: Storage, action_id: int, narrowed: Filter, up_to: int) -> Iterator[Cells]:
    """The rows of the file, its headings first, the eldest signature before the newest; read in batches.

    Whoever asked not to be named to anyone is in it as a number, without name and words.
    """
    yield HEADINGS
    # Columns as the driver has them, and no objects: a file has as many rows as there are people.
    wanted = (
        select(*_AS_STORED)
        .where(Signature.action_id == action_id, Signature.id <= up_to)
        .where(_with_a_name(), *criteria(storage.vault, replace(narrowed, country=None)))
        .order_by(Signature.created_at, Signature.id)
        .limit(IN_A_BATCH)
    )
    if narrowed.country:
        # Read in passing: an index that leads to a country would make each batch sort all that is left of it.
        wanted = wanted.where(Signature.country.concat("") == narrowed.country)
    cells = _cells_of(storage.vault)
    batch = wanted
    while True:
        with storage.reading() as session:
            found = session.connection().execute(batch).all()
        yield from cells(found)
        if len(found) < IN_A_BATCH:
            return
        *_, signed_at, last = found[-1]
        batch = wanted.where(tuple_(literal(signed_at, NullType()), last) < _IN_ORDER)


# Words of ours and days are written as they lie there; the last two say where the next batch begins.
_AS_STORED = tuple(
    type_coerce(column, NullType())
    for column in (
        Signature.reference,
        Signature.name,
        Signature.message,
        Signature.country,
        Signature.disclosure,
        Signature.status,
        Signature.confirmed_at,
        Signature.locale,
        Signature.words_status,
        Signature.created_at,
        Signature.id,
    )
)


def _cells_of(vault: Vault) -> Callable[[Iterable[Any]], Iterator[Cells]]:
    """How stored rows become the cells of `HEADINGS`."""
    name_of, words_of = vault.opener(SIGNATURE_NAME), vault.opener(SIGNATURE_MESSAGE)

    def cells(rows: Iterable[Any]) -> Iterator[Cells]:
        for reference, name, message, country, disclosure, status, confirmed, locale, shown, signed, id_ in rows:
            row = bytes(reference)
            yield (
                id_,
                name_of(name, row),
                country,
                disclosure,
                status,
                # The day, and not the minute: by that, whoever watched a network would know a person.
                _day(signed),
                _day(confirmed),
                locale,
                words_of(message, row) if message else None,
                shown,
            )

    return cells


def _day(stored: datetime | str | None) -> date | None:
    """The day, in UTC, of an instant as the driver gives it: SQLite's begins with it."""
    if stored is None:
        return None
    return _dated(stored[:10]) if isinstance(stored, str) else stored.astimezone(UTC).date()


# A file has a hundred thousand rows, and as many days as an action lasts.
_dated = lru_cache(maxsize=1_000)(date.fromisoformat)


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
