"""What a new office still lacks before its first action is public: told on the board, and by `campaign check`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from campaign.storage.tables import Action, Organisation, Organiser, Passkey
from campaign.vocabulary import ActionStatus

# What `campaign init` writes for want of something better, and domains that no mail server has (RFC 2606).
UNNAMED = "Campaign"
_NOWHERE = (".example", ".invalid", ".test", ".localhost", "example.org", "example.com", "example.net")


class Step(StrEnum):
    """What is to be done, in this order."""

    ORGANISATION = "organisation"
    SENDER = "sender"
    SECOND_FACTOR = "second_factor"
    COLLEAGUE = "colleague"
    ACTION = "action"


@dataclass(frozen=True)
class Known:
    """What is known of an office. `guarded`: whoever asks has a second factor."""

    name: str
    sender: str
    guarded: bool
    organisers: int
    actions: int


def done(known: Known) -> dict[Step, bool]:
    """The rule: which steps are done."""
    return {
        Step.ORGANISATION: is_named(known.name),
        Step.SENDER: is_reachable(known.sender),
        Step.SECOND_FACTOR: known.guarded,
        Step.COLLEAGUE: known.organisers > 1,
        Step.ACTION: known.actions > 0,
    }


def is_named(name: str) -> bool:
    """Whether an organisation has a name of its own."""
    return bool(name.strip()) and name.strip() != UNNAMED


def is_reachable(address: str) -> bool:
    """Whether mail could come from an address: not from one that was put there for want of a real one."""
    domain = address.rpartition("@")[2].casefold()
    return "@" in address and not any(domain == it or domain.endswith(it) for it in _NOWHERE)


def known(session: Session, organiser_id: int) -> Known:
    """What is known now."""
    organisation = session.get(Organisation, 1)
    factor = select(Organiser.tf_primary_method).where(Organiser.id == organiser_id)
    passkey = select(exists().where(Passkey.organiser_id == organiser_id))
    return Known(
        name="" if organisation is None else organisation.name.get("en") or next(iter(organisation.name.values()), ""),
        sender="" if organisation is None else organisation.sender_email,
        guarded=bool(session.scalar(factor)) or bool(session.scalar(passkey)),
        organisers=int(session.scalar(select(func.count()).where(Organiser.active)) or 0),
        actions=len(session.scalars(select(Action.id).limit(1)).all()),
    )


def published(session: Session) -> bool:
    """Whether any action has ever been public: an office that has had one is led no more."""
    ever: Sequence[ActionStatus] = (ActionStatus.OPEN, ActionStatus.CLOSED, ActionStatus.STOPPED, ActionStatus.ARCHIVED)
    return session.scalar(select(Action.id).where(Action.status.in_(ever)).limit(1)) is not None
