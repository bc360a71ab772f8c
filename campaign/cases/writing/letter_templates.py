"""Starter letters: polite, factual, one clear request, for the concerns that actions are written for again and again.

They lie in `letters/starters/`, one file a concern, with a letter in each language it was written in.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from campaign import prose
from campaign.cases.writing import placeholders
from campaign.cases.writing.model_letters import LetterWords
from campaign.settings import ROOT
from campaign.storage.tables import Case

STARTERS = ROOT / "letters" / "starters"


@dataclass(frozen=True)
class Starter:
    """Letters about one concern. `fields` says what to write in place of each ((field))."""

    key: str
    concern: str
    fields: Mapping[str, str]
    letters: Mapping[str, LetterWords]


@cache
def starters() -> Mapping[str, Starter]:
    """All of them, {key: starter}, by concern."""
    read = (_read(path.stem, tomllib.loads(path.read_text("utf-8"))) for path in sorted(STARTERS.glob("*.toml")))
    return {it.key: it for it in sorted(read, key=lambda it: it.concern)}


def begun_from(starter: Starter, locale: str, case: Case) -> LetterWords | None:
    """The letter in a language, with what the case knows written out; None if it is not written in that language."""
    letter = starter.letters.get(locale)
    if letter is None:
        return None
    body = placeholders.written_out(letter.body, placeholders.known_of_case(case, locale))
    return LetterWords(letter.salutation, body, letter.close)


def left_open(starter: Starter, body: str) -> dict[str, str]:
    """{field: what to write in its place} for the fields of a starter that a letter still holds."""
    held = prose.field_keys(body)
    return {key: hint for key, hint in starter.fields.items() if key in held}


def hints(body: str) -> dict[str, str]:
    """{field: what to write in its place} for a letter that was begun from some starter: one that has its open fields.

    Starters share names of fields and mean other things by them: where several could have been it, and do not say the
    same, nothing is said.
    """
    held = prose.field_keys(body)
    most = max((len(held & it.fields.keys()) for it in starters().values()), default=0)
    likely = [it for it in starters().values() if len(held & it.fields.keys()) == most]
    said = {key: {it.fields[key] for it in likely if key in it.fields} for key in held}
    return {key: it.pop() for key, it in said.items() if len(it) == 1}


def _read(key: str, written: Mapping[str, object]) -> Starter:
    fields, letters = written["fields"], written["letters"]
    if not isinstance(fields, Mapping) or not isinstance(letters, Mapping):
        raise TypeError(f"{key} is no starter")
    return Starter(
        key=key,
        concern=str(written["concern"]),
        fields={str(name): str(hint) for name, hint in fields.items()},
        letters={
            str(locale): LetterWords(it["salutation"], it["body"].strip(), it["close"])
            for locale, it in letters.items()
        },
    )
