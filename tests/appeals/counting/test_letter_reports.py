""" "I sent it": counted by channel, exactly once, with nothing of who."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from campaign.appeals.counting import letter_reports
from campaign.errors import Gone
from campaign.publication.reading import published
from campaign.publication.values import PublicAction
from campaign.storage import Storage
from campaign.storage.tables import LetterReport, LetterTally
from campaign.vocabulary import ActionStatus, ChannelKind
from tests import made

pytestmark = pytest.mark.databases


@pytest.fixture
def action(storage: Storage) -> PublicAction:
    with storage.writing() as session:
        made.action(session)
        return published(session, "renew-the-cards", "en")


def reported(storage: Storage, action: PublicAction, *channels: ChannelKind) -> None:
    with storage.writing() as session:
        for channel in channels:
            letter_reports.report(session, action, channel, made.NOON)


def roll_up(storage: Storage, most: int = letter_reports.MOST) -> int:
    with storage.writing() as session:
        return letter_reports.roll_up(session, most)


def told(storage: Storage, action: PublicAction) -> tuple[tuple[ChannelKind, int], ...]:
    with storage.reading() as session:
        return letter_reports.by_channel(session, action.id)


def test_letters_are_counted_by_channel_the_most_first(storage: Storage, action: PublicAction) -> None:
    reported(storage, action, ChannelKind.FAX, ChannelKind.POST, ChannelKind.POST)

    assert told(storage, action) == ()
    assert roll_up(storage) == 3
    assert told(storage, action) == ((ChannelKind.POST, 2), (ChannelKind.FAX, 1))


def test_counting_again_counts_nothing_twice_and_leaves_no_report_behind(
    storage: Storage, action: PublicAction
) -> None:
    reported(storage, action, ChannelKind.X)
    roll_up(storage)
    reported(storage, action, ChannelKind.X)

    assert (roll_up(storage), roll_up(storage)) == (1, 0)
    assert told(storage, action) == ((ChannelKind.X, 2),)
    with storage.reading() as session:
        assert session.scalar(select(func.count()).select_from(LetterReport)) == 0


def test_workers_that_count_at_the_same_moment_count_each_letter_once(storage: Storage, action: PublicAction) -> None:
    reported(storage, action, *[ChannelKind.EMAIL] * 40)
    with ThreadPoolExecutor(6) as pool:
        counts = list(pool.map(lambda _: roll_up(storage, most=7), range(12)))

    assert sum(counts) + roll_up(storage) == 40
    assert told(storage, action) == ((ChannelKind.EMAIL, 40),)


def test_the_day_is_that_of_the_case(storage: Storage, action: PublicAction) -> None:
    late_in_london = datetime(2025, 8, 1, 22, 0, tzinfo=UTC)
    with storage.writing() as session:
        letter_reports.report(session, action, ChannelKind.POST, late_in_london)
    roll_up(storage)

    with storage.reading() as session:
        assert session.scalars(select(LetterTally.day)).one().isoformat() == "2025-08-02"


def test_a_letter_for_a_stopped_action_is_not_counted(storage: Storage, action: PublicAction) -> None:
    with storage.writing() as session, pytest.raises(Gone):
        letter_reports.report(session, replace(action, status=ActionStatus.STOPPED), ChannelKind.POST, made.NOON)
    assert roll_up(storage) == 0
