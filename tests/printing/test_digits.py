"""Digits are those of the language, in numbers, dates and counts of pages; what is typed or scanned keeps its own."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import icu
import pytest

from campaign import language
from campaign.vocabulary import Paper
from campaign.web.public.view_models import month_written
from tests.printing import every
from tests.printing.reading import by_pdfium

ASCII, PERSIAN = re.compile("[0-9]+"), re.compile("[۰-۹]+")
# What of a letter's test values is written in Latin letters: its sender's and its official's addresses, its number.
LATIN = ("12", "123", "214", "4", "12345", "6789", "56", "25")


@pytest.mark.parametrize("locale", ["fa", "ps"])
def test_numbers_and_dates_are_written_as_icu_writes_them(locale: str) -> None:
    gregorian = icu.Locale(f"{locale}@calendar=gregorian")
    dates = icu.DateFormat.createDateInstance(icu.DateFormat.LONG, gregorian)
    dates.setTimeZone(icu.TimeZone.createTimeZone("UTC"))
    at = datetime(2025, 9, 15, 12, 5, tzinfo=UTC)

    for value in (0, 7, 1_234_567, 12345.6):
        assert language.number(value, locale) == icu.NumberFormat.createInstance(gregorian).format(value)
    assert ASCII.findall(language.day(at.date(), locale)) == []
    # How they name the month of September, and in which order they put it, is another matter.
    assert sorted(PERSIAN.findall(language.day(at.date(), locale))) == sorted(
        PERSIAN.findall(dates.format(at.timestamp()))
    )
    assert language.time_of_day(at, locale) == "۱۲:۰۵"
    for written in (language.month(at.date(), locale), language.day_of_week(at.date(), locale)):
        assert ASCII.findall(written) == []
        assert PERSIAN.findall(written) in (["۲۰۲۵"], ["۱۵"])
    assert month_written("September 2025", locale) == language.month(at.date(), locale)


def test_languages_with_the_digits_of_europe_keep_them() -> None:
    for locale in ("en", "ur", "fr", "es", "ar"):
        assert ASCII.findall(language.number(1_234_567, locale)) == ["1", "234", "567"]
        assert ASCII.findall(language.day(date(2025, 9, 15), locale)) == ["15", "2025"]


@pytest.mark.parametrize("locale", ["fa", "ps"])
def test_a_letter_has_no_digits_but_its_language_s_outside_of_what_is_latin(locale: str) -> None:
    text = by_pdfium(every.letter(locale, Paper.A4))

    assert set(ASCII.findall(text)) <= set(LATIN)
    assert "۲۰۲۵" in text


@pytest.mark.parametrize("locale", ["fa", "ps"])
def test_a_signature_book_counts_its_pages_names_and_people_in_the_digits_of_its_language(locale: str) -> None:
    text = by_pdfium(every.dossier(locale, Paper.A4))

    for said in ("۱٬۲۳۴٬۵۶۷", "۱۰", "۳۰", "۲۰۲۵"):
        assert said in text or said[::-1] in text
    assert "2025" not in text
    assert not re.search(r"\b1[,٬ ]234", text)
