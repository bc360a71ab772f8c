"""A case and its evidence, entered and changed by organisers: subjects, timeline, sources.

Each change is one audit event. Figures have modules of their own, since texts quote them: `figure_corrections`.
Whoever saves says by an edit token what they had read. Where it was changed meanwhile, nothing is saved and both
versions are shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from campaign.cases.evidence.facts import CaseFacts, EventFacts, SourceFacts, SubjectFacts
from campaign.cases.slugs import free_slug, slugged
from campaign.errors import Conflict, Refused, Unknown
from campaign.language import ORIGINAL
from campaign.office import audit
from campaign.office.audit import About, Actor
from campaign.sentences import joined
from campaign.storage import Vault
from campaign.storage.tables import Case, Event, Figure, Source, SourceCopy, Subject

Row = TypeVar("Row", bound=Subject | Event | Source | Figure)
Part = Subject | Event | Source
PartFacts = SubjectFacts | EventFacts | SourceFacts


@dataclass(frozen=True)
class _Kind:
    """What a part of a case is called, where it is stored, and what can be said of it."""

    word: str
    table: type[Subject] | type[Event] | type[Source]
    facts: type[PartFacts]


_KINDS = (
    _Kind("subject", Subject, SubjectFacts),
    _Kind("event", Event, EventFacts),
    _Kind("source", Source, SourceFacts),
)


def create(session: Session, vault: Vault, actor: Actor, name: str, facts: CaseFacts, now: datetime) -> Case:
    """Store a new case; its slug is made of `name`. Raises `Refused` with the first thing that is wrong."""
    if not slugged(name):
        raise Refused("Give the case a short name in Latin letters. It is used in page addresses.")
    refuse_faults(facts.faults())
    case = Case(slug=free_slug(session, name), created_at=now, **facts.columns())
    session.add(case)
    session.flush()
    audit.record(
        session, vault, actor, "case added", About("case", case.id, case_id=case.id), now,
        after={"slug": case.slug, **facts.told()},
    )  # fmt: skip
    return case


def edit(
    session: Session, vault: Vault, actor: Actor, case_id: int, facts: CaseFacts, edit_token: str, now: datetime
) -> None:
    """Change where a case is. Raises `Refused`, and `Conflict` where it was changed meanwhile."""
    refuse_faults(facts.faults())
    case = lock_case(session, case_id)
    was = CaseFacts.of(case)
    refuse_if_changed(was.edit_token(), edit_token)
    _set(case, facts)
    before, after = audit.changed(was.told(), facts.told())
    about = About("case", case.id, case_id=case.id)
    session.flush()
    audit.record(session, vault, actor, "case changed", about, now, before=before, after=after)


def add(session: Session, vault: Vault, actor: Actor, case_id: int, facts: PartFacts, now: datetime) -> Part:
    """Add a subject, an event or a source to a case. Raises `Refused` with the first thing that is wrong."""
    part = put(session, case_id, facts)
    kind = _kind_of(facts)
    about = About(kind.word, part.id, case_id=case_id)
    audit.record(session, vault, actor, f"{kind.word} added", about, now, after=facts.told())
    return part


def put(session: Session, case_id: int, facts: PartFacts) -> Part:
    """Store a part of a case; who does it notes it in the audit trail. Raises as `add` does."""
    refuse_faults(facts.faults())
    lock_case(session, case_id)
    _refuse_foreign_source(session, case_id, facts)
    kind = _kind_of(facts)
    own: dict[str, object] = {}
    if isinstance(facts, SubjectFacts):
        last = session.scalar(select(func.max(Subject.position)).where(Subject.case_id == case_id))
        own["position"] = (last or 0) + 1
    if isinstance(facts, SourceFacts):
        own["key"] = _free_key(session, case_id, facts.publisher.get(ORIGINAL, ""))
    part = kind.table(case_id=case_id, **own, **facts.columns())
    session.add(part)
    session.flush()
    return part


def change(
    session: Session,
    vault: Vault,
    actor: Actor,
    case_id: int,
    part_id: int,
    facts: PartFacts,
    edit_token: str,
    now: datetime,
) -> None:
    """Change a part of a case. Raises `Unknown`, `Refused`, and `Conflict` where it was changed meanwhile."""
    refuse_faults(facts.faults())
    _refuse_foreign_source(session, case_id, facts)
    kind = _kind_of(facts)
    part = lock_part(session, kind.table, case_id, part_id)
    was = type(facts).of(part)
    refuse_if_changed(was.edit_token(), edit_token)
    _set(part, facts)
    session.flush()
    before, after = audit.changed(was.told(), facts.told())
    about = About(kind.word, part_id, case_id=case_id)
    audit.record(session, vault, actor, f"{kind.word} changed", about, now, before=before, after=after)


def remove(
    session: Session,
    vault: Vault,
    actor: Actor,
    case_id: int,
    facts_type: type[PartFacts],
    part_id: int,
    reason: str,
    now: datetime,
) -> None:
    """Take a part out of a case, with the reason. Raises `Refused` for a source on which a figure rests, or of which
    copies are kept."""
    if not reason.strip():
        raise Refused("Give a reason for removing it. It is kept in the audit trail.")
    kind = next(it for it in _KINDS if it.facts is facts_type)
    part = lock_part(session, kind.table, case_id, part_id)
    if isinstance(part, Source) and session.scalar(select(Figure.id).where(Figure.source_id == part.id).limit(1)):
        raise Refused("Figures use this source. Remove them first, or give them another source.")
    if isinstance(part, Source) and session.scalar(
        select(SourceCopy.id).where(SourceCopy.source_id == part.id, SourceCopy.removed_at.is_(None)).limit(1)
    ):
        raise Refused("Copies of this source are kept. Remove them first, with the reason.")
    was = facts_type.of(part).told()
    session.delete(part)
    session.flush()
    if kind.table is Subject:
        _renumber_subjects(session, case_id)
    about = About(kind.word, part_id, case_id=case_id)
    audit.record(session, vault, actor, f"{kind.word} removed", about, now, before=was, reason=reason.strip())


def lock_case(session: Session, case_id: int) -> Case:
    """A case, held until the transaction ends. Raises `Unknown` if there is none of that id."""
    found = session.scalars(
        select(Case).where(Case.id == case_id).with_for_update().execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise Unknown("This case does not exist.")
    return found


def lock_part(session: Session, table: type[Row], case_id: int, row_id: int) -> Row:
    """A row of a case, held until the transaction ends. Raises `Unknown` if the case has none of that id."""
    found = session.scalars(
        select(table)
        .where(table.id == row_id, table.case_id == case_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise Unknown("This is no longer part of the case.")
    return found


def refuse_faults(faults: dict[str, str]) -> None:
    """Raise `Refused` with all that is wrong."""
    if faults:
        raise Refused("%(faults)s", faults=joined(faults.values()))


def refuse_if_changed(now: str, read: str) -> None:
    """Raise `Conflict` where something is not as it was when its form was opened."""
    if now != read:
        raise Conflict("Someone else changed this while you were writing. Nothing has been saved yet.")


def _set(row: Case | Part, facts: CaseFacts | PartFacts) -> None:
    for name, value in facts.columns().items():
        setattr(row, name, value)


def _kind_of(facts: PartFacts) -> _Kind:
    return next(it for it in _KINDS if it.facts is type(facts))


def _refuse_foreign_source(session: Session, case_id: int, facts: PartFacts) -> None:
    if isinstance(facts, EventFacts) and facts.source_id is not None:
        refuse_foreign_source(session, case_id, facts.source_id)


def refuse_foreign_source(session: Session, case_id: int, source_id: int | None) -> None:
    """Raise `Refused` for a source of another case."""
    if session.scalar(select(Source.id).where(Source.id == source_id, Source.case_id == case_id)) is None:
        raise Refused("This source does not belong to the case. Choose another.")


def _free_key(session: Session, case_id: int, publisher: str) -> str:
    base = slugged(publisher).replace("-", "_") or "source"
    taken = set(session.scalars(select(Source.key).where(Source.case_id == case_id)))
    return next(it for it in (base, *(f"{base}_{n}" for n in range(2, len(taken) + 3))) if it not in taken)


def _renumber_subjects(session: Session, case_id: int) -> None:
    """Number subjects from 1 again; each goes to a place that is already free."""
    left = session.scalars(select(Subject.id).where(Subject.case_id == case_id).order_by(Subject.position)).all()
    for n, subject_id in enumerate(left, 1):
        session.execute(update(Subject).where(Subject.id == subject_id).values(position=n))
