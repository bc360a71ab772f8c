"""Copies of a source on their page: handed in, proved, taken away as they are, and never opened here."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from campaign.storage.tables import AuditEvent, Source, SourceCopy
from campaign.vocabulary import Role
from tests.conftest import Site
from tests.web.conftest import SLUG, Hour
from tests.web.organise.conftest import Desk
from tests.web.reading import Page

CASE = f"/organise/cases/{SLUG}"
PAGE = b"<!DOCTYPE html><html><script>alert(document.domain)</script>Half of the cards</html>"
MAY = datetime(2026, 5, 3, 14, 2, tzinfo=UTC)


@pytest.fixture
def here(staffed: Site, hour: Hour) -> str:
    """The page of the one source of the case, on 3 May 2026 at 14:02 UTC."""
    hour.becomes(MAY)
    with staffed.storage.reading() as session:
        return f"{CASE}/sources/{session.scalars(select(Source.id)).one()}/copies"


def handed_in(who: Desk, here: str, content: bytes = PAGE, **changes: str) -> TestResponse:
    who.read(here)
    fields = {"url": "https://example.org/a", "taken_on": "2026-05-02", **changes}
    return who.post(here, {**fields, "file": (io.BytesIO(content), "my name.html")})


def test_a_copy_is_kept_and_its_page_says_since_when_it_is_unaltered(
    desk: Callable[..., Desk], here: str, staffed: Site
) -> None:
    who = desk(Role.EDITOR)
    assert handed_in(who, here).status_code == 302
    page = who.read(here)
    assert "Unaltered since 3 May 2026, 14:02 UTC" in page.text
    assert "https://example.org/a" in page.text
    assert "2 May 2026" in page.text
    assert not [it for it in page.links if it.startswith("https://example.org")]
    assert "1 copy" in who.read(CASE).text
    assert "my name" not in page.text


def test_it_comes_back_byte_for_byte_as_something_that_no_browser_opens(
    desk: Callable[..., Desk], here: str, staffed: Site
) -> None:
    who = desk(Role.EDITOR)
    handed_in(who, here)
    (link,) = [it for it in who.read(here).links if it.endswith("/file")]
    answer = desk(Role.VIEWER).get(link)
    assert answer.data == PAGE
    assert answer.headers["Content-Type"].startswith("application/octet-stream")
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    assert any(it.endswith("sandbox") for it in answer.headers.getlist("Content-Security-Policy"))
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    with staffed.storage.reading() as session:
        told = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc()).limit(1)).one()
    assert (told.who, told.what) == ("The viewer", "copy taken away")


def test_nobody_gets_one_without_signing_in_and_nothing_public_knows_of_it(
    desk: Callable[..., Desk], here: str, staffed: Site
) -> None:
    who = desk(Role.EDITOR)
    handed_in(who, here)
    (link,) = [it for it in who.read(here).links if it.endswith("/file")]
    stranger = staffed.fresh().client
    assert stranger.get(link).status_code == 302
    public = stranger.get(f"/en/actions/{SLUG}").text
    assert "source-copies" not in public and "/copies" not in public


def test_what_was_changed_on_the_disk_is_told_and_not_handed_out(
    desk: Callable[..., Desk], here: str, staffed: Site
) -> None:
    who = desk(Role.EDITOR)
    handed_in(who, here)
    (link,) = [it for it in who.read(here).links if it.endswith("/file")]
    (name,) = staffed.storage.files.names_under("source-copies")
    staffed.storage.files.write(name, b"<html>All of the cards</html>")
    page = who.read(here)
    assert "its hash differs" in page.text
    assert "Unaltered" not in page.text
    assert who.get(link).status_code == 409
    staffed.storage.files.remove(name)
    assert "This file is missing." in who.read(here).text
    assert who.get(link).status_code == 404


def test_removing_one_needs_a_reason_that_stays_with_its_hash(
    desk: Callable[..., Desk], here: str, staffed: Site
) -> None:
    who = desk(Role.EDITOR)
    handed_in(who, here)
    page = who.read(here)
    (remove,) = [it["action"] for it in page.all("form") if (it.get("action") or "").endswith("/remove")]
    assert who.post(remove, {"reason": " "}).status_code == 422
    assert who.post(remove, {"reason": "It names a child."}).status_code == 302
    page = who.read(here)
    assert "It names a child." in page.text
    assert "Removed (1)" in page.text
    with staffed.storage.reading() as session:
        assert session.scalars(select(SourceCopy.sha256)).one() in page.text
    assert staffed.storage.files.names_under("source-copies") == []
    assert who.post(remove, {"reason": "Again."}).status_code == 404


def test_who_only_looks_adds_and_removes_nothing(desk: Callable[..., Desk], here: str) -> None:
    handed_in(desk(Role.EDITOR), here)
    viewer = desk(Role.VIEWER)
    page = viewer.read(here)
    assert not page.all("input", type="file")
    assert not [it for it in page.all("form") if (it.get("action") or "").endswith("/remove")]
    assert viewer.post(here, {"taken_on": "2026-05-02"}).status_code == 403


@pytest.mark.parametrize(
    ("changes", "content", "says"),
    [
        ({"taken_on": ""}, PAGE, "Enter the day the copy was taken."),
        ({"taken_on": "2026-05-05"}, PAGE, "This day is still to come."),
        ({"url": "example.org/a"}, PAGE, "Enter the full address, starting with https://."),
        ({}, b"Only words", "Use a PDF, an HTML page, or a PNG, JPEG or WebP picture."),
    ],
)
def test_what_cannot_be_kept_is_told_and_what_was_typed_comes_back(
    desk: Callable[..., Desk], here: str, staffed: Site, changes: dict[str, str], content: bytes, says: str
) -> None:
    who = desk(Role.EDITOR)
    answer = handed_in(who, here, content, **changes)
    assert answer.status_code == 422
    page = Page(answer.text)
    assert says in page.one("div", class_="errors").text
    assert page.one("input", id="url")["value"] == changes.get("url", "https://example.org/a")
    assert page.one("input", id="taken_on")["value"] == changes.get("taken_on", "2026-05-02")
    assert staffed.storage.files.names_under("source-copies") == []


def test_the_same_copy_twice_is_refused_and_leaves_no_second_file(
    desk: Callable[..., Desk], here: str, staffed: Site
) -> None:
    who = desk(Role.EDITOR)
    handed_in(who, here)
    answer = handed_in(who, here)
    assert answer.status_code == 422
    assert "This source has this very copy already." in answer.text
    assert len(staffed.storage.files.names_under("source-copies")) == 1


def test_a_copy_is_found_under_its_own_source_alone(desk: Callable[..., Desk], here: str, staffed: Site) -> None:
    who = desk(Role.EDITOR)
    handed_in(who, here)
    (link,) = [it for it in who.read(here).links if it.endswith("/file")]
    assert who.get(link.replace("/copies/1/", "/copies/2/")).status_code == 404
    assert who.get(f"{CASE}/sources/999/copies").status_code == 404
