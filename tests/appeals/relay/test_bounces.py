"""What came back: each kind of trouble has its own answer, and each report is recorded once."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from campaign.appeals.relay import bounces, copies
from campaign.appeals.relay.bounces import Recorded
from campaign.appeals.relay.content import Content
from campaign.mail.reports import Report, Verdict, message_id
from campaign.office import organisers
from campaign.office.audit import COMMAND_LINE
from campaign.office.organisers import Invitee
from campaign.storage import Storage
from campaign.storage.tables import Action, AuditEvent, Letter, Message, Official, Organisation, Organiser
from campaign.vocabulary import ActionStatus, LetterStatus, MessageKind, Role
from tests import made
from tests.appeals.entrusted import all_of, one, queued, signed

SENT_AT = made.NOON
LATER = made.NOON + timedelta(days=1)
ADDRESS = "minister@example.invalid"


def sent(storage: Storage, email: str = "ada@example.org") -> int:
    """The number of a letter that a server took at noon."""
    number = queued(storage, signed(storage, email))
    with storage.writing() as session:
        letter = session.get_one(Letter, number)
        content = Content.decrypted(storage.vault, letter.content or b"", number)
        letter.content = replace(content, sent_to=ADDRESS).encrypted(storage.vault, number)
        letter.status, letter.sent_at, letter.attempts = LetterStatus.SENT, SENT_AT, 3
        # The copy that its writer may have asked for has gone.
        session.execute(update(Message).where(Message.letter_id == number).values(status="sent", sent_at=SENT_AT))
    return number


@pytest.fixture
def letter(storage: Storage) -> int:
    with storage.writing() as session:
        made.action(session)
        session.execute(update(Official).values(cleared_at=made.NOON))
    return sent(storage)


def record(
    storage: Storage, number: int, verdict: Verdict, status: str = "5.1.1", at: datetime = LATER
) -> Recorded | None:
    seal = message_id(storage.vault, number, "campaign.test").partition("@")[0].rpartition(".")[2]
    with storage.writing() as session:
        return bounces.record(session, storage.vault, Report(verdict, status, ((number, seal),)), at)


def bounced_at(storage: Storage) -> datetime | None:
    with storage.reading() as session:
        return session.scalars(select(Official.email_bounced_at)).one()


def held_at(storage: Storage) -> datetime | None:
    with storage.reading() as session:
        return session.scalars(select(Organisation.letters_held_at)).one()


def owed(storage: Storage, kind: MessageKind) -> int:
    with storage.reading() as session:
        return len(session.scalars(select(Message).where(Message.kind == kind)).all())


def events(storage: Storage) -> list[str]:
    with storage.reading() as session:
        return list(session.scalars(select(AuditEvent.what).order_by(AuditEvent.id)))


@pytest.mark.parametrize(
    ("verdict", "status", "recorded", "then", "problem", "marked"),
    [
        (Verdict.DELIVERED, "2.0.0", Recorded.DELIVERED, LetterStatus.DELIVERED, None, False),
        (Verdict.DELAYED, "4.4.7", Recorded.NOTED, LetterStatus.SENT, None, False),
        (Verdict.PASSING, "4.2.2", Recorded.AGAIN, LetterStatus.QUEUED, "report 4.2.2", False),
        (Verdict.REPUTATION, "5.7.1", Recorded.HELD, LetterStatus.QUEUED, "report 5.7.1", False),
        (Verdict.CONTENT, "5.6.0", Recorded.BOUNCED, LetterStatus.BOUNCED, "content: 5.6.0", False),
        (Verdict.DEAD, "5.1.1", Recorded.BOUNCED, LetterStatus.BOUNCED, "report 5.1.1", True),
        (Verdict.DEAD, "", Recorded.BOUNCED, LetterStatus.BOUNCED, "report 5", True),
        (Verdict.CONTENT, "", Recorded.BOUNCED, LetterStatus.BOUNCED, "content: 5", False),
    ],
)
def test_each_verdict_has_its_own_answer(
    storage: Storage,
    letter: int,
    verdict: Verdict,
    status: str,
    recorded: Recorded,
    then: LetterStatus,
    problem: str | None,
    marked: bool,
) -> None:
    assert record(storage, letter, verdict, status) is recorded
    it = one(storage, letter)
    assert (it.status, it.problem) == (then, problem)
    assert bounced_at(storage) == (LATER if marked else None)
    assert held_at(storage) == (LATER if verdict is Verdict.REPUTATION else None)
    assert owed(storage, MessageKind.LETTER_RETURNED) == (1 if then is LetterStatus.BOUNCED else 0)


@pytest.mark.parametrize("verdict", [it for it in Verdict if it is not Verdict.DELAYED])
@pytest.mark.parametrize("status", [LetterStatus.BOUNCED, LetterStatus.DELIVERED, LetterStatus.QUEUED])
def test_what_is_known_or_no_longer_on_its_way_is_changed_by_no_report(
    storage: Storage, letter: int, verdict: Verdict, status: LetterStatus
) -> None:
    with storage.writing() as session:
        session.execute(update(Letter).values(status=status))
    assert record(storage, letter, verdict) is Recorded.KNOWN
    assert one(storage, letter).status is status
    assert (bounced_at(storage), held_at(storage), owed(storage, MessageKind.LETTER_RETURNED)) == (None, None, 0)


def test_a_report_without_our_seal_or_about_no_letter_decides_nothing(storage: Storage, letter: int) -> None:
    with storage.writing() as session:
        for ids in ((), ((letter, "0" * 24),)):
            assert bounces.record(session, storage.vault, Report(Verdict.DEAD, "5.1.1", ids), LATER) is None
    assert record(storage, letter + 7, Verdict.DEAD) is None
    assert one(storage, letter).status is LetterStatus.SENT


def test_a_delivery_ends_it_and_its_words_are_forgotten(storage: Storage, letter: int) -> None:
    record(storage, letter, Verdict.DELIVERED)
    assert (one(storage, letter).content, one(storage, letter).ended_at) == (None, LATER)


def test_a_full_mailbox_is_tried_again_in_six_hours_as_if_for_the_first_time(storage: Storage, letter: int) -> None:
    record(storage, letter, Verdict.PASSING, "4.2.2")
    it = one(storage, letter)
    assert (it.due_at, it.attempts, it.ended_at) == (LATER + timedelta(hours=6), 0, None)


def test_what_was_refused_because_of_us_waits_at_once_for_the_hold_to_end(storage: Storage, letter: int) -> None:
    record(storage, letter, Verdict.REPUTATION, "5.7.1")
    assert (one(storage, letter).due_at, one(storage, letter).attempts) == (LATER, 0)


@pytest.mark.parametrize("verdict", [Verdict.PASSING, Verdict.REPUTATION])
def test_what_has_no_words_any_more_cannot_be_sent_again_and_has_come_back(
    storage: Storage, letter: int, verdict: Verdict
) -> None:
    with storage.writing() as session:
        session.execute(update(Letter).values(content=None))
    record(storage, letter, verdict)
    assert one(storage, letter).status is LetterStatus.BOUNCED


def test_a_dead_address_is_marked_only_where_the_letter_went_to_it_and_it_is_still_the_first(
    storage: Storage, letter: int
) -> None:
    with storage.writing() as session:
        session.execute(update(Official).values(emails=["new@example.invalid", ADDRESS]))
    record(storage, letter, Verdict.DEAD)
    assert bounced_at(storage) is None
    assert one(storage, letter).status is LetterStatus.BOUNCED


def test_without_words_nobody_knows_to_which_address_it_went(storage: Storage, letter: int) -> None:
    with storage.writing() as session:
        session.execute(update(Letter).values(content=None))
    assert record(storage, letter, Verdict.DEAD) is Recorded.BOUNCED
    assert bounced_at(storage) is None


def test_an_address_is_marked_once_and_the_trail_says_so(storage: Storage, letter: int) -> None:
    with storage.writing() as session:
        number = session.scalars(select(Official.id)).one()
        assert bounces.mark(session, storage.vault, number, ADDRESS, LATER) is True
        assert bounces.mark(session, storage.vault, number, ADDRESS, LATER + timedelta(hours=1)) is False
        assert bounces.mark(session, storage.vault, number, "other@example.invalid", LATER) is False
        assert bounces.mark(session, storage.vault, number + 1, ADDRESS, LATER) is False
    assert bounced_at(storage) == LATER
    assert events(storage).count("contact bounced") == 1


def test_a_hold_is_told_to_admins_who_can_sign_in_and_to_nobody_else(storage: Storage, letter: int) -> None:
    with storage.writing() as session:
        for name, role in (("ada", Role.ADMIN), ("gone", Role.ADMIN), ("asked", Role.ADMIN), ("ed", Role.EDITOR)):
            who = Invitee(name.title(), f"{name}@office.example", role)
            it = organisers.add(session, storage.vault, COMMAND_LINE, who, made.NOON)
            it.active, it.password = name != "gone", None if name == "asked" else "a hash"
    with storage.writing() as session:
        assert bounces.hold(session, storage.vault, LATER) is True
        assert bounces.hold(session, storage.vault, LATER + timedelta(hours=1)) is False
    assert held_at(storage) == LATER
    assert events(storage).count("sending of letters held") == 1
    with storage.reading() as session:
        told = session.scalars(
            select(Organiser.email)
            .join(Message, Message.organiser_id == Organiser.id)
            .where(Message.kind == MessageKind.LETTERS_HELD)
        ).all()
    assert told == ["ada@office.example"]


def bounced(storage: Storage, letter: int, **values: object) -> None:
    with storage.writing() as session:
        state = {"status": LetterStatus.BOUNCED, "problem": "report 5.1.1", "ended_at": LATER, **values}
        session.execute(update(Letter).where(Letter.id == letter).values(**state))


def release(storage: Storage, most: int = 500) -> int:
    with storage.writing() as session:
        return bounces.release(session, LATER, most)


def test_what_came_back_is_queued_afresh_once_the_address_is_right(storage: Storage, letter: int) -> None:
    bounced(storage, letter)
    assert (release(storage), release(storage)) == (1, 0)
    it = one(storage, letter)
    assert (it.status, it.due_at, it.attempts, it.problem, it.ended_at) == (LetterStatus.QUEUED, LATER, 0, None, None)


def test_a_trouble_that_nobody_named_is_no_reason_to_keep_it(storage: Storage, letter: int) -> None:
    bounced(storage, letter, problem=None)
    assert release(storage) == 1


@pytest.mark.parametrize("why", ["the address is marked", "refused for its words", "no words", "closed", "nobody's"])
def test_what_cannot_or_should_not_go_again_stays_where_it_is(storage: Storage, letter: int, why: str) -> None:
    changes: dict[str, dict[str, object]] = {
        "refused for its words": {"problem": "content: 5.6.0"},
        "no words": {"content": None},
        "nobody's": {"signature_id": None},
    }
    bounced(storage, letter, **changes.get(why, {}))
    with storage.writing() as session:
        if why == "the address is marked":
            session.execute(update(Official).values(email_bounced_at=LATER))
        if why == "closed":
            session.execute(update(Action).values(status=ActionStatus.CLOSED, ended_at=LATER))
    assert release(storage) == 0
    assert one(storage, letter).status is LetterStatus.BOUNCED


def test_they_are_released_and_settled_so_many_at_a_time_the_eldest_first(storage: Storage, letter: int) -> None:
    second = sent(storage, "ben@example.org")
    for number in (letter, second):
        bounced(storage, number)
    assert release(storage, most=1) == 1
    assert [it.status for it in all_of(storage)] == [LetterStatus.QUEUED, LetterStatus.BOUNCED]
    with storage.writing() as session:
        session.execute(update(Letter).values(status=LetterStatus.SENT, sent_at=SENT_AT))
        assert bounces.settle(session, SENT_AT + timedelta(days=14), most=1) == 1
    assert [it.content is None for it in all_of(storage)] == [True, False]


@pytest.mark.parametrize(
    ("status", "after", "settled"),
    [
        (LetterStatus.SENT, timedelta(days=14), 1),
        (LetterStatus.SENT, timedelta(days=14, seconds=-1), 0),
        (LetterStatus.DELIVERED, timedelta(hours=1), 1),  # it arrived, and no copy of it is owed any more
        (LetterStatus.BOUNCED, timedelta(days=30), 0),
        (LetterStatus.QUEUED, timedelta(days=30), 0),
    ],
)
def test_words_of_what_nothing_is_heard_of_are_kept_for_two_weeks(
    storage: Storage, letter: int, status: LetterStatus, after: timedelta, settled: int
) -> None:
    with storage.writing() as session:
        session.execute(update(Letter).values(status=status))
        assert bounces.settle(session, SENT_AT + after) == settled
        assert bounces.settle(session, SENT_AT + after) == 0
    it = one(storage, letter)
    assert (it.status, it.content is None) == (status, bool(settled))
    assert it.ended_at == (SENT_AT + after if settled else None)


def test_what_ended_before_keeps_its_hour_and_a_copy_that_is_owed_keeps_the_words(
    storage: Storage, letter: int
) -> None:
    with storage.writing() as session:
        signature = session.get_one(Letter, letter).signature_id
        assert signature is not None
        copies.owe(session, signature, letter, LATER)
        session.execute(update(Letter).values(status=LetterStatus.DELIVERED, ended_at=LATER))
        assert bounces.settle(session, LATER + timedelta(hours=1)) == 0
        session.execute(update(Message).where(Message.letter_id == letter).values(status="sent", sent_at=LATER))
        assert bounces.settle(session, LATER + timedelta(hours=2)) == 1
    assert one(storage, letter).ended_at == LATER
