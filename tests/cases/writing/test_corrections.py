"""What is a slip of typing in a text that people have signed, and what is another text."""

from __future__ import annotations

import pytest

from campaign.cases.writing.corrections import is_slip


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ("Renew the crads.", "Renew the cards."),
        ("Renew the cards", "Renew the cards."),
        ("Release Ms Ahmadi immediatly.", "Release Ms Ahmadi immediately."),
        ("Stop forcedreturns.", "Stop forced returns."),
        ("renew the cards.", "Renew the cards."),
        ("کارڈز کی تجدید کرین۔", "کارڈز کی تجدید کریں۔"),
    ],
)
def test_a_slip_of_typing_may_be_mended(was: str, becomes: str) -> None:
    assert is_slip(was, becomes)


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ("Stop forced returns.", "Start forced returns."),
        ("Renew the cards.", "Do not renew the cards."),
        ("Declare the returns unlawful.", "Declare the returns lawful."),
        ("Free all 313 prisoners.", "Free all 31 prisoners."),
        ("Renew the cards of 1.4 million people.", "Renew the cards of 1.3 million people."),
        ("Renew the cards.", "Renew the cards. Stop the returns."),
        ("No one may be returned.", "None may be returned."),
        ("Ban the returns.", "Plan the returns."),
        ("Renew the cards.", ""),
    ],
)
def test_what_asks_for_something_else_is_no_slip(was: str, becomes: str) -> None:
    assert not is_slip(was, becomes)
