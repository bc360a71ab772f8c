"""The length of a post as X counts it, by the examples and ranges it publishes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.appeals.letters.public_posts import fitted
from campaign.channels import BY_KEY, Public, weighed

X = BY_KEY["x_handle"].public or Public(0, "")


@pytest.mark.parametrize(
    ("text", "weighs"),
    [
        ("", 0),
        ("Renew the cards", 15),
        ("کارڈز", 5),
        ("更新卡片", 8),
        ("カード", 6),
        ("갱신", 4),
        ("see https://example.org/a/very/long/path?that=goes&on=and-on-and-on", 4 + 23),
        ("http://a.example https://b.example", 23 + 1 + 23),
        ("“quoted” – so…", 13 + 2),
        ("e\u0301", 1),
        ("👍", 2),
        ("👍🏽", 2),
        ("👨‍👩‍👧‍👦", 2),
        ("🇵🇰", 2),
    ],
)
def test_a_post_weighs_what_x_says(text: str, weighs: int) -> None:
    assert weighed(text) == weighs


def test_words_too_long_are_cut_between_two_of_them() -> None:
    post = fitted("word " * 80, "@sampleminister https://act.example.org/actions/renew-the-cards", X)

    assert post.endswith("word… @sampleminister https://act.example.org/actions/renew-the-cards")
    assert 280 - 5 <= weighed(post) <= 280


@given(st.text(max_size=600))
def test_a_post_always_fits_and_always_keeps_its_ending(words: str) -> None:
    post = fitted(words, "@sampleminister https://act.example.org/a", X)

    assert weighed(post) <= 280
    assert post.endswith("@sampleminister https://act.example.org/a")
