"""The pages of an action say everything in the reader's language: nothing on them is unknown to translators."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from campaign import clock
from campaign.storage.tables import Action
from campaign.vocabulary import ActionStatus, Outcome, Role
from tests.conftest import Site
from tests.web.conftest import SLUG, Supporter
from tests.web.organise.action.test_updates import TEXT, asked, begun
from tests.web.organise.conftest import Desk
from tests.web.organise.said import marking, unsaid
from tests.web.organise.test_writing_an_action import BULLETIN

NAMES = (
    *("The admin", "The editor", "The reviewer", "The viewer", "Sample Minister", "Sample Person"),
    *("((holders))", "((nobody))", "Asia/Karachi", "Karachi", SLUG, "give-back-the-nets"),
)
THERE = f"/organise/actions/{SLUG}"
SitDown = Callable[[Role], Desk]
PAGES = (
    "",
    "/particulars",
    "/texts/",
    "/texts/en/versions",
    "/officials/",
    "/officials/?q=minister",
    "/letters/",
    "/letters/en/0",
    "/letters/ur/0",
    "/letters/en/0/versions",
    "/review/",
    "/life",
    "/updates/",
)


@pytest.fixture
def marked(staffed: Site, monkeypatch: pytest.MonkeyPatch) -> Site:
    """The site, with organisers who read a language in which every translated word is marked."""
    marking(monkeypatch, staffed)
    return staffed


def stands(site: Site, **values: object) -> None:
    with site.storage.writing() as session:
        session.execute(update(Action).values(**values))


def all_said(desk: Desk, path: str) -> None:
    answer = desk.get(path)
    assert answer.status_code == 200
    assert '<html lang="ur" dir="rtl">' in answer.text
    assert unsaid(answer.text, *NAMES) == []


@pytest.mark.parametrize("path", PAGES)
def test_every_sentence_of_an_open_action(desk: SitDown, marked: Site, path: str) -> None:
    all_said(desk(Role.ADMIN), f"{THERE}{path}")


@pytest.mark.parametrize(
    "values",
    [
        {"status": ActionStatus.DRAFT, "opened_at": None, "deadline": None, "languages": ["fr", "fa"]},
        {"status": ActionStatus.DRAFT, "opened_at": None, "discarded_at": clock.now(), "serial": None, "year": None},
        {"status": ActionStatus.IN_REVIEW, "opened_at": None, "submitted_at": clock.now()},
        {"status": ActionStatus.CLOSED, "ended_at": clock.now()},
        {"status": ActionStatus.STOPPED, "ended_at": clock.now(), "stop_reason": {}},
        {"outcome_kind": Outcome.MIXED, "outcome": {"en": "Half."}, "outcome_on": clock.now().date()},
    ],
    ids=["draft", "discarded", "review", "closed", "stopped", "outcome"],
)
def test_every_sentence_wherever_the_action_stands(desk: SitDown, marked: Site, values: dict[str, object]) -> None:
    stands(marked, **values)
    who = desk(Role.ADMIN)
    for path in ("", "/review/", "/life", "/particulars"):
        all_said(who, f"{THERE}{path}")
    all_said(who, "/organise/actions/new")


def test_every_sentence_of_a_bulletin_that_was_read(desk: SitDown, marked: Site) -> None:
    who = desk(Role.EDITOR)
    all_said(who, "/organise/actions/new")
    shown = who.post("/organise/actions/new/import", {"text": BULLETIN, "look": "yes"})
    assert unsaid(shown.text, *NAMES) == []
    made = who.post("/organise/actions/new/import", {"text": BULLETIN + "\nXYZZY PLUGH\n"})
    assert made.status_code == 302
    for path in ("", "/texts/", "/review/", "/officials/", "/letters/"):
        all_said(who, f"{made.location}{path}")


def test_every_sentence_about_what_is_typed_and_waits(desk: SitDown, marked: Site) -> None:
    editor = desk(Role.EDITOR)
    form = editor.read(f"{THERE}/letters/en/0")
    typed = {
        "revision": form.hidden("revision"),
        "seal": form.hidden("seal"),
        "salutation": "",
        "body": "I ask ((nobody)) to renew 1,080,312 cards.",
        "close": "Yours,",
        "kind": "edit",
        "reason": "Shorter.",
    }
    assert editor.post(f"{THERE}/letters/en/0/autosave", typed).status_code == 204
    all_said(editor, f"{THERE}/letters/en/0")
    shown = editor.post(f"{THERE}/letters/en/0", {**typed, "do": "preview"})
    assert unsaid(shown.text, *NAMES) == []
    assert editor.post(f"{THERE}/letters/en/0", typed).status_code == 302
    all_said(editor, f"{THERE}/review/")
    all_said(desk(Role.REVIEWER), f"{THERE}/review/")
    nobody = editor.post(f"{THERE}/letters/en/0", {**typed, "urgent": "yes", "reason": ""})
    assert nobody.status_code == 422
    assert unsaid(nobody.text, *NAMES) == []


def test_every_sentence_of_an_update(desk: SitDown, marked: Site, supporter: Supporter) -> None:
    asked(supporter, "ada@example.org")
    who = desk(Role.EDITOR)
    here = begun(who)
    all_said(who, here)
    who.post(here, {**TEXT, "body-en": "It is ((nobody))."})
    all_said(who, here)
    who.post(here, {**TEXT, "seal-en": who.read(here).one("input", name="seal-en")["value"]})
    all_said(who, here)
    all_said(desk(Role.ADMIN), here)
    all_said(who, f"{THERE}/updates/")


def test_every_sentence_of_a_refusal_and_of_what_follows(desk: SitDown, marked: Site) -> None:
    who = desk(Role.EDITOR)
    who.read(f"{THERE}/life")
    with marked.storage.reading() as session:
        deadline = session.scalars(select(Action.deadline).where(Action.slug == SLUG)).one()
    assert deadline is not None
    for name, fields in (
        ("extend", {"until": "2020-01-01", "reason-en": "Because."}),
        ("extend", {"until": str(deadline + timedelta(days=9))}),
        ("outcome", {"outcome": "mixed"}),
        ("archive", {}),
    ):
        refused = who.post(f"{THERE}/{name}", fields)
        assert refused.status_code in {409, 422}
        assert unsaid(refused.text, *NAMES) == []
    told = {"until": str(deadline + timedelta(days=9)), "reason-en": "Later."}
    assert who.post(f"{THERE}/extend", told).status_code == 302
    all_said(who, THERE)
    assert (
        who.post(f"{THERE}/further-information", {"new_title": "Renew the cards", "new_number": "UA 56/25"}).status_code
        == 302
    )
    all_said(who, THERE)


def test_particulars_are_typed_in_the_languages_of_the_interface(desk: SitDown, staffed: Site) -> None:
    stands(staffed, languages=["ur"])
    who = desk(Role.EDITOR)
    assert who.post("/organise/account/language", {"locale": "fr"}).status_code in {200, 302}
    form = who.read(f"{THERE}/particulars")
    assert form.one("input", id="languages")["value"] == "ourdou"
    sent = {it["name"]: it["value"] for it in form.all("input") if it.get("name") and it.get("value")}
    sent |= {"kind": "first", "languages": "ourdou، anglais, فارسی, es"}
    sent |= {"change_reason": "They read more languages.", "change_urgent": "yes"}  # readers see it: else it waits
    assert who.post(f"{THERE}/particulars", sent).status_code == 302
    with staffed.storage.reading() as session:
        assert session.scalars(select(Action.languages).where(Action.slug == SLUG)).one() == ["ur", "en", "fa", "es"]
