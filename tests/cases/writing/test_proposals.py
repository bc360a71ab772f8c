"""What is public changes when someone else has published the change; the trail tells who did what."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from campaign.cases.writing import model_letters, proposals, waiting_changes
from campaign.cases.writing.model_letters import LetterWords, Which
from campaign.cases.writing.proposals import Wanted
from campaign.cases.writing.texts import Form, Words, words_of
from campaign.errors import Conflict, Forbidden, Refused
from campaign.office import organisers
from campaign.office.audit import COMMAND_LINE, Actor
from campaign.office.organisers import Invitee
from campaign.storage import Storage
from campaign.storage.tables import Action, ActionText, AuditEvent, Message, Proposal
from campaign.vocabulary import CorrectionKind, MessageKind, ProposalStatus, Role
from tests import made
from tests.delivery import signed

SLUG = signed.SLUG


class Office:
    """Two who may review, and an open action."""

    def __init__(self, storage: Storage) -> None:
        self.storage, self.vault = storage, storage.vault
        with storage.writing() as session:
            self.ada, self.bo = (self._hired(session, name) for name in ("Ada", "Bo"))
            made.action(session)

    def _hired(self, session: object, name: str) -> Actor:
        who = Invitee(name, f"{name.lower()}@office.example", Role.EDITOR)
        added = organisers.add(session, self.vault, COMMAND_LINE, who, made.NOON, "a hash")  # type: ignore[arg-type]
        return Actor(added.id, added.name)

    def proposes(self, who: Actor, wanted: Wanted, **changes: object) -> int:
        with self.storage.writing() as session:
            action = session.scalars(select(Action)).one()
            assert proposals.must_wait(session, action, wanted)
            was = words_of(next(it for it in action.texts if it.locale == "en"))
            form = Form(action.revision, {"en": was.edit_token})
            typed = {"en": Words(**{**vars(was), **changes})}
            proposals.texts_of(session, self.vault, who, SLUG, form, typed, wanted, made.NOON)
            return session.scalars(select(Proposal.id).order_by(Proposal.id.desc())).first() or 0

    def publishes(self, who: Actor, proposal_id: int) -> None:
        with self.storage.writing() as session:
            proposals.publish(session, self.vault, who, SLUG, proposal_id, made.NOON)

    def background(self) -> str:
        with self.storage.reading() as session:
            return session.scalars(select(ActionText.background).where(ActionText.locale == "en")).one()

    def letter(self, which: Which) -> LetterWords:
        with self.storage.reading() as session:
            action_id = session.scalars(select(Action.id)).one()
            return model_letters.words_of(model_letters.kept_versions(session, action_id, which)[0])

    def trail(self) -> list[str]:
        with self.storage.reading() as session:
            return list(session.scalars(select(AuditEvent.what).order_by(AuditEvent.id)))


@pytest.fixture
def office(storage: Storage) -> Iterator[Office]:
    yield Office(storage)


def test_an_edit_of_an_open_action_waits_for_someone_else_and_its_difference_is_shown(office: Office) -> None:
    before = office.background()
    number = office.proposes(office.ada, Wanted(reason="It was out of date."), background="A card is no proof.")
    assert office.background() == before
    with office.storage.reading() as session:
        (shown,) = waiting_changes.waiting(session, session.scalars(select(Action.id)).one())
        asked = session.scalars(select(Message.organiser_id).where(Message.kind == MessageKind.REVIEW)).all()
    assert [name for name, _ in shown.differences] == ["background"]
    assert asked == [office.bo.id]
    with pytest.raises(Forbidden, match="someone else"):
        office.publishes(office.ada, number)
    office.publishes(office.bo, number)
    assert office.background() == "A card is no proof."
    assert office.trail()[-3:] == ["change proposed", "text changed (en)", "proposal published"]


def test_a_change_without_a_reason_is_not_proposed(office: Office) -> None:
    with pytest.raises(Refused, match="Say what you change"):
        office.proposes(office.ada, Wanted(), background="Other words.")


def test_another_text_under_which_people_have_signed_cannot_even_be_proposed(office: Office) -> None:
    signed.sign_all(office.storage)
    for kind in (CorrectionKind.EDIT, CorrectionKind.TYPING):
        with pytest.raises(Refused, match="People have signed"):
            office.proposes(office.ada, Wanted(kind, "Better."), demands=("Start forced returns.",))
    slip = Wanted(CorrectionKind.TYPING, "A slip.")
    office.publishes(office.bo, office.proposes(office.ada, slip, demands=("Renew the cards.", "Stop forced return.")))


def test_what_changed_meanwhile_is_not_published_over(office: Office) -> None:
    first = office.proposes(office.ada, Wanted(reason="One."), background="One.")
    second = office.proposes(office.ada, Wanted(reason="Two."), background="Two.")
    with pytest.raises(Conflict):  # the newer one has taken its place
        office.publishes(office.bo, first)
    office.publishes(office.bo, second)
    with office.storage.reading() as session:
        states = session.scalars(select(Proposal.status).order_by(Proposal.id)).all()
    assert states == [ProposalStatus.OVERTAKEN, ProposalStatus.PUBLISHED]


def test_an_earlier_version_is_brought_back_by_two_as_well(office: Office) -> None:
    """To restore is to change: it went past the second person."""
    first = office.background()
    office.publishes(office.bo, office.proposes(office.ada, Wanted(reason="News."), background="A card is no proof."))
    with office.storage.writing() as session:
        assert proposals.restore_text(session, office.vault, office.ada, SLUG, "en", 1, made.NOON)
    assert office.background() == "A card is no proof."
    with office.storage.reading() as session:
        number = session.scalars(select(Proposal.id).order_by(Proposal.id.desc())).first() or 0
    with pytest.raises(Forbidden):
        office.publishes(office.ada, number)
    office.publishes(office.bo, number)
    assert office.background() == first


def test_a_letter_of_an_open_action_is_brought_back_by_two_as_well(office: Office) -> None:
    which = Which("en")
    body = "I ask you to renew the cards."
    with office.storage.writing() as session:
        before = model_letters.kept_versions(session, session.scalars(select(Action.id)).one(), which)
        was, oldest = model_letters.words_of(before[0]), before[-1].version
        words = LetterWords(was.salutation, body, was.close)
        proposals.letter_of(session, office.vault, office.ada, SLUG, which, words, Wanted(reason="Shorter."), made.NOON)
        number = session.scalars(select(Proposal.id)).one()
    office.publishes(office.bo, number)
    with office.storage.writing() as session:
        assert proposals.restore_letter(session, office.vault, office.ada, SLUG, which, oldest, made.NOON)
    assert office.letter(which).body == body
    with office.storage.reading() as session:
        number = session.scalars(select(Proposal.id).order_by(Proposal.id.desc())).first() or 0
    office.publishes(office.bo, number)
    assert office.letter(which).body == was.body


def test_an_urgent_correction_needs_no_second_person_and_the_others_are_told_at_once(office: Office) -> None:
    urgent = Wanted(CorrectionKind.EDIT, "Her name must go.", urgent=True)
    with office.storage.writing() as session:
        assert not proposals.must_wait(session, session.scalars(select(Action)).one(), urgent)
        proposals.published_urgently(session, office.vault, office.ada, SLUG, "text:en", urgent, made.NOON)
    with office.storage.reading() as session:
        assert session.scalars(select(Message.organiser_id)).all() == [office.bo.id]
    assert office.trail()[-1] == "urgent correction published"
