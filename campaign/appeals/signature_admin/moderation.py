"""Reading supporters' words before anyone else does, and taking names off the page that are no names."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from campaign.appeals.signature_admin.table import Row, read
from campaign.errors import Conflict
from campaign.office import audit
from campaign.office.audit import About, Actor
from campaign.storage import Vault, guarded
from campaign.storage.exactly import SHOWN, UNREAD
from campaign.storage.tables import Action, Signature
from campaign.vocabulary import Disclosure, SignatureStatus, WordsStatus

AT_ONCE = 20


def waiting(session: Session, action_id: int) -> int:
    """How many words of one action wait to be read."""
    where = and_(Signature.action_id == action_id, *UNREAD)
    return int(session.scalar(select(func.count()).select_from(Signature).where(where)) or 0)


def waiting_everywhere(session: Session) -> Mapping[int, int]:
    """For the board: {action id: words that wait to be read}; actions with none are left out."""
    found = session.execute(
        select(Signature.action_id, func.count()).where(*UNREAD).group_by(Signature.action_id)
    ).all()
    return {action_id: int(n) for action_id, n in found}


def public_names(session: Session, vault: Vault, action_id: int, most: int = AT_ONCE) -> tuple[Row, ...]:
    """The newest names that the page shows, and those that were hidden from it."""
    found = session.scalars(
        select(Signature)
        .where(Signature.action_id == action_id, *SHOWN)
        .order_by(Signature.confirmed_at.desc(), Signature.id.desc())
        .limit(most)
    ).all()
    return tuple(read(vault, it) for it in found)


def held_names(session: Session, vault: Vault, action_id: int, most: int = AT_ONCE) -> tuple[Row, ...]:
    """Names that would be shown or printed and wait to be read first, the eldest first."""
    found = session.scalars(
        select(Signature).where(Signature.action_id == action_id, holds()).order_by(Signature.id).limit(most)
    ).all()
    return tuple(read(vault, it) for it in found)


def holds() -> ColumnElement[bool]:
    """Of signatures: whether the name waits to be read before anyone sees it."""
    return and_(
        Signature.status == SignatureStatus.CONFIRMED,
        Signature.name_held,
        Signature.name_hidden.is_(False),
        Signature.name.is_not(None),
        Signature.disclosure != Disclosure.WITHHELD,
    )


def let_name_through(
    session: Session, vault: Vault, actor: Actor, action: Action, signature_id: int, now: datetime
) -> None:
    """Someone has read a name that waited: it is shown and printed. Raises `Conflict` if it waits no more."""
    changed = guarded.change(
        session,
        Signature,
        Signature.id == signature_id,
        Signature.action_id == action.id,
        Signature.name_held,
        name_held=False,
    )
    if not changed:
        raise Conflict("Someone else has just changed this name. Reload the page.")
    _record(session, vault, actor, "name approved", action, signature_id, now, True, False)


def decide_words(
    session: Session, vault: Vault, actor: Actor, action: Action, signature_id: int, decided: WordsStatus, now: datetime
) -> None:
    """Show someone's words or hide them; a decision may be changed. Raises `Conflict` if the words are gone."""
    was = session.scalar(
        select(Signature.words_status).where(Signature.id == signature_id, Signature.action_id == action.id)
    )
    changed = guarded.change(
        session,
        Signature,
        Signature.id == signature_id,
        Signature.action_id == action.id,
        Signature.message.is_not(None),
        words_status=decided,
        words_decision_id=None,
    )
    if not changed:
        raise Conflict("This message was withdrawn by its writer.")
    _record(
        session, vault, actor, f"message {decided}", action, signature_id, now, str(was or WordsStatus.WAITING), decided
    )


def hide_name(
    session: Session, vault: Vault, actor: Actor, action: Action, signature_id: int, hidden: bool, now: datetime
) -> None:
    """Take a name off the page, where it stays counted and in the dossier; or put it back.

    Raises `Conflict` if it stands so already or is gone.
    """
    changed = guarded.change(
        session,
        Signature,
        Signature.id == signature_id,
        Signature.action_id == action.id,
        Signature.name.is_not(None),
        Signature.name_hidden.is_(not hidden),
        name_hidden=hidden,
    )
    if not changed:
        raise Conflict("Someone else has just changed this name. Reload the page.")
    what = "name hidden" if hidden else "name shown again"
    _record(session, vault, actor, what, action, signature_id, now, not hidden, hidden)


def _record(
    session: Session,
    vault: Vault,
    actor: Actor,
    what: str,
    action: Action,
    signature_id: int,
    now: datetime,
    before: object,
    after: object,
) -> None:
    # By its number alone: the trail outlives the name.
    about = About("signature", signature_id, action_id=action.id, case_id=action.case_id)
    name = "words" if what.startswith("words") else "hidden"
    audit.record(session, vault, actor, what, about, now, before={name: before}, after={name: after})
