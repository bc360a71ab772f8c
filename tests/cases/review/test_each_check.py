"""Each check by itself: what one change to a sound action makes it say, and at which limit."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from campaign.cases.review.check_input import Harm, Letter, Written
from campaign.cases.review.checks import Level, Part, checks
from campaign.vocabulary import RecipientRole
from tests.cases.review.test_checks import MINISTER, SOUND
from tests.made import NOON

STOP, WARN, PASS = Level.STOP, Level.WARN, Level.PASS
FACTS, TEXTS, RECIPIENTS, LETTERS, CASE, HARM = (
    Part.FACTS,
    Part.TEXTS,
    Part.RECIPIENTS,
    Part.LETTERS,
    Part.CASE,
    Part.HARM,
)
Said = tuple[str, Level, Part, str | None]
ENGLISH, URDU = SOUND.texts
TO_ALL, TO_ALL_IN_URDU = SOUND.letters
(HOLDERS,) = SOUND.figures
OTHER = replace(MINISTER, id=8, name="Other Minister")

# What a sound action passes.
PASSED: set[Said] = {
    ("country", PASS, CASE, None),
    ("deadline", PASS, FACTS, None),
    ("channels", PASS, RECIPIENTS, None),
    ("length", PASS, TEXTS, "en"),
    ("length", PASS, TEXTS, "ur"),
    ("demands", PASS, TEXTS, "en"),
    ("demands", PASS, TEXTS, "ur"),
    ("fields", PASS, TEXTS, None),
    ("figures", PASS, CASE, None),
    ("salutation", PASS, LETTERS, "en"),
    ("salutation", PASS, LETTERS, "ur"),
    ("pages", PASS, LETTERS, "en"),
    ("pages", PASS, LETTERS, "ur"),
    ("languages", PASS, TEXTS, None),
    ("harm", PASS, HARM, None),
}


def told(written: Written) -> set[Said]:
    return {(it.key, it.level, it.part, it.locale) for it in checks(written, NOON)}


def test_what_a_sound_action_passes() -> None:
    found = checks(SOUND, NOON)
    assert {(it.key, it.level, it.part, it.locale) for it in found} == PASSED
    assert len(found) == len(PASSED)


@pytest.mark.parametrize(
    ("change", "gone", "comes"),
    [
        ({"country_known": False}, {"country"}, {("country", STOP, CASE, None)}),
        ({"numbered": False}, set(), {("number", WARN, FACTS, None)}),
        ({"deadline": None}, {"deadline"}, {("deadline", STOP, FACTS, None)}),
        ({"deadline": date(2025, 7, 31)}, {"deadline"}, {("deadline", STOP, FACTS, None)}),
        ({"deadline": date(2025, 8, 1)}, {"deadline"}, {("deadline", WARN, FACTS, None)}),
        ({"deadline": date(2025, 8, 3)}, {"deadline"}, {("deadline", WARN, FACTS, None)}),
        ({"deadline": date(2025, 8, 4)}, set(), set()),  # three days
        ({"recipients": (replace(MINISTER, works=()),)}, {"channels"}, {("channels", STOP, RECIPIENTS, None)}),
        (
            {"recipients": (replace(MINISTER, works=()), replace(OTHER, works=()))},
            {"channels"},
            {("channels", STOP, RECIPIENTS, None)},
        ),
        ({"recipients": (MINISTER, replace(OTHER, works=()))}, {"channels"}, {("channels", WARN, RECIPIENTS, None)}),
        ({"recipients": (MINISTER, OTHER)}, set(), set()),
        ({"recipients": (MINISTER, replace(OTHER, role=RecipientRole.COPY, works=()))}, set(), set()),
        ({"recipients": (replace(MINISTER, broken=("fax",)),)}, set(), {("broken", WARN, RECIPIENTS, None)}),
        (
            {"texts": (replace(ENGLISH, title=" "), URDU)},
            {("length", "en")},
            {("empty", STOP, TEXTS, "en")},
        ),
        (
            {"texts": (ENGLISH, replace(URDU, summary=""))},
            {("length", "ur")},
            {("empty", STOP, TEXTS, "ur")},
        ),
        (
            {"texts": (replace(ENGLISH, title="x" * 91), URDU)},
            {("length", "en")},
            {("length", WARN, TEXTS, "en")},
        ),
        ({"texts": (replace(ENGLISH, title="x" * 90), URDU)}, set(), set()),
        (
            {"texts": (ENGLISH, replace(URDU, summary="y" * 601))},
            {("length", "ur")},
            {("length", WARN, TEXTS, "ur")},
        ),
        ({"texts": (ENGLISH, replace(URDU, summary="y" * 600))}, set(), set()),
        (
            {"texts": (replace(ENGLISH, demands=()), URDU)},
            {("demands", "en")},
            {("demands", STOP, TEXTS, "en")},
        ),
        (
            {"texts": (ENGLISH, replace(URDU, demands=(" ",)))},
            {("demands", "ur")},
            {("demands", WARN, TEXTS, "ur")},
        ),
        (
            {"texts": (replace(ENGLISH, demands=("We are very sad.",)), URDU)},
            {("demands", "en")},
            {("demands", WARN, TEXTS, "en")},
        ),
        ({"texts": (replace(ENGLISH, demands=("We are very sad.", "Renew them.")), URDU)}, set(), set()),
        ({"texts": (ENGLISH, replace(URDU, demands=("ہم بہت غمگین ہیں۔",)))}, set(), set()),
        ({"original_locale": "fr"}, set(), {("texts", STOP, TEXTS, "fr")}),
        (
            {"figures": (replace(HOLDERS, quoted=False),)},
            {"fields", "figures"},
            {("fields", STOP, CASE, "en")},
        ),
        (
            {"figures": ()},
            {"fields", "figures"},
            {("fields", STOP, TEXTS, "en"), ("fields", STOP, LETTERS, "en")},
        ),
        (
            {"texts": (replace(ENGLISH, title="((holders)) people"), URDU)},
            {"fields"},
            {("fields", STOP, TEXTS, "en")},
        ),
        (
            {"letters": (replace(TO_ALL, close="((holders))"), TO_ALL_IN_URDU)},
            {"fields"},
            {("fields", STOP, LETTERS, "en")},
        ),
        (
            {"letters": (replace(TO_ALL, body="At least 1,080,312 people."), TO_ALL_IN_URDU)},
            set(),
            {("typed", WARN, LETTERS, "en")},
        ),
        ({"unsourced": frozenset({"holders"})}, {"figures"}, {("figures", WARN, CASE, None)}),
        ({"unsourced": frozenset({"others"})}, set(), set()),
        ({"figures": (replace(HOLDERS, when=None),)}, {"figures"}, {("figures", WARN, CASE, None)}),
        ({"stale_days": 45}, set(), set()),  # the figure is of 17 June, forty-five days ago
        ({"stale_days": 44}, {"figures"}, {("figures", WARN, CASE, None)}),
        ({"untold": (("holders", "qualifier", "en"),)}, set(), {("untold", STOP, CASE, "en")}),
        ({"untold": (("holders", "qualifier", "ur"),)}, set(), {("untold", WARN, CASE, "ur")}),
        ({"untold": (("holders", "label", "en"),)}, set(), {("untold", WARN, CASE, "en")}),
        (
            {"letters": ()},
            {"salutation", "languages"},
            {("letters", WARN, LETTERS, None)},
        ),
        (
            {"letters": (replace(TO_ALL, body=" "), TO_ALL_IN_URDU)},
            set(),
            {("letters", STOP, LETTERS, "en")},
        ),
        (
            {"recipients": (replace(MINISTER, salutations=frozenset({"en"})),)},
            {("salutation", "ur")},
            {("salutation", STOP, LETTERS, "ur")},
        ),
        ({"recipients": (replace(MINISTER, salutations=frozenset({"ur"})),)}, set(), set()),
        (
            {"recipients": (MINISTER, replace(OTHER, role=RecipientRole.COPY, salutations=frozenset()))},
            set(),
            set(),
        ),
        (
            {"letters": (TO_ALL, TO_ALL_IN_URDU, Letter("ur", 7, "", "تجدید کریں۔", "والسلام،"))},
            set(),
            set(),
        ),
        ({"pages": {("en", 7): 1, ("ur", 7): 2}}, {("pages", "ur")}, {("pages", WARN, LETTERS, "ur")}),
        (
            {"pages": {("en", 7): 1, ("en", 8): None, ("ur", 7): 1}},
            {("pages", "en")},
            {("pages", STOP, LETTERS, "en")},
        ),
        ({"pages": {("en", 7): 1, ("en", 8): 1, ("ur", 7): 1}}, set(), set()),
        ({"languages": ()}, {"languages"}, set()),
        (
            {"languages": ("en", "fa", "fa")},
            {"languages"},
            {("languages", WARN, LETTERS, "fa"), ("languages", WARN, TEXTS, "fa")},
        ),
        (
            {"languages": ("en", "fa"), "letters": (TO_ALL, TO_ALL_IN_URDU, replace(TO_ALL, locale="fa"))},
            {"languages"},
            {("languages", WARN, TEXTS, "fa"), ("salutation", PASS, LETTERS, "fa")},
        ),
        ({"wanted_languages": ("en", "ur")}, set(), set()),
        ({"wanted_languages": ("fr",)}, set(), {("languages", WARN, TEXTS, "fr")}),
        (
            {"recipients": (replace(MINISTER, languages=("fa",)),)},
            set(),
            {("languages", WARN, LETTERS, None)},
        ),
        ({"recipients": (replace(MINISTER, languages=("fa", "ur")),)}, set(), set()),
        ({"recipients": (replace(MINISTER, languages=()),)}, set(), set()),
        ({"recipients": (MINISTER, replace(OTHER, role=RecipientRole.COPY, languages=("fa",)))}, set(), set()),
        ({"harm": None}, {"harm"}, {("harm", STOP, HARM, None)}),
        ({"harm": Harm(" ", "Little.", "Ada", date(2025, 7, 30))}, {"harm"}, {("harm", STOP, HARM, None)}),
        ({"harm": Harm("Yes.", "", "Ada", date(2025, 7, 30))}, {"harm"}, {("harm", STOP, HARM, None)}),
        ({"harm": Harm("Yes.", "Little.", "Ada", date(2025, 5, 3))}, set(), set()),  # ninety days ago
        ({"harm": Harm("Yes.", "Little.", "Ada", date(2025, 5, 2))}, {"harm"}, {("harm", WARN, HARM, None)}),
    ],
)
def test_one_change_makes_it_say_this_and_nothing_else(
    change: dict[str, Any], gone: set[str | tuple[str, str]], comes: set[Said]
) -> None:
    """`gone` are the passes that are lost, by their rule, or by rule and language."""
    left = {it for it in PASSED if it[0] not in gone and (it[0], it[3]) not in gone}
    assert told(replace(SOUND, **change)) == left | comes


def test_a_figure_is_as_old_as_its_day() -> None:
    (old,) = [it.says for it in checks(replace(SOUND, stale_days=44), NOON) if it.level is WARN]
    assert "it is 45 days old (limit 44)" in old


def test_of_a_letter_that_is_too_long_the_longest_is_told() -> None:
    pages = {("en", 7): 2, ("en", 8): 3, ("ur", 7): 1}
    (long,) = [it.says for it in checks(replace(SOUND, pages=pages), NOON) if it.level is WARN]
    assert "in English has 3 pages" in long


@pytest.mark.parametrize(
    ("change", "in_text", "in_letter"),
    [
        ({"figures": ()}, "The English text uses ((holders))", "The English letter uses ((holders))"),
        (
            {
                "texts": (replace(ENGLISH, background="At least 1,080,312 people."), URDU),
                "letters": (replace(TO_ALL, body="At least 1,090,000 people."), TO_ALL_IN_URDU),
            },
            "The English text has numbers typed by hand, without a source: 1,080,312.",
            "The English letter has numbers typed by hand, without a source: 1,090,000.",
        ),
    ],
)
def test_a_text_is_called_a_text_and_a_letter_a_letter(change: dict[str, Any], in_text: str, in_letter: str) -> None:
    said = {it.part: str(it.says) for it in checks(replace(SOUND, **change), NOON) if it.level is not PASS}
    assert said[TEXTS].startswith(in_text)
    assert said[LETTERS].startswith(in_letter)
