"""A signature as its links find it: what its owner may see, and which links lead nowhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign import clock
from campaign.appeals.signing.wishes import disclosure_kept
from campaign.errors import Gone, Why
from campaign.publication.stopping import stopped
from campaign.storage import Vault
from campaign.storage.encrypted_columns import SIGNATURE_MESSAGE, SIGNATURE_NAME
from campaign.storage.tables import Action, Case, LaterWish, Signature
from campaign.vocabulary import Disclosure, SignatureStatus

# What goes whenever a name goes: it, the words, and every keyed hash by which they could be found again. The hash of
# the address is another matter: by it a promise not to write is kept.
CLEARED_FIELDS: dict[str, None] = dict.fromkeys(
    (
        "name",
        "name_hash",
        "message",
        "words_hash",
        "words_status",
        "words_decision_id",
        "reason_consent_id",
        "network_hash",
        "domain_hash",
    )
)


# Nothing of a person is left in these: their links are answered like links that were never made.
DEAD_LINK_STATUSES = frozenset({SignatureStatus.EXPIRED, SignatureStatus.ERASED})
# Under these a later wish may be confirmed: the signature waits too, or stands and takes on what is wished now.
MAY_CONFIRM = frozenset({SignatureStatus.PENDING, SignatureStatus.CONFIRMED})


@dataclass(frozen=True)
class Given:
    """A wish as its owner may see it from its link: the signature itself, or a later wish. `name` is None once it was
    taken away, or once a later wish stands in the signature.

    `status` is what this link can still do: `pending` while it may confirm, else that of the signature. `stands` is the
    signature's own. `disclosure` is what would be kept on confirming: where it is more guarded than `asked`, a wish
    before or after this one asked for that. `reference` opens "My signature".
    """

    id: int
    wish_id: int | None
    status: SignatureStatus
    stands: SignatureStatus
    reference: bytes
    name: str | None
    message: str | None
    reason: bool  # whether everyone may read that message, as its owner has agreed before
    country: str
    asked: Disclosure
    disclosure: Disclosure
    updates: bool
    locale: str
    expires_at: datetime
    action_id: int
    signed_text_id: int | None
    slug: str
    stopped: bool
    deadline: date
    time_zone: str
    at_risk: bool  # whether being named may be dangerous where they live


def given(session: Session, vault: Vault, reference: bytes | None) -> Given:
    """The wish a link stands for. Raises `Gone` if there is none: the same answer as for one long gone."""
    later = _later(session, reference)
    row = (
        None
        if reference is None
        else session.execute(
            select(Signature, Action, Case)
            .join(Action, Action.id == Signature.action_id)
            .join(Case, Case.id == Action.case_id)
            .where(Signature.id == later.signature_id if later is not None else Signature.reference == reference)
            .execution_options(populate_existing=True)
        ).one_or_none()
    )
    if row is None or row.Signature.status in DEAD_LINK_STATUSES:
        raise no_longer_valid()
    signature, action, case = row
    waits = later is not None and later.confirmed_at is None and signature.status in MAY_CONFIRM
    wish: Signature | LaterWish = later if later is not None and waits else signature
    if action.deadline is None:  # a CHECK says that what can be signed has one
        raise AssertionError("a signature under an action without a deadline")
    message = vault.decrypt(wish.message, SIGNATURE_MESSAGE, wish.reference) if wish.message else None
    return Given(
        id=signature.id,
        wish_id=None if later is None else later.id,
        status=SignatureStatus.PENDING if waits else signature.status,
        stands=signature.status,
        reference=signature.reference,
        name=vault.decrypt(wish.name, SIGNATURE_NAME, wish.reference) if wish.name else None,
        message=message,
        reason=_still_a_reason(vault, signature, message),
        country=wish.country,
        asked=wish.disclosure,
        disclosure=disclosure_kept(wish.disclosure, signature.disclosure, signature.guard)
        if waits or signature.status is SignatureStatus.PENDING
        else signature.disclosure,
        updates=wish.updates,
        locale=wish.locale,
        expires_at=wish.expires_at,
        action_id=action.id,
        signed_text_id=wish.signed_text_id,
        slug=action.slug,
        stopped=stopped(action),
        deadline=action.deadline,
        time_zone=case.time_zone,
        at_risk=wish.country in (case.country, *case.at_risk_countries),
    )


def _later(session: Session, reference: bytes | None) -> LaterWish | None:
    return session.scalars(
        select(LaterWish).where(LaterWish.reference == reference).execution_options(populate_existing=True)
    ).one_or_none()


def _still_a_reason(vault: Vault, signature: Signature, message: str | None) -> bool:
    if signature.reason_consent_id is None or signature.message is None:
        return False
    return vault.decrypt(signature.message, SIGNATURE_MESSAGE, signature.reference) == message


def no_longer_valid() -> Gone:
    """The one answer to every link that leads to no signature: made up, run out or erased."""
    return Gone("This link no longer works. If you still want to sign, open the action and start again.", Why.LINK)


def in_time(expires_at: datetime, deadline: date, time_zone: str, now: datetime) -> bool:
    """The rule of when: while a pending signature is kept, and for a day after the deadline."""
    return now < expires_at and clock.confirming_open(now, deadline, time_zone)
