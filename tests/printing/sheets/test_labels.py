"""Sheets of address labels: 24 to a sheet, each address whole on its own label."""

from __future__ import annotations

import pytest

from campaign.printing.addressee import Addressee
from campaign.printing.sheets.labels import A_SHEET, labels_pdf
from campaign.vocabulary import Paper
from tests.printing.reading import characters, pages

TO = Addressee("Sample Minister", None, "Minister of Interior", ("1 Sample Road", "44000 Islamabad"), "Pakistan")
LONG = Addressee(
    "His Excellency Sample Minister of the Federation",
    "Deputy Minister of Interior and Narcotics Control",
    "Directorate General for Immigration, Citizenship and Passports",
    ("Room 404, Fourth Floor, R Block, Secretariat", "1 Sample Road, Sector G-5/2", "44000 Islamabad"),
    "Pakistan",
)


@pytest.mark.parametrize("paper", list(Paper))
def test_a_sheet_holds_twenty_four_and_the_next_begins_another(paper: Paper) -> None:
    assert [pages(labels_pdf([TO] * n, paper)) for n in (1, A_SHEET, A_SHEET + 1)] == [1, 1, 2]


@pytest.mark.parametrize("to", [TO, LONG])
def test_each_address_stands_within_its_label(to: Addressee) -> None:
    for sign, x, y in characters(labels_pdf([to] * A_SHEET)):
        if sign.strip():
            across, down = x % 70, (y - 0.5) % 37
            assert 5 <= across <= 66
            assert 3 <= down <= 35


def test_the_country_stands_last_in_capitals() -> None:
    read = "".join(sign for sign, _, _ in characters(labels_pdf([TO])))
    assert read.replace("\r", "").replace("\n", "").strip().endswith("PAKISTAN")
