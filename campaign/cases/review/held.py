"""Whatever changes what readers see waits for a second person, where the office asks for two.

Not a list of commands decides, but the public view itself: a change is tried and taken back, and if readers would see
a difference it is kept as it was typed, with that difference, until someone else publishes it. Then it is done anew;
if it would show anything else than what was proposed, it is not published. Texts, letters and figures that are quoted
have proposals of their own, with their own differences (`writing/proposals.py`, `evidence/figure_proposals.py`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.cases.writing import proposals, versions
from campaign.cases.writing.proposals import Wanted
from campaign.cases.writing.versions import Piece
from campaign.errors import CampaignError, Conflict
from campaign.language import LANGUAGES, ORIGINAL, language_name
from campaign.office import second_person
from campaign.office.audit import Actor
from campaign.publication.reading import PUBLIC, described
from campaign.publication.values import PublicAction, PublicEvent, PublicExtension, PublicLetter
from campaign.storage import Vault
from campaign.storage.tables import Action, Proposal, Recipient
from campaign.vocabulary import EventKind, RecipientRole

PART = "held"
Change = Callable[[Session, Actor], object]
# What readers are told of an action by other rooms, by the name of its part: (session, its id) to words.
Seen = Callable[[Session, int], Mapping[str, str]]
# {what is shown where: in which words}.
View = Mapping[str, str]

# What only the product uses, or what follows from the day on which something is published.
_NOT_SHOWN = frozenset({"id", "slug", "locale", "corrections", "ended_at", "outcome_on", "position"})
_NOT_SAID = frozenset({"n", "official_id", "recipient_n", "version", "locale", "on_record", "paragraphs"})
_NAMES = {
    "subjects": "people at risk",
    "events": "timeline",
    "recipients": "officials",
    "chain": "actions of the case",
    "at_risk_countries": "countries where being named is dangerous",
    "extended": "new deadline",
    "languages": "languages for letters",
    "goal": "goal",
    "kind": "type",
}
_WORDS: dict[StrEnum, str] = {
    RecipientRole.TO: "asked to act",
    RecipientRole.COPY: "gets a copy",
    EventKind.THREAT: "harm expected",
}


@dataclass(frozen=True)
class Kept:
    """A change as it can be done anew: by whom it is known (`name`), where, and the fields that were typed."""

    name: str
    where: Mapping[str, str | int]
    fields: Mapping[str, str]


class Waits(CampaignError):
    """Readers would see this, so a second person publishes it: who makes it first says why. `differences` is what
    would change."""

    status = 422

    def __init__(self, differences: Sequence[tuple[str, tuple[Piece, ...]]]) -> None:
        super().__init__("This action is public, so someone else publishes the change. Say what you change and why.")
        self.differences = tuple(differences)


def perform(
    session: Session,
    vault: Vault,
    actor: Actor,
    kept: Kept,
    change: Change,
    slugs: Collection[str],
    wanted: Wanted,
    now: datetime,
    seen: Seen | None = None,
) -> bool:
    """Do a change that may reach the public actions named by `slugs`, or propose it; whether it is done.

    Raises `Waits` if it has to wait and `wanted` gives no reason, and whatever the change itself raises.
    """
    public = _public(session, slugs)
    two = second_person.needed(session)
    if not public or not (two or wanted.urgent):
        change(session, actor)
        return True
    before = _views(session, public, seen)
    trial = session.begin_nested()
    try:
        change(session, actor)
        session.flush()
        session.expire_all()
        was, becomes, first = _differences(before, _views(session, public, seen))
    except BaseException:
        trial.rollback()
        raise
    if first is None or wanted.urgent or not two:
        trial.commit()
        if first is not None and wanted.urgent:
            proposals.published_urgently(session, vault, actor, first, _part(kept), wanted, now)
        return True
    trial.rollback()
    session.expire_all()
    if not wanted.reason.strip():
        raise Waits(shown(was, becomes))
    again = {"_name": kept.name, "_where": dict(kept.where), "_fields": dict(kept.fields), "_slugs": sorted(public)}
    action = session.scalars(select(Action).where(Action.slug == first)).one()
    proposals.propose(session, vault, actor, action, _part(kept), was, {**becomes, **again}, wanted, now)
    return False


def again(proposal: Proposal) -> Kept:
    """The change that a proposal keeps."""
    content = json.loads(proposal.content)
    return Kept(content["_name"], content["_where"], content["_fields"])


def publish(session: Session, proposal: Proposal, actor: Actor, change: Change, seen: Seen | None = None) -> None:
    """Do what was proposed. Raises `Conflict` if readers would not see exactly the difference that was shown."""
    content = json.loads(proposal.content)
    public = _public(session, content["_slugs"])
    before = _views(session, public, seen)
    change(session, actor)
    session.flush()
    session.expire_all()
    was, becomes, _ = _differences(before, _views(session, public, seen))
    if (was, becomes) != (json.loads(proposal.base), {k: v for k, v in content.items() if not k.startswith("_")}):
        raise Conflict(
            "What this changes is not as it was when it was proposed. Reject it, and propose the change again."
        )


def shown(was: View, becomes: View) -> list[tuple[str, tuple[Piece, ...]]]:
    """(what, what became of its words) of each part that differs."""
    return [(name, versions.compare(was.get(name, ""), becomes[name])) for name in becomes]


def reaches_readers(session: Session, slugs: Collection[str]) -> bool:
    """Whether a change of these actions waits for a second person, if readers would see it."""
    return second_person.needed(session) and bool(_public(session, slugs))


def of_case(session: Session, case_id: int) -> set[str]:
    """The actions of a case, by slug."""
    return set(session.scalars(select(Action.slug).where(Action.case_id == case_id)))


def of_action(session: Session, slug: str) -> set[str]:
    """An action and the others of its case: their pages tell of each other."""
    of = select(Action.case_id).where(Action.slug == slug).scalar_subquery()
    return set(session.scalars(select(Action.slug).where(Action.case_id == of)))


def of_officials(session: Session, official_ids: Collection[int]) -> set[str]:
    """The actions that ask any of these officials."""
    asking = select(Recipient.action_id).where(Recipient.official_id.in_(official_ids))
    return set(session.scalars(select(Action.slug).where(Action.id.in_(asking))))


def _public(session: Session, slugs: Collection[str]) -> dict[str, int]:
    found = session.execute(
        select(Action.slug, Action.id)
        .where(Action.slug.in_(slugs), Action.opened_at.is_not(None), Action.status.in_(PUBLIC))
        .order_by(Action.deadline.desc(), Action.id)
    ).all()
    return {it.slug: it.id for it in found}


def _views(session: Session, public: Mapping[str, int], seen: Seen | None) -> dict[str, dict[str, str]]:
    """What readers are shown of each action: in the original language, and where another says something else."""
    return {slug: _view(session, slug, action_id, seen) for slug, action_id in public.items()}


def _view(session: Session, slug: str, action_id: int, seen: Seen | None) -> dict[str, str]:
    first = _said(described(session, slug, ORIGINAL))
    view = dict(first)
    for tag in LANGUAGES:
        for name, words in _said(described(session, slug, tag)).items():
            if words != first[name]:
                view[f"{name} ({language_name(tag, ORIGINAL)})"] = words
    return {**view, **(seen(session, action_id) if seen is not None else {})}


def _said(action: PublicAction) -> dict[str, str]:
    shown_fields = (it.name for it in fields(action) if it.name not in _NOT_SHOWN)
    return {_NAMES.get(name, name.replace("_", " ")): _words(getattr(action, name)) for name in shown_fields}


def _words(value: Any) -> str:
    """Values as a person reads them: a line for each of several."""
    if isinstance(value, (list, tuple)):
        return "\n".join(map(_words, value))
    if isinstance(value, Mapping):
        return "; ".join(f"{name}: {_words(it)}" for name, it in value.items() if it)
    return _of_parts(value) if is_dataclass(value) else _of_one(value)


def _of_one(value: object) -> str:
    if isinstance(value, StrEnum):
        return _WORDS.get(value, value.value.replace("_", " "))
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Markup):
        return str(value.striptags())
    return "" if value is None or value is False else str(value)


def _of_parts(value: Any) -> str:
    if isinstance(value, PublicEvent):
        kind = f" ({_words(value.kind)})" if value.kind is EventKind.THREAT else ""
        return f"{value.on.isoformat()}{kind}: {value.caption}"
    if isinstance(value, PublicLetter):
        return f"{language_name(value.locale, ORIGINAL)}: {value.salutation}\n{value.text}\n{value.close}"
    if isinstance(value, PublicExtension):
        return " · ".join(filter(None, (value.becomes.isoformat(), _words(value.reason))))
    said = (_words(getattr(value, it.name)) for it in fields(value) if it.name not in _NOT_SAID)
    return " · ".join(filter(None, said))


def _differences(
    before: Mapping[str, View], after: Mapping[str, View]
) -> tuple[dict[str, str], dict[str, str], str | None]:
    """What differs, before and after, and the first action in which something does. What differs alike in several
    actions is told once."""
    was: dict[str, str] = {}
    becomes: dict[str, str] = {}
    first = None
    for slug, view in before.items():
        for name in dict.fromkeys((*view, *after[slug])):
            then, now = view.get(name, ""), after[slug].get(name, "")
            if then == now:
                continue
            first = first or slug
            if (was.get(name), becomes.get(name)) == (then, now):
                continue
            told = name if name not in becomes else f"{name}, {slug}"
            was[told], becomes[told] = then, now
    return was, becomes, first


def _part(kept: Kept) -> str:
    """Two proposals of one part overtake each other: what changes the same thing is one part, whatever is added is
    its own."""
    of = [*kept.where.values()]
    if "new" in kept.name or "add" in kept.name:
        of.append(hashlib.sha256(json.dumps(dict(kept.fields), sort_keys=True).encode()).hexdigest()[:12])
    return ":".join((PART, kept.name, *map(str, of)))[:80]
