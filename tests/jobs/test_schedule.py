"""When which job runs: what is owed is done at once, and a lost queue loses nothing."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

import pytest
from sqlalchemy import event, func, select

from campaign import clock
from campaign.appeals.network import rounds
from campaign.delivery import freeze_requests
from campaign.jobs.schedule import LOOK_SECONDS, Schedule, schedule
from campaign.jobs.sweeps import Jobs
from campaign.office.audit import COMMAND_LINE
from campaign.publication.reading import published
from campaign.settings import Settings
from campaign.storage import Storage
from campaign.storage.tables import Action, LetterReport, Tally
from campaign.vocabulary import ChannelKind, MessageKind
from tests.jobs.signers import captured, confirmed, messages, signed


@pytest.fixture
def planned(settings: Settings, storage: Storage, jobs: Jobs) -> Schedule:
    """All jobs of a worker, on each kind of database."""
    return schedule(settings, storage)


def looked(planned: Schedule) -> list[str]:
    """What a worker does when it starts and every few seconds: it looks, and does what it then has queued."""
    planned.look()
    done = []
    while (task := planned.huey.dequeue()) is not None:
        done.append(task.name)
        planned.huey.execute(task)
    return done


def test_each_job_has_its_time(planned: Schedule) -> None:
    def due(hour: int, minute: int) -> set[str]:
        return {task.name for task in planned.huey.read_periodic(datetime(2025, 8, 1, hour, minute))}  # noqa: DTZ001

    every_minute = {"note", "close", "open", "stamp", "rotate", "group", "remind"}
    assert due(12, 0) == {"digest", "bounces", "all"} | every_minute
    assert due(12, 17) == {"purge"} | every_minute
    assert due(12, 23) == {"settle"} | every_minute
    assert due(12, 53) == {"learn"} | every_minute
    assert due(2, 41) == {"reconcile"} | every_minute
    assert due(3, 11) == {"sort"} | every_minute


def test_every_five_minutes_every_sweep_runs_whatever_a_look_found(planned: Schedule) -> None:
    (every,) = [it for it in planned.huey.read_periodic(datetime(2025, 8, 1, 12, 0)) if it.name == "all"]  # noqa: DTZ001
    planned.huey.execute(every)
    tasks = list(iter(planned.huey.dequeue, None))
    assert sorted(it.name for it in tasks) == [
        "build",
        "count",
        "forward",
        "freeze",
        "invalidate",
        "post",
        "spread",
        "tell",
    ]
    # A sweep that comes late is not made up for: the next one does its work.
    assert all(it.expires and it.expires <= 60 for it in tasks)


@pytest.mark.databases
def test_a_worker_that_starts_does_at_once_what_is_owed(
    planned: Schedule, storage: Storage, settings: Settings
) -> None:
    signed(storage, "ada@example.org")
    assert "post" in looked(planned)
    assert [it["To"] for it in captured(settings)] == ["ada@example.org"]


@pytest.mark.databases
def test_a_lost_queue_loses_nothing(planned: Schedule, storage: Storage, settings: Settings) -> None:
    signed(storage, "ada@example.org")
    planned.look()  # and with this the worker died: its queue was in its memory
    looked(schedule(settings, storage))
    assert [it["To"] for it in captured(settings)] == ["ada@example.org"]
    assert [it.kind for it in messages(storage)] == [MessageKind.CONFIRM]


@pytest.mark.databases
def test_a_look_finds_each_kind_of_work_and_nothing_once_it_is_done(planned: Schedule, storage: Storage) -> None:
    now = clock.now()
    with storage.writing() as session:  # or this week's round to the network is owed, on a Monday
        rounds.begin(session, now + timedelta(hours=1))
    looked(planned)
    assert looked(planned) == []

    confirmed(storage, "ada@example.org")
    with storage.writing() as session:
        action = session.scalars(select(Action)).one()
        session.add(LetterReport(action_id=action.id, channel=ChannelKind.POST, day=now.date()))
    assert set(looked(planned)) >= {"count", "post"}
    with storage.reading() as session:
        assert session.scalar(select(func.sum(Tally.count))) == 1
        assert session.scalar(select(func.count(LetterReport.id))) == 0

    with storage.writing() as session:
        asked = published(session, "renew-the-cards", "en")
        assert freeze_requests.ask(session, COMMAND_LINE, asked, None, "a press", now)
    assert "freeze" in looked(planned)
    assert "build" in looked(planned)
    looked(planned)
    assert looked(planned) == []


@pytest.mark.databases
def test_an_idle_installation_asks_little_of_its_database(
    planned: Schedule, storage: Storage, capsys: pytest.CaptureFixture[str]
) -> None:
    """Five minutes of one worker in which nobody comes: its looks, and every job that has its time in them.

    What is counted is all that a server is asked: each statement, BEGIN and COMMIT or ROLLBACK, and the ping of each
    connection that is taken up again.
    """
    with storage.writing() as session:
        rounds.begin(session, clock.now() + timedelta(hours=1))
    looked(planned)
    looked(planned)
    asked: Counter[str] = Counter()
    for name in ("before_cursor_execute", "begin", "commit", "rollback"):
        event.listen(storage.engine, name, lambda *_, name=name: asked.update([name]))
    event.listen(storage.engine, "checkout", lambda *_: asked.update(["ping"]))

    for _ in range(5 * 60 // LOOK_SECONDS):
        assert looked(planned) == []
    looks = asked.total()
    for minute in range(5):
        for due in planned.huey.read_periodic(datetime(2025, 8, 1, 12, minute)):  # noqa: DTZ001
            planned.huey.execute(due)
        for task in iter(planned.huey.dequeue, None):
            planned.huey.execute(task)

    each = asked.total() / (5 * 60)
    with capsys.disabled():
        print(f"\n{storage.engine.dialect.name}: an idle worker asks {each:.1f} a second, {looks / 300:.1f} by looking")
    assert asked["before_cursor_execute"] >= 5 * 60 / LOOK_SECONDS  # it is counted at all
    assert each <= 10 / 2  # two workers together keep to ten a second
