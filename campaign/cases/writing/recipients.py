"""The recipients of an action: who of the directory is asked to act, who gets a copy, and in which order."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from datetime import datetime
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.cases.writing import corrections
from campaign.cases.writing.texts import Correction, keep_signed, lock_for_editing, revoke_approval
from campaign.errors import Conflict, Refused, Unknown
from campaign.language import ORIGINAL, country_name
from campaign.office import audit
from campaign.office.audit import About, Actor
from campaign.publication import signed_texts
from campaign.publication.figures import said
from campaign.sentences import Sentence, content, joined
from campaign.storage import Vault
from campaign.storage.tables import Action, Official, Recipient
from campaign.vocabulary import ActionStatus, CorrectionKind, RecipientRole

MOST_FOUND = 30


def search(session: Session, action: Action, words: str) -> list[Official]:
    """Officials who are not recipients yet and whose name, office, title or country holds all of the words.

    Without words, those of the case's country. At most `MOST_FOUND`, by name.
    """
    there = {it.official_id for it in action.recipients}
    wanted = _plain(words).split()
    directory = session.scalars(select(Official).where(Official.merged_into_id.is_(None))).all()
    found = [
        it
        for it in directory
        if it.id not in there
        and (all(word in _described(it) for word in wanted) if wanted else it.country == action.case.country)
    ]
    return sorted(found, key=_described)[:MOST_FOUND]


def add(
    session: Session, vault: Vault, actor: Actor, slug: str, official_id: int, role: RecipientRole, now: datetime
) -> None:
    """Add an official, behind the others. Raises `Unknown` or `Conflict` if they cannot be added (again)."""
    official = session.get(Official, official_id)
    if official is None or official.merged_into_id is not None:
        raise Unknown("This official is not in the directory.")

    def change(action: Action) -> None:
        if any(it.official_id == official_id for it in action.recipients):
            raise Conflict("This official is already part of the action.")
        action.recipients.append(
            Recipient(
                official=official, role=role, position=max((it.position for it in action.recipients), default=0) + 1
            )
        )

    _changed(session, vault, actor, slug, "recipient added", change, now)


def remove(session: Session, vault: Vault, actor: Actor, slug: str, official_id: int, now: datetime) -> None:
    """Ask an official no more. Raises `Refused` for the last one who is asked to act while the action is open."""

    def change(action: Action) -> None:
        action.recipients.remove(_one(action, official_id))
        session.flush()
        _renumber(session, action, action.recipients)

    _changed(session, vault, actor, slug, "recipient removed", change, now)


def set_role(
    session: Session, vault: Vault, actor: Actor, slug: str, official_id: int, role: RecipientRole, now: datetime
) -> None:
    """Ask an official to act, or give them a copy. Raises as `remove` does."""

    def change(action: Action) -> None:
        _one(action, official_id).role = role

    _changed(session, vault, actor, slug, "recipient's role changed", change, now)


def move(session: Session, vault: Vault, actor: Actor, slug: str, official_id: int, by: int, now: datetime) -> None:
    """Move an official up (-1) or down (1)."""

    def change(action: Action) -> None:
        order = list(action.recipients)
        at = order.index(_one(action, official_id))
        to = min(max(at + by, 0), len(order) - 1)
        order.insert(to, order.pop(at))
        _renumber(session, action, order)

    _changed(session, vault, actor, slug, "recipients reordered", change, now)


def _changed(
    session: Session,
    vault: Vault,
    actor: Actor,
    slug: str,
    what: str,
    change: Callable[[Action], None],
    now: datetime,
    correction: Correction | None = None,
) -> None:
    action, _ = lock_for_editing(session, vault, actor, slug, now)
    before, asked = _listed(action), _asked(action)
    change(action)
    session.flush()
    session.refresh(action, ["recipients"])
    after = _listed(action)
    if before == after:
        return
    if action.status is ActionStatus.OPEN and not any(it.role is RecipientRole.TO for it in action.recipients):
        raise Refused("An open action needs an official who is asked to act. Add another official first.")
    if asked != _asked(action) and action.opened_at is not None and signed_texts.was_signed(session, action.id):
        if correction is None:
            raise Refused(corrections.THE_WAY)
        corrections.refuse_unless_kept(correction.kind, correction.reason)
    keep_signed(session, vault, action, now, correction)
    about = About("action", action.id, action_id=action.id, case_id=action.case_id)
    audit.record(session, vault, actor, what, about, now, before={"recipients": before}, after={"recipients": after})
    revoke_approval(session, vault, actor, action, "its recipients were changed", now)


def succeed(
    session: Session,
    vault: Vault,
    actor: Actor,
    slug: str,
    official_id: int,
    successor_id: int,
    reason: str,
    now: datetime,
) -> None:
    """Let a successor in office take the place of an official, under whom people may have signed. Readers see why.

    Raises `Refused` where the successor holds no office of the same country, `Unknown` or `Conflict` as `add` does.
    """
    successor = session.get(Official, successor_id)
    if successor is None or successor.merged_into_id is not None:
        raise Unknown("This official is not in the directory.")

    def change(action: Action) -> None:
        one = _one(action, official_id)
        if any(it.official_id == successor_id for it in action.recipients):
            raise Conflict("This official is already part of the action.")
        if successor.country != one.official.country:
            raise Refused("A successor holds an office of the same country. For someone else, start a new action.")
        one.official = successor

    correction = Correction(CorrectionKind.SUCCESSOR, reason)
    _changed(session, vault, actor, slug, "recipient succeeded", change, now, correction)


def successors(session: Session, action: Action) -> list[Official]:
    """Who could take the place of an official under whom people have signed, by name; none where nobody has.

    Until then officials are simply added and removed.
    """
    there = {it.official_id for it in action.recipients}
    countries = {it.official.country for it in action.recipients if it.role is RecipientRole.TO}
    if not countries or action.opened_at is None or not signed_texts.was_signed(session, action.id):
        return []
    found = session.scalars(
        select(Official).where(
            Official.merged_into_id.is_(None), Official.country.in_(countries), Official.id.not_in(there)
        )
    ).all()
    return sorted(found, key=_described)


def _asked(action: Action) -> list[int]:
    """Who is asked to act, in no order: the order says nothing to who signs."""
    return sorted(it.official_id for it in action.recipients if it.role is RecipientRole.TO)


def _one(action: Action, official_id: int) -> Recipient:
    found = next((it for it in action.recipients if it.official_id == official_id), None)
    if found is None:
        raise Unknown("This official is not part of the action.")
    return found


def _renumber(session: Session, action: Action, order: list[Recipient]) -> None:
    # Positions are unique: each first gives its place up, then takes the new one.
    for n, it in enumerate(order, 1):
        it.position = -n
    session.flush()
    for n, it in enumerate(order, 1):
        it.position = n
    session.flush()


def _listed(action: Action) -> list[str]:
    return [f"{it.role}: {label(it.official)}" for it in action.recipients]


def label(official: Official) -> Sentence:
    """What the office calls an official: name and office."""
    office = content(partial(said, official.office))
    if official.name and office:
        return Sentence("%(name)s, %(office)s", name=official.name, office=office)
    return joined([official.name or office or Sentence("official %(number)s", number=str(official.id))])


def _described(official: Official) -> str:
    country = country_name(official.country, ORIGINAL) if official.country else ""
    words = (official.name or "", *official.office.values(), *official.title.values(), country, official.country or "")
    return _plain(" ".join(words))


def _plain(words: str) -> str:
    """Without case and accents: what is typed in a hurry finds what was entered with care."""
    letters = unicodedata.normalize("NFKD", words)
    return "".join(it for it in letters if not unicodedata.combining(it)).casefold()
