"""Post runs and queues: what cannot be sent is printed, ticked off, counted; and no letter is lost from the count."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, timedelta

import pikepdf
import pytest
from sqlalchemy import event, func, select, update

from campaign.appeals.counting import letter_reports
from campaign.appeals.relay import bounces, post_runs, queue_status
from campaign.appeals.supporter import my_signature
from campaign.errors import Conflict, Gone, Refused, Unknown
from campaign.office.audit import COMMAND_LINE
from campaign.printing.sheets.envelope import Envelope
from campaign.storage import Storage
from campaign.storage.tables import (
    Action,
    AuditEvent,
    Letter,
    LetterTally,
    Official,
    Organisation,
    Recipient,
    Signature,
)
from campaign.vocabulary import ActionStatus, ChannelKind, LetterStatus, Paper, RecipientRole, SignatureStatus
from tests import made
from tests.appeals import crowd
from tests.appeals import entrusted as many
from tests.appeals.entrusted import all_of, queued, signed

MONDAY = datetime(2025, 8, 4, 6, 0, tzinfo=UTC)


@pytest.fixture
def three(storage: Storage) -> Storage:
    """An action with three letters to its one official: one came back, two are queued."""
    with storage.writing() as session:
        made.action(session, deadline=MONDAY.date() + timedelta(days=10))
    for name in ("ada", "bea", "cy"):
        queued(storage, signed(storage, f"{name}@example.org"), f"Words of {name}.")
    with storage.writing() as session:
        session.execute(
            update(Letter)
            .where(Letter.id == min(it.id for it in all_of(storage)))
            .values(status=LetterStatus.BOUNCED, problem="SMTP 550")
        )
        session.execute(update(Official).values(email_bounced_at=MONDAY))
    return storage


def begin(storage: Storage, **options: object) -> int:
    with storage.writing() as session:
        action_id, official_id = session.execute(select(Recipient.action_id, Recipient.official_id)).one()
        return post_runs.begin(
            session, storage.vault, COMMAND_LINE, action_id, official_id, Paper.A4, MONDAY, **options  # type: ignore[arg-type]
        )  # fmt: skip


def pile(storage: Storage, run_id: int) -> post_runs.Pile:
    with storage.reading() as session:
        return post_runs.pile(session, storage.vault, run_id, MONDAY)


TODAY = MONDAY.date()


def posted(storage: Storage, run_id: int, on: date = TODAY) -> int:
    with storage.writing() as session:
        return post_runs.posted(session, storage.vault, COMMAND_LINE, run_id, on, MONDAY)


def queue(storage: Storage, at: datetime = MONDAY, live: bool = False) -> queue_status.Queue:
    with storage.reading() as session:
        action_id = session.scalars(select(Action.id).order_by(Action.id)).first()
        assert action_id is not None
        (found,) = queue_status.of_action(session, action_id, at, live=live)
        assert found.total == session.scalar(select(func.count()).select_from(Letter))
    return found


def test_what_cannot_be_sent_is_printed_each_letter_on_sheets_of_its_own(three: Storage) -> None:
    run_id = begin(three)
    run = pile(three, run_id)
    assert len(run.sheets) == 3
    assert len(pikepdf.open(io.BytesIO(run.pdf())).pages) == 6  # one page each, and an empty one behind it
    assert len(pikepdf.open(io.BytesIO(run.envelopes(Envelope.DL))).pages) == 3
    assert len(pikepdf.open(io.BytesIO(run.labels())).pages) == 1
    assert {it.status for it in all_of(three)} == {LetterStatus.PRINTED}


def test_what_came_back_is_printed_first_and_then_what_would_go_last(three: Storage) -> None:
    first, second, third = sorted(it.id for it in all_of(three))
    begin(three, most=1)
    assert [it.id for it in all_of(three) if it.status is LetterStatus.PRINTED] == [first]
    with three.writing() as session:
        session.execute(update(Letter).where(Letter.id == third).values(due_at=MONDAY))
    begin(three, only=(LetterStatus.QUEUED,), most=1)
    assert [it.id for it in all_of(three) if it.status is LetterStatus.QUEUED] == [second]


@pytest.mark.databases
def test_a_letter_is_printed_in_one_run_and_never_sent_after(three: Storage) -> None:
    begin(three)
    with pytest.raises(Refused, match="No letter"):
        begin(three)
    with three.writing() as session:
        session.execute(update(Official).values(email_bounced_at=None))
        assert bounces.release(session, MONDAY) == 0


def test_a_letter_that_is_on_its_way_is_left_alone(three: Storage) -> None:
    with three.writing() as session:
        session.execute(
            update(Letter).where(Letter.status == LetterStatus.QUEUED).values(lease=b"x" * 16, leased_until=MONDAY)
        )
    assert len(pile(three, begin(three)).sheets) == 1


@pytest.mark.databases
def test_ticking_a_run_off_counts_its_letters_and_forgets_their_words(three: Storage) -> None:
    with three.writing() as session:  # the one that came back had gone by e-mail, and is counted already
        session.execute(update(Letter).where(Letter.status == LetterStatus.BOUNCED).values(sent_at=MONDAY))
    run_id = begin(three)
    assert posted(three, run_id) == 3
    assert {it.content for it in all_of(three)} == {None}
    with pytest.raises(Conflict):
        posted(three, run_id)
    with pytest.raises(Conflict, match="already deleted"):
        pile(three, run_id)
    with three.writing() as session:
        letter_reports.roll_up(session)
        assert [(it.channel, it.count) for it in session.scalars(select(LetterTally))] == [(ChannelKind.POST, 2)]
        (told,) = post_runs.of_action(session, session.scalars(select(Action.id)).one())
        assert (told.letters, told.whole, told.posted_on) == (3, 0, MONDAY.date())
        said = session.scalars(select(AuditEvent.what).order_by(AuditEvent.id)).all()
        assert list(said) == ["letters printed for the post", "letters posted"]


def test_who_takes_their_signature_back_is_printed_no_more_and_not_counted_as_posted(three: Storage) -> None:
    run = begin(three)
    with three.writing() as session:
        # The writer of the first of them takes it back; that of the second is found to be nobody.
        first, second = session.scalars(
            select(Signature).join(Letter, Letter.signature_id == Signature.id).order_by(Letter.id).limit(2)
        )
        second.status, second.counts = SignatureStatus.INVALID, False
        my_signature.take_back(session, first.reference)
    assert len(pile(three, run).sheets) == 1
    with three.reading() as session:
        kept = session.execute(select(Letter.status, Letter.content, Letter.text_hash).order_by(Letter.id)).first()
    assert kept == (LetterStatus.PRINTED, None, None)
    posted(three, run)
    with three.writing() as session:
        letter_reports.roll_up(session)
        assert session.scalar(select(func.sum(LetterTally.count)).where(LetterTally.channel == ChannelKind.POST)) == 1


def test_nothing_is_printed_or_ticked_off_that_may_not_be(three: Storage) -> None:
    run_id = begin(three, most=1)
    with pytest.raises(Refused, match="in the future"):
        posted(three, run_id, MONDAY.date() + timedelta(days=3))
    with pytest.raises(Unknown):
        posted(three, 99)
    with three.writing() as session:
        session.execute(update(Official).values(address=[]))
    with pytest.raises(Refused, match="postal address"):
        begin(three)
    with three.writing() as session:
        session.execute(
            update(Action).values(status=ActionStatus.STOPPED, ended_at=MONDAY, stop_reason={"en": "Harm."})
        )
    with pytest.raises(Gone):
        begin(three)
    with pytest.raises(Gone):
        pile(three, run_id)


def test_a_queue_says_what_is_parked_and_what_may_be_printed(three: Storage) -> None:
    told = queue(three)
    assert (told.parked, told.waiting, told.late, told.last_at, told.to_print) == (2, 0, 0, None, 3)
    assert queue_status.concerns(told) == [
        "2 letters to Sample Minister on hold: e-mail bounced. Correct the address. "
        "A posted letter would arrive after the deadline, too."
    ]
    begin(three, most=2)
    told = queue(three)
    assert (told.unposted, told.to_print) == (2, 1)


def test_a_queue_says_who_must_be_cleared_where_mail_is_real(three: Storage) -> None:
    with three.writing() as session:
        session.execute(update(Official).values(email_bounced_at=None))
    assert (queue(three).waiting, queue(three, live=True).waiting) == (0, 2)


def test_a_queue_knows_days_ahead_how_many_will_not_leave_in_time(storage: Storage) -> None:
    with storage.writing() as session:
        made.action(session, deadline=MONDAY.date() + timedelta(days=2))
        session.execute(update(Organisation).values(letters_daily=10))
    crowd.sign(storage, 40)
    many.crowd(storage, 40, 1)
    told = queue(storage)
    assert told.late == 10  # ten go on each of three days
    assert told.last_at is not None
    assert told.last_at <= MONDAY + timedelta(days=2, hours=6)
    with storage.reading() as session:
        (said,) = queue_status.flags(session, MONDAY, live=False).values()
    late = "10 letters to Sample Minister too late to send before the deadline."
    # What supporters' pages say of post two days before a deadline in Pakistan, the board does not deny.
    assert said == [f"{late} A posted letter would arrive after the deadline, too."]
    with storage.reading() as session:
        (said,) = queue_status.flags(session, MONDAY, live=False, own={"PK": 1}).values()
    assert said == [f"{late} Print them."]
    begin(storage, only=(LetterStatus.QUEUED,), most=told.late)
    assert queue(storage).late == 0


@pytest.mark.databases
def test_two_actions_that_write_to_one_official_share_their_days(storage: Storage) -> None:
    with storage.writing() as session:
        first = made.action(session, deadline=MONDAY.date() + timedelta(days=2))
        second = made.action(session, "another", deadline=MONDAY.date(), serial=57)
        session.execute(update(Organisation).values(letters_daily=10))
        official = first.recipients[0].official_id
        session.execute(update(Recipient).where(Recipient.action_id == second.id).values(official_id=official))
        ids = first.id, second.id
    crowd.sign(storage, 25)
    many.crowd(storage, 25, 1)
    with storage.writing() as session:
        some = session.scalars(select(Letter.id).order_by(Letter.id).limit(12)).all()
        session.execute(update(Letter).where(Letter.id.in_(some)).values(action_id=ids[1]))
    with storage.reading() as session:
        (later,), (sooner,) = (queue_status.of_action(session, it, MONDAY, live=False) for it in ids)
    assert (sooner.total, sooner.late) == (12, 2)
    assert (later.total, later.late) == (13, 0)


def test_after_the_deadline_what_is_left_can_be_printed_for_a_while(three: Storage) -> None:
    told = queue(three, MONDAY + timedelta(days=20))
    assert told.over
    assert "not sent before the deadline" in queue_status.concerns(told)[0]


@pytest.mark.databases
def test_the_board_asks_as_many_questions_for_many_officials_as_for_one(three: Storage) -> None:
    def asked() -> int:
        statements = []
        with three.reading() as session:
            event.listen(three.engine, "before_cursor_execute", lambda *it: statements.append(it[2]))
            queue_status.flags(session, MONDAY, live=False)
        return len(statements)

    before = asked()
    with three.writing() as session:
        action = session.scalars(select(Action)).one()
        for n in range(2, 6):
            other = made.official(name=f"Minister {n}", emails=[f"m{n}@example.invalid"])
            session.add(Recipient(action_id=action.id, official=other, role=RecipientRole.TO, position=n))
    for n in range(2, 6):
        queued(three, signed(three, f"dee{n}@example.org"), official=n)
    assert asked() == before
