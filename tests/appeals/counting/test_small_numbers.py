"""Small numbers: a country is seen by everyone from a least number on, on the page, in JSON and in the list."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from campaign.appeals.counting import tallies
from campaign.storage.tables import Organisation
from tests.appeals import crowd
from tests.conftest import Site


@pytest.mark.parametrize(("signed", "countries"), [(1, 0), (4, 0), (5, 1)])
def test_a_country_is_seen_from_five_signatures_on(site: Site, signed: int, countries: int) -> None:
    with site.storage.writing() as session:
        session.execute(update(Organisation).values(least_country=5))
    crowd.sign(site.storage, signed, country="NR")
    with site.storage.writing() as session:
        tallies.roll_up(session)
    told = site.client.get("/actions/renew-the-cards/count.json").json
    assert (told["count"], told["countries"]) == (signed, countries)
    page = site.fresh().client.get("/en/actions/renew-the-cards").text
    so_far = page[page.index('id="so-far"') :]
    assert ("Nauru" in so_far) is bool(countries)
    assert ("from 1 country" in so_far) is bool(countries)
    assert "from 0 countr" not in so_far
    assert "Nauru" not in site.client.get("/en/").text
