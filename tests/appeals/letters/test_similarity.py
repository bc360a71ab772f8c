"""How much of a letter is still the model's."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from campaign.appeals.letters.similarity import hundredths_kept

MODEL = """I write to you about the cards of at least 1.4 million people, which ran out on 30 June.

I ask you to renew every card at once, and to stop all forced returns to a country at war."""
WORDS = st.lists(st.sampled_from([*MODEL.split(), "Lahore", "pupil", "کارڈ"]), max_size=120).map(" ".join)


def test_the_model_untouched_is_all_the_models() -> None:
    assert hundredths_kept(MODEL, MODEL) == 100
    assert hundredths_kept(MODEL, MODEL.upper().replace("\n", "\r\n")) == 100
    assert hundredths_kept("کارڈ ختم", "کارڈ ختم") == 100


def test_own_words_take_from_it_as_they_grow() -> None:
    own = "I teach in Lyon, where two girls in my class have cousins who hold such a card and hide."
    one_sentence = hundredths_kept(MODEL, f"{own} {MODEL}")

    assert 0 < hundredths_kept(MODEL, f"{own} {own} {MODEL}") < one_sentence < 100


def test_a_letter_that_shares_only_the_languages_small_words_is_all_its_writers() -> None:
    own = "The people of my town and the families of the school ask for a renewal of the cards."

    assert hundredths_kept(MODEL, own) == 0


def test_nothing_written_is_nothing_kept() -> None:
    assert hundredths_kept(MODEL, "") == hundredths_kept(MODEL, " \n…!") == 0


@given(WORDS)
def test_it_is_always_a_number_of_every_hundred(written: str) -> None:
    assert 0 <= hundredths_kept(MODEL, written) <= 100
