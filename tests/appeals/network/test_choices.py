"""Who is told of which action: a rule, with a table of examples."""

from __future__ import annotations

from datetime import date

import pytest

from campaign.appeals.network.choices import Choices, News, at_once, fits
from campaign.vocabulary import Rhythm

TODAY = date(2025, 9, 1)
CARDS = News("PK", ("refugees", "children"), date(2025, 9, 30))
TRIAL = News("IR", ("fair_trial",), date(2025, 9, 8))


@pytest.mark.parametrize(
    ("countries", "themes", "cards", "trial"),
    [
        ((), (), True, True),  # nothing chosen: everything
        (("PK", "AF"), (), True, False),
        ((), ("children",), True, False),
        (("PK",), ("fair_trial",), False, False),  # both must fit
        (("IR",), ("fair_trial", "torture"), False, True),
    ],
)
def test_an_action_fits_if_its_country_and_one_of_its_themes_were_asked_for(
    countries: tuple[str, ...], themes: tuple[str, ...], cards: bool, trial: bool
) -> None:
    choices = Choices("en", countries, themes)
    assert (fits(choices, CARDS), fits(choices, TRIAL)) == (cards, trial)


@pytest.mark.parametrize(
    ("rhythm", "cards", "trial"),
    [(Rhythm.EACH, True, True), (Rhythm.WEEKLY, False, False), (Rhythm.URGENT, False, True)],
)
def test_who_wants_each_is_told_at_once_and_who_wants_the_most_urgent_of_a_week_or_less(
    rhythm: Rhythm, cards: bool, trial: bool
) -> None:
    choices = Choices("en", rhythm=rhythm)
    assert (at_once(choices, CARDS, TODAY), at_once(choices, TRIAL, TODAY)) == (cards, trial)


def test_eight_days_are_not_the_most_urgent() -> None:
    assert not at_once(Choices("en", rhythm=Rhythm.URGENT), TRIAL, date(2025, 8, 31))
