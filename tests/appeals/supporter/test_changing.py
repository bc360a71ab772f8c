"""What its owner puts right on "My signature": country, message, and the mailbox it stands under."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from campaign.appeals.counting import tallies
from campaign.appeals.signing.addresses import normal_form
from campaign.appeals.signing.signing import sign
from campaign.appeals.supporter import confirming, my_signature
from campaign.errors import Refused
from campaign.storage import Storage
from campaign.storage.encrypted_columns import SIGNATURE_EMAIL, SIGNATURE_MESSAGE
from campaign.storage.tables import LaterWish, Message, Signature
from campaign.vocabulary import SignatureStatus, WordsStatus
from tests import made

SLUG = "renew-the-cards"
LATER = made.NOON + timedelta(hours=1)


@pytest.fixture
def reference(storage: Storage) -> bytes:
    """Ada's signature, confirmed and counted."""
    with storage.writing() as session:
        action_id = made.action(session).id
        sign(session, storage.vault, SLUG, made.wish(message="Please."), made.NOON)
        found = session.scalars(select(Signature.reference)).one()
        confirming.confirm(session, storage.vault, found, made.NOON)
        session.execute(Signature.__table__.update().values(words_status=WordsStatus.SHOWN))
        tallies.roll_up(session)
    assert action_id
    return found


def test_country_and_message_are_put_right_and_the_count_follows(storage: Storage, reference: bytes) -> None:
    with storage.writing() as session:
        my_signature.correct_country(session, reference, "FR")
        my_signature.correct_message(session, storage.vault, reference, "Other words.")
    with storage.writing() as session:
        assert tallies.by_country(session, session.scalars(select(Signature.action_id)).one()) == (("FR", 1),)
        assert tallies.reconcile(session) == 0
        kept = session.scalars(select(Signature)).one()
        assert storage.vault.decrypt(kept.message or b"", SIGNATURE_MESSAGE, kept.reference) == "Other words."
        assert kept.words_status is None  # an organiser has not read these


def test_a_signature_moves_to_another_address_once_it_is_confirmed_there(storage: Storage, reference: bytes) -> None:
    with storage.writing() as session:
        my_signature.move_to(session, storage.vault, reference, "ada@new.example.org", LATER)
    with storage.reading() as session:
        kept = session.scalars(select(Signature)).one()
        assert storage.vault.decrypt(kept.email or b"", SIGNATURE_EMAIL, kept.reference) == "ada@example.org"
        wish = session.scalars(select(LaterWish)).one()
        assert session.scalars(select(Message.wish_id).where(Message.wish_id.is_not(None))).all() == [wish.id]
    with storage.writing() as session:
        confirming.confirm(session, storage.vault, wish.reference, LATER)
    with storage.reading() as session:
        kept = session.scalars(select(Signature)).one()
    assert kept.status is SignatureStatus.CONFIRMED
    assert storage.vault.decrypt(kept.email or b"", SIGNATURE_EMAIL, kept.reference) == "ada@new.example.org"
    assert kept.email_hash == storage.vault.keyed_hash("e-mail", normal_form("ada@new.example.org"))


def test_nobody_moves_to_an_address_that_has_signed_and_learns_of_it_before_they_hold_its_mailbox(
    storage: Storage, reference: bytes
) -> None:
    with storage.writing() as session:
        sign(session, storage.vault, SLUG, made.wish("bo@example.org", name="Bo"), made.NOON)
        my_signature.move_to(session, storage.vault, reference, "bo@example.org", LATER)
        wish = session.scalars(select(LaterWish.reference)).one()
    with pytest.raises(Refused, match="already"), storage.writing() as session:
        confirming.confirm(session, storage.vault, wish, LATER)
