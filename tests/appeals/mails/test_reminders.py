"""A reminder of a letter: asked for, sent once before the deadline, or not at all where it would be of nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage

import pytest
from sqlalchemy import select, update

from campaign.appeals.mails import reminders, signature_mails
from campaign.appeals.mails.reminders import remind_at
from campaign.appeals.signing.links import Links
from campaign.appeals.signing.signing import sign
from campaign.appeals.supporter import confirming, my_signature, reminding
from campaign.cases.lifecycle import opening_and_closing
from campaign.errors import Gone
from campaign.mail import outbox
from campaign.storage import Storage
from campaign.storage.tables import Action, Letter, LetterReminder, Message, Signature
from campaign.vocabulary import ActionStatus, Disclosure, LetterStatus, MessageKind, SignatureStatus
from tests import made
from tests.appeals.entrusted import queued
from tests.conftest import SECRET_KEY

SLUG, REMINDER = "renew-the-cards", MessageKind.LETTER_REMINDER
DEADLINE = date(2025, 9, 15)
# 09:00 in Islamabad (UTC+5) two days before the last day.
DUE = datetime(2025, 9, 13, 4, 0, tzinfo=UTC)


# Written by hand with a calendar.
@pytest.mark.parametrize(
    ("zone", "asked_at", "at"),
    [
        ("UTC", datetime(2025, 8, 1, 12, tzinfo=UTC), datetime(2025, 9, 13, 9, tzinfo=UTC)),
        ("Asia/Karachi", datetime(2025, 8, 1, 12, tzinfo=UTC), DUE),
        ("America/New_York", datetime(2025, 8, 1, 12, tzinfo=UTC), datetime(2025, 9, 13, 13, tzinfo=UTC)),
        ("UTC", datetime(2025, 9, 12, 21, 0, tzinfo=UTC), datetime(2025, 9, 13, 9, tzinfo=UTC)),
        # Less than twelve hours before: then on the last day.
        ("UTC", datetime(2025, 9, 12, 21, 1, tzinfo=UTC), datetime(2025, 9, 15, 9, tzinfo=UTC)),
        ("UTC", datetime(2025, 9, 14, 21, 0, tzinfo=UTC), datetime(2025, 9, 15, 9, tzinfo=UTC)),
        ("UTC", datetime(2025, 9, 14, 21, 1, tzinfo=UTC), None),
        ("UTC", datetime(2025, 9, 15, 12, 0, tzinfo=UTC), None),
        ("UTC", datetime(2025, 9, 16, 12, 0, tzinfo=UTC), None),
    ],
)
def test_it_comes_in_the_morning_two_days_before_or_on_the_last_day(
    zone: str, asked_at: datetime, at: datetime | None
) -> None:
    assert remind_at(DEADLINE, zone, asked_at) == at


@pytest.mark.parametrize(
    ("signature", "action", "was_sent", "owed"),
    [
        ({}, {}, False, True),
        ({}, {}, True, False),
        ({"status": SignatureStatus.PENDING}, {}, False, False),
        ({"status": SignatureStatus.WITHDRAWN}, {}, False, False),
        ({"status": SignatureStatus.INVALID}, {}, False, False),
        ({"email": None}, {}, False, False),
        ({}, {"status": ActionStatus.CLOSED}, False, False),
        ({}, {"status": ActionStatus.STOPPED}, False, False),
        ({}, {"stop_reason": {"en": "She is free."}}, False, False),
        ({}, {"deadline": date(2025, 9, 12)}, False, False),
    ],
)
def test_who_is_reminded(signature: dict[str, object], action: dict[str, object], was_sent: bool, owed: bool) -> None:
    theirs = Signature(**{"status": SignatureStatus.CONFIRMED, "email": b"sealed", **signature})
    of = Action(**{"status": ActionStatus.OPEN, "deadline": DEADLINE, "stop_reason": None, **action})
    assert reminders.owed(theirs, of, "Asia/Karachi", was_sent, DUE) is owed


def asked(storage: Storage, country: str = "GB", disclosure: Disclosure = Disclosure.PUBLIC) -> bytes:
    """The reference of somebody who has signed, and asked to be reminded."""
    with storage.writing() as session:
        if session.scalar(select(Action.id)) is None:
            made.action(session, deadline=DEADLINE)
        wish = made.wish("ada@example.org", country=country, disclosure=disclosure, sure=True)
        sign(session, storage.vault, SLUG, wish, made.NOON)
        reference = session.scalars(select(Signature.reference)).one()
        confirming.confirm(session, storage.vault, reference, made.NOON)
        session.execute(update(Message).values(status="sent", sent_at=made.NOON))
        reminding.ask(session, reference, made.NOON)
    return reference


def swept(storage: Storage, now: datetime = DUE) -> list[MessageKind]:
    """What the job owes then."""
    with storage.writing() as session:
        reminders.owe_due(session, now)
    with storage.reading() as session:
        return list(session.scalars(select(Message.kind).where(Message.status == "pending")))


def rows(storage: Storage) -> list[datetime]:
    with storage.reading() as session:
        return list(session.scalars(select(LetterReminder.due_at)))


def mail(storage: Storage, now: datetime = DUE) -> EmailMessage | None:
    with storage.writing() as session:
        (leased,) = outbox.claim(session, now, 10)
    with storage.reading() as session:
        return signature_mails.compose(session, storage.vault, Links(SECRET_KEY), "http://campaign.test", leased, now)


def plain(written: EmailMessage) -> str:
    body = written.get_body(preferencelist=("plain",))
    assert body is not None
    return " ".join(str(body.get_content()).split())


@pytest.mark.databases
def test_it_is_owed_once_when_it_is_due_and_its_row_goes(storage: Storage) -> None:
    reference = asked(storage)
    assert rows(storage) == [DUE]
    assert swept(storage, DUE - timedelta(seconds=1)) == []
    assert swept(storage) == [REMINDER]
    assert rows(storage) == []
    assert swept(storage, DUE + timedelta(minutes=1)) == [REMINDER]
    written = mail(storage)
    assert written is not None
    assert "Send it before the end of 15 September 2025." in plain(written)
    assert "We remind you only once." in plain(written)
    assert written["List-Unsubscribe"].startswith("<http://campaign.test/en/unsubscribe/")
    assert written["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    with storage.writing() as session, pytest.raises(Gone):  # there is no second one
        reminding.ask(session, reference, DUE - timedelta(days=9))


@pytest.mark.databases
def test_asking_twice_is_asking_once(storage: Storage) -> None:
    reference = asked(storage)
    with storage.writing() as session:
        assert reminding.ask(session, reference, made.NOON + timedelta(hours=1)) == DUE
    assert rows(storage) == [DUE]


@pytest.mark.databases
@pytest.mark.parametrize("how", ["cancelled", "withdrawn", "not me", "erased", "unsubscribed"])
def test_what_its_owner_does_takes_it_back_before_and_after_it_is_written(storage: Storage, how: str) -> None:
    for written in (False, True):
        reference = asked(storage)
        if written:
            assert swept(storage) == [REMINDER]
        with storage.writing() as session:
            if how == "cancelled":
                reminding.cancel(session, reference)
            elif how == "withdrawn":
                my_signature.take_back(session, reference)
            elif how == "not me":
                confirming.disown(session, storage.vault, reference)
            elif how == "erased":
                my_signature.erase(session, reference)
            else:
                my_signature.stop_updates(session, reference)
        assert rows(storage) == []
        assert swept(storage) == []
        with storage.writing() as session:
            my_signature.erase(session, reference)
            for it in session.scalars(select(Signature)):
                session.delete(it)


@pytest.mark.databases
@pytest.mark.parametrize("how", ["letter agreed to", "stopped", "closed", "invalid"])
def test_where_there_is_nothing_to_remind_of_none_is_sent_and_its_row_goes(storage: Storage, how: str) -> None:
    def happens() -> None:
        if how == "letter agreed to":
            queued(storage, reference)
            return
        with storage.writing() as session:
            if how == "stopped":
                opening_and_closing.stop(session, SLUG, {"en": "She is free."}, DUE)
            elif how == "closed":
                session.execute(update(Action).values(status=ActionStatus.CLOSED, ended_at=DUE))
            else:
                session.execute(update(Signature).values(status=SignatureStatus.INVALID, counts=False))

    reference = asked(storage)
    happens()
    assert swept(storage) == []
    assert rows(storage) == []


@pytest.mark.parametrize("how", ["letter agreed to", "stopped"])
def test_one_that_is_written_already_does_not_leave_after_a_stop_or_a_letter(storage: Storage, how: str) -> None:
    reference = asked(storage)
    assert swept(storage) == [REMINDER]
    if how == "stopped":
        with storage.writing() as session:
            opening_and_closing.stop(session, SLUG, {"en": "She is free."}, DUE)
    else:
        queued(storage, reference)
    assert mail(storage) is None


def test_what_is_over_before_it_is_due_is_forgotten_by_the_purge(storage: Storage) -> None:
    asked(storage)
    with storage.writing() as session:
        assert reminders.forget(session) == 0
        session.execute(update(Action).values(status=ActionStatus.CLOSED, ended_at=made.NOON))
        assert reminders.forget(session) == 1


def test_of_the_moment_of_asking_only_the_hour_is_kept(storage: Storage) -> None:
    reference = asked(storage)
    with storage.writing() as session:
        reminding.cancel(session, reference)
        reminding.ask(session, reference, made.NOON + timedelta(minutes=31, seconds=7))
        assert session.scalars(select(LetterReminder.asked_at)).all() == [made.NOON]


def test_a_letter_that_is_only_drafted_is_not_sent(storage: Storage) -> None:
    reference = asked(storage)
    queued(storage, reference)
    with storage.writing() as session:
        session.execute(update(Letter).values(status=LetterStatus.DRAFTED))
    assert swept(storage) == [REMINDER]


def test_a_deadline_that_moved_moves_it(storage: Storage) -> None:
    asked(storage)
    with storage.writing() as session:
        session.execute(update(Action).values(deadline=DEADLINE + timedelta(days=10)))
    assert swept(storage) == []
    assert rows(storage) == [DUE + timedelta(days=10)]
    assert swept(storage, DUE + timedelta(days=10)) == [REMINDER]


def test_who_lives_at_risk_and_is_named_gets_a_mail_that_says_nothing(storage: Storage) -> None:
    asked(storage, country="PK", disclosure=Disclosure.OFFICIAL)
    assert swept(storage) == [REMINDER]
    written = mail(storage)
    assert written is not None
    said = f"{written['Subject']} {plain(written)} {written['List-Unsubscribe']}".lower()
    assert "/m/" in said
    assert not any(it in said for it in ("card", "letter", "remind", "sign", "deadline", "unsubscribe", SLUG))


def test_nobody_is_offered_one_where_their_name_may_harm_them(storage: Storage) -> None:
    with pytest.raises(Gone):
        asked(storage, country="PK", disclosure=Disclosure.WITHHELD)
