"""Several figures saved at once, with the sources that are new: all or none, and one entry of the audit trail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.cases.evidence import case_parts
from campaign.cases.evidence.facts import SourceFacts
from campaign.cases.evidence.figure_corrections import Rewritten, put_figure
from campaign.cases.evidence.figure_rows import Known, KnownSource, Row, matching, plain
from campaign.errors import Refused
from campaign.language import ORIGINAL
from campaign.office import audit
from campaign.office.audit import About, Actor
from campaign.publication.figures import said, written
from campaign.storage import Vault
from campaign.storage.tables import Figure, Source


def known(session: Session, case_id: int) -> Known:
    """What the case has already, as rows can mean it."""
    figures = session.scalars(select(Figure).where(Figure.case_id == case_id).order_by(Figure.id)).all()
    return Known(
        sources=_sources(session, case_id),
        labels={plain(it.label.get(ORIGINAL, "")): (it.key, it.label) for it in figures},
        qualifiers={plain(it.qualifier[ORIGINAL]): it.qualifier for it in figures if it.qualifier.get(ORIGINAL)},
        quoted=frozenset(it.key for it in figures if it.quoted),
    )


def save(session: Session, vault: Vault, actor: Actor, case_id: int, rows: Sequence[Row], now: datetime) -> int:
    """Add figures, and the sources that are new; returns how many figures. Texts use those that somebody chose.

    Raises `Refused` with the first thing that is wrong: then nothing is added.
    """
    if not rows:
        raise Refused("Fill in at least one row.")
    case_parts.lock_case(session, case_id)
    new: dict[tuple[str, str, str], int] = {}
    figures, sources = [], []
    made = Rewritten()
    for row in rows:
        facts = row.figure
        if row.source is not None:
            source_id, added = _source_of(session, case_id, row.source, new)
            facts = replace(facts, source_id=source_id)
            sources += [_named(row.source)] if added else []
        figure, rewritten = put_figure(session, vault, actor, case_id, facts, now, quoted=row.quoted)
        made = Rewritten((*made.texts, *rewritten.texts), (*made.letters, *rewritten.letters))
        words = f"{figure.key}: {written(facts.value, facts.qualifier, ORIGINAL)} {said(facts.label, ORIGINAL)}"
        figures.append(f"{words} (used)" if row.quoted else words)
    after = {"figures": figures, **({"sources": sources} if sources else {}), **made.told()}
    audit.record(session, vault, actor, "figures added", About("case", case_id, case_id=case_id), now, after=after)
    return len(figures)


def _sources(session: Session, case_id: int) -> list[KnownSource]:
    rows = session.scalars(select(Source).where(Source.case_id == case_id).order_by(Source.id)).all()
    return [
        KnownSource(
            it.id, it.publisher.get(ORIGINAL, ""), it.title.get(ORIGINAL, ""), it.published_on, it.published_about
        )
        for it in rows
    ]


def _source_of(
    session: Session, case_id: int, facts: SourceFacts, new: dict[tuple[str, str, str], int]
) -> tuple[int, bool]:
    """(the number of a source, whether it was added for this): several rows may name one, or one of the case."""
    publisher, title = facts.publisher.get(ORIGINAL, ""), facts.title.get(ORIGINAL, "")
    when = str(facts.published_on or facts.published_about)
    name = (plain(publisher), plain(title), when)
    if name not in new:
        there = [
            it
            for it in matching(_sources(session, case_id), publisher, title, None)
            if plain(it.title) == name[1] and str(it.published_on or it.published_about) == when
        ]
        if there:
            return there[0].id, False
        new[name] = case_parts.put(session, case_id, facts).id
        return new[name], True
    return new[name], False


def _named(facts: SourceFacts) -> str:
    title = facts.title.get(ORIGINAL, "")
    return f"{facts.publisher.get(ORIGINAL, '')}: {title}" if title else facts.publisher.get(ORIGINAL, "")
