"""Numbers as people write them: "1,080,312", "1.3 million", "70". A whole number, or nothing: 1.4 is not fourteen.

Digits of every script are read, and the words by which a language multiplies, as CLDR has them: "13 لاکھ".
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache

from campaign.language import ORIGINAL, multiples

TIMES = {"thousand": 10**3, "million": 10**6, "billion": 10**9}
# Digits, in threes if they are parted; or a short number and a word that multiplies it.
WRITTEN = (
    rf"(?:\d{{1,3}}(?:[.,]\d{{1,3}})?[\s\u00a0]+(?:{'|'.join(TIMES)})|\d{{1,3}}(?:[ .,'’٬\u00a0\u202f]\d{{3}})+|\d+)"
)

_WHOLE = re.compile(r"\d+|\d{1,3}(?:[ .,'’٬\u00a0\u202f]\d{3})+")


def amount(text: str, locale: str = ORIGINAL) -> int | None:
    """The whole number that `text` says, "1.3 million" too; None if it says none, or one that is not whole.

    Its words may be English, or of `locale`; one that multiplies otherwise in the two says nothing.
    """
    said = " ".join(text.split())
    if len(said) > 25:
        return None
    form, times = _multiplied(locale)
    if match := form.fullmatch(said):
        value = Decimal(re.sub("[,٫]", ".", match[1])) * times[match[2].lower()]
        return int(value) if value == int(value) else None
    return int(re.sub(r"\D", "", said)) if _WHOLE.fullmatch(said) else None


@cache
def _multiplied(locale: str) -> tuple[re.Pattern[str], dict[str, int]]:
    own = multiples(locale)
    # A "billion" is a thousand millions in English and a million of them in French: nobody knows which was meant.
    times = {word: by for word, by in {**TIMES, **own}.items() if own.get(word, by) == TIMES.get(word, by)}
    words = "|".join(re.escape(it) for it in sorted(times, key=len, reverse=True))
    return re.compile(rf"(\d{{1,3}}(?:[.,٫]\d{{1,3}})?)\s+({words})", re.I), times
