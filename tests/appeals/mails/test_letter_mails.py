"""Every end of a letter is told to its writer by e-mail, and what is told is so."""

from __future__ import annotations

from datetime import date, timedelta
from email.message import EmailMessage

import pytest
from sqlalchemy import delete, select, update

from campaign.appeals import retention
from campaign.appeals.mails import letter_mails
from campaign.appeals.relay import owed_news, post_runs
from campaign.appeals.signing.links import Links
from campaign.mail import outbox
from campaign.office.audit import COMMAND_LINE
from campaign.storage import Storage
from campaign.storage.tables import Action, Letter, Message
from campaign.vocabulary import ActionStatus, LetterStatus, MessageKind, Paper
from tests import made
from tests.appeals.entrusted import all_of, queued, signed
from tests.conftest import SECRET_KEY

SENT, RETURNED, DROPPED = MessageKind.LETTER_SENT, MessageKind.LETTER_RETURNED, MessageKind.LETTER_DROPPED
POSTED = MessageKind.LETTER_POSTED


def waiting(storage: Storage, country: str = "GB") -> int:
    """The number of a letter that waits to be sent; nothing else is owed."""
    with storage.writing() as session:
        made.action(session, deadline=date(2025, 9, 15))
    letter_id = queued(storage, signed(storage, country=country, sure=True))
    with storage.writing() as session:
        session.execute(delete(Message))
    return letter_id


def told(storage: Storage, kind: MessageKind) -> EmailMessage | None:
    """The one mail that is owed, as it would read now."""
    now = made.NOON + timedelta(days=1)
    with storage.writing() as session:
        (leased,) = outbox.claim(session, now, 10)
    assert leased.kind is kind
    with storage.reading() as session:
        return letter_mails.compose(session, storage.vault, Links(SECRET_KEY), "http://campaign.test", leased, now)


def plain(mail: EmailMessage | None) -> str:
    assert mail is not None
    body = mail.get_body(preferencelist=("plain",))
    assert body is not None
    return " ".join(str(body.get_content()).split())


@pytest.mark.parametrize(
    ("kind", "values", "said"),
    [
        (SENT, {"status": LetterStatus.SENT, "sent_at": made.NOON}, "Replies come to you directly."),
        (RETURNED, {"status": LetterStatus.BOUNCED, "problem": "report 5.1.1"}, "The address does not work."),
        (
            RETURNED,
            {"status": LetterStatus.BOUNCED, "problem": "content: 5.6.0"},
            "The mail server did not accept this letter.",
        ),
    ],
)
def test_that_a_letter_went_or_came_back_is_told_with_the_reason(
    storage: Storage, kind: MessageKind, values: dict[str, object], said: str
) -> None:
    letter_id = waiting(storage)
    with storage.writing() as session:
        session.execute(update(Letter).values(**values))
        assert owed_news.enqueue_of(session, letter_id, kind, made.NOON)
    assert said in plain(told(storage, kind))


@pytest.mark.parametrize(
    ("ended", "said", "unsaid"),
    [
        (ActionStatus.STOPPED, "This action was stopped, so we have not sent your letter", "before the deadline"),
        (ActionStatus.CLOSED, "before the deadline", "was stopped"),
    ],
)
def test_that_a_letter_was_never_sent_is_told_and_why(
    storage: Storage, ended: ActionStatus, said: str, unsaid: str
) -> None:
    waiting(storage)
    long_ago = made.NOON - timedelta(days=30)
    with storage.writing() as session:
        reason = {"en": "She is free."} if ended is ActionStatus.STOPPED else None
        session.execute(update(Action).values(status=ended, ended_at=long_ago, stop_reason=reason))
    retention.purge_all(storage, made.NOON)
    assert [(it.status, it.content) for it in all_of(storage)] == [(LetterStatus.DROPPED, None)]
    words = plain(told(storage, DROPPED))
    assert said in words
    assert unsaid not in words


def test_who_lives_at_risk_is_told_on_their_page_alone(storage: Storage) -> None:
    letter_id = waiting(storage, country="PK")
    with storage.writing() as session:
        session.execute(update(Letter).values(status=LetterStatus.SENT, sent_at=made.NOON))
        assert owed_news.enqueue_of(session, letter_id, SENT, made.NOON)
    words = plain(told(storage, SENT))
    assert "letter" not in words
    assert "/m/" in words


def test_a_mail_that_is_no_longer_true_does_not_go(storage: Storage) -> None:
    letter_id = waiting(storage)
    with storage.writing() as session:
        session.execute(update(Letter).values(status=LetterStatus.BOUNCED, problem="report 5.1.1"))
        assert owed_news.enqueue_of(session, letter_id, SENT, made.NOON)
        assert session.scalars(select(Letter.status)).one() is LetterStatus.BOUNCED
    assert told(storage, SENT) is None


def test_that_a_letter_was_posted_is_told_once_its_run_is_ticked_off(storage: Storage) -> None:
    """Printed is not posted: nothing is said before somebody carried the run to the post."""
    waiting(storage)
    with storage.writing() as session:
        action = session.scalars(select(Action)).one()
        official = action.recipients[0].official_id
        run = post_runs.begin(session, storage.vault, COMMAND_LINE, action.id, official, Paper.A4, made.NOON)
        assert session.scalars(select(Message)).all() == []
    with storage.writing() as session:
        assert post_runs.posted(session, storage.vault, COMMAND_LINE, run, made.NOON.date(), made.NOON) == 1
    words = plain(told(storage, POSTED))
    assert "We printed your letter to Sample Minister and posted it on" in words
    assert "We have deleted the text." in words
    assert [(it.status, it.content) for it in all_of(storage)] == [(LetterStatus.PRINTED, None)]


def test_every_end_of_a_letter_has_a_mail() -> None:
    """Sent, returned, posted, dropped; what begins or waits is no end, and a positive report adds nothing to "sent"."""
    ends = set(LetterStatus) - {LetterStatus.DRAFTED, LetterStatus.QUEUED}
    told_of = {it for it in ends for kind in owed_news.KINDS if letter_mails.true_still(kind, it)}
    assert told_of == ends
