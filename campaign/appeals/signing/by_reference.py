"""A signature as its links find it: what its owner may see, and which links lead nowhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign import clock
from campaign.errors import Gone
from campaign.publication.stopping import stopped
from campaign.storage import Vault
from campaign.storage.encrypted_columns import SIGNATURE_NAME
from campaign.storage.tables import Action, Case, Signature
from campaign.vocabulary import SignatureStatus

# What goes whenever a name goes: it, the words, and every keyed hash by which they could be found again. The hash of
# the address is another matter: by it a promise not to write is kept.
CLEARED_FIELDS: dict[str, None] = dict.fromkeys(
    ("name", "name_hash", "message", "words_status", "network_hash", "domain_hash")
)


# Nothing of a person is left in these: their links are answered like links that were never made.
DEAD_LINK_STATUSES = frozenset({SignatureStatus.EXPIRED, SignatureStatus.ERASED})


@dataclass(frozen=True)
class Given:
    """A signature as its owner may see it from their link. `name` is None once it was taken away."""

    id: int
    status: SignatureStatus
    name: str | None
    country: str
    locale: str
    expires_at: datetime
    action_id: int
    slug: str
    stopped: bool
    deadline: date
    time_zone: str


def given(session: Session, vault: Vault, reference: bytes | None) -> Given:
    """The signature a link stands for. Raises `Gone` if there is none: the same answer as for one long gone."""
    row = (
        None
        if reference is None
        else session.execute(
            select(
                Signature.id,
                Signature.status,
                Signature.name,
                Signature.country,
                Signature.locale,
                Signature.expires_at,
                Action,
                Case.time_zone,
            )
            .join(Action, Action.id == Signature.action_id)
            .join(Case, Case.id == Action.case_id)
            .where(Signature.reference == reference)
        ).one_or_none()
    )
    if row is None or row.status in DEAD_LINK_STATUSES:
        raise no_longer_valid()
    return Given(
        id=row.id,
        status=row.status,
        name=vault.decrypt(row.name, SIGNATURE_NAME, reference or b"") if row.name else None,
        country=row.country,
        locale=row.locale,
        expires_at=row.expires_at,
        action_id=row.Action.id,
        slug=row.Action.slug,
        stopped=stopped(row.Action),
        deadline=row.Action.deadline,
        time_zone=row.time_zone,
    )


def no_longer_valid() -> Gone:
    """The one answer to every link that leads to no signature: made up, run out or erased."""
    return Gone("This link no longer works. If you still want to sign, open the action and start again.")


def in_time(expires_at: datetime, deadline: date, time_zone: str, now: datetime) -> bool:
    """The rule of when: while a pending signature is kept, and for a day after the deadline."""
    return now < expires_at and clock.confirming_open(now, deadline, time_zone)
