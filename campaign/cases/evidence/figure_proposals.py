"""A figure that a public action quotes is corrected, or another one chosen, once a second person has published it.

Where the office asks for two. A figure belongs to a case: of the public actions that quote it, the first carries the
proposal, and publishing it changes them all, as correcting the figure does.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.cases.evidence import figure_corrections
from campaign.cases.evidence.case_parts import lock_part
from campaign.cases.evidence.facts import FigureFacts
from campaign.cases.evidence.figure_corrections import Rewritten
from campaign.cases.evidence.figure_usage import actions_of, quoting_letters, quoting_texts
from campaign.cases.writing import proposals
from campaign.cases.writing.proposals import Wanted
from campaign.language import ORIGINAL
from campaign.office.audit import Actor
from campaign.publication.figures import said, written
from campaign.storage import Vault
from campaign.storage.tables import Action, Figure, Proposal, Source
from campaign.vocabulary import CorrectionKind

PART = "figure"
_CORRECT, _CHOOSE = "correct", "choose"


def waits(session: Session, figure: Figure, *, chosen: bool = False) -> bool:
    """Whether a correction of this figure, or the choice of it, waits for a second person unless it is urgent."""
    return _waiting_on(session, figure, Wanted(), chosen=chosen) is not None


def correct(
    session: Session,
    vault: Vault,
    actor: Actor,
    case_id: int,
    figure_id: int,
    to: FigureFacts,
    edit_token: str,
    reason: str,
    now: datetime,
    *,
    urgent: bool = False,
) -> Rewritten | None:
    """Correct a figure as `figure_corrections.correct_figure` does, or propose that; None if it waits."""
    figure = lock_part(session, Figure, case_id, figure_id)

    def change() -> Rewritten:
        return figure_corrections.correct_figure(session, vault, actor, case_id, figure_id, to, edit_token, reason, now)

    was = FigureFacts.of(figure)
    base = {**_shown(session, was), "_edit_token": edit_token}
    content = {**_shown(session, to), "_facts": {**asdict(to), "as_of": to.as_of.isoformat() if to.as_of else None}}
    return _changed(session, vault, actor, figure, _CORRECT, base, content, _wanted(reason, urgent), change, now)


def choose(
    session: Session,
    vault: Vault,
    actor: Actor,
    case_id: int,
    figure_id: int,
    instead_of: int,
    reason: str,
    now: datetime,
    *,
    urgent: bool = False,
) -> Rewritten | None:
    """Choose a figure as `figure_corrections.choose_figure` does, or propose that; None if it waits."""
    figure = lock_part(session, Figure, case_id, figure_id)

    def change() -> Rewritten:
        return figure_corrections.choose_figure(session, vault, actor, case_id, figure_id, instead_of, reason, now)

    quoted = session.get(Figure, instead_of) if instead_of else None
    base = {**(_shown(session, FigureFacts.of(quoted)) if quoted else {}), "_instead_of": instead_of}
    content = _shown(session, FigureFacts.of(figure))
    return _changed(session, vault, actor, figure, _CHOOSE, base, content, _wanted(reason, urgent), change, now)


def publish(session: Session, vault: Vault, actor: Actor, proposal: Proposal, now: datetime) -> None:
    """Do what was proposed. Raises `Conflict` if the figure was changed, or another one chosen, meanwhile, and
    `Unknown` if it was removed."""
    _, number, what = proposal.part.split(":")
    case_id, figure_id = session.get_one(Action, proposal.action_id).case_id, int(number)
    base, content = json.loads(proposal.base), json.loads(proposal.content)
    if what == _CORRECT:
        to, token = _facts(content["_facts"]), base["_edit_token"]
        figure_corrections.correct_figure(session, vault, actor, case_id, figure_id, to, token, proposal.reason, now)
    else:
        instead_of, why = base["_instead_of"], proposal.reason
        figure_corrections.choose_figure(session, vault, actor, case_id, figure_id, instead_of, why, now)


def _changed(
    session: Session,
    vault: Vault,
    actor: Actor,
    figure: Figure,
    what: str,
    base: dict[str, Any],
    content: dict[str, Any],
    wanted: Wanted,
    change: Callable[[], Rewritten],
    now: datetime,
) -> Rewritten | None:
    part, chosen = f"{PART}:{figure.id}:{what}", what == _CHOOSE
    quotes = _quoting(session, figure, chosen=chosen)
    waits_on = _waiting_on(session, figure, wanted, chosen=chosen)
    if waits_on is None:
        made = change()
        if wanted.urgent and quotes:
            proposals.published_urgently(session, vault, actor, quotes[0].slug, part, wanted, now)
        return made
    # What could not be done is refused now, and not to the second person: it is tried, and taken back.
    trial = session.begin_nested()
    try:
        change()
    finally:
        trial.rollback()
    session.expire_all()
    proposals.propose(session, vault, actor, waits_on, part, base, content, wanted, now)
    return None


def _waiting_on(session: Session, figure: Figure, wanted: Wanted, *, chosen: bool) -> Action | None:
    quoting = _quoting(session, figure, chosen=chosen)
    return next((it for it in quoting if proposals.must_wait(session, it, wanted)), None)


def _quoting(session: Session, figure: Figure, *, chosen: bool) -> list[Action]:
    """The public actions that quote it, or would once it is chosen."""
    if not (figure.quoted or chosen):
        return []
    return [
        it
        for it in actions_of(session, figure.case_id)
        if proposals.is_public(it) and (quoting_texts(it, figure.key) or quoting_letters(it, figure.key))
    ]


def _shown(session: Session, facts: FigureFacts) -> dict[str, object]:
    """What a reviewer reads of it."""
    publisher = session.scalar(select(Source.publisher).where(Source.id == facts.source_id)) or {}
    tags = sorted({ORIGINAL, *facts.qualifier, *facts.label})
    return {
        "number": [f"{tag}: {written(facts.value, facts.qualifier, tag)}" for tag in tags],
        "counts": [f"{tag}: {facts.label[tag]}" for tag in tags if facts.label.get(tag)],
        "source": said(publisher, ORIGINAL) if publisher else "",
        "as of": facts.as_of.isoformat() if facts.as_of else "",
    }


def _facts(kept: dict[str, Any]) -> FigureFacts:
    return FigureFacts(**{**kept, "as_of": date.fromisoformat(kept["as_of"]) if kept["as_of"] else None})


def _wanted(reason: str, urgent: bool) -> Wanted:
    return Wanted(CorrectionKind.FIGURE, reason, urgent)
