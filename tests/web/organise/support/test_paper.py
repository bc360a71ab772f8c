"""On paper, from the browser: sheets to print, sheets that came back, and names that stand in two lists."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from PIL import Image
from sqlalchemy import select

from campaign import clock
from campaign.appeals.paper import sheet_numbers
from campaign.appeals.signing.signing import sign
from campaign.appeals.supporter import confirming
from campaign.cases.lifecycle import opening_and_closing
from campaign.storage.tables import Action, AuditEvent, PaperName, PaperSheet, Signature
from campaign.vocabulary import Role
from tests import made
from tests.conftest import Site
from tests.printing.reading import by_pdfium, pages
from tests.web.organise.conftest import Desk
from tests.web.reading import Page

SLUG = "renew-the-cards"
TAB = f"/organise/actions/{SLUG}/paper/"
FILLED = {"number": "Market of Lyon", "country": "FR", "count": "3", "names": "Ada Lovelace\nMary Shelley"}


def scan() -> tuple[io.BytesIO, str]:
    made_scan = io.BytesIO()
    Image.new("RGB", (40, 40), "white").save(made_scan, "PNG")
    made_scan.seek(0)
    return made_scan, "scan.png"


def online(site: Site, name: str = "Ada Lovelace") -> None:
    with site.storage.writing() as session:
        sign(session, site.storage.vault, SLUG, made.wish(name=name), clock.now())
        reference = session.scalars(select(Signature.reference)).one()
        confirming.confirm(session, site.storage.vault, reference, clock.now())


def sheets(site: Site) -> list[tuple[str, str, int]]:
    with site.storage.reading() as session:
        found = session.scalars(select(PaperSheet).order_by(PaperSheet.id)).all()
        return [(it.number, it.country, it.names) for it in found]


@pytest.fixture
def editor(desk: Callable[[Role], Desk]) -> Desk:
    at_desk = desk(Role.EDITOR)
    at_desk.read(TAB)
    return at_desk


def test_a_sheet_that_came_back_is_entered_and_shown_to_everyone_as_a_number(editor: Desk, staffed: Site) -> None:
    assert editor.post(TAB, {**FILLED, "scan": scan()}).status_code == 302
    page = editor.read(TAB)
    assert "3 signatures on 1 sheet or bundle" in page.text
    assert "Market of Lyon" in page.text
    assert "Mary Shelley" not in page.text
    there = next(link for link in page.links if link.endswith("/scan"))
    assert editor.get(there).mimetype == "image/png"
    public = Page(staffed.fresh().client.get(f"/en/actions/{SLUG}").text)
    assert "and 3 signatures on paper, counted separately" in public.text
    assert staffed.client.get(f"/actions/{SLUG}/count.json").json["count"] == 0
    statistics = f"/organise/actions/{SLUG}/statistics/"
    assert "And 3 on paper. These are counted separately" in editor.read(statistics).text
    assert "signatures on paper by country,FR,3" in editor.get(f"{statistics}statistics.csv").text


def test_a_number_that_is_entered_already_is_said_and_nothing_that_was_typed_is_lost(
    editor: Desk, staffed: Site
) -> None:
    editor.post(TAB, FILLED)
    refused = editor.post(TAB, {**FILLED, "count": "7", "scan": scan()})
    assert refused.status_code == 409
    page = Page(refused.text)
    assert "Market of Lyon has already been entered" in page.one(role="alert").text
    assert page.one("input", id="count")["value"] == "7"
    assert page.one("textarea", id="names").text == "Ada Lovelace Mary Shelley"
    assert page.one("option", value="FR").get("selected") is not None
    assert sheets(staffed) == [("Market of Lyon", "FR", 3)]
    # The scan of what was refused is not kept: it holds names.
    assert staffed.storage.files.names() == []


@pytest.mark.parametrize("wrong", [{"country": ""}, {"count": "x"}, {"names": "Ada\nhttp://evil.example"}])
def test_what_is_wrong_is_said_and_kept_to_be_mended(editor: Desk, staffed: Site, wrong: dict[str, str]) -> None:
    refused = editor.post(TAB, {**FILLED, **wrong})
    assert refused.status_code == 422
    assert Page(refused.text).one("input", id="number")["value"] == "Market of Lyon"
    assert sheets(staffed) == []


def test_a_scan_that_is_no_picture_is_refused_with_the_rest_kept(editor: Desk, staffed: Site) -> None:
    refused = editor.post(TAB, {**FILLED, "scan": (io.BytesIO(b"<script>"), "scan.png")})
    assert refused.status_code == 422
    assert "Use a PDF, JPEG or PNG file" in refused.text
    assert sheets(staffed) == []


def test_hostile_names_are_shown_as_they_were_typed_and_turn_nothing(editor: Desk) -> None:
    editor.post(TAB, {**FILLED, "names": "<b>Ada</b> {{ 7*7 }}\nEve \u202egnorw\u202c"})
    page = editor.read(next(link for link in editor.read(TAB).links if link.startswith(TAB) and link[-1].isdigit()))
    assert page.one("textarea", id="names").text == "<b>Ada</b> {{ 7*7 }} Eve gnorw"


def test_before_a_dossier_is_made_the_office_sees_what_is_on_paper_and_what_is_undecided(
    editor: Desk, staffed: Site
) -> None:
    online(staffed)
    editor.post(TAB, FILLED)
    page = editor.read(f"/organise/actions/{SLUG}/delivery")
    assert "3 signatures on paper go into an annex." in page.text
    assert "1 to decide" in page.text
    assert TAB in page.links


def test_names_in_two_lists_are_judged_one_by_one(editor: Desk, staffed: Site) -> None:
    online(staffed)
    editor.post(TAB, {**FILLED, "names": "Ada Lovelace\nMary Shelley\nMary Shelley"})
    assert "2 to decide" in editor.read(TAB).text
    question = editor.read(f"{TAB}judge")
    assert "Ada Lovelace, United Kingdom, online" in question.text
    assert "example.org" not in question.text
    asked = {name: question.hidden(name) for name in ("sheet", "row", "was")}
    assert editor.post(f"{TAB}judge", {**asked, "same": "yes"}).status_code == 302
    assert editor.post(f"{TAB}judge", {**asked, "same": "no"}).status_code == 409
    following = editor.read(f"{TAB}judge")
    assert "on sheet Market of Lyon, line 2" in following.text
    editor.post(f"{TAB}judge", {**{name: following.hidden(name) for name in asked}, "same": "no"})
    assert editor.get(f"{TAB}judge").location == TAB
    page = editor.read(TAB)
    assert "2 signatures on" in page.text
    assert "to decide" not in page.text
    assert "and 2 signatures on paper" in Page(staffed.fresh().client.get(f"/en/actions/{SLUG}").text).text


@pytest.mark.parametrize("answer", [{"same": "perhaps"}, {"same": "yes", "row": "x"}, {"same": "yes", "was": "?"}])
def test_an_answer_that_is_none_is_refused(editor: Desk, answer: dict[str, str]) -> None:
    assert editor.post(f"{TAB}judge", {"sheet": "1", "row": "1", "was": "open", **answer}).status_code == 422


def test_an_entry_is_corrected_with_a_reason_and_its_old_scan_goes(editor: Desk, staffed: Site) -> None:
    editor.post(TAB, {**FILLED, "scan": scan()})
    (before,) = staffed.storage.files.names()
    there = next(link for link in editor.read(TAB).links if link.startswith(TAB) and link[-1].isdigit())
    page = editor.read(there)
    kept = {**FILLED, "seen": page.hidden("seen")}
    assert editor.post(there, {**kept, "count": "5"}).status_code == 422
    assert editor.post(there, {**kept, "count": "5", "reason": "Miscounted", "scan": scan()}).status_code == 302
    assert sheets(staffed) == [("Market of Lyon", "FR", 5)]
    (after,) = staffed.storage.files.names()
    assert after != before
    # Whoever still has the page from before is told, and keeps what they typed.
    late = editor.post(there, {**kept, "count": "9", "reason": "Late"})
    assert late.status_code == 409
    assert Page(late.text).one("input", id="count")["value"] == "9"
    assert sheets(staffed) == [("Market of Lyon", "FR", 5)]


def test_an_entry_is_deleted_with_names_and_scan(editor: Desk, staffed: Site) -> None:
    editor.post(TAB, {**FILLED, "scan": scan()})
    there = next(link for link in editor.read(TAB).links if link.startswith(TAB) and link[-1].isdigit())
    editor.read(there)
    assert editor.post(f"{there}/delete", {"reason": ""}).status_code == 422
    assert editor.post(f"{there}/delete", {"reason": "Of another action"}).status_code == 302
    assert sheets(staffed) == []
    assert staffed.storage.files.names() == []
    with staffed.storage.reading() as session:
        assert session.scalars(select(PaperName)).all() == []


def test_a_run_of_sheets_has_a_number_on_each_which_can_be_typed_in_when_it_comes_back(
    editor: Desk, staffed: Site
) -> None:
    answer = editor.post(f"{TAB}sheets.pdf", {"sheets": "3", "language": "ur", "paper": "letter", "sides": "2"})
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Cache-Control"] == "no-store"
    assert pages(answer.data) == 6
    read = by_pdfium(answer.data)
    numbers = dict.fromkeys(word for word in read.split() if len(word) == 8 and word[3] == "-" and word.isascii())
    assert len(numbers) == 3
    assert read.count("کارڈز کی تجدید کریں") >= 6
    for number in numbers:
        editor.read(TAB)
        assert editor.post(TAB, {**FILLED, "number": number}).status_code == 302
    assert [number for number, _, _ in sheets(staffed)] == list(numbers)
    with staffed.storage.reading() as session:
        assert "signature sheets printed" in session.scalars(select(AuditEvent.what)).all()


@pytest.mark.parametrize("asked", [{"sheets": "201"}, {"sheets": "0"}, {"sheets": "x"}, {"sheets": "3", "paper": "a3"}])
def test_what_cannot_be_printed_is_refused_beside_its_form(editor: Desk, asked: dict[str, str]) -> None:
    refused = editor.post(f"{TAB}sheets.pdf", asked)
    assert refused.status_code == 422
    assert Page(refused.text).one("section", aria_labelledby="print-h").text.count("Nothing was saved yet") == 1


def test_of_a_stopped_action_no_sheet_is_printed_or_entered_and_what_is_there_can_be_deleted(
    editor: Desk, staffed: Site
) -> None:
    editor.post(TAB, FILLED)
    with staffed.storage.writing() as session:
        opening_and_closing.stop(session, SLUG, {"en": "She is in danger."}, clock.now())
    page = editor.read(TAB)
    assert "Print blank sheets" not in page.text
    assert editor.post(f"{TAB}sheets.pdf", {"sheets": "1"}).status_code == 410
    assert editor.post(TAB, {**FILLED, "number": "Another"}).status_code == 410
    there = next(link for link in page.links if link.startswith(TAB) and link[-1].isdigit())
    editor.read(there)
    assert editor.post(f"{there}/delete", {"reason": "Stopped"}).status_code == 302


@pytest.mark.parametrize("role", [Role.VIEWER, Role.REVIEWER])
def test_who_may_not_see_names_sees_how_many_and_is_offered_no_form(
    desk: Callable[[Role], Desk], editor: Desk, role: Role
) -> None:
    editor.post(TAB, {**FILLED, "scan": scan()})
    page = desk(role).read(TAB)
    assert "3 signatures on" in page.text
    assert "Enter a sheet" not in page.text
    assert not [link for link in page.links if link.startswith(TAB) and link != TAB]


def test_the_number_that_supporters_sheets_share_is_told(editor: Desk, staffed: Site) -> None:
    with staffed.storage.reading() as session:
        number = sheet_numbers.common(session.scalars(select(Action.id)).one())
    assert number in editor.read(TAB).text
    editor.post(TAB, {**FILLED, "number": number})
    assert sheets(staffed)[0][0] == f"{number}/1"
    assert f"Saved as {number}/1" in editor.read(TAB).text


def test_a_number_from_a_scanned_address_can_be_passed_on_to_the_form(editor: Desk) -> None:
    assert editor.read(f"{TAB}?number=7Q4-2M9K").one("input", id="number")["value"] == "7Q4-2M9K"
