"""Signing again with one address: what its mailbox is told, what waits beside the signature, and what nobody learns."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from campaign.appeals.signing.signing import messages_today, sign
from campaign.appeals.supporter import confirming
from campaign.mail import outbox
from campaign.storage import Storage
from campaign.storage.tables import LaterWish, Message, Signature
from campaign.vocabulary import Disclosure, MessageKind, SignatureStatus
from tests import made

SLUG = "renew-the-cards"
LATER = made.NOON + timedelta(hours=1)
CONFIRM, SIGNED_ALREADY, THANKS = MessageKind.CONFIRM, MessageKind.SIGNED_ALREADY, MessageKind.THANKS


@pytest.fixture
def signed(storage: Storage) -> Storage:
    """An installation in which Ada has signed, and not confirmed."""
    with storage.writing() as session:
        made.action(session)
        sign(session, storage.vault, SLUG, made.wish(), made.NOON)
    return storage


def again(storage: Storage, at: datetime = LATER, **asked: object) -> None:
    with storage.writing() as session:
        sign(session, storage.vault, SLUG, made.wish(**asked), at)


def confirmed(storage: Storage) -> None:
    with storage.writing() as session:
        reference = session.scalars(select(Signature.reference)).one()
        confirming.confirm(session, storage.vault, reference, made.NOON)


def mails(storage: Storage) -> list[tuple[MessageKind, int | None]]:
    """The kind of each mail that is owed, and which later wish its link confirms."""
    with storage.reading() as session:
        return [(it.kind, it.wish_id) for it in session.scalars(select(Message).order_by(Message.id))]


def wishes(storage: Storage) -> list[int]:
    with storage.reading() as session:
        return list(session.scalars(select(LaterWish.id).order_by(LaterWish.id)))


def test_the_same_asked_for_again_gets_the_first_link_again_and_leaves_nothing_beside_it(signed: Storage) -> None:
    again(signed)
    assert mails(signed) == [(CONFIRM, None), (CONFIRM, None)]
    assert wishes(signed) == []


@pytest.mark.parametrize(
    "asked",
    [
        {"name": "Ada King"},
        {"country": "FR"},
        {"message": "Please."},
        {"updates": True},
        {"disclosure": Disclosure.WITHHELD},
    ],
)
def test_anything_else_gets_a_link_of_its_own(signed: Storage, asked: dict[str, object]) -> None:
    again(signed, **asked)
    (wish,) = wishes(signed)
    assert mails(signed) == [(CONFIRM, None), (CONFIRM, wish)]


def test_what_waits_already_gets_its_own_link_again_and_no_third_one(signed: Storage) -> None:
    again(signed, name="Ada King", message="Please.")
    again(signed, LATER + timedelta(hours=1), name="Ada King", message="Please.")
    (wish,) = wishes(signed)
    assert mails(signed) == [(CONFIRM, None), (CONFIRM, wish), (CONFIRM, wish)]


def test_each_of_two_that_wait_gets_its_own(signed: Storage) -> None:
    again(signed, name="Ada King")
    again(signed, LATER + timedelta(hours=1), name="Ada Byron")
    again(signed, LATER + timedelta(hours=30), name="Ada Byron")
    king, byron = wishes(signed)
    assert mails(signed) == [(CONFIRM, None), (CONFIRM, king), (CONFIRM, byron), (CONFIRM, byron)]


def test_who_has_confirmed_it_is_told_that_they_have_signed(signed: Storage) -> None:
    confirmed(signed)
    again(signed)
    assert mails(signed) == [(CONFIRM, None), (THANKS, None), (SIGNED_ALREADY, None)]
    assert wishes(signed) == []


def test_who_has_confirmed_it_and_asks_for_something_else_gets_a_link_to_that_however_often(signed: Storage) -> None:
    confirmed(signed)
    again(signed, LATER + timedelta(days=2), name="Ada King")
    again(signed, LATER + timedelta(days=2, hours=1), name="Ada King")
    (wish,) = wishes(signed)
    assert mails(signed)[2:] == [(CONFIRM, wish), (CONFIRM, wish)]


def test_once_the_first_link_has_run_out_the_same_gets_a_new_one(signed: Storage) -> None:
    with signed.writing() as session:
        session.scalars(select(Signature)).one().expires_at = LATER
    again(signed, LATER)
    (wish,) = wishes(signed)
    assert mails(signed) == [(CONFIRM, None), (CONFIRM, wish)]


def test_what_was_confirmed_long_ago_is_not_asked_for_anew(signed: Storage) -> None:
    confirmed(signed)
    with signed.writing() as session:
        session.scalars(select(Signature)).one().expires_at = LATER
    again(signed, LATER + timedelta(days=3))
    assert mails(signed)[2:] == [(SIGNED_ALREADY, None)]
    assert wishes(signed) == []


@pytest.mark.parametrize("status", [SignatureStatus.INVALID, SignatureStatus.REJECTED])
def test_a_signature_that_was_removed_or_disowned_is_answered_by_nothing_and_remembers_nothing(
    signed: Storage, status: SignatureStatus
) -> None:
    with signed.writing() as session:
        session.scalars(select(Signature)).one().status = status
    again(signed, name="Ada King", disclosure=Disclosure.WITHHELD)
    assert mails(signed) == [(CONFIRM, None)]
    assert wishes(signed) == []
    with signed.reading() as session:
        assert session.scalars(select(Signature.guard)).one() is None


def test_after_not_me_nothing_is_written_to_the_address(signed: Storage) -> None:
    with signed.writing() as session:
        confirming.not_me(session, signed.vault, session.scalars(select(Signature.reference)).one())
    again(signed)
    assert mails(signed) == [(CONFIRM, None)]
    assert wishes(signed) == []


def test_beyond_three_mails_in_a_day_nothing_more_waits_beside_the_signature(signed: Storage) -> None:
    for hour, name in enumerate(["Ada A", "Ada B", "Ada C", "Ada D"], 1):
        again(signed, made.NOON + timedelta(hours=hour), name=name)
    assert len(mails(signed)) == 3
    assert len(wishes(signed)) == 2


def test_two_repeats_in_one_moment_are_answered_by_one_mail_and_by_its_wish_alone(signed: Storage) -> None:
    with signed.writing() as session:  # the other one came first, and its mail has the name that this one's would have
        number = session.scalars(select(Signature.id)).one()
        outbox.enqueue(session, CONFIRM, number, f"confirm:{number}:2025-08-01:1", made.NOON - timedelta(days=3))
    again(signed, name="Ada King")
    assert len(mails(signed)) == 2
    assert wishes(signed) == []


def test_a_mail_of_a_whole_day_ago_is_no_mail_of_today(signed: Storage) -> None:
    with signed.reading() as session:
        number = session.scalars(select(Signature.id)).one()
        assert messages_today(session, number, made.NOON + timedelta(hours=23, minutes=59)) == 1
        assert messages_today(session, number, made.NOON + timedelta(hours=24)) == 0
        assert messages_today(session, number + 1, made.NOON) == 0
