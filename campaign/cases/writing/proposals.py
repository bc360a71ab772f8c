"""Proposals: what is public changes once a second person has published the change, where the office asks for two.

An urgent correction may be published by who makes it, with a reason; the others are told at once. What is proposed is
kept with what stood there then: if that has changed meanwhile, nobody publishes it blindly.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from campaign.cases.writing import corrections, model_letters, texts
from campaign.cases.writing.model_letters import LetterWords, Which
from campaign.cases.writing.texts import Correction, Form, Words, words_of
from campaign.errors import Conflict, Forbidden, Refused, Unknown
from campaign.office import audit, review_mails, second_person
from campaign.office.audit import About, Actor
from campaign.publication import signed_texts
from campaign.publication.reading import PUBLIC
from campaign.storage import Vault
from campaign.storage.tables import Action, Proposal
from campaign.vocabulary import CorrectionKind, ProposalStatus


@dataclass(frozen=True)
class Wanted:
    """How a change is meant: of which kind, why, and whether it cannot wait for a second person."""

    kind: CorrectionKind = CorrectionKind.EDIT
    reason: str = ""
    urgent: bool = False


# What publishes a change of a kind that this room does not know: (session, vault, actor, proposal, now).
Publisher = Callable[[Session, Vault, Actor, Proposal, datetime], object]


def must_wait(session: Session, action: Action, wanted: Wanted) -> bool:
    """Whether a change waits for someone else: of a public action, where two look, and if it is not urgent."""
    return is_public(action) and not wanted.urgent and second_person.needed(session)


def is_public(action: Action) -> bool:
    """Whether readers see it, or have seen it."""
    return action.opened_at is not None and action.status in PUBLIC


def save_texts(
    session: Session,
    vault: Vault,
    actor: Actor,
    slug: str,
    form: Form,
    typed: Mapping[str, Words],
    removed: Collection[str],
    wanted: Wanted,
    now: datetime,
) -> tuple[list[str], bool]:
    """Save the texts of an action as `texts.save_texts` does, or propose them where someone else publishes them.

    Returns the languages that change, and whether they wait.
    """
    if must_wait(session, _action(session, slug), wanted):
        if removed:
            raise Refused("Readers can see this language, so it cannot be removed.")
        return texts_of(session, vault, actor, slug, form, typed, wanted, now), True
    correction = Correction(wanted.kind, wanted.reason) if wanted.reason else None
    changed = texts.save_texts(session, vault, actor, slug, form, typed, removed, now, correction)
    if changed and wanted.urgent:
        part = ", ".join(f"text:{it}" for it in changed)
        published_urgently(session, vault, actor, slug, part, wanted, now)
    return changed, False


def save_letter(
    session: Session,
    vault: Vault,
    actor: Actor,
    slug: str,
    form: Form,
    which: Which,
    words: LetterWords,
    wanted: Wanted,
    now: datetime,
) -> bool:
    """Save a model letter as `model_letters.save` does, or propose it; whether it waits for someone else."""
    if must_wait(session, _action(session, slug), wanted):
        letter_of(session, vault, actor, slug, which, words, wanted, now)
        return True
    model_letters.save(session, vault, actor, slug, form, which, words, now)
    if wanted.urgent:
        published_urgently(session, vault, actor, slug, which.part, wanted, now)
    return False


def texts_of(
    session: Session,
    vault: Vault,
    actor: Actor,
    slug: str,
    form: Form,
    typed: Mapping[str, Words],
    wanted: Wanted,
    now: datetime,
) -> list[str]:
    """Propose what was typed for a public action; returns the languages that would change.

    Raises `Refused` at once for what nobody could publish: another text under which people have signed.
    """
    action = _action(session, slug)
    stands = {it.locale: words_of(it) for it in action.texts}
    proposed = []
    for locale, words in typed.items():
        was = stands.get(locale, Words())
        if words == was or (locale not in stands and words.empty):
            continue
        if form.edit_tokens.get(locale, "") not in {"", was.edit_token}:
            raise Conflict("Someone else changed these texts while you were writing. Both versions are below.")
        if locale in stands and was.signed != words.signed and signed_texts.was_signed(session, action.id):
            corrections.refuse_unless_kept(wanted.kind, wanted.reason)
            corrections.refuse_unless_slip(was.signed, words.signed)
        propose(session, vault, actor, action, f"text:{locale}", asdict(was), asdict(words), wanted, now)
        proposed.append(locale)
    return proposed


def letter_of(
    session: Session,
    vault: Vault,
    actor: Actor,
    slug: str,
    which: Which,
    words: LetterWords,
    wanted: Wanted,
    now: datetime,
) -> bool:
    """Propose a model letter for a public action; whether it would change anything."""
    action = _action(session, slug)
    kept = model_letters.kept_versions(session, action.id, which)
    was = model_letters.words_of(kept[0] if kept else None)
    if words == was:
        return False
    part = f"letter:{which.locale}:{which.official_id or 0}"
    propose(session, vault, actor, action, part, asdict(was), asdict(words), wanted, now)
    return True


def restore_text(
    session: Session, vault: Vault, actor: Actor, slug: str, locale: str, version: int, now: datetime
) -> bool:
    """Say again what a version said, or propose it for a public action; whether it waits for someone else."""
    action, wanted = _action(session, slug), _again(version)
    if not must_wait(session, action, wanted):
        texts.restore_text(session, vault, actor, slug, locale, version, now)
        return False
    words = texts.words_of_version(session, action.id, locale, version)
    return bool(texts_of(session, vault, actor, slug, Form(action.revision, {}), {locale: words}, wanted, now))


def restore_letter(
    session: Session, vault: Vault, actor: Actor, slug: str, which: Which, version: int, now: datetime
) -> bool:
    """The same for a model letter."""
    action, wanted = _action(session, slug), _again(version)
    if not must_wait(session, action, wanted):
        model_letters.restore(session, vault, actor, slug, which, version, now)
        return False
    words = model_letters.words_of_version(session, action.id, which, version)
    return letter_of(session, vault, actor, slug, which, words, wanted, now)


def _again(version: int) -> Wanted:
    return Wanted(reason=f"Version {version} restored.")


def publish(
    session: Session,
    vault: Vault,
    actor: Actor,
    slug: str,
    proposal_id: int,
    now: datetime,
    others: Mapping[str, Publisher] | None = None,
) -> None:
    """Let the public see what someone else proposed. `others` publishes what is neither a text nor a letter, by the
    first word of its part.

    Raises `Forbidden` to who proposed it, `Conflict` if it was decided or what it changes is no longer as it was.
    """
    action, proposal = _open(session, slug, proposal_id)
    if proposal.proposed_by_id == actor.id:
        raise Forbidden("You proposed this, so someone else must publish it.")
    part, _, rest = proposal.part.partition(":")
    base, content = json.loads(proposal.base), json.loads(proposal.content)
    correction = Correction(proposal.kind, proposal.reason)
    if part == "text":
        stands = next((words_of(it) for it in action.texts if it.locale == rest), Words())
        if asdict(stands) != words_kept(base):
            raise _overtaken()
        form = Form(action.revision, {rest: stands.edit_token})
        wanted = {rest: Words(**words_kept(content))}
        texts.save_texts(session, vault, actor, slug, form, wanted, (), now, correction)
    elif others and part in others:
        others[part](session, vault, actor, proposal, now)
    else:
        locale, _, official = rest.partition(":")
        which = Which(locale, int(official) or None)
        kept = model_letters.kept_versions(session, action.id, which)
        if asdict(model_letters.words_of(kept[0] if kept else None)) != base:
            raise _overtaken()
        model_letters.restate(session, vault, actor, slug, which, LetterWords(**content), proposal.reason, now)
    _decide(session, proposal, ProposalStatus.PUBLISHED, actor, now)
    _record(session, vault, actor, "proposal published", action, proposal, now)


def reject(session: Session, vault: Vault, actor: Actor, slug: str, proposal_id: int, why: str, now: datetime) -> None:
    """Leave it as it is, and say why; who proposed it may take it back likewise."""
    action, proposal = _open(session, slug, proposal_id)
    if not why.strip():
        raise Refused("Say why this is not published.")
    _decide(session, proposal, ProposalStatus.REJECTED, actor, now)
    _record(session, vault, actor, "proposal rejected", action, proposal, now, why)


def published_urgently(
    session: Session, vault: Vault, actor: Actor, slug: str, part: str, wanted: Wanted, now: datetime
) -> None:
    """Write down that one person published an urgent correction, and owe those who review a mail about it at once."""
    action = _action(session, slug)
    proposal = Proposal(
        action_id=action.id,
        part=part,
        base="{}",
        content="{}",
        kind=wanted.kind,
        reason=wanted.reason,
        urgent=True,
        status=ProposalStatus.PUBLISHED,
        proposed_by_id=actor.id,
        created_at=now,
        decided_by_id=actor.id,
        decided_at=now,
    )
    session.add(proposal)
    session.flush()
    _record(session, vault, actor, "urgent correction published", action, proposal, now, wanted.reason)
    review_mails.owe_about_change(session, action, proposal.id, actor.id, now)


def words_kept(kept: Mapping[str, Any]) -> dict[str, Any]:
    """The words of a text as a proposal keeps them, for `Words`."""
    demands = kept.get("demands", ())
    return {**kept, "demands": tuple(demands) if isinstance(demands, Sequence) else ()}


def propose(
    session: Session,
    vault: Vault,
    actor: Actor,
    action: Action,
    part: str,
    base: Mapping[str, object],
    content: Mapping[str, object],
    wanted: Wanted,
    now: datetime,
) -> None:
    """Keep a change for someone else to publish, and owe those who review a mail. Raises `Refused` without a reason."""
    if not wanted.reason.strip():
        raise Refused("This action is public, so someone else publishes the change. Say what you change and why.")
    # Of one part the newest proposal waits: the one before it is overtaken by it.
    session.execute(
        update(Proposal)
        .where(Proposal.action_id == action.id, Proposal.part == part, Proposal.status == ProposalStatus.OPEN)
        .values(status=ProposalStatus.OVERTAKEN, decided_at=now, decided_by_id=actor.id)
    )
    proposal = Proposal(
        action_id=action.id,
        part=part,
        base=json.dumps(base, ensure_ascii=False),
        content=json.dumps(content, ensure_ascii=False),
        kind=wanted.kind,
        reason=wanted.reason.strip(),
        status=ProposalStatus.OPEN,
        proposed_by_id=actor.id,
        created_at=now,
    )
    session.add(proposal)
    session.flush()
    _record(session, vault, actor, "change proposed", action, proposal, now)
    review_mails.owe_about_change(session, action, proposal.id, actor.id, now)


def _open(session: Session, slug: str, proposal_id: int) -> tuple[Action, Proposal]:
    action = _action(session, slug)
    proposal = session.scalars(
        select(Proposal).where(Proposal.id == proposal_id, Proposal.action_id == action.id).with_for_update()
    ).one_or_none()
    if proposal is None:
        raise Unknown("There is no such proposal.")
    if proposal.status is not ProposalStatus.OPEN:
        raise Conflict("Someone else has decided about this change. Reload the page.")
    return action, proposal


def _overtaken() -> Conflict:
    return Conflict("What this changes is not as it was when it was proposed. Reject it, and propose the change again.")


def _decide(session: Session, proposal: Proposal, status: ProposalStatus, actor: Actor, now: datetime) -> None:
    proposal.status, proposal.decided_by_id, proposal.decided_at = status, actor.id, now
    session.flush()


def _record(
    session: Session,
    vault: Vault,
    actor: Actor,
    what: str,
    action: Action,
    proposal: Proposal,
    now: datetime,
    reason: str | None = None,
) -> None:
    about = About("proposal", proposal.id, action_id=action.id, case_id=action.case_id)
    after = {"part": proposal.part, "kind": proposal.kind}
    audit.record(session, vault, actor, what, about, now, after=after, reason=reason or proposal.reason)


def _action(session: Session, slug: str) -> Action:
    found = session.scalars(
        select(Action).where(Action.slug == slug).execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise Unknown("There is no action with the name %(slug)s.", slug=slug)
    return found
