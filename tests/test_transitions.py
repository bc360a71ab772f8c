"""Which state may follow which."""

from __future__ import annotations

from campaign.transitions import TRANSITIONS, may_become, may_precede
from campaign.vocabulary import ActionStatus, SignatureStatus


def test_every_state_says_what_may_follow_it() -> None:
    for machine, transitions in TRANSITIONS.items():
        assert set(transitions) == set(machine), machine


def test_an_action_can_be_stopped_wherever_the_public_may_have_seen_it_and_nowhere_else() -> None:
    assert set(may_precede(ActionStatus.STOPPED)) == {ActionStatus.OPEN, ActionStatus.CLOSED, ActionStatus.ARCHIVED}


def test_every_signature_can_be_erased_and_an_erased_one_is_nothing_else_again() -> None:
    assert set(may_precede(SignatureStatus.ERASED)) == set(SignatureStatus) - {SignatureStatus.ERASED}
    assert not any(may_become(SignatureStatus.ERASED, it) for it in SignatureStatus)
