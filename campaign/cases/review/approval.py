"""Review and publication: a second person looks before an action opens, and what the checks stop does not open.

Checks are made outside (`campaign.cases.review.inspection` reads, measures; `campaign.cases.review.checks` judges) and
handed in with the revision they saw: if it is not the revision that is there now, nothing is decided on them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from campaign import clock
from campaign.cases.lifecycle import opening_and_closing
from campaign.cases.review.checks import Check, stops, warnings
from campaign.errors import Conflict, Forbidden, Refused, Unknown
from campaign.office import audit, review_mails, second_person
from campaign.office.audit import About, Actor
from campaign.office.states import called
from campaign.office.webhooks import notices
from campaign.publication.slugs import known_action
from campaign.sentences import Sentence, joined
from campaign.storage import Vault
from campaign.storage.tables import Action, Remark
from campaign.vocabulary import ActionStatus, OfficeEvent

LONGEST_REMARK = 4_000


@dataclass(frozen=True)
class Judged:
    """What the checks found in an action at one revision."""

    revision: int
    found: tuple[Check, ...]


def publish(session: Session, vault: Vault, actor: Actor, slug: str, judged: Judged, now: datetime) -> Action:
    """Open an action now. Raises `Refused` with every reason: checks that stop it, a review that is missing."""
    action = _at(session, slug, judged.revision)
    _refuse_unready(session, action, judged)
    return _open(session, vault, actor, action, judged, now)


def publish_at(
    session: Session, vault: Vault, actor: Actor, slug: str, judged: Judged, at: datetime, now: datetime
) -> None:
    """Let it open by itself at an instant. The checks are made again then. Raises as `publish` does."""
    action = _at(session, slug, judged.revision)
    _refuse_unready(session, action, judged)
    if at <= now:
        raise Refused("This time has passed. Choose a later time, or publish now.")
    if action.deadline is None or not clock.signing_open(at, action.deadline, action.case.time_zone):
        raise Refused("That time is after the deadline. Choose an earlier time.")
    action.opens_at = at
    session.flush()
    audit.record(session, vault, actor, "opening scheduled", _about(action), now, after={"opens_at": at})


def publish_not_yet(session: Session, vault: Vault, actor: Actor, slug: str, now: datetime) -> None:
    """Let it not open by itself after all; an approval stands."""
    action = _named(session, slug)
    if action.opens_at is None or action.status not in {ActionStatus.DRAFT, ActionStatus.IN_REVIEW}:
        raise Conflict("This action has no scheduled opening.")
    before, action.opens_at = action.opens_at, None
    session.flush()
    audit.record(session, vault, actor, "scheduled opening cancelled", _about(action), now, before={"opens_at": before})


def due(session: Session, now: datetime) -> Sequence[str]:
    """The slugs of actions whose hour of opening has come."""
    return session.scalars(
        select(Action.slug).where(
            Action.status.in_((ActionStatus.DRAFT, ActionStatus.IN_REVIEW)), Action.opens_at <= now
        )
    ).all()


def open_due(session: Session, vault: Vault, slug: str, judged: Judged, now: datetime) -> bool:
    """Open an action whose hour has come; False if something stands in its way.

    Then it stays as it is, its hour is taken back, and the audit trail says why. Raises `Conflict` if it was changed
    in this moment: the next sweep sees it as it is then.
    """
    action = _at(session, slug, judged.revision)
    if action.opens_at is None or action.opens_at > now:
        raise Conflict("This action is not scheduled to open.")
    why: list[Sentence] = [check.says for check in stops(judged.found)] or opening_and_closing.obstacles(
        action, action.deadline, now
    )
    if _awaits_review(session, action):
        why.append(Sentence("Nobody has approved it yet."))
    if why:
        before, action.opens_at = action.opens_at, None
        session.flush()
        audit.record(
            session,
            vault,
            audit.SCHEDULE,
            "scheduled opening failed",
            _about(action),
            now,
            before={"opens_at": before},
            reason=str(joined(why)),
        )
        notices.tell(session, OfficeEvent.HELD, action.case_id, now)
        return False
    _open(session, vault, audit.SCHEDULE, action, judged, now)
    return True


def submit(session: Session, vault: Vault, actor: Actor, slug: str, judged: Judged, now: datetime) -> None:
    """Put a draft forward for review, and owe those who may look at it a mail.

    Raises `Refused` while checks stop it: nobody is asked to look at what could not open. `Conflict` if it is no draft
    any more, or not as it was checked.
    """
    if _at(session, slug, judged.revision).status is ActionStatus.DRAFT:
        _refuse_stopped(judged)
    action = _moved(
        session, slug, ActionStatus.DRAFT, ActionStatus.IN_REVIEW, submitted_by_id=actor.id, submitted_at=now
    )
    audit.record(session, vault, actor, "action submitted for review", _about(action), now, after=_seen(judged))
    review_mails.owe(session, action, now)


def remind(session: Session, vault: Vault, actor: Actor, slug: str, now: datetime) -> int:
    """Owe those who may approve it another mail; returns to how many. Raises `Conflict` if it does not wait for them,
    `Refused` if each of them got one today, or there is nobody."""
    action = _named(session, slug)
    if action.status is not ActionStatus.IN_REVIEW or action.approved_at is not None:
        raise Conflict("This action is not waiting for review.")
    mails = review_mails.owe(session, action, now)
    if not mails:
        raise Refused("All reviewers were already e-mailed today. You can remind them again tomorrow.")
    audit.record(session, vault, actor, "reviewers reminded", _about(action), now, after={"mails": mails})
    return mails


def approve(session: Session, vault: Vault, actor: Actor, slug: str, judged: Judged, now: datetime) -> None:
    """Say yes to what someone else put forward. Raises `Forbidden` to who put it forward or changed it last, `Refused`
    while checks stop it, `Conflict` if it is not in review, or not as the reviewer saw it."""
    action = _at(session, slug, judged.revision)
    if action.status is not ActionStatus.IN_REVIEW:
        raise Conflict("This action is not in review.")
    if action.submitted_by_id == actor.id:
        raise Forbidden("You submitted this or changed it last, so someone else must approve it.")
    _refuse_stopped(judged)
    action.approved_by_id, action.approved_at = actor.id, now
    session.flush()
    audit.record(session, vault, actor, "action approved", _about(action), now, after=_seen(judged))


def send_back(session: Session, vault: Vault, actor: Actor, slug: str, why: str, now: datetime) -> None:
    """Say not yet: it is a draft again, with a remark that says why. Raises `Refused` without one."""
    action = _moved(
        session,
        slug,
        ActionStatus.IN_REVIEW,
        ActionStatus.DRAFT,
        approved_by_id=None,
        approved_at=None,
        opens_at=None,
    )
    remark(session, vault, actor, slug, "whole", why, now)
    audit.record(session, vault, actor, "action sent back", _about(action), now, reason=why)


def remark(session: Session, vault: Vault, actor: Actor, slug: str, part: str, text: str, now: datetime) -> Remark:
    """Remark on a part of an action: "whole", "text:en", "letter:ur" and the like. Raises `Refused` if it is empty."""
    action = _named(session, slug)
    words = text.strip()
    if not words or len(words) > LONGEST_REMARK or len(part) > 80:
        raise Refused("Say what should be changed, in 4,000 characters at most.")
    if actor.id is None:
        raise Refused("Only a person can comment.")
    made = Remark(action_id=action.id, organiser_id=actor.id, part=part, text=words, created_at=now)
    session.add(made)
    session.flush()
    about = About("remark", made.id, action_id=action.id, case_id=action.case_id)
    audit.record(session, vault, actor, "comment added", about, now, after={"part": part, "text": words})
    return made


def settle(session: Session, vault: Vault, actor: Actor, slug: str, remark_id: int, now: datetime) -> None:
    """What a remark asked for is done, or was talked over. Raises `Unknown` if there is no such open remark."""
    action = _named(session, slug)
    settled = session.execute(
        update(Remark)
        .where(Remark.id == remark_id, Remark.action_id == action.id, Remark.settled_at.is_(None))
        .values(settled_at=now, settled_by_id=actor.id)
        .returning(Remark.id)
    ).one_or_none()
    if settled is None:
        raise Unknown("This comment is not open.")
    about = About("remark", remark_id, action_id=action.id, case_id=action.case_id)
    audit.record(session, vault, actor, "comment resolved", about, now)


def _seen(judged: Judged) -> dict[str, int]:
    """For the trail: which state of the action it was that somebody saw as they decided."""
    return {"revision": judged.revision}


def review_needed(session: Session) -> bool:
    """Whether a second person looks first: the office's rule, where there are two who may."""
    return second_person.needed(session)


def _refuse_unready(session: Session, action: Action, judged: Judged) -> None:
    if action.status not in {ActionStatus.DRAFT, ActionStatus.IN_REVIEW}:
        raise Conflict("This action is %(status)s and cannot be published.", status=called(action.status))
    opening_and_closing.refuse_if_discarded(action)
    _refuse_stopped(judged)
    if _awaits_review(session, action):
        raise Refused("Not published. A second person must approve it first.")


def _refuse_stopped(judged: Judged) -> None:
    why = stops(judged.found)
    if why:
        raise Refused("Fix this first. %(why)s", why=joined(it.says for it in why))


def _awaits_review(session: Session, action: Action) -> bool:
    approved = action.status is ActionStatus.IN_REVIEW and action.approved_at is not None
    return not approved and review_needed(session)


def _open(session: Session, vault: Vault, actor: Actor, action: Action, judged: Judged, now: datetime) -> Action:
    told = [it.says for it in warnings(judged.found)]
    opened = opening_and_closing.publish(session, vault, actor, action.slug, None, now, told)
    opened.opens_at = None
    session.flush()
    return opened


def _at(session: Session, slug: str, revision: int) -> Action:
    """The action, its row locked, if it is still at this revision."""
    locked = session.execute(
        update(Action)
        .where(Action.slug == slug, Action.revision == revision)
        .values(revision=revision)
        .returning(Action.id)
    ).one_or_none()
    action = _named(session, slug)
    if locked is None:
        raise Conflict("This action was changed by someone else in this moment. Look again.")
    return action


def _moved(session: Session, slug: str, was: ActionStatus, becomes: ActionStatus, **values: object) -> Action:
    row = session.execute(
        update(Action)
        .where(Action.slug == slug, Action.status == was, Action.discarded_at.is_(None))
        .values(status=becomes, **values)
        .returning(Action.id)
    ).one_or_none()
    action = _named(session, slug)
    if row is None:
        opening_and_closing.refuse_if_discarded(action)
        raise Conflict("This action is now %(status)s. Reload the page.", status=called(action.status))
    return action


def _named(session: Session, slug: str) -> Action:
    found = session.scalars(
        select(Action).where(Action.slug == slug).execution_options(populate_existing=True)
    ).one_or_none()
    return known_action(found, slug)


def _about(action: Action) -> About:
    return About("action", action.id, action_id=action.id, case_id=action.case_id)
