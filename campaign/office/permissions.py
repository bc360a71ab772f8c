"""What each role may do: the one table. Whatever is not in it is refused."""

from __future__ import annotations

from enum import StrEnum

from campaign.sentences import Sentence
from campaign.vocabulary import Role


class Permission(StrEnum):
    """Something an organiser may be trusted with; `SAID` tells what."""

    OWN = "own"
    READ = "read"
    EDIT = "edit"
    TRANSLATE = "translate"
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
SAID: dict[Permission, Sentence] = {
    Permission.OWN: Sentence("manage their own account"),
    Permission.READ: Sentence("see cases, actions, officials and totals"),
    Permission.EDIT: Sentence("edit cases, evidence, drafts and officials"),
    Permission.TRANSLATE: Sentence("translate texts and sample letters"),
    Permission.REVIEW: Sentence("approve other people’s work"),
    Permission.PUBLISH: Sentence("open, extend and close actions"),
    Permission.STOP: Sentence("stop an action at once"),
    Permission.SEND: Sentence("send updates to supporters"),
    Permission.MODERATE: Sentence("moderate names and messages"),
    Permission.SIGNATURES: Sentence("see supporters' names and remove false signatures"),
    Permission.EXPORT: Sentence("export supporters' names"),
    Permission.DELIVER: Sentence("create signature books and record deliveries"),
    Permission.CLEAR: Sentence("approve officials for letters sent by the system"),
    Permission.AUDIT: Sentence("read the audit trail"),
    Permission.STAFF: Sentence("invite people and change their roles"),
    Permission.SETTINGS: Sentence("change the organisation's settings"),
    Permission.DISCARD: Sentence("discard drafts"),
    Permission.SEAL: Sentence("freeze and seal signature books, and make links to them"),
}

_P, _R = Permission, Role

ALLOWED: dict[Role, frozenset[Permission]] = {
    _R.ADMIN: frozenset(Permission),
    _R.EDITOR: frozenset(
        {
            _P.OWN,
            _P.READ,
            _P.EDIT,
            _P.TRANSLATE,
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
    # From outside, often: sees what is to be translated, and nothing else of the office.
    _R.TRANSLATOR: frozenset({_P.OWN, _P.TRANSLATE}),
}


# What asks for the password once more if the sign-in is older than ten minutes: who may come in, names that leave the
# system, what is thrown away or sealed, and what keeps people safe.
ASKS_AGAIN: frozenset[Permission] = frozenset({_P.STAFF, _P.EXPORT, _P.SETTINGS, _P.DISCARD, _P.SEAL})


def told(role: Role) -> list[Sentence]:
    """What a role may do, in the table's order."""
    return [SAID[it] for it in Permission if it in ALLOWED[role]]


def told_to_holder(role: Role) -> list[Sentence]:
    """The same, as it is told to who has the role."""
    yours = {Permission.OWN: Sentence("manage your own account")}
    return [yours.get(it, SAID[it]) for it in Permission if it in ALLOWED[role]]


def may(role: Role, permission: Permission) -> bool:
    """Whether organisers of this role may do this."""
    return permission in ALLOWED[role]


def holders(permission: Permission) -> tuple[Role, ...]:
    """The roles that may do this."""
    return tuple(role for role in Role if may(role, permission))
