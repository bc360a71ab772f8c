"""How figures are written."""

from __future__ import annotations

import pytest

from campaign.publication.figures import said, written


@pytest.mark.parametrize(
    ("value", "qualifier", "locale", "text"),
    [
        (1_400_000, {"en": "at least"}, "en", "at least 1.4 million"),
        (1_400_000, {"en": "at least", "ur": "کم از کم"}, "ur", "کم از کم 14 لاکھ"),
        (1_088_133, {}, "en", "1,088,133"),
        (468_000, {"en": "more than", "ur": "{n} سے زائد"}, "ur", "468,000 سے زائد"),
        (2_000_000, {}, "en", "2 million"),
    ],
)
def test_a_round_number_is_said_and_an_exact_one_keeps_its_digits(
    value: int, qualifier: dict[str, str], locale: str, text: str
) -> None:
    assert written(value, qualifier, locale) == text


def test_words_fall_back_to_the_original_and_then_to_any_there_are() -> None:
    assert said({"en": "all", "ur": "تمام"}, "ur") == "تمام"
    assert said({"en": "all"}, "ur") == "all"
    assert said({"ps": "ټول"}, "ur") == "ټول"
    assert said({}, "ur") == ""
