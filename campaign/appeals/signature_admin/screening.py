"""Patterns that look false: many signatures from one network or one mail domain, many that nobody confirms.

What it finds is a reason for a person to look, and never one by itself: a school, a camp or a village may share one
network, and half the world one mail provider.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from cryptography.fernet import InvalidToken
from sqlalchemy import ColumnElement, Integer, and_, cast, func, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import InstrumentedAttribute

from campaign.appeals.abuse.rate_limits import KEPT
from campaign.sentences import Sentence
from campaign.storage import Vault
from campaign.storage.encrypted_columns import SIGNATURE_EMAIL
from campaign.storage.tables import Action, Signature
from campaign.vocabulary import ActionStatus, SignatureStatus

# Smaller groups are families and offices.
WORTH_A_LOOK = 10
# From when on the board says so: this many from one place, and this share of all that came in those two days.
MANY, MUCH_OF_A_NETWORK, MUCH_OF_A_DOMAIN = 30, 0.25, 0.8
# A confirmation is usually pressed within hours. This many that had the time, and fewer than this share pressed.
TIME_TO_CONFIRM = timedelta(hours=6)
ENOUGH_TO_TELL, FEW_CONFIRM = 40, 0.25
MOST_BURSTS = 20


@dataclass(frozen=True)
class Burst:
    """Signatures of the last two days from one place. `mark` is its keyed hash in hex; `domain` is told only where
    names may be seen."""

    mark: str
    signed: int
    confirmed: int
    first: datetime
    last: datetime
    domain: str | None = None


@dataclass(frozen=True)
class Recent:
    """How the last two days of one action went. `ripe` had time to be confirmed, `ripe_confirmed` were."""

    signed: int = 0
    confirmed: int = 0
    ripe: int = 0
    ripe_confirmed: int = 0
    most_from_a_network: int = 0
    most_from_a_domain: int = 0

    @property
    def share_confirmed(self) -> float | None:
        """Of those that had the time; None while there are none."""
        return self.ripe_confirmed / self.ripe if self.ripe else None


@dataclass(frozen=True)
class Panel:
    """What screening shows of one action."""

    recent: Recent
    networks: tuple[Burst, ...] = field(default_factory=tuple)
    domains: tuple[Burst, ...] = field(default_factory=tuple)


def suspicious(session: Session, now: datetime) -> dict[int, str]:
    """For the board: what looks false in which open action, as a sentence. Three queries, however many there are."""
    is_open = select(Action.id).where(Action.status == ActionStatus.OPEN)
    found = {
        action_id: verdict(recent)
        for action_id, recent in _recent(session, now, Signature.action_id.in_(is_open)).items()
    }
    return {action_id: said for action_id, said in found.items() if said is not None}


def verdict(recent: Recent) -> Sentence | None:
    """The rule: what looks false, if anything does."""
    if _stands_out(recent.most_from_a_network, recent.signed, MUCH_OF_A_NETWORK):
        return Sentence(
            "%(n)s of %(of)s signatures in two days came from one network.",
            n=recent.most_from_a_network,
            of=recent.signed,
        )
    if _stands_out(recent.most_from_a_domain, recent.signed, MUCH_OF_A_DOMAIN):
        return Sentence(
            "%(n)s of %(of)s signatures in two days use one e-mail domain.",
            n=recent.most_from_a_domain,
            of=recent.signed,
        )
    share = recent.share_confirmed
    if recent.ripe >= ENOUGH_TO_TELL and share is not None and share < FEW_CONFIRM:
        return Sentence(
            "Only %(n)s of %(of)s recent signatures were confirmed.", n=recent.ripe_confirmed, of=recent.ripe
        )
    return None


def _stands_out(part: int, whole: int, share: float) -> bool:
    return part >= MANY and part >= whole * share


def panel(session: Session, vault: Vault, action_id: int, now: datetime, *, names: bool) -> Panel:
    """One action's last two days. With `names` a mail domain is told, read from one of its sealed addresses."""
    of_action = Signature.action_id == action_id
    return Panel(
        recent=_recent(session, now, of_action).get(action_id, Recent()),
        networks=_bursts(session, None, Signature.network_hash, and_(of_action, _known(now))),
        domains=_bursts(session, vault if names else None, Signature.domain_hash, and_(of_action, _known(now))),
    )


def _recent(session: Session, now: datetime, which: ColumnElement[bool]) -> Mapping[int, Recent]:
    ripe = and_(
        Signature.created_at < now - TIME_TO_CONFIRM,
        Signature.status.in_((SignatureStatus.PENDING, SignatureStatus.CONFIRMED)),
    )
    confirmed = Signature.status == SignatureStatus.CONFIRMED
    where = and_(which, _known(now))
    sums = session.execute(
        select(
            Signature.action_id,
            func.count().label("signed"),
            func.sum(cast(confirmed, Integer)).label("confirmed"),
            func.sum(cast(ripe, Integer)).label("ripe"),
            func.sum(cast(and_(ripe, confirmed), Integer)).label("ripe_confirmed"),
        )
        .where(where)
        .group_by(Signature.action_id)
    ).all()
    networks, domains = (_largest(session, it, where) for it in (Signature.network_hash, Signature.domain_hash))
    return {
        row.action_id: Recent(
            int(row.signed),
            int(row.confirmed),
            int(row.ripe),
            int(row.ripe_confirmed),
            networks.get(row.action_id, 0),
            domains.get(row.action_id, 0),
        )
        for row in sums
    }


def _largest(
    session: Session, place: InstrumentedAttribute[bytes | None], where: ColumnElement[bool]
) -> Mapping[int, int]:
    each = (
        select(Signature.action_id, func.count().label("n"))
        .where(where, place.is_not(None))
        .group_by(Signature.action_id, place)
        .having(func.count() >= MANY)
        .subquery()
    )
    found = session.execute(select(each.c.action_id, func.max(each.c.n)).group_by(each.c.action_id)).all()
    return {action_id: int(n) for action_id, n in found}


def _bursts(
    session: Session,
    vault: Vault | None,
    place: InstrumentedAttribute[bytes | None],
    where: ColumnElement[bool],
) -> tuple[Burst, ...]:
    signed = func.count()
    found = session.execute(
        select(
            place.label("mark"),
            signed.label("signed"),
            func.sum(cast(Signature.status == SignatureStatus.CONFIRMED, Integer)).label("confirmed"),
            func.min(Signature.created_at).label("first"),
            func.max(Signature.created_at).label("last"),
            func.max(Signature.id).label("one"),
        )
        .where(where, place.is_not(None))
        .group_by(place)
        .having(signed >= WORTH_A_LOOK)
        .order_by(signed.desc(), place)
        .limit(MOST_BURSTS)
    ).all()
    told = _domains(session, vault, [row.one for row in found]) if vault is not None else {}
    return tuple(_burst(row, told.get(row.one)) for row in found)


def _burst(row: Any, domain: str | None) -> Burst:
    return Burst(bytes(row.mark).hex(), int(row.signed), int(row.confirmed), row.first, row.last, domain)


def _domains(session: Session, vault: Vault, ids: list[int]) -> dict[int, str]:
    found = session.execute(
        select(Signature.id, Signature.email, Signature.reference).where(
            Signature.id.in_(ids), Signature.email.is_not(None)
        )
    ).all()
    told: dict[int, str] = {}
    for signature_id, email, reference in found:
        try:
            told[signature_id] = vault.decrypt(email or b"", SIGNATURE_EMAIL, reference).rpartition("@")[2]
        except InvalidToken:  # sealed with a key that is gone: the burst is shown all the same
            continue
    return told


def _known(now: datetime) -> ColumnElement[bool]:
    # Both halves matter: the first lets the partial index serve, the second holds until the purge has run.
    return and_(Signature.network_hash.is_not(None), Signature.created_at >= now - KEPT)
