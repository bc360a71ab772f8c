"""Organisers see how many are in the network, and nobody by a small number."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from campaign.appeals.network import figures, membership
from campaign.appeals.network.choices import Choices
from campaign.storage import Storage
from campaign.storage.tables import Member
from campaign.vocabulary import Rhythm
from tests import made


@pytest.mark.parametrize(
    ("groups", "shown"),
    [
        ({}, ()),
        ({"en": 9, "ur": 5}, (("en", 9), ("ur", 5))),
        ({"en": 9, "ur": 4, "fr": 3}, (("en", 9), ("", 7))),
        # One small group alone would be known as what is left: the next smallest hides it.
        ({"en": 9, "ur": 6, "fr": 1}, (("en", 9), ("", 7))),
        ({"en": 9, "fr": 1}, (("", 10),)),
        ({"en": 9, "fr": 0}, (("en", 9),)),
    ],
)
def test_small_groups_are_one_that_is_not_small(groups: dict[str, int], shown: tuple[tuple[str, int], ...]) -> None:
    assert figures.pooled(groups) == shown


@pytest.mark.databases
def test_only_who_has_confirmed_is_counted_and_a_few_are_not_told(storage: Storage) -> None:
    with storage.writing() as session:
        assert figures.gathered(session).total == 0
        for n in range(12):
            choices = Choices("ur" if n < 6 else "en", rhythm=Rhythm.WEEKLY if n % 2 else Rhythm.EACH)
            membership.join(session, storage.vault, f"n{n}@example.org", choices, made.NOON)
        members = session.scalars(select(Member).order_by(Member.id)).all()
        for n, member in enumerate(members):
            if n == 4:
                assert figures.gathered(session).total is None
            if n < 11:
                membership.confirm(session, member.reference, membership.chosen(member), made.NOON)
        session.expire_all()
        found = figures.gathered(session)
    assert (found.total, found.languages) == (11, (("ur", 6), ("en", 5)))
    assert found.rhythms == (("each", 6), ("weekly", 5))
