"""What answers to a name, and the one sentence that says that nothing does."""

from __future__ import annotations

from typing import TypeVar

from campaign.errors import Unknown
from campaign.language import ORIGINAL, country_name

Thing = TypeVar("Thing")


def known_action(action: Thing | None, slug: str) -> Thing:
    """The action that was looked up by a slug. Raises `Unknown` if there is none of that name.

    For the office and the command line, which tell each other's names; the public gets `Unknown` without one.
    """
    if action is None:
        raise Unknown("There is no action with the name %(slug)s.", slug=slug)
    return action


def known_case(case: Thing | None, slug: str) -> Thing:
    """The case that was looked up by a slug. Raises `Unknown` if there is none of that name."""
    if case is None:
        raise Unknown("There is no case with the name %(slug)s.", slug=slug)
    return case


def case_named(slug: str, country: str) -> str:
    """A case's name for people: its slug as words, its country spelt as countries are."""
    name = country_name(country, ORIGINAL)
    words = slug.replace("-", " ").replace(name.lower(), name)
    return words[:1].upper() + words[1:]
