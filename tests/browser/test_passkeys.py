"""Passkeys in a real browser, with an authenticator that Chromium plays: added, asked for, removed."""

from __future__ import annotations

import json
import re
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from sqlalchemy import select

from campaign.storage.tables import AuditEvent, Passkey
from tests.browser.office import ADMIN, GUARDED, Office, opened
from tests.browser.office_pages import sign_in


@pytest.fixture
def office(tmp_path: Path, sqlite_template: Path) -> Iterator[Office]:
    """An office with three organisers."""
    (tmp_path / "campaign.db").write_bytes(sqlite_template.read_bytes())
    with opened(tmp_path, f"sqlite:///{tmp_path / 'campaign.db'}") as made:
        yield made


@contextmanager
def desk(chromium: Browser) -> Iterator[Page]:
    """A browser at a machine that has an authenticator."""
    context = chromium.new_context()
    context.set_default_timeout(20_000)
    page = context.new_page()
    line = context.new_cdp_session(page)
    line.send("WebAuthn.enable")
    device = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    options = {**device, "isUserVerified": True, "automaticPresenceSimulation": True}
    line.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    try:
        yield page
    finally:
        context.close()


def add(page: Page, office: Office, name: str) -> None:
    page.goto(f"{office.base}/organise/account/passkeys")
    page.fill("#name", name)
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_role("rowheader", name=name)).to_be_visible()


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")


def test_a_passkey_is_added_asked_for_and_removed_and_all_of_it_is_on_record(chromium: Browser, office: Office) -> None:
    with desk(chromium) as page:
        sign_in(page, office)
        add(page, office, "Noor’s key")
        sign_out(page)
        sign_in(page, office)
        expect(page.get_by_role("heading", level=1)).to_have_text("Your passkey")
        # The password alone opens nothing.
        page.goto(f"{office.base}/organise/account")
        expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
        sign_in(page, office)
        page.get_by_role("button", name="Use passkey").click()
        page.wait_for_url(f"{office.base}/organise/")
        page.goto(f"{office.base}/organise/account")
        expect(page.locator("main")).to_contain_text("1 passkey")
        page.goto(f"{office.base}/organise/account/passkeys")
        page.get_by_role("button", name="Remove").click()
        expect(page.locator("main")).to_contain_text("None yet.")
        sign_out(page)
        sign_in(page, office)
        page.wait_for_url(f"{office.base}/organise/")
    with office.storage.reading() as session:
        told = session.scalars(select(AuditEvent).where(AuditEvent.what.like("passkey%")).order_by(AuditEvent.id)).all()
        assert [(it.what, it.who) for it in told] == [
            ("passkey added", "Noor Lindqvist"),
            ("passkey removed", "Noor Lindqvist"),
        ]
        assert session.scalars(select(Passkey)).all() == []


def test_another_persons_passkey_does_not_complete_a_sign_in(chromium: Browser, office: Office) -> None:
    with desk(chromium) as page:
        for email in (GUARDED, ADMIN):
            sign_in(page, office, email)
            add(page, office, "my key")
            sign_out(page)
        with office.storage.reading() as session:
            theirs, mine = (
                urlsafe_b64encode(it).rstrip(b"=").decode()
                for it in session.scalars(select(Passkey.credential_id).order_by(Passkey.id))
            )

        def swapped(route: Route) -> None:
            answer = route.fetch()
            assert mine in answer.text()
            route.fulfill(response=answer, body=answer.text().replace(mine, theirs))

        # Whoever knows the admin's password, and has a passkey of another account, asks their device for that one.
        sign_in(page, office)
        page.route(re.compile(r"/sign-in/passkey(\?|$)"), swapped)
        page.get_by_role("button", name="Use passkey").click()
        page.wait_for_load_state("networkidle")
        page.unroute_all()
        page.goto(f"{office.base}/organise/account")
        expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
        # With their own they come in.
        sign_in(page, office)
        page.get_by_role("button", name="Use passkey").click()
        page.wait_for_url(f"{office.base}/organise/")


def client_data(text: str) -> str:
    """A device's answer whose own part says `text`."""
    part = urlsafe_b64encode(text.encode()).rstrip(b"=").decode()
    said = {"clientDataJSON": part, "authenticatorData": "AAAA", "signature": "AAAA", "attestationObject": "AAAA"}
    return json.dumps({"id": "AAAA", "rawId": "AAAA", "type": "public-key", "response": said})


@pytest.mark.parametrize("answer", ["[" * 20_000, client_data("[" * 20_000), "{", "[]"])
def test_an_answer_that_no_device_gives_is_told_in_a_sentence(chromium: Browser, office: Office, answer: str) -> None:
    with desk(chromium) as page:
        sign_in(page, office)
        statuses: list[int] = []

        def forged(route: Route) -> None:
            if route.request.method != "POST" or "credential=" not in (route.request.post_data or ""):
                return route.continue_()
            fields = dict(parse_qsl(route.request.post_data or "", keep_blank_values=True))
            told = route.fetch(post_data=urlencode({**fields, "credential": answer}), max_redirects=0)
            statuses.append(told.status)
            return route.fulfill(response=told)

        page.route("**/passkeys/*", forged)
        page.goto(f"{office.base}/organise/account/passkeys")
        page.fill("#name", "my key")
        with page.expect_response(lambda it: it.request.method == "POST" and "/passkeys/" in it.url):
            page.get_by_role("button", name="Add a passkey").click()
        page.wait_for_load_state()
        page.unroute_all()
        add(page, office, "my key")
        sign_out(page)
        sign_in(page, office)
        page.route(re.compile("/sign-in/passkey/"), forged)
        with page.expect_response(lambda it: it.request.method == "POST" and "/passkey/" in it.url):
            page.get_by_role("button", name="Use passkey").click()
        page.wait_for_load_state()
        assert len(statuses) == 2
        assert max(statuses) < 500
        page.unroute_all()
        page.goto(f"{office.base}/organise/account")
        expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")


def test_whoever_must_have_a_second_factor_may_choose_which_and_gets_no_further_without(
    chromium: Browser, tmp_path: Path, sqlite_template: Path
) -> None:
    (tmp_path / "campaign.db").write_bytes(sqlite_template.read_bytes())
    with opened(tmp_path, f"sqlite:///{tmp_path / 'campaign.db'}", live=True) as office, desk(chromium) as page:
        sign_in(page, office)
        page.goto(f"{office.base}/organise/team/")
        expect(page.get_by_role("heading", level=1)).to_have_text("Second factor")
        page.get_by_role("link", name="a passkey").click()
        page.fill("#name", "office computer")
        page.get_by_role("button", name="Add a passkey").click()
        expect(page.get_by_role("rowheader", name="office computer")).to_be_visible()
        page.goto(f"{office.base}/organise/team/")
        expect(page.get_by_role("heading", level=1)).to_have_text("Team")
        expect(page.locator("main")).to_contain_text("passkey")
