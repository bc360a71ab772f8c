"""The sum that a browser does: asked for only while the form is under attack, made anew each time."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from campaign.storage.tables import Action
from campaign.vocabulary import ActionStatus, Shield
from campaign.web.public import shielding
from tests.conftest import Site

THERE = "/actions/renew-the-cards/proof.json"


@pytest.fixture
def site(site: Site) -> Site:
    if shielding.blueprint.name not in site.app.blueprints:
        site.app.register_blueprint(shielding.blueprint)
    return site


def becomes(site: Site, **values: object) -> None:
    with site.storage.writing() as session:
        session.execute(update(Action).values(**values))


def test_a_sum_is_made_anew_for_each_who_asks_and_kept_by_no_cache(site: Site) -> None:
    becomes(site, shield=Shield.PROOF_OF_WORK)
    first, second = site.client.get(THERE), site.client.get(THERE)
    assert first.status_code == 200 and first.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in first.headers
    assert first.json["parameters"]["data"] == {"action": "renew-the-cards"}  # type: ignore[index]
    assert first.json["parameters"]["nonce"] != second.json["parameters"]["nonce"]  # type: ignore[index]


@pytest.mark.parametrize("values", [{}, {"shield": Shield.PROOF_OF_WORK, "status": ActionStatus.DRAFT}])
def test_where_none_is_asked_for_there_is_none(site: Site, values: dict[str, object]) -> None:
    becomes(site, **values)
    assert site.client.get(THERE).status_code == 404
    assert site.client.get("/actions/no-such-action/proof.json").status_code == 404


def test_who_asks_for_sums_by_the_hundred_is_slowed_down(site: Site) -> None:
    becomes(site, shield=Shield.PROOF_OF_WORK)
    statuses = [site.client.get(THERE).status_code for _ in range(shielding.shield.ASKING.hits + 1)]
    assert statuses[-2:] == [200, 429]
