"""Placeholders: what a template leaves open, written as a field, `((who))`, and never one of the case's figures.

When a template is used, what the case and the action know is written out. What is left reads in brackets, "[the number
of people]", until somebody writes their own words there; the checks before publication find it. A figure of the case
that has the name of a placeholder is a figure.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from campaign import prose
from campaign.cases.places import NO_COUNTRY
from campaign.language import country_name, day
from campaign.sentences import Sentence
from campaign.storage.tables import Action, Case, Official

# What to write in place of each. The letter templates that ship say it of their own concern, in `letters/starters/`.
PLACEHOLDERS: Mapping[str, Sentence] = {
    "who": Sentence("the name of the person or group, if it is safe to name them"),
    "country": Sentence("the country"),
    "place": Sentence("the place"),
    "date": Sentence("the day it happened, or is expected"),
    "deadline": Sentence("the deadline"),
    "number": Sentence("the number of the action"),
    "official": Sentence("the name of the official"),
    "office": Sentence("the office of the official"),
    "people": Sentence("the number of people"),
    "figure": Sentence("a figure, with its source"),
    "work": Sentence("what they do"),
    "attack": Sentence("what happened, with a source"),
    "taken": Sentence("who took them and how, according to witnesses"),
    "charge": Sentence("what they are charged with"),
    "court": Sentence("the court"),
    "doubt": Sentence("what was wrong with the trial or the sentence, with a source"),
    "fault": Sentence("what makes the trial unfair, with a source"),
    "destination": Sentence("the country they would be sent to"),
    "danger": Sentence("what awaits them, with a source"),
}
# What stands for a figure of one case in a template, which belongs to none.
FIGURE = "figure"


def still_open(keys: Iterable[str], figures: Collection[str]) -> dict[str, Sentence]:
    """{placeholder: what to write there} of the keys of fields; `figures` are the keys of the figures of the case."""
    return {key: PLACEHOLDERS[key] for key in keys if key in PLACEHOLDERS and key not in figures}


def unknown(sources: Iterable[str]) -> list[str]:
    """The fields in texts that are no placeholder."""
    return sorted({key for source in sources for key in prose.field_keys(source)} - PLACEHOLDERS.keys())


def known_of_case(case: Case, locale: str) -> dict[str, str]:
    """{placeholder: words} for what a case knows in a language: who is at risk, and where."""
    who = [it.name.get(locale, "") for it in case.subjects]
    values = {
        # Names in another language would stand in the text as they are: better left open.
        "who": ", ".join(who) if all(who) else "",
        "country": country_name(case.country, locale) if case.country != NO_COUNTRY else "",
    }
    return {key: value for key, value in values.items() if value}


def known(action: Action, locale: str, official: Official | None = None) -> dict[str, str]:
    """{placeholder: words} for what an action knows in a language; `official` is who its letter is for, if for one."""
    values = {
        **known_of_case(action.case, locale),
        "number": str(action.number) if action.number else "",
        "deadline": day(action.deadline, locale) if action.deadline else "",
        "official": official.name if official is not None else "",
        "office": official.office.get(locale, "") if official is not None else "",
    }
    return {key: value for key, value in values.items() if value}


def written_out(source: str, values: Mapping[str, str], *, plain: bool = False) -> str:
    """A text with what is known in place of its placeholders; `plain` if it is printed as it is typed."""
    for key, value in values.items():
        source = source.replace(f"(({key}))", value if plain else prose.literal(value))
    return source
