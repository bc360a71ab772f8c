"""Forms for the facts of a case: what is asked for, and from what was typed to the values that rooms take.

No form is lost: whatever was typed is shown again, each fault beside its field.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from campaign.cases.amounts import amount
from campaign.cases.evidence.facts import CaseFacts, EventFacts, Facts, FigureFacts, SourceFacts, SubjectFacts
from campaign.language import ORIGINAL
from campaign.sentences import Sentence
from campaign.vocabulary import EventKind, Naming, Theme
from campaign.web.forms import many_lines, one_line
from campaign.web.locales import _

Typed = Mapping[str, str]


class Kind(StrEnum):
    """What is typed or chosen."""

    WORDS = "words"  # a line in each language
    LINE = "line"
    LONG = "long"
    DATE = "date"
    KEY = "key"
    NUMBER = "number"
    CODES = "codes"  # two letters each, parted by commas
    CHOICE = "choice"
    SEVERAL = "several"  # boxes to tick
    SOURCE = "source"
    COUNTRY = "country"
    ZONE = "zone"


@dataclass(frozen=True)
class FormField:
    """One thing a form asks for. `name` is that of the fact; `choices` are (value, what it means)."""

    name: str
    kind: Kind
    label: str
    hint: str = ""
    choices: tuple[tuple[str, str], ...] = ()


# As readers' pages call them.
_THEMES = {
    Theme.DETENTION: Sentence("Detention"),
    Theme.FAIR_TRIAL: Sentence("Fair trial"),
    Theme.TORTURE: Sentence("Torture"),
    Theme.DEATH_PENALTY: Sentence("Death penalty"),
    Theme.DISAPPEARANCE: Sentence("Disappearances"),
    Theme.REFUGEES: Sentence("Refugees and migrants"),
    Theme.EXPRESSION: Sentence("Freedom of expression"),
    Theme.DEFENDERS: Sentence("Defenders of human rights"),
    Theme.WOMEN: Sentence("Rights of women"),
    Theme.CHILDREN: Sentence("Rights of children"),
    Theme.MINORITIES: Sentence("Minorities"),
    Theme.LAND: Sentence("Land and environment"),
    Theme.HEALTH: Sentence("Health"),
}

FORMS: Mapping[type[Facts], tuple[FormField, ...]] = {
    CaseFacts: (
        FormField("country", Kind.COUNTRY, Sentence("Country"), Sentence("Where people are at risk.")),
        FormField(
            "time_zone", Kind.ZONE, Sentence("Time zone"), Sentence("Used for deadlines. For example Asia/Karachi.")
        ),
        FormField(
            "place", Kind.WORDS, Sentence("Place name for this time zone"), Sentence("A city name, like Islamabad.")
        ),
        FormField(
            "at_risk_countries",
            Kind.CODES,
            Sentence("Other countries where being named could be dangerous"),
            Sentence(
                "Two-letter codes, like AF, IR. People who sign from there are asked a second time before they are "
                "named."
            ),
        ),
        FormField(
            "themes",
            Kind.SEVERAL,
            Sentence("Themes"),
            Sentence("Readers can look for actions by theme."),
            choices=tuple(_THEMES.items()),
        ),
    ),
    SubjectFacts: (
        FormField("name", Kind.WORDS, Sentence("Name or description")),
        FormField("pronoun", Kind.WORDS, Sentence("Pronoun")),
        FormField(
            "naming",
            Kind.CHOICE,
            Sentence("Public name"),
            Sentence("As agreed with them or with someone who speaks for them. You must follow this in your texts."),
            (
                (Naming.NAMED, Sentence("In full")),
                (
                    Naming.INITIALS,
                    Sentence("By their initials: pages, prints and data show “S. T.” for “Sample Teacher”"),
                ),
                (
                    Naming.DESCRIBED,
                    Sentence("Description only: the field above is not a name, but for example “a teacher, 34”"),
                ),
            ),
        ),
    ),
    EventFacts: (
        FormField("on", Kind.DATE, Sentence("Day")),
        FormField(
            "kind",
            Kind.CHOICE,
            Sentence("Type"),
            choices=(
                (EventKind.DEVELOPMENT, Sentence("Development: something that happened")),
                (EventKind.THREAT, Sentence("Threat: a day when harm is expected")),
            ),
        ),
        FormField(
            "caption",
            Kind.WORDS,
            Sentence("Short description"),
            Sentence("Shown on the timeline strip, like “cards expire”."),
        ),
        FormField("source_id", Kind.SOURCE, Sentence("Source")),
    ),
    SourceFacts: (
        FormField("publisher", Kind.WORDS, Sentence("Who published it")),
        FormField("title", Kind.WORDS, Sentence("Title")),
        FormField("published_on", Kind.DATE, Sentence("Published on")),
        FormField(
            "published_about",
            Kind.LINE,
            Sentence("Or approximate date"),
            Sentence("If you do not know the day, like “June 2025”."),
        ),
        FormField("url", Kind.LINE, Sentence("Web address")),
        FormField("note", Kind.LONG, Sentence("Note"), Sentence("For organisers only: how reliable is it?")),
    ),
    FigureFacts: (
        FormField("key", Kind.KEY, Sentence("Key"), Sentence("One word for what is counted. Texts use it as ((key)).")),
        FormField("value", Kind.NUMBER, Sentence("Number"), Sentence("Like 1400000, 1,400,000 or 1.4 million.")),
        FormField(
            "qualifier",
            Kind.WORDS,
            Sentence("Qualifier"),
            Sentence("As the source says it, like “at least”. If it comes after the number, write {n} for the number."),
        ),
        FormField(
            "label",
            Kind.WORDS,
            Sentence("What is counted"),
            Sentence("Like “people forced to return since 1 April 2025”."),
        ),
        FormField(
            "as_of", Kind.DATE, Sentence("As of"), Sentence("The day the number was true, if the source says so.")
        ),
        FormField("source_id", Kind.SOURCE, Sentence("Source")),
    ),
}


@dataclass(frozen=True)
class Entered:
    """What was typed, read: the facts as far as they can be, and what is wrong, by field."""

    facts: Any
    faults: Mapping[str, str]


def read(facts_type: type[Facts], typed: Typed) -> Entered:
    """The facts of a form that was sent."""
    values: dict[str, Any] = {}
    faults: dict[str, str] = {}
    for asked in FORMS[facts_type]:
        try:
            values[asked.name] = _READERS[asked.kind](asked, typed)
        except ValueError as error:
            values[asked.name], faults[asked.name] = None, _(str(error))
    facts = facts_type(**values)
    return Entered(facts, {**facts.faults(), **faults})


def shown(facts: Any) -> dict[str, str]:
    """Facts as a form shows them: {name of the input: its value}."""
    inputs: dict[str, str] = {}
    for asked in FORMS[type(facts)]:
        value = getattr(facts, asked.name)
        if asked.kind is Kind.WORDS:
            inputs |= {f"{asked.name}-{tag}": words for tag, words in value.items()}
        elif asked.kind is Kind.SEVERAL:
            inputs |= {f"{asked.name}-{chosen}": "yes" for chosen in value}
        elif asked.kind is Kind.CODES:
            inputs[asked.name] = ", ".join(value)
        else:
            inputs[asked.name] = "" if value is None else str(value)
    return inputs


def tags(*spoken: Iterable[str]) -> list[str]:
    """The languages a form asks for: the original first, then the others by their tags."""
    return [ORIGINAL, *sorted({tag for some in spoken for tag in some} - {ORIGINAL})]


def _words(asked: FormField, typed: Typed) -> dict[str, str]:
    prefix = f"{asked.name}-"
    found = {name.removeprefix(prefix): one_line(said) for name, said in typed.items() if name.startswith(prefix)}
    return {tag: said for tag, said in sorted(found.items()) if said and re.fullmatch(r"[A-Za-z-]{2,16}", tag)}


def _line(asked: FormField, typed: Typed) -> str | None:
    return one_line(typed.get(asked.name)) or None


def _long(asked: FormField, typed: Typed) -> str | None:
    return many_lines(typed.get(asked.name)) or None


def _date(asked: FormField, typed: Typed) -> date | None:
    said = one_line(typed.get(asked.name))
    try:
        return date.fromisoformat(said) if said else None
    except ValueError as error:
        raise ValueError(Sentence("Enter the day like 2025-06-30.")) from error


def _number(asked: FormField, typed: Typed) -> int:
    # What is no whole number is refused by the fact itself, in its own words.
    value = amount(one_line(typed.get(asked.name)))
    return -1 if value is None else value


def _codes(asked: FormField, typed: Typed) -> tuple[str, ...]:
    return tuple(dict.fromkeys(re.findall(r"[A-Za-z]+", one_line(typed.get(asked.name)).upper())))


def _choice(asked: FormField, typed: Typed) -> object:
    said = one_line(typed.get(asked.name))
    for value, _label in asked.choices:
        if said == value:
            return value
    raise ValueError(Sentence("Choose one."))


def _several(asked: FormField, typed: Typed) -> tuple[str, ...]:
    return tuple(value for value, _label in asked.choices if typed.get(f"{asked.name}-{value}") == "yes")


def _source(asked: FormField, typed: Typed) -> int | None:
    said = one_line(typed.get(asked.name))
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 12 else None


def _word(asked: FormField, typed: Typed) -> str:
    return one_line(typed.get(asked.name))


_READERS: Mapping[Kind, Callable[[FormField, Typed], Any]] = {
    Kind.WORDS: _words,
    Kind.LINE: _line,
    Kind.LONG: _long,
    Kind.DATE: _date,
    Kind.KEY: _word,
    Kind.NUMBER: _number,
    Kind.CODES: _codes,
    Kind.CHOICE: _choice,
    Kind.SEVERAL: _several,
    Kind.SOURCE: _source,
    Kind.COUNTRY: _word,
    Kind.ZONE: _word,
}
