"""What is kept of time: the second for two days, then the day; nothing that reads it is misled by that."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from campaign import clock
from campaign.appeals import moments
from campaign.appeals.signing import names
from campaign.appeals.signing.signing import sign
from campaign.appeals.supporter import confirming, my_data
from campaign.storage import Storage
from campaign.storage.tables import Message, Signature
from campaign.vocabulary import MessageStatus
from tests import made


@pytest.mark.parametrize(
    ("zone", "at", "noon"),
    [
        ("UTC", datetime(2026, 3, 1, 23, 59, 59, tzinfo=UTC), datetime(2026, 3, 1, 12, tzinfo=UTC)),
        ("Asia/Karachi", datetime(2026, 3, 1, 18, 59, tzinfo=UTC), datetime(2026, 3, 1, 7, tzinfo=UTC)),
        ("Asia/Karachi", datetime(2026, 3, 1, 19, 0, tzinfo=UTC), datetime(2026, 3, 2, 7, tzinfo=UTC)),
        ("America/Lima", datetime(2026, 3, 2, 4, 59, tzinfo=UTC), datetime(2026, 3, 1, 17, tzinfo=UTC)),
    ],
)
def test_a_moment_becomes_the_noon_of_its_day_where_the_case_is(zone: str, at: datetime, noon: datetime) -> None:
    assert moments.noon_of(at, zone) == noon


def rows(storage: Storage) -> list[Signature]:
    with storage.reading() as session:
        return list(session.scalars(select(Signature).order_by(Signature.id)))


@pytest.mark.databases
def test_two_days_after_it_no_second_of_a_signing_is_left_anywhere(storage: Storage) -> None:
    now = clock.now().replace(hour=13, minute=37, second=41, microsecond=271_828)
    with storage.writing() as session:
        made.action(session)
        for age in (1, 3, 4):
            at = now - timedelta(days=age)
            sign(session, storage.vault, "renew-the-cards", made.wish(f"{age}@example.org", name=f"Ada {age}"), at)
            reference = session.scalars(select(Signature.reference).order_by(Signature.id.desc()).limit(1)).one()
            confirming.confirm(session, storage.vault, reference, at + timedelta(minutes=3))
    with storage.writing() as session:
        for n, message in enumerate(session.scalars(select(Message))):
            message.status = MessageStatus.FAILED if n == 3 else MessageStatus.SENT
            message.sent_at = None if n == 3 else message.created_at + timedelta(seconds=5)
    before = [(it.confirmed_on, it.name) for it in rows(storage)]
    assert moments.forget(storage, now) >= 2
    assert [(it.confirmed_on, it.name) for it in rows(storage)] == before
    young, *old = rows(storage)
    assert young.confirmed_at == now - timedelta(days=1) + timedelta(minutes=3)
    assert young.name_given_at is not None
    for it in old:
        assert it.name_given_at is None
        for moment in (it.created_at, it.confirmed_at, it.expires_at):
            assert moment is not None and (moment.minute, moment.second, moment.microsecond) == (0, 0, 0)
    with storage.reading() as session:
        kept = session.scalars(select(Message).where(Message.signature_id.in_([it.id for it in old]))).all()
        said = [moment for it in kept for moment in (it.created_at, it.due_at)]
        assert said and all((it.minute, it.second, it.microsecond) == (0, 0, 0) for it in said)
        # Names stand in their order, and their owner sees the day.
        assert names.latest(session, storage.vault, young.action_id, now=now) == ("Ada 1", "Ada 3", "Ada 4")
        mine = my_data.mine(session, storage.vault, old[0].reference)
    assert mine.confirmed_at is not None and mine.confirmed_at.date() == (now - timedelta(days=3)).date()
    assert moments.forget(storage, now) == 0
