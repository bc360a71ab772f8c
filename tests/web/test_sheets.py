"""The signature sheet that anyone may print, and where the code on it leads."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pypdfium2
import pytest
from sqlalchemy import select

from campaign import clock
from campaign.appeals.paper import sheet_numbers
from campaign.storage.tables import Action, ActionText
from campaign.vocabulary import ActionStatus
from tests.conftest import Site
from tests.printing.reading import by_pdfium, pages
from tests.web.conftest import SLUG
from tests.web.reading import Page

SHEET = f"/en/actions/{SLUG}/sheet.pdf"


def common(site: Site) -> str:
    with site.storage.reading() as session:
        return sheet_numbers.common(session.scalars(select(Action.id).where(Action.slug == SLUG)).one())


def test_the_page_of_an_open_action_offers_a_sheet_on_both_papers(site: Site) -> None:
    links = [it for it in Page(site.client.get(f"/en/actions/{SLUG}").text).links if "/sheet.pdf" in it]
    sizes = []
    for link in links:
        answer = site.client.get(link)
        assert answer.mimetype == "application/pdf"
        assert answer.headers["Cache-Control"] == "public, max-age=3"
        assert "Set-Cookie" not in answer.headers
        sizes.append(tuple(round(it) for it in pypdfium2.PdfDocument(answer.data)[0].get_size()))
    assert sizes == [(595, 842), (612, 792)]


def test_it_says_the_appeal_in_the_readers_language_and_where_it_goes_back_to(site: Site) -> None:
    read = by_pdfium(site.client.get(SHEET).data)
    for said in ("Renew the cards", "Stop forced returns.", "Sample Minister", "12 Sample Street", common(site)):
        assert said in read
    assert "کارڈز کی تجدید کریں" in by_pdfium(site.client.get(SHEET.replace("/en/", "/ur/")).data)


def test_it_is_the_same_for_everyone_and_has_more_rows_on_its_back_if_asked(site: Site) -> None:
    first = site.client.get(SHEET).data
    assert site.fresh().client.get(SHEET).data == first
    assert (pages(first), pages(site.client.get(f"{SHEET}?sides=2").data)) == (1, 2)


def test_without_a_text_in_the_readers_language_all_of_it_is_in_the_original(site: Site) -> None:
    with site.storage.writing() as session:
        session.query(ActionText).filter_by(locale="ur").delete()
    assert site.client.get(SHEET.replace("/en/", "/ur/")).data == site.client.get(SHEET).data


def test_a_paper_that_is_not_known_is_refused(site: Site) -> None:
    assert site.client.get(f"{SHEET}?paper=a3").status_code == 422


@pytest.mark.parametrize(
    ("status", "answered"),
    [
        (ActionStatus.STOPPED, 410),
        (ActionStatus.CLOSED, 410),
        (ActionStatus.DRAFT, 404),
        (ActionStatus.IN_REVIEW, 404),
    ],
)
def test_there_is_no_sheet_of_an_action_that_is_not_open(
    site: Site, changed: Callable[..., None], status: ActionStatus, answered: int
) -> None:
    changed(status=status, ended_at=clock.now())
    refused = site.client.get(SHEET)
    assert refused.status_code == answered
    assert refused.headers["Cache-Control"] == "no-store"


def test_after_the_deadline_none_is_printed_or_offered(site: Site, changed: Callable[..., None]) -> None:
    changed(deadline=(clock.now() - timedelta(days=2)).date())
    assert site.client.get(SHEET).status_code == 410
    assert "sheet.pdf" not in site.fresh().client.get(f"/en/actions/{SLUG}").text


def test_the_code_leads_to_the_action_in_the_readers_language_and_sets_no_cookie(site: Site) -> None:
    answer = site.client.get(f"/sheets/{SLUG}/{common(site)}", headers={"Accept-Language": "ur"})
    assert (answer.status_code, answer.location) == (302, f"/ur/actions/{SLUG}")
    assert answer.headers["Vary"] == "Accept-Language"
    assert "Set-Cookie" not in answer.headers
    assert site.client.get(f"/sheets/{SLUG}/anything").status_code == 302
