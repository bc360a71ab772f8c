"""Giving numbers: one look at who has confirmed writes names, totals and days of a dossier, and says what it wrote."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    CTE,
    Insert,
    Integer,
    Select,
    String,
    and_,
    case,
    column,
    func,
    insert,
    literal,
    not_,
    or_,
    select,
)
from sqlalchemy import values as rows_of
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session

from campaign.storage.tables import DossierDay, DossierEntry, DossierTotal, DossierWithheld, Signature
from campaign.vocabulary import Disclosure, SignatureStatus, WordsStatus

# Counted and never named: who asked for that, and a name that an organiser has hidden.
_COUNTED_ONLY = or_(Signature.disclosure == Disclosure.WITHHELD, Signature.name_hidden)
# Words that an organiser has read and shown. Who is only counted says nothing either.
_WITH_WORDS = and_(Signature.message.is_not(None), Signature.words_status == WordsStatus.SHOWN)


@dataclass(frozen=True)
class Numbered:
    """What was written. `by_text` is {kept text: (named, not named)}; `hidden` are those of the not named whose names
    an organiser has hidden; `held` are names that nobody has read and that should have been; `unnamed_words` are the
    signatures whose owners let no one see their name, and whose words an organiser has shown.
    """

    by_text: Mapping[int | None, tuple[int, int]]
    hidden: int
    held: int
    unnamed_words: tuple[int, ...]

    @property
    def named(self) -> int:
        """Names with a number."""
        return sum(named for named, _ in self.by_text.values())

    @property
    def withheld(self) -> int:
        """Who is counted only."""
        return sum(withheld for _, withheld in self.by_text.values())


def number(
    session: Session, dossier_id: int, action_id: int, countries: Sequence[str], texts: Sequence[Sequence[int]]
) -> Numbered:
    """Number the names: by the text that was signed, by country in the order given, and by the time of confirming.

    `texts` are the kept texts in groups that say the same; who signed before texts were kept stands with the first,
    who signed one that is not among them (it was kept a moment ago) is left out. Whoever is counted only is numbered
    after the last name. Sealed names are copied as they are and pass through no memory of ours.

    On PostgreSQL all of it is one statement, which sees one state of the database: it stands beside people who confirm
    and withdraw, where a snapshot of several statements fails as soon as one of them changes a row. SQLite has one
    writer at a time, and cannot insert within WITH.
    """
    chosen = _chosen(action_id, texts)
    inserts = [
        _entries(dossier_id, chosen, countries),
        _withheld(dossier_id, chosen),
        _totals(dossier_id, chosen),
        _days(dossier_id, chosen),
    ]
    if session.get_bind().dialect.name == "postgresql":
        whose = func.array_agg(aggregate_order_by(chosen.c.id, chosen.c.confirmed_at, chosen.c.id))
        words = select(whose).where(chosen.c.unnamed_words).scalar_subquery()
        summary = _summary(chosen).add_columns(words)
        told = session.execute(summary.add_cte(*(it.cte(f"written_{n}") for n, it in enumerate(inserts)))).all()
        unnamed = tuple(told[0][-1] or ()) if told else ()
    else:
        for it in inserts:
            session.execute(it)
        told = session.execute(_summary(chosen)).all()
        in_order = select(chosen.c.id).where(chosen.c.unnamed_words).order_by(chosen.c.confirmed_at, chosen.c.id)
        unnamed = tuple(session.scalars(in_order))
    return Numbered(
        {row.signed_text_id: (int(row.named), int(row.withheld)) for row in told},
        hidden=sum(int(row.hidden) for row in told),
        held=sum(int(row.held) for row in told),
        unnamed_words=unnamed,
    )


def _chosen(action_id: int, texts: Sequence[Sequence[int]]) -> CTE:
    """The confirmed of an action who signed one of these texts."""
    rank: Any = literal(0)
    which = [Signature.action_id == action_id, Signature.status == SignatureStatus.CONFIRMED]
    if texts:
        place = {id_: n for n, same in enumerate(texts) for id_ in same}
        which.append(or_(Signature.signed_text_id.is_(None), Signature.signed_text_id.in_(place)))
        if len(texts) > 1:
            rank = case(place, value=Signature.signed_text_id, else_=0)
    return (
        select(
            Signature.id,
            Signature.name,
            Signature.country,
            Signature.signed_text_id,
            Signature.confirmed_at,
            Signature.confirmed_on,
            rank.label("text_rank"),
            _flag(_COUNTED_ONLY).label("counted_only"),
            _flag(_WITH_WORDS).label("with_words"),
            _flag(and_(Signature.disclosure == Disclosure.WITHHELD, _WITH_WORDS)).label("unnamed_words"),
            _flag(and_(Signature.disclosure != Disclosure.WITHHELD, Signature.name_hidden)).label("hidden"),
            _flag(and_(Signature.name_held, Signature.name.is_not(None), not_(_COUNTED_ONLY))).label("held"),
        )
        .where(*which)
        .cte("chosen")
    )


def _flag(condition: Any) -> Any:
    return case((condition, True), else_=False)


def _sum(condition: Any) -> Any:
    return func.sum(case((condition, 1), else_=0))


def _entries(dossier_id: int, chosen: CTE, countries: Sequence[str]) -> Insert:
    places = rows_of(column("code", String), column("place", Integer), name="places")
    ranked = places.data([(code, n) for n, code in enumerate(countries)]).cte("places")
    order = (chosen.c.text_rank, func.coalesce(ranked.c.place, len(countries)), chosen.c.country)
    rows = (
        select(
            literal(dossier_id),
            func.row_number().over(order_by=(*order, chosen.c.confirmed_at, chosen.c.id)),
            chosen.c.id,
            chosen.c.name,
            chosen.c.country,
            chosen.c.with_words,
        )
        .select_from(chosen.outerjoin(ranked, ranked.c.code == chosen.c.country))
        .where(not_(chosen.c.counted_only))
    )
    columns = ["dossier_id", "number", "signature_id", "name", "country", "with_words"]
    return insert(DossierEntry).from_select(columns, rows)


def _withheld(dossier_id: int, chosen: CTE) -> Insert:
    """After the last name: their number stands nowhere but in the proof they can have."""
    other = chosen.alias("other")
    named = select(func.count()).select_from(other).where(not_(other.c.counted_only)).scalar_subquery()
    rows = select(literal(dossier_id), named + func.row_number().over(order_by=chosen.c.id), chosen.c.id).where(
        chosen.c.counted_only
    )
    return insert(DossierWithheld).from_select(["dossier_id", "number", "signature_id"], rows)


def _totals(dossier_id: int, chosen: CTE) -> Insert:
    named, withheld = _sum(not_(chosen.c.counted_only)), _sum(chosen.c.counted_only)
    rows = select(literal(dossier_id), chosen.c.country, named, withheld).group_by(chosen.c.country)
    return insert(DossierTotal).from_select(["dossier_id", "country", "named", "withheld"], rows)


def _days(dossier_id: int, chosen: CTE) -> Insert:
    day = chosen.c.confirmed_on
    rows = select(literal(dossier_id), day, func.count()).where(day.is_not(None)).group_by(day)
    return insert(DossierDay).from_select(["dossier_id", "day", "count"], rows)


def _summary(chosen: CTE) -> Select[Any]:
    """What was written, by text. Its rows are all who were chosen: each has become an entry or is counted only."""
    return select(
        chosen.c.signed_text_id,
        _sum(not_(chosen.c.counted_only)).label("named"),
        _sum(chosen.c.counted_only).label("withheld"),
        _sum(chosen.c.hidden).label("hidden"),
        _sum(chosen.c.held).label("held"),
    ).group_by(chosen.c.signed_text_id)
