"""What goes, goes; what was counted stays counted."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from campaign import clock
from campaign.appeals import retention
from campaign.appeals.abuse import rate_limits
from campaign.appeals.counting import tallies
from campaign.appeals.signing.signing import sign
from campaign.appeals.supporter import confirming
from campaign.errors import TooMany
from campaign.storage import Storage
from campaign.storage.tables import Action, Signature, Throttle
from campaign.vocabulary import ActionStatus, SignatureStatus
from tests import made

pytestmark = pytest.mark.databases


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
    limit = rate_limits.Limit("sign", hits=2, window=timedelta(minutes=10))
    with storage.writing() as session:
        rate_limits.count(session, storage.vault, limit, "192.0.2.7", made.NOON)
        rate_limits.count(session, storage.vault, limit, "192.0.2.99", made.NOON)  # the same /24
        rate_limits.count(session, storage.vault, limit, "198.51.100.1", made.NOON)
        with pytest.raises(TooMany) as refused:
            rate_limits.count(session, storage.vault, limit, "192.0.2.7", made.NOON)
        assert 0 < refused.value.retry_after <= 601
        rate_limits.count(session, storage.vault, limit, "192.0.2.7", made.NOON + timedelta(minutes=10))


def test_no_network_address_is_stored_and_its_traces_go_within_two_days(storage: Storage) -> None:
    with storage.writing() as session:
        rate_limits.count(session, storage.vault, rate_limits.SIGNING, "192.0.2.7", made.NOON)
    with storage.reading() as session:
        (stored,) = session.scalars(select(Throttle)).all()
    assert b"192" not in stored.bucket
    assert retention.purge_all(storage, made.NOON + timedelta(hours=49)).throttles == 1


def test_addresses_of_one_household_line_count_as_one_network() -> None:
    assert rate_limits.network("2001:db8:1:2::5") == rate_limits.network("2001:db8:1:ffff::9")
    assert rate_limits.network("::ffff:192.0.2.7") == rate_limits.network("192.0.2.200")
    assert rate_limits.network("not an address") == "not an address"


def test_by_which_network_someone_signed_is_forgotten_within_two_days(signed: Storage) -> None:
    with signed.writing() as session:
        session.execute(update(Signature).values(network_hash=b"n" * 16, name_hash=b"a" * 32))
    then = made.NOON + timedelta(hours=48)
    assert retention.purge_all(signed, then).networks == 0
    with signed.reading() as session:
        assert retention.purge(session, then + timedelta(seconds=1), dry_run=True).networks == 1
    assert retention.purge_all(signed, then + timedelta(seconds=1)).networks == 1
    assert (only(signed).network_hash, only(signed).name_hash) == (None, b"a" * 32)


@pytest.mark.parametrize("way", ["expired", "rejected", "withdrawn", "outlived"])
def test_with_a_name_goes_every_hash_that_would_find_it_again(signed: Storage, way: str) -> None:
    found_by = {"name_hash": b"a" * 32, "network_hash": b"n" * 16, "domain_hash": b"d" * 16}
    with signed.writing() as session:
        session.execute(update(Signature).values(**found_by, words_status="waiting"))
        reference = session.scalars(select(Signature.reference)).one()
        if way in {"withdrawn", "outlived"}:
            confirming.confirm(session, signed.vault, reference, made.NOON)
        if way in {"withdrawn", "rejected"}:
            confirming.not_me(session, signed.vault, reference)
        if way == "outlived":
            session.execute(update(Action).values(status=ActionStatus.CLOSED, ended_at=made.NOON))
    retention.purge_all(signed, made.NOON + timedelta(days={"expired": 15, "outlived": 91}.get(way, 0)))
    left = only(signed)
    assert {name: getattr(left, name) for name in (*found_by, "words_status", "name", "message")} == dict.fromkeys(
        (*found_by, "words_status", "name", "message")
    )
