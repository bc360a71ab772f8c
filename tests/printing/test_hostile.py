"""Hostile names, addresses and letters: printed as text, on as many pages as before, and nothing is fetched."""

from __future__ import annotations

import unicodedata
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaign.printing.book.name_layout import Entry
from campaign.printing.engine import press
from campaign.printing.engine.fetcher import LockedFetcher
from campaign.printing.engine.fonts import printable
from campaign.printing.engine.text import one_line
from campaign.printing.sheets.bulletin import bulletin_pdf
from campaign.printing.sheets.letter import letter_pdf
from campaign.prose import paragraphs_html
from campaign.vocabulary import Paper
from tests.printing.book.test_dossier import SHEET as DOSSIER
from tests.printing.books import printed
from tests.printing.reading import ENGLISH_LETTER, MINISTER, URDU_LETTER, by_pdfium, by_poppler, pages, plain
from tests.printing.sheets.test_bulletin import SHEET as BULLETIN

HOSTILE = {
    "html": "<script>alert(1)</script><b>Ada</b></body></html>",
    "picture": "<img src=file:///etc/passwd>",
    "style": "</style><style>@import url(http://127.0.0.1:9/x.css); * { display: none }",
    "svg": "<svg><image href='file:///etc/passwd'/></svg>",
    "markdown": "[Ada](http://evil.invalid) ![x](file:///etc/passwd) **b**",
    "address": "https://evil.invalid/?q=1&r=2 file:///etc/passwd",
    "template": "{{ 7 * 7 }} {% include 'letter.html' %} ((name))",
    "entities": "&lt;b&gt; &#x202e; &amp;",
    "emoji": "Ada 😀👨‍👩‍👧🇵🇰",
    "urdu": "محمد (علی) خان",
}


@pytest.fixture(autouse=True)
def fetched(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every address that a print asked for."""
    asked: list[str] = []

    class Listening(LockedFetcher):
        def fetch(self, url: str, headers: object = None) -> object:
            asked.append(url)
            return super().fetch(url, headers)

    monkeypatch.setattr(press, "LockedFetcher", Listening)
    return asked


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_letter_prints_as_text(text: str, fetched: list[str]) -> None:
    letter = replace(
        ENGLISH_LETTER,
        sender_name=text,
        sender_place=text,
        paragraphs=(text, *paragraphs_html("((words))", {"words": text}, links=False)),
        addressee=replace(MINISTER, name=text),
    )

    pdf = letter_pdf(letter, Paper.A4)

    assert pages(pdf) == 1
    assert by_pdfium(pdf).replace(" ", "").count(plain(text).replace(" ", "")) >= 4
    assert fetched == []


def test_hostile_names_print_as_text_in_a_dossier(fetched: list[str]) -> None:
    entries = [Entry(number, name, "France") for number, name in enumerate(HOSTILE.values(), 1)]
    tame = printed(DOSSIER, [Entry(entry.number, "Ada", "France") for entry in entries])

    book = printed(DOSSIER, [*entries, Entry(99, "Bo", "France")])
    read = by_pdfium(book.pdf)

    assert book.pages == tame.pages
    assert [name for name in HOSTILE.values() if plain(name).replace(" ", "") not in read.replace(" ", "")] == []
    assert "99 Bo" in read
    assert fetched == []


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_action_prints_as_text(text: str, fetched: list[str]) -> None:
    pdf = bulletin_pdf(replace(BULLETIN, title=text, summary=text, demands=(text,), subjects=((text, text),)))

    assert by_pdfium(pdf).replace(" ", "").count(plain(text).replace(" ", "")) >= 4
    assert fetched == []


def test_five_hundred_characters_without_a_space_stay_between_the_margins() -> None:
    name = "x" * 500
    letter = replace(ENGLISH_LETTER, sender_name=name, paragraphs=(name,))

    pdf = letter_pdf(letter, Paper.A4)

    assert pages(pdf) == 1
    assert by_poppler(pdf).replace(" ", "").count(name) == 2


def test_marks_that_turn_text_turn_nothing() -> None:
    turned = "Ada \u202etxt.exe\u2066 \u2067x"

    text = by_pdfium(letter_pdf(replace(ENGLISH_LETTER, sender_name=turned), Paper.A4))

    assert "Ada txt.exe x Lyon, France" in text


def test_a_name_cannot_turn_the_lines_around_it() -> None:
    entries = [Entry(1, "Ada", "France"), Entry(2, "محمد (", "France"), Entry(3, "Cem 123", "France")]

    text = by_pdfium(printed(DOSSIER, entries).pdf)

    assert "1 Ada" in text
    assert "محمد" in text
    assert "3 Cem 123" in text


# A stroke that only stretches an Arabic word (U+0640) is no letter: a reader of PDFs may leave it out.
LETTERS = st.characters(exclude_categories=["Cn", "Co"], exclude_characters="\u0640").filter(printable)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(LETTERS, min_size=1, max_size=60))
def test_whatever_a_name_is_the_letter_is_one_page_and_says_it(fetched: list[str], name: str) -> None:
    for sheet in (ENGLISH_LETTER, URDU_LETTER):
        pdf = letter_pdf(replace(sheet, sender_name=name, sender_place="Lyon"), Paper.A4)
        read = {char for char in unicodedata.normalize("NFKC", by_pdfium(pdf)) if char.isalnum()}

        assert pages(pdf) == 1
        assert {char for char in unicodedata.normalize("NFKC", one_line(name)) if char.isalnum()} <= read
    assert fetched == []
