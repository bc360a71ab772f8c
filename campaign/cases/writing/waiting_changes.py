"""What waits for a second person in a public action: as a reviewer sees it, and as a preview takes it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.cases.writing import versions
from campaign.cases.writing.model_letters import LetterWords, Which
from campaign.cases.writing.previews import Typed
from campaign.cases.writing.proposals import words_kept
from campaign.cases.writing.texts import Words
from campaign.cases.writing.versions import Piece
from campaign.storage.tables import Proposal
from campaign.vocabulary import CorrectionKind, ProposalStatus


@dataclass(frozen=True)
class Shown:
    """A proposal as a reviewer sees it: each part of it that changes, as the runs that are the same, removed, added."""

    id: int
    part: str
    kind: CorrectionKind
    reason: str
    by: int | None
    created_at: datetime
    differences: tuple[tuple[str, tuple[Piece, ...]], ...]
    picture: str | None = None  # the mark of a picture that waits


def waiting(session: Session, action_id: int) -> tuple[Shown, ...]:
    """What waits for a second person, the eldest first, with its difference."""
    found = session.scalars(
        select(Proposal)
        .where(Proposal.action_id == action_id, Proposal.status == ProposalStatus.OPEN)
        .order_by(Proposal.id)
    )
    return tuple(
        Shown(
            it.id, it.part, it.kind, it.reason, it.proposed_by_id, it.created_at,
            _differences(json.loads(it.base), json.loads(it.content)),
            json.loads(it.content).get("_fields", {}).get("mark"),
        )
        for it in found
    )  # fmt: skip


def as_typed(session: Session, action_id: int) -> Typed:
    """The texts and letters that wait, as a preview takes them: what readers would see once they are published."""
    found = session.scalars(
        select(Proposal).where(Proposal.action_id == action_id, Proposal.status == ProposalStatus.OPEN)
    )
    by_text: dict[str, Words] = {}
    by_letter: dict[Which, LetterWords] = {}
    for it in found:
        part, _, rest = it.part.partition(":")
        if part == "text":
            by_text[rest] = Words(**words_kept(json.loads(it.content)))
        elif part == "letter":
            locale, _, official = rest.partition(":")
            by_letter[Which(locale, int(official) or None)] = LetterWords(**json.loads(it.content))
    return Typed(by_text, by_letter)


def _differences(
    base: Mapping[str, object], content: Mapping[str, object]
) -> tuple[tuple[str, tuple[Piece, ...]], ...]:
    # What begins with an underscore is for who publishes it, not for who reads it.
    names = [name for name in content if content[name] != base.get(name) and not name.startswith("_")]
    return tuple((name, versions.compare(_plain(base.get(name)), _plain(content[name]))) for name in names)


def _plain(said: object) -> str:
    return "\n".join(map(str, said)) if isinstance(said, Sequence) and not isinstance(said, str) else str(said or "")
