"""A figure that a public action quotes changes when someone else has published the change."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.appeals.signing import consent
from campaign.cases import demonstration
from campaign.cases.evidence import figure_proposals
from campaign.cases.evidence.facts import FigureFacts
from campaign.cases.evidence.figure_corrections import remove_figure
from campaign.cases.review import changes
from campaign.cases.writing import waiting_changes
from campaign.errors import Conflict, Forbidden, Refused, Unknown
from campaign.office import organisers
from campaign.office.audit import COMMAND_LINE, Actor
from campaign.office.organisers import Invitee
from campaign.publication.reading import described
from campaign.storage import Storage
from campaign.storage.tables import Action, AuditEvent, Figure, Message, Proposal
from campaign.vocabulary import ActionStatus, MessageKind, ProposalStatus, Role
from tests import made

pytestmark = pytest.mark.databases  # what is proposed is tried in a savepoint

NOW = made.NOON
WHY = "The agency published a corrected count."


class Office:
    """Two who may review, and the demonstration's open action, which quotes ((returned_to_date))."""

    def __init__(self, storage: Storage) -> None:
        self.storage, self.vault = storage, storage.vault
        with storage.writing() as session:
            organisation, _ = demonstration.load(session, NOW)
            consent.state(session, organisation.retention_days, NOW)
            self.ada, self.bo = (self._hired(session, name) for name in ("Ada", "Bo"))
            action = session.scalars(select(Action).where(Action.status == ActionStatus.OPEN)).first()
            assert action is not None
            action.opened_at = NOW
            self.slug = action.slug
            self.figure = next(
                it for it in action.case.figures if it.quoted and any(f"(({it.key}))" in x for x in self.says(session))
            )
        self.facts = FigureFacts.of(self.figure)

    def _hired(self, session: Session, name: str) -> Actor:
        who = Invitee(name, f"{name.lower()}@office.example", Role.EDITOR)
        added = organisers.add(session, self.vault, COMMAND_LINE, who, NOW, "a hash")
        return Actor(added.id, added.name)

    def says(self, session: Session) -> list[str]:
        action = session.scalars(select(Action).where(Action.slug == self.slug)).one()
        return [*(it.background for it in action.texts), *(it.summary for it in action.texts)]

    def page(self) -> str:
        with self.storage.reading() as session:
            return str(described(session, self.slug, "en"))

    def corrects(self, who: Actor, value: int, *, urgent: bool = False) -> bool:
        """Whether it is corrected at once."""
        with self.storage.writing() as session:
            made_ = figure_proposals.correct(
                session, self.vault, who, self.figure.case_id, self.figure.id, replace(self.facts, value=value),
                self.facts.edit_token(), WHY, NOW, urgent=urgent,
            )  # fmt: skip
            return made_ is not None

    def value(self) -> int:
        with self.storage.reading() as session:
            return int(session.get_one(Figure, self.figure.id).value)

    def newest(self) -> Proposal:
        with self.storage.reading() as session:
            return session.scalars(select(Proposal).order_by(Proposal.id.desc())).first() or pytest.fail("none")

    def publishes(self, who: Actor, proposal_id: int) -> None:
        with self.storage.writing() as session:
            changes.publish(session, self.vault, who, self.slug, proposal_id, NOW)


@pytest.fixture
def office(storage: Storage) -> Office:
    return Office(storage)


def test_a_correction_of_a_quoted_figure_waits_for_someone_else_and_shows_what_it_changes(office: Office) -> None:
    before = office.page()
    assert not office.corrects(office.ada, 1_234_567)
    assert office.value() == office.facts.value
    assert office.page() == before
    with office.storage.reading() as session:
        action = session.scalars(select(Action).where(Action.slug == office.slug)).one()
        (shown,) = waiting_changes.waiting(session, action.id)
        asked = session.scalars(select(Message.organiser_id).where(Message.kind == MessageKind.REVIEW)).all()
    ((name, pieces),) = shown.differences
    assert name == "number"
    assert "1,234,567" in "".join(it.text for it in pieces)
    assert asked == [office.bo.id]

    with pytest.raises(Forbidden, match="someone else"):
        office.publishes(office.ada, shown.id)
    office.publishes(office.bo, shown.id)
    assert office.value() == 1_234_567
    assert "1,234,567" in office.page()


def test_what_could_not_be_done_is_refused_to_who_proposes_it(office: Office) -> None:
    with pytest.raises(Refused, match="not changed anything"):
        office.corrects(office.ada, office.facts.value)
    with office.storage.reading() as session:
        assert session.scalars(select(Proposal.id)).all() == []


def test_a_figure_that_changed_meanwhile_is_not_published_over(office: Office) -> None:
    office.corrects(office.ada, 1_234_567)
    waiting = office.newest()
    assert office.corrects(office.bo, 7_654_321, urgent=True)
    with pytest.raises(Conflict):
        office.publishes(office.bo, waiting.id)
    assert office.value() == 7_654_321


def test_an_urgent_correction_is_published_at_once_and_the_others_are_told(office: Office) -> None:
    assert office.corrects(office.ada, 1_234_567, urgent=True)
    assert office.value() == 1_234_567
    found = office.newest()
    assert (found.status, found.urgent, found.reason) == (ProposalStatus.PUBLISHED, True, WHY)
    with office.storage.reading() as session:
        told = session.scalars(select(Message.organiser_id).where(Message.kind == MessageKind.REVIEW)).all()
        trail = session.scalars(select(AuditEvent.what).order_by(AuditEvent.id)).all()
    assert told == [office.bo.id]
    assert trail[-1] == "urgent correction published"


def test_another_figure_is_chosen_for_a_public_action_by_two(office: Office) -> None:
    with office.storage.writing() as session:
        case_id, key = office.figure.case_id, office.figure.key
        others = select(Figure.id).where(Figure.case_id == case_id, Figure.key == key, ~Figure.quoted)
        other = session.scalars(others).first()
        if other is None:
            row = Figure(case_id=case_id, quoted=False, **replace(office.facts, value=1_000_001).columns())
            session.add(row)
            session.flush()
            other = row.id
        made_ = figure_proposals.choose(
            session, office.vault, office.ada, case_id, other, office.figure.id, "It is newer.", NOW
        )
    assert made_ is None
    office.publishes(office.bo, office.newest().id)
    with office.storage.reading() as session:
        assert session.get_one(Figure, other).quoted
        assert not session.get_one(Figure, office.figure.id).quoted


def test_a_figure_that_was_removed_meanwhile_is_told_and_is_no_fault_of_ours(office: Office) -> None:
    case_id = office.figure.case_id
    with office.storage.writing() as session:
        row = Figure(case_id=case_id, quoted=False, **replace(office.facts, value=1_000_001).columns())
        session.add(row)
        session.flush()
        number = row.id
        figure_proposals.choose(
            session, office.vault, office.ada, case_id, number, office.figure.id, "It is newer.", NOW
        )
        remove_figure(session, office.vault, office.ada, case_id, number, "Entered twice.", NOW)
    with pytest.raises(Unknown, match="no longer part of the case"):
        office.publishes(office.bo, office.newest().id)
