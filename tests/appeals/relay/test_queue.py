"""Which letter goes now: one at a time to each official, as pacing allows, and none that may not."""

from __future__ import annotations

import itertools
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from campaign.appeals.counting import letter_reports
from campaign.appeals.relay import bounces, pacing, queue
from campaign.appeals.relay.queue import REST, Leased
from campaign.mail.outbox import LEASE, PAUSES
from campaign.storage import Storage
from campaign.storage.tables import (
    Action,
    AuditEvent,
    Letter,
    LetterTally,
    Official,
    Organisation,
    Recipient,
    Signature,
)
from campaign.vocabulary import ActionStatus, ChannelKind, LetterStatus, RecipientRole, SignatureStatus
from tests import made
from tests.appeals.entrusted import all_of, one, queued, signed

pytestmark = pytest.mark.databases

# A Monday, eleven o'clock where the minister is.
MONDAY = datetime(2025, 8, 4, 6, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def three(storage: Storage) -> list[int]:
    """Three letters of three people to one official, in the queue."""
    with storage.writing() as session:
        made.action(session)
    return [queued(storage, signed(storage, f"{name}@example.org")) for name in ("ada", "bea", "cy")]


def lease(storage: Storage, at: datetime = MONDAY, live: bool = False) -> tuple[Leased, ...]:
    with storage.reading() as session:
        ready = queue.ready(session, at, live=live)
    with storage.writing() as session:
        taken = queue.claim(session, at, live=live)
    assert ready == bool(taken)
    return taken


def send(storage: Storage, at: datetime) -> Leased | None:
    """Lease and send what may go at an instant."""
    taken = lease(storage, at)
    with storage.writing() as session:
        for letter in taken:
            assert queue.mark_sent(session, letter, b"sealed", at)
    return taken[0] if taken else None


def change(storage: Storage, what: type, **values: Any) -> None:
    with storage.writing() as session:
        session.execute(update(what).values(**values))


def test_one_letter_is_on_its_way_to_an_official_at_a_time(storage: Storage, three: list[int]) -> None:
    (first,) = lease(storage)
    assert first.id in three
    assert not lease(storage)
    assert not lease(storage, MONDAY + LEASE)
    (again,) = lease(storage, MONDAY + LEASE + timedelta(seconds=1))
    assert (again.id, again.attempts) == (first.id, 2)


def test_workers_at_the_same_moment_take_one_letter_between_them(storage: Storage, three: list[int]) -> None:
    def worker(_: int) -> int:
        with storage.writing() as session:
            return len(queue.claim(session, MONDAY, live=False))

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(worker, range(4))) == 1


def test_letters_go_one_after_another_with_pauses_between(storage: Storage, three: list[int]) -> None:
    at, gone = MONDAY, []
    while len(gone) < 3:
        if send(storage, at):
            gone.append(at)
        at += timedelta(seconds=10)
    pace = pacing.Pace(20, 100)
    assert all(later - earlier >= pace.gap / 2 for earlier, later in itertools.pairwise(gone))
    assert not lease(storage, at + timedelta(hours=1))


def test_nothing_goes_while_the_office_is_closed(storage: Storage, three: list[int]) -> None:
    for closed in (MONDAY - 3 * HOUR, MONDAY + 7 * HOUR, MONDAY - timedelta(days=1), MONDAY - timedelta(days=2)):
        assert not lease(storage, closed)
    change(storage, Official, time_zone="Pacific/Auckland")
    assert not lease(storage)
    change(storage, Official, time_zone=None)
    change(storage, Organisation, office_opens=12)
    assert not lease(storage)
    change(storage, Organisation, office_opens=11)
    assert not lease(storage)  # the first letter leaves the door some room
    assert lease(storage, MONDAY + HOUR)


def test_the_cap_of_an_hour_and_of_a_day_hold_whatever_waits(storage: Storage, three: list[int]) -> None:
    change(storage, Organisation, letters_hourly=2, letters_daily=2)
    at, gone = MONDAY, []
    while at < MONDAY + 5 * HOUR:
        if send(storage, at):
            gone.append(at)
        at += timedelta(minutes=5)
    assert len(gone) == 2
    assert not lease(storage, MONDAY + 5 * HOUR)
    assert lease(storage, MONDAY + timedelta(days=1))


def test_two_officials_do_not_wait_for_each_other(storage: Storage, three: list[int]) -> None:
    with storage.writing() as session:
        action = session.scalars(select(Action)).one()
        other = made.official(name="Another Minister", emails=["other@example.invalid"])
        session.add(Recipient(action_id=action.id, official=other, role=RecipientRole.TO, position=2))
    queued(storage, signed(storage, "dee@example.org"), official=2)
    taken = lease(storage)
    assert len({it.official_id for it in taken}) == len(taken) == 2


def test_the_nearest_deadline_goes_first(storage: Storage, three: list[int]) -> None:
    with storage.writing() as session:
        sooner = made.action(session, "sooner", deadline=MONDAY.date() + timedelta(days=3), serial=57)
        official = session.scalars(select(Official.id).order_by(Official.id)).first()
        session.execute(update(Recipient).where(Recipient.action_id == sooner.id).values(official_id=official))
        session.execute(update(Letter).where(Letter.id == three[2]).values(action_id=sooner.id))
        sooner_id = sooner.id
    (first,) = lease(storage)
    assert (first.id, first.action_id) == (three[2], sooner_id)


@pytest.mark.parametrize(
    "why",
    [
        {"status": ActionStatus.STOPPED, "ended_at": MONDAY, "stop_reason": {"en": "Harm."}},
        {"status": ActionStatus.CLOSED, "ended_at": MONDAY},
        {"deadline": MONDAY.date() - timedelta(days=1)},
    ],
)
def test_nothing_goes_for_an_action_that_is_over(storage: Storage, three: list[int], why: dict[str, Any]) -> None:
    change(storage, Action, **why)
    assert not lease(storage)


@pytest.mark.parametrize("why", [{"email_bounced_at": MONDAY}, {"emails": []}])
def test_nothing_goes_where_no_address_works(storage: Storage, three: list[int], why: dict[str, Any]) -> None:
    change(storage, Official, **why)
    assert not lease(storage)


def test_nothing_goes_to_who_is_no_recipient_any_more(storage: Storage, three: list[int]) -> None:
    with storage.writing() as session:
        session.delete(session.scalars(select(Recipient)).one())
    assert not lease(storage)


def test_where_mail_is_real_an_official_must_be_cleared_first(storage: Storage, three: list[int]) -> None:
    assert not lease(storage, live=True)
    change(storage, Official, cleared_at=MONDAY)
    assert lease(storage, live=True)


def test_nothing_goes_in_the_name_of_a_signature_that_stands_no_more(storage: Storage, three: list[int]) -> None:
    change(storage, Signature, status=SignatureStatus.INVALID, counts=False)
    assert not lease(storage)


def test_a_letter_that_went_is_counted_once_even_if_it_has_to_go_again(storage: Storage, three: list[int]) -> None:
    first = send(storage, MONDAY)
    assert first is not None
    with storage.writing() as session:
        session.execute(update(Letter).where(Letter.id == first.id).values(status=LetterStatus.BOUNCED))
        session.execute(update(Letter).where(Letter.id.in_(set(three) - {first.id})).values(due_at=MONDAY + 9 * HOUR))
    with storage.writing() as session:
        assert bounces.release(session, MONDAY + HOUR) == 1
    again = send(storage, MONDAY + HOUR)
    assert again is not None
    assert again.id == first.id
    with storage.writing() as session:
        letter_reports.roll_up(session)
    with storage.reading() as session:
        (tally,) = session.scalars(select(LetterTally))
        assert (tally.channel, tally.count, tally.day) == (ChannelKind.EMAIL, 1, MONDAY.date())


def test_a_passing_failure_lets_the_official_rest_and_the_next_letter_goes_on(
    storage: Storage, three: list[int]
) -> None:
    (first,) = lease(storage)
    with storage.writing() as session:
        assert queue.retry_later(session, first, "SMTP 451", MONDAY)
    stored = one(storage, first.id)
    assert (stored.status, stored.due_at, stored.problem) == (LetterStatus.QUEUED, MONDAY + PAUSES[0], "SMTP 451")
    assert not lease(storage, MONDAY + timedelta(seconds=59))
    later = lease(storage, MONDAY + REST + timedelta(seconds=1))
    assert len(later) == 1


def test_a_letter_is_put_off_as_long_as_there_is_time_and_never_given_up(storage: Storage, three: list[int]) -> None:
    (first,) = lease(storage)
    for attempt in range(1, 15):
        change(storage, Letter, lease=first.lease, leased_until=MONDAY + LEASE, attempts=attempt)
        again = Leased(first.id, first.official_id, first.action_id, attempt, first.lease, MONDAY + LEASE)
        with storage.writing() as session:
            assert queue.retry_later(session, again, "SMTP 451", MONDAY)
    assert one(storage, first.id).due_at == MONDAY + PAUSES[-1]
    assert one(storage, first.id).status is LetterStatus.QUEUED


@pytest.mark.parametrize("settle", ["sent", "bounced", "put_off", "give_back"])
def test_a_worker_whose_lease_passed_to_another_settles_nothing(
    storage: Storage, three: list[int], settle: str
) -> None:
    (late,) = lease(storage)
    after = MONDAY + LEASE + timedelta(seconds=1)
    (mine,) = lease(storage, after)
    with storage.writing() as session:
        settled = {
            "sent": lambda: queue.mark_sent(session, late, b"", after),
            "bounced": lambda: queue.mark_bounced(session, late, "SMTP 550"),
            "put_off": lambda: queue.retry_later(session, late, "SMTP 451", after),
            "give_back": lambda: queue.release(session, late),
        }[settle]()
    assert not settled
    assert one(storage, mine.id).lease == mine.lease


def test_what_waits_for_a_duplicate_is_led_to_the_official_who_is_kept(storage: Storage, three: list[int]) -> None:
    with storage.writing() as session:
        kept = made.official(emails=["kept@example.invalid"])
        session.add(kept)
        session.flush()
        session.execute(update(Official).where(Official.id != kept.id).values(merged_into_id=kept.id))
        session.execute(update(Recipient).values(official_id=kept.id))
        kept_id = kept.id
    assert not lease(storage)
    with storage.writing() as session:
        assert queue.readdress_merged(session) == 3
    assert {it.official_id for it in all_of(storage)} == {kept_id}
    assert lease(storage)


def test_an_address_that_is_refused_is_marked_once_and_by_no_person(storage: Storage, three: list[int]) -> None:
    with storage.writing() as session:
        official = session.scalars(select(Official)).one()
        assert not bounces.mark(session, storage.vault, official.id, "old@example.invalid", MONDAY)
        assert bounces.mark(session, storage.vault, official.id, "minister@example.invalid", MONDAY)
        assert not bounces.mark(session, storage.vault, official.id, "minister@example.invalid", MONDAY)
    with storage.reading() as session:
        (event,) = session.scalars(select(AuditEvent))
        assert (event.what, event.who, event.organiser_id) == ("contact bounced", "schedule", None)
    assert not lease(storage)
