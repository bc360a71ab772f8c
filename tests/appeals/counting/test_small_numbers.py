"""Small numbers: a country is seen by everyone from a least number on, on the page, in JSON and in the list; no count
that everyone sees falls by one."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select, update

from campaign.appeals.counting import taken_back, tallies
from campaign.appeals.signature_admin import statistics
from campaign.appeals.supporter import changes, my_signature
from campaign.publication.listing import open_actions
from campaign.storage import Storage
from campaign.storage.tables import Action, Organisation, Signature
from tests import made
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


def counted(site: Site, n: int, country: str) -> None:
    """So many more have signed from a country, and are counted."""
    with site.storage.writing() as session:
        session.execute(update(Organisation).values(least_country=5))
    crowd.sign(site.storage, n, country=country)
    with site.storage.writing() as session:
        tallies.roll_up(session)


def one_takes_back(site: Site, how: str, country: str) -> None:
    with site.storage.writing() as session:
        one = session.scalars(
            select(Signature.reference).where(Signature.counts, Signature.country == country).order_by(Signature.id)
        ).first()
        {"withdrawn": my_signature.take_back, "erased": my_signature.erase}[how](session, one)
        tallies.roll_up(session)


def seen(site: Site) -> tuple[int, int, int, int]:
    """What everyone sees: the count in JSON, on the page and in the list, and Nauru's on the page."""
    site = site.fresh()
    page = site.client.get("/en/actions/renew-the-cards").text
    so_far = page[page.index('id="so-far"') :]
    whole = re.search(r"<b>(\d+) (?:person|people) signed", so_far)
    nauru = re.search(r"Nauru\D+(\d+)", so_far)
    with site.storage.reading() as session:
        listed = open_actions(session, "en")[0].count
    told = site.client.get("/actions/renew-the-cards/count.json").json["count"]
    return told, int(whole[1]) if whole else 0, listed, int(nauru[1]) if nauru else 0


@pytest.mark.parametrize("how", ["withdrawn", "erased"])
def test_no_count_that_everyone_sees_falls_before_five_have_taken_theirs_back(site: Site, how: str) -> None:
    counted(site, 7, "NR")
    for _ in range(4):
        one_takes_back(site, how, "NR")
        assert seen(site) == (7, 7, 7, 7)
    one_takes_back(site, how, "NR")
    assert seen(site) == (2, 2, 2, 0)


def test_who_signs_after_somebody_took_theirs_back_is_seen_all_the_same(site: Site) -> None:
    counted(site, 7, "NR")
    one_takes_back(site, "withdrawn", "NR")
    counted(site, 1, "NR")
    assert seen(site) == (8, 8, 8, 8)


def test_those_who_take_theirs_back_in_different_countries_wait_together_for_the_whole(site: Site) -> None:
    counted(site, 9, "NR")
    counted(site, 3, "GB")
    for country in ("NR", "GB", "NR", "GB"):
        one_takes_back(site, "withdrawn", country)
    assert seen(site) == (12, 12, 12, 9)
    one_takes_back(site, "withdrawn", "GB")
    assert seen(site) == (7, 7, 7, 9)


def test_moving_to_another_country_is_not_seen_where_it_was(site: Site) -> None:
    counted(site, 6, "NR")
    with site.storage.writing() as session:
        one = session.scalars(select(Signature).limit(1)).one()
        changes.put_country(session, one, "GB")
    assert seen(site) == (6, 6, 6, 6)


def test_the_office_counts_exactly(site: Site) -> None:
    counted(site, 7, "NR")
    one_takes_back(site, "withdrawn", "NR")
    with site.storage.reading() as session:
        action = session.scalars(select(Action.id)).one()
        assert statistics.gathered(session, action, made.NOON.date()).total == 6
        assert tallies.by_country(session, action) == (("NR", 6),)


def test_where_being_named_is_dangerous_a_country_is_seen_from_four_times_as_many_on(site: Site) -> None:
    counted(site, 19, "PK")
    assert site.client.get("/actions/renew-the-cards/count.json").json["countries"] == 0
    counted(site, 1, "PK")
    assert site.fresh().client.get("/actions/renew-the-cards/count.json").json["countries"] == 1
    with site.storage.reading() as session:
        assert open_actions(session, "en")[0].countries == 1


@pytest.mark.databases
def test_what_waits_is_counted_apart_for_each_action_and_country(storage: Storage) -> None:
    with storage.writing() as session:
        action = made.action(session).id
        session.execute(update(Organisation).values(least_country=3))
        taken_back.record(session, {(action, "NR"): 1, (action, "GB"): 1})
        assert taken_back.waiting(session, action) == {"NR": 1, "GB": 1, "": 2}
        taken_back.record(session, {(action, "NR"): 1}, moved=True)
        assert taken_back.waiting(session, action) == {"NR": 2, "GB": 1, "": 2}
        taken_back.record(session, {(action, "GB"): 1})
        assert taken_back.waiting(session, action) == {"NR": 2, "GB": 2}
