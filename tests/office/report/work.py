"""A year of an office that can be counted by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy.orm import Session

from campaign.office import organisers
from campaign.office.audit import COMMAND_LINE
from campaign.office.organisers import Invitee
from campaign.storage import Storage, Vault
from campaign.storage.tables import (
    Action,
    Delivery,
    Dossier,
    IncomingMail,
    Letter,
    LetterTally,
    PaperSheet,
    PostRun,
    Tally,
    Update,
)
from campaign.vocabulary import (
    ActionKind,
    ActionStatus,
    ChannelKind,
    DeliveryChannel,
    DeliveryStatus,
    DossierStatus,
    IncomingKind,
    LetterStatus,
    Outcome,
    Paper,
    ReplyShown,
    Role,
    UpdateStatus,
)
from tests import made

NOW = made.NOON  # 1 August 2025; the office is in London


def at(day: date, hour: int = 12) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def fill(storage: Storage) -> None:
    """Four public actions and a draft; what was done in 2025, and beside it what was not."""
    with storage.writing() as session:
        cards, dam = _actions(session)
        _numbers(session, cards, dam)
        _letters(session, cards)
        _books(session, cards, dam)
        _updates(session, storage.vault, cards)


def _actions(session: Session) -> tuple[Action, Action]:
    cards = made.action(session, "cards", issued_on=date(2025, 6, 17))
    dam = made.action(
        session,
        "dam",
        date(2025, 3, 31),
        ActionStatus.CLOSED,
        serial=12,
        issued_on=date(2025, 2, 1),
        # The end of 31 March in Nairobi.
        ended_at=datetime(2025, 3, 31, 21, 0, tzinfo=UTC),
        outcome={"en": "The dam is not built."},
        outcome_kind=Outcome.POSITIVE,
        outcome_on=date(2025, 4, 2),
    )
    dam.case.country, dam.case.time_zone = "KE", "Africa/Nairobi"
    dam.texts[0].title, dam.texts[1].title = "Stop the dam", "ڈیم روکیں"
    stopped = made.action(
        session,
        "hidden",
        date(2025, 6, 1),
        ActionStatus.STOPPED,
        serial=13,
        kind=ActionKind.FURTHER_INFORMATION,
        issued_on=date(2024, 11, 5),
        ended_at=at(date(2025, 5, 5)),
        stop_reason={"en": "It could do harm."},
        outcome={"en": "Unknown."},
        outcome_kind=Outcome.UNCLEAR,
        outcome_on=date(2025, 4, 1),
    )
    stopped.texts[0].title = "A name that must not be told"
    made.action(
        session,
        "before",
        date(2024, 6, 1),
        ActionStatus.ARCHIVED,
        serial=14,
        issued_on=date(2024, 1, 2),
        ended_at=at(date(2024, 6, 1)),
        stop_reason={"en": "Over."},
    )
    made.action(session, "draft", status=ActionStatus.DRAFT, serial=15, opened_at=None, issued_on=date(2025, 7, 1))
    session.flush()
    return cards, dam


def _numbers(session: Session, cards: Action, dam: Action) -> None:
    for action, day, country, n in (
        (cards, date(2025, 7, 1), "GB", 12),
        (cards, date(2025, 7, 2), "GB", 3),
        (cards, date(2025, 7, 2), "FR", 6),
        (cards, date(2025, 7, 2), "DE", 2),
        (cards, date(2025, 8, 1), "PK", 19),
        (dam, date(2025, 3, 31), "KE", 3),
        (dam, date(2024, 12, 31), "GB", 100),  # before the year
        (cards, date(2025, 8, 2), "GB", 100),  # not yet, at the office
    ):
        session.add(Tally(action_id=action.id, day=day, country=country, count=n))
    for number, entered, names in (("A1", date(2025, 7, 1), 7), ("A2", date(2024, 7, 1), 50)):
        sheet = PaperSheet(action_id=cards.id, number=number, country="GB", names=names, created_at=at(entered))
        session.add(sheet)


def _letters(session: Session, cards: Action) -> None:
    for channel, day, n in (
        (ChannelKind.POST, date(2025, 6, 30), 8),
        (ChannelKind.EMAIL, date(2025, 7, 1), 6),
        (ChannelKind.FAX, date(2025, 7, 1), 2),
        (ChannelKind.X, date(2025, 7, 1), 3),
        (ChannelKind.POST, date(2024, 7, 1), 40),
    ):
        session.add(LetterTally(action_id=cards.id, day=day, channel=channel, count=n))
    to: dict[str, Any] = {"action_id": cards.id, "official_id": cards.recipients[0].official_id, "locale": "en"}
    run = PostRun(
        action_id=cards.id,
        official_id=to["official_id"],
        paper=Paper.A4,
        created_at=at(date(2025, 6, 29)),
        posted_on=date(2025, 6, 30),
    )
    session.add(run)
    session.flush()
    sent: dict[str, Any] = {"created_at": at(date(2025, 6, 20)), "due_at": at(date(2025, 6, 20)), "attempts": 1}
    for n in range(9):
        # The last of the day in London is in the year, the first of the next is not.
        gone = at(date(2025, 7, 1)) if n < 6 else datetime(2024, 12, 31, 23, 59, tzinfo=UTC)
        session.add(Letter(**to, **sent, status=LetterStatus.SENT, sent_at=gone))
    for n in range(8):
        # One of them went by e-mail first, and came back.
        gone_first = at(date(2024, 6, 21)) if n == 0 else None
        session.add(Letter(**to, **sent, status=LetterStatus.PRINTED, post_run_id=run.id, sent_at=gone_first))


def _books(session: Session, cards: Action, dam: Action) -> None:
    by = DeliveryChannel
    for number, (action, channel, status, sent, ended, replied) in enumerate(
        (
            (cards, by.POST, DeliveryStatus.DELIVERED, date(2025, 7, 1), date(2025, 7, 5), date(2025, 7, 15)),
            (cards, by.POST, DeliveryStatus.RETURNED, date(2025, 7, 2), date(2025, 7, 9), None),
            (dam, by.IN_PERSON, DeliveryStatus.DELIVERED, date(2025, 3, 1), date(2025, 3, 1), date(2025, 3, 31)),
            (dam, by.POST, DeliveryStatus.DISPATCHED, date(2025, 7, 20), None, None),
            # Sent the year before, answered in this one; planned, and not sent.
            (dam, by.FAX, DeliveryStatus.DELIVERED, date(2024, 12, 30), date(2024, 12, 30), date(2025, 1, 9)),
            (cards, by.EMAIL, DeliveryStatus.PLANNED, None, None, None),
        )
    ):
        book = Dossier(
            code=f"7Q4K2M9{number}",
            action_id=action.id,
            official_id=action.recipients[0].official_id,
            locale="en",
            status=DossierStatus.READY,
            frozen_at=NOW,
            appeal="{}",
            named=1,
            withheld=0,
            pages=9,
            sha256="0" * 64,
        )
        session.add(book)
        session.flush()
        delivery = Delivery(
            dossier_id=book.id,
            channel=channel,
            status=status,
            who="Ida",
            place="There",
            planned_for=date(2025, 7, 1),
            dispatched_on=sent,
            ended_on=ended,
            reason="Moved." if status is DeliveryStatus.RETURNED else None,
            reply_on=replied,
            reply_text="We read it." if replied else None,
            reply_shown=ReplyShown.NOTHING,
            created_at=NOW,
        )
        session.add(delivery)
    for n, recorded in enumerate((True, True, False)):
        mail = IncomingMail(
            kind=IncomingKind.REPLY,
            mail_hash=bytes([n]) * 32,
            received_at=at(date(2025, 7, 1)),
            handled_at=NOW,
            recorded=recorded,
        )
        session.add(mail)


def _updates(session: Session, vault: Vault, cards: Action) -> None:
    who = organisers.add(session, vault, COMMAND_LINE, Invitee("Ida", "ida@work.example", Role.EDITOR), NOW)
    for status, ended in (
        (UpdateStatus.SENT, date(2025, 7, 1)),
        (UpdateStatus.SENT, date(2025, 7, 8)),
        (UpdateStatus.SENT, date(2024, 7, 8)),
        (UpdateStatus.CANCELLED, date(2025, 7, 9)),
    ):
        update = Update(
            action_id=cards.id, organiser_id=who.id, status=status, created_at=NOW, queued_at=NOW, ended_at=at(ended)
        )
        session.add(update)
