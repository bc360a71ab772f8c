"""Versions: every text and letter that was ever public can be read as it was, compared, and taken up again.

What a text said is its content and what its fields said then. A version of an action's text holds both; a model letter
is itself a version, and gets the words of its fields when another takes its place.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign import prose
from campaign.office.audit import Actor
from campaign.publication import fields
from campaign.publication.reading import quoted_figures
from campaign.storage.tables import Action, ActionText, Figure, ModelLetter, TextVersion

# The parts of an action's text, in the order of the page.
PARTS = ("title", "ask", "summary", "demands", "background", "after_deadline")


def keep_text(
    session: Session, action: Action, locale: str, actor: Actor, why: str | None, now: datetime
) -> TextVersion | None:
    """Append what an action says in a language now as its newest version; None if it says what it said.

    Belongs behind the change of the text, in its transaction, where the action's row is locked by a guarded UPDATE:
    so two writers never give one number twice. `why` is for those who read the versions later.
    """
    text = _text(session, action.id, locale)
    if text is None:
        return None
    content, filled = content_of(text), fields_of(parts_of(text), _figures(session, action.case_id), locale)
    last = latest_text(session, action.id, locale)
    if last is not None and last.content == content:
        if not last.filled:  # kept before it had fields, or by who did not know them
            last.filled = filled
        if last.filled == filled:
            return None
    kept = TextVersion(
        action_id=action.id,
        locale=locale,
        version=last.version + 1 if last else 1,
        content=content,
        filled=filled,
        why=why,
        organiser_id=actor.id,
        created_at=now,
    )
    session.add(kept)
    session.flush()
    return kept


def letter_version(
    session: Session,
    action: Action,
    locale: str,
    official_id: int | None,
    salutation: str,
    body: str,
    close: str,
    actor: Actor,
    now: datetime,
) -> ModelLetter:
    """Save a model letter: in place while nobody has used its newest version, else as a new one.

    Belongs in a transaction where the action's row is locked by a guarded UPDATE. Returns the version that holds the
    words, an old one if they are the same.
    """
    last = latest_letter(session, action.id, locale, official_id)
    words = {"salutation": salutation, "body": body, "close": close}
    if last is not None and words == {name: getattr(last, name) for name in words}:
        return last
    if last is not None and not was_used(last, action):
        for name, value in words.items():
            setattr(last, name, value)
        last.organiser_id, last.created_at = actor.id, now
        session.flush()
        return last
    if last is not None:
        set_aside(last, action, letter_fields(session, action, last))
    return next_letter(session, action, locale, official_id, last, words, actor, now)


def was_used(letter: ModelLetter, action: Action) -> bool:
    """Whether supporters may have sent this version: it was used, or it has stood on a public page."""
    return letter.used_at is not None or action.opened_at is not None


def set_aside(letter: ModelLetter, action: Action, filled: Mapping[str, str]) -> None:
    """Another version takes the place of a used one: from here on it reads as it was sent."""
    if letter.filled is None:
        letter.filled = dict(filled)
    if letter.used_at is None and action.opened_at is not None:
        letter.used_at = max(action.opened_at, letter.created_at)


def next_letter(
    session: Session,
    action: Action,
    locale: str,
    official_id: int | None,
    last: ModelLetter | None,
    words: Mapping[str, str],
    actor: Actor,
    now: datetime,
) -> ModelLetter:
    """Append the version of a model letter that follows `last`."""
    added = ModelLetter(
        action_id=action.id,
        official_id=official_id,
        locale=locale,
        version=last.version + 1 if last else 1,
        organiser_id=actor.id,
        created_at=now,
        **words,
    )
    session.add(added)
    session.flush()
    return added


def latest_text(session: Session, action_id: int, locale: str) -> TextVersion | None:
    """The newest version of an action's text in a language."""
    return session.scalars(
        select(TextVersion)
        .where(TextVersion.action_id == action_id, TextVersion.locale == locale)
        .order_by(TextVersion.version.desc())
        .limit(1)
    ).one_or_none()


def latest_letter(session: Session, action_id: int, locale: str, official_id: int | None) -> ModelLetter | None:
    """The newest version of a model letter; `official_id` None is the one for all recipients."""
    return session.scalars(
        select(ModelLetter)
        .where(
            ModelLetter.action_id == action_id,
            ModelLetter.locale == locale,
            ModelLetter.official_id.is_(None) if official_id is None else ModelLetter.official_id == official_id,
        )
        .order_by(ModelLetter.version.desc())
        .limit(1)
    ).one_or_none()


def content_of(text: ActionText) -> str:
    """The JSON of a text's parts, as versions keep it: the same words give the same JSON."""
    parts = {name: getattr(text, name) for name in PARTS}
    if parts["ask"] is None:
        del parts["ask"]  # as versions from before there was one have it
    return json.dumps(parts, ensure_ascii=False, sort_keys=True)


def read_content(version: TextVersion) -> dict[str, Any]:
    """The parts of a kept text: `demands` a list, `after_deadline` None where there is none, all others text."""
    kept: dict[str, Any] = json.loads(version.content)
    return kept


def parts_of(text: ActionText) -> list[str]:
    """The parts of a text that may hold fields, as they were written."""
    held = [getattr(text, name) for name in fields.IN_TEXTS]
    return [one for it in held for one in ([it] if isinstance(it, str) else it)]


def fields_of(sources: Iterable[str], figures: Iterable[Figure], locale: str) -> dict[str, str]:
    """{field: what it says now} for the fields that texts hold; a field nothing is known for is left out."""
    values = quoted_figures(figures, locale)
    held = sorted({key for source in sources for key in prose.field_keys(source)})
    return {key: values[key] for key in held if key in values}


def letter_fields(session: Session, action: Action, letter: ModelLetter) -> dict[str, str]:
    """What the fields of a model letter say now."""
    return fields_of([letter.body], _figures(session, action.case_id), letter.locale)


def as_it_was(letter: ModelLetter) -> str | None:
    """What a model letter that was set aside said, as plain text; None for one that still speaks for today."""
    return None if letter.filled is None else prose.to_text(letter.body, letter.filled, missing="show")


class Difference(StrEnum):
    """What became of a piece of text."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True)
class Piece:
    """A run of words, and what became of it."""

    difference: Difference
    text: str


# A number with its points and commas is one word: who reads "1.4" struck out must not see a struck 4.
_WORDS = re.compile(r"\s+|\w+(?:[.,٬٫]\w+)*|[^\w\s]")


def compare(old: str, new: str) -> tuple[Piece, ...]:
    """Two texts as the runs of words that are the same, removed or added, in reading order; removed before added."""
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    runs: list[tuple[bool, str, str]] = []  # (whether it is the same, what it was, what it becomes)
    for tag, i, j, k, n in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        same, was, becomes = tag == "equal", "".join(before[i:j]), "".join(after[k:n])
        # A space between two changes is part of one change: words are read in runs.
        if same and not was.strip() and runs and (j < len(before) or n < len(after)):
            same = False
        if runs and not same and not runs[-1][0]:
            was, becomes = runs[-1][1] + was, runs[-1][2] + becomes
            runs.pop()
        runs.append((same, was, becomes))
    pieces: list[Piece] = []
    for same, was, becomes in runs:
        told = ((Difference.SAME, was),) if same else ((Difference.REMOVED, was), (Difference.ADDED, becomes))
        pieces += [Piece(what, text) for what, text in told if text]
    return tuple(pieces)


def _text(session: Session, action_id: int, locale: str) -> ActionText | None:
    session.flush()
    return session.scalars(
        select(ActionText)
        .where(ActionText.action_id == action_id, ActionText.locale == locale)
        .execution_options(populate_existing=True)
    ).one_or_none()


def _figures(session: Session, case_id: int) -> list[Figure]:
    session.flush()
    return list(
        session.scalars(
            select(Figure).where(Figure.case_id == case_id, Figure.quoted).execution_options(populate_existing=True)
        )
    )


def newest_letters(action: Action) -> tuple[ModelLetter, ...]:
    """The newest version of each letter to one of the recipients, or to all of them."""
    recipients = {it.official_id for it in action.recipients}
    newest = {(it.locale, it.official_id): it for it in sorted(action.letters, key=lambda it: it.version)}
    return tuple(it for it in newest.values() if it.official_id is None or it.official_id in recipients)
