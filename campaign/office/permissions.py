"""What each role may do: the one table. Whatever is not in it is refused."""

from __future__ import annotations

from enum import StrEnum

from campaign.vocabulary import Role


class Permission(StrEnum):
    """Something an organiser may be trusted with; `SAID` tells what."""

    OWN = "own"
    READ = "read"
    EDIT = "edit"
    REVIEW = "review"
    PUBLISH = "publish"
    STOP = "stop"
    SEND = "send"
    MODERATE = "moderate"
    SIGNATURES = "signatures"
    EXPORT = "export"
    DELIVER = "deliver"
    CLEAR = "clear"
    AUDIT = "audit"
    STAFF = "staff"
    SETTINGS = "settings"
    DISCARD = "discard"
    SEAL = "seal"


# Each as a person reads it after "may".
SAID: dict[Permission, str] = {
    Permission.OWN: "manage their own account",
    Permission.READ: "see cases, actions, officials and totals",
    Permission.EDIT: "edit cases, evidence, drafts and officials",
    Permission.REVIEW: "approve other people’s work",
    Permission.PUBLISH: "open, extend and close actions",
    Permission.STOP: "stop an action at once",
    Permission.SEND: "send updates to supporters",
    Permission.MODERATE: "moderate names and messages",
    Permission.SIGNATURES: "see supporters' names and remove false signatures",
    Permission.EXPORT: "export supporters' names",
    Permission.DELIVER: "create signature books and record deliveries",
    Permission.CLEAR: "approve officials for letters sent by the system",
    Permission.AUDIT: "read the audit trail",
    Permission.STAFF: "invite people and change their roles",
    Permission.SETTINGS: "change the organisation's settings",
    Permission.DISCARD: "discard drafts",
    Permission.SEAL: "freeze and seal signature books, and make links to them",
}

_P, _R = Permission, Role

ALLOWED: dict[Role, frozenset[Permission]] = {
    _R.ADMIN: frozenset(Permission),
    _R.EDITOR: frozenset(
        {
            _P.OWN,
            _P.READ,
            _P.EDIT,
            _P.REVIEW,
            _P.PUBLISH,
            _P.STOP,
            _P.SEND,
            _P.MODERATE,
            _P.SIGNATURES,
            _P.DELIVER,
            _P.CLEAR,
            _P.AUDIT,
            _P.DISCARD,
            _P.SEAL,
        }
    ),
    # Reviews and may stop harm, but writes nothing that goes out.
    _R.REVIEWER: frozenset({_P.OWN, _P.READ, _P.REVIEW, _P.STOP, _P.MODERATE, _P.CLEAR, _P.AUDIT}),
    _R.VIEWER: frozenset({_P.OWN, _P.READ}),
}


# What asks for the password once more if the sign-in is older than ten minutes: who may come in, names that leave the
# system, what is thrown away or sealed, and what keeps people safe.
ASKS_AGAIN: frozenset[Permission] = frozenset({_P.STAFF, _P.EXPORT, _P.SETTINGS, _P.DISCARD, _P.SEAL})


def told(role: Role) -> list[str]:
    """What a role may do, in the table's order."""
    return [SAID[it] for it in Permission if it in ALLOWED[role]]


def may(role: Role, permission: Permission) -> bool:
    """Whether organisers of this role may do this."""
    return permission in ALLOWED[role]
