"""What goes out to the network: to everyone what they asked for, once, whoever is killed on the way."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy

import pytest
from sqlalchemy import func, select

from campaign import clock
from campaign.appeals.network import membership, rounds
from campaign.appeals.network.choices import Choices
from campaign.jobs.sweeps import Jobs
from campaign.mail import outbox
from campaign.mail.outbox import LEASE
from campaign.settings import Settings
from campaign.storage import Storage
from campaign.storage.tables import Member, Message
from campaign.vocabulary import ActionStatus, MemberStatus, MessageKind, Rhythm
from tests import made

pytestmark = pytest.mark.databases

# 5,000 in the sense of the word, by CAMPAIGN_NETWORK=5000.
PEOPLE = int(os.environ.get("CAMPAIGN_NETWORK", "60"))
MONDAY = datetime(2025, 9, 1, 9, 0, tzinfo=UTC)
CARDS, TRIAL = "Renew the cards", "Stop the trial"

# What each kind of person asked for, and what they are to get, by hand: the cards (Pakistan, refugees, four weeks
# left) and the trial (Iran, fair trial, five days left), both opened on a Friday.
WISHES: tuple[tuple[Choices | None, tuple[str, ...]], ...] = (
    (Choices("en"), (CARDS, TRIAL)),
    (Choices("ur", countries=("AF",)), ()),
    (Choices("en", themes=("refugees",)), (CARDS,)),
    (Choices("en", rhythm=Rhythm.URGENT), (TRIAL,)),
    (Choices("en", rhythm=Rhythm.WEEKLY), ("week",)),
    (Choices("en", countries=("IR",), rhythm=Rhythm.WEEKLY), ("week",)),
    (Choices("en", countries=("PK", "IR"), discreet=True), ("discreet", "discreet")),
    (None, ()),  # has left
    (Choices("en"), ()),  # has not confirmed
)


class Killed(BaseException):
    """A worker that is no more: nothing of what it was doing is undone by anyone but the database."""


class Hour:
    def __init__(self, now: datetime) -> None:
        self.now = now


@pytest.fixture
def hour(monkeypatch: pytest.MonkeyPatch) -> Hour:
    hour = Hour(MONDAY - timedelta(days=3))
    monkeypatch.setattr(clock, "now", lambda: hour.now)
    return hour


@pytest.fixture
def network(storage: Storage, hour: Hour) -> list[str]:
    """People with mixed wishes, who joined on Friday before anything was open."""
    emails = [f"n{n}@example.org" for n in range(PEOPLE)]
    with storage.writing() as session:
        for n, email in enumerate(emails):
            choices, _ = WISHES[n % len(WISHES)]
            membership.join(session, storage.vault, email, choices or Choices("en"), hour.now)
        for n, member in enumerate(session.scalars(select(Member).order_by(Member.id)).all()):
            if n % len(WISHES) == len(WISHES) - 1:
                continue
            membership.confirm(session, member.reference, membership.chosen(member), hour.now)
            if WISHES[n % len(WISHES)][0] is None:
                membership.leave(session, member.reference)
        session.query(Message).delete()
    return emails


def two_actions(storage: Storage, opened: datetime) -> None:
    with storage.writing() as session:
        cards = made.action(session, opened_at=opened, deadline=(MONDAY + timedelta(days=28)).date())
        cards.case.themes = ["refugees"]
        trial = made.action(session, "trial", opened_at=opened, serial=57, deadline=(MONDAY + timedelta(days=2)).date())
        trial.case.country, trial.case.themes = "IR", ["fair_trial"]
        for text in trial.texts:
            text.title = TRIAL


def got(settings: Settings) -> Counter[tuple[str, str]]:
    """(address, what it was about) of every mail that left."""
    left: Counter[tuple[str, str]] = Counter()
    for path in settings.mailbox.glob("*.eml"):
        mail = message_from_bytes(path.read_bytes(), policy=policy.default)
        subject = str(mail["Subject"])
        about = next((it for it in (CARDS, TRIAL) if it in subject), "week" if "this week" in subject else "discreet")
        left[str(mail["To"]), about] += 1
    return left


def test_everyone_gets_what_they_asked_for_once_with_the_worker_killed_twice(
    settings: Settings, storage: Storage, network: list[str], hour: Hour, monkeypatch: pytest.MonkeyPatch
) -> None:
    hour.now += timedelta(hours=1)
    two_actions(storage, hour.now)
    jobs = Jobs(settings, storage)
    assert jobs.spread() == 0  # within the minutes in which it can still be stopped
    hour.now += timedelta(minutes=11)

    def dies_after(calls: int, do: Callable[..., object]) -> Callable[..., object]:
        left = [calls]

        def until(*given: object, **more: object) -> object:
            left[0] -= 1
            if left[0] < 0:
                raise Killed
            return do(*given, **more)

        return until

    monkeypatch.setattr(rounds, "BATCH", 7)
    with monkeypatch.context() as dying, pytest.raises(Killed):
        # In the middle of a batch, which is as if it had never begun.
        dying.setattr(outbox, "enqueue_for_member", dies_after(5, outbox.enqueue_for_member))
        jobs.spread()
    Jobs(settings, storage).spread()
    with monkeypatch.context() as dying, pytest.raises(Killed):
        # Between two messages, with more of them leased.
        dying.setattr(outbox, "mark_sent", dies_after(3, outbox.mark_sent))
        Jobs(settings, storage).post()
    hour.now += LEASE + timedelta(seconds=1)
    Jobs(settings, storage).spread()
    Jobs(settings, storage).post()
    hour.now = MONDAY
    for _ in range(2):  # the second time there is nothing left to do
        Jobs(settings, storage).spread()
        Jobs(settings, storage).post()

    expected: Counter[tuple[str, str]] = Counter()
    for n, email in enumerate(network):
        for about in WISHES[n % len(WISHES)][1]:
            expected[email, about] += 1
    assert got(settings) == expected
    with storage.reading() as session:
        sent = session.scalar(select(func.count()).select_from(Message))
    assert sent == expected.total()


def test_an_action_that_is_stopped_before_a_mail_has_left_is_told_to_nobody(
    settings: Settings, storage: Storage, network: list[str], hour: Hour
) -> None:
    two_actions(storage, hour.now)
    hour.now += timedelta(minutes=11)
    Jobs(settings, storage).spread()
    with storage.writing() as session:
        for member in session.scalars(select(Member).where(Member.status == MemberStatus.CONFIRMED)).all():
            if member.email_hash[0] % 2:
                membership.leave(session, member.reference)
        from campaign.storage.tables import Action

        for action in session.scalars(select(Action)).all():
            action.status, action.stop_reason = ActionStatus.STOPPED, {"en": "She is free."}
            action.ended_at = hour.now
    Jobs(settings, storage).post()
    assert not got(settings)


def test_who_joins_later_is_not_told_of_what_was_open_before(settings: Settings, storage: Storage, hour: Hour) -> None:
    two_actions(storage, hour.now)
    hour.now += timedelta(minutes=11)
    Jobs(settings, storage).spread()
    with storage.writing() as session:
        membership.join(session, storage.vault, "late@example.org", Choices("en"), hour.now)
        member = session.scalars(select(Member)).one()
        membership.confirm(session, member.reference, Choices("en"), hour.now)
    hour.now += timedelta(hours=1)
    Jobs(settings, storage).spread()
    with storage.reading() as session:
        kinds = session.scalars(select(Message.kind)).all()
    assert list(kinds) == [MessageKind.NETWORK_CONFIRM]


def test_leaving_leaves_nothing_behind_and_frees_the_address(storage: Storage, hour: Hour) -> None:
    with storage.writing() as session:
        membership.join(session, storage.vault, "ada@example.org", Choices("en"), hour.now)
        member = session.scalars(select(Member)).one()
        assert b"ada" not in member.email
        assert member.email_hash != storage.vault.keyed_hash("e-mail", "ada@example.org")
        reference = member.reference
        membership.confirm(session, reference, Choices("en"), hour.now)
    with storage.writing() as session:
        assert membership.leave(session, reference)
        assert not membership.leave(session, reference)
    with storage.reading() as session:
        assert not session.scalars(select(Member)).all()
        assert not session.scalars(select(Message)).all()


def test_who_does_not_confirm_is_forgotten_after_fourteen_days(storage: Storage, hour: Hour) -> None:
    with storage.writing() as session:
        membership.join(session, storage.vault, "ada@example.org", Choices("en"), hour.now)
        membership.join(session, storage.vault, "bea@example.org", Choices("en"), hour.now)
        bea = session.scalars(select(Member).order_by(Member.id.desc()).limit(1)).one()
        membership.confirm(session, bea.reference, Choices("en"), hour.now)
        assert membership.forget(session, hour.now + timedelta(days=13), 10) == 0
        assert membership.forget(session, hour.now + timedelta(days=15), 10) == 1
        assert session.scalar(select(func.count()).select_from(Member)) == 1


def test_one_address_gets_three_mails_a_day_at_most_however_often_it_is_entered(storage: Storage, hour: Hour) -> None:
    with storage.writing() as session:
        for _ in range(5):
            membership.join(session, storage.vault, "ada@example.org", Choices("en"), hour.now)
        assert session.scalar(select(func.count()).select_from(Message)) == 3
        assert session.scalar(select(func.count()).select_from(Member)) == 1
