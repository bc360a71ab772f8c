"""The form for several figures: typed or pasted, looked at, corrected where it is wrong, saved at once."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select, update

from campaign.storage.tables import AuditEvent, Figure, Organisation, Organiser, Source
from campaign.vocabulary import Role
from tests.conftest import Site
from tests.web.conftest import SLUG
from tests.web.organise.conftest import Desk, address, agreed
from tests.web.reading import Page

HERE = f"/organise/cases/{SLUG}/figures/several"
TABLE = (
    "Qualifier\tNumber\tWhat is counted\tDate\tSource\tPublished on\n"
    "at least\t1.3 million\tcards renewed\t30 June 2025\tExample Press\t\n"
    "about\t70\tpeople returned\t03/04/2025\tAgency for Cards\t2025-06-20\n"
)


@pytest.fixture
def editor(desk: Callable[..., Desk], staffed: Site) -> Desk:
    """An editor of an office where one is enough."""
    with staffed.storage.writing() as session:
        session.execute(update(Organisation).values(review_required=False))
    who = desk(Role.EDITOR)
    who.read(HERE)
    return who


def sent(page: Page) -> dict[str, object]:
    """What the form would send as it is."""
    fields: dict[str, object] = {}
    chosen = ""
    for it in page.elements:
        name = it.get("name") or ""
        if it.tag == "select":
            chosen = name
        elif it.tag == "option" and it.get("selected") is not None and chosen:
            fields[chosen] = it.get("value") or ""
        elif it.tag == "input" and it.get("type") == "checkbox":
            fields |= {name: "yes"} if it.get("checked") is not None else {}
        elif it.tag == "input" and name not in {"csrf_token", "q", ""}:
            fields[name] = it.get("value") or ""
    return fields


def added(site: Site) -> list[tuple[str, int, bool]]:
    with site.storage.reading() as session:
        rows = session.scalars(select(Figure).order_by(Figure.id)).all()
    return [(it.key, int(it.value), it.quoted) for it in rows][2:]


def test_a_pasted_table_is_read_looked_at_and_saved(editor: Desk, staffed: Site) -> None:
    page = Page(editor.post(HERE, {"do": "read", "pasted": TABLE}).text)
    assert "2 rows were read. Nothing is saved yet." in page.text
    assert added(staffed) == []
    # The doubtful row stands first, with its doubts above it.
    assert page.one("input", id="number-0")["value"] == "70"
    assert "“03/04/2025” was read as 3 April 2025. Check the month." in page.text
    assert "The case has no source “Agency for Cards” yet. It will be a new one." in page.text
    assert page.one("input", id="as_of-1")["value"] == "2025-06-30"
    assert "checked" not in page.one("input", id="quoted-0").attributes
    answer = editor.post(HERE, {**sent(page), "as_of-0": "2025-03-04", "quoted-1": "yes", "do": "save"})
    assert answer.status_code == 302
    assert added(staffed) == [("people_returned", 70, False), ("cards_renewed", 1_300_000, True)]
    with staffed.storage.reading() as session:
        assert [it.publisher["en"] for it in session.scalars(select(Source).order_by(Source.id))] == [
            "Example Press", "Agency for Cards",
        ]  # fmt: skip
        assert session.scalars(select(AuditEvent.what).order_by(AuditEvent.id.desc()).limit(1)).one() == "figures added"
    assert "2 figures saved." in editor.read(f"/organise/cases/{SLUG}").text


def test_what_is_wrong_is_told_at_its_cell_and_nothing_is_saved(editor: Desk, staffed: Site) -> None:
    rows = {"number-0": "12", "unit-0": "cards", "source-0": "1", "number-1": "many", "unit-1": "cards", "do": "save"}
    answer = editor.post(HERE, rows)
    assert answer.status_code == 422
    page = Page(answer.text)
    assert "Row 2: Enter the number in digits, like 1080312." in page.one("div", class_="errors").text
    assert page.one("input", id="number-1")["value"] == "many"
    assert page.one("input", id="number-1")["aria-invalid"] == "true"
    assert page.one("input", id="number-0")["value"] == "12"
    assert added(staffed) == []


def test_an_empty_form_and_a_number_that_is_there_are_told_in_a_sentence(editor: Desk, staffed: Site) -> None:
    answer = editor.post(HERE, {"do": "save", "source-0": "1"})
    assert answer.status_code == 422
    assert "Fill in at least one row." in answer.text
    row = {"number-0": "12", "unit-0": "cards", "source-0": "1", "do": "save"}
    assert editor.post(HERE, row).status_code == 302
    answer = editor.post(HERE, row)
    assert answer.status_code == 422
    assert "This number from this source and date is already in the case." in answer.text
    assert len(added(staffed)) == 1


def test_what_nobody_chose_can_be_chosen_in_the_case_also_where_it_is_alone(editor: Desk, staffed: Site) -> None:
    editor.post(HERE, {"number-0": "12", "unit-0": "cards", "source-0": "1", "do": "save"})
    page = editor.read(f"/organise/cases/{SLUG}")
    with staffed.storage.reading() as session:
        number = session.scalars(select(Figure.id).where(Figure.key == "cards")).one()
    quote = f"/organise/cases/{SLUG}/figures/{number}/quote"
    assert quote in page.links
    editor.read(quote)
    assert editor.post(quote, {"instead_of": "0", "why": "The only count there is."}).status_code == 302
    assert added(staffed) == [("cards", 12, True)]


def test_numbers_are_read_as_the_account_s_language_writes_them(editor: Desk, staffed: Site) -> None:
    with staffed.storage.writing() as session:
        session.execute(update(Organiser).where(Organiser.email == address(Role.EDITOR)).values(locale="ur"))
    editor.read(HERE)
    assert editor.post(
        HERE, {"number-0": "13 لاکھ", "unit-0": "cards", "source-0": "1", "do": "save"}
    ).status_code == 302  # fmt: skip
    assert added(staffed) == [("cards", 1_300_000, False)]


def test_of_a_public_action_a_second_person_publishes_them(desk: Callable[..., Desk], staffed: Site) -> None:
    one, other = desk(Role.EDITOR), desk(Role.ADMIN)
    one.read(HERE)
    rows = {"number-0": "13 lakh", "unit-0": "people hold a card", "source-0": "1", "do": "save"}
    assert one.post(HERE, rows).status_code == 422  # in English there is no such word
    rows["number-0"] = "1.5 million"
    answer = one.post(HERE, rows)
    if answer.status_code == 422:  # readers would see it beside the others: the page asks why
        assert one.post(HERE, {**rows, "change_reason": "A newer count."}).status_code == 302
    assert added(staffed) == []
    agreed(other)
    assert added(staffed) == [("holders", 1_500_000, False)]


def test_too_many_rows_are_refused_and_come_back(editor: Desk) -> None:
    answer = editor.post(HERE, {"do": "read", "pasted": "12\tcards\n" * 60})
    assert answer.status_code == 422
    page = Page(answer.text)
    assert "Paste 50 rows at most." in page.one("div", class_="errors").text
    assert "12\tcards" in "".join(page.one("textarea", id="pasted").words)


def test_who_only_looks_adds_nothing(desk: Callable[..., Desk], staffed: Site) -> None:
    assert desk(Role.VIEWER).get(HERE).status_code == 403
