"""Tags: short words of the office's own on an action, for organisers alone. Nothing that readers see knows them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign import fence
from campaign.errors import Refused
from campaign.sentences import Sentence
from campaign.storage.tables import Action

MOST = 12  # on one action
LONGEST = 40  # characters of one


@dataclass(frozen=True)
class Tagged:
    """A tag in use, as it was written on the eldest action that has it, and the ids of all that have it."""

    tag: str
    action_ids: tuple[int, ...]


def key(tag: str) -> str:
    """What two spellings of one tag share: without case, in composed form (NFC)."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", tag).casefold())


def listed(written: str) -> list[str]:
    """The tags that somebody typed with commas between them, each once, as it was written first."""
    first: dict[str, str] = {}
    for part in re.split("[,،]", written):
        if tag := fence.one_line(part):
            first.setdefault(key(tag), tag)
    return list(first.values())


def typed(tags: Iterable[str]) -> str:
    """The same, as they would be typed."""
    return ", ".join(tags)


def fault(tags: Sequence[str]) -> Sentence | None:
    """What is wrong with the tags of one action, and what to do; None where all is well."""
    if any(len(tag) > LONGEST for tag in tags):
        return Sentence("Use at most %(most)s characters in each tag.", most=LONGEST)
    if len(tags) > MOST:
        return Sentence("Use at most %(most)s tags.", most=MOST)
    return None


def one(written: str) -> str:
    """The one tag that somebody typed. Raises `Refused` for none, for several, and for one that is too long."""
    typed = listed(written)
    if len(typed) != 1:
        raise Refused("Enter one tag, without a comma.")
    if wrong := fault(typed):
        raise Refused(wrong.message, **wrong.values)
    return fence.one_line(typed[0])


def with_tag(tags: Sequence[str], tag: str) -> list[str]:
    """The tags of an action with one more; as they are if it is among them, however it is spelt."""
    return list(tags) if key(tag) in map(key, tags) else [*tags, tag]


def without_tag(tags: Sequence[str], tag: str) -> list[str]:
    """The tags of an action without one, however it is spelt."""
    return [it for it in tags if key(it) != key(tag)]


def in_use(session: Session) -> list[Tagged]:
    """Every tag that an action has, in one query; drafts that were discarded have none."""
    # In Python: neither database compares letters of every script without case.
    tagged = select(Action.id, Action.tags).where(Action.discarded_at.is_(None), Action.tags != []).order_by(Action.id)
    spelt: dict[str, str] = {}
    having: dict[str, list[int]] = {}
    for action_id, tags in session.execute(tagged):
        for tag in tags:
            spelt.setdefault(key(tag), tag)
            having.setdefault(key(tag), []).append(action_id)
    return [Tagged(spelt[it], tuple(having[it])) for it in spelt]
