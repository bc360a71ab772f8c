"""A bulletin becomes an action, and it lives its life: two organisers in their browsers, and what readers see."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from campaign import clock
from campaign.office import audit, organisers, passwords
from campaign.office.audit import COMMAND_LINE
from campaign.office.organisers import Invitee
from campaign.storage import Storage
from campaign.storage.tables import AuditEvent
from campaign.vocabulary import Role
from tests.browser.installation import Installation

BULLETIN = Path(__file__).parents[1] / "cases" / "importing" / "bulletins" / "now-1-fishers.md"
PASSWORD = "nine brave otters sing"


@pytest.fixture(scope="module")
def office(place: Installation) -> Iterator[Storage]:
    """An editor and a reviewer work here."""
    storage, kept = Storage(place.settings), passwords.hashed(PASSWORD)
    with storage.writing() as session:
        for role in (Role.EDITOR, Role.REVIEWER):
            who = Invitee(f"The {role}", f"walk-{role}@office.example", role)
            organisers.add(session, storage.vault, COMMAND_LINE, who, clock.now(), kept)
    yield storage
    storage.dispose()


def seated(chromium: Browser, place: Installation, role: Role) -> Page:
    """An organiser's browser, signed in."""
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    context.set_default_timeout(30_000)
    page = context.new_page()
    page.goto(f"{place.base}/organise/sign-in")
    page.fill("[name=email]", f"walk-{role}@office.example")
    page.fill("[name=password]", PASSWORD)
    page.click("main button")
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Sign in")
    return page


def test_from_a_bulletin_to_an_outcome(chromium: Browser, place: Installation, office: Storage) -> None:
    editor, reviewer = (seated(chromium, place, role) for role in (Role.EDITOR, Role.REVIEWER))
    public = chromium.new_context(java_script_enabled=False).new_page()
    deadline = (clock.now() + timedelta(days=12)).date()

    # Imported, a draft that nobody outside can see.
    editor.goto(f"{place.base}/organise/actions/new")
    editor.set_input_files("#file", str(BULLETIN))
    editor.get_by_role("button", name="Read the bulletin").click()
    editor.get_by_role("button", name="Make a draft").click()
    editor.wait_for_url(re.compile(r"/organise/actions/(?!new)[^/]+$"))
    slug = editor.url.rstrip("/").rpartition("/")[2]
    here = f"{place.base}/organise/actions/{slug}"
    title = editor.get_by_role("heading", level=1).inner_text()
    assert public.goto(f"{place.base}/en/actions/{slug}").status == 404

    # Stopped by the checks, then mended.
    editor.goto(f"{here}/review/")
    expect(editor.locator(".found .stop").first).to_be_visible()
    editor.goto(f"{here}/particulars")
    editor.fill("#deadline", deadline.isoformat())
    editor.get_by_role("button", name="Save").click()
    editor.goto(f"{here}/particulars")
    expect(editor.locator("#deadline")).to_have_value(deadline.isoformat())
    editor.fill("#consent", "The family agreed by telephone on 3 November.")
    editor.fill("#risk", "Her brother may be questioned; they ask for it all the same.")
    editor.get_by_role("button", name="Sign this statement").click()
    editor.goto(f"{here}/review/")
    assert [it.inner_text() for it in editor.locator(".found .stop").all()] == []
    editor.get_by_role("button", name="Submit for review").click()

    # Approved by the second person, and not by the first.
    editor.goto(f"{here}/review/")
    expect(editor.get_by_role("button", name="Approve")).to_have_count(0)
    reviewer.goto(f"{here}/review/")
    reviewer.get_by_role("button", name="Approve").click()
    editor.goto(f"{here}/review/")
    editor.get_by_role("button", name="Publish").click()
    expect(editor.locator("main")).to_contain_text("open")
    assert seen(public, place, slug)
    assert title in feed(public, place)
    assert deadline.strftime("%Y%m%d") in calendar(public, place, slug)

    # An edit of what is public waits for the second person, and readers see it only then.
    editor.goto(f"{here}/texts/")
    background = editor.locator("textarea[name=background-en]")
    background.fill(f"{background.input_value()}\n\nHer lawyer was let in on Monday.")
    editor.locator("[name=reason]").fill("News from her lawyer.")
    editor.get_by_role("button", name="Save", exact=True).click()
    expect(editor.locator("main")).to_contain_text("Proposed.")
    assert seen(public, place, slug)
    assert "let in on Monday" not in public.content()  # the background is folded
    editor.goto(f"{here}/review/")
    expect(editor.locator("main")).to_contain_text("Someone else publishes it.")
    expect(editor.get_by_role("button", name="Publish this change")).to_have_count(0)
    reviewer.goto(f"{here}/review/")
    expect(reviewer.locator(".typed ins").first).to_contain_text("let in on Monday")
    reviewer.get_by_role("button", name="Publish this change").click()
    assert seen(public, place, slug)
    assert "let in on Monday" in public.content()

    # Extended, with the reason, everywhere.
    later = deadline + timedelta(days=7)
    editor.goto(here)
    editor.locator("#extend summary").click()
    editor.fill("#until", later.isoformat())
    editor.locator("#extend textarea").first.fill("The hearing was put off.")
    editor.get_by_role("button", name="Extend", exact=True).click()
    assert "The hearing was put off." not in seen(public, place, slug)
    published(reviewer, here)
    assert "The hearing was put off." in seen(public, place, slug)
    assert later.strftime("%Y%m%d") in calendar(public, place, slug)

    # Further information: the next action of the chain, prefilled.
    editor.goto(here)
    editor.locator("#follow summary").click()
    editor.get_by_role("button", name="Create draft").click()
    editor.wait_for_load_state()
    assert slug not in editor.url.rstrip("/").rpartition("/")[2:]
    expect(editor.locator("main")).to_contain_text("draft")

    # Closed with an outcome.
    editor.goto(here)
    editor.locator("#outcome summary").click()
    editor.check("#outcome [value=positive]")
    editor.locator("#outcome textarea").first.fill("She was let go on Tuesday.")
    editor.get_by_role("button", name="Close", exact=True).click()
    assert "She was let go on Tuesday." not in seen(public, place, slug)
    published(reviewer, here)
    assert "She was let go on Tuesday." in seen(public, place, slug)

    editor.goto(f"{place.base}/organise/audit/actions/{slug}")
    history = editor.locator("main").inner_text()
    for step in ("approved", "opened", "proposed a change", "published a proposed", "changed the deadline", "closed"):
        assert step in history, step
    with office.reading() as session:
        assert audit.faults(session, office.vault) == []
        told = session.scalars(select(AuditEvent.who).where(AuditEvent.who.like("The %"))).all()
    assert {"The editor", "The reviewer"} <= set(told)
    for page in (editor, reviewer, public):
        page.context.close()


def published(reviewer: Page, here: str) -> None:
    """The second person reads the difference and publishes it."""
    reviewer.goto(f"{here}/review/")
    expect(reviewer.locator(".typed ins").first).to_be_visible()
    reviewer.get_by_role("button", name="Publish this change").click()
    expect(reviewer.get_by_role("button", name="Publish this change")).to_have_count(0)


def seen(public: Page, place: Installation, slug: str) -> str:
    """The page of the action as it is once the copies of a few seconds ago are gone."""
    public.wait_for_timeout(4_000)
    answer = public.goto(f"{place.base}/en/actions/{slug}")
    assert answer is not None and answer.status == 200
    return public.locator("main").inner_text()


def feed(public: Page, place: Installation) -> str:
    return public.request.get(f"{place.base}/en/feed.atom").text()


def calendar(public: Page, place: Installation, slug: str) -> str:
    public.wait_for_timeout(4_000)
    return public.request.get(f"{place.base}/en/actions/{slug}/deadline.ics").text()
