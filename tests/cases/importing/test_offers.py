"""Numbers and days of a bulletin's prose are offered to the case; nothing else is."""

from __future__ import annotations

from datetime import date

import pytest

from campaign.cases.importing.offers import events, figures


@pytest.mark.parametrize(
    ("sentence", "value", "qualifier", "label"),
    [
        (
            "The police have taken at least 1,080,312 Afghan refugees from their homes.",
            1_080_312,
            "at least",
            "Afghan refugees",
        ),
        (
            "Cards were issued to **at least 1.4 million Afghans** in the whole country.",
            1_400_000,
            "at least",
            "Afghans",
        ),
        ("More than 70 edicts have been imposed by them on women and girls.", 70, "more than", "edicts"),
        ("A total of [1,088,133 Afghans](https://example.org) have gone since then.", 1_088_133, "", "Afghans"),
        (
            "They will expel approximately 800,000 Afghan Card (AC) holders in spring.",
            800_000,
            "approximately",
            "Afghan Card holders",
        ),
    ],
)
def test_a_number_comes_with_what_it_counts(sentence: str, value: int, qualifier: str, label: str) -> None:
    found = [(it.value, it.qualifier, it.label) for it in figures(sentence)]
    assert found == [(value, qualifier, label)]


@pytest.mark.parametrize(
    "text",
    [
        "The plan was announced in October 2023 and went on until the end of 2024 in all the cities.",
        "They were given a 30-day deadline to leave the country or to face deportation.",
        "Fax: +92 51 920 2624\n4th Floor, 1200 Sample Road\nIndex: ASA 33/7416/2023",
        "On 15 September 2025 the court will hear what they have to say about it.",
    ],
)
def test_years_houses_telephones_and_dates_are_no_figures(text: str) -> None:
    assert figures(text) == ()


def test_a_number_that_is_told_twice_is_offered_once_with_its_qualifier() -> None:
    text = "There are 1,200 nets in the harbour of the city. The police have taken at least 1,200 nets from them."
    assert [(it.value, it.qualifier) for it in figures(text)] == [(1200, "at least")]


def test_two_numbers_of_one_thing_have_two_keys() -> None:
    text = "In May they took 1,200 nets from the fishers. In June they took 1,500 nets from the same fishers."
    assert [it.key for it in figures(text)] == ["nets", "nets_2"]


def test_the_day_that_a_number_was_true_comes_with_it() -> None:
    text = "A total of 23,450 crews have gone home from September 2030 to 7 June 2031, as the union says."
    assert figures(text)[0].as_of == date(2031, 6, 7)


def test_days_are_offered_with_threats_apart_and_the_deadline_is_none_of_them() -> None:
    text = (
        "The cards are set to expire on 30 June 2031 in all of the cities. The second part began on 1 April 2031 when "
        "the government announced it. All must leave by the end of May 2031. Please write to them before 15 July 2031."
    )
    assert [(it.on, it.threat) for it in events(text, date(2031, 7, 15))] == [
        (date(2031, 4, 1), False),
        (date(2031, 5, 31), True),
        (date(2031, 6, 30), True),
    ]


def test_a_month_without_a_day_is_no_event() -> None:
    assert events("In October 2023 the government announced a plan to send them all away.") == ()


def test_a_long_sentence_is_cut_at_a_word() -> None:
    told = events("On 3 March 2031 " + "the harbour police took the nets of the fishers " * 6 + "away.")[0].caption
    assert len(told) <= 115
    assert told.endswith(" …")
