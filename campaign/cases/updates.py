"""Updates to those who asked for them: written once per language, looked at, then sent; cancelled if need be.

One that is to go at a time of its own is a draft until then, see `planned_updates`.
Writing and deciding happen here. To whom an update goes, and how it reads as a mail, is the matter of the appeals.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload, selectinload

from campaign import prose
from campaign.cases.obstacles import Obstacle, Reason, sentences
from campaign.cases.writing import placeholders
from campaign.errors import Conflict, Forbidden, Refused, Unknown
from campaign.mail import outbox
from campaign.office import audit, second_person
from campaign.office.audit import About, Actor
from campaign.office.permissions import Permission, may
from campaign.publication.reading import quoted_figures
from campaign.publication.slugs import known_action
from campaign.sentences import Sentence, joined
from campaign.storage import Vault
from campaign.storage.tables import Action, Case, Update, UpdateText
from campaign.vocabulary import ActionStatus, MessageKind, Role, UpdateStatus

LONGEST_SUBJECT, LONGEST_BODY = 200, 20_000
# An update tells of an action that people could sign, and is still spoken of.
_OVER = {
    UpdateStatus.SENT: Sentence("This update is already sent."),
    UpdateStatus.CANCELLED: Sentence("This update is already cancelled."),
}
TOLD = (ActionStatus.OPEN, ActionStatus.CLOSED, ActionStatus.ARCHIVED)


@dataclass(frozen=True)
class News:
    """An update in one language."""

    subject: str = ""
    body: str = ""

    @property
    def empty(self) -> bool:
        """Whether nothing is said."""
        return not (self.subject or self.body)

    @property
    def edit_token(self) -> str:
        """A short hash: a form carries it, so that what someone else wrote meanwhile is not overwritten."""
        return hashlib.blake2s(f"{self.subject}\0{self.body}".encode(), digest_size=8).hexdigest()


def begin(session: Session, vault: Vault, actor: Actor, slug: str, now: datetime) -> Update:
    """An empty draft. Raises `Refused` for an action that was never open, or was stopped."""
    action = session.scalars(select(Action).where(Action.slug == slug)).one_or_none()
    action = known_action(action, slug)
    _refuse_untold(action)
    if actor.id is None:
        raise AssertionError("only a person can write an update")
    made = Update(
        action_id=action.id, organiser_id=actor.id, status=UpdateStatus.DRAFT, created_at=now, reached=0, texts=[]
    )
    session.add(made)
    session.flush()
    record(session, vault, actor, "update created", action, made, now)
    return made


def write(
    session: Session,
    vault: Vault,
    actor: Actor,
    update_id: int,
    wanted: Mapping[str, News],
    edit_tokens: Mapping[str, str],
    now: datetime,
) -> None:
    """Save the texts of a draft, {language: news}; a language left empty is taken out.

    `edit_tokens` are those of the texts as they were read. One that is planned keeps its time, unless a second person
    had read it for that. Raises `Conflict` if someone else saved one meanwhile, or it is no draft any more; `Refused`
    for what is too long.
    """
    found, action = held(session, update_id, lock=True)
    if found.status is not UpdateStatus.DRAFT:
        raise Conflict("This update is already being sent and cannot be changed.")
    texts, written = {it.locale: it for it in found.texts}, False
    for locale, news in wanted.items():
        there = texts.get(locale)
        before = News(there.subject, there.body) if there is not None else News()
        if before.edit_token != edit_tokens.get(locale, News().edit_token) and before != news:
            raise Conflict("Someone else changed this update while you were writing. Both versions are below.")
        _refuse_long(news)
        if news == before:
            continue
        if there is not None and news.empty:
            found.texts.remove(there)
        elif there is not None:
            there.subject, there.body = news.subject, news.body
        else:
            found.texts.append(UpdateText(locale=locale, subject=news.subject, body=news.body))
        told = {"language": locale, "subject": news.subject, "text": news.body}
        was = {"language": locale, "subject": before.subject, "text": before.body}
        written = True
        if actor.id is not None:
            found.organiser_id = actor.id  # whoever wrote last is not the one who has read it
        record(session, vault, actor, "update written", action, found, now, *audit.changed(was, told))
    if written and found.send_at is not None and second_person.needed(session):
        planned = {"send_at": found.send_at}
        found.send_at, found.planned_by_id = None, None
        record(session, vault, actor, "update no longer planned", action, found, now, planned)
    session.flush()


def send_to_oneself(
    session: Session, vault: Vault, actor: Actor, update_id: int, now: datetime, read_in: Collection[str] = ()
) -> int:
    """Owe the one who asks a mail in each language, as supporters would get it; returns how many.

    `read_in` are the languages that supporters read in: who reads in one without a text gets another's in its frame.
    Raises `Refused` with everything that stands in the way of sending.
    """
    found, action = held(session, update_id)
    faults = obstacles(found, action)
    if faults:
        raise Refused("Not sent. %(why)s", why=joined(sentences(faults)))
    if actor.id is None:
        raise AssertionError("a test can be sent only to a person")
    languages = dict.fromkeys([*(it.locale for it in found.texts), *read_in])
    for locale in languages:
        key = trial_key(found.id, actor.id, locale, now)
        outbox.enqueue_for_organiser(session, MessageKind.UPDATE, actor.id, key, now, update_id=found.id)
    record(session, vault, actor, "test update sent", action, found, now)
    return len(languages)


def trial_key(update_id: int, organiser_id: int, locale: str, now: datetime) -> str:
    """What makes a trial's message one of a kind. Behind the third colon stands the language that it is written in."""
    return f"update-trial:{update_id}:{organiser_id}:{locale}:{now.isoformat(timespec='seconds')}"


def queue(
    session: Session, vault: Vault, actor: Actor, update_id: int, now: datetime, *, seen: str | None = None
) -> None:
    """Let it go out. The worker writes its messages, and goes on where it was if it is killed.

    `seen` is the `mark` of the texts that somebody read. Raises `Refused` with everything that stands in the way,
    `Conflict` if it is no draft any more, or not as it was read.
    """
    found, action = held(session, update_id, lock=True)
    refuse_unready(session, found, action, actor, seen)
    let_go(session, vault, actor, found, action, now)


def let_go(session: Session, vault: Vault, actor: Actor, found: Update, action: Action, now: datetime) -> None:
    """Put a draft on its way, by hand or at its time. Raises `Conflict` if it is no draft any more."""
    become(
        session,
        found,
        UpdateStatus.DRAFT,
        UpdateStatus.QUEUED,
        queued_at=now,
        send_at=None,
        planned_by_id=None,
        held_at=None,
        held_why=None,
        held_for=None,
    )
    after = {"status": UpdateStatus.QUEUED, "languages": [it.locale for it in found.texts]}
    record(session, vault, actor, "update queued", action, found, now, {"status": UpdateStatus.DRAFT}, after)


def mark(found: Update) -> str:
    """A short hash of all texts of an update: who decides on it says by this what they read."""
    told = "".join(f"{it.locale}\0{it.subject}\0{it.body}\0" for it in sorted(found.texts, key=lambda it: it.locale))
    return hashlib.blake2s(told.encode(), digest_size=8).hexdigest()


def refuse_unready(session: Session, found: Update, action: Action, actor: Actor, seen: str | None) -> None:
    """Raises `Conflict` if it is not as it was read, `Forbidden` where somebody else must send it, `Refused` with
    everything that stands in the way."""
    if seen is not None and seen != mark(found):
        raise Conflict("This update was changed after you opened the page. Read it again, then send it.")
    if needs_another(session, found, actor.id):
        raise Forbidden("You wrote this update, so someone else must read it and send it.")
    faults = obstacles(found, action)
    if faults:
        raise Refused("Not sent. %(why)s", why=joined(sentences(faults)))


def needs_another(session: Session, found: Update, organiser_id: int | None) -> bool:
    """Whether somebody else must send it: who wrote in an update last does not, where a second person looks first."""
    return found.organiser_id == organiser_id and second_person.needed(session)


def may_send(session: Session, role: Role) -> bool:
    """Whether organisers of a role may send updates: where a second person looks first, whoever may review is one."""
    return may(role, Permission.SEND) or (may(role, Permission.REVIEW) and second_person.needed(session))


def cancel(session: Session, vault: Vault, actor: Actor, update_id: int, now: datetime) -> None:
    """Throw a draft away, or stop one that is on its way: what has not left does not leave. Raises `Conflict`."""
    found, action = held(session, update_id, lock=True)
    before = found.status
    if before not in (UpdateStatus.DRAFT, UpdateStatus.QUEUED):
        raise Conflict(_OVER[before])
    become(session, found, before, UpdateStatus.CANCELLED, ended_at=now, send_at=None, held_at=None)
    after = {"status": UpdateStatus.CANCELLED}
    record(session, vault, actor, "update cancelled", action, found, now, {"status": before}, after)


def obstacles(found: Update, action: Action) -> list[Obstacle]:
    """What stands in the way of sending an update."""
    faults: list[Obstacle] = []
    if action.status not in TOLD or action.stop_reason:
        faults.append(Obstacle(Reason.NOT_PUBLIC))
    texts = {it.locale: it for it in found.texts}
    if action.original_locale not in texts:
        faults.append(Obstacle(Reason.NO_TEXT, {"language": action.original_locale}))
    for locale, text in texts.items():
        if not text.subject:
            faults.append(Obstacle(Reason.NO_SUBJECT, {"language": locale}))
        elif not text.body:
            faults.append(Obstacle(Reason.NO_TEXT, {"language": locale}))
        unknown = prose.field_keys(text.body) - set(quoted_figures(action.case.figures, locale))
        left_open = placeholders.still_open(unknown, {it.key for it in action.case.figures})
        for key in sorted(unknown):
            values = {"language": locale, "field": f"(({key}))"}
            opened = Obstacle(Reason.PLACEHOLDER, {**values, "placeholder": key})
            faults.append(opened if key in left_open else Obstacle(Reason.NO_VALUE, values))
        # A subject is sent as it was typed: nothing is filled into it.
        faults += [
            Obstacle(Reason.SUBJECT_FIELD, {"language": locale, "field": f"(({key}))"})
            for key in sorted(prose.field_keys(text.subject))
        ]
    return faults


def of_action(session: Session, action_id: int) -> Sequence[Update]:
    """The updates of an action, the newest first."""
    return session.scalars(
        select(Update).where(Update.action_id == action_id).order_by(Update.id.desc()).options(
            selectinload(Update.texts)
        )
    ).all()  # fmt: skip


def held(session: Session, update_id: int, *, lock: bool = False) -> tuple[Update, Action]:
    """An update with its texts, and its action with the figures it may quote. Raises `Unknown`."""
    wanted = select(Update).where(Update.id == update_id).options(selectinload(Update.texts))
    found = session.scalars(wanted.with_for_update() if lock else wanted).one_or_none()
    if found is None:
        raise Unknown("This update does not exist.")
    action = session.scalars(
        select(Action)
        .where(Action.id == found.action_id)
        .options(selectinload(Action.texts), joinedload(Action.case).selectinload(Case.figures))
    ).one()
    return found, action


def become(session: Session, found: Update, before: UpdateStatus, then: UpdateStatus, **values: Any) -> None:
    """Change its status by a guarded UPDATE. Raises `Conflict` if it has another by now."""
    done = session.execute(
        update(Update).where(Update.id == found.id, Update.status == before).values(status=then, **values).returning(
            Update.id
        )
    ).one_or_none()  # fmt: skip
    if done is None:
        raise Conflict("Someone else has just changed this update. Reload the page.")


def _refuse_untold(action: Action) -> None:
    if action.status not in TOLD or action.stop_reason:
        raise Refused("You cannot send an update: this action was never open, or it was stopped.")


def _refuse_long(news: News) -> None:
    if len(news.subject) > LONGEST_SUBJECT or len(news.body) > LONGEST_BODY:
        raise Refused(
            "Use %(subject)s characters at most in the subject, and %(body)s in the text.",
            subject=LONGEST_SUBJECT,
            body=LONGEST_BODY,
        )


def record(
    session: Session,
    vault: Vault,
    actor: Actor,
    what: str,
    action: Action,
    found: Update,
    now: datetime,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
    reason: str | None = None,
) -> None:
    """Note in the audit trail what somebody did with an update."""
    about = About("update", found.id, action_id=action.id, case_id=action.case_id)
    audit.record(session, vault, actor, what, about, now, before=before, after=after, reason=reason)
