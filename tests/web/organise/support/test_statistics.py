"""Statistics at the desk: each plot with its table, and the same as a file."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, timedelta
from xml.etree import ElementTree

from PIL import Image

from campaign import clock
from campaign.storage.tables import VisitDay, VisitLanguage
from campaign.vocabulary import Role
from tests.appeals import crowd
from tests.conftest import Site
from tests.web.organise.conftest import Desk

CODES = "AR AT BE BR CA CH CL DE DK ES FI FR GB GR IE IT JP MX NL NO PL PT SE".split()  # noqa: SIM905
HERE = "/organise/actions/renew-the-cards/statistics/"


def test_every_plot_has_its_table_and_no_style_of_its_own(desk: Callable[[Role], Desk], staffed: Site) -> None:
    for n in range(4):
        crowd.sign(staffed.storage, 10, counted=True, at=clock.now() - timedelta(days=n))
    crowd.sign(staffed.storage, 5, counted=True, country="PK", locale="ur")
    viewer = desk(Role.VIEWER)
    page = viewer.read(HERE)
    assert "45 so far" in page.text and "At the pace of the last seven days" in page.text
    captions = {it.text for it in page.all("caption")}
    assert {"Signatures by day", "Signatures by country", "Signatures by language of the page"} <= captions
    assert page.all("svg", role="img")[0]["aria-label"]
    assert not [it for it in page.elements if it.get("style") or it.tag == "style"]
    for words in ("Pakistan", "Urdu", "confirmed"):
        assert words in page.text


def test_each_plot_can_be_taken_away_as_a_picture_that_stands_alone(
    desk: Callable[[Role], Desk], staffed: Site
) -> None:
    crowd.sign(staffed.storage, 12, counted=True)
    crowd.sign(staffed.storage, 5, counted=True, country="PK", locale="ur")
    viewer = desk(Role.VIEWER)
    page = viewer.read(HERE)
    for name in ("days", "countries", "languages", "statuses"):
        assert f"{HERE}plots/{name}.svg" in {it["href"] for it in page.all("a")}
        answer = viewer.get(f"{HERE}plots/{name}.svg")
        assert answer.mimetype == "image/svg+xml"
        assert answer.headers["Content-Disposition"] == f"attachment; filename={name}-renew-the-cards.svg"
        drawn = ElementTree.fromstring(answer.data)
        assert drawn.tag == "{http://www.w3.org/2000/svg}svg"
        words = " ".join(drawn.itertext())
        assert "Renew the cards" in words and "Example Rights Office" in words
    countries = " ".join(ElementTree.fromstring(viewer.get(f"{HERE}plots/countries.svg").data).itertext())
    assert "United Kingdom 12" in " ".join(countries.split()) and "Pakistan 5" in " ".join(countries.split())


def test_a_picture_in_pixels_is_as_large_as_print_needs(desk: Callable[[Role], Desk], staffed: Site) -> None:
    crowd.sign(staffed.storage, 12, counted=True)
    answer = desk(Role.VIEWER).get(f"{HERE}plots/countries.png")
    picture = Image.open(io.BytesIO(answer.data))
    # One bar of 26 and 116 around it, at twice the size of a box that is 720 wide.
    assert (answer.mimetype, picture.format, picture.size) == ("image/png", "PNG", (1440, 284))


def test_of_many_countries_a_picture_shows_the_largest_and_says_so(desk: Callable[[Role], Desk], staffed: Site) -> None:
    for n, country in enumerate(CODES):
        crowd.sign(staffed.storage, 1 + n, counted=True, country=country)
    drawn = desk(Role.VIEWER).get(f"{HERE}plots/countries.svg").text
    assert "the largest 20 of 23" in drawn
    assert "Sweden" in drawn and "Argentina" not in drawn


def test_there_is_no_picture_of_nothing(desk: Callable[[Role], Desk], staffed: Site) -> None:
    viewer = desk(Role.VIEWER)
    assert not [it for it in viewer.read(HERE).all("a") if "/plots/" in it["href"]]
    for name in ("days.svg", "countries.png", "names.svg", "days.gif"):
        assert viewer.get(f"{HERE}plots/{name}").status_code == 404


def test_an_action_that_nobody_signed_has_a_page_too(desk: Callable[[Role], Desk], staffed: Site) -> None:
    page = desk(Role.VIEWER).read(HERE)
    assert "Nobody has signed yet." in page.text and page.all("svg") == []


def test_the_file_names_nobody(desk: Callable[[Role], Desk], staffed: Site) -> None:
    crowd.sign(staffed.storage, 2, counted=True)
    answer = desk(Role.VIEWER).get(f"{HERE}statistics.csv")
    text = answer.data.decode("utf-8-sig")
    assert answer.mimetype == "text/csv" and "signatures by country,GB,2" in text
    assert "Ada" not in text


def test_a_tag_becomes_a_link_and_what_is_none_is_told(desk: Callable[[Role], Desk], staffed: Site) -> None:
    viewer = desk(Role.VIEWER)
    page = viewer.read(f"{HERE}?tag=Newsletter")
    assert page.one("code", id="tagged-link").text == "http://campaign.test/actions/renew-the-cards?via=newsletter"
    assert page.one("input", id="tag")["value"] == "Newsletter"
    wrong = viewer.read(f"{HERE}?tag=far-too-long")
    assert "Use at most ten letters a–z, digits and hyphens." in wrong.text
    assert not wrong.all("code", id="tagged-link")
    assert "Nobody has signed by a tagged link yet." in wrong.text


def test_where_signatures_came_from_stands_in_tables(desk: Callable[[Role], Desk], staffed: Site) -> None:
    with staffed.storage.writing() as session:
        for tag, n in (("news", 12), ("flyer", 2)):
            session.add(VisitDay(action_id=1, tag=tag, day=date(2025, 8, 1), count=n))
            session.add(VisitLanguage(action_id=1, tag=tag, locale="ur", count=n))
    page = desk(Role.VIEWER).read(HERE)
    told = [it.text for it in page.all() if it.tag in {"th", "td"} and it.get("scope") != "col"]
    assert told[:8] == [
        "news", "12", "Urdu 12", "Copy a link for news", "flyer", "fewer than 5", "", "Copy a link for flyer",
    ]  # fmt: skip
    assert told[8:11] == ["news", "1 August 2025", "12"]
    assert "flyer" not in told[8:]
