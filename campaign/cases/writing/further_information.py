"""The chain of a case: further information goes on where an earlier action left off.

Who comes to the old page is led to the new one; the old page stays, since its names and figures are a record. Its
signing ends when the new one opens: two appeals that ask for different things would share out those who sign.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from campaign.cases.slugs import free_slug
from campaign.cases.writing import versions
from campaign.cases.writing.headings import Heading, head
from campaign.errors import Conflict, Refused
from campaign.office import audit, ownership
from campaign.office.audit import About, Actor
from campaign.publication.reading import PUBLIC
from campaign.publication.slugs import known_action
from campaign.storage import Vault
from campaign.storage.tables import Action, ActionText, ModelLetter, Official, Recipient
from campaign.vocabulary import ActionKind, ActionStatus

FOLLOWED = (ActionStatus.OPEN, ActionStatus.CLOSED, ActionStatus.ARCHIVED)


def follow(
    session: Session, vault: Vault, actor: Actor, slug: str, now: datetime, heading: Heading | None = None
) -> Action:
    """Draft the next action of the chain, filled with what the old one said: texts, letters, officials, number.

    It has no dates yet. `heading` calls it otherwise. Raises `Conflict` if there is a next one already, `Refused` for
    an action that was never public or was stopped, and for what is no title or number.
    """
    old = _whole(session, slug)
    if old.status not in FOLLOWED or old.stop_reason:
        raise Refused("Only an action that is or was open can have further information.")
    if successor(session, old) is not None:
        raise Conflict("This action already has a next action.")
    new = Action(
        case_id=old.case_id,
        slug=free_slug(session, old.slug),
        serial=old.serial,
        year=old.year,
        kind=ActionKind.FURTHER_INFORMATION,
        status=ActionStatus.DRAFT,
        previous_id=old.id,
        goal=old.goal,
        seats=old.seats,
        original_locale=old.original_locale,
        languages=list(old.languages),
        tags=list(old.tags),
        created_at=now,
        unplaced=[],
    )
    new.texts = [_text(it) for it in old.texts]
    new.letters = [_letter(it, official_id, actor, now) for (official_id, _locale), it in _newest(old).items()]
    new.recipients = _recipients(old)
    if heading is not None:
        head(new, heading)
    ownership.begin_with(new, actor)
    session.add(new)
    session.flush()
    for text in new.texts:
        versions.keep_text(session, new, text.locale, actor, f"copied from {old.number or old.slug}", now)
    about = About("action", new.id, action_id=new.id, case_id=new.case_id)
    audit.record(session, vault, actor, "further information drafted", about, now, after={"previous": old.slug})
    return new


def successor(session: Session, action: Action) -> Action | None:
    """The next action of the chain, in whatever state; one that was discarded follows nothing."""
    return session.scalars(select(Action).where(Action.previous_id == action.id)).one_or_none()


def public_successor(session: Session, action: Action) -> Action | None:
    """The next action of the chain, once it is public."""
    found = successor(session, action)
    return found if found is not None and found.status in PUBLIC else None


def _whole(session: Session, slug: str) -> Action:
    found = session.scalars(
        select(Action)
        .where(Action.slug == slug)
        .options(
            selectinload(Action.texts),
            selectinload(Action.letters),
            selectinload(Action.recipients).joinedload(Recipient.official),
        )
    ).one_or_none()
    return known_action(found, slug)


def _text(old: ActionText) -> ActionText:
    return ActionText(
        locale=old.locale,
        title=old.title,
        ask=old.ask,
        summary=old.summary,
        demands=list(old.demands),
        background=old.background,
        after_deadline=None,
    )


def _newest(old: Action) -> dict[tuple[int | None, str], ModelLetter]:
    """The newest letter for each official, as the directory knows them now, and language."""
    kept = {it.official_id: _kept(it.official) for it in old.recipients}
    # In the order of their versions.
    return {(it.official_id and kept.get(it.official_id, it.official_id), it.locale): it for it in old.letters}


def _letter(old: ModelLetter, official_id: int | None, actor: Actor, now: datetime) -> ModelLetter:
    return ModelLetter(
        official_id=official_id,
        locale=old.locale,
        version=1,
        salutation=old.salutation,
        body=old.body,
        close=old.close,
        created_at=now,
        organiser_id=actor.id,
    )


def _kept(official: Official) -> int:
    return official.merged_into_id or official.id


def _recipients(old: Action) -> list[Recipient]:
    """The same officials; who was found to be a duplicate is the one that was kept."""
    kept: dict[int, Recipient] = {}
    for it in old.recipients:
        official_id = _kept(it.official)
        if official_id not in kept:
            kept[official_id] = Recipient(official_id=official_id, role=it.role, position=len(kept) + 1)
    return list(kept.values())
