"""The attacks on sign-in that once worked: made-up fields, other spellings, codes used twice, owners locked out."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

import pytest
from passlib.totp import TOTP
from sqlalchemy import select, update

from campaign.jobs.sweeps import Jobs
from campaign.office import passwords
from campaign.storage.tables import Message, Organiser
from campaign.vocabulary import Role
from campaign.web.organise.account import guesses
from tests.conftest import Site
from tests.web.conftest import Hour
from tests.web.organise.account.test_signing_in import INSIDE, set_up
from tests.web.organise.conftest import PASSWORD, Desk, address
from tests.web.reading import Page

STRANGER = {"REMOTE_ADDR": "203.0.113.9"}


def from_afar(site: Site, address_of_it: str = "203.0.113.9") -> Desk:
    """A browser somewhere else in the world, in which nobody has signed in before."""
    desk = Desk(site)
    desk.client.environ_base = {**desk.client.environ_base, "REMOTE_ADDR": address_of_it}
    return desk


def with_an_app(site: Site, hour: Hour, role: Role = Role.EDITOR) -> str:
    """The key of an organiser's authenticator app."""
    desk = Desk(site)
    desk.sign_in(address(role))
    key = set_up(desk)
    hour.passes(minutes=20)
    return key.replace("-", "")


def code(key: str, steps: int = 0) -> str:
    """What an app shows so many steps of thirty seconds from now."""
    return str(TOTP(key=key).generate(time=int(time.time()) + 30 * steps).token)


def forget_codes(site: Site) -> None:
    """As if the last code had been used long ago."""
    with site.storage.writing() as session:
        session.execute(update(Organiser).values(totp_counter=None))


def test_a_made_up_address_in_the_form_does_not_lift_the_limit_on_codes(staffed: Site, hour: Hour) -> None:
    with_an_app(staffed, hour)
    thief = from_afar(staffed)
    thief.sign_in(address(Role.EDITOR))
    thief.get("/organise/sign-in/code")
    statuses = [
        thief.post("/organise/sign-in/code", {"code": f"{n:06}", "email": f"{n}@example.org"}).status_code
        for n in range(15)
    ]
    assert statuses.count(200) <= guesses.AT_ACCOUNT.hits
    assert statuses[-1] == 429


def test_many_networks_together_try_no_more_codes_than_one_day_allows(staffed: Site, hour: Hour) -> None:
    with_an_app(staffed, hour)
    answered = 0
    for network in range(8):
        thief = from_afar(staffed, f"198.18.{network}.1")
        thief.sign_in(address(Role.EDITOR))
        thief.get("/organise/sign-in/code")
        for n in range(8):
            answer = thief.post("/organise/sign-in/code", {"code": f"{network}{n:05}"})
            answered += answer.status_code == 200
    assert answered <= guesses.CODES.hits


@pytest.mark.parametrize(("steps", "opens"), [(-3, False), (-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_code_of_one_step_either_side_opens_and_no_other(
    staffed: Site, hour: Hour, steps: int, opens: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = with_an_app(staffed, hour)
    forget_codes(staffed)
    # In the middle of a step, so that none begins between the code and its check.
    middle = time.time() // 30 * 30 + 15
    monkeypatch.setattr("time.time", lambda: middle)
    monkeypatch.setattr("passlib.totp._time.time", lambda: middle, raising=False)
    monkeypatch.setattr(TOTP, "now", staticmethod(lambda: middle))
    desk = Desk(staffed)
    desk.sign_in(address(Role.EDITOR))
    desk.get("/organise/sign-in/code")
    token = TOTP(key=key).generate(time=int(middle) + 30 * steps).token
    assert (desk.post("/organise/sign-in/code", {"code": token}).status_code == 302) is opens


def test_a_code_opens_once_ever_and_none_before_it_opens_afterwards(staffed: Site, hour: Hour) -> None:
    key = with_an_app(staffed, hour)
    forget_codes(staffed)
    used, before = code(key), code(key, -1)
    desk = Desk(staffed)
    desk.sign_in(address(Role.EDITOR))
    desk.get("/organise/sign-in/code")
    assert desk.post("/organise/sign-in/code", {"code": used}).status_code == 302
    hour.passes(hours=3)
    for replayed in (used, before):
        thief = from_afar(staffed)
        thief.sign_in(address(Role.EDITOR))
        thief.get("/organise/sign-in/code")
        assert thief.post("/organise/sign-in/code", {"code": replayed}).status_code == 200
        assert thief.get(INSIDE).status_code == 302


def test_every_spelling_of_an_address_is_one_budget(staffed: Site, hour: Hour) -> None:
    thief = from_afar(staffed)
    name, domain = address(Role.ADMIN).split("@")
    wide = "".join(chr(ord(letter) + 0xFEE0) for letter in name)
    spellings = [
        address(Role.ADMIN), address(Role.ADMIN).upper(), f" {address(Role.ADMIN)} ", f"{wide}@{domain}",
        f"{name[0].upper()}{wide[1:]}@{domain}", f"{wide}@{domain.upper()}",
    ]  # fmt: skip
    statuses = [thief.sign_in(spellings[n % len(spellings)], f"guess number {n}").status_code for n in range(14)]
    assert statuses == [200] * 10 + [429] * 4


def test_strangers_cannot_lock_out_a_browser_that_has_signed_in_before(
    desk: Callable[[Role], Desk], staffed: Site, hour: Hour
) -> None:
    owner = desk(Role.ADMIN)
    owner.post("/organise/sign-out")
    for network in range(12):
        thief = from_afar(staffed, f"198.18.{network}.1")
        for n in range(11):
            thief.sign_in(address(Role.ADMIN), f"guess number {n}")
    neighbour = Desk(staffed)  # in the owner's own network
    assert [neighbour.sign_in(address(Role.ADMIN), f"guess {n}").status_code for n in range(11)][-1] == 429
    assert from_afar(staffed, "198.19.0.1").sign_in(address(Role.ADMIN)).status_code == 429
    assert owner.sign_in(address(Role.ADMIN)).status_code == 302
    assert owner.get(INSIDE).status_code == 200


def test_the_mark_of_a_browser_helps_for_its_own_account_alone_and_cannot_be_made_up(
    desk: Callable[[Role], Desk], staffed: Site, hour: Hour
) -> None:
    insider = desk(Role.VIEWER)
    insider.post("/organise/sign-out")
    statuses = [insider.sign_in(address(Role.ADMIN), f"guess number {n}").status_code for n in range(11)]
    assert statuses[-1] == 429
    forger = from_afar(staffed)
    forger.client.set_cookie(guesses.DEVICE, "eyIxIjoiYSJ9.aaaa.bbbb", path="/organise", domain="localhost")
    assert [forger.sign_in(address(Role.ADMIN), f"guess {n}").status_code for n in range(11)][-1] == 429


def test_public_pages_neither_set_nor_get_the_mark_of_a_browser(desk: Callable[[Role], Desk]) -> None:
    admin = desk(Role.ADMIN)
    mark = admin.client.get_cookie(guesses.DEVICE, path="/organise")
    assert mark is not None and mark.path == "/organise" and mark.http_only
    assert "Set-Cookie" not in admin.get("/en/").headers


def test_recovery_codes_are_kept_as_hashes_and_each_opens_once(staffed: Site, hour: Hour) -> None:
    with_an_app(staffed, hour)
    forget_codes(staffed)
    desk = Desk(staffed)
    with staffed.storage.writing() as session:
        codes = ["1a2b-3c4d-5e6f", "aaaa-bbbb-cccc"]
        editor = session.scalars(select(Organiser).where(Organiser.role == Role.EDITOR)).one()
        editor.mf_recovery_codes = [passwords.hashed_code(it) for it in codes]
    for answers in (302, 200):
        desk.sign_in(address(Role.EDITOR))
        desk.get("/organise/sign-in/recovery")
        assert desk.post("/organise/sign-in/recovery", {"code": "1A2B-3C4D-5E6F"}).status_code == answers
        desk.post("/organise/sign-out")
        desk = Desk(staffed)


def test_recovery_codes_are_shown_when_they_are_made_and_never_again(desk: Callable[[Role], Desk]) -> None:
    editor = desk(Role.EDITOR)
    set_up(editor)
    editor.get("/organise/account/recovery-codes")
    answer = editor.post("/organise/account/recovery-codes", {"generate_new_codes": "1"})
    shown = [it.text for it in Page(answer.text).all("code", class_="key")]
    assert len(shown) == 10
    again = editor.get("/organise/account/recovery-codes?show_codes=1").text
    assert not [it for it in shown if it in again]
    with editor.site.storage.reading() as session:
        kept = session.scalars(select(Organiser.mf_recovery_codes).where(Organiser.role == Role.EDITOR)).one()
    assert not [it for it in shown if any(it in hashed for hashed in kept or [])]
    assert passwords.is_code(shown[0], (kept or [""])[0])


def test_a_set_up_that_somebody_else_began_sets_up_nothing(desk: Callable[[Role], Desk], staffed: Site) -> None:
    attacker, victim = desk(Role.VIEWER), desk(Role.EDITOR)
    attacker.get("/organise/account/second-factor")
    page = Page(attacker.post("/organise/account/second-factor", {"setup": "authenticator"}).text)
    key = page.one("code", class_="key").text.replace("-", "")
    action = next(it["action"] for it in page.all("form") if "second-factor/" in (it.get("action") or ""))
    victim.get("/organise/account")
    victim.post(action, {"code": TOTP(key=key).generate().token})
    with staffed.storage.reading() as session:
        assert session.scalars(select(Organiser.tf_totp_secret).where(Organiser.role == Role.EDITOR)).one() is None


def test_a_second_factor_survives_a_new_secret_key(staffed: Site, hour: Hour) -> None:
    key = with_an_app(staffed, hour)
    forget_codes(staffed)
    later = Site(replace(staffed.settings, secret_key="another secret of the tests, long enough to be one"))
    desk = Desk(later)
    desk.sign_in(address(Role.EDITOR))
    desk.get("/organise/sign-in/code")
    assert desk.post("/organise/sign-in/code", {"code": code(key)}).status_code == 302
    later.storage.dispose()


def test_a_link_cannot_sign_out(desk: Callable[[Role], Desk]) -> None:
    admin = desk(Role.ADMIN)
    assert admin.get("/organise/sign-out").status_code == 405
    assert admin.client.post("/organise/sign-out").status_code == 422  # a form of another site has no token
    assert admin.get(INSIDE).status_code == 200


def test_what_is_dangerous_asks_for_the_password_once_more_and_loses_nothing(
    desk: Callable[[Role], Desk], hour: Hour
) -> None:
    admin = desk(Role.ADMIN)
    invitation = {"name": "New Person", "email": "new@office.example", "role": "editor"}
    hour.passes(minutes=11)
    admin.get("/organise/team/")
    asked = admin.post("/organise/team/", invitation)
    assert asked.status_code == 403
    carried = {it["name"]: it.text.strip() for it in Page(asked.text).all("textarea")}
    assert carried.items() >= invitation.items()
    assert admin.post("/organise/team/", {**carried, "password_once_more": "wrong one"}).status_code == 403
    assert "New Person" not in admin.get("/organise/team/").text
    assert admin.post("/organise/team/", {**carried, "password_once_more": PASSWORD}).status_code == 302
    assert "New Person" in admin.get("/organise/team/").text
    hour.passes(minutes=9)
    assert admin.post("/organise/team/", {**invitation, "email": "two@office.example"}).status_code == 302


def test_the_password_asked_for_once_more_cannot_be_guessed(desk: Callable[[Role], Desk], hour: Hour) -> None:
    admin = desk(Role.ADMIN)
    hour.passes(minutes=11)
    admin.get("/organise/team/")
    statuses = [admin.post("/organise/team/", {"password_once_more": f"guess {n}"}).status_code for n in range(25)]
    assert statuses[-1] == 429


def test_organisers_see_where_they_are_signed_in_and_end_it_there(desk: Callable[[Role], Desk], staffed: Site) -> None:
    here, elsewhere, other = desk(Role.EDITOR), desk(Role.EDITOR), desk(Role.ADMIN)
    page = here.read("/organise/account")
    (form,) = [it for it in page.all("form") if (it.get("action") or "").endswith("/account/sessions/end")]
    (named,) = [it["value"] for it in page.all("input", name="session")]
    assert form is not None
    other.get("/organise/account")
    other.post("/organise/account/sessions/end", {"session": named})  # not theirs to end
    assert elsewhere.get(INSIDE).status_code == 200
    assert here.post("/organise/account/sessions/end", {"session": named}).status_code == 302
    assert elsewhere.get(INSIDE).status_code == 302
    assert here.get(INSIDE).status_code == 200


def test_organisers_are_told_by_mail_of_a_new_browser_and_of_a_changed_factor(staffed: Site, hour: Hour) -> None:
    def owed() -> list[str]:
        with staffed.storage.reading() as session:
            return list(session.scalars(select(Message.kind).order_by(Message.id)))

    desk = Desk(staffed)
    desk.sign_in(address(Role.EDITOR))
    assert owed() == ["sign_in"]
    desk.post("/organise/sign-out")
    hour.passes(minutes=2)
    desk.sign_in(address(Role.EDITOR))
    assert owed() == ["sign_in"]  # this browser is known by now
    set_up(desk)
    assert owed() == ["sign_in", "account_changed"]
    Jobs(staffed.settings, staffed.storage).post()
    mails = [it.read_text("utf-8") for it in staffed.settings.mailbox.glob("*.eml")]
    assert len(mails) == 2 and all("To: editor@office.example" in it for it in mails)
    assert all("/organise/account" in it and "REMOTE_ADDR" not in it for it in mails)
