"""What is found by which words: one entry for each action, case, official, source and delivery.

Only columns that lie in the clear are read here. What is encrypted must not be readable from an index either.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, select

from campaign.action_number import ActionNumber
from campaign.folding import folded
from campaign.language import LANGUAGES, country_name
from campaign.storage.tables import (
    Action,
    ActionText,
    Case,
    Delivery,
    Dossier,
    Event,
    Figure,
    Official,
    Source,
    Subject,
)

# The tables that are read here. What changes in one of them makes entries due; a change of a dossier never does.
TABLES = (
    "actions",
    "action_texts",
    "cases",
    "subjects",
    "events",
    "figures",
    "sources",
    "officials",
    "deliveries",
)


class Kind(StrEnum):
    """What an entry leads to, in the order in which results are shown."""

    ACTION = "action"
    CASE = "case"
    OFFICIAL = "official"
    SOURCE = "source"
    DELIVERY = "delivery"


@dataclass(frozen=True)
class Entry:
    """What one thing is found by: `title` are the words it is called, `words` all of them, folded and each once.

    `action_id` and `case_id` say what it belongs to.
    """

    kind: Kind
    object_id: int
    action_id: int | None
    case_id: int | None
    title: str
    words: str

    @property
    def digest(self) -> str:
        """What tells this entry from any other state of the same thing."""
        whole = "\n".join((str(self.action_id), str(self.case_id), self.title, self.words))
        return hashlib.sha256(whole.encode()).hexdigest()[:32]


def read(connection: Connection, kind: Kind, ids: Sequence[int]) -> list[Entry]:
    """The entries of these, as the database says them now. What is not there, or is not to be found, has none."""
    return list(_READERS[kind](connection, ids))


def everything(connection: Connection, kind: Kind) -> list[int]:
    """The ids of all that there is of a kind."""
    return list(connection.scalars(select(_OF_KIND[kind].id).order_by(_OF_KIND[kind].id)))


def _actions(connection: Connection, ids: Sequence[int]) -> Iterator[Entry]:
    texts = _grouped(connection.execute(select(ActionText.__table__).where(ActionText.action_id.in_(ids))), "action_id")
    rows = connection.execute(
        select(
            Action.id, Action.case_id, Action.slug, Action.serial, Action.year, Action.index_reference,
            Action.previous_index, Action.stop_reason, Action.outcome, Action.tags, Case.country,
        )
        .join(Case, Case.id == Action.case_id)
        .where(Action.id.in_(ids), Action.discarded_at.is_(None))
    )  # fmt: skip
    for it in rows:
        title = [_number(it.year, it.serial), *(text.title for text in texts[it.id])]
        said = [
            part
            for text in texts[it.id]
            for part in (text.ask, text.summary, *text.demands, text.background, text.after_deadline)
        ]
        rest = (it.slug, it.index_reference, it.previous_index, *it.tags, *_of(it.stop_reason), *_of(it.outcome))
        yield _entry(Kind.ACTION, it.id, it.id, it.case_id, title, [*said, *rest, *_country(it.country)])


def _cases(connection: Connection, ids: Sequence[int]) -> Iterator[Entry]:
    subjects = _grouped(connection.execute(select(Subject.__table__).where(Subject.case_id.in_(ids))), "case_id")
    events = _grouped(connection.execute(select(Event.__table__).where(Event.case_id.in_(ids))), "case_id")
    figures = _grouped(connection.execute(select(Figure.__table__).where(Figure.case_id.in_(ids))), "case_id")
    for it in connection.execute(
        select(Case.id, Case.slug, Case.country, Case.place, Case.tags).where(Case.id.in_(ids))
    ):
        title = [it.slug, *(name for subject in subjects[it.id] for name in subject.name.values())]
        told = [text for event in events[it.id] for text in event.caption.values()]
        counted = [text for figure in figures[it.id] for text in (figure.key, *figure.label.values())]
        yield _entry(
            Kind.CASE, it.id, None, it.id, title, [*it.place.values(), *it.tags, *told, *counted, *_country(it.country)]
        )


def _officials(connection: Connection, ids: Sequence[int]) -> Iterator[Entry]:
    wanted = select(Official.__table__).where(Official.id.in_(ids), Official.merged_into_id.is_(None))
    for it in connection.execute(wanted):
        title = [it.name, *it.title.values(), *it.office.values()]
        ways = [text for entries in it.channels.values() for text in entries]
        rest = [*it.address, *it.emails, *ways, it.note, *(_country(it.country) if it.country else ())]
        yield _entry(Kind.OFFICIAL, it.id, None, None, title, rest)


def _sources(connection: Connection, ids: Sequence[int]) -> Iterator[Entry]:
    for it in connection.execute(select(Source.__table__).where(Source.id.in_(ids))):
        title = [*it.publisher.values(), *it.title.values()]
        yield _entry(Kind.SOURCE, it.id, None, it.case_id, title, [it.key, it.url, it.published_about, it.note])


def _deliveries(connection: Connection, ids: Sequence[int]) -> Iterator[Entry]:
    rows = connection.execute(
        select(
            Delivery.id, Delivery.channel, Delivery.who, Delivery.place, Delivery.tracking, Delivery.reason,
            Delivery.next_step, Delivery.reply_text, Dossier.code, Dossier.action_id, Action.case_id, Action.year,
            Action.serial, Official.name, Official.office,
        )
        .join(Dossier, Dossier.id == Delivery.dossier_id)
        .join(Action, Action.id == Dossier.action_id)
        .join(Official, Official.id == Dossier.official_id)
        .where(Delivery.id.in_(ids))
    ).all()  # fmt: skip
    actions = {it.action_id for it in rows}
    titles = _grouped(
        connection.execute(select(ActionText.action_id, ActionText.title).where(ActionText.action_id.in_(actions))),
        "action_id",
    )
    for it in rows:
        title = [it.code, it.name, *it.office.values(), _number(it.year, it.serial)]
        rest = [it.channel, it.who, it.place, it.tracking, it.reason, it.next_step, it.reply_text]
        rest += [text.title for text in titles[it.action_id]]
        yield _entry(Kind.DELIVERY, it.id, it.action_id, it.case_id, title, rest)


_READERS: dict[Kind, Callable[[Connection, Sequence[int]], Iterator[Entry]]] = {
    Kind.ACTION: _actions,
    Kind.CASE: _cases,
    Kind.OFFICIAL: _officials,
    Kind.SOURCE: _sources,
    Kind.DELIVERY: _deliveries,
}
_OF_KIND: dict[Kind, Any] = {
    Kind.ACTION: Action,
    Kind.CASE: Case,
    Kind.OFFICIAL: Official,
    Kind.SOURCE: Source,
    Kind.DELIVERY: Delivery,
}


def _entry(
    kind: Kind, object_id: int, action_id: int | None, case_id: int | None,
    title: Iterable[str | None], rest: Iterable[str | None],
) -> Entry:  # fmt: skip
    called, others = _words(title), _words(rest)
    return Entry(kind, object_id, action_id, case_id, " ".join(called), " ".join(sorted({*called, *others})))


def _words(texts: Iterable[str | None]) -> list[str]:
    """Each word once, in an order that says nothing of the text."""
    return sorted({word for text in texts if text for word in folded(text).split()})


def _number(year: int | None, serial: int | None) -> str | None:
    return None if year is None or serial is None else f"{ActionNumber(year=year, serial=serial)} {year}"


def _of(words: Mapping[str, str] | None) -> Iterable[str]:
    return (words or {}).values()


def _country(code: str) -> list[str]:
    return [country_name(code, tag) for tag in LANGUAGES]


def _grouped(rows: Iterable[Row[Any]], by: str) -> dict[int, list[Row[Any]]]:
    found: dict[int, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        found[getattr(row, by)].append(row)
    return found
