"""Reviewers hear of what waits for them: once a day about each action, and only while it does."""

from __future__ import annotations

from datetime import timedelta
from email.message import EmailMessage

import pytest
from sqlalchemy import select, update

from campaign.cases.review import approval
from campaign.cases.review.approval import Judged
from campaign.errors import Conflict, Refused
from campaign.mail import outbox
from campaign.office import organisers, staff_mails
from campaign.office.audit import COMMAND_LINE, Actor
from campaign.office.organisers import Invitee
from campaign.office.password_links import Welcomes
from campaign.storage import Storage
from campaign.storage.tables import Action, AuditEvent, Message, Organiser
from campaign.vocabulary import ActionStatus, MessageKind, Role
from tests import made
from tests.conftest import SECRET_KEY

SLUG = "renew-the-cards"


class Office:
    """A writer, a reviewer, a viewer, and a draft."""

    def __init__(self, storage: Storage) -> None:
        self.storage, self.vault = storage, storage.vault
        self.people: dict[str, Actor] = {}
        with storage.writing() as session:
            for name, role in (("Ada", Role.EDITOR), ("Bo", Role.REVIEWER), ("Cy", Role.VIEWER)):
                who = Invitee(name, f"{name.lower()}@office.example", role)
                added = organisers.add(session, storage.vault, COMMAND_LINE, who, made.NOON, "a hash")
                self.people[name] = organisers.actor(added)
            made.action(session, status=ActionStatus.DRAFT, opened_at=None, issued_on=None)

    def submits(self, who: str = "Ada") -> None:
        with self.storage.writing() as session:
            approval.submit(session, self.vault, self.people[who], SLUG, Judged(0, ()), made.NOON)

    def reminds(self, **later: int) -> int:
        with self.storage.writing() as session:
            return approval.remind(session, self.vault, self.people["Ada"], SLUG, made.NOON + timedelta(**later))

    def owed(self) -> list[str]:
        with self.storage.reading() as session:
            found = select(Organiser.name).join(Message, Message.organiser_id == Organiser.id)
            return list(session.scalars(found.where(Message.kind == MessageKind.REVIEW).order_by(Message.id)))

    def mail(self) -> EmailMessage | None:
        with self.storage.writing() as session:
            (leased, *_) = outbox.claim(session, made.NOON + timedelta(seconds=1), 1)
            links = Welcomes(SECRET_KEY)
            return staff_mails.compose(session, links, "https://campaign.test", leased, made.NOON)


@pytest.fixture
def office(storage: Storage) -> Office:
    return Office(storage)


@pytest.mark.databases
def test_putting_an_action_forward_tells_who_may_approve_it_and_nobody_else(office: Office) -> None:
    office.submits()
    assert office.owed() == ["Bo"]
    mail = office.mail()
    assert mail is not None
    assert mail["Subject"] == "Renew the cards: please review"
    text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "submitted by Ada" in text
    assert "https://campaign.test/organise/actions/renew-the-cards/review/" in text


def test_who_put_it_forward_is_not_told_even_if_they_may_review(office: Office) -> None:
    office.submits("Bo")
    assert office.owed() == ["Ada"]


def test_a_reminder_is_one_mail_a_day_and_on_record(office: Office) -> None:
    office.submits()
    with pytest.raises(Refused, match="today"):
        office.reminds(hours=3)
    assert office.reminds(days=1) == 1
    assert office.owed() == ["Bo", "Bo"]
    with office.storage.reading() as session:
        (event,) = session.scalars(select(AuditEvent).where(AuditEvent.what == "reviewers reminded")).all()
    assert (event.who, event.after) == ("Ada", '{"mails": 1}')


def test_nobody_is_reminded_of_what_does_not_wait(office: Office) -> None:
    with pytest.raises(Conflict):
        office.reminds()


@pytest.mark.parametrize("meanwhile", ["approved", "sent back", "no reviewer any more"])
def test_a_mail_about_what_waits_no_more_is_not_sent(office: Office, meanwhile: str) -> None:
    office.submits()
    with office.storage.writing() as session:
        action = session.scalars(select(Action)).one()
        if meanwhile == "approved":
            action.approved_by_id, action.approved_at = office.people["Bo"].id, made.NOON
        elif meanwhile == "sent back":
            action.status = ActionStatus.DRAFT
        else:
            session.get_one(Organiser, office.people["Bo"].id).role = Role.VIEWER
    assert office.mail() is None


def test_who_has_not_taken_up_their_invitation_hears_nothing_of_what_is_not_public(office: Office) -> None:
    with office.storage.writing() as session:
        session.execute(update(Organiser).where(Organiser.name == "Bo").values(password=None))
    office.submits()
    assert office.owed() == []
