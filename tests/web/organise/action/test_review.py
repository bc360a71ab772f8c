"""Reminding whoever may approve: a button for who waits, gone once it is approved."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import func, select, update

from campaign.storage.tables import Action, Case, Message
from campaign.vocabulary import ActionStatus, MessageKind, Role
from tests.conftest import Site
from tests.printing.reading import by_pdfium
from tests.web.organise.conftest import Desk

REVIEW = "/organise/actions/renew-the-cards/review/"


def in_review(site: Site, **values: object) -> None:
    with site.storage.writing() as session:
        session.execute(update(Action).values(status=ActionStatus.IN_REVIEW, opened_at=None, **values))


def owed(site: Site) -> int:
    with site.storage.reading() as session:
        kind = Message.kind == MessageKind.REVIEW
        return session.scalar(select(func.count()).select_from(Message).where(kind)) or 0


def test_reviewers_are_reminded_by_a_button_at_most_once_a_day(desk: Callable[[Role], Desk], staffed: Site) -> None:
    in_review(staffed)
    editor = desk(Role.EDITOR)
    assert editor.read(REVIEW).all("form", action=f"{REVIEW}remind")
    assert editor.post(f"{REVIEW}remind").status_code == 302
    sent = owed(staffed)
    assert sent >= 2
    again = editor.post(f"{REVIEW}remind")
    assert again.status_code == 422
    assert "You can remind them again tomorrow" in again.text
    assert owed(staffed) == sent


def test_nobody_is_offered_a_reminder_of_what_is_approved_or_not_theirs_to_send(
    desk: Callable[[Role], Desk], staffed: Site
) -> None:
    in_review(staffed)
    assert desk(Role.VIEWER).read(REVIEW).all("form", action=f"{REVIEW}remind") == []
    in_review(staffed, approved_at=Action.created_at)
    editor = desk(Role.EDITOR)
    assert editor.read(REVIEW).all("form", action=f"{REVIEW}remind") == []
    assert editor.post(f"{REVIEW}remind").status_code == 409


def test_where_a_country_has_several_zones_publishing_asks_for_the_one_of_the_deadline(
    desk: Callable[[Role], Desk], staffed: Site
) -> None:
    in_review(staffed, approved_at=Action.created_at)
    with staffed.storage.writing() as session:
        session.execute(update(Case).values(country="RU", time_zone="Europe/Moscow"))
    admin = desk(Role.ADMIN)
    page = admin.read(REVIEW)
    offered = [it["value"] for it in page.all("option", translate="no")]
    assert offered[0] == "Europe/Moscow"
    assert "Asia/Vladivostok" in offered
    refused = admin.post(
        f"{REVIEW}publish", {"when": "now", "time_zone": "", "revision": page.all("input", name="revision")[0]["value"]}
    )
    assert refused.status_code == 422
    assert "Choose the time zone of the deadline." in refused.text


def test_the_reviewer_sees_page_letters_and_bulletin_as_they_will_be_filled_and_in_each_language(
    desk: Callable[[Role], Desk], staffed: Site
) -> None:
    in_review(staffed)
    reviewer = desk(Role.REVIEWER)
    page = reviewer.read(REVIEW)
    seen = [it.text for it in page.all("summary")]
    assert seen[:2] == ["English", "Urdu"]
    assert "The cards of at least 1.4 million people have run out." in page.text
    assert "کارڈز کی تجدید کریں" in page.text
    assert not [it.text for it in (*page.all("article"), *page.all(class_="sheet")) if "((" in it.text]
    prints = [it for it in page.links if it.endswith(".pdf")]
    assert prints == [
        f"{REVIEW}en/bulletin.pdf",
        f"{REVIEW}en/0/letter.pdf",
        f"{REVIEW}ur/bulletin.pdf",
        f"{REVIEW}ur/0/letter.pdf",
    ]
    words = [by_pdfium(reviewer.client.get(it).data) for it in prints]
    for text, said in zip(words, ("Renew the cards", "Minister", "کارڈز کی تجدید", "Minister"), strict=True):
        assert said in text


def test_what_waits_for_a_second_person_is_seen_there_as_readers_would_see_it(
    desk: Callable[[Role], Desk], staffed: Site
) -> None:
    editor = desk(Role.EDITOR)
    there = "/organise/actions/renew-the-cards"
    form = editor.read(f"{there}/letters/en/0")
    sent = {
        "revision": form.hidden("revision"),
        "seal": form.hidden("seal"),
        "salutation": "Dear Minister,",
        "body": "I ask you to renew every card by Friday.",
        "close": "Yours sincerely,",
        "kind": "edit",
        "reason": "Shorter.",
    }
    assert editor.post(f"{there}/letters/en/0", sent).status_code == 302
    assert "by Friday" not in staffed.fresh().client.get("/en/actions/renew-the-cards").text
    reviewer = desk(Role.REVIEWER)
    page = reviewer.read(REVIEW)
    assert "With the changes that wait, as if they were published." in page.text
    assert "I ask you to renew every card by Friday." in page.text
    assert "by Friday" in by_pdfium(reviewer.client.get(f"{REVIEW}en/0/letter.pdf").data)
