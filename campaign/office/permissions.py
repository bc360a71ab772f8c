"""What each role may do: the one table. Whatever is not in it is refused."""

from __future__ import annotations

from enum import StrEnum

from campaign.vocabulary import Role


class Permission(StrEnum):
    """Something an organiser may be trusted with."""

    OWN = "own"  # one's own account
    READ = "read"  # cases, actions, officials, dossiers, totals; no supporter's name
    EDIT = "edit"  # cases and their evidence, drafts, officials
    REVIEW = "review"  # say yes or no to what someone else wrote
    PUBLISH = "publish"  # open, extend, close with an outcome
    STOP = "stop"  # at once, from any side
    SEND = "send"  # updates to supporters
    MODERATE = "moderate"  # names and words that may be shown
    SIGNATURES = "signatures"  # see supporters' names, and take false ones out
    EXPORT = "export"  # take supporters' names out of the system
    DELIVER = "deliver"  # dossiers and their way to the official
    CLEAR = "clear"  # allow letters to be sent to an official
    AUDIT = "audit"  # the whole audit trail
    STAFF = "staff"  # who works here
    SETTINGS = "settings"  # the organisation, its promises and its consent texts


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
        }
    ),
    # Reviews and may stop harm, but writes nothing that goes out.
    _R.REVIEWER: frozenset({_P.OWN, _P.READ, _P.REVIEW, _P.STOP, _P.MODERATE, _P.CLEAR, _P.AUDIT}),
    _R.VIEWER: frozenset({_P.OWN, _P.READ}),
}


def may(role: Role, permission: Permission) -> bool:
    """Whether organisers of this role may do this."""
    return permission in ALLOWED[role]
