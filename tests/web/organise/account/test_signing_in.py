"""Who comes in: by password and second factor, for twelve hours, and no guessing."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from passlib.totp import TOTP
from sqlalchemy import func, select, update

from campaign import clock
from campaign.jobs.sweeps import Jobs
from campaign.office import demonstration, organisers
from campaign.office.audit import COMMAND_LINE
from campaign.office.password_links import Welcomes
from campaign.storage.tables import Organiser, OrganiserSession
from campaign.vocabulary import Role
from tests.conftest import Site
from tests.web.conftest import Hour
from tests.web.organise.conftest import PASSWORD, Desk, address
from tests.web.reading import Page

INSIDE = "/organise/account"


def test_a_stranger_is_led_to_the_sign_in_page_and_back_afterwards(staffed: Site) -> None:
    desk = Desk(staffed)
    answer = desk.get("/organise/team/")
    assert answer.status_code == 302
    assert answer.location == "/organise/sign-in?next=/organise/team/"
    desk.read(answer.location)
    answer = desk.post(answer.location, {"email": address(Role.ADMIN), "password": PASSWORD})
    assert answer.location == "/organise/team/"
    assert desk.get("/organise/team/").status_code == 200


def test_the_organisers_of_the_demonstration_come_in(site: Site) -> None:
    with site.storage.writing() as session:
        (who, password), *_ = demonstration.load(session, site.storage.vault, clock.now())
    assert Desk(site).sign_in(who.email.upper(), password).status_code == 302


def test_nobody_is_led_to_another_host_after_signing_in(staffed: Site) -> None:
    desk = Desk(staffed)
    there = "/organise/sign-in?next=https://evil.example/"
    desk.read(there)
    answer = desk.post(there, {"email": address(Role.ADMIN), "password": PASSWORD})
    assert "evil" not in (answer.location or "")


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(staffed: Site) -> None:
    desk = Desk(staffed)
    known = desk.sign_in(address(Role.ADMIN), "not the password").text
    unknown = desk.sign_in("nobody@office.example", "not the password").text
    without = [it.replace(address(Role.ADMIN), "X").replace("nobody@office.example", "X") for it in (known, unknown)]
    errors = [Page(html).one(class_="errors").text for html in without]
    assert errors[0] == errors[1] != ""
    assert desk.get(INSIDE).status_code == 302


def test_guessing_at_one_account_is_slowed_down(staffed: Site, hour: Hour) -> None:
    desk = Desk(staffed)
    statuses = [desk.sign_in(address(Role.ADMIN), f"guess number {n}").status_code for n in range(12)]
    assert statuses[9] == 200
    assert statuses[10:] == [429, 429]
    # From this network the right password does not help now; the other account does not suffer.
    assert desk.sign_in(address(Role.ADMIN)).status_code == 429
    assert desk.sign_in(address(Role.EDITOR)).status_code == 302


def test_a_form_without_the_token_of_its_page_changes_nothing(desk: Callable[[Role], Desk], staffed: Site) -> None:
    admin = desk(Role.ADMIN)
    admin.token = "made up"
    answer = admin.post("/organise/team/", {"name": "X", "email": "x@office.example", "role": "admin"})
    assert answer.status_code == 422
    with staffed.storage.reading() as session:
        assert session.scalar(select(func.count()).select_from(Organiser)) == len(Role)


def test_signing_out_ends_the_session_on_the_server(desk: Callable[[Role], Desk], staffed: Site) -> None:
    admin = desk(Role.ADMIN)
    stolen = admin.client.get_cookie("campaign_organiser", path="/organise").value
    assert admin.get("/organise/sign-out").status_code == 405
    assert admin.post("/organise/sign-out").status_code == 302
    thief = Desk(staffed)
    thief.client.set_cookie("campaign_organiser", stolen, path="/organise", domain="localhost")
    assert thief.get(INSIDE).status_code == 302


def test_a_session_ends_after_twelve_hours(staffed: Site, hour: Hour) -> None:
    desk = Desk(staffed)
    desk.sign_in(address(Role.ADMIN))
    hour.passes(hours=11, minutes=59)
    assert desk.get(INSIDE).status_code == 200
    hour.passes(minutes=2)
    assert desk.get(INSIDE).status_code == 302


def test_a_session_that_is_over_leaves_no_row(staffed: Site, hour: Hour) -> None:
    Desk(staffed).sign_in(address(Role.ADMIN))
    jobs = Jobs(staffed.settings, staffed.storage)
    jobs.purge()
    assert kept_sessions(staffed) == 1
    hour.passes(hours=12, minutes=1)
    jobs.purge()
    assert kept_sessions(staffed) == 0


def kept_sessions(site: Site) -> int:
    with site.storage.reading() as session:
        return int(session.scalar(select(func.count()).select_from(OrganiserSession)) or 0)


def test_signing_in_begins_a_session_that_nobody_could_have_planted(staffed: Site) -> None:
    desk = Desk(staffed)
    desk.read("/organise/sign-in")
    before = desk.client.get_cookie("campaign_organiser", path="/organise")
    desk.sign_in(address(Role.ADMIN))
    after = desk.client.get_cookie("campaign_organiser", path="/organise")
    assert before is not None and after is not None
    assert before.value.startswith("c.") and after.value.startswith("k.")
    with staffed.storage.reading() as session:
        rows = session.scalars(select(OrganiserSession)).all()
    assert len(rows) == 1
    assert after.value.removeprefix("k.").encode() not in rows[0].token_hash + rows[0].content


@pytest.mark.parametrize("end", ["password", "role", "access"])
def test_sessions_end_when_the_password_the_role_or_the_access_changes(
    desk: Callable[[Role], Desk], staffed: Site, end: str
) -> None:
    editor = desk(Role.EDITOR)
    assert editor.get(INSIDE).status_code == 200
    vault, now = staffed.storage.vault, clock.now()
    with staffed.storage.writing() as session:
        who = session.scalars(select(Organiser).where(Organiser.role == Role.EDITOR)).one().id
        if end == "password":
            organisers.choose_password(session, vault, who, "x", now)
        elif end == "role":
            organisers.change_role(session, vault, COMMAND_LINE, who, Role.VIEWER, now)
        else:
            organisers.set_active(session, vault, COMMAND_LINE, who, False, now)
    assert editor.get(INSIDE).status_code == 302


def test_public_pages_set_no_cookie_even_for_organisers(desk: Callable[[Role], Desk]) -> None:
    admin = desk(Role.ADMIN)
    assert "Set-Cookie" not in admin.get("/en/actions/renew-the-cards").headers
    assert "/organise" in admin.client.get_cookie("campaign_organiser", path="/organise").path


def test_a_second_factor_is_asked_for_once_it_is_set_up_and_takes_each_code_once(staffed: Site, hour: Hour) -> None:
    desk = Desk(staffed)
    desk.sign_in(address(Role.EDITOR))
    key = set_up(desk)
    desk.post("/organise/sign-out")
    hour.passes(minutes=1)
    answer = desk.sign_in(address(Role.EDITOR))
    assert answer.location.startswith("/organise/sign-in/code") or "Six digits" in answer.text
    assert desk.get(INSIDE).status_code == 302
    code = next_code(key)
    desk.get("/organise/sign-in/code")
    assert desk.post("/organise/sign-in/code", {"code": code}).status_code == 302
    assert desk.get(INSIDE).status_code == 200

    other = Desk(staffed)
    other.sign_in(address(Role.EDITOR))
    other.get("/organise/sign-in/code")
    assert other.post("/organise/sign-in/code", {"code": code}).status_code == 200
    assert other.get(INSIDE).status_code == 302


def test_in_live_whoever_can_change_anything_must_have_a_second_factor(staffed: Site) -> None:
    live = Site(replace(staffed.settings, mode="live", mail_url="smtp://127.0.0.1:1"))
    editor = Desk(live)
    editor.sign_in(address(Role.EDITOR))
    assert editor.get(INSIDE).status_code == 302
    assert "Set up" in editor.get("/organise/account/second-factor").text
    viewer = Desk(live)
    viewer.sign_in(address(Role.VIEWER))
    assert viewer.get(INSIDE).status_code == 200
    live.storage.dispose()


def test_an_invitation_lets_choose_one_password_and_no_second(staffed: Site, hour: Hour) -> None:
    with staffed.storage.writing() as session:
        session.execute(update(Organiser).where(Organiser.role == Role.EDITOR).values(password=None))
        who = session.scalars(select(Organiser).where(Organiser.role == Role.EDITOR)).one()
        there = f"/organise/welcome/{Welcomes(staffed.settings.secret_key).token(who)}"
    desk = Desk(staffed)
    assert desk.get(there).status_code == desk.get(there).status_code == 200
    weak = desk.post(there, {"password": "short", "again": "short"})
    assert weak.status_code == 422 and "at least 12 characters" in weak.text
    differ = desk.post(there, {"password": "seven calm herons nest", "again": "seven calm herons rest"})
    assert differ.status_code == 422
    desk.get(there)
    assert (
        desk.post(there, {"password": "seven calm herons nest", "again": "seven calm herons nest"}).status_code == 302
    )
    assert desk.get(there).status_code == 410
    assert desk.sign_in(address(Role.EDITOR), "seven calm herons nest").status_code == 302


def test_an_invitation_is_over_after_three_days(staffed: Site, hour: Hour) -> None:
    with staffed.storage.reading() as session:
        who = session.scalars(select(Organiser).where(Organiser.role == Role.EDITOR)).one()
    there = f"/organise/welcome/{Welcomes(staffed.settings.secret_key).token(who)}"
    hour.becomes(clock.now() + timedelta(days=3, minutes=1))
    assert Desk(staffed).get(there).status_code == 410


def test_asking_for_a_forgotten_password_tells_nothing_about_accounts(staffed: Site) -> None:
    desk = Desk(staffed)
    answers = []
    for email in (address(Role.EDITOR), "nobody@office.example", "not an address"):
        desk.read("/organise/forgotten")
        answers.append(Page(desk.post("/organise/forgotten", {"email": email}).text).one("main").text)
    assert len(set(answers)) == 1


def set_up(desk: Desk) -> str:
    """Set a second factor up as a person does; returns the key."""
    desk.get("/organise/account/second-factor")
    answer = desk.post("/organise/account/second-factor", {"setup": "authenticator"})
    page = Page(answer.text)
    key = page.one("code", class_="key").text
    action = next(it["action"] for it in page.all("form") if "second-factor/" in (it.get("action") or ""))
    assert desk.post(action, {"code": TOTP(key=key.replace("-", "")).generate().token}).status_code == 302
    return key


def next_code(key: str) -> str:
    """What the app shows in half a minute: the present code was used to set it up."""
    return TOTP(key=key.replace("-", "")).generate(time=int(time.time()) + 30).token
