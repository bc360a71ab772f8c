"""Languages: catalogues, direction, and how each writes dates, numbers and countries.

One mechanism serves pages, mails and prints, so it knows no framework. Catalogues are read as `.po` when they
are first needed: there is no compiled file to forget.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import icu
from babel import Locale
from babel.dates import format_date, format_datetime, format_skeleton, get_timezone
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from babel.support import NullTranslations, Translations

CATALOGUES = Path(__file__).parent / "translations"
ORIGINAL = "en"


class Language(NamedTuple):
    """A language of the interface: its name in its own script, and the direction it is written in."""

    tag: str
    name: str
    direction: str


LANGUAGES: Mapping[str, Language] = {
    language.tag: language
    for language in (
        Language("en", "English", "ltr"),
        Language("ur", "اردو", "rtl"),
        Language("fr", "Français", "ltr"),
        Language("es", "Español", "ltr"),
        Language("ar", "العربية", "rtl"),
        Language("fa", "فارسی", "rtl"),
        Language("ps", "پښتو", "rtl"),
    )
}

# The scripts Babel calls right-to-left, for texts in languages the interface does not speak.
_RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ps", "ur", "ckb", "sd", "ug", "yi", "dv"})


def direction(tag: str) -> str:
    """`rtl` or `ltr`, for any language tag."""
    return "rtl" if tag.replace("_", "-").partition("-")[0] in _RIGHT_TO_LEFT else "ltr"


def fallback(there: Iterable[str], wanted: str, original: str = ORIGINAL) -> str | None:
    """In which of the languages that are there a text is read: the reader's, else the one it was written in first, else
    English, else whatever comes first; None if there is none."""
    known = list(dict.fromkeys(there))
    return next((tag for tag in (wanted, original, ORIGINAL, *known) if tag in known), None)


def sort_key(locale: str) -> Callable[[str], bytes]:
    """What orders names as the readers of a language expect: "Égypte" before "Viêt Nam", "گ" after "ک" (CLDR)."""
    collator = _collator(locale)
    return lambda name: bytes(collator.getSortKey(name))


def by_name(countries: Iterable[str], locale: str) -> list[str]:
    """Codes of countries in the order of their names, as the readers of a language expect them."""
    in_order = sort_key(locale)
    return sorted(countries, key=lambda code: in_order(country_name(code, locale)))


@cache
def _collator(locale: str) -> Any:
    return icu.Collator.createInstance(icu.Locale(locale.replace("-", "_")))


def language_name(tag: str, locale: str) -> str:
    """A language's name as `locale` calls it: `ur` in `en` is "Urdu"."""
    return str(Locale.parse(locale, sep="-").languages.get(tag, tag))


def country_name(alpha_2: str, locale: str) -> str:
    """A country's name as `locale` calls it; the code itself where CLDR has none."""
    return str(Locale.parse(locale, sep="-").territories.get(alpha_2, alpha_2))


@cache
def countries(locale: str) -> tuple[tuple[str, str], ...]:
    """(ISO 3166 alpha-2, name) of every country and territory, in the locale's alphabetical order."""
    names = Locale.parse(locale, sep="-").territories
    pairs = ((str(code), str(name)) for code, name in names.items())
    real = (pair for pair in pairs if len(pair[0]) == 2 and pair[0].isalpha() and pair[0] not in _NOT_COUNTRIES)
    in_order = sort_key(locale)
    return tuple(sorted(real, key=lambda pair: in_order(pair[1])))


# CLDR's codes that no post office delivers to: groupings, outlying and placeholder codes.
_NOT_COUNTRIES = frozenset({"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"})


@cache
def translations(locale: str) -> NullTranslations:
    """The catalogue of a locale; the original needs none."""
    source = CATALOGUES / locale / "LC_MESSAGES" / "messages.po"
    if locale == ORIGINAL or not source.exists():
        return NullTranslations()
    with source.open("rb") as opened:
        catalogue = read_po(opened, locale=locale)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled)


def gettext(locale: str, sentence: str, **values: object) -> str:
    """`sentence` in `locale`, with `%(name)s` fields filled."""
    text: str = translations(locale).gettext(sentence)
    return text % values if values else text


def ngettext(locale: str, one: str, many: str, n: int, **values: object) -> str:
    """The plural form for `n`, filled; `%(n)s` is the number as the locale writes it."""
    text: str = translations(locale).ngettext(one, many, n)
    return text % {"n": number(n, locale), **values}


def day(value: date, locale: str, form: str = "long") -> str:
    """A date as the locale writes it: "15 September 2025" (day before month in English: readers are everywhere)."""
    if locale == "en":
        form = {"long": "d MMMM y", "medium": "d MMM y", "short": "d MMMM"}.get(form, form)
    elif form == "short":
        return str(format_skeleton("MMMMd", value, locale=Locale.parse(locale, sep="-")))
    return str(format_date(value, form, locale=Locale.parse(locale, sep="-")))


def weekday(number_: int, locale: str) -> str:
    """The name of a day of the week; 0 is Monday."""
    # Not the names that "stand alone": Babel takes those of whichever language asked first, where a language has none.
    return str(format_date(date(2024, 1, 1 + number_), "EEEE", locale=Locale.parse(locale, sep="-")))


def time_of_day(value: datetime, locale: str, zone: str = "UTC") -> str:
    """Hours and minutes of an instant, in `zone`."""
    return str(format_datetime(value, "HH:mm", tzinfo=get_timezone(zone), locale=Locale.parse(locale, sep="-")))


def moment(value: datetime, locale: str, zone: str = "UTC") -> str:
    """An instant with its minutes, in `zone`."""
    form = "d MMMM y, HH:mm" if locale == "en" else "long"
    if form == "long":
        clock_time = format_datetime(value, "HH:mm", tzinfo=get_timezone(zone), locale=Locale.parse(locale, sep="-"))
        local = value.astimezone(get_timezone(zone)).date()
        return f"{day(local, locale)} {clock_time}"
    return str(format_datetime(value, form, tzinfo=get_timezone(zone), locale=Locale.parse(locale, sep="-")))


def number(value: int | float, locale: str) -> str:
    """A number with the locale's digits and grouping."""
    return str(format_decimal(value, locale=Locale.parse(locale, sep="-")))
