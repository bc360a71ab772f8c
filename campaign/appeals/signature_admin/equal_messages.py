"""Moderating many messages at once: equal ones are read once, decided together, and a decision can be undone.

Whatever is decided, it takes a handful of statements: one UPDATE finds the members and tells which they were.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.orm import Session

from campaign.appeals.signature_admin.table import Row, read
from campaign.errors import Conflict, Refused
from campaign.office import audit
from campaign.office.audit import About, Actor
from campaign.storage import Vault, guarded
from campaign.storage.exactly import GROUPED, UNREAD
from campaign.storage.tables import Action, Signature, WordsDecision
from campaign.vocabulary import WordsStatus, WordsVerdict

GROUPS_AT_ONCE = 50
# How long a decision can be undone by who made it.
UNDOABLE = timedelta(days=1)
LONGEST_REASON = 500

_BECOMES = {
    WordsVerdict.APPROVE: WordsStatus.SHOWN,
    WordsVerdict.HIDE: WordsStatus.HIDDEN,
    WordsVerdict.REJECT: WordsStatus.HIDDEN,
}
_DONE = {
    WordsVerdict.APPROVE: "messages approved",
    WordsVerdict.HIDE: "messages hidden",
    WordsVerdict.REJECT: "messages rejected",
}


@dataclass(frozen=True)
class Group:
    """Messages of one action that are equal but for case, space and punctuation: the eldest, and how many there are.

    `key` names the group; without the office's look-up key nobody can make it from words. Of `reasons` of them their
    writers agreed that everyone may read them.
    """

    key: bytes
    messages: int
    first: Row
    reasons: int = 0


@dataclass(frozen=True)
class Place:
    """Where a page ended: behind groups of so many messages whose eldest has this number."""

    messages: int
    first: int


@dataclass(frozen=True)
class Groups:
    """A page of groups, the largest first. `messages` wait in all of `groups`; `ungrouped` wait for their group.

    `after`: where the next page begins; None on the last one.
    """

    rows: tuple[Group, ...]
    groups: int
    messages: int
    ungrouped: int
    after: Place | None


@dataclass(frozen=True)
class Decided:
    """A decision about many, as the page offers to undo it."""

    id: int
    verdict: WordsVerdict
    messages: int
    reason: str | None


def groups(
    session: Session, vault: Vault, action_id: int, after: Place | None = None, most: int = GROUPS_AT_ONCE
) -> Groups:
    """What waits to be read. A name stands beside a message only if its owner made it public."""
    many, first, public = func.count(), func.min(Signature.id), func.count(Signature.reason_consent_id)
    alike = (
        select(Signature.words_hash, many.label("many"), first.label("first"), public.label("reasons"))
        .where(Signature.action_id == action_id, *GROUPED)
        .group_by(Signature.words_hash)
    )
    of_all = alike.subquery()
    totals = session.execute(select(func.count(), func.coalesce(func.sum(of_all.c.many), 0)).select_from(of_all)).one()
    if after is not None:
        alike = alike.having(or_(many < after.messages, and_(many == after.messages, first > after.first)))
    found = session.execute(alike.order_by(many.desc(), first).limit(most + 1)).all()
    shown = found[:most]
    eldest = {
        it.id: read(vault, it)
        for it in session.scalars(select(Signature).where(Signature.id.in_([row.first for row in shown])))
    }
    rows = tuple(Group(bytes(row[0] or b""), int(row.many), eldest[row.first], int(row.reasons)) for row in shown)
    last = rows[-1] if len(found) > most else None
    lone = and_(Signature.action_id == action_id, *UNREAD, Signature.words_hash.is_(None))
    return Groups(
        rows,
        int(totals[0]),
        int(totals[1]),
        int(session.scalar(select(func.count()).where(lone)) or 0),
        None if last is None else Place(last.messages, last.first.id),
    )


def members(
    session: Session, vault: Vault, action_id: int, key: bytes, after: int = 0, most: int = GROUPS_AT_ONCE
) -> tuple[tuple[Row, ...], int | None]:
    """Each message of one group as it was written, the eldest first, and the number behind which the next begin."""
    wanted = (
        select(Signature)
        .where(Signature.action_id == action_id, *GROUPED, Signature.words_hash == key, Signature.id > after)
        .order_by(Signature.id)
        .limit(most + 1)
    )
    found = session.scalars(wanted).all()
    rows = tuple(read(vault, it) for it in found[:most])
    return rows, rows[-1].id if len(found) > most else None


def decide(
    session: Session,
    vault: Vault,
    actor: Actor,
    action: Action,
    keys: Sequence[bytes],
    verdict: WordsVerdict,
    reason: str,
    now: datetime,
) -> Decided:
    """Decide about all messages of some groups that wait: one entry of the audit trail, with its members by number.

    Raises `Refused` for no group, or for rejecting without a reason; `Conflict` if nothing of them waits any more.
    """
    reason = reason.strip()[:LONGEST_REASON]
    if not keys:
        raise Refused("Choose at least one message first.")
    if verdict is WordsVerdict.REJECT and not reason:
        raise Refused("Enter a reason to reject. It is recorded in the audit trail.")
    told = reason if verdict is WordsVerdict.REJECT else None
    decision = WordsDecision(
        action_id=action.id,
        organiser_id=actor.id,
        verdict=verdict,
        reason=told,
        messages=1,
        groups=len(keys),
        decided_at=now,
    )
    session.add(decision)
    session.flush()
    decided = (
        update(Signature)
        .where(Signature.action_id == action.id, *GROUPED, Signature.words_hash.in_(keys))
        .values(words_status=_BECOMES[verdict], words_decision_id=decision.id)
        .returning(Signature.id)
    )
    numbers = guarded.rows(session, decided).scalars().all()
    if not numbers:
        raise Conflict("Someone else has just decided about these messages, or they were withdrawn. Reload the page.")
    decision.messages = len(numbers)
    after = {"verdict": verdict, "messages": len(numbers), "groups": len(keys), "signatures": runs(numbers)}
    audit.record(session, vault, actor, _DONE[verdict], _about(action, decision), now, after=after, reason=told)
    return Decided(decision.id, verdict, len(numbers), told)


def last(session: Session, actor: Actor, action_id: int, now: datetime) -> Decided | None:
    """The newest decision of one organiser about many messages of an action, while it can be undone."""
    found = session.scalars(
        select(WordsDecision)
        .where(
            WordsDecision.action_id == action_id,
            WordsDecision.organiser_id == actor.id,
            WordsDecision.undone_at.is_(None),
            WordsDecision.decided_at > now - UNDOABLE,
        )
        .order_by(WordsDecision.id.desc())
        .limit(1)
    ).one_or_none()
    return None if found is None else Decided(found.id, found.verdict, found.messages, found.reason)


def undo(session: Session, vault: Vault, actor: Actor, action: Action, decision_id: int, now: datetime) -> int:
    """Let the messages of one's last decision wait again, but for those that changed since; returns how many.

    Raises `Conflict` if another decision is the last one by now.
    """
    newest = last(session, actor, action.id, now)
    if newest is None or newest.id != decision_id:
        raise Conflict("This is no longer your last decision. Reload the page.")
    mine = (WordsDecision.id == decision_id, WordsDecision.undone_at.is_(None))
    if not guarded.change(session, WordsDecision, *mine, undone_at=now):
        raise Conflict("This is no longer your last decision. Reload the page.")
    waiting_again = (
        update(Signature)
        .where(Signature.words_decision_id == decision_id)
        .values(words_status=WordsStatus.WAITING, words_decision_id=None)
        .returning(Signature.id)
    )
    numbers = guarded.rows(session, waiting_again).scalars().all()
    before = {"verdict": newest.verdict, "messages": newest.messages}
    after = {"messages": len(numbers), "signatures": runs(numbers)}
    about = About("messages", decision_id, action_id=action.id, case_id=action.case_id)
    audit.record(session, vault, actor, "decision about messages undone", about, now, before=before, after=after)
    return len(numbers)


def runs(numbers: Iterable[int]) -> str:
    """Numbers in order, those that follow each other as one run: "1-1500, 1503"."""
    parts: list[list[int]] = []
    for number in sorted(numbers):
        if parts and number == parts[-1][-1] + 1:
            parts[-1] = [parts[-1][0], number]
        else:
            parts.append([number])
    return ", ".join("-".join(map(str, part)) for part in parts)


def _about(action: Action, decision: WordsDecision) -> About:
    return About("messages", decision.id, action_id=action.id, case_id=action.case_id)
