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
from campaign.delivery import freezing
from campaign.errors import TooMany
from campaign.publication.reading import published
from campaign.storage import Storage
from campaign.storage.tables import Action, DossierEntry, LaterWish, Signature, Throttle
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


def five_signed(storage: Storage, *, confirm: bool = False) -> None:
    with storage.writing() as session:
        made.action(session)
        for person in ("ada", "ben", "cara", "dora", "emil"):
            wish = made.wish(f"{person}@example.org", name=person.title())
            sign(session, storage.vault, "renew-the-cards", wish, made.NOON)
        for reference in session.scalars(select(Signature.reference)).all() if confirm else ():
            confirming.confirm(session, storage.vault, reference, made.NOON)


def closed_at_noon(storage: Storage) -> None:
    with storage.writing() as session:
        session.execute(update(Action).values(status=ActionStatus.CLOSED, ended_at=made.NOON))


def test_what_is_more_than_one_batch_goes_all_the_same_and_is_told_whole(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)
    five_signed(storage)
    then = made.NOON + timedelta(days=14)
    with storage.reading() as session:
        told = retention.purge(session, then, dry_run=True)
    assert (told.expired, told.erased, told.entries, told.networks) == (5, 0, 0, 5)
    gone = retention.purge_all(storage, then)
    assert (gone.expired, gone.erased, gone.entries) == (5, 0, 0)


def test_where_people_came_from_is_forgotten_batch_by_batch(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)
    five_signed(storage)
    gone = retention.purge_all(storage, made.NOON + timedelta(days=3))
    assert (gone.networks, gone.expired) == (5, 0)


def test_names_in_books_and_on_signatures_go_batch_by_batch_and_are_told_whole(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    five_signed(storage, confirm=True)
    with storage.writing() as session:
        freezing.freeze(session, published(session, "renew-the-cards", "en"), None, made.NOON)
    closed_at_noon(storage)
    monkeypatch.setattr(retention, "BATCH", 2)
    then = made.NOON + timedelta(days=91)
    with storage.reading() as session:
        told = retention.purge(session, then, dry_run=True)
    gone = retention.purge_all(storage, then)
    assert (told.erased, told.entries, told.expired) == (gone.erased, gone.entries, gone.expired) == (5, 5, 0)
    with storage.reading() as session:
        assert session.scalars(select(DossierEntry.name)).all() == [None] * 5


def test_a_batch_stops_at_its_size(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)
    five_signed(storage)
    with storage.writing() as session:
        batch = retention.purge(session, made.NOON + timedelta(days=14))
    # Of letters there are none, and sheets of paper go by themselves.
    assert (batch.expired, batch.letters, batch.words, batch.paper) == (2, 0, 0, 0)


def test_an_unconfirmed_signature_is_kept_up_to_the_instant_at_which_it_expires(signed: Storage) -> None:
    assert retention.purge_all(signed, made.NOON + timedelta(days=14) - timedelta(seconds=1)).expired == 0
    assert retention.purge_all(signed, made.NOON + timedelta(days=14)).expired == 1


def test_contact_data_is_kept_for_exactly_the_days_that_the_office_states(storage: Storage) -> None:
    five_signed(storage, confirm=True)
    closed_at_noon(storage)
    stated = made.NOON + timedelta(days=90)
    assert retention.purge_all(storage, stated).erased == 0
    assert retention.purge_all(storage, stated + timedelta(seconds=1)).erased == 5


def test_nothing_goes_while_an_action_is_open_however_long(storage: Storage) -> None:
    five_signed(storage, confirm=True)
    assert retention.purge_all(storage, made.NOON + timedelta(days=900)).erased == 0


@pytest.mark.parametrize("status", [ActionStatus.CLOSED, ActionStatus.STOPPED, ActionStatus.ARCHIVED])
def test_it_goes_whichever_way_an_action_ended(storage: Storage, status: ActionStatus) -> None:
    five_signed(storage, confirm=True)
    with storage.writing() as session:
        session.execute(update(Action).values(status=status, ended_at=made.NOON))
    assert retention.purge_all(storage, made.NOON + timedelta(days=91)).erased == 5


@pytest.mark.parametrize(("days", "entries"), [(2, 1), (3, 0)])
def test_a_name_that_a_book_copied_while_it_was_taken_back_is_looked_for_in_the_books_of_three_days(
    storage: Storage, days: int, entries: int
) -> None:
    five_signed(storage, confirm=True)
    with storage.writing() as session:
        freezing.freeze(session, published(session, "renew-the-cards", "en"), None, made.NOON)
        entry = session.scalars(select(DossierEntry).order_by(DossierEntry.number)).first()
        assert entry is not None
        copied, number = entry.name, entry.signature_id
        assert number is not None
        confirming.withdraw(session, number)
        session.execute(update(DossierEntry).where(DossierEntry.signature_id == number).values(name=copied))
    with storage.reading() as session:
        dry = retention.purge(session, made.NOON + timedelta(days=days), dry_run=True)
    assert dry.entries == entries
    assert retention.purge_all(storage, made.NOON + timedelta(days=days)).entries == entries


def test_where_the_same_address_asked_again_the_later_wish_takes_the_place_of_the_one_that_ran_out(
    signed: Storage,
) -> None:
    with signed.writing() as session:
        again = made.wish(name="Ada King")
        sign(session, signed.vault, "renew-the-cards", again, made.NOON + timedelta(days=13))
    then = made.NOON + timedelta(days=15)
    with signed.writing() as session:
        assert retention.purge(session, then, dry_run=True).expired == 0
    assert len(wishes_of(signed)) == 1  # a dry run changed nothing
    assert retention.purge_all(signed, then).expired == 0
    assert (only(signed).status, wishes_of(signed)) == (SignatureStatus.PENDING, [])
    assert only(signed).expires_at == made.NOON + timedelta(days=27)
    assert retention.purge_all(signed, made.NOON + timedelta(days=27)).expired == 1


def wishes_of(storage: Storage) -> list[LaterWish]:
    with storage.reading() as session:
        return list(session.scalars(select(LaterWish)))
