"""Signing over the web: what is taken, what is refused and how, and what nobody can learn from the answer."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event

from campaign import clock
from campaign.appeals.abuse import rate_limits
from campaign.appeals.signing.signing import sign
from campaign.appeals.supporter import confirming
from campaign.settings import Settings
from campaign.storage import Storage
from campaign.vocabulary import ActionStatus, Disclosure, MessageKind, SignatureStatus
from tests import made
from tests.conftest import Site
from tests.web.conftest import ADA, SLUG, Hour, Supporter, messages, name_of, signatures
from tests.web.reading import Page

LAST_DAY = date(2025, 9, 15)
KARACHI = ZoneInfo("Asia/Karachi")


# --- what is taken ---


def test_signing_stores_a_pending_signature_and_owes_one_message(site: Site, supporter: Supporter) -> None:
    answer = supporter.signs(message="Please.\r\nRenew them.", updates="yes", country="pk", disclosure="withheld")
    assert answer.status_code == 200
    assert Page(answer.text).heading == "Check your e-mail"
    assert answer.headers["Cache-Control"] == "no-store"
    (stored,) = signatures(site)
    assert stored.status is SignatureStatus.PENDING
    assert name_of(site, stored) == "Ada Lovelace"
    assert (stored.country, stored.disclosure, stored.updates, stored.locale) == (
        "PK",
        Disclosure.WITHHELD,
        True,
        "en",
    )
    assert stored.message
    assert site.storage.vault.decrypt(stored.message, "signatures.message", stored.reference) == "Please.\nRenew them."
    assert [(it.kind, it.signature_id) for it in messages(site)] == [(MessageKind.CONFIRM, stored.id)]


def test_of_a_crowd_nobody_s_answer_asks_the_database_again_what_the_action_is(
    site: Site, supporter: Supporter
) -> None:
    form = supporter.opens()
    supporter.hour.passes(seconds=20)
    supporter.sends(form)
    asked: list[str] = []
    event.listen(site.storage.engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
    answer = supporter.sends({**form, "email": "second@example.org"})
    assert answer.status_code == 200
    assert "second@example.org" in answer.text
    assert len(signatures(site)) == 2
    assert [it for it in asked if "FROM action_texts" in it or "FROM figures" in it or "FROM organisation" in it] == []


def test_updates_are_sent_to_those_who_ask_and_to_no_one_else(site: Site, supporter: Supporter) -> None:
    page = Page(site.client.get(f"/en/actions/{SLUG}").text)
    assert page.one("input", name="updates").get("checked") is None
    assert not [it for it in page.all("input", name="disclosure") if it.get("checked") is not None]
    supporter.signs()
    assert signatures(site)[0].updates is False


def test_the_answer_shows_the_address_as_it_was_typed_and_nothing_else_of_the_form(supporter: Supporter) -> None:
    answer = supporter.signs(name="Unmistakable Name", message="Unmistakable words")
    page = Page(answer.text)
    assert "Unmistakable" not in page.text
    assert "ada@example.org" in page.text
    assert "Did you mean" not in page.text
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_slip_in_a_well_known_domain_is_put_right_with_one_press(site: Site, supporter: Supporter) -> None:
    page = Page(supporter.signs(email="ada@gmial.com", updates="yes", message="Please.").text)
    assert "Did you mean ada@gmail.com?" in page.text
    (form,) = (it for it in page.all("form") if it.get("class") == "note")
    sent = {it["name"]: it["value"] for it in page.all("input", type="hidden")}
    again = Page(
        site.client.post(form["action"], data={**sent, "email": page.one("button", name="email")["value"]}).text
    )
    assert "ada@gmail.com" in again.text
    assert "gmial" not in again.text
    first, second = signatures(site)
    assert name_of(site, second) == name_of(site, first) == "Ada Lovelace"
    assert (second.updates, second.country) == (True, "GB")
    assert second.message


def test_a_wrong_address_is_changed_in_a_field_that_holds_it(site: Site, supporter: Supporter) -> None:
    page = Page(supporter.signs(email="adda@example.org").text)
    assert page.one("input", id="email")["value"] == "adda@example.org"
    sent = {it["name"]: it["value"] for it in page.all("input", type="hidden")}
    assert "ada@example.org" in Page(supporter.sends({**sent, "email": "ada@example.org"}).text).text
    assert len(signatures(site)) == 2


def test_who_gets_a_mail_that_says_nothing_is_shown_how_that_one_looks(supporter: Supporter) -> None:
    at_risk = Page(supporter.signs(country="PK", disclosure="withheld").text)
    assert "A message for you" in at_risk.text
    assert "Confirm your signature: Renew" not in at_risk.text
    assert "Confirm your signature: Renew the cards" in Page(supporter.signs(email="bea@example.org").text).text


def test_nobody_learns_from_the_answer_whether_an_address_has_signed(site: Site, supporter: Supporter) -> None:
    vault = site.storage.vault
    for email in ("pending", "confirmed", "rejected"):
        with site.storage.writing() as session:
            sign(session, vault, SLUG, made.wish(f"{email}@example.org"), clock.now())
    _, confirmed, rejected = (it.reference for it in signatures(site))
    with site.storage.writing() as session:
        confirming.confirm(session, vault, confirmed, clock.now())
        confirming.not_me(session, vault, rejected)
    answers = []
    for who in ("new", "pending", "confirmed", "rejected"):
        answer = supporter.signs(email=f"{who}@example.org")
        said = re.sub(rb'(name="token" value=)"[^"]*"', b"", answer.data).replace(f"{who}@example.org".encode(), b"")
        answers.append((answer.status_code, said, sorted(answer.headers.keys())))
    assert all(it == answers[0] for it in answers)
    assert len(signatures(site)) == 4


def test_everyone_who_was_served_the_same_kept_page_may_use_its_token(site: Site, supporter: Supporter) -> None:
    form = supporter.opens()
    supporter.hour.passes(minutes=5)
    for n in range(4):
        client = site.app.test_client()
        answer = supporter.sends({**form, "email": f"reader-{n}@example.org"}, client=client)
        assert answer.status_code == 200
    assert len(signatures(site)) == 4


def test_where_a_household_may_share_an_address_a_second_person_signs_and_a_third_does_not(
    site: Site, supporter: Supporter, changed: Callable[..., None]
) -> None:
    changed(seats=2)
    for name in ("Ada Lovelace", "Byron Lovelace", "ADA LOVELACE", "Cara Lovelace"):
        assert supporter.signs(name=name).status_code == 200
    assert [name_of(site, it) for it in signatures(site)] == ["Ada Lovelace", "Byron Lovelace"]


def test_signing_on_the_urdu_page_is_answered_in_urdu_and_the_mail_will_be(site: Site, supporter: Supporter) -> None:
    page = Page(supporter.signs(locale="ur", name="عائشہ").text)
    assert page.one("html")["dir"] == "rtl"
    assert "Look in" not in page.text
    assert signatures(site)[0].locale == "ur"


@pytest.mark.databases
def test_fifty_people_pressing_at_once_with_one_address_make_one_signature(
    storage: Storage, settings: Settings
) -> None:
    site = Site(settings)
    with storage.writing() as session:
        made.action(session)
    token = Page(site.client.get(f"/en/actions/{SLUG}").text).hidden("token")

    def attempt(n: int) -> int:
        form = {"name": f"Ada {n}", "email": "ada@example.org", "country": "GB", "disclosure": "public", "token": token}
        return site.app.test_client().post(f"/en/actions/{SLUG}/sign", data=form).status_code

    # The token has to be three seconds old: so is this test, and none of its clocks can be stopped in threads alone.
    later = clock.now() + timedelta(seconds=10)
    with pytest.MonkeyPatch.context() as patch, ThreadPoolExecutor(16) as pool:
        patch.setattr(clock, "now", lambda: later)
        statuses = list(pool.map(attempt, range(50)))
    assert statuses == [200] * 50
    assert len(signatures(site)) == 1
    assert 1 <= len(messages(site)) <= 3
    site.storage.dispose()


# --- what is refused ---


@pytest.mark.parametrize(
    ("field", "bad"),
    [
        ("name", ""),
        ("name", " \t "),
        ("name", "\u200b\u202e"),
        ("name", "A" * 201),
        ("name", "Ada www.evil.example"),
        ("name", "[Ada](https://evil.example)"),
        ("email", ""),
        ("email", "ada"),
        ("email", "ada@"),
        ("email", "ada@localhost"),
        ("email", "ada@example.org\r\nBcc: all@example.org"),
        ("email", "Ada <ada@example.org>"),
        ("email", "ada@example.org, bea@example.org"),
        ("email", "a" * 250 + "@example.org"),
        ("country", ""),
        ("country", "ZZ"),
        ("country", "United Kingdom"),
        ("disclosure", ""),
        ("disclosure", "everyone"),
        ("message", "w" * 1_001),
    ],
)
def test_a_field_that_cannot_be_used_is_named_and_nothing_that_was_typed_is_lost(
    site: Site, supporter: Supporter, field: str, bad: str
) -> None:
    typed = {"name": "Ada “Countess” <L>", "message": "Two\nlines & more", "updates": "yes", field: bad}
    answer = supporter.signs(**typed)
    assert answer.status_code == 422
    assert answer.headers["Cache-Control"] == "no-store"
    page = Page(answer.text)
    assert page.title.startswith("Error: You have not signed yet")
    # The form comes back alone: no letter, no background to scroll past.
    assert not page.all("article")
    assert page.one("p", class_="kicker").text == "Renew the cards"
    # Summed up at the top, with a link to the field …
    summary = page.one("div", class_="faults")
    assert summary["role"] == "alert"
    sentence = page.one(id=f"{field}-fault").text
    assert sentence in summary.text
    assert f"#{field}" in page.links
    # … and said at the field to those who listen.
    there = page.one(id=field)
    assert f"{field}-fault" in there["aria-describedby"].split()
    if field != "disclosure":
        assert there["aria-invalid"] == "true"
    assert not [it for it in page.elements if (it.get("id") or "").endswith("-fault") and it.text != sentence]
    if field != "name":
        assert page.one("input", id="name")["value"] == typed["name"]
    if field != "email":
        assert page.one("input", id="email")["value"] == "ada@example.org"
    if field != "message":
        assert "".join(page.one("textarea", id="message").words).removeprefix("\n").strip() == typed["message"]
    if field != "country":
        assert page.one("option", selected="")["value"] == "GB"
    if field != "disclosure":
        assert page.one("input", name="disclosure", checked="")["value"] == "public"
    assert page.one("input", name="updates").get("checked") is not None
    assert not signatures(site)
    assert not messages(site)
    # The page it comes on has a fresh token: pressing the button again is enough.
    supporter.hour.passes(seconds=5)
    assert supporter.sends({**supporter.opens(), "token": page.hidden("token")}).status_code == 200


def test_an_empty_form_names_every_field_at_once(supporter: Supporter) -> None:
    answer = supporter.signs(name="", email="", country="", disclosure="")
    faults = Page(answer.text).one("div", class_="faults")
    for field in ("name", "email", "country", "disclosure"):
        assert f'<a href="#{field}">' in answer.text
    assert "You have not signed yet" in faults.text


def test_a_refusal_in_urdu_is_wholly_urdu(supporter: Supporter) -> None:
    page = Page(supporter.signs(locale="ur", name="", email="x", country="", disclosure="", message="w" * 2000).text)
    # The example of an address is written the same in every language.
    said = page.one("div", class_="faults").text.replace("name@example.org", "")
    assert not [letter for letter in said if letter.isascii() and letter.isalpha()]
    assert not page.title.startswith("Error:")


@pytest.mark.parametrize("form", [{}, {"token": "x"}, {"name": ["a", "b"], "email": "ada@example.org"}])
def test_a_form_that_came_from_nowhere_is_refused_with_a_page_that_can_be_used(
    site: Site, form: dict[str, object]
) -> None:
    answer = site.client.post(f"/en/actions/{SLUG}/sign", data=form)
    assert answer.status_code == 422
    assert Page(answer.text).hidden("token")
    assert not signatures(site)


def test_who_fills_in_what_no_person_sees_is_asked_to_press_once_more_and_nobody_is_lost_in_silence(
    site: Site, supporter: Supporter
) -> None:
    """Public reports: LemmyNet/lemmy#2595, localwiki/localwiki#169 (who keeps their passwords in a program cannot sign
    up: it fills the field that nobody sees)."""
    page = Page(site.client.get(f"/en/actions/{SLUG}").text)
    trap = page.one("input", name="website")
    assert trap["tabindex"] == "-1"
    assert trap["autocomplete"] == "off"
    answer = supporter.signs(website="https://spam.example")
    assert answer.status_code == 422
    assert "Press the button once more. What you wrote is still here." in answer.text
    assert not signatures(site)
    assert not messages(site)
    again = Page(answer.text)
    assert not again.all("input", name="website")
    form = {"token": again.hidden("token"), "sure": again.hidden("sure"), "pressed": again.hidden("pressed"), **ADA}
    # At once, and with whatever a form filler remembers of the field.
    assert Page(supporter.sends({**form, "website": "https://mine.example"}).text).heading == "Check your e-mail"
    assert len(signatures(site)) == 1


def test_who_mends_a_form_need_not_wait_three_seconds_again(site: Site, supporter: Supporter) -> None:
    refused = supporter.signs(name="")
    assert refused.status_code == 422
    again = Page(refused.text)
    form = {"token": again.hidden("token"), "sure": again.hidden("sure"), **ADA}
    assert supporter.sends(form).status_code == 200
    assert len(signatures(site)) == 1


def test_a_page_that_was_open_for_two_days_is_sent_again_at_once(site: Site, supporter: Supporter) -> None:
    form = supporter.opens()
    supporter.hour.passes(hours=48)
    again = Page(supporter.sends(form).text)
    assert supporter.sends({**form, "token": again.hidden("token")}).status_code == 200


def test_an_address_that_the_mail_server_cannot_take_is_refused_on_the_form(
    site: Site, supporter: Supporter, monkeypatch: pytest.MonkeyPatch
) -> None:
    ascii_only = replace(site.door, settings=replace(site.door.settings, mail_utf8=False))
    monkeypatch.setitem(site.app.extensions, "campaign", ascii_only)
    answer = supporter.signs(email="zoë@example.org")
    assert answer.status_code == 422
    assert "Our mail server takes only Latin letters before the @" in answer.text
    assert not signatures(site)


@pytest.mark.parametrize(
    ("age", "taken"),
    [
        (timedelta(seconds=2), False),
        (timedelta(seconds=4), True),
        (timedelta(hours=23, minutes=59), True),
        (timedelta(hours=24, seconds=2), False),
        (timedelta(days=-1), False),
    ],
)
def test_a_form_may_be_sent_from_three_seconds_to_a_day_after_its_page_was_made(
    site: Site, supporter: Supporter, age: timedelta, taken: bool
) -> None:
    form = supporter.opens()
    supporter.hour.passes(seconds=age.total_seconds())
    answer = supporter.sends(form)
    assert answer.status_code == (200 if taken else 422)
    assert len(signatures(site)) == int(taken)
    if not taken:
        page = Page(answer.text)
        assert "press the button again" in page.one("div", class_="faults").text.lower()
        assert page.one("input", id="name")["value"] == "Ada Lovelace"


@pytest.mark.parametrize("spoil", ["forged", "empty", "of another action", "of another place", "cut", "unreadable"])
def test_a_token_that_did_not_come_from_this_page_is_refused(site: Site, supporter: Supporter, spoil: str) -> None:
    with site.storage.writing() as session:
        made.action(session, "another", serial=57)
    form = supporter.opens()
    mark, stamp, seal = form["token"].split(".")
    form["token"] = {
        "forged": f"{mark}.{stamp}.{seal[::-1]}",
        "empty": "",
        "of another action": supporter.opens(slug="another")["token"],
        "of another place": type(site.door.links)("another secret key").form(SLUG),
        "cut": form["token"][:-3],
        "unreadable": "\x00é\u202e" * 50,
    }[spoil]
    supporter.hour.passes(seconds=20)
    answer = supporter.sends(form)
    assert answer.status_code == 422
    assert not signatures(site)


def test_too_many_signings_from_one_network_are_held_off_with_a_time_to_come_back(
    site: Site, supporter: Supporter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rate_limits, "SIGNING", replace(rate_limits.SIGNING, hits=2))
    for n in range(2):
        assert supporter.signs(email=f"reader-{n}@example.org").status_code == 200
    for locale in ("en", "ur"):
        held = supporter.signs(locale=locale, email="reader-3@example.org")
        assert held.status_code == 429
        assert 0 < int(held.headers["Retry-After"]) <= 600
        page = Page(held.text)
        assert page.one("html")["lang"] == locale
        assert ("Please wait a little" in page.text) is (locale == "en")
        assert ("Too many" in page.text) is (locale == "en")
    assert len(signatures(site)) == 2
    supporter.hour.passes(minutes=10)
    assert supporter.signs(email="reader-3@example.org").status_code == 200


def test_while_screening_is_off_for_a_load_test_a_young_token_and_a_busy_network_are_taken(
    on_sqlite: Settings, hour: Hour, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rate_limits, "SIGNING", replace(rate_limits.SIGNING, hits=0))
    site = Site(replace(on_sqlite, screening=False))
    with site.storage.writing() as session:
        made.action(session)
    supporter = Supporter(site, hour)
    assert supporter.sends(supporter.opens()).status_code == 200
    assert supporter.sends({**supporter.opens(), "token": "forged"}).status_code == 422
    site.storage.dispose()


# --- when it is over ---


def test_a_signature_is_taken_one_second_before_the_deadline_and_refused_one_second_after_it_with_a_page_that_says_so(
    site: Site, supporter: Supporter, changed: Callable[..., None]
) -> None:
    changed(deadline=LAST_DAY)
    midnight = datetime(2025, 9, 16, tzinfo=KARACHI)
    supporter.hour.becomes(midnight - timedelta(seconds=30))
    form = supporter.opens()
    supporter.hour.becomes(midnight - timedelta(seconds=1))
    assert supporter.sends(form).status_code == 200
    supporter.hour.becomes(midnight + timedelta(seconds=1))
    late = supporter.sends({**form, "email": "late@example.org"})
    assert late.status_code == 410
    page = Page(late.text)
    assert page.heading == "Renew the cards"
    assert "Signing has closed" in page.one("section", id="sign").text
    assert not page.all("input", name="email")
    assert "late@example.org" not in late.text
    assert len(signatures(site)) == 1
    # A form with mistakes in it is told the same: there is nothing left to mend.
    assert supporter.sends({**form, "email": "", "token": "old"}).status_code == 410


def test_a_form_sent_to_an_action_that_was_stopped_meanwhile_is_told_only_that(
    site: Site, supporter: Supporter, changed: Callable[..., None]
) -> None:
    form = supporter.opens("ur")
    changed(status=ActionStatus.STOPPED, stop_reason={"en": "She is free.", "ur": "وہ آزاد ہیں۔"})
    supporter.hour.passes(seconds=20)
    for sent in (form, {**form, "email": ""}):
        answer = supporter.sends(sent, "ur")
        assert answer.status_code == 410
        assert "وہ آزاد ہیں۔" in answer.text
        assert "کارڈز" not in answer.text
    assert not signatures(site)


def test_a_draft_cannot_be_signed(site: Site, supporter: Supporter, changed: Callable[..., None]) -> None:
    form = supporter.opens()
    changed(status=ActionStatus.DRAFT)
    supporter.hour.passes(seconds=20)
    for sent in (form, {**form, "email": ""}, {**form, "website": "x"}):
        assert supporter.sends(sent).status_code == 404


# --- hostile names ---


HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7*7 }}{% raw %}",
    "%(name)s %s",
    "\u202eevol\u202c \u2066x",
    "[link](evil)",
    "🙂 Ada " + "x" * 190,
]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_shown_as_text_and_cannot_turn_the_page_around(
    site: Site, supporter: Supporter, name: str
) -> None:
    # Signs of direction are taken out: nobody sees them, and they would turn what stands beside the name.
    sent, name = name, {"\u202eevol\u202c \u2066x": "evol x"}.get(name, name)
    refused = Page(supporter.signs(name=sent, email="x").text)
    assert refused.one("input", id="name")["value"] == name
    supporter.signs(name=sent)
    link = supporter.link()
    for answer in (site.client.get(link), site.client.post(link)):
        page = Page(answer.text)
        assert not [it for it in page.elements if it.tag == "img" or (it.tag == "script" and it.text)]
        shown = [it for it in page.elements if it.tag in {"bdi", "input"} and name in (it.text, it.get("value"))]
        assert shown, answer.text
        assert all(it.tag == "bdi" or it.get("dir") == "auto" for it in shown)
