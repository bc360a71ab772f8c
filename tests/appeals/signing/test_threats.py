"""Words that threaten are offered to an organiser; people's names are not."""

from __future__ import annotations

import pytest

from campaign.appeals.signing.threats import sounds_like_one


@pytest.mark.parametrize(
    "words",
    [
        "Kill the Minister now",
        "KILL THEM ALL",
        "K.i.l.l the minister",
        "ｋｉｌｌ the minister",
        "Death to all of them",
        "He must die",
        "Hang the judge",
        "Mort au ministre",
        "Tod dem Minister",
        "مردہ باد",
        "مرگ بر وزیر",
    ],
)
def test_a_threat_is_held_until_an_organiser_has_read_it(words: str) -> None:
    assert sounds_like_one(words)


@pytest.mark.parametrize(
    "name",
    [
        "Nguyễn Thị Hằng",
        "Hang Nguyen",
        "Killian Murphy",
        "Frank Slaughter",
        "Tod Browning",
        "Die Schmidt",
        "Burns O'Neill",
        "James Hunt",
        "Maria Matarazzo",
        "عائشہ قریشی",
        "Please renew the cards: my pupils ask me why their friends had to go.",
    ],
)
def test_a_name_is_not_held(name: str) -> None:
    assert not sounds_like_one(name)
