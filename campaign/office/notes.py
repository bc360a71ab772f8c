"""Notes on an action: what organisers tell each other about it, and whom a note mentions. Never anything public."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from campaign.errors import Refused, Unknown
from campaign.office import audit, mail_choices, ownership
from campaign.office.audit import About, Actor
from campaign.office.ownership import Person
from campaign.storage import Vault, guarded
from campaign.storage.tables import Action, ActionText, Mention, Note, Organisation, Organiser
from campaign.vocabulary import ActionStatus, OfficeEvent

LONGEST = 2_000
# How long "My actions" shows that somebody mentioned one.
SHOWN_FOR = timedelta(days=14)


@dataclass(frozen=True)
class Shown:
    """A note of an action: by whom, when, and whom it mentions."""

    id: int
    text: str
    writer_id: int
    writer: str
    at: datetime
    mentioned: tuple[str, ...]


@dataclass(frozen=True)
class Mentioned:
    """That somebody mentioned one, on which action."""

    who: str
    slug: str
    title: str
    at: datetime


def of_action(session: Session, action_id: int) -> tuple[Shown, ...]:
    """The notes of an action, the newest first. Two queries."""
    rows = session.execute(
        select(Note, Organiser.name)
        .join(Organiser, Organiser.id == Note.organiser_id)
        .where(Note.action_id == action_id)
        .order_by(Note.id.desc())
    ).all()
    named: dict[int, list[str]] = {}
    for note_id, name in session.execute(
        select(Mention.note_id, Organiser.name)
        .join(Organiser, Organiser.id == Mention.organiser_id)
        .where(Mention.note_id.in_([note.id for note, _ in rows]))
        .order_by(Organiser.name)
    ):
        named.setdefault(note_id, []).append(name)
    return tuple(
        Shown(note.id, note.text, note.organiser_id, name, note.created_at, tuple(named.get(note.id, ())))
        for note, name in rows
    )


def mentioned_in(text: str, people: Collection[Person]) -> frozenset[int]:
    """Whom a text names behind an @: by their whole name, or by a first name that nobody else has. A rule of values.

    Capitals make no difference. Of two names of which one begins like the other, the longer one is meant.
    """
    folded = " ".join(text.casefold().split())
    by_name: dict[str, set[int]] = {}
    for person in people:
        whole = " ".join(person.name.casefold().split())
        for name in {whole, whole.split(" ")[0]}:
            by_name.setdefault(name, set()).add(person.id)
    names = sorted((name for name, found in by_name.items() if name and len(found) == 1), key=len, reverse=True)
    found: set[int] = set()
    for behind in folded.split("@")[1:]:
        meant = (it for it in names if behind.startswith(it) and not behind[len(it) : len(it) + 1].isalnum())
        found |= by_name.get(next(meant, ""), set())
    return frozenset(found)


def add(
    session: Session, vault: Vault, actor: Actor, slug: str, text: str, chosen: Collection[int], now: datetime
) -> int:
    """A new note, which mentions whom it names behind an @ and whom its writer chose; returns its number.

    Only who works here and sees the action can be mentioned, and nobody by themselves. Raises `Refused` for a text that
    is empty or too long, or for somebody who cannot be mentioned.
    """
    action = ownership.looked_after(session, slug)
    if actor.id is None:
        raise AssertionError("a note is written by somebody")
    if not text or len(text) > LONGEST:
        raise Refused("Write a note of at most 2,000 characters.")
    people = ownership.read(session, action.id).everyone
    if not {it.id for it in people}.issuperset(chosen):
        raise Refused("Choose someone who works here.")
    note = Note(action_id=action.id, organiser_id=actor.id, text=text, created_at=now)
    session.add(note)
    session.flush()
    whom = (mentioned_in(text, people) | set(chosen)) - {actor.id}
    session.add_all(Mention(note_id=note.id, organiser_id=it) for it in sorted(whom))
    session.flush()
    # Never its words: the trail stays for good, and a note may speak of people at risk.
    audit.record(session, vault, actor, "note added", _about(action, note.id), now)
    return note.id


def remove(session: Session, vault: Vault, actor: Actor, slug: str, note_id: int, now: datetime) -> None:
    """Delete a note of one's own. Raises `Unknown` for any other."""
    action = ownership.looked_after(session, slug)
    mine = (Note.id == note_id, Note.action_id == action.id, Note.organiser_id == actor.id)
    if not guarded.remove(session, Note, *mine):
        raise Unknown("There is no such note.")
    audit.record(session, vault, actor, "note removed", _about(action, note_id), now)


def lately(session: Session, organiser_id: int, now: datetime) -> tuple[Mentioned, ...]:
    """Who mentioned somebody in the last days, the newest first."""
    return _told(session, _mentions(organiser_id).where(Note.created_at >= now - SHOWN_FOR))


def for_digest(session: Session, organiser_id: int, now: datetime) -> tuple[Mentioned, ...]:
    """Who mentioned somebody between yesterday's daily mail and today's: each is told once, however late a mail is.

    Nobody, if they want no e-mail of it.
    """
    reader = session.get(Organiser, organiser_id)
    if reader is None or mail_choices.unwanted(reader, OfficeEvent.MENTION):
        return ()
    zone, hour = session.execute(select(Organisation.time_zone, Organisation.digest_hour)).one()
    until = now.astimezone(ZoneInfo(zone)).replace(hour=hour, minute=0, second=0, microsecond=0)
    between = (Note.created_at >= until - timedelta(days=1), Note.created_at < until)
    return _told(session, _mentions(organiser_id).where(*between))


def _mentions(organiser_id: int) -> Select[str, str, str | None, datetime]:
    return (
        select(Organiser.name, Action.slug, ActionText.title, Note.created_at)
        .join(Note, Note.organiser_id == Organiser.id)
        .join(Mention, Mention.note_id == Note.id)
        .join(Action, Action.id == Note.action_id)
        .outerjoin(ActionText, (ActionText.action_id == Action.id) & (ActionText.locale == Action.original_locale))
        .where(
            Mention.organiser_id == organiser_id,
            Action.discarded_at.is_(None),
            Action.status != ActionStatus.ARCHIVED,
        )
        .order_by(Note.id.desc())
    )


def _told(session: Session, statement: Select[str, str, str | None, datetime]) -> tuple[Mentioned, ...]:
    return tuple(Mentioned(who, slug, title or slug, at) for who, slug, title, at in session.execute(statement))


def _about(action: Action, note_id: int) -> About:
    return About("note", note_id, action_id=action.id, case_id=action.case_id)
