"""Signing in one step by a link that proves its address: no mail, and everything else as by the form."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from campaign.appeals.abuse.form_protection import Unproven
from campaign.appeals.signing.signing import AtOnce, sign, sign_at_once
from campaign.appeals.supporter import confirming
from campaign.errors import Gone, Refused, Unknown
from campaign.storage import Storage
from campaign.storage.encrypted_columns import SIGNATURE_NAME
from campaign.storage.tables import LaterWish, Message, Signature
from campaign.vocabulary import ActionStatus, Disclosure, Shield, SignatureStatus
from tests import made

SLUG = "renew-the-cards"
PUBLIC, OFFICIAL, WITHHELD = Disclosure.PUBLIC, Disclosure.OFFICIAL, Disclosure.WITHHELD


def at_once(storage: Storage, **asked: object) -> AtOnce:
    with storage.writing() as session:
        return sign_at_once(session, storage.vault, SLUG, made.wish(**asked), made.NOON + timedelta(hours=1))


def opened(storage: Storage, **values: object) -> None:
    with storage.writing() as session:
        made.action(session, **values)


def signed(storage: Storage, *, confirm: bool, **asked: object) -> None:
    """Ada signs by the form."""
    with storage.writing() as session:
        sign(session, storage.vault, SLUG, made.wish(**asked), made.NOON)
        if confirm:
            confirming.confirm(session, storage.vault, session.scalars(select(Signature.reference)).one(), made.NOON)


def signatures(storage: Storage) -> list[Signature]:
    with storage.reading() as session:
        return list(session.scalars(select(Signature).order_by(Signature.id)))


def wishes(storage: Storage) -> list[LaterWish]:
    with storage.reading() as session:
        return list(session.scalars(select(LaterWish)))


def test_it_is_taken_to_be_confirmed_and_owes_no_mail(storage: Storage) -> None:
    opened(storage)
    came_to = at_once(storage)
    (stored,) = signatures(storage)
    assert came_to == AtOnce(stored.reference, already=False, guarded=False)
    assert stored.status is SignatureStatus.PENDING
    with storage.reading() as session:
        assert session.scalars(select(Message)).all() == []


@pytest.mark.parametrize(
    ("stood", "asked", "stands", "guarded"),
    [
        (PUBLIC, PUBLIC, PUBLIC, False),
        (PUBLIC, WITHHELD, WITHHELD, True),
        (PUBLIC, OFFICIAL, OFFICIAL, True),
        (OFFICIAL, PUBLIC, OFFICIAL, False),
        (WITHHELD, PUBLIC, WITHHELD, False),
    ],
)
def test_a_confirmed_signature_stands_as_it_is_but_for_a_safer_choice(
    storage: Storage, stood: Disclosure, asked: Disclosure, stands: Disclosure, guarded: bool
) -> None:
    opened(storage)
    signed(storage, confirm=True, disclosure=stood)
    came_to = at_once(storage, disclosure=asked, name="Ada Lovelace", country="FR")
    (stored,) = signatures(storage)
    assert came_to == AtOnce(stored.reference, already=True, guarded=guarded)
    assert (stored.disclosure, stored.country) == (stands, "GB")
    assert wishes(storage) == []


def test_a_signature_that_waits_gets_a_wish_beside_it_which_this_confirms(storage: Storage) -> None:
    opened(storage)
    signed(storage, confirm=False)
    came_to = at_once(storage, disclosure=WITHHELD)
    (stored,) = signatures(storage)
    (wish,) = wishes(storage)
    assert came_to == AtOnce(wish.reference, already=False, guarded=False)
    assert (stored.status, stored.guard, wish.disclosure) == (SignatureStatus.PENDING, WITHHELD, WITHHELD)


@pytest.mark.parametrize("status", [SignatureStatus.REJECTED, SignatureStatus.INVALID])
def test_where_its_owner_asked_not_to_be_written_to_or_it_was_removed_nothing_is_signed_anew(
    storage: Storage, status: SignatureStatus
) -> None:
    opened(storage)
    signed(storage, confirm=False)
    with storage.writing() as session:
        session.scalars(select(Signature)).one().status = status
    with pytest.raises(Gone):
        at_once(storage)
    assert [it.status for it in signatures(storage)] == [status]
    assert wishes(storage) == []


def test_one_address_has_one_signature_whatever_name_is_pressed(storage: Storage) -> None:
    opened(storage)
    signed(storage, confirm=True)
    assert at_once(storage, name="Ben Lovelace").already
    assert len(signatures(storage)) == 1


def test_of_a_household_the_second_person_takes_the_second_seat_and_a_third_takes_none(storage: Storage) -> None:
    opened(storage, seats=2)
    signed(storage, confirm=True, name="Ada Lovelace")
    assert not at_once(storage, name="Byron Lovelace").already
    at_once(storage, name="Cara Lovelace")
    assert [storage.vault.decrypt(it.name or b"", SIGNATURE_NAME, it.reference) for it in signatures(storage)] == [
        "Ada Lovelace",
        "Byron Lovelace",
    ]


def test_of_a_household_who_has_signed_is_known_by_their_name_however_it_is_written(storage: Storage) -> None:
    opened(storage, seats=2)
    signed(storage, confirm=True, name="Ada Lovelace")
    assert at_once(storage, name="ADA LOVELACE").already
    assert len(signatures(storage)) == 1


def test_the_second_seat_is_open_to_a_household_whose_first_signature_says_no_name(storage: Storage) -> None:
    opened(storage, seats=2)
    signed(storage, confirm=False)
    with storage.writing() as session:
        confirming.not_me(session, storage.vault, session.scalars(select(Signature.reference)).one())
    assert not at_once(storage, name="Byron Lovelace").already
    assert [it.seat for it in signatures(storage)] == [1, 2]


def test_while_signing_is_paused_no_link_signs(storage: Storage) -> None:
    opened(storage, shield=Shield.PAUSE, paused_at=made.NOON)
    with pytest.raises(Unproven):
        at_once(storage)
    assert signatures(storage) == []


def test_no_check_of_the_browser_is_asked_for(storage: Storage) -> None:
    opened(storage, shield=Shield.PROOF_OF_WORK)
    assert not at_once(storage).already


def test_who_lives_where_a_name_is_dangerous_is_asked_here_too(storage: Storage) -> None:
    opened(storage)
    with pytest.raises(Refused, match="could be dangerous"):
        at_once(storage, country="PK", sure=False)
    assert signatures(storage) == []


@pytest.mark.parametrize(
    ("status", "refusal"),
    [(ActionStatus.STOPPED, Gone), (ActionStatus.CLOSED, Gone), (ActionStatus.DRAFT, Unknown)],
)
def test_what_takes_no_signature_takes_none_by_a_link(
    storage: Storage, status: ActionStatus, refusal: type[Exception]
) -> None:
    opened(storage, status=status)
    with pytest.raises(refusal):
        at_once(storage)
    assert signatures(storage) == []
