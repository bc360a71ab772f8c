"""What stands in the way of an update: kept as reasons, said in the reader's language."""

from __future__ import annotations

import pytest

from campaign.cases import obstacles
from campaign.cases.obstacles import Obstacle, Reason

SAID = [
    (Obstacle(Reason.NOT_PUBLIC), "Its action is not public, or was stopped."),
    (Obstacle(Reason.NO_SUBJECT, {"language": "ur"}), "The Urdu subject is empty."),
    (Obstacle(Reason.NO_TEXT, {"language": "en"}), "The English text is empty."),
    (
        Obstacle(Reason.NO_VALUE, {"language": "en", "field": "((holders))"}),
        "The English text uses ((holders)), which has no value.",
    ),
    (
        Obstacle(Reason.PLACEHOLDER, {"language": "en", "field": "((place))", "placeholder": "place"}),
        "The English text still has the placeholder [the place]. Write your own words in place of ((place)).",
    ),
    (
        Obstacle(Reason.SUBJECT_FIELD, {"language": "en", "field": "((who))"}),
        "The English subject still has ((who)). Write it out.",
    ),
    (Obstacle(Reason.PLANNER), "Whoever planned it may not send updates any more."),
    (Obstacle(Reason.UNREAD), "Nobody but its writer has read it."),
]


@pytest.mark.parametrize(("found", "said"), SAID)
def test_each_reason_has_its_sentence_also_after_it_was_kept(found: Obstacle, said: str) -> None:
    assert found.sentence == said
    assert obstacles.read(obstacles.written([found])) == said


def test_every_reason_is_told_here() -> None:
    assert {it.reason for it, _ in SAID} == set(Reason)


def test_it_is_said_in_the_language_of_its_reader() -> None:
    kept = obstacles.written([it for it, _ in SAID[:2]])
    assert kept == '[["not_public", {}], ["no_subject", {"language": "ur"}]]'
    said = obstacles.read(kept)
    assert said == "Its action is not public, or was stopped. The Urdu subject is empty."
    assert said is not None
    assert said.inside("es") == ("Su acción no es pública, o se canceló. El asunto en urdu está vacío.")


def test_of_one_that_was_held_back_before_there_is_nothing_but_its_english() -> None:
    assert obstacles.read(None) is None
