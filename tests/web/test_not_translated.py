"""After translation by a browser names, addresses, letters and what is copied are still what they were."""

from __future__ import annotations

import re

import pytest

from campaign.web.not_translated import marked
from tests.conftest import Site
from tests.web.conftest import Supporter
from tests.web.reading import Page


@pytest.mark.parametrize(
    ("html", "then"),
    [
        ("<bdi>Ada</bdi>", '<bdi translate="no">Ada</bdi>'),
        ('<bdi dir="ltr">a@b.org</bdi>', '<bdi translate="no" dir="ltr">a@b.org</bdi>'),
        ('<bdi translate="no">Ada</bdi>', '<bdi translate="no">Ada</bdi>'),
        ('<textarea id="text">', '<textarea translate="no" id="text">'),
        ('<article class="sheet" lang="en">', '<article translate="no" class="sheet" lang="en">'),
        ('<span class="copy">', '<span translate="no" class="copy">'),
        ("<address>", '<address translate="no">'),
        ('<p class="copyright">', '<p class="copyright">'),
        ("<p>Read the letter</p>", "<p>Read the letter</p>"),
    ],
)
def test_what_is_a_name_or_is_copied_is_marked_once(html: str, then: str) -> None:
    assert marked(html) == then


def unmarked(html: str) -> list[str]:
    """Elements that hold a name, an address or words to take along, and may be translated."""
    tags = re.findall(r"<(?:bdi|address|pre|textarea|input)\b[^>]*>", html)
    tags += re.findall(r"<[a-z]+\b[^>]*class=\"(?:[^\"]*\s)?(?:sheet|copy)[\s\"][^>]*>", html)
    return [it for it in tags if 'translate="no"' not in it]


def test_on_every_page_of_a_supporter_nothing_of_it_may_be_translated(site: Site, supporter: Supporter) -> None:
    """Public reports: chaoss/website#930 (a browser's translation changed a person's name), mdn/kuma#7101 (what is
    copied was translated)."""
    supporter.signs(message="Please.")
    link = supporter.link()
    there = "/en/actions/renew-the-cards"
    pages = [site.client.get(it) for it in ("/en/", there, f"{there}/write", "/en/privacy", link)]
    pages += [supporter.signs(name="", email="x"), site.client.post(link)]
    mine = next(it["href"] for it in Page(pages[-1].text).all("a") if "/mine/" in it["href"])
    pages += [site.client.get(mine), site.client.get("/verify/7K3M-9QRT"), site.client.get("/en/nowhere")]
    for page in pages:
        assert page.status_code < 500
        assert unmarked(page.text) == [], page.request.path


def test_a_hostile_name_is_broken_and_isolated_wherever_it_is_shown(site: Site, supporter: Supporter) -> None:
    supporter.signs(name="W" * 175)
    link = supporter.link()
    shown = [
        site.client.get(link).text,
        site.client.post(link).text,
        site.fresh().client.get("/en/actions/renew-the-cards").text,
    ]
    for html in (shown[0], shown[2]):
        assert f'<bdi translate="no">{"W" * 20}<wbr>' in html
    for html in shown:
        without_fields = re.sub(r"<(?:input|textarea)\b[^>]*>", "", html)
        assert "W" * 21 not in without_fields
