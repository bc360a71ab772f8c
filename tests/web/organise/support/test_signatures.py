"""Signatures at the desk: totals for all, names for some, files for few."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

import pytest
from sqlalchemy import select

from campaign.storage.tables import AuditEvent, Signature
from campaign.vocabulary import Disclosure, Role, WordsStatus
from tests.appeals import crowd
from tests.conftest import Site
from tests.web.organise.conftest import Desk

HERE = "/organise/actions/renew-the-cards/signatures/"


@pytest.mark.parametrize("role", [Role.VIEWER, Role.REVIEWER])
def test_who_may_only_read_sees_totals_and_no_name(desk: Callable[[Role], Desk], staffed: Site, role: Role) -> None:
    crowd.sign(staffed.storage, 3)
    page = desk(role).read(HERE)
    assert "3 confirmed" in page.text
    assert "Ada" not in page.text and page.all("table") == []


def test_an_editor_sees_names_and_never_an_address(desk: Callable[[Role], Desk], staffed: Site) -> None:
    crowd.sign(staffed.storage, 3)
    page = desk(Role.EDITOR).read(HERE)
    assert page.text.count("Ada Lovelace") == 3
    assert "example.org" not in page.one("table").text


def test_the_table_is_narrowed_down_and_paged_by_its_address(desk: Callable[[Role], Desk], staffed: Site) -> None:
    crowd.sign(staffed.storage, 60)
    crowd.sign(staffed.storage, 2, country="FR", name="Amélie Moreau")
    editor = desk(Role.EDITOR)
    assert editor.read(f"{HERE}?country=FR&status=confirmed").text.count("Amélie Moreau") == 2
    (earlier,) = [it for it in editor.read(f"{HERE}?country=GB").links if "before=" in it]
    assert "country=GB" in earlier
    assert editor.read(earlier).text.count("Ada Lovelace") == 10


def test_what_is_stored_of_a_signature_is_said_in_words_and_countries_stand_by_name(
    desk: Callable[[Role], Desk], staffed: Site
) -> None:
    for country in ("CH", "DE", "FR", "ES"):
        crowd.sign(staffed.storage, 1, country=country, disclosure=Disclosure.WITHHELD)
    page = desk(Role.EDITOR).read(HERE)
    table = page.one("table").text
    assert "no one" in table and "withheld" not in table
    offered = [it.text for it in page.all("option") if it.get("value") in {"CH", "DE", "FR", "ES"}]
    assert offered == ["France", "Germany", "Spain", "Switzerland"]


def test_whatever_is_asked_for_in_the_address_the_page_comes(desk: Callable[[Role], Desk], staffed: Site) -> None:
    editor = desk(Role.EDITOR)
    for query in ("status=odd", "day=yesterday", "country=%00", "before=x", "disclosure=", "words=perhaps"):
        assert editor.get(f"{HERE}?{query}").status_code == 200, query


def test_a_name_and_an_address_are_sought_without_standing_in_an_address(
    desk: Callable[[Role], Desk], staffed: Site
) -> None:
    crowd.sign(staffed.storage, 2)
    crowd.sign(staffed.storage, 1, name="Grace Hopper")
    editor = desk(Role.EDITOR)
    page = editor.read(HERE)
    (form,) = [it for it in page.all("form") if it.get("aria-label") == "Find one signature"]
    assert form["method"] == "post"
    answer = editor.post(form["action"], {"name": "grace hopper"})
    assert answer.text.count("Grace Hopper") == 1 and "Ada Lovelace" not in answer.text
    refused = editor.post(form["action"], {"email": "grace"})
    assert refused.status_code == 422 and "Enter a full e-mail address" in refused.text
    # What stands in an address is not looked for.
    assert editor.read(f"{HERE}?name=grace+hopper").text.count("Ada Lovelace") == 2


def test_words_wait_and_a_reviewer_reads_them(desk: Callable[[Role], Desk], staffed: Site) -> None:
    crowd.sign(staffed.storage, 1, message="Please renew them.")
    crowd.sign(staffed.storage, 1, message="<b>Buy</b> this", disclosure=Disclosure.OFFICIAL, name="Nora Quiet")
    reviewer = desk(Role.REVIEWER)
    assert "2 messages to moderate" in reviewer.read(HERE).text
    page = reviewer.read(f"{HERE}words")
    assert "<b>Buy</b> this" in page.text
    # Whose name is not public is not named here either.
    assert "Nora Quiet" not in page.text
    assert reviewer.post(f"{HERE}words/1", {"words": "shown"}).status_code == 302
    assert reviewer.post(f"{HERE}words/2", {"words": "hidden"}).status_code == 302
    assert reviewer.post(f"{HERE}words/2", {"words": "waiting"}).status_code == 422
    with staffed.storage.reading() as session:
        statuses = session.scalars(select(Signature.words_status).order_by(Signature.id)).all()
    assert statuses == [WordsStatus.SHOWN, WordsStatus.HIDDEN]
    assert "No messages to moderate" in reviewer.read(f"{HERE}words").text


def test_a_hidden_name_leaves_the_public_page(desk: Callable[[Role], Desk], staffed: Site) -> None:
    crowd.sign(staffed.storage, 1, name="Buy Pills")
    public = "/en/actions/renew-the-cards"
    assert "Buy Pills" in staffed.fresh().client.get(public).text
    editor = desk(Role.EDITOR)
    editor.post(f"{HERE}names/1", {"hidden": "yes", "back": "table"})
    assert "Buy Pills" not in staffed.fresh().client.get(public).text
    assert "Show again" in editor.read(HERE).text


def test_an_admin_exports_with_a_reason_and_an_editor_does_not(desk: Callable[[Role], Desk], staffed: Site) -> None:
    crowd.sign(staffed.storage, 3)
    crowd.sign(staffed.storage, 2, country="FR", name="=cmd()")
    assert desk(Role.EDITOR).post(f"{HERE}export", {"reason": "to look"}).status_code == 403
    admin = desk(Role.ADMIN)
    refused = admin.post(f"{HERE}export", {"country": "FR"})
    assert refused.status_code == 422 and 'value="FR"' in refused.text
    answer = admin.post(f"{HERE}export", {"country": "FR", "reason": "for the ministry"})
    assert answer.headers["Content-Disposition"] == "attachment; filename=signatures-renew-the-cards.csv"
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert [row[1] for row in rows] == ["name", "'=cmd()", "'=cmd()"]
    with staffed.storage.reading() as session:
        event = session.scalars(select(AuditEvent).where(AuditEvent.what == "signatures exported")).one()
    assert (event.who, event.reason) == ("The admin", "for the ministry")
