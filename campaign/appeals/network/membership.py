"""Joining the network, changing what one asked for, and leaving. Nobody learns who is in it.

Joining counts once the link in the mail was opened and its button pressed. Whatever an address is here already, the
answer is the same; what differs is only the mail that its owner gets.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaign.appeals.abuse.rate_limits import Limit, _
from campaign.appeals.network import consent
from campaign.appeals.network.choices import Choices
from campaign.appeals.signing.addresses import normal_form
from campaign.errors import Gone, Why
from campaign.mail import outbox
from campaign.storage import Vault, guarded
from campaign.storage.encrypted_columns import MEMBER_EMAIL
from campaign.storage.tables import Member, Message
from campaign.storage.upsert import insert_or_leave
from campaign.vocabulary import MemberStatus, MessageKind

# An address that nobody confirmed may be someone else's.
PENDING_KEPT = timedelta(days=14)
# So that nobody fills another's inbox by entering their address again and again.
MESSAGES_A_DAY = 3
JOINING = Limit(
    "join",
    hits=60,
    window=timedelta(minutes=10),
    said=_("Too many people joined from your network in the last few minutes. Please try again a little later."),
)


@dataclass(frozen=True)
class Membership:
    """What is stored of a member, for whoever holds the link from a mail."""

    reference: bytes
    status: MemberStatus
    email: str
    choices: Choices
    expires_at: datetime
    confirmed_at: datetime | None


def join(session: Session, vault: Vault, email: str, choices: Choices, now: datetime) -> None:
    """Keep the wish and owe a mail with a link. Of an address that is in the network, nothing changes but that."""
    email_hash = vault.keyed_hash("network", normal_form(email))
    reference = secrets.token_bytes(16)
    made = insert_or_leave(
        session,
        Member,
        reference=reference,
        status=MemberStatus.PENDING,
        email=vault.encrypt(email, MEMBER_EMAIL, reference),
        email_hash=email_hash,
        **_columns(choices),
        consent_id=consent.agreed(session, choices.locale, now),
        created_at=now,
        expires_at=now + PENDING_KEPT,
        confirmed_at=None,
    )
    if made is None:
        member = session.scalars(select(Member).where(Member.email_hash == email_hash).with_for_update()).one_or_none()
        if member is None:  # it left in this very moment
            return
        made = member.id
        if member.status is MemberStatus.PENDING:
            for name, value in _columns(choices).items():
                setattr(member, name, value)
            member.expires_at = now + PENDING_KEPT
    sent = session.scalar(
        select(func.count())
        .select_from(Message)
        .where(
            Message.member_id == made,
            Message.kind == MessageKind.NETWORK_CONFIRM,
            Message.created_at > now - timedelta(days=1),
        )
    )
    if int(sent or 0) < MESSAGES_A_DAY:
        key = f"network:confirm:{made}:{secrets.token_hex(6)}"
        outbox.enqueue_for_member(session, MessageKind.NETWORK_CONFIRM, made, key, now)


def of_link(session: Session, vault: Vault, reference: bytes | None, now: datetime) -> Membership:
    """Who a link stands for. Raises `Gone` if nobody: the same answer for one that was made up, and after leaving."""
    member = None
    if reference is not None:
        member = session.scalars(select(Member).where(Member.reference == reference)).one_or_none()
    if member is None or (member.status is MemberStatus.PENDING and member.expires_at <= now):
        raise no_longer_valid()
    return Membership(
        member.reference,
        member.status,
        vault.decrypt(member.email, MEMBER_EMAIL, member.reference),
        chosen(member),
        member.expires_at,
        member.confirmed_at,
    )


def confirm(session: Session, reference: bytes | None, choices: Choices, now: datetime) -> None:
    """Confirm, with what the page shows; pressed again it keeps what is then shown. Raises `Gone` if it is too late."""
    done = guarded.change(
        session,
        Member,
        Member.reference == reference,
        (Member.status == MemberStatus.CONFIRMED) | (Member.expires_at > now),
        status=MemberStatus.CONFIRMED,
        confirmed_at=func.coalesce(Member.confirmed_at, now),
        **_columns(choices),
    )
    if not done:
        raise no_longer_valid()


def leave(session: Session, reference: bytes | None) -> bool:
    """Delete all there is of a member, with the messages owed to them. False if there was nobody: as good as left."""
    gone = guarded.remove(session, Member, Member.reference == reference)
    return gone > 0


def forget(session: Session, now: datetime, most: int) -> int:
    """Delete who did not confirm in time; returns how many."""
    chosen_ = select(Member.id).where(Member.status == MemberStatus.PENDING, Member.expires_at <= now).limit(most)
    return guarded.remove(
        session, Member, Member.id.in_(chosen_.scalar_subquery()), Member.status == MemberStatus.PENDING
    )


def chosen(member: Member) -> Choices:
    """What a member asked for."""
    return Choices(member.locale, tuple(member.countries), tuple(member.themes), member.rhythm, member.discreet)


def no_longer_valid() -> Gone:
    """The one answer to every link that leads to no member."""
    return Gone(
        "This link no longer works. You get no urgent actions from us by it. You can join again at any time.", Why.LINK
    )


def _columns(choices: Choices) -> dict[str, object]:
    return {
        "locale": choices.locale,
        "countries": list(choices.countries),
        "themes": list(choices.themes),
        "rhythm": choices.rhythm,
        "discreet": choices.discreet,
    }
