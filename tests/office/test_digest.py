"""The daily digest: at the office's hour, once a day, about what is due and late, and never about nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest
from sqlalchemy import select, update

from campaign.mail import outbox
from campaign.office import calendar_and_digest, digest, organisers, staff_mails
from campaign.office.audit import COMMAND_LINE
from campaign.office.organisers import Invitee
from campaign.office.password_links import Welcomes
from campaign.storage import Storage
from campaign.storage.tables import Action, Message, Organisation, Organiser
from campaign.vocabulary import ActionStatus, Role
from tests import made
from tests.conftest import SECRET_KEY

# Seven in the morning in London, on 1 August 2025.
SEVEN = datetime(2025, 8, 1, 6, 0, tzinfo=UTC)


@pytest.fixture
def staffed(storage: Storage) -> Storage:
    """Two organisers, and an action whose last day is in three days."""
    with storage.writing() as session:
        for name in ("ada", "ben"):
            who = Invitee(name.capitalize(), f"{name}@office.example", Role.EDITOR)
            organisers.add(session, storage.vault, COMMAND_LINE, who, made.NOON).password = "chosen"
        due_in(made.action(session), 3)
    return storage


def due_in(action: Action, days: int) -> None:
    """Nothing is due but its deadline, in so many days."""
    action.deadline = SEVEN.date() + timedelta(days=days)
    action.case.events = []


def owe(storage: Storage, now: datetime) -> int:
    with storage.writing() as session:
        return digest.owe(session, now)


def mail(storage: Storage, now: datetime) -> EmailMessage | None:
    """The first digest that is owed, as it would be sent."""
    with storage.writing() as session:
        leased = outbox.claim(session, now + timedelta(seconds=1), 10)
        return staff_mails.compose(session, Welcomes(SECRET_KEY), "https://campaign.test", leased[0], now)


@pytest.mark.databases
def test_it_is_sent_once_a_day_however_often_it_is_asked_for(staffed: Storage) -> None:
    assert owe(staffed, SEVEN - timedelta(minutes=1)) == 0
    assert owe(staffed, SEVEN) == 2
    assert owe(staffed, SEVEN) == 0
    assert owe(staffed, SEVEN + timedelta(hours=16)) == 0
    with staffed.reading() as session:
        assert len(session.scalars(select(Message)).all()) == 2
    # Two days are left on the next day, which is no day to tell; on the day after that there is one.
    assert owe(staffed, SEVEN + timedelta(days=1)) == 0
    assert owe(staffed, SEVEN + timedelta(days=2)) == 2


@pytest.mark.databases
@pytest.mark.parametrize(("days", "told"), [(15, 0), (14, 2), (8, 0), (7, 2), (3, 2), (2, 0), (1, 2), (0, 2), (-1, 2)])
def test_it_tells_of_what_is_due_in_a_fortnight_a_week_three_days_tomorrow_today_and_late(
    staffed: Storage, days: int, told: int
) -> None:
    with staffed.writing() as session:
        action = session.scalars(select(Action)).one()
        due_in(action, days)
        action.status = ActionStatus.DRAFT
    assert owe(staffed, SEVEN) == told


def test_the_office_says_at_which_hour_and_where_it_is(staffed: Storage) -> None:
    with staffed.writing() as session:
        session.execute(update(Organisation).values(digest_hour=9, time_zone="Asia/Kolkata"))
    nine = datetime(2025, 8, 1, 3, 30, tzinfo=UTC)
    assert owe(staffed, nine - timedelta(minutes=1)) == 0
    assert owe(staffed, nine) == 2


def test_who_does_not_want_it_or_has_left_gets_none(staffed: Storage) -> None:
    with staffed.writing() as session:
        ada, ben = session.scalars(select(Organiser).order_by(Organiser.id)).all()
        calendar_and_digest.set_digest(session, staffed.vault, organisers.actor(ada), False, made.NOON)
        ben.active = False
    assert owe(staffed, SEVEN) == 0


def test_it_says_what_is_late_what_is_near_and_where_to_go(staffed: Storage) -> None:
    with staffed.writing() as session:
        late = made.action(session, "late", status=ActionStatus.CLOSED, serial=57)
        due_in(late, -35)
        late.texts[0].title = "Free the fishers"
        threat = made.action(session, "threat", serial=58)
        threat.deadline = SEVEN.date() + timedelta(days=40)
        threat.case.events[1].on = SEVEN.date() + timedelta(days=1)
    owe(staffed, SEVEN)
    message = mail(staffed, SEVEN)
    assert message is not None
    assert str(message["Subject"]) == "Deadlines: 1 overdue, 2 due soon"
    plain, page = (message.get_body((it,)) for it in ("plain", "html"))
    assert plain is not None
    assert page is not None
    text = " ".join(plain.get_content().split())
    assert "overdue: - 5 days ago, 27 July 2025: outcome due - UA 57/25 Free the fishers" in text
    assert "- tomorrow, 2 August 2025: returns begin (threat) - UA 58/25 Renew the cards" in text
    assert "- in 3 days, 4 August 2025: deadline - UA 56/25 Renew the cards" in text
    assert "https://campaign.test/organise/actions/late" in text
    assert "Free the fishers</a>" in page.get_content()


def test_what_was_done_before_it_left_is_not_told(staffed: Storage) -> None:
    owe(staffed, SEVEN)
    with staffed.writing() as session:
        session.execute(update(Action).values(status=ActionStatus.STOPPED))
    assert mail(staffed, SEVEN) is None
