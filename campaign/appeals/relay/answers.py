""" "Did they answer?": asked once, weeks after a letter went, of who wished to be asked; counted for the official.

Whoever holds the link from the mail answers, without an account; looking answers nothing. What they say is a word on
the letter's row. An answer's text, if they hand it in, lies encrypted beside what comes in by mail, for an organiser.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session

from campaign import clock
from campaign.appeals.relay import incoming
from campaign.appeals.relay.content import label_of
from campaign.appeals.signing.by_reference import no_longer_valid
from campaign.errors import Conflict, Refused
from campaign.mail import outbox
from campaign.mail.reports import Mail
from campaign.publication.stopping import refuse_if_stopped
from campaign.storage import Vault, guarded
from campaign.storage.tables import Action, Case, IncomingMail, Letter, Official, PostRun, Signature
from campaign.vocabulary import IncomingKind, LetterAnswer, MessageKind, SignatureStatus

# Offices take their time, and a writer should still know which letter is meant.
ASKED_AFTER = timedelta(days=28)
# Counts of what writers say are shown in public from so many on: one alone tells who it was.
LEAST_TOLD = 5
LONGEST = 10_000  # characters of an answer


@dataclass(frozen=True)
class Question:
    """A letter whose writer is asked. `went_on` is the day it was sent or posted."""

    letter_id: int
    official_id: int
    official: str
    went_on: date
    answer: LetterAnswer | None
    handed_in: bool


@dataclass(frozen=True)
class Told:
    """Of the letters to one official that went: how many there are, and what their writers say of an answer."""

    letters: int = 0
    answered: int = 0
    silent: int = 0
    unknown: int = 0

    @property
    def public(self) -> bool:
        """Whether so many have spoken that nobody can be told from the counts."""
        return self.answered + self.silent >= LEAST_TOLD


def owe(session: Session, letter: Letter, now: datetime) -> None:
    """Owe its writer the question, weeks after the letter went at `now`. One that goes again is asked of later."""
    if not letter.ask_answer or letter.signature_id is None:
        return
    key, due_at = f"{MessageKind.LETTER_ANSWERED}:{letter.id}", now + ASKED_AFTER
    if not outbox.enqueue_of_letter(
        session, MessageKind.LETTER_ANSWERED, letter.signature_id, letter.id, key, now, due_at
    ):
        outbox.put_off(session, key, due_at)


def asked(session: Session, letter_id: int | None, locale: str) -> Question:
    """The letter that a link is about. Raises `Gone` if there is nothing to ask: never sent, erased, taken back, or of
    an action that was stopped."""
    handed_in = exists().where(IncomingMail.letter_id == Letter.id, IncomingMail.kind == IncomingKind.HANDED_IN)
    row = session.execute(
        select(Letter, Official, Action, Case.time_zone, PostRun.posted_on, handed_in)
        .join(Signature, Signature.id == Letter.signature_id)
        .join(Official, Official.id == Letter.official_id)
        .join(Action, Action.id == Letter.action_id)
        .join(Case, Case.id == Action.case_id)
        .outerjoin(PostRun, PostRun.id == Letter.post_run_id)
        .where(Letter.id == letter_id, _went(), *_WHOSE)
    ).one_or_none()
    if row is None:
        raise no_longer_valid()
    letter, official, action, zone, posted_on, handed = row
    refuse_if_stopped(action)
    return Question(
        letter_id=letter.id,
        official_id=official.id,
        official=label_of(official, locale),
        went_on=posted_on or clock.local_day(letter.sent_at or letter.created_at, zone),
        answer=letter.answer,
        handed_in=handed,
    )


def tell(session: Session, letter_id: int | None, answer: LetterAnswer) -> None:
    """Record what its writer says; a later word takes the place of an earlier one. Raises `Gone` as `asked` does."""
    found = asked(session, letter_id, "en")
    guarded.change(session, Letter, Letter.id == found.letter_id, answer=answer)


def hand_in(session: Session, vault: Vault, letter_id: int | None, words: str, now: datetime) -> None:
    """Keep an answer's text for an organiser to read: once of each letter, encrypted, without the writer's name.

    Raises `Gone` as `asked` does, `Refused` for one that is empty or too long, `Conflict` if there is one already.
    """
    found = asked(session, letter_id, "en")
    if not words:
        raise Refused("Paste the text of the reply, then press the button.")
    if len(words) > LONGEST:
        raise Refused("This is too long. Leave out what is not part of the reply.")
    letter = session.get_one(Letter, found.letter_id)
    mail = Mail(IncomingKind.HANDED_IN, "", "", words, ())
    # What it is known by says nothing of its words: a letter has one.
    if not incoming.keep(session, vault, f"handed in {letter.id}".encode(), mail, letter, now):
        raise Conflict("You have already given us the reply to this letter.")


def of_official(session: Session, official_id: int) -> Told:
    """Of all letters that we sent or posted to an official."""
    return _counted(session, Letter.official_id == official_id).get(official_id, Told())


def of_action(session: Session, action_id: int) -> dict[int, Told]:
    """{official: the same of one action}; of those to whom a letter went."""
    return _counted(session, Letter.action_id == action_id)


def _counted(session: Session, which: ColumnElement[bool]) -> dict[int, Told]:
    said = [func.count(case((Letter.answer == it, 1))) for it in LetterAnswer]
    rows = session.execute(
        select(Letter.official_id, func.count(), *said)
        .outerjoin(PostRun, PostRun.id == Letter.post_run_id)
        .where(which, _went())
        .group_by(Letter.official_id)
    )
    return {official_id: Told(letters, *counts) for official_id, letters, *counts in rows}


def _went() -> ColumnElement[bool]:
    return or_(Letter.sent_at.is_not(None), and_(Letter.post_run_id.is_not(None), PostRun.posted_on.is_not(None)))


# As for the mail: only of who still has an address here.
_WHOSE = (Signature.status == SignatureStatus.CONFIRMED, Signature.email.is_not(None))
