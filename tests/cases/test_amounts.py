"""Numbers as people write them."""

from __future__ import annotations

import pytest

from campaign.cases.amounts import amount


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("1080312", 1_080_312),
        ("1,080,312", 1_080_312),
        ("1.080.312", 1_080_312),
        ("1 080 312", 1_080_312),
        ("1.4 million", 1_400_000),
        ("1,4 Million", 1_400_000),
        ("1.35\u00a0million", 1_350_000),
        ("800 thousand", 800_000),
        ("2 billion", 2_000_000_000),
        ("0", 0),
        ("1.4", None),
        ("1.0005 thousand", None),
        ("ten", None),
        ("", None),
        ("-3", None),
        ("1,08,312", None),
        ("1" * 40, None),
    ],
)
def test_a_number_is_read_whole_or_not_at_all(written: str, value: int | None) -> None:
    assert amount(written) == value
