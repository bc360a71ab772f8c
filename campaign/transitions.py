"""Which state may follow which, of everything that has states."""

from __future__ import annotations

from enum import StrEnum

from campaign.vocabulary import (
    ActionStatus,
    BuildStatus,
    DeliveryStatus,
    DossierStatus,
    InvalidationStatus,
    LetterStatus,
    MessageStatus,
    SignatureStatus,
    UpdateStatus,
)

_A, _S, _M, _D = ActionStatus, SignatureStatus, MessageStatus, DossierStatus
_U, _I, _B, _V = UpdateStatus, InvalidationStatus, BuildStatus, DeliveryStatus
_L = LetterStatus

# Each machine's allowed transitions, written here and nowhere else.
TRANSITIONS: dict[type[StrEnum], dict[StrEnum, frozenset[StrEnum]]] = {
    ActionStatus: {
        # What never was public is discarded, not stopped: there is nothing to take back from anyone.
        _A.DRAFT: frozenset({_A.IN_REVIEW, _A.OPEN}),
        _A.IN_REVIEW: frozenset({_A.DRAFT, _A.OPEN}),
        _A.OPEN: frozenset({_A.CLOSED, _A.STOPPED}),
        _A.CLOSED: frozenset({_A.ARCHIVED, _A.OPEN, _A.STOPPED}),
        _A.STOPPED: frozenset({_A.ARCHIVED}),
        _A.ARCHIVED: frozenset({_A.STOPPED}),
    },
    SignatureStatus: {
        _S.PENDING: frozenset({_S.CONFIRMED, _S.REJECTED, _S.EXPIRED, _S.INVALID, _S.ERASED}),
        _S.CONFIRMED: frozenset({_S.WITHDRAWN, _S.INVALID, _S.ERASED}),
        _S.WITHDRAWN: frozenset({_S.ERASED}),
        _S.INVALID: frozenset({_S.CONFIRMED, _S.ERASED}),
        _S.REJECTED: frozenset({_S.ERASED}),
        _S.EXPIRED: frozenset({_S.ERASED}),
        _S.ERASED: frozenset(),
    },
    MessageStatus: {
        _M.PENDING: frozenset({_M.LEASED}),
        _M.LEASED: frozenset({_M.SENT, _M.PENDING, _M.FAILED}),
        _M.SENT: frozenset(),
        _M.FAILED: frozenset(),
    },
    UpdateStatus: {
        _U.DRAFT: frozenset({_U.QUEUED, _U.CANCELLED}),
        _U.QUEUED: frozenset({_U.SENT, _U.CANCELLED}),
        _U.SENT: frozenset(),
        _U.CANCELLED: frozenset(),
    },
    InvalidationStatus: {
        _I.RUNNING: frozenset({_I.CANCELLED, _I.DONE}),
        # A cancelled one may be gone on with: what it took out so far stays its own.
        _I.CANCELLED: frozenset({_I.RUNNING, _I.UNDOING}),
        _I.DONE: frozenset({_I.UNDOING}),
        _I.UNDOING: frozenset({_I.UNDONE}),
        _I.UNDONE: frozenset(),
    },
    LetterStatus: {
        _L.DRAFTED: frozenset({_L.QUEUED}),
        # A server that refuses it for good at the door has bounced it too.
        _L.QUEUED: frozenset({_L.SENT, _L.BOUNCED, _L.PRINTED, _L.DROPPED}),
        # Back to the queue: a full mailbox, or a server that refused us for a while, may take it later.
        _L.SENT: frozenset({_L.DELIVERED, _L.BOUNCED, _L.QUEUED}),
        # Released when the address is corrected, or printed instead.
        _L.BOUNCED: frozenset({_L.QUEUED, _L.PRINTED, _L.DROPPED}),
        _L.DELIVERED: frozenset(),
        _L.PRINTED: frozenset(),
        _L.DROPPED: frozenset(),
    },
    DossierStatus: {
        _D.FROZEN: frozenset({_D.READY}),
        _D.READY: frozenset(),
    },
    DeliveryStatus: {
        _V.PLANNED: frozenset({_V.DISPATCHED, _V.FAILED}),
        _V.DISPATCHED: frozenset({_V.DELIVERED, _V.RETURNED, _V.REFUSED, _V.FAILED}),
        _V.DELIVERED: frozenset(),
        _V.RETURNED: frozenset(),
        _V.REFUSED: frozenset(),
        _V.FAILED: frozenset(),
    },
    BuildStatus: {
        _B.WAITING: frozenset({_B.BUILDING, _B.CANCELLED}),
        # Back to waiting if its process stops, or is taken over when its lease runs out.
        _B.BUILDING: frozenset({_B.WAITING, _B.BUILDING, _B.DONE, _B.CANCELLED, _B.FAILED}),
        _B.DONE: frozenset(),
        _B.CANCELLED: frozenset({_B.WAITING}),
        _B.FAILED: frozenset({_B.WAITING}),
    },
}


def may_become(now: StrEnum, then: StrEnum) -> bool:
    """Whether `then` may follow `now`; both of one machine."""
    return then in TRANSITIONS[type(now)][now]


def may_precede(then: StrEnum) -> tuple[StrEnum, ...]:
    """The states from which `then` may be reached: the guard of an UPDATE that sets it."""
    return tuple(now for now, allowed in TRANSITIONS[type(then)].items() if then in allowed)
