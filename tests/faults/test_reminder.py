"""Reminders while workers are killed: everyone who asked gets one, and nobody gets two."""

from __future__ import annotations

import signal
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import func, insert, select

from campaign import clock
from campaign.settings import Settings
from campaign.storage import Storage
from campaign.storage.tables import Action, LetterReminder, Message, Signature
from campaign.vocabulary import MessageKind, MessageStatus
from tests.faults.test_update import arrives, counted, supporters, time_passes, worker
from tests.mail.post_office import post_office

pytestmark = [pytest.mark.faults, pytest.mark.databases]

PEOPLE, KILLS = 200, 2


def all_asked(storage: Storage) -> None:
    """Everyone asked a while ago, and it is time."""
    now = clock.now()
    with storage.writing() as session:
        rows = [
            {"signature_id": it, "asked_at": now - timedelta(days=40), "due_at": now - timedelta(minutes=1)}
            for it in session.scalars(select(Signature.id))
        ]
        session.execute(insert(LetterReminder), rows)
        # Two days before the deadline, and some hours.
        session.get_one(Action, 1).deadline = (now + timedelta(days=1)).date()


def over(storage: Storage) -> bool:
    with storage.reading() as session:
        left = session.scalar(select(func.count(LetterReminder.signature_id)))
    return left == 0 and counted(storage, Message.status != MessageStatus.SENT) == 0


def test_everyone_who_asked_is_reminded_once_with_the_worker_killed_twice(settings: Settings, storage: Storage) -> None:
    everyone = supporters(storage, PEOPLE)
    all_asked(storage)
    with post_office() as office:
        for part in range(1, KILLS + 1):
            with worker(settings, office):  # killed with -9 at the end of the block
                arrives(office, lambda part=part: len(office.taken) >= part * PEOPLE // 4)
            time_passes(storage)
        with worker(settings, office) as last:
            arrives(office, lambda: over(storage))
            last.send_signal(signal.SIGTERM)
            assert last.wait(60) == 0
        arrived = Counter(str(it["To"]) for it in office.taken)
        ids = {str(it["Message-ID"]) for it in office.taken}
    assert sorted(arrived) == sorted(everyone)
    # SMTP cannot tell of a mail that was taken just before its worker died: it comes again under the same number.
    assert len(ids) == PEOPLE
    assert arrived.total() - PEOPLE <= KILLS
    with storage.reading() as session:
        owed = Counter(session.scalars(select(Message.signature_id).where(Message.kind == MessageKind.LETTER_REMINDER)))
    assert len(owed) == PEOPLE
    assert set(owed.values()) == {1}
