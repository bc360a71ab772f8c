"""How the number of an action is read and written."""

from __future__ import annotations

import pytest

from campaign.action_number import ActionNumber


@pytest.mark.parametrize(
    ("written", "year", "serial"),
    [("UA 56/25", 2025, 56), ("UA: 71/08", 2008, 71), ("UA 132.19", 2019, 132), ("UA 261/94", 1994, 261)],
)
def test_a_number_is_read_however_it_was_printed(written: str, year: int, serial: int) -> None:
    assert ActionNumber.parse(written) == ActionNumber(year=year, serial=serial)


def test_a_number_is_written_in_one_way() -> None:
    assert str(ActionNumber(year=2025, serial=56)) == "UA 56/25"
    assert str(ActionNumber(year=2008, serial=7)) == "UA 7/08"
    assert ActionNumber.parse("no number here") is None
