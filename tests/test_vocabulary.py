"""The words and their transitions."""

from __future__ import annotations

import pytest

from campaign.vocabulary import TRANSITIONS, ActionNumber, ActionStatus, SignatureStatus, may_become, may_precede


def test_every_state_says_what_may_follow_it() -> None:
    for machine, transitions in TRANSITIONS.items():
        assert set(transitions) == set(machine), machine


def test_an_action_can_be_stopped_wherever_the_public_may_have_seen_it_and_nowhere_else() -> None:
    assert set(may_precede(ActionStatus.STOPPED)) == {ActionStatus.OPEN, ActionStatus.CLOSED, ActionStatus.ARCHIVED}


def test_every_signature_can_be_erased_and_an_erased_one_is_nothing_else_again() -> None:
    assert set(may_precede(SignatureStatus.ERASED)) == set(SignatureStatus) - {SignatureStatus.ERASED}
    assert not any(may_become(SignatureStatus.ERASED, it) for it in SignatureStatus)


@pytest.mark.parametrize(
    ("written", "year", "serial"),
    [("UA 56/25", 2025, 56), ("UA: 71/08", 2008, 71), ("UA 132.19", 2019, 132), ("UA 261/94", 1994, 261)],
)
def test_a_number_is_read_however_it_was_printed(written: str, year: int, serial: int) -> None:
    assert ActionNumber.parse(written) == ActionNumber(year=year, serial=serial)


def test_a_number_is_written_in_one_way() -> None:
    assert str(ActionNumber(year=2025, serial=56)) == "UA 56/25"
    assert str(ActionNumber(year=2008, serial=7)) == "UA 7/08"
    assert ActionNumber.parse("no number here") is None
