"""3,000 letters to two officials through a real mail server that refuses some, puts some off, and goes away."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from campaign import clock
from campaign.appeals.counting import letter_reports
from campaign.appeals.relay import pacing, post_runs, queue_status
from campaign.appeals.relay.pacing import HOUR, Hours, Pace
from campaign.appeals.relay.post_runs import MOST
from campaign.appeals.relay.queue_status import Queue
from campaign.appeals.relay.sender import Carrier
from campaign.errors import Refused
from campaign.jobs.sweeps import Jobs
from campaign.office.audit import COMMAND_LINE
from campaign.printing.sheets.letter import LetterSheet
from campaign.settings import Settings
from campaign.storage import Storage
from campaign.storage.tables import Letter, Official, Organisation, Recipient
from campaign.vocabulary import ChannelKind, LetterStatus, Paper, RecipientRole
from tests import made
from tests.appeals import crowd, entrusted
from tests.conftest import settings_for
from tests.mail.post_office import PostOffice

pytestmark = pytest.mark.faults

MONDAY = datetime(2025, 8, 4, 0, 0, tzinfo=UTC)
PACE = Pace(hourly=20, daily=25)
EACH = 1_500
OLD, NEW, OTHER = "old@example.invalid", "new@example.invalid", "other@example.invalid"
SWEEP = timedelta(seconds=120)  # of the simulated time: the sweeps are every five


class Moody(PostOffice):
    """A mail server with the time of the test: it writes down when it took what, refuses as told, and may be away."""

    def __init__(self, at: list[datetime]) -> None:
        self.at = at
        self.took: list[tuple[datetime, str, str]] = []  # when, to whom, which message
        self.tried: Counter[str] = Counter()
        self.away: tuple[datetime, datetime] | None = None
        super().__init__()

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:  # noqa: N802
        self.tried[address] += 1
        if self.away and self.away[0] <= self.at[0] < self.away[1]:
            server.transport.abort()
            return "421 gone"
        if self.tried[address] % 40 == 7:  # now and then a mailbox is busy
            return "451 try again later"
        if address == OLD and self.tried[OLD] > 40:  # its owner has left office
            return f"550 <{address}> is not here any more"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        found = re.search(rb"^Message-ID: <(letter\.\d+)\.", envelope.content, re.MULTILINE)
        assert found is not None
        if len(self.took) % 90 == 89 and self.tried["content"] != len(self.took):
            self.tried["content"] = len(self.took)
            return "554 we do not like this"
        self.took.append((self.at[0], envelope.rcpt_tos[0], found[1].decode()))
        return "250 OK"


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """The time, as its one value."""
    moved = [MONDAY]
    monkeypatch.setattr(clock, "now", lambda: moved[0])
    return moved


@pytest.fixture
def office(at: list[datetime]) -> Iterator[Moody]:
    opened = Moody(at)
    opened.start()
    yield opened
    opened.stop()


@pytest.fixture
def live(on_sqlite: Settings, office: Moody) -> tuple[Settings, Storage]:
    """An installation that sends, and 3,000 letters in its queue: half to an official in Pakistan, half to one in
    Saudi Arabia, where offices are closed on other days."""
    settings = settings_for(
        on_sqlite.home,
        database_url=on_sqlite.database_url,
        mode="live",
        mail_url=office.url(),
        base_url="https://campaign.test",
    )
    storage = Storage(settings)
    with storage.writing() as session:
        action = made.action(session, deadline=MONDAY.date() + timedelta(days=11))
        first = action.recipients[0].official
        first.emails, first.cleared_at = [OLD], MONDAY
        other = made.official(name="Another Minister", country="SA", emails=[OTHER], cleared_at=MONDAY)
        session.add(Recipient(action_id=action.id, official=other, role=RecipientRole.TO, position=2))
        session.execute(update(Organisation).values(letters_hourly=PACE.hourly, letters_daily=PACE.daily))
    crowd.sign(storage, EACH)
    for n in (1, 2):
        entrusted.crowd(storage, EACH, n, MONDAY)
    return settings, storage


def test_none_is_lost_and_none_goes_twice_and_what_cannot_go_is_printed(
    live: tuple[Settings, Storage], office: Moody, at: list[datetime]
) -> None:
    settings, storage = live
    jobs, carrier = Jobs(settings, storage), Carrier(settings, storage, plain)
    told = {it.official: it for it in counted(storage, at)}
    assert told["Sample Minister"].late > 0  # said on the first day, eleven days ahead
    office.away = (MONDAY + timedelta(hours=30), MONDAY + timedelta(hours=30, minutes=1))

    go(carrier, at, MONDAY + timedelta(days=2))
    (parked,) = (it for it in counted(storage, at) if it.parked)
    assert (parked.official, parked.counts[LetterStatus.BOUNCED] >= 1) == ("Sample Minister", True)
    assert office.tried[OLD] <= 42  # the first refusal for good parked all that waited
    go(carrier, at, MONDAY + timedelta(days=3))
    assert office.tried[OLD] <= 42

    correct(storage, at)
    assert jobs.bounces() == 1
    go(carrier, at, MONDAY + timedelta(days=13))
    queued = sum(it.counts[LetterStatus.QUEUED] for it in counted(storage, at))
    assert queued > 0
    print_the_rest(storage, at)
    at[0] += timedelta(days=6)
    jobs.settle()

    ended = counted(storage, at)
    assert sum(it.total for it in ended) == 2 * EACH
    sums = {status: sum(it.counts[status] for it in ended) for status in LetterStatus}
    assert {status for status, n in sums.items() if n} == {LetterStatus.SENT, LetterStatus.PRINTED}
    assert sums[LetterStatus.SENT] == len(office.took)
    assert_none_twice(storage, office)
    assert_paced(office)
    with storage.writing() as session:
        while letter_reports.roll_up(session):
            pass
    with storage.reading() as session:
        by_channel = dict(letter_reports.by_channel(session, ended[0].action_id))
    assert by_channel == {ChannelKind.EMAIL: len(office.took), ChannelKind.POST: 2 * EACH - len(office.took)}
    storage.dispose()


def plain(sheet: LetterSheet, _: Paper) -> bytes:
    """Stands in for the press, which has tests of its own and takes a minute for so many."""
    return sheet.salutation.encode()


def go(carrier: Carrier, at: list[datetime], until: datetime) -> None:
    """Sweep until `until`. Hours in which both offices are closed are stepped over: nothing may go, which is looked at
    where the sendings are."""
    hours, idle = [pacing.hours_of(country, None, 9, 17) for country in ("PK", "SA")], 0
    while at[0] < until:
        if any(pacing.open_at(it, at[0]) for it in hours):
            idle = 0 if carrier.carry() else idle + 1
            at[0] += SWEEP if idle < 5 else timedelta(minutes=5)  # a cap is reached: nothing goes for long
        else:
            at[0] += timedelta(minutes=10)


def correct(storage: Storage, at: list[datetime]) -> None:
    """As an organiser corrects an address, and a second one clears it."""
    with storage.writing() as session:
        session.execute(
            update(Official)
            .where(Official.email_bounced_at.is_not(None))
            .values(emails=[NEW], email_bounced_at=None, cleared_at=at[0])
        )


def print_the_rest(storage: Storage, at: list[datetime]) -> None:
    for queue in counted(storage, at):
        for _ in range(queue.to_print // MOST + 1):
            try:
                with storage.writing() as session:
                    run_id = post_runs.begin(
                        session, storage.vault, COMMAND_LINE, queue.action_id, queue.official_id, Paper.A4, at[0]
                    )
                    post_runs.posted(session, storage.vault, COMMAND_LINE, run_id, at[0].date(), at[0])
            except Refused:
                break


def counted(storage: Storage, at: list[datetime]) -> tuple[Queue, ...]:
    with storage.reading() as session:
        (action_id,) = set(session.scalars(select(Letter.action_id)))
        found = queue_status.of_action(session, action_id, at[0], live=True)
    assert sum(it.total for it in found) == 2 * EACH
    return found


def assert_none_twice(storage: Storage, office: Moody) -> None:
    taken = Counter(which for _, _, which in office.took)
    assert set(taken.values()) == {1}
    with storage.reading() as session:
        went = session.scalars(select(Letter.id).where(Letter.status == LetterStatus.SENT)).all()
        printed = session.scalars(select(Letter.id).where(Letter.status == LetterStatus.PRINTED)).all()
    assert {f"letter.{it}" for it in went} == set(taken)
    assert len(went) + len(printed) == 2 * EACH


def assert_paced(office: Moody) -> None:
    for addresses, hours in (({OLD, NEW}, pakistan()), ({OTHER}, pacing.hours_of("SA", None, 9, 17))):
        gone = sorted(when for when, to, _ in office.took if to in addresses)
        zone = ZoneInfo(hours.zone)
        assert len(gone) > 150
        assert all(pacing.open_at(hours, it) for it in gone)
        assert max(Counter(it.astimezone(zone).date() for it in gone).values()) <= PACE.daily
        assert all(later - earlier >= HOUR for earlier, later in zip(gone, gone[PACE.hourly :], strict=False))
        assert all(later - earlier >= PACE.gap / 2 for earlier, later in pairwise(gone))


def pakistan() -> Hours:
    return pacing.hours_of("PK", None, 9, 17)
