"""Confirming: once, in time, by a button; and "this was not me"."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from campaign.appeals.signing import by_reference
from campaign.appeals.signing.signing import sign
from campaign.appeals.supporter import confirming
from campaign.cases.lifecycle import opening_and_closing
from campaign.errors import Gone
from campaign.storage import Storage
from campaign.storage.tables import Message, Signature
from campaign.vocabulary import MessageKind, SignatureStatus
from tests import made

KARACHI = ZoneInfo("Asia/Karachi")


@pytest.fixture
def reference(storage: Storage) -> bytes:
    """The reference of Ada's pending signature."""
    with storage.writing() as session:
        made.action(session, deadline=date(2025, 8, 5))
        sign(session, storage.vault, "renew-the-cards", made.wish(message="Please."), made.NOON)
    return stored(storage).reference


def stored(storage: Storage) -> Signature:
    with storage.reading() as session:
        return session.scalars(select(Signature)).one()


def confirm(storage: Storage, reference: bytes | None, at: datetime = made.NOON) -> by_reference.Given:
    with storage.writing() as session:
        return confirming.confirm(session, storage.vault, reference, at)


def test_confirming_makes_it_count_on_the_day_it_is_where_the_case_is(storage: Storage, reference: bytes) -> None:
    evening = datetime(2025, 8, 1, 20, 0, tzinfo=ZoneInfo("UTC"))  # already the 2nd in Karachi
    assert confirm(storage, reference, evening).status is SignatureStatus.CONFIRMED
    signature = stored(storage)
    assert signature.counts
    assert signature.confirmed_on == date(2025, 8, 2)


def test_confirming_twice_is_confirming_once(storage: Storage, reference: bytes) -> None:
    confirm(storage, reference)
    confirm(storage, reference, made.NOON + timedelta(hours=1))
    assert stored(storage).confirmed_at == made.NOON
    with storage.reading() as session:
        kinds = list(session.scalars(select(Message.kind).order_by(Message.id)))
    assert kinds == [MessageKind.CONFIRM, MessageKind.THANKS]


def test_looking_at_the_link_changes_nothing(storage: Storage, reference: bytes) -> None:
    for _ in range(5):
        with storage.reading() as session:
            by_reference.given(session, storage.vault, reference)
    assert stored(storage).status is SignatureStatus.PENDING


def test_a_confirmation_is_taken_for_twenty_four_hours_after_the_deadline(storage: Storage, reference: bytes) -> None:
    last = datetime(2025, 8, 6, 23, 59, 59, tzinfo=KARACHI)
    assert confirm(storage, reference, last).status is SignatureStatus.CONFIRMED


def test_a_confirmation_is_refused_after_those_twenty_four_hours(storage: Storage, reference: bytes) -> None:
    with pytest.raises(Gone, match="too late"):
        confirm(storage, reference, datetime(2025, 8, 7, 0, 0, 0, tzinfo=KARACHI))
    assert stored(storage).status is SignatureStatus.PENDING


def test_an_action_closed_at_its_deadline_still_takes_confirmations_for_a_day(
    storage: Storage, reference: bytes
) -> None:
    after = datetime(2025, 8, 6, 0, 5, tzinfo=KARACHI)
    with storage.writing() as session:
        assert opening_and_closing.close_due(session, storage.vault, after) == 1
    assert confirm(storage, reference, after).status is SignatureStatus.CONFIRMED


def test_a_stopped_action_takes_no_confirmation(storage: Storage, reference: bytes) -> None:
    with storage.writing() as session:
        opening_and_closing.stop(session, "renew-the-cards", {"en": "She is free."}, made.NOON)
    with pytest.raises(Gone, match="stopped"):
        confirm(storage, reference)


def test_a_link_that_was_never_made_is_answered_like_one_long_gone(storage: Storage, reference: bytes) -> None:
    for never in (None, b"0123456789abcdef"):
        with pytest.raises(Gone, match="no longer works"):
            confirm(storage, never)


def test_not_me_deletes_what_was_written_and_keeps_only_that_the_address_is_not_to_be_used(
    storage: Storage, reference: bytes
) -> None:
    with storage.writing() as session:
        confirming.not_me(session, storage.vault, reference)
    signature = stored(storage)
    assert signature.status is SignatureStatus.REJECTED
    assert (signature.email, signature.name, signature.message) == (None, None, None)
    assert signature.email_hash is not None


def test_after_not_me_the_address_is_not_written_to_again(storage: Storage, reference: bytes) -> None:
    with storage.writing() as session:
        confirming.not_me(session, storage.vault, reference)
    with storage.writing() as session:
        sign(session, storage.vault, "renew-the-cards", made.wish(), made.NOON + timedelta(days=2))
    with storage.reading() as session:
        assert len(list(session.scalars(select(Message)))) == 1  # the first, from before


def test_not_me_after_confirming_takes_the_signature_back(storage: Storage, reference: bytes) -> None:
    confirm(storage, reference)
    with storage.writing() as session:
        confirming.not_me(session, storage.vault, reference)
    signature = stored(storage)
    assert signature.status is SignatureStatus.WITHDRAWN
    assert not signature.counts


def test_confirming_after_not_me_is_refused(storage: Storage, reference: bytes) -> None:
    with storage.writing() as session:
        confirming.not_me(session, storage.vault, reference)
    with pytest.raises(Gone):
        confirm(storage, reference)
