"""Tokens: made here, read here, and of no use to anyone who guesses or steals a database."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.appeals.signing.links import FormToken, Links, judge_age

LINKS = Links("a secret key of the tests, long enough")


def test_a_confirmation_link_leads_back_to_its_signature() -> None:
    reference = os.urandom(16)
    assert LINKS.read_confirmation(LINKS.confirmation(reference)) == reference


def test_a_link_made_with_another_key_leads_nowhere() -> None:
    assert LINKS.read_confirmation(Links("another secret key, long enough too").confirmation(b"0" * 16)) is None


@given(st.text(max_size=80))
def test_whatever_stands_in_a_link_is_read_or_refused_and_raises_nothing(token: str) -> None:
    assert LINKS.read_confirmation(token) is None


@given(st.integers(0, 37), st.sampled_from("ABCDEFabcdef0189-_"))
def test_a_changed_sign_makes_a_link_worthless(position: int, sign: str) -> None:
    token = LINKS.confirmation(b"reference 16 by.")
    changed = token[:position] + sign + token[position + 1 :]
    read = LINKS.read_confirmation(changed)
    assert read is None or changed == token or read == b"reference 16 by."


def test_nothing_about_anyone_stands_in_a_link() -> None:
    assert len(LINKS.confirmation(b"0" * 16)) == 38


@pytest.mark.parametrize(
    ("age", "judged"),
    [
        (timedelta(seconds=2), FormToken.TOO_YOUNG),
        (timedelta(seconds=3), FormToken.GOOD),
        (timedelta(hours=24), FormToken.GOOD),
        (timedelta(hours=24, seconds=1), FormToken.TOO_OLD),
    ],
)
def test_a_form_is_taken_from_three_seconds_to_a_day_of_age(age: timedelta, judged: FormToken) -> None:
    assert judge_age(age) is judged


def test_a_form_of_one_action_signs_no_other() -> None:
    later = datetime.now(UTC) + timedelta(seconds=10)
    token = LINKS.form("one")
    assert LINKS.read_form(token, "one", later) is FormToken.GOOD
    assert LINKS.read_form(token, "two", later) is FormToken.FORGED
    assert LINKS.read_form("", "one", later) is FormToken.FORGED
