"""A hundred letters, and all that comes of them: what is said of each is what somebody said, and the sums are right."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from campaign import clock
from campaign.appeals.relay import bounce_mailbox, bounces, incoming
from campaign.appeals.relay.bounces import Recorded
from campaign.appeals.relay.content import Content
from campaign.mail import reports
from campaign.mail.reports import Verdict
from campaign.office.audit import Actor
from campaign.storage import Storage
from campaign.storage.tables import Letter, Official, Organisation
from campaign.vocabulary import IncomingKind, LetterStatus
from tests import made
from tests.appeals.entrusted import crowd, signed
from tests.mail.bounced import FIXTURES

MONDAY = datetime(2025, 8, 4, 6, 0, tzinfo=UTC)
S = LetterStatus
BACK = "bounces@act.example.org"


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    now = [MONDAY]
    monkeypatch.setattr(clock, "now", lambda: now[0])
    return now


@pytest.fixture
def hundred(storage: Storage, at: list[datetime]) -> list[int]:
    """The numbers of a hundred letters that a mail server took this morning."""
    with storage.writing() as session:
        made.action(session, deadline=MONDAY.date() + timedelta(days=30))
    for n in range(100):
        signed(storage, f"person-{n}@example.org")
    crowd(storage, 100, 1)
    with storage.writing() as session:
        for letter in session.scalars(select(Letter)):
            content = Content.decrypted(storage.vault, letter.content or b"", letter.id)
            letter.content = content.to("minister@example.invalid").encrypted(storage.vault, letter.id)
            letter.status, letter.sent_at = S.SENT, MONDAY
        return list(session.scalars(select(Letter.id).order_by(Letter.id)))


def reply(storage: Storage, letter_id: int, *head: str) -> bytes:
    about = reports.message_id(storage.vault, letter_id, "campaign.test")
    lines = (
        "From: The Minister <minister@example.invalid>",
        "To: appeals@example.org",
        "Subject: Re: Renew the cards",
        f"In-Reply-To: {about}",
        *head,
        "",
        f"We renewed the cards. This answers letter {letter_id}.",
    )
    return "\r\n".join(lines).encode()


def positive(storage: Storage, letter_id: int) -> bytes:
    fixture = next(it for it in FIXTURES if it.family == "postfix" and it.status == "5.1.1")
    back = reports.return_address(storage.vault, letter_id, BACK)
    raw = fixture.raw(back, "<other@relay.invalid>").replace(b"Action: failed", b"Action: delivered")
    return raw.replace(b"Status: 5.1.1", b"Status: 2.1.5")


def states(storage: Storage) -> Counter[LetterStatus]:
    with storage.reading() as session:
        return Counter(session.scalars(select(Letter.status)))


def test_a_hundred_letters_end_in_states_that_add_up_and_none_is_delivered_by_silence(
    storage: Storage, hundred: list[int], at: list[datetime]
) -> None:
    done: Counter[Recorded | None] = Counter()
    for letter_id, fixture in zip(hundred[:33], FIXTURES, strict=True):
        back = reports.return_address(storage.vault, letter_id, BACK)
        done[bounce_mailbox.record(storage, fixture.raw(back, "<rewritten@relay.invalid>"))] += 1
    for letter_id in hundred[33:43]:
        done[bounce_mailbox.record(storage, positive(storage, letter_id))] += 1
    for letter_id in hundred[43:53]:
        done[bounce_mailbox.record(storage, reply(storage, letter_id))] += 1
    for letter_id in hundred[53:58]:
        done[bounce_mailbox.record(storage, reply(storage, letter_id, "Auto-Submitted: auto-replied"))] += 1
    for n in range(3):  # of no letter, and in no form that anyone knows
        raw = f"From: MAILER-DAEMON@example.invalid\r\nSubject: {n}\r\n\r\nNon recapitabile."
        done[bounce_mailbox.record(storage, raw.encode())] += 1
    # Of the 33: 11 dead, 9 passing, 2 only delayed, 8 refuse us, 3 refuse the text or its size.
    by_hand = Counter(it.verdict for it in FIXTURES)
    assert by_hand == {
        Verdict.DEAD: 11, Verdict.PASSING: 9, Verdict.DELAYED: 2, Verdict.REPUTATION: 8, Verdict.CONTENT: 3,
    }  # fmt: skip
    assert done == {
        Recorded.BOUNCED: 14, Recorded.AGAIN: 9, Recorded.NOTED: 2, Recorded.HELD: 8, Recorded.DELIVERED: 10,
        Recorded.WAITS: 18,
    }  # fmt: skip
    assert states(storage) == {S.BOUNCED: 14, S.QUEUED: 17, S.DELIVERED: 10, S.SENT: 59}
    with storage.reading() as session:
        assert incoming.waiting(session) == {IncomingKind.REPLY: 10, IncomingKind.REPORT: 3, IncomingKind.REFUSAL: 8}
        assert session.scalars(select(Organisation.letters_held_at)).one() == MONDAY
        assert session.scalars(select(Official.email_bounced_at)).one() == MONDAY

    # Again is once: a mailbox read twice changes nothing.
    for letter_id in hundred[33:53]:
        assert bounce_mailbox.record(storage, positive(storage, letter_id)) in (Recorded.KNOWN, Recorded.DELIVERED)
    assert states(storage) == {S.BOUNCED: 14, S.QUEUED: 17, S.DELIVERED: 20, S.SENT: 49}

    # Silence: weeks pass, the words go, and nothing more is said than that they were sent.
    at[0] += timedelta(days=20)
    with storage.writing() as session:
        assert bounces.settle(session, at[0]) == 49
    assert states(storage) == {S.BOUNCED: 14, S.QUEUED: 17, S.DELIVERED: 20, S.SENT: 49}
    with storage.reading() as session:
        assert not session.scalars(select(Letter.id).where(Letter.status == S.SENT, Letter.content.is_not(None))).all()


def test_one_click_records_a_reply_and_the_letter_has_arrived(storage: Storage, hundred: list[int]) -> None:
    assert bounce_mailbox.record(storage, reply(storage, hundred[0])) is Recorded.WAITS
    assert bounce_mailbox.record(storage, reply(storage, hundred[0])) is Recorded.KNOWN
    who = Actor(None, "Ann")
    with storage.writing() as session:
        (mail,) = incoming.listed(session, storage.vault)
        assert mail.words.startswith("We renewed the cards.")
        assert mail.slug == "renew-the-cards"
        incoming.record_reply(session, storage.vault, who, mail.id, MONDAY)
    assert states(storage) == {S.DELIVERED: 1, S.SENT: 99}
    with storage.writing() as session:
        assert incoming.forget(session, MONDAY + timedelta(days=29)) == 0
        assert incoming.forget(session, MONDAY + timedelta(days=30)) == 1
        assert incoming.listed(session, storage.vault, handled=True) == ()
