"""Translating: an action's texts and letters beside their original, saved in one language and no other."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session, selectinload

from campaign.cases.writing import proposals, waiting_changes
from campaign.cases.writing.model_letters import LetterWords, Which
from campaign.cases.writing.passages import (
    ALL_OFFICIALS,
    Kept,
    Passage,
    State,
    counted,
    letters_of,
    passages,
    words_of,
)
from campaign.cases.writing.proposals import Wanted
from campaign.cases.writing.texts import Form, Words
from campaign.cases.writing.texts import words_of as words_of_text
from campaign.cases.writing.versions import newest_letters
from campaign.errors import Refused, Unknown
from campaign.language import LANGUAGES
from campaign.office.audit import Actor
from campaign.publication.slugs import known_action
from campaign.storage import Vault
from campaign.storage.tables import Action, Translation
from campaign.storage.upsert import insert_or_leave
from campaign.vocabulary import ActionStatus

# What is over is kept as it was read, and nobody reads a draft that was thrown away.
TRANSLATABLE = (ActionStatus.DRAFT, ActionStatus.IN_REVIEW, ActionStatus.OPEN)


@dataclass(frozen=True)
class Page:
    """An action in one language, as its translator sees it.

    `edit_tokens` are those of each language's texts and of each letter ("ur", "letter:ur:3"), as a form carries them.
    `waits`: what stands here was proposed, and someone else publishes it.
    """

    action: Action
    tag: str
    passages: tuple[Passage, ...]
    edit_tokens: Mapping[str, str]
    waits: bool


@dataclass(frozen=True)
class Row:
    """An action that has something to translate, and how far each of its languages is."""

    slug: str
    title: str
    original: str
    status: ActionStatus
    deadline: date | None
    states: Mapping[str, Mapping[State, int]]


def list_actions(session: Session) -> tuple[Row, ...]:
    """Every action that may be translated, what is open first, by deadline. Four queries, however many there are."""
    found = session.scalars(
        select(Action)
        .where(Action.status.in_(TRANSLATABLE), Action.discarded_at.is_(None))
        .options(selectinload(Action.texts), selectinload(Action.letters), selectinload(Action.recipients))
        .order_by(Action.status != ActionStatus.OPEN, Action.deadline, Action.id)
    ).all()
    kept: dict[tuple[int, str], Kept] = {
        (row.action_id, row.locale): json.loads(row.passages)
        for row in session.scalars(select(Translation).where(Translation.action_id.in_([it.id for it in found])))
    }
    return tuple(_row(action, kept) for action in found)


def read(session: Session, slug: str, tag: str) -> Page:
    """An action in a language. Raises `Unknown` for no such action or language, `Refused` for the original's own."""
    action = known_action(
        session.scalars(
            select(Action)
            .where(Action.slug == slug, Action.status.in_(TRANSLATABLE), Action.discarded_at.is_(None))
            .options(selectinload(Action.texts), selectinload(Action.letters), selectinload(Action.recipients))
        ).one_or_none(),
        slug,
    )
    if tag not in LANGUAGES:
        raise Unknown("There is no such language here.")
    if tag == action.original_locale:
        raise Refused("This is the original language. Change it under “Texts”.")
    texts, letters = _texts(action), _letters(action)
    tokens = {locale: words.edit_token for locale, words in texts.items()}
    tokens |= {
        Which(tag, number or None).part: letters.get((tag, number), LetterWords()).edit_token
        for locale, number in letters
        if locale == action.original_locale
    }
    waiting = waiting_changes.as_typed(session, action.id)
    waits = tag in waiting.texts or any(which.locale == tag for which in waiting.letters)
    texts |= {locale: words for locale, words in waiting.texts.items() if locale == tag}
    letters |= {
        (which.locale, which.official_id or ALL_OFFICIALS): words
        for which, words in waiting.letters.items()
        if which.locale == tag
    }
    row = session.scalars(select(Translation).filter_by(action_id=action.id, locale=tag)).one_or_none()
    kept = json.loads(row.passages) if row is not None else {}
    return Page(action, tag, _passages(action, tag, texts, letters, kept), tokens, waits)


def save(
    session: Session,
    vault: Vault,
    actor: Actor,
    slug: str,
    tag: str,
    form: Form,
    typed: Mapping[str, str],
    wanted: Wanted,
    now: datetime,
) -> bool:
    """Save what was typed for each passage, {key: translation}; whether it waits for someone else.

    Raises as `texts.save_texts` and `model_letters.save` do; then nothing of it is saved.
    """
    page = read(session, slug, tag)
    values = {passage.key: typed[passage.key] for passage in page.passages if passage.key in typed}
    texts, letters = _texts(page.action), _letters(page.action)
    here = texts.get(tag, Words())
    _, waits = proposals.save_texts(session, vault, actor, slug, form, {tag: words_of(values, here)}, (), wanted, now)
    stand = {number: words for (locale, number), words in letters.items() if locale == tag}
    for number, words in letters_of(values, stand).items():
        which = Which(tag, number or None)
        if words != stand.get(number, LetterWords()):
            waits = proposals.save_letter(session, vault, actor, slug, form, which, words, wanted, now) or waits
    _keep(session, page, actor, values, now)
    return waits


def _keep(session: Session, page: Page, actor: Actor, values: Mapping[str, str], now: datetime) -> None:
    held = {passage.key: [passage.source, values.get(passage.key, passage.target)] for passage in page.passages}
    content = {
        "passages": json.dumps(held, ensure_ascii=False, sort_keys=True),
        "organiser_id": actor.id,
        "saved_at": now,
    }
    key = {"action_id": page.action.id, "locale": page.tag}
    if insert_or_leave(session, Translation, **key, **content) is None:
        session.execute(update(Translation).filter_by(**key).values(**content))


def _row(action: Action, kept: Mapping[tuple[int, str], Kept]) -> Row:
    texts, letters = _texts(action), _letters(action)
    tags = [*action.languages, *texts, *(locale for locale, _ in letters)]
    return Row(
        slug=action.slug,
        title=texts[action.original_locale].title if action.original_locale in texts else action.slug,
        original=action.original_locale,
        status=action.status,
        deadline=action.deadline,
        states={
            tag: counted(_passages(action, tag, texts, letters, kept.get((action.id, tag), {})))
            for tag in sorted(set(tags) & set(LANGUAGES) - {action.original_locale})
        },
    )


def _passages(
    action: Action,
    tag: str,
    texts: Mapping[str, Words],
    letters: Mapping[tuple[str, int], LetterWords],
    kept: Kept,
) -> tuple[Passage, ...]:
    def in_language(locale: str) -> dict[int, LetterWords]:
        return {number: words for (there, number), words in letters.items() if there == locale}

    return passages(
        texts.get(action.original_locale, Words()),
        texts.get(tag, Words()),
        in_language(action.original_locale),
        in_language(tag),
        kept,
    )


def _texts(action: Action) -> dict[str, Words]:
    return {text.locale: words_of_text(text) for text in action.texts}


def _letters(action: Action) -> dict[tuple[str, int], LetterWords]:
    return {
        (letter.locale, letter.official_id or ALL_OFFICIALS): LetterWords(letter.salutation, letter.body, letter.close)
        for letter in newest_letters(action)
    }
