"""Passwords: none that guessing begins with, and none that is the account's own name."""

from __future__ import annotations

import pytest

from campaign.office import passwords

ACCOUNT = ("Maria Fernandez", "maria.fernandez@office.example")


@pytest.mark.parametrize(
    "known",
    [
        "password1234", "Passw0rd2024!", "qwertyuiop12", "iloveyou123456", "letmein-letmein", "123456789012",
        "mariafernandez1", "fernandez-maria", "Maria.Fernandez99", "qwerty123456789", "abcdefghijkl", "football2023",
    ],
)  # fmt: skip
def test_a_known_password_is_refused_with_what_to_do(known: str) -> None:
    sentence = passwords.weakness(known, *ACCOUNT)
    assert sentence is not None and sentence.endswith(".")


@pytest.mark.parametrize(
    "good", ["nine brave otters sing", "vT7#qLm2!xZr", "عقاب بنفشه دریا ستاره", "x" + "Kq9!vR2p" * 31]
)
def test_a_password_that_nobody_knows_is_taken(good: str) -> None:
    assert passwords.weakness(good, *ACCOUNT) is None


def test_what_we_make_ourselves_is_good() -> None:
    assert passwords.weakness(passwords.fresh(), *ACCOUNT) is None


def test_a_recovery_code_is_known_again_and_no_other_is() -> None:
    kept = passwords.hashed_code("1a2b-3c4d-5e6f")
    assert "1a2b" not in kept
    assert passwords.is_code(" 1A2B-3C4D-5E6F ", kept)
    assert not passwords.is_code("1a2b-3c4d-5e60", kept)


def test_a_guess_at_a_stolen_password_costs_64_mib_and_three_passes() -> None:
    assert passwords.hashed("nine brave otters sing").startswith("$argon2id$v=19$m=65536,t=3,p=4$")
