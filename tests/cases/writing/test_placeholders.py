"""Placeholders: which there are, what fills them, and that none is a figure."""

from __future__ import annotations

from datetime import date

import pytest

from campaign import prose
from campaign.cases.writing import placeholders
from campaign.cases.writing.letter_templates import Starter, starters
from campaign.storage import Storage
from campaign.vocabulary import ActionStatus
from tests import made


@pytest.mark.parametrize("starter", starters().values(), ids=lambda it: it.key)
def test_every_field_of_a_letter_template_that_ships_is_a_placeholder(starter: Starter) -> None:
    assert starter.fields.keys() <= placeholders.PLACEHOLDERS.keys()


def test_an_action_fills_what_it_knows_and_nothing_it_does_not(storage: Storage) -> None:
    with storage.writing() as session:
        action = made.action(session, deadline=date(2025, 9, 15), status=ActionStatus.DRAFT)
        official = action.recipients[0].official
        assert placeholders.known(action, "en", official) == {
            "who": "Card holders",
            "country": "Pakistan",
            "number": "UA 56/25",
            "deadline": "15 September 2025",
            "official": "Sample Minister",
            "office": "Minister of Interior",
        }
        # Its people have no name in Urdu, and nobody is written to.
        assert placeholders.known(action, "ur").keys() == {"country", "number", "deadline"}
        action.serial = action.year = action.deadline = None
        assert placeholders.known(action, "ur") == {"country": "پاکستان"}


def test_what_is_filled_in_is_text_and_no_markdown() -> None:
    source = placeholders.written_out("For ((who)), in ((country)).", {"who": "*Ada* ((figure))"})
    assert prose.to_text(source, {}, missing="show") == "For *Ada* ((figure)), in ((country))."
    assert prose.field_keys(source) == {"country"}
    assert placeholders.written_out("Free ((who))", {"who": "Ada_B"}, plain=True) == "Free Ada_B"


def test_only_what_has_no_figure_is_a_placeholder() -> None:
    assert list(placeholders.still_open(["holders", "people", "who"], {"people"})) == ["who"]
    assert placeholders.unknown(["((who)) ((holders)) ((nobody))", "((place)) ((holders))"]) == ["holders", "nobody"]
