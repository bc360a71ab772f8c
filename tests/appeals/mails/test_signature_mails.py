"""What the outbox may still send: an action that was stopped sends nothing more, one that is over asks for nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from email.message import EmailMessage
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from campaign.appeals.mails import signature_mails
from campaign.appeals.signing.links import Links
from campaign.appeals.signing.signing import sign
from campaign.appeals.supporter import confirming
from campaign.mail import outbox
from campaign.storage import Storage
from campaign.storage.tables import Action, Signature
from campaign.vocabulary import ActionStatus, MessageKind
from tests import made
from tests.conftest import SECRET_KEY

SLUG = "renew-the-cards"
DEADLINE = date(2025, 8, 6)
MIDNIGHT = datetime(2025, 8, 7, tzinfo=ZoneInfo("Asia/Karachi"))
WHY = {"en": "She is free."}

Compose = Callable[..., dict[MessageKind, EmailMessage | None]]


@pytest.fixture
def owed(storage: Storage) -> Compose:
    """One message of each kind lies in the outbox; what becomes of them once the action has changed."""
    with storage.writing() as session:
        made.action(session, deadline=DEADLINE)
        for email in ("ada@example.org", "bea@example.org"):
            sign(session, storage.vault, SLUG, made.wish(email), made.NOON)
        reference = session.scalars(select(Signature.reference).order_by(Signature.id)).first()
        confirming.confirm(session, storage.vault, reference, made.NOON)
        sign(session, storage.vault, SLUG, made.wish("ada@example.org"), made.NOON)
        leased = outbox.claim(session, made.NOON + timedelta(minutes=1), 10)

    def compose(now: datetime = made.NOON, **changes: Any) -> dict[MessageKind, EmailMessage | None]:
        with storage.writing() as session:
            action = session.scalars(select(Action)).one()
            for name, value in changes.items():
                setattr(action, name, value)
        with storage.reading() as session:
            links = Links(SECRET_KEY)
            # Of the two that confirm, the second is still pending.
            return {
                it.kind: signature_mails.compose(session, storage.vault, links, "http://campaign.test", it, now)
                for it in leased
            }

    return compose


@pytest.mark.databases
def test_while_an_action_is_open_all_that_is_owed_is_written(owed: Compose) -> None:
    # A reminder is of a letter that was begun: there is none here (test_reminders.py).
    assert {kind for kind, message in owed().items() if message} == set(signature_mails.OWED) - {
        MessageKind.LETTER_REMINDER
    }


@pytest.mark.parametrize("status", [ActionStatus.STOPPED, ActionStatus.ARCHIVED])
def test_nothing_of_a_stopped_action_is_sent_also_when_it_lies_in_the_archive(
    owed: Compose, status: ActionStatus
) -> None:
    assert set(owed(status=status, stop_reason=WHY, ended_at=made.NOON).values()) == {None}


def test_of_an_action_archived_in_its_time_who_signed_still_hears(owed: Compose) -> None:
    assert owed(status=ActionStatus.ARCHIVED, ended_at=made.NOON)[MessageKind.THANKS] is not None


@pytest.mark.parametrize(("late", "sent"), [(timedelta(seconds=-1), True), (timedelta(0), False)])
def test_a_link_to_confirm_is_mailed_only_while_it_can_be_used(owed: Compose, late: timedelta, sent: bool) -> None:
    messages = owed(MIDNIGHT + timedelta(hours=24) + late, status=ActionStatus.CLOSED, ended_at=MIDNIGHT)
    assert (messages[MessageKind.CONFIRM] is not None) is sent
    assert messages[MessageKind.THANKS] is not None


def test_after_the_deadline_no_mail_asks_for_a_letter_that_would_come_too_late(owed: Compose) -> None:
    asked = "a letter of your own"
    for kind in (MessageKind.THANKS, MessageKind.SIGNED_ALREADY):
        before, after = owed()[kind], owed(MIDNIGHT + timedelta(hours=1))[kind]
        assert before is not None
        assert after is not None
        for message, asks in ((before, True), (after, False)):
            for part in message.iter_parts():
                assert (asked in " ".join(part.get_content().split())) is asks
