"""The number of a signature sheet: printed on it when it is made, and typed in from it when it comes back.

Seven signs like "7Q4-2M9K", without those that a photocopy confuses. Nothing is kept of a number that was printed: its
last sign checks the others and the action, so that a slip of the pen, or the sheet of another action, is noticed. A
copy of a sheet has its number too, and is told from it by a stroke and a figure: "7Q4-2M9K/2". Whatever does not look
like a number is what an organiser calls a bundle.
"""

from __future__ import annotations

import hashlib
import re
import secrets

from campaign.errors import Refused
from campaign.printing.engine.text import one_line
from campaign.vocabulary import LEGIBLE

LONGEST = 40  # letters of what a bundle is called
MOST_PRINTED = 200

_SIGNS = 6
_LOOKS_LIKE_ONE = re.compile(
    r"(?P<one>\w{3})\s*[-\u2010-\u2015]\s*(?P<two>\w{4})(?:\s*/\s*(?P<copy>[0-9]{1,4}))?", re.ASCII
)
_WITHOUT_DASH = re.compile(
    rf"(?=\w*[0-9])(?P<one>[{LEGIBLE}]{{3}})\s*(?P<two>[{LEGIBLE}]{{4}})(?:\s*/\s*(?P<copy>[0-9]{{1,4}}))?"
)


def read(typed: str, action_id: int) -> str:
    """What was typed, or scanned from the code, as it is stored: the number of a sheet, or the name of a bundle.

    Raises `Refused` for nothing, for a number that cannot be one of this action's sheets, and for a name too long.
    """
    text = one_line(typed)
    if "/sheets/" in text:  # what the code beside the number says
        text = text.rpartition("/")[2]
    found = _LOOKS_LIKE_ONE.fullmatch(text) or _WITHOUT_DASH.fullmatch(text.upper())
    if found is None:
        return _bundle(text)
    signs = (found["one"] + found["two"]).upper()
    if not set(signs) <= set(LEGIBLE) or signs[-1] != _check(signs[:-1], action_id):
        raise Refused(
            "This action has no sheet with the number %(number)s. Check the number, and check that the sheet belongs "
            "to this action. To name a bundle, use more words.",
            number=_written(signs),
        )
    copy = int(found["copy"] or 0)
    return _written(signs) + (f"/{copy}" if copy else "")


def fresh(action_id: int, count: int) -> tuple[str, ...]:
    """Numbers for so many sheets, each another."""
    made: dict[str, None] = {}
    while len(made) < count:
        number = _whole("".join(secrets.choice(LEGIBLE) for _ in range(_SIGNS)), action_id)
        if number != common(action_id):
            made[number] = None
    return tuple(made)


def common(action_id: int) -> str:
    """The one number of all sheets that supporters print for themselves: a page that anyone may cache has no other.

    What comes back under it is counted off: "/1", "/2" and on.
    """
    digest = hashlib.blake2s(f"sheet/{action_id}".encode()).digest()
    return _whole("".join(LEGIBLE[byte % len(LEGIBLE)] for byte in digest[:_SIGNS]), action_id)


def _bundle(text: str) -> str:
    if not any(sign.isalnum() for sign in text):
        raise Refused("Enter the number printed on the sheet, or your name for the bundle.")
    if len(text) > LONGEST:
        raise Refused("A bundle name can have up to 40 characters.")
    return text


def _whole(signs: str, action_id: int) -> str:
    return _written(signs + _check(signs, action_id))


def _written(signs: str) -> str:
    return f"{signs[:3]}-{signs[3:]}"


def _check(signs: str, action_id: int) -> str:
    # 29 signs are a prime number of them: no one sign misread, and no two exchanged, gives the same sum.
    total = sum(place * LEGIBLE.index(sign) for place, sign in enumerate(signs, 1))
    return LEGIBLE[(total + action_id) % len(LEGIBLE)]
