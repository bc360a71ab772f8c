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
from babel import Locale, UnknownLocaleError
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


def is_known(tag: str) -> bool:
    """Whether dates, numbers and countries can be written in it: what comes in a form or an address may be anything."""
    if tag in LANGUAGES:
        return True
    try:
        return bool(Locale.parse(tag, sep="-").get_language_name(ORIGINAL))
    except (UnknownLocaleError, ValueError):
        return False


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
    """The catalogue of a locale: what supporters read, and behind it what organisers do; the original needs none."""
    if locale == ORIGINAL:
        return NullTranslations()
    catalogue = _read(locale, "messages")
    catalogue.add_fallback(_Later(locale, "organise"))
    return catalogue


class _Later(NullTranslations):
    """A catalogue that is read when a sentence is first looked for in it: who serves supporters alone never does."""

    def __init__(self, locale: str, domain: str) -> None:
        super().__init__()
        self._which = (locale, domain)

    def gettext(self, message: str) -> str:
        return str(_read(*self._which).gettext(message))

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return str(_read(*self._which).ngettext(msgid1, msgid2, n))


@cache
def _read(locale: str, domain: str) -> NullTranslations:
    source = CATALOGUES / locale / "LC_MESSAGES" / f"{domain}.po"
    if not source.exists():
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
        return in_digits(format_skeleton("MMMMd", value, locale=Locale.parse(locale, sep="-")), locale)
    return in_digits(format_date(value, form, locale=Locale.parse(locale, sep="-")), locale)


def weekday(number_: int, locale: str, form: str = "EEEE") -> str:
    """The name of a day of the week; 0 is Monday. "EEE" is its abbreviation."""
    # Not the names that "stand alone": Babel takes those of whichever language asked first, where a language has none.
    return str(format_date(date(2024, 1, 1 + number_), form, locale=Locale.parse(locale, sep="-")))


def day_of_week(value: date, locale: str) -> str:
    """A day without its year, with its name: "Friday 1 August"."""
    if locale == ORIGINAL:
        return f"{weekday(value.weekday(), locale)} {day(value, locale, 'short')}"
    return in_digits(str(format_skeleton("MMMMEEEEd", value, locale=Locale.parse(locale, sep="-"))), locale)


def month(value: date, locale: str, form: str = "MMMMy") -> str:
    """A month with its year: "August 2025"; "MMMM" is its name alone."""
    if form != "MMMMy":
        return str(format_date(value, form, locale=Locale.parse(locale, sep="-")))
    return in_digits(str(format_skeleton("yMMMM", value, locale=Locale.parse(locale, sep="-"))), locale)


def time_of_day(value: datetime, locale: str, zone: str = "UTC") -> str:
    """Hours and minutes of an instant, in `zone`."""
    written = format_datetime(value, "HH:mm", tzinfo=get_timezone(zone), locale=Locale.parse(locale, sep="-"))
    return in_digits(written, locale)


def moment(value: datetime, locale: str, zone: str = "UTC") -> str:
    """An instant with its minutes, in `zone`."""
    form = "d MMMM y, HH:mm" if locale == "en" else "long"
    if form == "long":
        local = value.astimezone(get_timezone(zone)).date()
        return f"{day(local, locale)} {time_of_day(value, locale, zone)}"
    return str(format_datetime(value, form, tzinfo=get_timezone(zone), locale=Locale.parse(locale, sep="-")))


def number(value: int | float, locale: str) -> str:
    """A number with the locale's digits and grouping."""
    written = format_decimal(value, locale=Locale.parse(locale, sep="-"), numbering_system="default")
    return in_digits(written, locale)


def decimal_sign(locale: str) -> str:
    """What parts a whole number from its fraction, in Latin digits."""
    symbols = Locale.parse(locale, sep="-").number_symbols
    return str(symbols.get("latn", symbols).get("decimal", "."))


@cache
def multiples(locale: str) -> dict[str, int]:
    """The words by which a language multiplies numbers, in small letters: {"million": 1000000} (CLDR)."""
    found: dict[str, int] = {}
    for forms in Locale.parse(locale, sep="-").compact_decimal_formats.get("long", {}).values():
        for power, written in forms.items():
            digits, _space, word = written.pattern.partition("\u00a0" if "\u00a0" in written.pattern else " ")
            # "00 million" is said of ten of them: its zeros are those of the number before it.
            if word and set(digits) == {"0"} and not word.startswith("'"):
                found[word.replace("\u00a0", " ").lower()] = int(power) // 10 ** (len(digits) - 1)
    return found


def in_digits(text: str, locale: str) -> str:
    """A text with its digits as the language writes them: "۱۴" in Persian and Pashto. Not for what is typed or scanned.

    Babel knows the signs between a language's digits, and writes the digits of Europe.
    """
    return text.translate(_digits(locale))


def counter_style(locale: str) -> str:
    """What CSS calls the digits of a language."""
    return _COUNTERS.get(_numbering(locale), "decimal")


_COUNTERS = {"arabext": "persian", "arab": "arabic-indic", "beng": "bengali", "deva": "devanagari"}


def _numbering(locale: str) -> str:
    return str(Locale.parse(locale, sep="-").default_numbering_system)


@cache
def _digits(locale: str) -> Mapping[int, str]:
    digits = icu.NumberingSystem.createInstanceByName(_numbering(locale)).getDescription()
    return {ord("0") + value: digit for value, digit in enumerate(digits)}
