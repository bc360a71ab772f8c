"""The sweep: what webhooks are owed goes out. No transaction waits for a machine elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from sqlalchemy import select

from campaign import clock
from campaign.office.webhooks import notices, sending
from campaign.office.webhooks.notices import Leased
from campaign.office.webhooks.sending import Sent
from campaign.settings import Settings
from campaign.storage import Storage
from campaign.storage.encrypted_columns import WEBHOOK_ADDRESS
from campaign.storage.vault import Unreadable
from campaign.vocabulary import WebhookOutcome

TITLE = "Campaign"


def run(storage: Storage, settings: Settings, stopping: Callable[[], bool] = lambda: False) -> int:
    """Tell each webhook what it waits for, once; returns how many were told, or could not be."""
    done = 0
    while not stopping() and (leased := _claim(storage)) is not None:
        sent = _send(storage, settings, leased)
        # Done again by itself: that a message went must be known, or it goes a second time.
        storage.write(partial(notices.settle, leased=leased, sent=sent, now=clock.now()))
        done += 1
    return done


def _claim(storage: Storage) -> Leased | None:
    now = clock.now()
    with storage.reading() as session:
        if not session.scalar(select(notices.owed(now))):
            return None
    with storage.writing() as session:
        return notices.claim(session, now)


def _send(storage: Storage, settings: Settings, leased: Leased) -> Sent:
    # As with mail: in the demonstration nothing leaves this machine.
    captured = settings.demo or settings.mail_url is None
    if captured and not settings.webhooks_to_loopback:
        return Sent(WebhookOutcome.NOT_SENT)
    try:
        address = storage.vault.decrypt(leased.address, WEBHOOK_ADDRESS, leased.reference)
    except Unreadable:
        return Sent(WebhookOutcome.UNREADABLE)
    said = notices.message(leased.events, leased.locale, settings.base_url)
    return sending.send(address, TITLE, said, loopback=captured)
