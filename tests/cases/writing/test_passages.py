"""Passages: what a translator sees of an action, and what has changed since they last saved."""

from __future__ import annotations

import pytest

from campaign.cases.writing.model_letters import LetterWords
from campaign.cases.writing.passages import Passage, State, counted, letters_of, passages, words_of
from campaign.cases.writing.texts import Words

ENGLISH = Words("Renew the cards", "They have no cards.", ("Renew them", "Say when"), "One.\n\nTwo.")
URDU = Words("کارڈ", "", ("تجدید کریں",), "")
LETTER = {0: LetterWords("Dear Minister,", "Renew the cards.", ""), 3: LetterWords("Sir,", "Renew them.", "Yours")}


def found(kept: dict[str, list[str]] | None = None) -> dict[str, Passage]:
    read = passages(ENGLISH, URDU, LETTER, {0: LetterWords("محترم", "", "")}, kept or {})
    return {passage.key: passage for passage in read}


def test_every_text_and_letter_of_the_original_is_a_passage_and_nothing_that_it_does_not_say() -> None:
    assert list(found()) == [
        "title", "summary", "demands", "background",
        "letter.0.salutation", "letter.0.body", "letter.3.salutation", "letter.3.body", "letter.3.close",
    ]  # fmt: skip
    assert (found()["demands"].source, found()["demands"].target) == ("Renew them\nSay when", "تجدید کریں")
    assert found()["letter.3.body"].official_id == 3 and found()["title"].official_id is None


@pytest.mark.parametrize(
    ("kept", "state", "was"),
    [
        (None, State.DONE, None),  # translated before anybody wrote down from what
        (["Renew the cards", "کارڈ"], State.DONE, None),
        (["Renew our cards", "کارڈ"], State.CHANGED, "Renew our cards"),
        (["Renew our cards", "ہمارے کارڈ"], State.DONE, None),  # both changed since: somebody has seen to it
    ],
)
def test_a_passage_is_out_of_date_when_its_original_changed_and_its_translation_did_not(
    kept: list[str] | None, state: State, was: str | None
) -> None:
    title = found({"title": kept} if kept else {})["title"]
    assert (title.state, title.was) == (state, was)


def test_what_changed_of_the_original_is_shown_word_by_word() -> None:
    title = found({"title": ["Renew our cards", "کارڈ"]})["title"]
    assert [(str(it.difference), it.text) for it in title.difference if it.text.strip()] == [
        ("same", "Renew "), ("removed", "our"), ("added", "the"), ("same", " cards"),
    ]  # fmt: skip


def test_what_is_left_to_do_is_counted() -> None:
    counts = counted(list(found({"title": ["Renew our cards", "کارڈ"]}).values()))
    assert counts == {State.MISSING: 6, State.CHANGED: 1, State.DONE: 2}


def test_a_field_that_the_translation_leaves_out_is_named() -> None:
    assert Passage("summary", "((dead)) died, ((hurt)) were hurt.", "((dead)) ہلاک").lost_fields == ("hurt",)
    assert Passage("summary", "((dead)) died.", "").lost_fields == ()


def test_what_is_typed_for_passages_becomes_texts_and_letters_and_leaves_all_else() -> None:
    words = words_of({"summary": "خلاصہ", "demands": "ایک\n\nدو"}, URDU)
    assert words == Words("کارڈ", "خلاصہ", ("ایک", "دو"), "")
    assert letters_of({"letter.0.body": "متن", "title": "x"}, {0: LetterWords("محترم", "", "ا")}) == {
        0: LetterWords("محترم", "متن", "ا")
    }
