"""Tags of cases: on one, and on several that were chosen from the list. They follow the rules of an action's tags."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.cases import tags
from campaign.cases.evidence.case_parts import lock_case
from campaign.errors import Conflict, Refused
from campaign.office import audit
from campaign.office.audit import MEMBERS, SEVERAL_CASES, About, Actor
from campaign.publication.slugs import case_named
from campaign.sentences import Sentence
from campaign.storage import Vault
from campaign.storage.tables import Case

AT_ONCE = 1_000


class Doing(StrEnum):
    """What can be done with a tag."""

    TAG = "tag"
    UNTAG = "untag"


BACK = {Doing.TAG: Doing.UNTAG, Doing.UNTAG: Doing.TAG}
_DONE = {Doing.TAG: "tag added to several cases", Doing.UNTAG: "tag removed from several cases"}


@dataclass(frozen=True)
class Done:
    """What came of it: `changed` are slugs, `already` is how many were so before, `left` are names with a reason."""

    doing: Doing
    tag: str
    changed: tuple[str, ...]
    already: int
    left: tuple[tuple[str, Sentence], ...]

    @property
    def so(self) -> int:
        """How many are now as they were wanted."""
        return len(self.changed) + self.already


def in_use(session: Session) -> list[str]:
    """Every tag that a case has, as it was written on the eldest of them."""
    spelt: dict[str, str] = {}
    for written in session.scalars(select(Case.tags).where(Case.tags != []).order_by(Case.id)):
        for tag in written:
            spelt.setdefault(tags.key(tag), tag)
    return list(spelt.values())


def having(session: Session, tag: str) -> frozenset[int]:
    """The ids of the cases that have a tag, however it is spelt."""
    # In Python: neither database compares letters of every script without case.
    tagged = session.execute(select(Case.id, Case.tags).where(Case.tags != []))
    return frozenset(it.id for it in tagged if tags.key(tag) in map(tags.key, it.tags))


def save(
    session: Session, vault: Vault, actor: Actor, case_id: int, written: str, read: str, now: datetime
) -> None:  # fmt: skip
    """Give a case the tags that were `written` with commas, where they still are what its writer had `read`.

    Raises `Refused` for tags that are too long or too many, and `Conflict` where they were changed meanwhile.
    """
    becomes = tags.listed(written)
    if wrong := tags.fault(becomes):
        raise Refused(wrong.message, **wrong.values)
    case = lock_case(session, case_id)
    if case.tags != tags.listed(read):
        raise Conflict("Somebody else changed these tags. What you typed is below; save again to replace theirs.")
    if case.tags == becomes:
        return
    before, case.tags = case.tags, becomes
    session.flush()
    about = About("case", case.id, case_id=case.id)
    audit.record(
        session, vault, actor, "case changed", about, now, before={"tags": before}, after={"tags": becomes}
    )  # fmt: skip


def perform(
    session: Session, vault: Vault, actor: Actor, slugs: Sequence[str], doing: Doing, tag: str, now: datetime
) -> Done:
    """Add a tag to each of the chosen cases, or take it away; one that cannot have it keeps nobody back.

    One entry of the audit trail names them all. Raises `Refused` where it could be done to none.
    """
    if not slugs:
        raise Refused("Choose at least one case first.")
    if len(slugs) > AT_ONCE:
        raise Refused("Choose %(most)s cases at most.", most=AT_ONCE)
    tag = tags.one(tag)
    change = tags.with_tag if doing is Doing.TAG else tags.without_tag
    changed: list[Case] = []
    already, left = 0, list[tuple[str, Sentence]]()
    # In one order, so that two who choose the same never wait for each other.
    chosen = select(Case).where(Case.slug.in_(slugs)).order_by(Case.id).with_for_update()
    for case in session.scalars(chosen):
        becomes = change(case.tags, tag)
        if becomes == case.tags:
            already += 1
        elif wrong := tags.fault(becomes):
            left.append((case_named(case.slug, case.country), wrong))
        else:
            case.tags = becomes
            changed.append(case)
    if changed:
        after: dict[str, object] = {MEMBERS: [it.id for it in changed], "tag": tag}
        session.flush()
        audit.record(session, vault, actor, _DONE[doing], About(SEVERAL_CASES), now, after=after)
    return Done(doing, tag, tuple(it.slug for it in changed), already, tuple(left))
