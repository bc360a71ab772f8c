"""The page that the code on a printed dossier leads to."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest

from campaign.appeals import confirming
from campaign.appeals.signing import sign
from campaign.delivery import freezing, volumes
from campaign.publication.reading import published
from campaign.vocabulary import Disclosure
from tests import made
from tests.conftest import Site
from tests.web.conftest import SLUG, signatures
from tests.web.reading import Page


@pytest.fixture
def code(site: Site) -> str:
    """The code of a frozen dossier of three: two named, one counted only."""
    vault = site.storage.vault
    for email, disclosure in (("a", Disclosure.PUBLIC), ("b", Disclosure.OFFICIAL), ("c", Disclosure.WITHHELD)):
        with site.storage.writing() as session:
            sign(session, vault, SLUG, made.wish(f"{email}@example.org", disclosure=disclosure), made.NOON)
    with site.storage.writing() as session:
        for stored in signatures(site):
            confirming.confirm(session, vault, stored.reference, made.NOON + timedelta(hours=1))
        return freezing.freeze(session, published(session, SLUG, "en"), None, made.NOON + timedelta(hours=2))


def test_the_code_tells_what_was_handed_over_and_names_nobody_who_signed(site: Site, code: str) -> None:
    printed = volumes.build(site.storage, site.settings.base_url, code)
    answer = site.client.get(f"/verify/{code}")
    page = Page(answer.text)
    assert code in page.heading
    for told in (
        "Renew the cards",
        "UA 56/25",
        "Sample Minister",
        "3: 2 with their names, 1 counted only",
        "1 August 2025, 14:00 UTC",
        hashlib.sha256(printed.pdf).hexdigest(),
    ):
        assert told in page.text
    assert "Ada" not in answer.text
    assert answer.headers["Cache-Control"] == "public, max-age=60"
    assert answer.headers["Vary"] == "Accept-Language"


def test_a_dossier_still_at_the_printers_says_so(site: Site, code: str) -> None:
    assert "being printed" in Page(site.client.get(f"/verify/{code}").text).text


def test_a_code_may_be_typed_as_people_type(site: Site, code: str) -> None:
    for typed in (code.lower(), code.replace("-", ""), code.replace("-", "%20"), f"%20{code}%20"):
        assert code in Page(site.client.get(f"/verify/{typed}").text).heading


def test_the_page_speaks_the_readers_language_since_paper_has_none(site: Site, code: str) -> None:
    page = Page(site.client.get(f"/verify/{code}", headers={"Accept-Language": "ur"}).text)
    assert page.one("html")["dir"] == "rtl"
    assert "We made this dossier" not in page.text
    title = next(it for it in page.all("bdi") if it.text == "Renew the cards")
    assert (title["lang"], title["dir"]) == ("en", "ltr")


@pytest.mark.parametrize("typed", ["AAAA-AAAA", "x", "%20", "' OR 1=1 --", "A" * 2_000])
def test_a_code_that_was_never_given_does_not_exist(site: Site, code: str, typed: str) -> None:
    answer = site.client.get(f"/verify/{typed}")
    assert answer.status_code == 404
    assert answer.headers["Cache-Control"] == "no-store"
