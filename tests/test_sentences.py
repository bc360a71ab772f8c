"""A sentence that is written in one place is read in another language, with its dates, numbers and names."""

from __future__ import annotations

import copy
from datetime import UTC, date, datetime
from functools import partial

import pytest

from campaign.errors import Refused
from campaign.language import country_name
from campaign.sentences import Sentence, counted, in_language, joined, listed, values_in


def test_as_a_text_it_is_english() -> None:
    sentence = Sentence("Closed on %(day)s in %(where)s.", day=date(2026, 3, 1), where="Quetta")
    assert sentence == "Closed on 1 March 2026 in Quetta."
    assert f"{sentence}" == "Closed on 1 March 2026 in Quetta."


# "Sign" and "days left." are in the supporters' catalogues; the translations were written by people.
@pytest.mark.parametrize(("locale", "said"), [("fr", "Signer"), ("es", "Firmar"), ("en", "Sign")])
def test_it_is_said_in_the_reader_s_language(locale: str, said: str) -> None:
    assert in_language(Sentence("Sign"), locale) == said


def test_its_plural_follows_the_language() -> None:
    left = partial(counted, "day left.", "days left.")
    assert left(1) == "day left."
    assert left(3) == "days left."
    assert left(1).inside("fr") != left(3).inside("fr")


@pytest.mark.parametrize(
    ("locale", "said"),
    [
        ("en", "1 March 2026 · 12,500 · Pakistan"),
        ("fr", "1 mars 2026 · 12\u202f500 · Pakistan"),
        ("ur", "1 مارچ، 2026 · 12,500 · پاکستان"),
    ],
)
def test_dates_numbers_and_names_follow_it(locale: str, said: str) -> None:
    sentence = Sentence(
        "%(day)s · %(n)s · %(country)s", day=date(2026, 3, 1), n=12500, country=partial(country_name, "PK")
    )
    assert sentence.inside(locale) == said


def test_a_sentence_in_a_sentence_is_said_in_the_same_language() -> None:
    assert Sentence("(%(what)s)", what=Sentence("Sign")).inside("fr") == "(Signer)"


@pytest.mark.parametrize(
    ("locale", "said"), [("en", "Noor, Sam and Ida"), ("fr", "\u2068Noor\u2069, \u2068Sam\u2069 et \u2068Ida\u2069")]
)
def test_several_things_are_joined_as_the_language_does(locale: str, said: str) -> None:
    assert Sentence("%(who)s", who=listed(["Noor", "Sam", "Ida"])).inside(locale) == said


def test_sentences_one_after_the_other_are_each_said() -> None:
    both = joined([Sentence("Sign"), Sentence("%(n)s · %(day)s", n=12500, day=date(2026, 3, 1))])
    assert both == "Sign 12,500 · 1 March 2026"
    assert both.inside("fr") == "Signer 12\u202f500 · 1 mars 2026"


def test_a_sentence_of_a_table_is_filled_later() -> None:
    sentence = Sentence("%(n)s · %(day)s").filled(n=12500, day=date(2026, 3, 1))
    assert sentence == "12,500 · 1 March 2026"
    assert sentence.inside("fr") == "12\u202f500 · 1 mars 2026"


def test_a_moment_has_its_minutes() -> None:
    at = Sentence("%(at)s", at=datetime(2026, 3, 1, 9, 5, tzinfo=UTC))
    assert at == "1 March 2026, 09:05"


def test_a_name_does_not_turn_the_words_around_it() -> None:
    sentence = Sentence("%(who)s (%(n)s)", who="Noor", n=3)
    assert sentence.inside("ur") == "\N{FIRST STRONG ISOLATE}Noor\N{POP DIRECTIONAL ISOLATE} (3)"
    assert sentence.inside("fr") == "\N{FIRST STRONG ISOLATE}Noor\N{POP DIRECTIONAL ISOLATE} (3)"
    assert sentence.inside("en") == str(sentence) == "Noor (3)"


def test_what_is_no_sentence_stays_as_it_is() -> None:
    assert in_language("Sign", "fr") == "Sign"
    assert in_language(3, "fr") == 3


def test_an_exception_may_hold_a_sentence() -> None:
    error = Refused("%(what)s: %(n)s", what=Sentence("Sign"), n=3)
    assert error.sentence % values_in(error.values, "fr") == "Signer: 3"


def test_a_copy_still_knows_its_languages() -> None:
    assert copy.deepcopy(Sentence("Sign")).inside("fr") == "Signer"
