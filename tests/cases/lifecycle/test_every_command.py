"""Every command in every state, on both databases: an answer and a sentence, never a fault of ours.

The table is written by hand. A draft here is the poorest that the schema lets be: no issue date and no deadline.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.cases.lifecycle import discarding, opening_and_closing, transitions
from campaign.cases.review import approval
from campaign.cases.review.approval import Judged
from campaign.cases.writing import further_information
from campaign.errors import CampaignError
from campaign.office import organisers
from campaign.office.audit import COMMAND_LINE, Actor
from campaign.office.organisers import Invitee
from campaign.publication.reading import PUBLIC
from campaign.storage import Storage
from campaign.storage.tables import Action, AuditEvent
from campaign.vocabulary import ActionStatus, Outcome, Role
from tests import made

pytestmark = pytest.mark.databases

SLUG = "renew-the-cards"
NOW = made.NOON
LATER = date(2025, 12, 1)
WHY = {"en": "A reason."}

Command = Callable[[Session, Storage, Actor, int], object]

COMMANDS: Mapping[str, Command] = {
    "publish": lambda session, storage, who, _n: opening_and_closing.publish(
        session, storage.vault, who, SLUG, None, NOW
    ),
    "publish with a deadline": lambda session, storage, who, _n: opening_and_closing.publish(
        session, storage.vault, who, SLUG, LATER, NOW
    ),
    "publish after review": lambda session, storage, who, n: approval.publish(
        session, storage.vault, who, SLUG, Judged(n, ()), NOW
    ),
    "publish at a time": lambda session, storage, who, n: approval.publish_at(
        session, storage.vault, who, SLUG, Judged(n, ()), NOW + timedelta(hours=1), NOW
    ),
    "publish not yet": lambda session, storage, who, _n: approval.publish_not_yet(
        session, storage.vault, who, SLUG, NOW
    ),
    "submit": lambda session, storage, who, n: approval.submit(session, storage.vault, who, SLUG, Judged(n, ()), NOW),
    "approve": lambda session, storage, who, n: approval.approve(session, storage.vault, who, SLUG, Judged(n, ()), NOW),
    "send back": lambda session, storage, who, _n: approval.send_back(
        session, storage.vault, who, SLUG, "Not yet.", NOW
    ),
    "extend": lambda session, storage, who, _n: transitions.extend(session, storage.vault, who, SLUG, LATER, WHY, NOW),
    "close": lambda session, storage, who, _n: opening_and_closing.close(session, storage.vault, who, SLUG, NOW),
    "conclude": lambda session, storage, who, _n: transitions.conclude(
        session, storage.vault, who, SLUG, Outcome.MIXED, WHY, NOW
    ),
    "stop": lambda session, storage, who, _n: transitions.stop(session, storage.vault, who, SLUG, WHY, NOW),
    "archive": lambda session, storage, who, _n: transitions.archive(session, storage.vault, who, SLUG, NOW),
    "discard": lambda session, storage, who, _n: discarding.discard(session, storage.vault, who, SLUG, NOW),
    "restore": lambda session, storage, who, _n: discarding.restore(session, storage.vault, who, SLUG, NOW),
    "go on": lambda session, storage, who, _n: further_information.follow(session, storage.vault, who, SLUG, NOW),
}

# What each command makes of an action in each state: the state after it, or the HTTP status of its refusal.
# The states: draft, draft without dates, discarded, in review, open, closed, stopped, archived, archived after a stop.
STATES = ("draft", "bare", "discarded", "in_review", "open", "closed", "stopped", "archived", "put away")
TABLE: Mapping[str, tuple[str | int, ...]] = {
    "publish": ("open", 422, 409, "open", 409, 409, 409, 409, 409),
    "publish with a deadline": ("open", "open", 409, "open", 409, 409, 409, 409, 409),
    "publish after review": ("open", 422, 409, "open", 409, 409, 409, 409, 409),
    "publish at a time": ("draft", 422, 409, "in_review", 409, 409, 409, 409, 409),
    "publish not yet": (409, 409, 409, 409, 409, 409, 409, 409, 409),
    "submit": ("in_review", "in_review", 409, 409, 409, 409, 409, 409, 409),
    "approve": (409, 409, 409, "in_review", 409, 409, 409, 409, 409),
    "send back": (409, 409, 409, "draft", 409, 409, 409, 409, 409),
    "extend": (409, 409, 409, 409, "open", "open", 409, 409, 409),
    "close": (409, 409, 409, 409, "closed", 409, 409, 409, 409),
    "conclude": (409, 409, 409, 409, "closed", "closed", 409, "archived", 409),
    "stop": (409, 409, 409, 409, "stopped", "stopped", 409, "stopped", 409),
    "archive": (409, 409, 409, 409, 409, "archived", "archived", 409, 409),
    "discard": ("draft", "draft", 409, "draft", 409, 409, 409, 409, 409),
    "restore": (409, 409, "draft", 409, 409, 409, 409, 409, 409),
    "go on": (422, 422, 422, 422, "open", "closed", 422, "archived", 422),
}


def begin(session: Session, state: str) -> int:
    """An action in a state; its revision."""
    status = {"bare": "draft", "discarded": "draft", "put away": "archived"}.get(state, state)
    action = made.action(session, SLUG, deadline=date(2025, 9, 15), status=ActionStatus(status))
    if state == "bare":
        action.deadline = action.issued_on = None
    if state == "discarded":
        action.discarded_at = NOW
    if state in ("stopped", "put away"):
        action.stop_reason = {"en": "It would do harm."}
    session.flush()
    return action.revision


@pytest.mark.parametrize("state", STATES)
def test_every_command_in_every_state_does_what_the_table_says_or_says_why_not(storage: Storage, state: str) -> None:
    with storage.writing() as session:
        person = organisers.add(
            session, storage.vault, COMMAND_LINE, Invitee("Ann", "ann@example.org", Role.EDITOR), NOW, "hashed"
        )
        revision = begin(session, state)
        session.flush()
        who = Actor(person.id, "Ann")
    told = {}
    for command, run in COMMANDS.items():
        expected = TABLE[command][STATES.index(state)]
        try:
            with storage.writing() as session:
                run(session, storage, who, revision)
                action = session.scalars(select(Action).where(Action.slug == SLUG)).one()
                session.refresh(action)
                told[command] = str(action.status)
                # Nothing that never was public becomes so but by publishing it.
                if not command.startswith("publish"):
                    assert (action.status in PUBLIC) == (state not in ("draft", "bare", "discarded", "in_review"))
                assert session.scalars(select(AuditEvent.id)).first() is not None, command
                raise Undone
        except Undone:
            pass
        except CampaignError as refused:
            assert refused.status < 500
            assert re.fullmatch(r"[A-Z].+[.!]", str(refused)), str(refused)
            assert "_" not in str(refused)
            told[command] = refused.status
        assert told[command] == expected, (command, state)


class Undone(Exception):
    """Takes back what a command did, so that the next finds the same state."""


def test_a_draft_that_was_discarded_is_on_no_list_and_can_be_taken_back_for_thirty_days(storage: Storage) -> None:
    who = Actor(None, "Ann")
    with storage.writing() as session:
        begin(session, "in_review")
    with storage.writing() as session:
        discarding.discard(session, storage.vault, who, SLUG, NOW)
    with storage.writing() as session:
        assert discarding.empty_old(session, NOW + timedelta(days=29)) == 0
        discarding.restore(session, storage.vault, who, SLUG, NOW + timedelta(days=29))
    with storage.reading() as session:
        action = session.scalars(select(Action)).one()
        assert (action.status, action.discarded_at) == (ActionStatus.DRAFT, None)
        assert [it.title for it in action.texts] == ["Renew the cards", "کارڈز کی تجدید کریں"]
        assert list(session.scalars(select(AuditEvent.what).order_by(AuditEvent.id))) == [
            "draft discarded",
            "draft restored",
        ]


def test_after_thirty_days_nothing_is_left_of_a_discarded_draft_but_its_name(storage: Storage) -> None:
    who = Actor(None, "Ann")
    with storage.writing() as session:
        begin(session, "draft")
        discarding.discard(session, storage.vault, who, SLUG, NOW)
    with storage.writing() as session:
        assert discarding.empty_old(session, NOW + timedelta(days=30)) == 1
        assert discarding.empty_old(session, NOW + timedelta(days=30)) == 0
    with storage.reading() as session:
        action = session.scalars(select(Action)).one()
        assert (action.slug, action.texts, action.letters, action.recipients) == (SLUG, [], [], [])
    with pytest.raises(CampaignError, match="more than 30 days ago"), storage.writing() as session:
        discarding.restore(session, storage.vault, who, SLUG, NOW + timedelta(days=31))


def test_a_discarded_next_action_makes_room_for_another_and_follows_again_when_taken_back(storage: Storage) -> None:
    who = Actor(None, "Ann")
    with storage.writing() as session:
        begin(session, "open")
        next_slug = further_information.follow(session, storage.vault, who, SLUG, NOW).slug
    with storage.writing() as session:
        discarding.discard(session, storage.vault, who, next_slug, NOW)
        discarding.restore(session, storage.vault, who, next_slug, NOW)
        first, second = session.scalars(select(Action).order_by(Action.id)).all()
        session.refresh(second)
        assert second.previous_id == first.id
        discarding.discard(session, storage.vault, who, next_slug, NOW)
    with storage.writing() as session:
        assert further_information.follow(session, storage.vault, who, SLUG, NOW).slug != next_slug
        discarding.restore(session, storage.vault, who, next_slug, NOW)
        assert session.scalars(select(Action.previous_id).where(Action.slug == next_slug)).one() is None
