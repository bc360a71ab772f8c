"""Organisers: inviting, changing what they may do, ending their access."""

from __future__ import annotations

import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from campaign.errors import Conflict, Refused, Unknown
from campaign.mail import outbox
from campaign.mail.outgoing import more_than_a_mailbox
from campaign.office import audit, ownership, passkeys
from campaign.office.audit import About, Actor
from campaign.storage import Vault, guarded
from campaign.storage.tables import Organiser, OrganiserSession
from campaign.vocabulary import MessageKind, Role


@dataclass(frozen=True)
class Invitee:
    """Who is to be let in."""

    name: str
    email: str
    role: Role


def invite(session: Session, vault: Vault, actor: Actor, who: Invitee, now: datetime) -> Organiser:
    """Make an account without a password and owe its owner the link by which they choose one.

    Raises `Refused` for a name or an address that cannot be, `Conflict` if there is an account for it.
    """
    made = add(session, vault, actor, who, now)
    outbox.enqueue_for_organiser(
        session, MessageKind.INVITATION, made.id, f"invitation:{made.id}:{now.isoformat()}", now
    )
    return made


def add(
    session: Session, vault: Vault, actor: Actor, who: Invitee, now: datetime, password: str | None = None
) -> Organiser:
    """Make an account; `password` is a hash. Nothing is sent. Raises as `invite` does."""
    email, name = normal(who.email), " ".join(who.name.split())
    if not name or len(name) > 120:
        raise Refused("Enter the person’s name, in 120 characters at most.")
    if by_email(session, email) is not None:
        raise Conflict("There is already an account with this address.")
    made = Organiser(
        email=email,
        name=name,
        role=who.role,
        active=True,
        password=password,
        fs_uniquifier=secrets.token_hex(32),
        created_at=now,
        invited_by_id=actor.id,
        digest=True,
    )
    session.add(made)
    session.flush()
    about = About("organiser", made.id)
    audit.record(session, vault, actor, "organiser added", about, now, after={"name": name, "role": who.role})
    return made


def normal(email: str) -> str:
    """An address as accounts are found by. Raises `Refused` if it cannot be one."""
    # Full-width letters and their like are other spellings of the same address, not other addresses.
    email = unicodedata.normalize("NFKC", email)
    if more_than_a_mailbox(email.strip()):
        raise Refused("This is not an e-mail address. Write it like name@example.org.")
    try:
        return validate_email(email.strip(), check_deliverability=False).normalized.casefold()
    except EmailNotValidError as error:
        # A demonstration has people at addresses that can belong to nobody (RFC 2606), which the library refuses.
        local, _at, domain = email.strip().casefold().rpartition("@")
        if local and domain.endswith((".invalid", ".example")) and " " not in local:
            return f"{local}@{domain}"
        raise Refused("Enter a full e-mail address, like name@example.org.") from error


def by_email(session: Session, email: str) -> Organiser | None:
    """The account of an address in normal form."""
    return session.scalars(select(Organiser).where(Organiser.email == email)).one_or_none()


def change_role(session: Session, vault: Vault, actor: Actor, organiser_id: int, role: Role, now: datetime) -> None:
    """Trust someone with more or less. Raises `Refused` if nobody would be left to look after accounts."""
    organiser = _one(session, organiser_id)
    if organiser.role is role:
        return
    before = organiser.role
    organiser.role = role
    _someone_stays(session)
    _end_sessions(session, organiser)
    about = About("organiser", organiser.id)
    audit.record(
        session, vault, actor, "organiser's role changed", about, now, before={"role": before}, after={"role": role}
    )
    if role not in ownership.MAY_WATCH:
        ownership.end_all(session, vault, actor, organiser, now)
    elif role not in ownership.MAY_OWN:
        ownership.end_owning(session, vault, actor, organiser, now)


def set_active(session: Session, vault: Vault, actor: Actor, organiser_id: int, active: bool, now: datetime) -> None:
    """End someone's access at once, or give it back. Raises `Refused` if no admin would be left."""
    organiser = _one(session, organiser_id)
    if organiser.active is active:
        return
    organiser.active = active
    _someone_stays(session)
    _end_sessions(session, organiser)
    what = "organiser access restored" if active else "organiser access removed"
    audit.record(session, vault, actor, what, About("organiser", organiser.id), now)
    if not active:
        ownership.end_all(session, vault, actor, organiser, now)


def choose_password(session: Session, vault: Vault, organiser_id: int, password: str, now: datetime) -> None:
    """Keep a new password (a hash) and end every session and link that was made before it."""
    organiser = _one(session, organiser_id)
    organiser.password = password
    _end_sessions(session, organiser)
    actor = Actor(organiser.id, organiser.name)
    audit.record(session, vault, actor, "password chosen", About("organiser", organiser.id), now)
    tell_of_change(session, organiser.id, now)


def forget_second_factor(session: Session, vault: Vault, actor: Actor, organiser_id: int, now: datetime) -> None:
    """For who lost their telephone, key and recovery codes: they set up a new second factor at the next sign-in."""
    organiser = _one(session, organiser_id)
    organiser.tf_primary_method = organiser.tf_totp_secret = organiser.mf_recovery_codes = None
    passkeys.forget(session, organiser.id)
    _end_sessions(session, organiser)
    audit.record(session, vault, actor, "second factor reset", About("organiser", organiser.id), now)
    tell_of_change(session, organiser.id, now)


def ask_for_password(session: Session, email: str, now: datetime) -> None:
    """Owe the link by which a forgotten password is replaced, at most once an hour; nothing tells whether it is."""
    try:
        organiser = by_email(session, normal(email))
    except Refused:
        return
    if organiser is not None and organiser.active:
        key = f"password:{organiser.id}:{now:%Y-%m-%dT%H}"
        outbox.enqueue_for_organiser(session, MessageKind.PASSWORD_RESET, organiser.id, key, now)


def by_uniquifier(session: Session, uniquifier: str) -> Organiser | None:
    """The organiser whose sessions carry this."""
    return session.scalars(select(Organiser).where(Organiser.fs_uniquifier == uniquifier)).one_or_none()


def take_code(session: Session, organiser_id: int, counter: int) -> bool:
    """Let a code of one time step open, once ever: none of that step or of one before it opens again."""
    newer = or_(Organiser.totp_counter.is_(None), Organiser.totp_counter < counter)
    taken = guarded.change(session, Organiser, Organiser.id == organiser_id, newer, totp_counter=counter)
    return taken > 0


def actor(organiser: Organiser) -> Actor:
    """An organiser as the audit trail names them."""
    return Actor(organiser.id, organiser.name)


def _one(session: Session, organiser_id: int) -> Organiser:
    found = session.get(Organiser, organiser_id)
    if found is None:
        raise Unknown("This organiser does not exist.")
    return found


def _someone_stays(session: Session) -> None:
    session.flush()
    admins = select(func.count()).select_from(Organiser).where(Organiser.role == Role.ADMIN, Organiser.active)
    if not session.scalar(admins):
        raise Refused("You need at least one active admin. Make someone else admin first.")


def _end_sessions(session: Session, organiser: Organiser) -> None:
    # The uniquifier stands in every session and every link: changed, none of them opens anything.
    organiser.fs_uniquifier = secrets.token_hex(32)
    session.flush()
    session.execute(delete(OrganiserSession).where(OrganiserSession.organiser_id == organiser.id))


def forget_sessions(session: Session, now: datetime) -> int:
    """Delete the sessions that are over; returns how many there were."""
    gone = session.execute(
        delete(OrganiserSession).where(OrganiserSession.expires_at <= now).returning(OrganiserSession.token_hash)
    ).all()
    return len(gone)


def sessions_over(session: Session, now: datetime) -> int:
    """How many sessions `forget_sessions` would delete."""
    over = select(func.count()).select_from(OrganiserSession).where(OrganiserSession.expires_at <= now)
    return session.scalar(over) or 0


def tell_of_sign_in(session: Session, organiser_id: int, now: datetime) -> None:
    """Owe a mail about a sign-in from a browser that had not signed in before; of many in one minute, one."""
    outbox.enqueue_for_organiser(
        session, MessageKind.SIGN_IN, organiser_id, f"sign_in:{organiser_id}:{now:%Y%m%d%H%M}", now
    )


def tell_of_change(session: Session, organiser_id: int, now: datetime) -> None:
    """Owe a mail about a change to how someone signs in; of many in one minute, one."""
    key = f"account_changed:{organiser_id}:{now:%Y%m%d%H%M}"
    outbox.enqueue_for_organiser(session, MessageKind.ACCOUNT_CHANGED, organiser_id, key, now)


def sessions_of(session: Session, organiser_id: int, now: datetime) -> list[OrganiserSession]:
    """The sign-ins of one account that are not over, the newest first."""
    mine = select(OrganiserSession).where(
        OrganiserSession.organiser_id == organiser_id, OrganiserSession.expires_at > now
    )
    return list(session.scalars(mine.order_by(OrganiserSession.created_at.desc())))


def end_session(session: Session, vault: Vault, actor: Actor, organiser_id: int, begins: str, now: datetime) -> None:
    """End one of one's own sign-ins, named by the beginning of its hash (hexadecimal)."""
    for row in sessions_of(session, organiser_id, now):
        if len(begins) >= 16 and row.token_hash.hex().startswith(begins):
            session.delete(row)
            audit.record(session, vault, actor, "session ended", About("organiser", organiser_id), now)


def seen(session: Session, organiser_id: int, now: datetime) -> None:
    """Note that someone signed in."""
    session.execute(update(Organiser).where(Organiser.id == organiser_id).values(last_seen_at=now))
