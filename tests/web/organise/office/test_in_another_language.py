"""The office's own pages say everything in the reader's language: nothing on them is unknown to translators."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from campaign import language
from campaign.mail.rendering import write
from campaign.office.audit_sentences import DID, told
from campaign.office.digest import chosen
from campaign.office.due_dates import Due, Duty
from campaign.office.next_steps import SAID, Step
from campaign.office.notes import Mentioned
from campaign.office.review_mails import Held, Published, Waiting
from campaign.office.sensitive_cases import LetIn
from campaign.storage.tables import AuditEvent
from campaign.vocabulary import Role
from tests import made
from tests.conftest import Site
from tests.web.organise.conftest import PASSWORD, Desk
from tests.web.organise.said import READS, marking, unsaid, unsaid_text
from tests.web.reading import Page

NAMES = ("The admin", "The editor", "The reviewer", "The viewer", "Renew the cards", "holders", ": nothing", ": cards")


@pytest.mark.parametrize(
    "path",
    [
        "/organise/",
        "/organise/?words=nothing",
        "/organise/calendar",
        "/organise/agenda",
        "/organise/account",
        "/organise/team/",
        "/organise/settings/",
        "/organise/audit/",
        "/organise/search/",
        "/organise/search/?q=cards",
        "/organise/search/?q=cards&kind=action",
        "/organise/search/?q=nothing",
        "/organise/search/keys",
        "/organise/account/password",
        "/organise/account/second-factor",
        "/organise/account/passkeys",
        "/organise/account/recovery-codes",
    ],
)
def test_every_sentence_of_a_page(
    desk: Callable[[Role], Desk], staffed: Site, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    marking(monkeypatch, staffed)
    answer = desk(Role.ADMIN).get(path)
    assert answer.status_code == 200
    assert '<html lang="ur" dir="rtl">' in answer.text
    assert unsaid(answer.text, *NAMES) == []


@pytest.mark.parametrize("path", ["/organise/sign-in", "/organise/forgotten"])
def test_before_sign_in_the_browser_says_which_language(
    staffed: Site, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    marking(monkeypatch, staffed)
    stranger = Desk(staffed)
    assert unsaid(stranger.get(path, headers={"Accept-Language": READS}).text) == []


def test_what_the_library_says_is_said_in_it_too(staffed: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    marking(monkeypatch, staffed)
    stranger = Desk(staffed)
    asked = {"headers": {"Accept-Language": READS}}
    stranger.get("/organise/sign-in", **asked)
    for given in ({"email": "admin@office.example", "password": "wrong"}, {"email": "", "password": ""}):
        answer = stranger.post("/organise/sign-in", given, **asked)
        assert "⟦" in Page(answer.text).one("div", role="alert").text
        assert unsaid(answer.text) == []


def test_what_is_wrong_with_a_new_password(
    desk: Callable[[Role], Desk], staffed: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    marking(monkeypatch, staffed)
    who = desk(Role.EDITOR)
    who.get("/organise/account/password")
    for new, again in (("short", "short"), ("nine brave otters swim", "nine brave otters dive"), ("", "")):
        given = {"password": PASSWORD, "new_password": new, "new_password_confirm": again}
        answer = who.post("/organise/account/password", given)
        assert "⟦" in Page(answer.text).one("div", role="alert").text
        assert unsaid(answer.text, *NAMES) == []


def test_what_settings_are_refused_for(
    desk: Callable[[Role], Desk], staffed: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    marking(monkeypatch, staffed)
    who = desk(Role.ADMIN)
    who.get("/organise/settings/")
    answer = who.post("/organise/settings/", {"name-en": "", "contact_email": "no", "languages": "xx"})
    assert answer.status_code == 422
    assert len(Page(answer.text).all("p", class_="error")) >= 8
    assert unsaid(answer.text, "en, ur, fr, es, ar, fa, ps") == []


@pytest.mark.parametrize("what", sorted(DID))
def test_every_event_of_the_audit_trail(monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    marking(monkeypatch)
    event = AuditEvent(
        what=what, who="schedule", object_kind="official", object_id=3, action_id=1, case_id=2, reason=None,
        before='{"deadline": "2026-03-03", "goal": 500, "languages": [], "status": "in_review"}',
        after='{"deadline": "2026-04-15 10:00", "goal": null, "review_required": true, "title": {"urdu": "xx"}}',
    )  # fmt: skip
    read = told(event, {("action", 1): "Cards"}).whole.inside(READS)
    assert unsaid_text(read, "Cards", "xx", "urdu") == []


KINDS = ("account_changed", "digest", "invitation", "letters_held", "password_reset", "review", "sign_in")


@pytest.mark.parametrize("kind", KINDS)
def test_every_mail(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    marking(monkeypatch)
    due = [
        Due(1, "cards", "UA 56/25", "Cards", "PK", True, duty, made.NOON.date(), days, "Cards", holder=7)
        for duty, days in zip(Duty, (-3, -1, 0, 1, 7, 3, 14, 30, 5), strict=True)
    ]
    mail = write(
        f"office/{kind}", READS, sender=("Office", "office@example.org"), to="noor@example.org", message_id="<1@x.org>",
        now=made.NOON,
        values={
            "name": "Noor", "organisation": "Office", "welcome_url": "https://x.org/w", "days": 3,
            "account_url": "https://x.org/a", "at": language.moment(made.NOON, READS), "board_url": "https://x.org/b",
            "base_url": "https://x.org", "incoming_url": "https://x.org/i",
            "digest": replace(chosen(due, 7), mentions=(Mentioned("Noor", "cards", "Cards", made.NOON),)),
            "steps": {due[2]: SAID[Step.PUBLISH]},
            "published": [Published("cards", None, "Cards", "Noor", "Cards")],
            "entered": [LetIn("Noor", made.NOON)],
            "held": [Held("cards", None, "Cards")],
            "waiting": [
                Waiting("cards", None, "Cards", day, by) for day in (None, made.NOON.date()) for by in ("", "Noor")
            ],
        },
    )  # fmt: skip
    plain, html = (part.get_content() for part in mail.iter_parts())
    names = ("Noor", "Office", "Cards")
    assert unsaid_text(mail["Subject"], *names) == []
    assert unsaid_text(plain, *names) == []
    assert unsaid(html, *names) == []
