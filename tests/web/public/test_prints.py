"""Printing over the web: the model letter for everyone, a personal one for its writer alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from campaign.appeals.abuse import rate_limits
from campaign.settings import Settings
from campaign.vocabulary import ActionStatus
from tests import made
from tests.conftest import Site
from tests.printing.reading import by_pdfium, pages
from tests.web.conftest import SLUG
from tests.web.reading import Page

LETTER = f"/en/actions/{SLUG}/letter.pdf"


def test_the_model_letter_is_a_pdf_that_opens_in_the_browser_and_that_anyone_may_keep(site: Site) -> None:
    answer = site.client.get(LETTER)
    assert answer.data.startswith(b"%PDF-")
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"] == f'inline; filename="{SLUG}-letter.pdf"'
    assert answer.headers["Cache-Control"].startswith("public, max-age=")
    read = by_pdfium(answer.data)
    assert "Dear Minister," in read
    assert "I write about the cards of at least 1.4 million people." in read
    assert "1 Sample Road" in read


def test_the_letter_comes_in_the_language_of_the_page_or_in_the_one_asked_for(site: Site) -> None:
    assert "محترم وزیر صاحب" in by_pdfium(site.client.get(f"/ur/actions/{SLUG}/letter.pdf").data)
    assert "Dear Minister" in by_pdfium(site.client.get(f"/ur/actions/{SLUG}/letter.pdf?lang=en").data)


def test_the_letter_comes_on_either_paper(site: Site) -> None:
    import pypdfium2

    sizes = {
        paper: tuple(
            round(it) for it in pypdfium2.PdfDocument(site.client.get(f"{LETTER}?paper={paper}").data)[0].get_size()
        )
        for paper in ("a4", "letter", "LETTER")
    }
    assert sizes == {"a4": (595, 842), "letter": (612, 792), "LETTER": (612, 792)}


def test_a_personal_letter_carries_name_and_place_and_is_kept_by_no_one(site: Site) -> None:
    answer = site.client.post(LETTER, data={"name": "Élodie Beaurivage", "place": "Lyon, France"})
    assert answer.headers["Cache-Control"] == "no-store"
    read = by_pdfium(answer.data)
    assert "Élodie Beaurivage" in read
    assert "Lyon, France" in read
    assert "I write about the cards" in read
    # The next reader gets the model, not Élodie's letter.
    assert "Beaurivage" not in by_pdfium(site.client.get(LETTER).data)
    assert "Beaurivage" not in by_pdfium(site.client.post(LETTER, data={}).data)


def test_own_words_stand_in_place_of_the_models_between_its_salutation_and_close(site: Site) -> None:
    words = "I was born in Peshawar.\r\n\r\nMy neighbours' cards ran out. Renew them."
    read = by_pdfium(site.client.post(LETTER, data={"name": "Ada", "text": words}).data)
    assert "Dear Minister, I was born in Peshawar. My neighbours' cards ran out. Renew them. Yours sincerely," in read
    assert "I write about the cards" not in read


@pytest.mark.parametrize(
    "hostile",
    [
        "<b>Ada</b><script>alert(1)</script>",
        "<img src=file:///etc/passwd>",
        "[click](https://evil.example/)",
        "((holders)) {{ 7*7 }} %(name)s",
        "Ada \u202eevil\u202c Lovelace",
    ],
)
def test_what_someone_types_prints_as_they_typed_it(site: Site, hostile: str) -> None:
    answer = site.client.post(LETTER, data={"name": hostile, "place": hostile, "text": hostile})
    assert answer.status_code == 200
    read = by_pdfium(answer.data)
    said = hostile.replace("\u202e", "").replace("\u202c", "")
    assert read.count(said) == 3
    assert "root:" not in read
    assert pages(answer.data) == 1
    assert b"/URI" not in answer.data


def test_an_address_of_a_letter_takes_no_name_and_no_words(site: Site) -> None:
    answer = site.client.get(f"{LETTER}?name=Ada&place=London&text=Give%20up%20your%20office")
    read = by_pdfium(answer.data)
    assert "Ada" not in read
    assert "London" not in read
    assert "Give up" not in read
    assert "I write about the cards" in read


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ("official=9", 404),
        ("official=0", 404),
        ("official=-1", 422),
        ("official=x", 422),
        ("official=99999999999999999999", 422),
        ("official=²", 422),
        ("lang=fr", 404),
        ("lang=../../etc", 404),
        ("paper=a3", 422),
    ],
)
def test_what_is_not_there_to_print_is_refused_in_a_sentence(site: Site, asked: str, status: int) -> None:
    answer = site.client.get(f"{LETTER}?{asked}")
    assert answer.status_code == status
    assert answer.headers["Cache-Control"] == "no-store"
    assert Page(answer.text).heading
    assert site.client.post(LETTER, query_string="", data=dict([asked.split("=")])).status_code == status


@pytest.mark.parametrize(
    ("field", "most"), [("name", 200), ("place", 200), ("text", 6_000)], ids=["name", "place", "words"]
)
def test_a_letter_longer_than_it_may_be_is_refused_and_one_as_long_is_printed(
    site: Site, field: str, most: int
) -> None:
    assert site.client.post(LETTER, data={field: "word " * (most // 5)}).status_code == 200
    refused = site.client.post(LETTER, data={field: "w" * (most + 1)})
    assert refused.status_code == 422
    assert "Shorten it." in Page(refused.text).text


def test_a_refused_letter_is_refused_in_the_readers_language(site: Site) -> None:
    answer = site.client.post(f"/ur/actions/{SLUG}/letter.pdf", data={"text": "w" * 6_001})
    page = Page(answer.text)
    assert page.one("html")["dir"] == "rtl"
    assert "Shorten" not in page.text


def test_a_name_in_signs_that_no_font_has_is_an_error_that_names_them_and_not_a_row_of_boxes(site: Site) -> None:
    for kind, field in (("letter", "name"), ("letter", "text"), ("envelope", "sender")):
        answer = site.client.post(f"/en/actions/{SLUG}/{kind}.pdf", data={field: "Ada \ue000"})
        assert answer.status_code == 422
        assert "U+E000" in Page(answer.text).text
    # What opens it may have a font.
    assert site.client.post(f"/en/actions/{SLUG}/letter.docx", data={"name": "Ada \ue000"}).status_code == 200


def test_signs_that_no_font_has_are_told_beside_their_field_and_nothing_typed_is_lost(site: Site) -> None:
    answer = site.client.post(f"/en/actions/{SLUG}/write", data={"name": "Ada \ue000", "text": "My own words."})
    assert answer.status_code == 422
    page = Page(answer.text)
    assert "U+E000" in page.one("p", id="name-fault").text
    assert page.one("textarea", id="text").text == "My own words."


def test_a_stopped_action_hides_its_letter_and_its_bulletin(site: Site, changed: Callable[..., None]) -> None:
    assert site.client.get(LETTER).status_code == 200
    changed(status=ActionStatus.STOPPED)
    site.fresh()
    for answer in (
        site.client.get(LETTER),
        site.client.post(LETTER, data={"name": "Ada"}),
        site.client.get(f"/ur/actions/{SLUG}/bulletin.pdf"),
    ):
        assert answer.status_code == 410
        assert answer.mimetype == "text/html"


def test_once_an_action_is_stopped_no_cache_on_the_way_keeps_its_prints_longer_than_its_page(site: Site) -> None:
    page = site.client.get(f"/en/actions/{SLUG}").headers["Cache-Control"]
    for print_ in (
        "letter.pdf",
        "letter.docx",
        "envelope.pdf",
        "bulletin.pdf",
        "poster.pdf",
        "share.png",
        "deadline.ics",
    ):
        assert site.client.get(f"/en/actions/{SLUG}/{print_}").headers["Cache-Control"] == page, print_


def test_what_was_stopped_stays_hidden_in_the_archive(site: Site, changed: Callable[..., None]) -> None:
    changed(status=ActionStatus.ARCHIVED, stop_reason={"en": "She is free."})
    for path in ("letter.pdf", "bulletin.pdf", "share.png", "write"):
        assert site.client.get(f"/en/actions/{SLUG}/{path}").status_code == 410, path
    # A calendar that follows it must hear of the stop, without a word of the case.
    calendar = site.client.get(f"/en/actions/{SLUG}/deadline.ics")
    assert calendar.status_code == 200
    assert "Renew the cards" not in calendar.text
    page = site.client.get(f"/en/actions/{SLUG}").text
    assert "Please do not write any more" in page
    assert "Renew the cards" not in page


def test_a_draft_prints_nothing(site: Site) -> None:
    with site.storage.writing() as session:
        made.action(session, "draft", status=ActionStatus.DRAFT)
    assert site.client.get("/en/actions/draft/letter.pdf").status_code == 404
    assert site.client.get("/en/actions/draft/bulletin.pdf").status_code == 404


def test_the_bulletin_is_a_pdf_in_the_language_of_its_page(site: Site) -> None:
    for locale, said in (("en", "Renew the cards"), ("ur", "کارڈز کی تجدید")):
        answer = site.client.get(f"/{locale}/actions/{SLUG}/bulletin.pdf")
        assert answer.data.startswith(b"%PDF-")
        assert answer.headers["Content-Disposition"] == f'inline; filename="{SLUG}-{locale}.pdf"'
        assert answer.headers["Cache-Control"].startswith("public, max-age=")
        assert said in by_pdfium(answer.data)


def test_printing_by_the_hundred_is_held_off_and_the_model_letter_is_not(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rate_limits, "PRINTING", replace(rate_limits.PRINTING, hits=1))
    assert site.client.post(LETTER, data={"name": "Ada"}).status_code == 200
    held = site.client.post(LETTER, data={"name": "Ada"})
    assert held.status_code == 429
    assert int(held.headers["Retry-After"]) > 0
    assert "Too many letters were made from your network" in Page(held.text).text
    assert site.client.get(LETTER).status_code == 200


def test_who_asks_for_every_way_to_print_is_held_off_and_has_what_was_printed(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rate_limits, "LAYING_OUT", replace(rate_limits.LAYING_OUT, hits=2))
    site.door.prints.forget()
    assert site.client.get(LETTER).status_code == 200
    assert site.client.get(f"{LETTER}?paper=letter").status_code == 200
    assert site.fresh().client.get(f"/en/actions/{SLUG}/bulletin.pdf").status_code == 429
    # Anyone else still has what is kept, and so do they.
    assert site.client.get(LETTER).status_code == 200
    assert site.client.get(f"/en/actions/{SLUG}").status_code == 200


def test_nothing_of_a_personal_letter_is_stored(site: Site, on_sqlite: Settings) -> None:
    site.client.post(LETTER, data={"name": "Unforgettable Name", "text": "Unforgettable words"})
    site.storage.dispose()
    for path in (it for it in Path(on_sqlite.home).rglob("*") if it.is_file()):
        assert b"Unforgettable" not in path.read_bytes(), path
