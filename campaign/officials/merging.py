"""One decision about officials that look alike: they are one, with the best of each; or they are different people."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from itertools import combinations
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from campaign import channels
from campaign.errors import Conflict, Refused
from campaign.office import audit
from campaign.office.audit import About, Actor
from campaign.officials import csv_files, directory, duplicates, validation
from campaign.officials.validation import PARTS, Entry
from campaign.sentences import Sentence, joined
from campaign.storage import Vault, guarded
from campaign.storage.tables import DistinctOfficials, Official, Recipient

# Stands for all members where each of several entries may be right.
ALL = 0
# What may hold the entries of all members together.
SEVERAL = frozenset({"emails", "languages", *channels.KEYS})
# Who can be looked at side by side, and who can be told apart by one press.
MOST, MOST_APART = 50, 300


@dataclass(frozen=True)
class Part:
    """A part of an entry in which members differ: each value with the first member that has it, the kept one's before
    others. `taken` is whose value stays unless somebody chooses another; `ALL` may be chosen where `together`."""

    name: str
    values: tuple[tuple[int, Any], ...]
    taken: int
    together: bool


def members(session: Session, numbers: Iterable[int], most: int = MOST) -> list[Official]:
    """The officials of some numbers, in order. Raises `Refused` for less than two or too many, `Conflict` if one of
    them is a duplicate by now, and `Unknown`."""
    wanted = sorted(set(numbers))
    if len(wanted) < 2:
        raise Refused("Choose at least two officials.")
    if len(wanted) > most:
        raise Refused("Choose %(most)s officials at most.", most=most)
    found = [directory.one(session, it) for it in wanted]
    if any(it.merged_into_id is not None for it in found):
        raise Conflict(CHANGED)
    return found


CHANGED = Sentence("One of these officials has just been changed. Check them again.")


def asked_in(session: Session, numbers: Collection[int]) -> Mapping[int, int]:
    """{official: actions that they are asked in or informed by}."""
    counted = select(Recipient.official_id, func.count()).where(Recipient.official_id.in_(numbers))
    return dict(session.execute(counted.group_by(Recipient.official_id)).all())


def to_keep(officials: Sequence[Official], asked: Mapping[int, int]) -> int:
    """The number that stays: who is asked in most actions, else who is approved for letters, else the eldest."""
    return min(officials, key=lambda it: (-asked.get(it.id, 0), it.cleared_at is None, it.id)).id


def parts(entries: Mapping[int, Entry], kept: int) -> list[Part]:
    """Where others say something else than the kept one. What it has stays, and what it lacks is taken from another."""
    found = []
    for name in PARTS:
        values: dict[int, Any] = {}
        for number in (kept, *(it for it in entries if it != kept)):
            value = entries[number].part(name)
            if value and value not in values.values():
                values[number] = value
        if len(values) > 1 or (values and kept not in values):
            taken = next(iter(values))
            found.append(Part(name, tuple(values.items()), taken, name in SEVERAL and len(values) > 1))
    return found


def combined(entries: Mapping[int, Entry], kept: int, taken: Mapping[str, int]) -> Entry:
    """The kept entry with each part from the member that `taken` names, or from all. Raises `Refused` for a choice that
    was not offered, and if the parts do not go together."""
    chosen: dict[str, Any] = {}
    for part in parts(entries, kept):
        number = taken.get(part.name, part.taken)
        if number == ALL and part.together:
            chosen[part.name] = tuple(dict.fromkeys(one for _it, several in part.values for one in several))
        elif number in entries:
            chosen[part.name] = entries[number].part(part.name)
        else:
            raise Refused("Choose one of the entries that are offered.")
    own = entries[kept]
    ways = {key: tuple(chosen.get(key, own.channels.get(key, ()))) for key in channels.KEYS}
    values = {it.name: chosen.get(it.name, getattr(own, it.name)) for it in fields(Entry)}
    entry = Entry(**{**values, "channels": {key: it for key, it in ways.items() if it}})
    checked = validation.checked(csv_files.as_written(entry))
    if checked.errors:
        raise Refused("%(faults)s", faults=joined(dict.fromkeys(checked.errors.values())))
    return entry


def merge(
    session: Session,
    vault: Vault,
    actor: Actor,
    kept: int,
    revisions: Mapping[int, int],
    taken: Mapping[str, int],
    now: datetime,
) -> None:
    """Make one of several that were read at `revisions`: first the kept one gets its parts, then it takes over the
    actions and letters of each other. Raises `Conflict` if any of them was changed since."""
    officials = members(session, revisions)
    if kept not in revisions:
        raise Refused("Choose which entry stays.")
    if any(it.revision != revisions[it.id] for it in officials):
        raise Conflict(CHANGED)
    entry = combined({it.id: validation.of(it) for it in officials}, kept, taken)
    directory.change(session, vault, actor, kept, revisions[kept], entry, now)
    for official in officials:
        if official.id != kept:
            revision = directory.one(session, kept).revision
            both = (revision, revisions[official.id])
            duplicates.merge(session, vault, actor, kept, official.id, both, now)


def distinct(session: Session) -> frozenset[tuple[int, int]]:
    """Pairs that somebody found to be different people, the lower number first."""
    found = session.execute(select(DistinctOfficials.one_id, DistinctOfficials.other_id))
    return frozenset((one, other) for one, other in found)


def tell_apart(session: Session, vault: Vault, actor: Actor, numbers: Iterable[int], now: datetime) -> int:
    """Remember that these are different people; returns how many pairs were not known to be. Raises as `members`."""
    found, known = [it.id for it in members(session, numbers, MOST_APART)], distinct(session)
    new = [
        {"one_id": one, "other_id": other, "organiser_id": actor.id, "decided_at": now}
        for one, other in combinations(found, 2)
        if (one, other) not in known
    ]
    if new:
        session.execute(insert(DistinctOfficials), new)
        _record(session, vault, actor, "officials told apart", found, now)
    return len(new)


def ask_again(session: Session, vault: Vault, actor: Actor, numbers: Iterable[int], now: datetime) -> int:
    """Forget that these are different people; returns how many pairs were known to be."""
    found = sorted(set(numbers))
    of_these = (DistinctOfficials.one_id.in_(found), DistinctOfficials.other_id.in_(found))
    gone = guarded.remove(session, DistinctOfficials, *of_these)
    if gone:
        _record(session, vault, actor, "officials to be compared again", found, now)
    return gone


def _record(session: Session, vault: Vault, actor: Actor, what: str, numbers: list[int], now: datetime) -> None:
    audit.record(session, vault, actor, what, About(directory.KIND), now, after={"officials": numbers})
