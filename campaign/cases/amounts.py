"""Numbers as people write them: "1,080,312", "1.3 million", "70". A whole number, or nothing: 1.4 is not fourteen."""

from __future__ import annotations

import re
from decimal import Decimal

TIMES = {"thousand": 10**3, "million": 10**6, "billion": 10**9}
# Digits, in threes if they are parted; or a short number and a word that multiplies it.
WRITTEN = (
    rf"(?:\d{{1,3}}(?:[.,]\d{{1,3}})?[\s\u00a0]+(?:{'|'.join(TIMES)})|\d{{1,3}}(?:[ .,'’٬\u00a0\u202f]\d{{3}})+|\d+)"
)

_TIMES = re.compile(rf"(\d{{1,3}}(?:[.,]\d{{1,3}})?)\s+({'|'.join(TIMES)})", re.I)
_WHOLE = re.compile(r"\d+|\d{1,3}(?:[ .,'’٬\u00a0\u202f]\d{3})+")


def amount(text: str) -> int | None:
    """The whole number that `text` says, "1.3 million" too; None if it says none, or one that is not whole."""
    said = " ".join(text.split())
    if len(said) > 25:
        return None
    if times := _TIMES.fullmatch(said):
        value = Decimal(times[1].replace(",", ".")) * TIMES[times[2].lower()]
        return int(value) if value == int(value) else None
    return int(re.sub(r"\D", "", said)) if _WHOLE.fullmatch(said) else None
