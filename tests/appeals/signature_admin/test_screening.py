"""What looks false is said with its numbers; what is merely many is not."""

from __future__ import annotations

from datetime import timedelta

import pytest

from campaign.appeals.signature_admin import screening
from campaign.appeals.signature_admin.screening import Recent
from campaign.storage import Storage
from campaign.vocabulary import ActionStatus, SignatureStatus
from tests import made
from tests.appeals import crowd

YESTERDAY = made.NOON - timedelta(hours=20)


@pytest.fixture
def place(storage: Storage) -> Storage:
    with storage.writing() as session:
        made.action(session)
    return storage


def suspicious(storage: Storage) -> list[str]:
    with storage.reading() as session:
        return list(screening.suspicious(session, made.NOON).values())


@pytest.mark.databases
def test_many_from_one_network_are_suspicious(place: Storage) -> None:
    crowd.sign(place, 60, at=YESTERDAY, network="198.51.100.0/24")
    for n in range(40):
        crowd.sign(place, 1, at=YESTERDAY, network=f"10.0.{n}.0/24", domain=f"{n}.example")
    assert suspicious(place) == ["60 of 100 signatures in two days came from one network."]


def test_a_family_is_not(place: Storage) -> None:
    crowd.sign(place, 8, at=YESTERDAY)
    assert suspicious(place) == []


def test_what_came_three_days_ago_is_past(place: Storage) -> None:
    crowd.sign(place, 60, at=made.NOON - timedelta(days=3))
    assert suspicious(place) == []


def test_an_action_that_is_over_raises_no_flag(storage: Storage) -> None:
    with storage.writing() as session:
        made.action(session, status=ActionStatus.CLOSED)
    crowd.sign(storage, 60, at=YESTERDAY)
    assert suspicious(storage) == []


@pytest.mark.parametrize(
    ("recent", "said"),
    [
        (Recent(signed=1_000, most_from_a_network=60), None),
        (Recent(signed=100, most_from_a_domain=60), None),  # half the world has one mail provider
        (Recent(signed=100, most_from_a_domain=90), "90 of 100 signatures in two days use one e-mail domain."),
        (Recent(signed=100, ripe=80, ripe_confirmed=10), "Only 10 of 80 recent signatures were confirmed."),
        (Recent(signed=100, ripe=80, ripe_confirmed=60), None),
        (Recent(signed=100, ripe=8, ripe_confirmed=0), None),  # most have not had the time
        (Recent(), None),
    ],
)
def test_what_looks_false_is_a_rule_of_numbers(recent: Recent, said: str | None) -> None:
    assert screening.verdict(recent) == said


@pytest.mark.databases
def test_the_panel_shows_bursts_the_most_first_and_how_many_were_confirmed(place: Storage) -> None:
    crowd.sign(place, 20, at=YESTERDAY, network="198.51.100.0/24", domain="burst.example")
    pending = SignatureStatus.PENDING
    crowd.sign(place, 15, at=YESTERDAY, network="198.51.100.0/24", domain="burst.example", status=pending)
    crowd.sign(place, 12, at=YESTERDAY, network="203.0.113.0/24", domain="school.example")
    crowd.sign(place, 3, at=YESTERDAY, network="10.0.0.0/24", domain="home.example")
    with place.reading() as session:
        panel = screening.panel(session, place.vault, 1, made.NOON, names=True)
        blind = screening.panel(session, place.vault, 1, made.NOON, names=False)
    assert [(it.signed, it.confirmed) for it in panel.networks] == [(35, 20), (12, 12)]
    assert [(it.domain, it.signed) for it in panel.domains] == [("burst.example", 35), ("school.example", 12)]
    assert [it.domain for it in blind.domains] == [None, None]
    assert (panel.recent.signed, panel.recent.confirmed, panel.recent.ripe) == (50, 35, 50)
    assert panel.recent.share_confirmed == 0.7


def test_an_action_nobody_signed_has_an_empty_panel(place: Storage) -> None:
    with place.reading() as session:
        panel = screening.panel(session, place.vault, 1, made.NOON, names=True)
    assert panel.networks == panel.domains == ()
    assert panel.recent.share_confirmed is None
