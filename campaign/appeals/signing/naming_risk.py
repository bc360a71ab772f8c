"""Where a name may harm its owner: the one rule for every page and mail that could lead someone to be named."""

from __future__ import annotations

from campaign.vocabulary import Disclosure


def unnamed(at_risk: bool, disclosure: Disclosure | str) -> bool:
    """Whether nothing that we show may lead this person to write, send or share under their own name.

    They live where being named may be dangerous, and asked that no one sees it. Who chose to be named was asked before.
    """
    return at_risk and disclosure == Disclosure.WITHHELD


def warned(at_risk: bool) -> bool:
    """Whether a page that could name this person says first what that may do."""
    return at_risk
