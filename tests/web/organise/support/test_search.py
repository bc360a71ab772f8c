"""The one search, as organisers of each role use it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from campaign.appeals.relay import incoming
from campaign.mail.reports import Mail
from campaign.vocabulary import IncomingKind, Role
from tests import made
from tests.conftest import Site
from tests.web.organise.conftest import Desk


@pytest.fixture(autouse=True)
def office(staffed: Site) -> None:
    """An official called Naqvi, and a mail that came in."""
    with staffed.storage.writing() as session:
        session.add(made.official(name="Syed Mohsin Raza Naqvi"))
        for n in range(2):
            mail = Mail(
                kind=IncomingKind.REPLY, sender="clerk@ministry.example", subject=f"Zanzibar {n}",
                words="Your letter about مُحَمَّد was read.", message_ids=(),
            )  # fmt: skip
            incoming.keep(session, staffed.storage.vault, bytes([n]), mail, None, made.NOON + timedelta(n))


@pytest.mark.parametrize("role", [Role.ADMIN, Role.EDITOR, Role.REVIEWER, Role.VIEWER])
def test_an_official_is_found_by_part_of_a_name_in_every_role_that_searches(
    desk: Callable[..., Desk], role: Role
) -> None:
    page = desk(role).read("/organise/search/?q=naqv")
    assert "Syed Mohsin Raza Naqvi" in page.text
    assert "1 found" in page.text


@pytest.mark.parametrize(
    ("role", "may"), [(Role.ADMIN, True), (Role.EDITOR, True), (Role.REVIEWER, False), (Role.VIEWER, False)]
)
@pytest.mark.parametrize("sought", ["zanzibar", "محمد", "clerk@ministry.example"])
def test_mail_that_came_in_is_found_by_who_may_read_it(
    desk: Callable[..., Desk], role: Role, may: bool, sought: str
) -> None:
    for kind in ("", "&kind=mail"):
        page = desk(role).read(f"/organise/search/?q={sought}{kind}")
        assert ("Zanzibar 1" in page.text, "Zanzibar 0" in page.text) == (may, may)
        assert ("ncoming mail" in page.text) == may


def test_nothing_is_found_by_who_is_not_signed_in(staffed: Site) -> None:
    answer = staffed.app.test_client().get("/organise/search/?q=naqvi")
    assert answer.status_code == 302
    assert "/organise/sign-in" in answer.headers["Location"]


@pytest.mark.parametrize(
    "asked",
    [
        "",
        "?q=",
        "?q=%22%27()*",
        "?q=nothing-is-called-so",
        "?q=x&kind=nowhere",
        "?q=naqvi&kind=official&page=99999999999999999999",
        "?q=" + "a" * 5000,
    ],
)
def test_whatever_is_asked_there_is_a_page(desk: Callable[..., Desk], asked: str) -> None:
    assert desk(Role.VIEWER).read(f"/organise/search/{asked}").heading.startswith(("Search", "Officials"))


def test_the_field_stands_in_the_head_of_every_page_and_keeps_what_was_asked(desk: Callable[..., Desk]) -> None:
    who = desk(Role.VIEWER)
    assert who.read("/organise/cases/").all("input", id="seek")[0]["value"] == ""
    assert who.read("/organise/search/?q=ڈان+x").all("input", id="seek")[0]["value"] == "ڈان x"


def test_the_keys_are_listed_on_a_page_that_needs_no_script(desk: Callable[..., Desk]) -> None:
    who = desk(Role.VIEWER)
    assert "/organise/search/keys" in [it["href"] for it in who.read("/organise/").all("a")]
    assert "Put the cursor in the search field" in who.read("/organise/search/keys").text
