"""What an action comes to, in figures that add up."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime, timedelta

import pytest

from campaign.appeals.counting import tallies
from campaign.appeals.counting.visits import Source
from campaign.appeals.signature_admin import charts, statistics
from campaign.appeals.signature_admin.statistics import Around, Compared, Day, Earlier, Expected, Statistics
from campaign.office import organisers
from campaign.office.audit import COMMAND_LINE
from campaign.office.organisers import Invitee
from campaign.office.spreadsheets import csv_lines
from campaign.storage import Storage
from campaign.storage.tables import Action, LetterTally, Tally, Update
from campaign.vocabulary import ActionStatus, ChannelKind, Role, SignatureStatus, UpdateStatus
from tests import made
from tests.appeals import crowd

pytestmark = pytest.mark.databases

TODAY = date(2025, 8, 3)


def gathered(storage: Storage) -> statistics.Statistics:
    with storage.writing() as session:
        made.action(session)
        session.add(LetterTally(action_id=1, day=TODAY, channel=ChannelKind.POST, count=4))
    crowd.sign(storage, 5)
    crowd.sign(storage, 2, country="PK", locale="ur", at=made.NOON + timedelta(days=2))
    crowd.sign(storage, 3, status=SignatureStatus.PENDING)
    crowd.sign(storage, 1, status=SignatureStatus.EXPIRED)
    with storage.writing() as session:
        tallies.roll_up(session)
    with storage.reading() as session:
        return statistics.gathered(session, 1, TODAY)


def test_days_countries_languages_and_channels_add_up(storage: Storage) -> None:
    found = gathered(storage)
    assert found.days == (Day(date(2025, 8, 1), 5, 5), Day(date(2025, 8, 2), 0, 5), Day(TODAY, 2, 7))
    assert found.total == sum(n for _, n in found.countries) == sum(n for _, n in found.languages) == 7
    assert found.countries == (("GB", 5), ("PK", 2))
    assert found.languages == (("en", 5), ("ur", 2))
    assert found.channels == ((ChannelKind.POST, 4),)


def test_who_still_may_confirm_is_not_held_against_the_others(storage: Storage) -> None:
    assert gathered(storage).share_confirmed == 7 / 8


def test_the_file_says_the_same(storage: Storage) -> None:
    lines = list(
        csv.reader(
            "".join(csv_lines(statistics.as_rows(gathered(storage), Expected(90, date(2025, 9, 15))))).splitlines()
        )
    )
    assert lines[0] == ["what", "of", "count"]
    assert ["signatures by day", "2025-08-02", "0"] in lines
    assert ["signatures expected by the deadline", "2025-09-15", "90"] in lines
    assert ["signatures by country", "PK", "2"] in lines
    assert ["letters by channel", "post", "4"] in lines
    assert ["signatures by status", "pending", "3"] in lines


def test_days_without_a_signature_are_days_too() -> None:
    days = statistics.filled({date(2025, 8, 1): 2, date(2025, 8, 4): 1}, date(2025, 8, 5))
    assert [(it.count, it.total) for it in days] == [(2, 2), (0, 2), (0, 2), (1, 3), (0, 3)]
    assert statistics.filled({}, TODAY) == ()


def test_a_plot_of_days_reaches_from_the_first_to_the_deadline_and_stays_in_its_box() -> None:
    days = statistics.filled({date(2025, 8, 1): 40, TODAY: 60}, TODAY)
    plot = charts.days(days, Expected(900, date(2025, 8, 20)), 500)
    assert plot is not None and plot.ahead is not None and plot.goal is not None
    points = [tuple(map(float, it.split(","))) for it in (*plot.grown.split(), *plot.ahead.split())]
    assert all(0 <= x <= charts.WIDTH and 0 <= y <= charts.HEIGHT for x, y in points)
    assert plot.ahead.split()[0] == plot.grown.split()[-1]
    assert [on for _x, on, _anchor in plot.dates] == [date(2025, 8, 1), date(2025, 8, 20)]
    assert [it.value for it in plot.marks] == [0, 250, 500, 750, 1000]


def test_one_day_makes_a_plot_and_none_makes_none() -> None:
    assert charts.days((), None, None) is None
    plot = charts.days((Day(TODAY, 1, 1),), None, None)
    assert plot is not None and plot.ahead is None and len(plot.columns) == 1


def test_a_scale_has_a_few_round_lines() -> None:
    for top in (1, 3, 7, 42, 380, 9_999, 1_000_000):
        step = charts.scale(top)
        assert 1 <= -(-top // step) <= 10
        assert step == int(str(step)[:2]) * 10 ** (len(str(step)) - 2) if step > 9 else step


def test_the_longest_bar_is_the_whole_width() -> None:
    assert [(it.name, it.width) for it in charts.bars((("GB", 8), ("PK", 2), ("FR", 0)))] == [("GB", 100), ("PK", 25)]
    assert charts.bars(()) == ()


def test_an_update_has_a_week_before_it_and_a_week_that_begins_with_its_day() -> None:
    daily = {date(2025, 7, 3): 1, date(2025, 7, 4): 2, date(2025, 7, 10): 4, date(2025, 7, 11): 8}
    daily |= {date(2025, 7, 17): 16, date(2025, 7, 18): 32}
    on = date(2025, 7, 11)
    assert statistics.around(on, daily, date(2025, 7, 18)) == Around(on, 2 + 4, 8 + 16, over=True)
    assert not statistics.around(on, daily, date(2025, 7, 17)).over


def test_updates_that_went_are_looked_at_on_their_day_where_the_case_is(storage: Storage) -> None:
    gathered(storage)
    with storage.writing() as session:
        who = organisers.add(
            session, storage.vault, COMMAND_LINE, Invitee("Ida", "ida@office.example", Role.EDITOR), made.NOON
        )
        # Late on the 2nd in London is the 3rd in Karachi.
        at = made.NOON + timedelta(days=1, hours=10)
        for status, queued in ((UpdateStatus.SENT, at), (UpdateStatus.DRAFT, None), (UpdateStatus.CANCELLED, at)):
            session.add(
                Update(action_id=1, organiser_id=who.id, status=status, created_at=made.NOON, queued_at=queued)
            )  # fmt: skip
    with storage.reading() as session:
        assert statistics.gathered(session, 1, TODAY).updates == (Around(TODAY, 5, 2, over=False),)


def test_an_action_stands_beside_earlier_ones_on_the_same_day_after_their_issue(storage: Storage) -> None:
    with storage.writing() as session:
        own = made.action(session, "own", issued_on=date(2025, 7, 1))
        past = made.action(session, "past", issued_on=date(2025, 5, 1))
        made.action(session, "draft", issued_on=date(2025, 4, 1), status=ActionStatus.DRAFT, opened_at=None)
        made.action(session, "later", issued_on=date(2025, 7, 9))
        for action, day, n in (
            (own, date(2025, 7, 3), 4),
            (past, date(2025, 5, 1), 7),
            (past, date(2025, 5, 11), 2),
            (past, date(2025, 5, 12), 90),
        ):
            session.add(Tally(action_id=action.id, day=day, country="GB", count=n))
    with storage.reading() as session:
        assert statistics.compared(session, own.id, date(2025, 7, 11)) == Compared(
            10, 4, (Earlier("past", "Renew the cards", date(2025, 5, 1), 9),)
        )
        assert statistics.compared(session, past.id, date(2025, 7, 11)) is None
    with storage.writing() as session:
        # One that has ended is not compared with what came to others later.
        session.get_one(Action, own.id).ended_at = datetime(2025, 7, 2, 19, 0, tzinfo=UTC)
    with storage.reading() as session:
        found = statistics.compared(session, own.id, date(2025, 9, 1))
    assert found is not None and (found.days, found.count, found.earlier[0].count) == (1, 0, 7)


def test_the_file_tells_where_signatures_came_from_and_no_few() -> None:
    sources = (
        Source("news", 9, (("en", 9),), ((TODAY, 9), (date(2025, 8, 4), None))),
        Source("", None, (), ()),
    )
    told = Statistics((), (), (), (), {}, sources=sources, updates=(Around(TODAY, 3, 8, over=True),))
    assert list(statistics.as_rows(told, None))[1:] == [
        ("signatures by tag of the link", "news", 9),
        ("signatures by tag of the link, news, by language", "en", 9),
        ("signatures by tag of the link, news, by day", TODAY, 9),
        ("signatures by tag of the link, news, by day", date(2025, 8, 4), "fewer than 5"),
        ("signatures by tag of the link", "other", "fewer than 5"),
        ("signatures in the 7 days before an update", TODAY, 3),
        ("signatures in the 7 days after an update", TODAY, 8),
    ]
