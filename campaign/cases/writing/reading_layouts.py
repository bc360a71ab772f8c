"""The layouts of bulletins that this office named: kept, extended, renamed and removed, and which one fits a text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaign import fence
from campaign.cases.importing.layouts import LONGEST, SECTIONS, Layout, fitting
from campaign.errors import Conflict, Refused, Unknown
from campaign.office import audit
from campaign.office.audit import About, Actor
from campaign.sentences import Sentence
from campaign.storage import Vault, guarded
from campaign.storage.tables import Organiser, ReadingLayout

LONGEST_NAME = 80  # characters
MOST_LABELS = 60


@dataclass(frozen=True)
class Shown:
    """A layout as its page shows it: {label: field}, and who saved it when."""

    id: int
    name: str
    labels: Mapping[str, str]
    who: str | None
    created_at: datetime


def shown(session: Session) -> tuple[Shown, ...]:
    """All layouts, by name."""
    rows = session.execute(
        select(ReadingLayout, Organiser.name)
        .outerjoin(Organiser, Organiser.id == ReadingLayout.organiser_id)
        .order_by(func.lower(ReadingLayout.name), ReadingLayout.id)
    )
    return tuple(Shown(it.id, it.name, it.labels, who, it.created_at) for it, who in rows)


def for_text(session: Session, text: str, name: str | None = None) -> Layout | None:
    """The layout called `name`, or the one that fits the text. Raises `Unknown` if none has that name."""
    layouts = [Layout(it.name, it.labels) for it in session.scalars(select(ReadingLayout).order_by(ReadingLayout.id))]
    if name is None:
        return fitting(text, layouts)
    found = next((it for it in layouts if it.name.casefold() == name.casefold()), None)
    if found is None:
        raise Unknown("There is no layout “%(name)s”.", name=name)
    return found


def fault(name: str, labels: Mapping[str, str]) -> Sentence | None:
    """What is wrong with a layout, and what to do; None where all is well."""
    if not name or len(name) > LONGEST_NAME:
        return Sentence("Give the layout a name of at most %(most)s characters.", most=LONGEST_NAME)
    if not labels:
        return Sentence("Choose at least one label.")
    known = all(0 < len(label) <= LONGEST and field in SECTIONS for label, field in labels.items())
    if not known or len(labels) > MOST_LABELS:
        return Sentence("Choose at most %(most)s of the labels that are offered.", most=MOST_LABELS)
    return None


def keep(session: Session, vault: Vault, actor: Actor, name: str, labels: Mapping[str, str], now: datetime) -> str:
    """Keep labels under a name; one that is there already is extended. Returns its name as it is kept.

    Raises `Refused` for what `fault` finds.
    """
    name = fence.one_line(name)
    if wrong := fault(name, labels):
        raise Refused(wrong)
    before = _named(session, name)
    if before is None:
        made = ReadingLayout(name=name, labels=dict(labels), organiser_id=actor.id, created_at=now)
        session.add(made)
        session.flush()
        audit.record(session, vault, actor, "layout saved", About("layout", made.id), now, after={"name": name})
        return name
    more = {**before.labels, **labels}
    if more != before.labels:
        if wrong := fault(name, more):
            raise Refused(wrong)
        before.labels = more
        session.flush()
        audit.record(session, vault, actor, "layout extended", About("layout", before.id), now)
    return before.name


def rename(session: Session, vault: Vault, actor: Actor, layout_id: int, name: str, now: datetime) -> None:
    """Call it otherwise. Raises `Refused` for no name or a long one, `Conflict` if another has it, and `Unknown`."""
    layout, name = _layout(session, layout_id), fence.one_line(name)
    if wrong := fault(name, layout.labels):
        raise Refused(wrong)
    other = _named(session, name)
    if other is not None and other.id != layout_id:
        raise Conflict("There is a layout of this name already. Choose another name.")
    if name != layout.name and guarded.change(session, ReadingLayout, ReadingLayout.id == layout_id, name=name):
        about, before = About("layout", layout_id), {"name": layout.name}
        audit.record(session, vault, actor, "layout renamed", about, now, before=before, after={"name": name})


def remove(session: Session, vault: Vault, actor: Actor, layout_id: int, now: datetime) -> None:
    """Read nothing by it any more. Raises `Unknown` if there is none of this number."""
    before = {"name": _layout(session, layout_id).name}
    if guarded.remove(session, ReadingLayout, ReadingLayout.id == layout_id):
        audit.record(session, vault, actor, "layout removed", About("layout", layout_id), now, before=before)


def _named(session: Session, name: str) -> ReadingLayout | None:
    # In Python: neither database compares letters of every script without case.
    return next((it for it in session.scalars(select(ReadingLayout)) if it.name.casefold() == name.casefold()), None)


def _layout(session: Session, layout_id: int) -> ReadingLayout:
    found = session.get(ReadingLayout, layout_id)
    if found is None:
        raise Unknown("There is no such layout.")
    return found
