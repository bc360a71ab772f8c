"""What a draft that is made of an earlier action is called: its title in the original language, and its number."""

from __future__ import annotations

from dataclasses import dataclass

from campaign.action_number import ActionNumber
from campaign.errors import Refused
from campaign.storage.tables import Action

LONGEST_TITLE = 300  # characters


@dataclass(frozen=True)
class Heading:
    """Title and number as they are typed; a number may come later."""

    title: str
    number: str = ""


def head(action: Action, heading: Heading) -> None:
    """Call a draft so. Where the title is a new one, those in other languages are empty: the checks ask for them.

    Raises `Refused` without a title, and for what is no number.
    """
    title = " ".join(heading.title.split())
    if not title or len(title) > LONGEST_TITLE:
        raise Refused("Enter a title of at most %(most)s characters.", most=LONGEST_TITLE)
    number = ActionNumber.parse(heading.number)
    if heading.number and number is None:
        raise Refused("Enter the number like UA 56/25.")
    action.serial, action.year = (number.serial, number.year) if number else (None, None)
    of_original = next((it for it in action.texts if it.locale == action.original_locale), None)
    if of_original is None or of_original.title == title:
        return
    for text in action.texts:
        text.title = ""
    of_original.title = title
