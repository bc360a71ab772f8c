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
