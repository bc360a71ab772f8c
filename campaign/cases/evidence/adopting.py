"""What a bulletin offered and an organiser chose, into the case at once: the bulletin as source, figures, events."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from campaign.cases.evidence import case_parts
from campaign.cases.evidence.facts import EventFacts, FigureFacts, SourceFacts
from campaign.cases.evidence.figure_corrections import add_figure
from campaign.cases.importing.offers import OfferedEvent, OfferedFigure
from campaign.language import ORIGINAL
from campaign.office.audit import Actor
from campaign.storage import Vault
from campaign.vocabulary import EventKind


def as_source(publisher: str, title: str, on: date | None, about: str) -> SourceFacts:
    """The bulletin itself, as a source; `about` ("June 2025") counts only where the day is not known."""
    return SourceFacts(
        publisher={ORIGINAL: publisher} if publisher else {},
        title={ORIGINAL: title} if title else {},
        published_on=on,
        published_about=None if on else about or None,
        url=None,
        note=None,
    )


Adopted = tuple[SourceFacts, tuple[OfferedFigure, ...], tuple[OfferedEvent, ...]]


def as_fields(source: SourceFacts, figures: Sequence[OfferedFigure], events: Sequence[OfferedEvent]) -> dict[str, str]:
    """What is adopted as it is kept until someone else publishes it; `of_fields` reads it."""
    kept = {
        "source": asdict(source),
        "figures": [asdict(it) for it in figures],
        "events": [asdict(it) for it in events],
    }
    return {name: json.dumps(it, default=date.isoformat, ensure_ascii=False) for name, it in kept.items()}


def of_fields(fields: Mapping[str, str]) -> Adopted:
    """What `as_fields` kept."""

    def day(written: str | None) -> date | None:
        return date.fromisoformat(written) if written else None

    source = SourceFacts(**json.loads(fields["source"]))
    figures = (OfferedFigure(**it) for it in json.loads(fields["figures"]))
    events = (OfferedEvent(**{**it, "on": date.fromisoformat(it["on"])}) for it in json.loads(fields["events"]))
    return (
        replace(source, published_on=day(json.loads(fields["source"])["published_on"])),
        tuple(replace(it, as_of=day(str(it.as_of) if it.as_of else None)) for it in figures),
        tuple(events),
    )


def adopt(
    session: Session,
    vault: Vault,
    actor: Actor,
    case_id: int,
    source: SourceFacts,
    figures: Sequence[OfferedFigure],
    events: Sequence[OfferedEvent],
    now: datetime,
) -> None:
    """Add the source, and what rests on it. Raises `Refused` with what is wrong: then nothing is added."""
    if not figures and not events:
        return
    kept = case_parts.add(session, vault, actor, case_id, source, now)
    for figure in figures:
        facts = FigureFacts(
            key=figure.key,
            value=figure.value,
            qualifier={ORIGINAL: figure.qualifier} if figure.qualifier else {},
            label={ORIGINAL: figure.label},
            as_of=figure.as_of,
            source_id=kept.id,
        )
        add_figure(session, vault, actor, case_id, facts, now)
    for event in events:
        kind = EventKind.THREAT if event.threat else EventKind.DEVELOPMENT
        case_parts.add(
            session, vault, actor, case_id, EventFacts(event.on, kind, {ORIGINAL: event.caption}, kept.id), now
        )
