"""Collecting delivery reports from the mailbox that they are sent to, each recorded in a transaction of its own."""

from __future__ import annotations

from collections import Counter

from campaign import clock
from campaign.appeals.relay import bounces
from campaign.appeals.relay.bounces import Recorded
from campaign.mail import mailboxes, reports
from campaign.settings import Settings
from campaign.storage import Storage


def collect(settings: Settings, storage: Storage) -> Counter[Recorded]:
    """Read what is unseen, record what is a report of ours, and mark all of it as seen; returns what was done.

    In demo mode no socket is made, whatever is set. Raises `Temporary` if the mailbox cannot be read now: what was
    recorded stays recorded, and what was not marked is read again, which changes nothing.
    """
    done: Counter[Recorded] = Counter()
    if settings.demo or settings.bounces_url is None:
        return done
    with mailboxes.opened(settings.bounces_url) as mailbox:
        for number in mailbox.unseen():
            raw = mailbox.read(number)
            done[record(storage, raw)] += 1
            mailbox.mark_seen(number)
    return done


def record(storage: Storage, raw: bytes | None) -> Recorded:
    """Record what one mail reports; a mail that is no report, or none of ours, changes nothing."""
    report = reports.read(raw) if raw is not None else None
    if report is None:
        return Recorded.NOT_OURS
    with storage.writing() as session:
        return bounces.record(session, storage.vault, report, clock.now())
