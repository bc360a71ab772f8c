"""Passing an action on: what is passed on, what programs that show links read, and what is not told to anyone."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, timedelta
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from PIL import Image

from campaign import clock
from campaign.vocabulary import ActionStatus
from tests.conftest import Site
from tests.printing.reading import by_pdfium, pages
from tests.web.conftest import SLUG, Hour, Supporter
from tests.web.reading import Page

SHARED = f"http://campaign.test/actions/{SLUG}"
HERE = f"/en/actions/{SLUG}"


def opened(site: Site, path: str = HERE) -> Page:
    return Page(site.fresh().client.get(path).text)


def ways(page: Page) -> dict[str, str]:
    """The links that pass an action on, by the names they have on the page."""
    return {it.text: it["href"] for it in page.all("a", rel="noreferrer noopener")}


def test_the_shared_link_has_no_language_and_stands_in_every_way_of_sharing(site: Site) -> None:
    for locale in ("en", "ur"):
        links = ways(opened(site, f"/{locale}/actions/{SLUG}"))
        assert len(links) == 5
        for link in links.values():
            assert SHARED in unquote(link)
            assert f"/{locale}/actions" not in unquote(link)


def test_each_way_hands_over_the_title_the_last_day_and_the_link(site: Site) -> None:
    day = (clock.now() + timedelta(days=10)).date()
    links = ways(opened(site))
    assert urlsplit(links["WhatsApp"]).hostname == "wa.me"
    assert parse_qs(urlsplit(links["WhatsApp"]).query)["text"] == [
        f"Renew the cards. Deadline: {day.day} {day:%B} {day.year}. {SHARED}"
    ]
    assert parse_qs(urlsplit(links["Telegram"]).query)["url"] == [SHARED]
    assert parse_qs(urlsplit(links["X"]).query)["url"] == [SHARED]
    assert parse_qs(urlsplit(links["Bluesky"]).query)["text"][0].endswith(SHARED)
    mail = urlsplit(links["E-mail"])
    assert (mail.scheme, mail.path) == ("mailto", "")
    assert parse_qs(mail.query)["body"][0].split("\r\n\r\n")[1] == SHARED


def test_signs_in_a_title_reach_the_other_side_as_they_are(site: Site, changed: Callable[..., None]) -> None:
    with site.storage.writing() as session:
        from campaign.storage.tables import ActionText

        session.query(ActionText).filter_by(locale="en").one().title = 'Tom & Jerry\'s <b>100 %</b> #free + "now"'
    texts = parse_qs(urlsplit(ways(opened(site))["WhatsApp"]).query)["text"]
    assert texts[0].startswith('Tom & Jerry\'s <b>100 %</b> #free + "now". ')


def test_without_a_script_the_link_can_be_selected_and_no_button_shows_that_would_do_nothing(site: Site) -> None:
    page = opened(site)
    assert SHARED in page.one(id="share-text").text
    buttons = [it for it in page.all("button") if "data-share" in it.attributes or "data-copy" in it.attributes]
    assert {it.get("data-share") or it.get("data-copy") for it in buttons} >= {SHARED, "share-text"}
    assert all("hidden" in it.attributes and it["type"] == "button" for it in buttons)


def test_what_is_passed_on_from_the_thanks_page_is_the_action_and_never_the_link_of_its_reader(
    supporter: Supporter, site: Site
) -> None:
    supporter.signs()
    link = supporter.link()
    answered = site.client.post(link)
    page, token = Page(answered.text), link.rsplit("/", 1)[1]
    assert page.one("button", data_share=SHARED)
    assert SHARED in page.one(id="share-text").text
    for way in ways(page).values():
        assert SHARED in unquote(way)
        assert token not in way


def test_after_the_deadline_nobody_is_asked_to_pass_it_on(
    supporter: Supporter, site: Site, hour: Hour, changed: Callable[..., None]
) -> None:
    supporter.signs()
    changed(deadline=hour.now.date() - timedelta(days=1))
    hour.becomes(clock.end_of(hour.now.date() - timedelta(days=1), "Asia/Karachi") + timedelta(hours=1))
    thanks = site.client.post(supporter.link())
    assert thanks.status_code == 200
    for page in (Page(thanks.text), opened(site)):
        assert not ways(page)
        assert not [link for link in page.links if link.endswith(("poster.pdf", "sheet.pdf", "deadline.ics"))]


def test_programs_that_show_a_link_are_told_what_it_is_and_where_its_picture_stands(site: Site) -> None:
    page = opened(site, f"{HERE}?letter=ur&official=1")
    said = {it["property"]: it["content"] for it in page.all("meta") if it.get("property")}
    assert said["og:title"] == "Renew the cards"
    assert said["og:description"] == "The cards of at least 1.4 million people have run out."
    assert said["og:url"] == f"http://campaign.test{HERE}"
    assert page.one("link", rel="canonical")["href"] == said["og:url"]
    assert page.one("meta", name="twitter:card")["content"] == "summary_large_image"
    picture = site.client.get(said["og:image"].removeprefix("http://campaign.test"))
    assert picture.mimetype == said["og:image:type"]
    size = Image.open(io.BytesIO(picture.data)).size
    assert size == (int(said["og:image:width"]), int(said["og:image:height"]))


def test_the_pictures_address_changes_with_the_day_that_it_shows(site: Site, hour: Hour) -> None:
    addresses = set()
    for _ in range(2):
        page = opened(site)
        addresses.add(page.one("meta", property="og:image")["content"])
        hour.passes(days=1)
    assert len(addresses) == 2


def test_search_engines_are_told_the_same_in_attributes(site: Site) -> None:
    page = opened(site)
    said = {it["itemprop"]: it for it in page.elements if it.get("itemprop")}
    assert page.one("main")["itemtype"] == "https://schema.org/Article"
    assert said["headline"].text == page.heading
    assert said["identifier"]["content"] == "UA 56/25"
    assert said["datePublished"]["content"] == "2025-06-17"
    assert date.fromisoformat(said["expires"]["content"]) == (clock.now() + timedelta(days=10)).date()
    listed = opened(site, "/en/")
    assert listed.one(itemtype="https://schema.org/ItemList")
    assert listed.one("a", itemprop="url")["href"] == HERE
    assert listed.one("meta", itemprop="position")["content"] == "1"


def test_the_action_page_offers_what_keeps_it_in_order(site: Site) -> None:
    kept = [link for link in opened(site).links if link == "#updates" or link.startswith(f"{HERE}/")]
    endings = [link.removeprefix(HERE) for link in kept]
    assert endings[endings.index("#updates") :] == [
        "#updates",
        "/deadline.ics",
        "/feed.atom",
        "/bulletin.pdf",
        "/poster.pdf",
        "/sheet.pdf",
        "/sheet.pdf?paper=letter",
    ]


@pytest.mark.parametrize(
    ("what", "status", "answered"),
    [
        *((what, ActionStatus.STOPPED, 410) for what in ("share.png", "poster.pdf")),
        # What was handed out must hear of the stop, without a word of the case.
        *((what, ActionStatus.STOPPED, 200) for what in ("deadline.ics", "feed.atom")),
        *(
            (what, status, 404)
            for what in ("share.png", "poster.pdf", "deadline.ics", "feed.atom")
            for status in (ActionStatus.DRAFT, ActionStatus.IN_REVIEW)
        ),
    ],
)
def test_of_a_stopped_action_and_of_a_draft_nothing_is_to_be_had(
    site: Site, changed: Callable[..., None], what: str, status: ActionStatus, answered: int
) -> None:
    changed(status=status, ended_at=clock.now())
    refused = site.client.get(f"{HERE}/{what}")
    assert refused.status_code == answered
    assert "Renew the cards" not in refused.text


def test_the_poster_says_in_the_readers_language_what_where_and_until_when(site: Site) -> None:
    for locale, title in (("en", "Renew the cards"), ("ur", "کارڈز کی تجدید کریں")):
        answer = site.client.get(f"/{locale}/actions/{SLUG}/poster.pdf")
        assert answer.mimetype == "application/pdf"
        assert pages(answer.data) == 1
        text = by_pdfium(answer.data)
        assert title in text
        assert SHARED.removeprefix("http://") in text


def test_an_action_without_the_readers_language_is_passed_on_in_one_language_and_not_in_two(site: Site) -> None:
    with site.storage.writing() as session:
        from campaign.storage.tables import ActionText

        session.query(ActionText).filter_by(locale="ur").delete()
    poster = by_pdfium(site.client.get(f"/ur/actions/{SLUG}/poster.pdf").data)
    assert "Minister of Interior" in poster
    assert "وزیر" not in poster
    assert site.client.get(f"/ur/actions/{SLUG}/share.png").data == site.client.get(f"{HERE}/share.png").data
