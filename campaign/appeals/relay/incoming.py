"""Mail that came in and that a person has to look at: answers, complaints, reports that no program could read.

Nothing that came is dropped: what cannot be understood waits here, encrypted, until somebody has dealt with it.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaign import folding
from campaign.appeals.relay import copies
from campaign.appeals.relay.content import label_of
from campaign.errors import Conflict, Refused, Unknown
from campaign.language import ORIGINAL
from campaign.mail.reports import Mail
from campaign.office import audit
from campaign.office.audit import About, Actor
from campaign.office.webhooks import notices
from campaign.storage import Vault, guarded
from campaign.storage.encrypted_columns import INCOMING_CONTENT
from campaign.storage.tables import Action, IncomingMail, Letter, Official, Organisation
from campaign.storage.upsert import insert_or_leave
from campaign.vocabulary import IncomingKind, LetterStatus, OfficeEvent

# Dealt with: it may be looked up for so long, then its words go.
HANDLED_KEPT = timedelta(days=30)
MOST = 200
# A search opens so many, the newest first.
LOOKED_THROUGH = 300


@dataclass(frozen=True)
class Incoming:
    """One mail as organisers read it. `slug` and `official` only where it bears the seal of a letter of ours."""

    id: int
    kind: IncomingKind
    received_at: datetime
    sender: str
    subject: str
    words: str
    slug: str | None
    official: str | None
    of_letter: bool
    handled_at: datetime | None
    recorded: bool


def keep(
    session: Session, vault: Vault, raw: bytes, mail: Mail, letter: Letter | None, now: datetime,
    kind: IncomingKind | None = None,
) -> bool:  # fmt: skip
    """Keep a mail for people to see; False if it is kept already."""
    content = {"sender": mail.sender, "subject": mail.subject, "words": mail.words}
    mail_hash = vault.keyed_hash("incoming mail", hashlib.sha256(raw).hexdigest())
    kept = insert_or_leave(
        session,
        IncomingMail,
        kind=kind or mail.kind,
        mail_hash=mail_hash,
        received_at=now,
        content=vault.encrypt(json.dumps(content, ensure_ascii=False), INCOMING_CONTENT, mail_hash),
        letter_id=letter.id if letter is not None else None,
        action_id=letter.action_id if letter is not None else None,
        official_id=letter.official_id if letter is not None else None,
        recorded=False,
    )
    if kept is None:
        return False
    if (kind or mail.kind) is not IncomingKind.AUTO_REPLY:
        of_case = select(Action.case_id).where(Action.id == letter.action_id) if letter is not None else None
        case_id = session.scalar(of_case) if of_case is not None else None
        notices.tell(session, OfficeEvent.INCOMING, case_id, now)
    return True


def waiting(session: Session) -> Counter[IncomingKind]:
    """How many mails of each kind wait for somebody; automatic answers ask nothing of anyone."""
    rows = session.execute(
        select(IncomingMail.kind, func.count()).where(IncomingMail.handled_at.is_(None)).group_by(IncomingMail.kind)
    ).all()
    return Counter({kind: count for kind, count in rows if kind is not IncomingKind.AUTO_REPLY})


def listed(session: Session, vault: Vault, *, handled: bool = False, most: int = MOST) -> tuple[Incoming, ...]:
    """Mails that wait, the newest first; or those that were dealt with and still have their words."""
    done = IncomingMail.handled_at.is_not(None) if handled else IncomingMail.handled_at.is_(None)
    rows = session.execute(
        select(IncomingMail, Action.slug, Official)
        .outerjoin(Action, Action.id == IncomingMail.action_id)
        .outerjoin(Official, Official.id == IncomingMail.official_id)
        .where(done, IncomingMail.content.is_not(None))
        .order_by(IncomingMail.received_at.desc(), IncomingMail.id.desc())
        .limit(most)
    ).all()
    return tuple(_read(vault, mail, slug, official) for mail, slug, official in rows)


def sought(session: Session, vault: Vault, words: str) -> tuple[Incoming, ...]:
    """Mails that still have their words and hold all of these, the newest first.

    What people wrote lies encrypted, and in no index: the newest `LOOKED_THROUGH` are opened and read.
    """
    looked_for = folding.wanted(words)
    if not looked_for:
        return ()
    rows = session.execute(
        select(IncomingMail, Action.slug, Official)
        .outerjoin(Action, Action.id == IncomingMail.action_id)
        .outerjoin(Official, Official.id == IncomingMail.official_id)
        .where(IncomingMail.content.is_not(None))
        .order_by(IncomingMail.received_at.desc(), IncomingMail.id.desc())
        .limit(LOOKED_THROUGH)
    ).all()
    read = (_read(vault, mail, slug, official) for mail, slug, official in rows)
    return tuple(
        it for it in read if looked_for.held_by(" ".join((it.sender, it.subject, it.words, it.official or "")))
    )


def record_reply(session: Session, vault: Vault, actor: Actor, mail_id: int, now: datetime) -> None:
    """Record a mail as the official's answer: the letter it answers has arrived. Raises `Refused` for a mail that
    names no letter of ours, `Conflict` if somebody dealt with it already."""
    mail = _one(session, mail_id)
    if mail.letter_id is None:
        raise Refused("This e-mail does not say which letter it answers. Mark it as done instead.")
    _handle(session, mail, actor, now, recorded=True)
    guarded.change(
        session,
        Letter,
        Letter.id == mail.letter_id,
        Letter.status == LetterStatus.SENT,
        status=LetterStatus.DELIVERED,
        content=copies.kept_if_owed(),
        ended_at=now,
        problem=None,
    )
    about = About("official", mail.official_id, action_id=mail.action_id)
    audit.record(session, vault, actor, "answer of an official recorded", about, now, after={"mail": mail.id})


def dismiss(session: Session, vault: Vault, actor: Actor, mail_id: int, now: datetime) -> None:
    """Somebody has looked at it, and nothing follows. Raises `Conflict` if it was dealt with already."""
    mail = _one(session, mail_id)
    _handle(session, mail, actor, now)
    about = About("incoming mail", mail.id, action_id=mail.action_id)
    audit.record(session, vault, actor, "incoming mail marked as done", about, now, after={"kind": mail.kind})


def send_again(session: Session, vault: Vault, actor: Actor, now: datetime) -> None:
    """Let letters go again after servers refused us. Raises `Conflict` if none are held."""
    freed = guarded.change(
        session, Organisation, Organisation.id == 1, Organisation.letters_held_at.is_not(None), letters_held_at=None
    )
    if not freed:
        raise Conflict("Letters are being sent already.")
    audit.record(session, vault, actor, "sending of letters resumed", About("organisation", 1), now)


def forget(session: Session, now: datetime) -> int:
    """Delete the words of mails that were dealt with long ago; returns how many."""
    return guarded.change(
        session,
        IncomingMail,
        IncomingMail.handled_at <= now - HANDLED_KEPT,
        IncomingMail.content.is_not(None),
        content=None,
    )


def _handle(session: Session, mail: IncomingMail, actor: Actor, now: datetime, *, recorded: bool = False) -> None:
    handled = guarded.change(
        session,
        IncomingMail,
        IncomingMail.id == mail.id,
        IncomingMail.handled_at.is_(None),
        handled_at=now,
        handled_by_id=actor.id,
        recorded=recorded,
    )
    if not handled:
        raise Conflict("Somebody has dealt with this e-mail already.")


def words_of(vault: Vault, mail: IncomingMail) -> str | None:
    """The text of one; None once it is forgotten."""
    if mail.content is None:
        return None
    return str(json.loads(vault.decrypt(mail.content, INCOMING_CONTENT, mail.mail_hash))["words"])


def _one(session: Session, mail_id: int) -> IncomingMail:
    mail = session.get(IncomingMail, mail_id)
    if mail is None:
        raise Unknown("There is no such e-mail.")
    return mail


def _read(vault: Vault, mail: IncomingMail, slug: str | None, official: Official | None) -> Incoming:
    content = (
        json.loads(vault.decrypt(mail.content, INCOMING_CONTENT, mail.mail_hash)) if mail.content is not None else {}
    )
    return Incoming(
        id=mail.id,
        kind=mail.kind,
        received_at=mail.received_at,
        sender=content.get("sender", ""),
        subject=content.get("subject", ""),
        words=content.get("words", ""),
        slug=slug,
        official=label_of(official, ORIGINAL) if official is not None else None,
        of_letter=mail.letter_id is not None,
        handled_at=mail.handled_at,
        recorded=mail.recorded,
    )
