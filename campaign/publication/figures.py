"""How a figure is written: its qualifier, and a number nobody has to count zeros in."""

from __future__ import annotations

from collections.abc import Mapping

from babel import Locale
from babel.numbers import format_compact_decimal

from campaign import language
from campaign.language import ORIGINAL, number
from campaign.publication.values import Spoken

# A value that is a whole number of these is round: its source meant "1.4 million", not 1,400,000 exactly.
ROUND_FROM, ROUND_STEP = 1_000_000, 100_000


def written(value: int, qualifier: Mapping[str, str], locale: str) -> str:
    """ "at least 1.4 million"; an exact count keeps its digits: "1,088,133".

    A qualifier stands before its number, or where it says `{n}`: "more than" follows it in Urdu.
    """
    qualified = said(qualifier, locale)
    if "{n}" not in qualified:
        qualified += " {n}"
    return qualified.replace("{n}", bare(value, locale)).strip()


def said(words: Mapping[str, str], locale: str, fallback: str = ORIGINAL) -> str:
    """Words in `locale`, else in the original's, else in any; empty if there are none."""
    found = language.fallback((tag for tag, text in words.items() if text), locale, fallback)
    return words[found] if found is not None else ""


def spoken(words: Mapping[str, str] | None, locale: str, fallback: str = ORIGINAL) -> Spoken | None:
    """What `said` gives, with the language that it is really in; None if there is nothing to say."""
    found = language.fallback((tag for tag, text in (words or {}).items() if text), locale, fallback)
    return Spoken(words[found], found) if words and found is not None else None


def bare(value: int, locale: str) -> str:
    """The number without its qualifier: "1.4 million", "1,088,133"."""
    if value >= ROUND_FROM and value % ROUND_STEP == 0:
        spoken_in = Locale.parse(locale, sep="-")
        # A few languages, such as Traditional Chinese, have no long form in Babel's data: there the digits are written.
        if "long" in spoken_in.compact_decimal_formats:
            return str(format_compact_decimal(value, format_type="long", fraction_digits=1, locale=spoken_in))
    return number(value, locale)
