"""Whole numbers that come in addresses and forms: bounded before they reach a database or a loop."""

from __future__ import annotations

from werkzeug.routing import IntegerConverter

# What a column of either database can hold. A larger one names nothing.
LARGEST = 2**63 - 1
# More officials than any action has.
MOST_OFFICIALS = 10_000


class Number(IntegerConverter):
    """A number in a path: one that no row can have is a page that does not exist."""

    # As many digits as `LARGEST` has: thousands of them would only be counted to be refused.
    regex = r"\d{1,19}"

    def __init__(self, map, fixed_digits: int = 0, min: int | None = None, max: int | None = None) -> None:  # type: ignore[no-untyped-def] # noqa: A002
        super().__init__(map, fixed_digits, min, LARGEST if max is None else max)


def whole(written: str) -> int:
    """A whole number as a form has it. Raises `ValueError` for anything else, and for one that no column can hold."""
    number = int(written[:21])
    if len(written) > 20 or abs(number) > LARGEST:
        raise ValueError("no number of ours")
    return number


def official(written: str) -> int:
    """The number of an official in an action. Raises `ValueError` for what cannot be one."""
    number = whole(written)
    if not 0 < number <= MOST_OFFICIALS:
        raise ValueError("no official of an action")
    return number
