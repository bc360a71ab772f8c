"""Sentences that are written in one place and read in another language.

A room says something to organisers (a finding, a step, a line of the audit trail) without knowing who will read it.
A `Sentence` is its English, and still knows its message id and its values, so the page that shows it says it in the
reader's language. Templates do so by themselves: whatever they show goes through `in_language`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any, Self

from babel import Locale
from babel.lists import format_list

from campaign import language
from campaign.language import ORIGINAL


class Sentence(str):
    """A sentence with `%(name)s` fields. As a string it is English, for the command line, logs and JSON.

    Of the values, dates, moments (UTC) and whole numbers are written as the reader's language does, other sentences are
    said in it, and whatever can be called is called with its tag. A text stays as it is (give a year as a text); in a
    translation it is isolated.
    """

    message: str
    many: str | None
    values: dict[str, Any]

    def __new__(cls, message: str, many: str | None = None, /, **values: Any) -> Self:
        sentence = super().__new__(cls, _said(message, many, values, ORIGINAL))
        sentence.message, sentence.many, sentence.values = message, many, values
        return sentence

    def filled(self, **values: Any) -> Sentence:
        """The same sentence with (more of) its fields: what a table holds, about somebody."""
        return Sentence(self.message, self.many, **{**self.values, **values})

    def __mod__(self, values: Any) -> Sentence:
        """The same sentence: libraries fill theirs so, whether these have fields or not."""
        return self.filled(**values) if isinstance(values, Mapping) else self

    def inside(self, locale: str) -> str:
        """The sentence in a language."""
        return _said(self.message, self.many, self.values, locale)


def counted(one: str, many: str, n: int, **values: Any) -> Sentence:
    """A sentence that depends on how many: "%(n)s letter", "%(n)s letters"."""
    return Sentence(one, many, n=n, **values)


def listed(parts: Iterable[object]) -> Callable[[str], str]:
    """Several things as a value of a sentence: "Noor, Sam and Ida", as the language joins them."""
    known = list(parts)
    return lambda locale: str(format_list([_filled(it, locale) for it in known], locale=_lists(locale)))


def joined(parts: Iterable[object], by: str = " ") -> Sentence:
    """Several sentences, or other values, one after the other, each in the reader's language."""
    known = list(parts)
    return Sentence(_ALL, all=lambda locale: by.join(_filled(it, locale) for it in known))


def content(say: Callable[[str], str]) -> Sentence:
    """What somebody wrote in several languages. `say` gives it in one of them; in a translation it is isolated."""
    return Sentence(_ALL, all=lambda locale: _isolated(say(locale), locale))


_ALL = "%(all)s"  # has no words of its own: translators never see it


def _lists(locale: str) -> Locale:
    return Locale("en", "GB") if locale == ORIGINAL else Locale.parse(locale, sep="-")  # without a comma before "and"


def in_language(value: Any, locale: str) -> Any:
    """What a page shows: a sentence in the reader's language, anything else as it is."""
    return value.inside(locale) if isinstance(value, Sentence) else value


def values_in(values: dict[str, Any], locale: str) -> dict[str, Any]:
    """The values of a sentence, with the sentences and dates among them as the language says them."""
    return {name: it if isinstance(it, (int, float)) else _filled(it, locale) for name, it in values.items()}


def _said(message: str, many: str | None, values: dict[str, Any], locale: str) -> str:
    catalogue = language.translations(locale)
    text: str = catalogue.gettext(message) if many is None else catalogue.ngettext(message, many, int(values["n"]))
    return text % {name: _filled(it, locale) for name, it in values.items()} if values else text


def _filled(value: Any, locale: str) -> str:
    if isinstance(value, Sentence):
        return value.inside(locale)
    if isinstance(value, datetime):
        return language.moment(value, locale)
    if isinstance(value, date):
        return language.day(value, locale)
    if isinstance(value, int) and not isinstance(value, bool):
        return language.number(value, locale)
    if callable(value):
        return str(value(locale))
    return _isolated(str(value), locale)


def _isolated(text: str, locale: str) -> str:
    # What somebody wrote is in no language that a translated sentence could know, and may run the other way: it takes
    # nothing of the sentence along.
    return f"\u2068{text}\u2069" if locale != ORIGINAL and text else text
