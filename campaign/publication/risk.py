"""The rule "this person is at risk": where being named under an appeal may be dangerous.

The case's own country always is; the office lists others, where relatives live or where those in power reach.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable


def risk_countries(case_country: str, listed: Iterable[str]) -> tuple[str, ...]:
    """Where being named may be dangerous: the case's country first, then what the office listed, each once. ISO 3166
    alpha-2."""
    return tuple(dict.fromkeys((case_country, *listed)))


def at_risk(country: str | None, risky: Collection[str]) -> bool:
    """Whether somebody who lives there must be warned, written to discreetly, and named nowhere unasked."""
    return (country or "").strip().upper() in risky
