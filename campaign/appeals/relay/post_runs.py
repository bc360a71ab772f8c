"""Post runs: letters that could not be sent by e-mail, or would come too late, are printed and go by post."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, func, select, update
from sqlalchemy.orm import Session

from campaign import clock
from campaign.appeals.relay import owed_news, queue
from campaign.appeals.relay.content import Content, addressee_of, label_of
from campaign.errors import Conflict, Refused, Unknown
from campaign.language import ORIGINAL
from campaign.office import audit
from campaign.office.audit import About, Actor
from campaign.printing.addressee import Addressee
from campaign.printing.sheets.envelope import Envelope, EnvelopeSheet, envelopes_pdf
from campaign.printing.sheets.labels import labels_pdf
from campaign.printing.sheets.letter import LetterSheet
from campaign.printing.sheets.post_run import post_run_pdf
from campaign.publication.stopping import refuse_if_stopped
from campaign.storage import Vault, guarded
from campaign.storage.tables import Action, Case, Letter, Official, Organisation, PostRun, Signature
from campaign.vocabulary import ChannelKind, LetterStatus, MessageKind, Paper, SignatureStatus

# Letters of one run: a file that is laid out in seconds, and a pile that goes through a printer at once.
MOST = 100
_PRINTABLE = (LetterStatus.QUEUED, LetterStatus.BOUNCED)


@dataclass(frozen=True)
class Run:
    """One post run. `letters` is how many it holds, `whole` how many of them still have their words."""

    id: int
    action_id: int
    official_id: int
    official: str
    paper: Paper
    letters: int
    whole: int
    created_at: datetime
    posted_on: date | None


@dataclass(frozen=True)
class Pile:
    """What is to be printed of a run, read and decrypted: no session hangs on it, so that it can be laid out outside of
    any transaction."""

    sheets: tuple[LetterSheet, ...]
    paper: Paper
    addressee: Addressee
    sender: tuple[str, ...]

    def pdf(self) -> bytes:
        """The letters as one file, each on its own sheets."""
        return post_run_pdf(self.sheets, self.paper)

    def envelopes(self, envelope: Envelope) -> bytes:
        """An envelope for each letter."""
        one = EnvelopeSheet(ORIGINAL, self.addressee, self.sender)
        return envelopes_pdf([one] * len(self.sheets), envelope)

    def labels(self) -> bytes:
        """A label for each letter, to stick on envelopes of any size."""
        return labels_pdf([self.addressee] * len(self.sheets), self.paper)


def begin(
    session: Session,
    vault: Vault,
    actor: Actor,
    action_id: int,
    official_id: int,
    paper: Paper,
    now: datetime,
    only: Collection[LetterStatus] = _PRINTABLE,
    most: int = MOST,
) -> int:
    """Take letters to one official out of the queue to be printed, what came back first; the id of the new run.

    From this moment on none of them is sent by e-mail. `only` may leave the queued or the bounced alone. Raises
    `Gone` if the action was stopped, `Refused` if nothing is there to print.
    """
    action, official = session.get(Action, action_id), session.get(Official, official_id)
    if action is None or official is None:
        raise Unknown("This action or official does not exist.")
    refuse_if_stopped(action)
    if not official.address:
        raise Refused("This official has no postal address. Add one first.")
    run = PostRun(
        action_id=action_id,
        official_id=official_id,
        paper=paper,
        organiser_id=actor.id,
        created_at=now,
        posted_on=None,
    )
    session.add(run)
    session.flush()
    taken = _take(session, run, tuple(set(only) & set(_PRINTABLE)), min(most, MOST))
    if not taken:
        raise Refused("No letters to this official are waiting to be printed.")
    after = {"letters": taken, "paper": paper}
    audit.record(session, vault, actor, "letters printed for the post", _about(run), now, after=after)
    return run.id


def pile(session: Session, vault: Vault, run_id: int, now: datetime) -> Pile:
    """What a run prints, as often as it is asked for until it is posted. Raises `Conflict` once its words are gone."""
    run = one(session, run_id)
    action = session.get_one(Action, run.action_id)
    refuse_if_stopped(action)
    zone = session.scalars(select(Case.time_zone).where(Case.id == action.case_id)).one()
    whole = select(Letter.id, Letter.content).where(_whole(run_id)).order_by(Letter.locale, Letter.id)
    encrypted = session.execute(whole).all()
    if not encrypted:
        raise Conflict("These letters are already deleted. They were posted or withdrawn.")
    day = clock.local_day(now, zone)
    contents = [Content.decrypted(vault, text, letter_id) for letter_id, text in encrypted if text is not None]
    return Pile(
        sheets=tuple(it.sheet(day, addressee_of(run.official, it.locale)) for it in contents),
        paper=run.paper,
        addressee=addressee_of(run.official, ORIGINAL),
        sender=tuple(session.scalars(select(Organisation.postal_address)).one()),
    )


def posted(session: Session, vault: Vault, actor: Actor, run_id: int, on: date, now: datetime) -> int:
    """Tick a run off: its letters are counted and their words forgotten; returns how many there are.

    Raises `Refused` for a day ahead, `Conflict` if it was ticked off already.
    """
    if on > (now + timedelta(days=1)).date():  # a day of grace: in the office's zone tomorrow may have begun
        raise Refused("This day is in the future. Mark the letters as posted once they have gone.")
    run = one(session, run_id)
    ticked = guarded.change(session, PostRun, PostRun.id == run_id, PostRun.posted_on.is_(None), posted_on=on)
    if not ticked:
        raise Conflict("These letters are already marked as posted.")
    # What is printed no more is not counted; one that went by e-mail first, and came back, is counted already.
    new = session.scalar(select(func.count(Letter.id)).where(_whole(run_id), Letter.sent_at.is_(None))) or 0
    ended = guarded.rows(
        session,
        update(Letter).where(Letter.post_run_id == run_id).values(content=None, ended_at=now).returning(Letter.id),
    ).all()
    for (letter_id,) in ended:
        owed_news.enqueue_of(session, letter_id, MessageKind.LETTER_POSTED, now)
    queue.count(session, run.action_id, ChannelKind.POST, new, now)
    after = {"on": on, "letters": len(ended)}
    audit.record(session, vault, actor, "letters posted", _about(run), now, after=after)
    return len(ended)


def of_action(session: Session, action_id: int) -> tuple[Run, ...]:
    """All runs of an action, the newest first."""
    rows = session.execute(
        select(PostRun, Official, func.count(Letter.id), func.count(Letter.content))
        .join(Official, Official.id == PostRun.official_id)
        .outerjoin(Letter, Letter.post_run_id == PostRun.id)
        .where(PostRun.action_id == action_id)
        .group_by(PostRun.id, Official.id)
        .order_by(PostRun.id.desc())
    )
    return tuple(
        Run(
            id=run.id,
            action_id=action_id,
            official_id=official.id,
            official=label_of(official, ORIGINAL),
            paper=run.paper,
            letters=letters,
            whole=whole,
            created_at=run.created_at,
            posted_on=run.posted_on,
        )
        for run, official, letters, whole in rows
    )


def one(session: Session, run_id: int) -> PostRun:
    """A run by its number. Raises `Unknown`."""
    found = session.get(PostRun, run_id)
    if found is None:
        raise Unknown("This post run does not exist.")
    return found


def _whole(run_id: int) -> ColumnElement[bool]:
    # A signature may have been taken back, or found to be false, since the run was begun.
    stands = exists().where(Signature.id == Letter.signature_id, Signature.status == SignatureStatus.CONFIRMED)
    return and_(Letter.post_run_id == run_id, Letter.content.is_not(None), stands.correlate(Letter))


def _take(session: Session, run: PostRun, only: Collection[LetterStatus], most: int) -> int:
    chosen = (
        select(Letter.id)
        .join(Signature, Signature.id == Letter.signature_id)
        .where(
            Letter.action_id == run.action_id,
            Letter.official_id == run.official_id,
            Letter.status.in_(only),
            Letter.lease.is_(None),
            Letter.content.is_not(None),
            Signature.status == SignatureStatus.CONFIRMED,
        )
        # What came back has waited longest; of the queue, the last to go would be the latest.
        .order_by(Letter.status != LetterStatus.BOUNCED, Letter.due_at.desc(), Letter.id.desc())
        .limit(most)
    )
    return guarded.change(
        session,
        Letter,
        Letter.id.in_(chosen.scalar_subquery()),
        Letter.status.in_(only),
        Letter.lease.is_(None),
        status=LetterStatus.PRINTED,
        post_run_id=run.id,
    )


def _about(run: PostRun) -> About:
    return About("post run", run.id, action_id=run.action_id)
