"""Copies of sources: what a page or a paper said on a day, kept byte for byte, so that it can be proved later.

After the Berkeley Protocol on digital open source investigations (OHCHR, 2020/22), as far as it fits an office: what
it is, from where, when and by whom it was taken, a hash, unaltered storage, and who had it in hand (the audit trail).
The file is stored before its row, and its row ends before its file, so a row never names a file that is not there.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from urllib.parse import urlsplit

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from campaign import clock
from campaign.cases.evidence.case_parts import lock_case
from campaign.cases.evidence.copy_files import kind_of_copy
from campaign.errors import Conflict, Refused, Unknown
from campaign.office import audit
from campaign.office.audit import About, Actor
from campaign.sentences import Sentence, joined
from campaign.storage import Storage, Vault, guarded
from campaign.storage.files import Files
from campaign.storage.tables import Case, Organiser, Source, SourceCopy
from campaign.vocabulary import CopyKind

FOLDER = "source-copies"
# Of one source. More are no copies of one thing.
MOST = 20
LONGEST_URL, LONGEST_WHY = 2000, 1000
# A file without a row may be one whose row is about to be written.
_SETTLED = timedelta(days=2)


class State(StrEnum):
    """What is known of a stored copy now."""

    UNALTERED = "unaltered"
    ALTERED = "altered"
    MISSING = "missing"


@dataclass(frozen=True)
class Given:
    """What was handed in, looked at and stored: `mark` names its file, `sha256` (hex) is of its very bytes."""

    mark: str
    kind: CopyKind
    size: int
    sha256: str


@dataclass(frozen=True)
class Taken:
    """From where and on which day a copy was taken."""

    url: str | None
    on: date | None

    def faults(self, today: date) -> dict[str, Sentence]:
        """{field: what is wrong with it, and what to do}."""
        wrong: dict[str, Sentence] = {}
        if self.url is not None:
            parts = urlsplit(self.url)
            if parts.scheme not in {"http", "https"} or not parts.netloc:
                wrong["url"] = Sentence("Enter the full address, starting with https://.")
            elif len(self.url) > LONGEST_URL:
                wrong["url"] = Sentence("Use %(most)s characters at most.", most=LONGEST_URL)
        if self.on is None:
            wrong["taken_on"] = Sentence("Enter the day the copy was taken.")
        elif self.on > today:
            wrong["taken_on"] = Sentence("This day is still to come. Enter the day the copy was taken.")
        return wrong


@dataclass(frozen=True)
class Shown:
    """A copy as its page lists it, with who added it and, if so, who removed it, by name."""

    id: int
    kind: CopyKind
    size: int
    sha256: str
    url: str | None
    taken_on: date
    added_at: datetime
    added_by: str
    mark: str
    removed_at: datetime | None = None
    removed_by: str | None = None
    removed_why: str | None = None


def store(files: Files, given: bytes, now: datetime) -> Given:
    """Look at what was handed in, and store it as it is. Before any transaction: this takes a while.

    Raises `Refused` for what is no PDF, HTML page or picture of at most 10 MB.
    """
    kind = kind_of_copy(given)
    mark = f"{now:%Y%m%d}-{secrets.token_hex(12)}"
    files.write(_name(mark, kind), given)
    return Given(mark, kind, len(given), hashlib.sha256(given).hexdigest())


def add(
    session: Session,
    vault: Vault,
    actor: Actor,
    case_id: int,
    source_id: int,
    given: Given,
    taken: Taken,
    now: datetime,
) -> int:
    """Keep a copy with its source; returns its number.

    Raises `Refused` for what is wrong with it, for the same bytes once more, and for more copies than `MOST`.
    """
    lock_case(session, case_id)
    source = _source(session, case_id, source_id)
    faults = taken.faults(clock.local_day(now, _zone(session, case_id)))
    if faults or taken.on is None or actor.id is None:
        raise Refused("%(faults)s", faults=joined(faults.values()))
    kept = select(func.count()).where(SourceCopy.source_id == source.id, SourceCopy.removed_at.is_(None))
    if (session.scalar(kept) or 0) >= MOST:
        raise Refused("This source has %(most)s copies. Remove one first, with the reason.", most=MOST)
    row = SourceCopy(
        case_id=case_id,
        source_id=source.id,
        mark=given.mark,
        kind=given.kind,
        size=given.size,
        sha256=given.sha256,
        url=taken.url,
        taken_on=taken.on,
        added_at=now,
        added_by_id=actor.id,
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError as error:
        raise Refused("This source has this very copy already.") from error
    told = {"kind": row.kind, "size": row.size, "sha256": row.sha256, "url": row.url, "taken_on": row.taken_on}
    audit.record(session, vault, actor, "copy added", _about(row), now, after=told)
    return row.id


def forget(files: Files, given: Given) -> None:
    """Let go of what was stored and is not kept after all."""
    files.remove(_name(given.mark, given.kind))


def of_source(session: Session, source_id: int) -> tuple[Sequence[Shown], Sequence[Shown]]:
    """The copies of a source, the latest first: those that are kept, and what is left of those that were removed."""
    names = {it.id: it.name for it in session.execute(select(Organiser.id, Organiser.name))}
    rows = session.scalars(
        select(SourceCopy).where(SourceCopy.source_id == source_id).order_by(SourceCopy.id.desc())
    ).all()
    shown = [
        Shown(
            id=it.id,
            kind=it.kind,
            size=it.size,
            sha256=it.sha256,
            url=it.url,
            taken_on=it.taken_on,
            added_at=it.added_at,
            added_by=names[it.added_by_id],
            mark=it.mark,
            removed_at=it.removed_at,
            removed_by=names[it.removed_by_id] if it.removed_by_id is not None else None,
            removed_why=it.removed_why,
        )
        for it in rows
    ]
    return [it for it in shown if it.removed_at is None], [it for it in shown if it.removed_at is not None]


def counted(session: Session, case_id: int) -> dict[int, int]:
    """{source: how many copies of it are kept} in a case."""
    rows = session.execute(
        select(SourceCopy.source_id, func.count())
        .where(SourceCopy.case_id == case_id, SourceCopy.removed_at.is_(None), SourceCopy.source_id.is_not(None))
        .group_by(SourceCopy.source_id)
    )
    return {source_id: int(n) for source_id, n in rows if source_id is not None}


def state(files: Files, copy: Shown | SourceCopy) -> State:
    """Whether a stored copy is what was handed in, read anew."""
    digest = hashlib.sha256()
    try:
        for piece in files.stream(_name(copy.mark, copy.kind)).pieces:
            digest.update(piece)
    except Unknown:
        return State.MISSING
    return State.UNALTERED if digest.hexdigest() == copy.sha256 else State.ALTERED


def kept(session: Session, case_id: int, source_id: int, copy_id: int) -> SourceCopy:
    """A copy that is kept. Raises `Unknown` if the source has none of this number."""
    row = session.scalars(
        select(SourceCopy).where(
            SourceCopy.id == copy_id,
            SourceCopy.case_id == case_id,
            SourceCopy.source_id == source_id,
            SourceCopy.removed_at.is_(None),
        )
    ).one_or_none()
    if row is None:
        raise Unknown("There is no such copy.")
    return row


def read(files: Files, copy: SourceCopy) -> bytes:
    """The very bytes that were handed in. Raises `Conflict` for a file that is not what its hash says."""
    content = files.read(_name(copy.mark, copy.kind))
    if hashlib.sha256(content).hexdigest() != copy.sha256:
        raise Conflict("This file is not what was handed in: its hash differs. Restore it from a backup.")
    return content


def handed_out(session: Session, vault: Vault, actor: Actor, copy: SourceCopy, now: datetime) -> None:
    """Note who took a copy away: whoever proves something by it must say who had it in hand."""
    audit.record(session, vault, actor, "copy taken away", _about(copy), now, after={"sha256": copy.sha256})


def remove(
    session: Session, vault: Vault, actor: Actor, case_id: int, source_id: int, copy_id: int, why: str, now: datetime
) -> Given:
    """Keep it no more; its hash and the reason stay. Returns what to `forget` once this is committed.

    Raises `Refused` without a reason, `Unknown` if it is not kept.
    """
    reason = why.strip()
    if not reason:
        raise Refused("Give a reason for removing it. It is kept in the audit trail.")
    if len(reason) > LONGEST_WHY:
        raise Refused("Use %(most)s characters at most.", most=LONGEST_WHY)
    row = kept(session, case_id, source_id, copy_id)
    gone = guarded.change(
        session,
        SourceCopy,
        SourceCopy.id == row.id,
        SourceCopy.removed_at.is_(None),
        removed_at=now,
        removed_by_id=actor.id,
        removed_why=reason,
    )
    if not gone:
        raise Unknown("There is no such copy.")
    before = {"kind": row.kind, "size": row.size, "sha256": row.sha256}
    audit.record(session, vault, actor, "copy removed", _about(row), now, before=before, reason=reason)
    return Given(row.mark, row.kind, row.size, row.sha256)


def faults(session: Session, files: Files) -> tuple[int, list[str]]:
    """(how many copies are kept, what is wrong with each that is not what was handed in): for `campaign check`."""
    rows = session.execute(
        select(SourceCopy, Case.slug).join(Case, Case.id == SourceCopy.case_id).where(SourceCopy.removed_at.is_(None))
    ).all()
    said = {State.ALTERED: "is not what was handed in", State.MISSING: "is missing"}
    wrong = [
        f"Case {slug}: copy {row.id} of a source {said[found]}. Restore it from a backup."
        for row, slug in rows
        if (found := state(files, row)) is not State.UNALTERED
    ]
    return len(rows), wrong


def sweep(storage: Storage, now: datetime) -> int:
    """Delete files that no row keeps: of a copy that was removed, or whose row was never written; returns how many."""
    names = storage.files.names_under(FOLDER)
    with storage.reading() as session:
        kept_names = {
            _name(mark, kind)
            for mark, kind in session.execute(
                select(SourceCopy.mark, SourceCopy.kind).where(SourceCopy.removed_at.is_(None))
            )
        }
    before = f"{FOLDER}/{now - _SETTLED:%Y%m%d}"
    over = [it for it in names if it not in kept_names and it < before]
    for name in over:
        storage.files.remove(name)
    return len(over)


def _name(mark: str, kind: CopyKind) -> str:
    return f"{FOLDER}/{mark}.{kind}"


def _about(row: SourceCopy) -> About:
    return About("copy", row.id, case_id=row.case_id)


def _source(session: Session, case_id: int, source_id: int) -> Source:
    found = session.scalars(select(Source).where(Source.id == source_id, Source.case_id == case_id)).one_or_none()
    if found is None:
        raise Unknown("This is no longer part of the case.")
    return found


def _zone(session: Session, case_id: int) -> str:
    return session.scalars(select(Case.time_zone).where(Case.id == case_id)).one()
