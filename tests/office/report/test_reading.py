"""What an office did in a period, counted by hand beforehand."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import update

from campaign.office.report import reading
from campaign.office.report.period import Period
from campaign.office.report.reading import Ended, Handed, Moved, Named, Replied, Report
from campaign.storage import Storage
from campaign.storage.tables import Delivery, Letter, Tally
from campaign.vocabulary import ActionKind, DeliveryChannel, Outcome
from tests.office.report import work

pytestmark = pytest.mark.databases

YEAR = Period(date(2025, 1, 1), date(2025, 12, 31))
CARDS = Named("UA 56/25", "Renew the cards", "PK")
DAM = Named("UA 12/25", "Stop the dam", "KE")


def gathered(storage: Storage, period: Period = YEAR, locale: str = "en") -> Report:
    with storage.reading() as session:
        return reading.gathered(session, period, work.NOW, locale)


def test_a_year_that_is_not_over_is_counted_up_to_today(storage: Storage) -> None:
    work.fill(storage)
    found = gathered(storage)
    assert (found.up_to, found.zone) == (date(2025, 8, 1), "Europe/London")
    assert (found.actions, found.open_at_the_end) == (Moved(issued=2, closed=1, stopped=1), 1)
    assert found.by_country == (("KE", Moved(1, 1, 0)), ("PK", Moved(1, 0, 1)))
    assert found.by_kind == ((ActionKind.FIRST, Moved(2, 1, 0)), (ActionKind.FURTHER_INFORMATION, Moved(0, 0, 1)))
    assert (found.signatures, found.on_paper, found.letters) == (45, 7, 19)
    # Nineteen in Pakistan and three in Kenya, where being named was dangerous, and two in Germany: none stands alone.
    assert found.signatures_by_country == (("GB", 15), ("FR", 6), ("", 24))
    assert found.letters_by_channel == (("post", 8), ("email", 6), ("", 5))
    assert (found.e_mailed, found.posted) == (6, 7)


def test_what_became_of_actions_and_a_stopped_one_without_its_words(storage: Storage) -> None:
    work.fill(storage)
    assert gathered(storage).outcomes == (
        Ended(Named("UA 13/25", None, "PK"), Outcome.UNCLEAR, date(2025, 4, 1)),
        Ended(DAM, Outcome.POSITIVE, date(2025, 4, 2)),
    )


def test_books_by_way_and_how_long_replies_took(storage: Storage) -> None:
    work.fill(storage)
    found = gathered(storage)
    assert found.handed == (Handed(DeliveryChannel.POST, 3, 1, 1), Handed(DeliveryChannel.IN_PERSON, 1, 1, 0))
    assert found.books == 4
    assert found.replies == (
        Replied(DAM, date(2024, 12, 30), date(2025, 1, 9)),
        Replied(DAM, date(2025, 3, 1), date(2025, 3, 31)),
        Replied(CARDS, date(2025, 7, 1), date(2025, 7, 15)),
    )
    assert ([it.days for it in found.replies], found.middle_days) == ([10, 30, 14], 14)
    assert (found.answers, found.updates) == (2, ((CARDS, 2),))


def test_a_quarter_ends_with_its_last_day_where_the_case_is(storage: Storage) -> None:
    work.fill(storage)
    first = gathered(storage, Period(date(2025, 1, 1), date(2025, 3, 31)))
    # It closed at the end of 31 March in Nairobi; the one that was stopped in May was open.
    assert (first.actions, first.open_at_the_end) == (Moved(issued=1, closed=1), 1)
    assert (first.signatures, first.signatures_by_country, first.letters) == (None, (("", 3),), 0)
    assert [it.days for it in first.replies] == [10, 30]
    second = gathered(storage, Period(date(2025, 4, 1), date(2025, 6, 30)))
    assert second.actions == Moved(issued=1, stopped=1)
    assert (second.letters, second.posted, second.e_mailed, second.middle_days) == (8, 7, 0, None)


def test_titles_are_in_the_readers_language(storage: Storage) -> None:
    work.fill(storage)
    assert gathered(storage, locale="ur").outcomes[1].action.title == "ڈیم روکیں"


def test_a_few_letters_are_not_told(storage: Storage) -> None:
    work.fill(storage)
    with storage.writing() as session:
        session.execute(update(Letter).where(Letter.id > 4).values(sent_at=None, status="dropped", post_run_id=None))
        session.execute(update(Delivery).values(dispatched_on=None, status="planned", ended_on=None, reason=None))
    found = gathered(storage)
    assert (found.e_mailed, found.posted) == (None, 0)
    # When a book left nobody recorded: how long its reply took is not known.
    assert [it.days for it in found.replies] == [None, None, None]
    assert (found.middle_days, found.handed) == (None, ())


def test_a_country_stands_alone_from_as_many_as_it_takes(storage: Storage) -> None:
    work.fill(storage)
    with storage.writing() as session:
        session.execute(update(Tally).where(Tally.country == "PK").values(count=20))
    assert gathered(storage).signatures_by_country == (("PK", 20), ("GB", 15), ("FR", 6), ("", 5))


def test_an_office_that_did_nothing_has_a_report_of_nothing(storage: Storage) -> None:
    found = gathered(storage)
    assert (found.actions, found.signatures, found.letters, found.books, found.replies) == (Moved(), 0, 0, 0, ())
    with storage.reading() as session:
        assert reading.first_day(session) is None


def test_the_first_day_is_that_of_the_first_action_that_was_public(storage: Storage) -> None:
    work.fill(storage)
    with storage.reading() as session:
        assert reading.first_day(session) == date(2024, 1, 2)
