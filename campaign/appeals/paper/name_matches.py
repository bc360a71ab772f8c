"""Whether a name on paper is somebody who stands in another list too: shown to a person, decided by nothing else.

A name asks for a judgement if somebody confirmed a signature online under the same name, or if it stands on an earlier
sheet of the same action, or further up on its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Subquery, and_, func, or_, select, tuple_
from sqlalchemy.orm import Session

from campaign.errors import Conflict, Unknown
from campaign.office import audit
from campaign.office.audit import About, Actor
from campaign.storage import Vault, guarded
from campaign.storage.encrypted_columns import PAPER_NAME, SIGNATURE_NAME, paper_row
from campaign.storage.tables import PaperName, PaperSheet, Signature
from campaign.vocabulary import SignatureStatus

# Of one name, this many others are shown, those of the same country first: whoever needs more judges by the sheet.
MOST_ALIKE = 6


@dataclass(frozen=True)
class Alike:
    """Somebody of the same name. `sheet` is None for one who signed online, on the day `on`."""

    name: str
    country: str
    on: date | None = None
    sheet: str | None = None
    row: int | None = None


@dataclass(frozen=True)
class Question:
    """A name on paper that may be somebody counted already, and those it may be. `judged` is None while it is open."""

    sheet_id: int
    sheet: str
    row: int
    name: str
    country: str
    judged: bool | None
    alike: tuple[Alike, ...]
    more: int = 0  # others of the same name that are not shown


def count_unresolved(session: Session, action_id: int) -> int:
    """How many names on paper nobody has judged yet."""
    found = _standing(action_id)
    return int(
        session.scalar(select(func.count()).select_from(found).where(found.c.judged.is_(None), _asks(found, action_id)))
        or 0
    )


def questions(
    session: Session, vault: Vault, action_id: int, sheet_id: int | None = None, most: int | None = None
) -> tuple[Question, ...]:
    """The names that ask for a judgement and have none, in the order of their sheets; of one sheet, the judged too."""
    found = _standing(action_id)
    wanted = select(found).where(_asks(found, action_id)).order_by(found.c.sheet_id, found.c.row)
    wanted = wanted.where(found.c.judged.is_(None) if sheet_id is None else found.c.sheet_id == sheet_id)
    rows = session.execute(wanted.limit(most)).all()
    online = _online(session, vault, action_id, {it.name_hash for it in rows})
    earlier = _on_paper(session, vault, action_id, {it.name_hash for it in rows})
    made = []
    for it in rows:
        before = [alike for place, alike in earlier[it.name_hash] if place < (it.sheet_id, it.row)]
        alike = _nearest_first([*online[it.name_hash], *before], it.country)
        made.append(
            Question(
                sheet_id=it.sheet_id,
                sheet=it.number,
                row=it.row,
                name=vault.decrypt(it.name, PAPER_NAME, paper_row(it.sheet_id, it.row)),
                country=it.country,
                judged=it.judged,
                alike=tuple(alike[:MOST_ALIKE]),
                more=max(0, len(alike) - MOST_ALIKE),
            )
        )
    return tuple(made)


def resolve_match(
    session: Session,
    vault: Vault,
    actor: Actor,
    action_id: int,
    place: tuple[int, int],
    same: bool | None,
    was: bool | None,
    now: datetime,
) -> None:
    """Record what a person judged of the name at `place` (sheet's id, row); None opens the question again.

    `was` is what stood there when they looked. Raises `Conflict` if that has changed, `Unknown` for no such name.
    """
    sheet_id, row = place
    number = session.scalar(
        select(PaperSheet.number).where(PaperSheet.id == sheet_id, PaperSheet.action_id == action_id)
    )
    if number is None:
        raise Unknown("This action has no such sheet.")
    judged = guarded.change(
        session,
        PaperName,
        PaperName.sheet_id == sheet_id,
        PaperName.row == row,
        PaperName.same_as_online.is_(was),
        same_as_online=same,
    )
    if not judged:
        raise Conflict("Someone else has decided on this name, or changed its sheet. Reload the page.")
    audit.record(
        session,
        vault,
        actor,
        "name on paper decided",
        About("paper sheet", sheet_id, action_id=action_id),
        now,
        before={"same person": was},
        after={"sheet": number, "line": row, "same person": same},
    )


def reopen(session: Session, action_id: int) -> None:
    """Count again whom a judgement left out, if nobody of the name stands anywhere else any more on paper or online."""
    found = _standing(action_id)
    alone = select(found.c.sheet_id, found.c.row).where(found.c.judged.is_(True), ~_asks(found, action_id))
    session.flush()
    guarded.change(session, PaperName, tuple_(PaperName.sheet_id, PaperName.row).in_(alone), same_as_online=None)


def _nearest_first(alike: list[Alike], country: str) -> list[Alike]:
    """Those of the same country first; within one, those online by the day, then those on paper."""
    return sorted(alike, key=lambda it: it.country != country)


def _standing(action_id: int) -> Subquery:
    """All names on paper of an action, each with its place among those that are written the same."""
    position = func.row_number().over(partition_by=PaperName.name_hash, order_by=(PaperName.sheet_id, PaperName.row))
    return (
        select(
            PaperName.sheet_id,
            PaperName.row,
            PaperName.name,
            PaperName.name_hash,
            PaperName.same_as_online.label("judged"),
            PaperSheet.number,
            PaperSheet.country,
            position.label("position"),
        )
        .join(PaperSheet, PaperSheet.id == PaperName.sheet_id)
        .where(PaperSheet.action_id == action_id, PaperName.name != b"")
        .subquery()
    )


def _asks(found: Subquery, action_id: int) -> ColumnElement[bool]:
    online = select(Signature.name_hash).where(_confirmed(action_id), Signature.name_hash.is_not(None))
    return or_(found.c.position > 1, found.c.name_hash.in_(online))


def _confirmed(action_id: int) -> ColumnElement[bool]:
    return and_(Signature.action_id == action_id, Signature.status == SignatureStatus.CONFIRMED)


def _online(session: Session, vault: Vault, action_id: int, hashes: Iterable[bytes]) -> defaultdict[bytes, list[Alike]]:
    made: defaultdict[bytes, list[Alike]] = defaultdict(list)
    found = session.execute(
        select(Signature.name_hash, Signature.name, Signature.reference, Signature.country, Signature.confirmed_on)
        .where(_confirmed(action_id), Signature.name_hash.in_(set(hashes)))
        .order_by(Signature.confirmed_at, Signature.id)
    ).all()
    for name_hash, name, reference, country, on in found:
        if name_hash is not None and name is not None:
            made[name_hash].append(Alike(vault.decrypt(name, SIGNATURE_NAME, reference), country, on=on))
    return made


def _on_paper(
    session: Session, vault: Vault, action_id: int, hashes: Iterable[bytes]
) -> defaultdict[bytes, list[tuple[tuple[int, int], Alike]]]:
    made: defaultdict[bytes, list[tuple[tuple[int, int], Alike]]] = defaultdict(list)
    found = session.execute(
        select(PaperName, PaperSheet.number, PaperSheet.country)
        .join(PaperSheet, PaperSheet.id == PaperName.sheet_id)
        .where(PaperSheet.action_id == action_id, PaperName.name_hash.in_(set(hashes)), PaperName.name != b"")
        .order_by(PaperName.sheet_id, PaperName.row)
    ).all()
    for name, number, country in found:
        alike = Alike(
            vault.decrypt(name.name, PAPER_NAME, paper_row(name.sheet_id, name.row)),
            country,
            sheet=number,
            row=name.row,
        )
        made[name.name_hash].append(((name.sheet_id, name.row), alike))
    return made
