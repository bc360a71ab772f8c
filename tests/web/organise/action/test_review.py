"""Reminding whoever may approve: a button for who waits, gone once it is approved."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import func, select, update

from campaign.storage.tables import Action, Message
from campaign.vocabulary import ActionStatus, MessageKind, Role
from tests.conftest import Site
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
