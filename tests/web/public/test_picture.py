"""The picture on the page: light kinds first, described, and gone the moment it may not be shown."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from PIL import Image

from campaign.cases.evidence import pictures
from campaign.storage.tables import Action
from campaign.vocabulary import ActionStatus, Focus
from tests import made
from tests.cases.evidence.test_pictures import NOBODY, facts, photograph
from tests.conftest import Site
from tests.web.conftest import SLUG
from tests.web.reading import Page


@pytest.fixture
def pictured(site: Site) -> pictures.Drawn:
    drawn = pictures.drawn(photograph())
    for name, body in drawn.files.items():
        site.storage.files.write(name, body)
    with site.storage.writing() as session:
        case = session.query(Action).filter_by(slug=SLUG).one().case
        pictures.keep(session, site.storage.vault, NOBODY, case, drawn, facts(focus=Focus.BOTTOM_LEFT), made.NOON)
    return drawn


def test_the_page_shows_it_with_its_description_in_light_kinds_first(site: Site, pictured: pictures.Drawn) -> None:
    page = Page(site.fresh().client.get(f"/en/actions/{SLUG}").text)
    image = page.one("img", width=str(pictured.width))
    assert image["alt"] == "A road in the hills."
    assert image["class"] == "at-bottom-left"
    assert [it["type"] for it in page.all("source")] == ["image/avif", "image/webp", "image/avif", "image/webp"]
    assert page.one("figcaption").text == "Drawing: A. Example"
    answer = site.client.get(image["src"])
    assert answer.mimetype == "image/jpeg"
    with Image.open(io.BytesIO(answer.data)) as shown:
        assert shown.width == 360


def test_where_nobody_described_it_there_is_a_figure_in_its_place(site: Site, pictured: pictures.Drawn) -> None:
    page = Page(site.fresh().client.get(f"/ur/actions/{SLUG}").text)
    assert not page.all("figure")
    assert page.one("p", class_="plate")


def test_a_picture_of_a_draft_of_a_stopped_action_or_of_none_is_not_to_be_had(
    site: Site, pictured: pictures.Drawn, changed: Callable[..., None]
) -> None:
    path = f"/picture/{pictured.mark}-360.avif"
    assert site.client.get(path).status_code == 200
    changed(status=ActionStatus.STOPPED, stop_reason={"en": "She is free."})
    assert site.client.get(path).status_code == 404
    changed(status=ActionStatus.DRAFT, stop_reason=None)
    assert site.client.get(path).status_code == 404
    for wrong in ("0" * 24 + "-360.avif", f"{pictured.mark}-361.avif", f"{pictured.mark}-360.svg", "../logo-360.png"):
        assert site.client.get(f"/picture/{wrong}").status_code == 404
