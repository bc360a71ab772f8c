"""Which e-mails somebody gets: every event by default; what keeps people safe is no choice."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, update

from campaign.appeals.relay import bounces
from campaign.cases import planned_updates, updates
from campaign.cases.lifecycle import transitions
from campaign.cases.updates import News
from campaign.mail import outbox
from campaign.office import digest, mail_choices, notes, organisers, staff_mails
from campaign.office.audit import COMMAND_LINE, Actor
from campaign.office.organisers import Invitee
from campaign.office.password_links import Welcomes
from campaign.storage import Storage
from campaign.storage.tables import Action, AuditEvent, Message, Organisation, Organiser
from campaign.vocabulary import MessageKind, OfficeEvent, Role
from tests import made
from tests.conftest import SECRET_KEY

SLUG, NOON = "renew-the-cards", made.NOON
MONDAY = datetime(2025, 8, 4, 7, 30, tzinfo=UTC)
ADA, EVE, VIC = Actor(1, "Ada"), Actor(2, "Eve"), Actor(3, "Vic")


@pytest.fixture
def staffed(storage: Storage) -> Storage:
    """Ada, an admin, Eve, an editor, Vic, a viewer; one open action."""
    with storage.writing() as session:
        for name, role in (("Ada", Role.ADMIN), ("Eve", Role.EDITOR), ("Vic", Role.VIEWER)):
            who = Invitee(name, f"{name.lower()}@office.example", role)
            organisers.add(session, storage.vault, COMMAND_LINE, who, NOON).password = "chosen"
        made.action(session, SLUG, date(2025, 10, 1)).case.events = []
        session.execute(update(Organisation).values(review_required=False))
    return storage


def choose(storage: Storage, who: Actor, *wanted: str) -> None:
    with storage.writing() as session:
        mail_choices.choose(session, storage.vault, who, wanted, NOON)


def unwanted(storage: Storage, who: Actor) -> list[str]:
    with storage.reading() as session:
        return session.get_one(Organiser, who.id).unwanted


def written(storage: Storage, kind: MessageKind, now: datetime) -> dict[str, str]:
    """{to whom: what an e-mail of a kind says} of those that are still wanted when they leave."""
    found = {}
    with storage.writing() as session:
        for leased in outbox.claim(session, now + timedelta(seconds=1), 20):
            if leased.kind is kind:
                mail = staff_mails.compose(session, Welcomes(SECRET_KEY), "https://campaign.test", leased, now)
                if mail is not None:
                    plain = mail.get_body(("plain",))
                    assert plain is not None
                    found[str(mail["To"])] = f"{mail['Subject']}\n{plain.get_content()}"
    return found


def held_back(storage: Storage) -> None:
    """Eve planned an update of an action of Ada's, and on Monday something stands in its way."""
    with storage.writing() as session:
        draft = updates.begin(session, storage.vault, EVE, SLUG, NOON)
        updates.write(session, storage.vault, EVE, draft.id, {"en": News("Renewed", "All of them.")}, {}, NOON)
        planned_updates.plan(session, storage.vault, EVE, draft.id, MONDAY, NOON)
        session.scalars(select(Action)).one().owner_id = ADA.id
        transitions.stop(session, storage.vault, ADA, SLUG, {"en": "The family asks for silence."}, NOON)
        number = draft.id
    with storage.writing() as session:
        assert not planned_updates.send_due(session, storage.vault, number, MONDAY)


def test_each_event_is_wanted_until_somebody_chooses_otherwise(staffed: Storage) -> None:
    assert unwanted(staffed, EVE) == []
    choose(staffed, EVE, "mention")
    assert unwanted(staffed, EVE) == ["held"]
    choose(staffed, EVE, "mention", "held")
    assert unwanted(staffed, EVE) == []
    with staffed.reading() as session:
        events = session.scalars(select(AuditEvent.what).where(AuditEvent.what == "e-mails chosen")).all()
    assert len(events) == 2


def test_only_admins_are_asked_about_letters_that_wait(staffed: Storage) -> None:
    with staffed.reading():
        asked = {role: [event for event, _ in mail_choices.choices(role)] for role in (Role.ADMIN, Role.EDITOR)}
    assert asked[Role.ADMIN] == [OfficeEvent.HELD, OfficeEvent.MENTION, OfficeEvent.LETTERS]
    assert asked[Role.EDITOR] == [OfficeEvent.HELD, OfficeEvent.MENTION]


@pytest.mark.parametrize("event", ["review", "sign_in", "entered", "account_changed", "nonsense"])
def test_what_keeps_people_safe_cannot_be_turned_off(staffed: Storage, event: str) -> None:
    choose(staffed, ADA, "held", "mention", "letters")
    assert unwanted(staffed, ADA) == []
    with staffed.writing() as session:  # not even by a row
        session.execute(update(Organiser).values(unwanted=[event]))
    with staffed.reading() as session:
        assert not mail_choices.unwanted(session.get_one(Organiser, ADA.id), OfficeEvent.REVIEW)
    assert len(mail_choices.always(Role.ADMIN)) == 3


def test_who_planned_an_update_and_who_owns_its_action_hear_that_it_was_not_sent(staffed: Storage) -> None:
    held_back(staffed)
    found = written(staffed, MessageKind.REVIEW, MONDAY)
    assert found.keys() == {"ada@office.example", "eve@office.example"}
    said = found["eve@office.example"]
    assert said.startswith("A planned update was not sent\n")
    assert "- UA 56/25 Renew the cards" in said
    assert f"https://campaign.test/organise/actions/{SLUG}/updates/" in said


def test_who_wants_no_such_e_mail_gets_none(staffed: Storage) -> None:
    choose(staffed, EVE, "mention")
    held_back(staffed)
    assert written(staffed, MessageKind.REVIEW, MONDAY).keys() == {"ada@office.example"}


def test_who_may_not_see_the_case_any_more_hears_nothing(staffed: Storage) -> None:
    with staffed.writing() as session:
        action = session.scalars(select(Action)).one()
        action.case.sensitive_since = NOON
    held_back(staffed)
    with staffed.reading() as session:
        assert session.scalars(select(Message).where(Message.kind == MessageKind.REVIEW)).all() == []


def test_letters_that_wait_are_told_to_admins_who_want_it(staffed: Storage) -> None:
    with staffed.writing() as session:
        assert bounces.hold(session, staffed.vault, NOON)
    choose(staffed, ADA, "held", "mention")
    assert written(staffed, MessageKind.LETTERS_HELD, NOON) == {}
    choose(staffed, ADA, "held", "mention", "letters")
    with staffed.writing() as session:
        session.execute(update(Message).values(status="pending", lease=None, leased_until=None))
    assert written(staffed, MessageKind.LETTERS_HELD, NOON).keys() == {"ada@office.example"}


def test_who_wants_no_mentions_has_none_in_the_daily_e_mail(staffed: Storage) -> None:
    with staffed.writing() as session:
        notes.add(session, staffed.vault, EVE, SLUG, "Please ask @Vic about the clinic.", (), NOON - timedelta(hours=8))
    with staffed.reading() as session:
        assert [it.who for it in digest.digest(session, NOON, 3).mentions] == ["Eve"]
    choose(staffed, VIC, "held")
    with staffed.reading() as session:
        assert digest.digest(session, NOON, 3).mentions == ()
