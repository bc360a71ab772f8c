"""Review and publication: a second person, the checks, and the hour."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from campaign import clock
from campaign.cases.review import approval
from campaign.cases.review.approval import Judged
from campaign.cases.review.checks import Check, Level, Part
from campaign.errors import Conflict, Forbidden, Refused, Unknown
from campaign.office import audit, organisers
from campaign.office.audit import Actor
from campaign.office.organisers import Invitee
from campaign.storage import Storage
from campaign.storage.tables import Action, AuditEvent, Organisation, Organiser, Remark
from campaign.vocabulary import ActionStatus, Role
from tests import made

SLUG = "renew-the-cards"
WELL = Judged(0, (Check("deadline", Level.PASS, "Well.", Part.FACTS),))
STOPPED = Judged(
    0,
    (
        Check("harm", Level.STOP, "The do-no-harm statement is not signed.", Part.HARM),
        Check("texts", Level.STOP, "It says nothing.", Part.TEXTS),
        Check("number", Level.WARN, "It has no number.", Part.FACTS),
    ),
)


class Office:
    """Two who may review, and a draft."""

    def __init__(self, storage: Storage) -> None:
        self.storage, self.vault, self.now = storage, storage.vault, clock.now()
        with storage.writing() as session:
            self.ada, self.bo = (self._hired(session, name) for name in ("Ada", "Bo"))
            made.action(session, status=ActionStatus.DRAFT, opened_at=None, issued_on=None)

    def _hired(self, session: object, name: str) -> Actor:
        who = Invitee(name, f"{name.lower()}@office.example", Role.EDITOR)
        added = organisers.add(session, self.vault, audit.COMMAND_LINE, who, self.now)  # type: ignore[arg-type]
        return Actor(added.id, added.name)

    def submits(self, who: Actor, judged: Judged = WELL) -> None:
        with self.storage.writing() as session:
            approval.submit(session, self.vault, who, SLUG, judged, self.now)

    def approves(self, who: Actor, judged: Judged = WELL) -> None:
        with self.storage.writing() as session:
            approval.approve(session, self.vault, who, SLUG, judged, self.now)

    def publishes(self, who: Actor, judged: Judged = WELL, at: datetime | None = None) -> None:
        with self.storage.writing() as session:
            if at is None:
                approval.publish(session, self.vault, who, SLUG, judged, self.now)
            else:
                approval.publish_at(session, self.vault, who, SLUG, judged, at, self.now)

    def sweeps(self, at: datetime, judged: Judged = WELL) -> list[bool]:
        with self.storage.reading() as session:
            slugs = approval.due(session, at)
        with self.storage.writing() as session:
            return [approval.open_due(session, self.vault, it, judged, at) for it in slugs]

    def changes(self, **values: object) -> None:
        with self.storage.writing() as session:
            organisation = session.scalars(select(Organisation)).one()
            for name, value in values.items():
                setattr(organisation, name, value)

    @property
    def action(self) -> Action:
        with self.storage.reading() as session:
            return session.scalars(select(Action)).one()

    def event(self, what: str) -> AuditEvent:
        with self.storage.reading() as session:
            return session.scalars(select(AuditEvent).where(AuditEvent.what == what)).one()


@pytest.fixture
def office(storage: Storage) -> Office:
    return Office(storage)


def test_a_second_person_approves_and_then_it_opens(office: Office) -> None:
    with pytest.raises(Refused, match="second person"):
        office.publishes(office.ada)
    office.submits(office.ada)
    with pytest.raises(Refused, match="second person"):
        office.publishes(office.bo)
    with pytest.raises(Forbidden):
        office.approves(office.ada)
    office.approves(office.bo)
    office.publishes(office.ada)
    assert office.action.status is ActionStatus.OPEN
    assert json.loads(office.event("action opened").after or "")["status"] == "open"
    # Who saw what: the trail names the state that each of the two decided about.
    for what, who in (("action submitted for review", office.ada), ("action approved", office.bo)):
        event = office.event(what)
        assert (event.organiser_id, json.loads(event.after or "")) == (who.id, {"revision": WELL.revision})


def test_what_the_checks_stop_is_neither_approved_nor_published_and_every_reason_is_said(office: Office) -> None:
    office.submits(office.ada)
    with pytest.raises(Refused, match=r"do-no-harm statement is not signed.*says nothing"):
        office.approves(office.bo, STOPPED)
    office.approves(office.bo)
    with pytest.raises(Refused, match=r"do-no-harm statement is not signed.*says nothing"):
        office.publishes(office.ada, STOPPED)
    assert office.action.status is ActionStatus.IN_REVIEW


def test_checks_of_another_revision_decide_nothing(office: Office) -> None:
    office.submits(office.ada)
    old = Judged(7, WELL.found)
    with pytest.raises(Conflict, match="changed by someone else"):
        office.approves(office.bo, old)
    with pytest.raises(Conflict, match="changed by someone else"):
        office.publishes(office.ada, old)


def test_where_nobody_else_may_review_one_person_publishes(office: Office) -> None:
    with office.storage.writing() as session:
        session.get_one(Organiser, office.bo.id).role = Role.VIEWER
    office.publishes(office.ada)
    assert office.action.status is ActionStatus.OPEN


def test_where_the_office_asks_for_no_review_one_person_publishes(office: Office) -> None:
    office.changes(review_required=False)
    office.publishes(office.ada)
    assert office.action.status is ActionStatus.OPEN
    with pytest.raises(Conflict):
        office.publishes(office.ada)


@pytest.mark.databases
def test_it_is_submitted_once_and_sent_back_with_a_reason(office: Office) -> None:
    office.submits(office.ada)
    with pytest.raises(Conflict, match="in review"):
        office.submits(office.bo)
    with pytest.raises(Refused, match="what should be changed"), office.storage.writing() as session:
        approval.send_back(session, office.vault, office.bo, SLUG, " ", office.now)
    assert office.action.status is ActionStatus.IN_REVIEW
    office.approves(office.bo)
    with office.storage.writing() as session:
        approval.send_back(session, office.vault, office.bo, SLUG, "The second demand is unclear.", office.now)
    assert (office.action.status, office.action.approved_at) == (ActionStatus.DRAFT, None)
    with office.storage.reading() as session:
        assert session.scalars(select(Remark.text)).all() == ["The second demand is unclear."]


def test_a_remark_is_settled_once(office: Office) -> None:
    with office.storage.writing() as session:
        made_remark = approval.remark(session, office.vault, office.bo, SLUG, "text:en", "Shorter.", office.now)
    with office.storage.writing() as session:
        approval.settle(session, office.vault, office.ada, SLUG, made_remark.id, office.now)
    with pytest.raises(Unknown), office.storage.writing() as session:
        approval.settle(session, office.vault, office.ada, SLUG, made_remark.id, office.now)


@pytest.mark.databases
def test_it_opens_by_itself_at_its_hour_and_not_before(office: Office) -> None:
    office.submits(office.ada)
    office.approves(office.bo)
    at = office.now + timedelta(hours=5)
    office.publishes(office.ada, at=at)
    assert office.sweeps(at - timedelta(seconds=1)) == []
    assert office.sweeps(at) == [True]
    assert office.sweeps(at) == []
    assert (office.action.status, office.action.opened_at, office.action.opens_at) == (ActionStatus.OPEN, at, None)
    assert office.event("action opened").who == "schedule"


def test_an_hour_is_ahead_and_before_the_deadline(office: Office) -> None:
    office.changes(review_required=False)
    with pytest.raises(Refused, match="has passed"):
        office.publishes(office.ada, at=office.now - timedelta(minutes=1))
    with pytest.raises(Refused, match="after the deadline"):
        office.publishes(office.ada, at=office.now + timedelta(days=30))


def test_what_is_stopped_at_its_hour_stays_and_the_trail_says_why(office: Office) -> None:
    office.submits(office.ada)
    office.approves(office.bo)
    at = office.now + timedelta(hours=5)
    office.publishes(office.ada, at=at)
    assert office.sweeps(at, STOPPED) == [False]
    assert office.sweeps(at, STOPPED) == []  # it is said once
    assert (office.action.status, office.action.opens_at) == (ActionStatus.IN_REVIEW, None)
    assert office.action.approved_at is not None
    assert "do-no-harm statement is not signed" in (office.event("scheduled opening failed").reason or "")


def test_at_its_hour_it_does_not_open_if_a_review_is_asked_for_by_then(office: Office) -> None:
    office.changes(review_required=False)
    at = office.now + timedelta(hours=5)
    office.publishes(office.ada, at=at)
    office.changes(review_required=True)
    assert office.sweeps(at) == [False]
    assert "Nobody has approved" in (office.event("scheduled opening failed").reason or "")


def test_an_hour_is_taken_back(office: Office) -> None:
    office.changes(review_required=False)
    at = office.now + timedelta(hours=5)
    office.publishes(office.ada, at=at)
    with office.storage.writing() as session:
        approval.publish_not_yet(session, office.vault, office.ada, SLUG, office.now)
    assert office.sweeps(at) == []
    with pytest.raises(Conflict), office.storage.writing() as session:
        approval.publish_not_yet(session, office.vault, office.ada, SLUG, office.now)


def test_what_must_be_fixed_is_not_put_forward(office: Office) -> None:
    with pytest.raises(Refused, match="Fix this first"):
        office.submits(office.ada, STOPPED)
