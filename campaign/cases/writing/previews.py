"""What an action would look like if what was typed were saved. Nothing is written: the session is thrown away."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign import prose
from campaign.cases.writing import placeholders
from campaign.cases.writing.model_letters import LetterWords, Which
from campaign.cases.writing.texts import Words
from campaign.publication.reading import described, quoted_figures
from campaign.publication.values import PublicAction
from campaign.sentences import Sentence
from campaign.storage.tables import Action, ActionText, Figure, ModelLetter

# Behind every version there is.
_LAST = 1_000_000


@dataclass(frozen=True)
class Typed:
    """What was typed and not saved: texts by language, and letters."""

    texts: Mapping[str, Words] = field(default_factory=dict)
    letters: Mapping[Which, LetterWords] = field(default_factory=dict)


@dataclass(frozen=True)
class Printed:
    """A figure that texts may quote: what `((key))` prints in each language, None where none was chosen."""

    key: str
    label: str
    prints: Mapping[str, str | None]


def previewed(session: Session, slug: str, locale: str, typed: Typed, now: datetime) -> PublicAction:
    """The action as it would be public. The last that is asked of its session: what it read is changed, and thrown
    away. Raises `Unknown` if there is no such action.
    """
    # A flush would write what nobody saved.
    with session.no_autoflush:
        described(session, slug, locale)
        action = session.scalars(select(Action).where(Action.slug == slug)).one()
        for tag, words in typed.texts.items():
            _say(action, tag, words)
        for which, letter in typed.letters.items():
            action.letters.append(
                ModelLetter(
                    locale=which.locale,
                    official_id=which.official_id,
                    version=_LAST,
                    salutation=letter.salutation,
                    body=letter.body,
                    close=letter.close,
                    created_at=now,
                )
            )
        shown = described(session, slug, locale)
        session.expunge_all()
    return shown


def fields(figures: list[Figure], locales: list[str]) -> tuple[Printed, ...]:
    """Every field that a text may quote, by key, with what it prints in each language."""
    prints = {locale: quoted_figures(figures, locale) for locale in locales}
    labels = {it.key: it.label.get("en") or next(iter(it.label.values()), "") for it in figures}
    labels |= {it.key: it.label.get("en") or next(iter(it.label.values()), "") for it in figures if it.quoted}
    return tuple(
        Printed(key, labels[key], {locale: prints[locale].get(key) for locale in locales}) for key in sorted(labels)
    )


def unknown(sources: list[str], figures: list[Figure]) -> list[str]:
    """The keys of fields in texts for which no figure is quoted: they would be printed as they were typed."""
    quoted = {it.key for it in figures if it.quoted}
    return sorted({key for source in sources for key in prose.field_keys(source)} - quoted)


def left_open(sources: Iterable[str], figures: list[Figure]) -> dict[str, Sentence]:
    """{placeholder: what to write there} of those that texts still have: none of them is a figure that is missing."""
    held = sorted({key for source in sources for key in prose.field_keys(source)})
    return placeholders.still_open(held, {it.key for it in figures})


def _say(action: Action, locale: str, words: Words) -> None:
    text = next((it for it in action.texts if it.locale == locale), None)
    if text is None:
        text = ActionText(locale=locale)
        action.texts.append(text)
    text.title, text.summary, text.background = words.title, words.summary, words.background
    text.demands, text.after_deadline = list(words.demands), words.after_deadline or None
    text.ask = words.ask or None
