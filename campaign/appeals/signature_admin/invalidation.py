"""Taking false signatures out by what they have in common: counted first, in steps, cancellable, undoable.

An invalidation takes out confirmed signatures, since only they count; the roll-up takes them out of the tallies as
it does any other. Those that wait for their confirmation count for nothing and go by themselves within two weeks.
Each signature knows what took it out, so that undoing needs no criteria, which may not hold any more.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from campaign.errors import Conflict, Refused, Unknown
from campaign.office import audit
from campaign.office.audit import SCHEDULE, About, Actor
from campaign.sentences import Sentence
from campaign.storage import Vault, guarded
from campaign.storage.tables import Action, Invalidation, Signature
from campaign.transitions import may_precede
from campaign.vocabulary import Disclosure, InvalidationStatus, SignatureStatus

# One step touches at most this many: nobody who signs meanwhile waits for long.
MOST = 1_000

_I = InvalidationStatus
_NOW = {
    _I.RUNNING: Sentence("This removal is running. Reload the page."),
    _I.CANCELLED: Sentence("This removal is cancelled. Reload the page."),
    _I.DONE: Sentence("This removal is done. Reload the page."),
    _I.UNDOING: Sentence("This removal is undoing. Reload the page."),
    _I.UNDONE: Sentence("This removal is undone. Reload the page."),
}
_AT_WORK = Invalidation.status.in_((_I.RUNNING, _I.UNDOING))


@dataclass(frozen=True)
class Criteria:
    """What the false signatures have in common; all of it must hold, None asks for nothing.

    `network` and `domain` are keyed hashes in hex; instants are aware, `until` is the first one after.
    """

    country: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    network: str | None = None
    domain: str | None = None
    disclosure: Disclosure | None = None
    locale: str | None = None
    words: bool | None = None

    def as_json(self) -> str:
        """As it is stored and carried by a form."""
        return json.dumps({name: _plain(value) for name, value in self.asked().items()}, sort_keys=True)

    def asked(self) -> dict[str, Any]:
        """What is asked for, by name."""
        return {it.name: value for it in fields(self) if (value := getattr(self, it.name)) is not None}

    @staticmethod
    def read(text: str) -> Criteria:
        """From JSON. Raises `Refused` if it is none of ours."""
        try:
            values = {**json.loads(text)}  # a list is none of ours either
            for name in ("since", "until"):
                if name in values:
                    values[name] = datetime.fromisoformat(values[name]).astimezone(UTC)
            if "disclosure" in values:
                values["disclosure"] = Disclosure(values["disclosure"])
            for name in ("network", "domain"):
                bytes.fromhex(values.get(name, ""))
            return Criteria(**values)
        except (ValueError, TypeError, RecursionError, OverflowError) as error:
            raise Refused("We could not read these conditions. Start again from the screening page.") from error


@dataclass(frozen=True)
class Counted:
    """What criteria meet: `confirmed` would be taken out; `pending` count for nothing yet. `up_to` is the last
    signature there was, so that what was shown is what is taken."""

    confirmed: int
    pending: int
    up_to: int


def count(session: Session, action_id: int, criteria: Criteria) -> Counted:
    """Count before anything is touched. Raises `Refused` if nothing is asked for: that would be everybody."""
    where = _met(action_id, criteria)
    up_to = int(session.scalar(select(func.max(Signature.id)).where(Signature.action_id == action_id)) or 0)
    found: Mapping[SignatureStatus, int] = {
        status: int(n)
        for status, n in session.execute(
            select(Signature.status, func.count()).where(*where).group_by(Signature.status)
        ).all()
    }
    return Counted(found.get(SignatureStatus.CONFIRMED, 0), found.get(SignatureStatus.PENDING, 0), up_to)


def begin(
    session: Session,
    vault: Vault,
    actor: Actor,
    action: Action,
    criteria: Criteria,
    up_to: int,
    reason: str,
    now: datetime,
) -> Invalidation:
    """Begin to take out what was counted, up to the signature that was the last one then; the job does the rest.

    Raises `Refused` without a reason or criteria, or if they meet nothing.
    """
    if not reason.strip():
        raise Refused("Give a reason. People who really signed may ask.")
    where = (*_met(action.id, criteria), Signature.status == SignatureStatus.CONFIRMED, Signature.id <= up_to)
    found = int(session.scalar(select(func.count()).select_from(Signature).where(*where)) or 0)
    if not found:
        raise Refused("No confirmed signature matches.")
    made = Invalidation(
        action_id=action.id,
        organiser_id=actor.id,
        status=_I.RUNNING,
        criteria=criteria.as_json(),
        reason=reason.strip(),
        found=found,
        done=0,
        up_to=up_to,
        created_at=now,
    )
    session.add(made)
    session.flush()
    _record(session, vault, actor, "removal started", made, now, criteria.asked(), made.reason)
    return made


def cancel(session: Session, vault: Vault, actor: Actor, action_id: int, invalidation_id: int, now: datetime) -> None:
    """Stop where it is: what is out stays out until it is undone. Raises `Conflict` if it does not run."""
    _move(session, vault, actor, action_id, invalidation_id, _I.CANCELLED, "removal cancelled", now)


def go_on(session: Session, vault: Vault, actor: Actor, action_id: int, invalidation_id: int, now: datetime) -> None:
    """Go on with one that was cancelled. Raises `Conflict` if it was not."""
    _move(session, vault, actor, action_id, invalidation_id, _I.RUNNING, "removal continued", now)


def undo(session: Session, vault: Vault, actor: Actor, action_id: int, invalidation_id: int, now: datetime) -> None:
    """Begin to put everything back that it took out. Raises `Conflict` while it runs, and once it is undone."""
    _move(session, vault, actor, action_id, invalidation_id, _I.UNDOING, "removal undo started", now)


def owed() -> ColumnElement[bool]:
    """Whether one has work to do."""
    return exists(select(Invalidation.id).where(_AT_WORK))


def step(session: Session, vault: Vault, now: datetime, most: int = MOST) -> int:
    """One batch of the eldest that has work to do; nought if nothing has.

    Its row is locked first: a cancelling waits for this batch, and no batch begins after it.
    """
    at_work = session.scalars(
        select(Invalidation).where(_AT_WORK).order_by(Invalidation.id).limit(1).with_for_update(skip_locked=True)
    ).one_or_none()
    if at_work is None:
        return 0
    back = at_work.status is _I.UNDOING
    touched = _put_back(session, at_work, most) if back else _take_out(session, at_work, most)
    at_work.done += -touched if back else touched
    if touched < most:
        at_work.status, at_work.ended_at = (_I.UNDONE if back else _I.DONE), now
        what = "removal undone" if back else "removal done"
        _record(session, vault, SCHEDULE, what, at_work, now, {"removed": at_work.done})
    session.flush()
    return max(touched, 1)  # also the batch that only found that there is no more: another may wait behind it


def invalidations(session: Session, action_id: int) -> tuple[Invalidation, ...]:
    """Those of one action, the newest first."""
    return tuple(
        session.scalars(
            select(Invalidation).where(Invalidation.action_id == action_id).order_by(Invalidation.id.desc())
        )
    )


def one(session: Session, action_id: int, invalidation_id: int) -> Invalidation:
    """One of an action. Raises `Unknown`."""
    found = session.get(Invalidation, invalidation_id)
    if found is None or found.action_id != action_id:
        raise Unknown("This removal does not exist.")
    return found


def _met(action_id: int, criteria: Criteria) -> tuple[ColumnElement[bool], ...]:
    if not criteria.asked():
        raise Refused("Enter at least one condition.")
    of_action: ColumnElement[bool] = Signature.action_id == action_id
    return (of_action, *conditions(criteria))


def conditions(criteria: Criteria) -> list[ColumnElement[bool]]:
    """Criteria as conditions."""
    found: list[ColumnElement[bool]] = []
    for name in ("country", "disclosure", "locale"):
        if (value := getattr(criteria, name)) is not None:
            found.append(getattr(Signature, name) == value)
    if criteria.since is not None:
        found.append(Signature.created_at >= criteria.since)
    if criteria.until is not None:
        found.append(Signature.created_at < criteria.until)
    if criteria.network is not None:
        found.append(Signature.network_hash == bytes.fromhex(criteria.network))
    if criteria.domain is not None:
        found.append(Signature.domain_hash == bytes.fromhex(criteria.domain))
    if criteria.words is not None:
        found.append(Signature.message.is_not(None) if criteria.words else Signature.message.is_(None))
    return found


def _take_out(session: Session, at_work: Invalidation, most: int) -> int:
    met = _met(at_work.action_id, Criteria.read(at_work.criteria))
    # The confirmed alone: what a supporter took back meanwhile is not touched.
    confirmed = Signature.status == SignatureStatus.CONFIRMED
    chosen = select(Signature.id).where(*met, confirmed, Signature.id <= at_work.up_to).limit(most)
    return _change(session, chosen, confirmed, SignatureStatus.INVALID, at_work.id)


def _put_back(session: Session, at_work: Invalidation, most: int) -> int:
    # What retention erased in between stays erased; it was out of the count by then.
    invalid = Signature.status == SignatureStatus.INVALID
    chosen = select(Signature.id).where(Signature.invalidation_id == at_work.id, invalid).limit(most)
    return _change(session, chosen, invalid, SignatureStatus.CONFIRMED, None)


def _change(
    session: Session, chosen: Any, guard: ColumnElement[bool], status: SignatureStatus, invalidation_id: int | None
) -> int:
    named = chosen.cte("chosen")  # named by WITH it is chosen once; see the roll-up
    return guarded.change(
        session,
        Signature,
        Signature.id.in_(select(named.c.id)),
        guard,
        status=status,
        counts=status is SignatureStatus.CONFIRMED,
        invalidation_id=invalidation_id,
    )


def _move(
    session: Session,
    vault: Vault,
    actor: Actor,
    action_id: int,
    invalidation_id: int,
    then: InvalidationStatus,
    what: str,
    now: datetime,
) -> None:
    found = one(session, action_id, invalidation_id)
    before = found.status
    moved = guarded.change(
        session,
        Invalidation,
        Invalidation.id == invalidation_id,
        Invalidation.status.in_(may_precede(then)),
        status=then,
        ended_at=now if then is _I.CANCELLED else None,
    )
    if not moved:
        raise Conflict(_NOW[before])
    session.refresh(found)
    _record(session, vault, actor, what, found, now, {"removed": found.done})


def _record(
    session: Session,
    vault: Vault,
    actor: Actor,
    what: str,
    invalidation: Invalidation,
    now: datetime,
    more: Mapping[str, object],
    reason: str | None = None,
) -> None:
    about = About("invalidation", invalidation.id, action_id=invalidation.action_id)
    after = {"status": invalidation.status, "found": invalidation.found, **more}
    audit.record(session, vault, actor, what, about, now, after=after, reason=reason)


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value
