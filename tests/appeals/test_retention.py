"""What goes, goes; what was counted stays counted."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from campaign import clock
from campaign.appeals import confirming, retention, tallies, throttles
from campaign.appeals.signing import sign
from campaign.errors import TooMany
from campaign.storage import Storage
from campaign.storage.tables import Action, Signature, Throttle
from campaign.vocabulary import ActionStatus, SignatureStatus
from tests import made


def only(storage: Storage) -> Signature:
    with storage.reading() as session:
        return session.scalars(select(Signature)).one()


@pytest.fixture
def signed(storage: Storage) -> Storage:
    with storage.writing() as session:
        made.action(session)
        sign(session, storage.vault, "renew-the-cards", made.wish(message="Please."), made.NOON)
    return storage


def test_an_unconfirmed_signature_expires_and_its_address_is_gone(signed: Storage) -> None:
    purged = retention.purge_all(signed, made.NOON + timedelta(days=14))
    assert purged.expired == 1
    signature = only(signed)
    assert signature.status is SignatureStatus.EXPIRED
    assert (signature.email, signature.email_hash, signature.name, signature.message) == (None,) * 4


def test_an_expired_address_may_sign_again(signed: Storage) -> None:
    retention.purge_all(signed, made.NOON + timedelta(days=14))
    with signed.writing() as session:
        sign(session, signed.vault, "renew-the-cards", made.wish(), made.NOON + timedelta(days=15))
    with signed.reading() as session:
        assert len(list(session.scalars(select(Signature)))) == 2


def test_a_dry_run_says_what_would_go_and_changes_nothing(signed: Storage) -> None:
    with signed.reading() as session:
        told = retention.purge(session, made.NOON + timedelta(days=14), dry_run=True)
    assert told.expired == 1
    assert only(signed).status is SignatureStatus.PENDING


def test_contact_data_goes_when_its_stated_time_is_over_and_the_count_stays(signed: Storage) -> None:
    with signed.writing() as session:
        confirming.confirm(session, signed.vault, only(signed).reference, made.NOON)
        tallies.roll_up(session)
        action = session.scalars(select(Action)).one()
        action.status, action.ended_at = ActionStatus.CLOSED, made.NOON
    assert retention.purge_all(signed, made.NOON + timedelta(days=89)).erased == 0
    assert retention.purge_all(signed, made.NOON + timedelta(days=91)).erased == 1
    signature = only(signed)
    assert signature.status is SignatureStatus.ERASED
    assert (signature.email, signature.email_hash, signature.name, signature.message) == (None,) * 4
    with signed.writing() as session:
        assert tallies.reconcile(session) == 0
        assert tallies.counted(session, signature.action_id, None, clock.now()).count == 1


def test_a_network_is_held_back_after_its_limit_and_let_in_with_the_next_window(storage: Storage) -> None:
    limit = throttles.Limit("sign", hits=2, window=timedelta(minutes=10))
    with storage.writing() as session:
        throttles.count(session, storage.vault, limit, "192.0.2.7", made.NOON)
        throttles.count(session, storage.vault, limit, "192.0.2.99", made.NOON)  # the same /24
        throttles.count(session, storage.vault, limit, "198.51.100.1", made.NOON)
        with pytest.raises(TooMany) as refused:
            throttles.count(session, storage.vault, limit, "192.0.2.7", made.NOON)
        assert 0 < refused.value.retry_after <= 601
        throttles.count(session, storage.vault, limit, "192.0.2.7", made.NOON + timedelta(minutes=10))


def test_no_network_address_is_stored_and_its_traces_go_within_two_days(storage: Storage) -> None:
    with storage.writing() as session:
        throttles.count(session, storage.vault, throttles.SIGNING, "192.0.2.7", made.NOON)
    with storage.reading() as session:
        (stored,) = session.scalars(select(Throttle)).all()
    assert b"192" not in stored.bucket
    assert retention.purge_all(storage, made.NOON + timedelta(hours=49)).throttles == 1


def test_addresses_of_one_household_line_count_as_one_network() -> None:
    assert throttles.network("2001:db8:1:2::5") == throttles.network("2001:db8:1:ffff::9")
    assert throttles.network("::ffff:192.0.2.7") == throttles.network("192.0.2.200")
    assert throttles.network("not an address") == "not an address"
