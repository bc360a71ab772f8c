"""Through its life: extending, stopping, concluding, going on, putting away. Each leaves a trace, and loses nothing."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from campaign.cases import updates
from campaign.cases.lifecycle import opening_and_closing, transitions
from campaign.cases.writing import further_information
from campaign.errors import Conflict, Refused, Unknown
from campaign.office import audit
from campaign.office.audit import Actor
from campaign.publication.listing import past_actions
from campaign.publication.reading import published
from campaign.publication.values import Spoken
from campaign.storage import Storage
from campaign.storage.tables import Action, AuditEvent, Extension, Official, TextVersion, Update
from campaign.vocabulary import ActionKind, ActionStatus, Outcome, UpdateStatus
from tests import made

SLUG = "renew-the-cards"
LAST = date(2025, 8, 20)
LATER = date(2025, 9, 10)
WHO = Actor(None, "The editor")
WHY = {"en": "The hearing was put off.", "ur": "سماعت ملتوی ہو گئی۔"}


@pytest.fixture
def storage(storage: Storage) -> Storage:
    """One open action until 20 August."""
    with storage.writing() as session:
        made.action(session, deadline=LAST)
    return storage


def action(storage: Storage, slug: str = SLUG) -> Action:
    with storage.reading() as session:
        return session.scalars(select(Action).where(Action.slug == slug)).one()


def events(storage: Storage) -> list[str]:
    with storage.reading() as session:
        assert audit.faults(session, storage.vault) == []
        return list(session.scalars(select(AuditEvent.what).order_by(AuditEvent.id)))


def extend(storage: Storage, until: date = LATER, why: dict[str, str] = WHY, now: datetime = made.NOON) -> None:
    with storage.writing() as session:
        transitions.extend(session, storage.vault, WHO, SLUG, until, why, now)


def closed(storage: Storage) -> datetime:
    """It closes by itself; returns when."""
    over = datetime(2025, 8, 21, tzinfo=ZoneInfo("Asia/Karachi"))
    with storage.writing() as session:
        assert opening_and_closing.close_due(session, storage.vault, over) == 1
    return over


def test_a_later_deadline_stands_everywhere_and_says_why(storage: Storage) -> None:
    extend(storage)
    with storage.reading() as session:
        urdu = published(session, SLUG, "ur")
        fallen_back = published(session, SLUG, "fr")
    assert urdu.deadline == LATER
    assert urdu.extended is not None
    assert (urdu.extended.was, urdu.extended.becomes, urdu.extended.reason) == (LAST, LATER, Spoken(WHY["ur"], "ur"))
    assert fallen_back.extended is not None
    assert fallen_back.extended.reason == Spoken(WHY["en"], "en")
    strip = urdu.strip(made.NOON)
    assert strip is not None
    assert strip.deadline == LATER
    with storage.reading() as session:
        told = session.scalars(select(AuditEvent)).one()
    assert (told.what, told.who, told.reason) == ("action extended", "The editor", WHY["en"])
    assert json.loads(told.before or "") == {"deadline": "2025-08-20"}
    assert json.loads(told.after or "") == {"deadline": "2025-09-10"}


def test_a_closed_action_opens_again_with_a_later_deadline(storage: Storage) -> None:
    over = closed(storage)
    extend(storage, now=over)
    again = action(storage)
    assert (again.status, again.deadline, again.ended_at, again.opened_at) == (ActionStatus.OPEN, LATER, None, over)
    assert events(storage) == ["action closed", "action extended"]


@pytest.mark.parametrize(
    ("until", "why", "said"),
    [
        (LAST, WHY, "later than the current"),
        (LAST - timedelta(days=1), WHY, "later than the current"),
        (LATER, {}, "Give a reason"),
        (LATER, {"en": "  ", "ur": WHY["ur"]}, "at least in English"),
        (LATER, {"en": "w" * 4_001}, "too long"),
    ],
)
def test_an_extension_that_cannot_be_is_refused_and_leaves_nothing(
    storage: Storage, until: date, why: dict[str, str], said: str
) -> None:
    with pytest.raises(Refused, match=said):
        extend(storage, until, why)
    assert action(storage).deadline == LAST
    with storage.reading() as session:
        assert session.scalars(select(Extension)).all() == []
    assert events(storage) == []


def test_a_new_deadline_that_has_passed_is_refused(storage: Storage) -> None:
    closed(storage)
    with pytest.raises(Refused, match="already in the past"):
        extend(storage, date(2025, 9, 1), now=datetime(2025, 9, 2, tzinfo=ZoneInfo("Asia/Karachi")))


@pytest.mark.parametrize("status", [ActionStatus.DRAFT, ActionStatus.STOPPED, ActionStatus.ARCHIVED])
def test_only_what_is_or_was_open_can_be_extended(storage: Storage, status: ActionStatus) -> None:
    with storage.writing() as session:
        session.execute(update(Action).values(status=status, stop_reason=None))
    with pytest.raises(Conflict):
        extend(storage)


@pytest.mark.databases
def test_a_stop_ends_the_updates_that_are_on_their_way(storage: Storage) -> None:
    with storage.writing() as session:
        who = made_organiser(session, storage)
        draft = updates.begin(session, storage.vault, who, SLUG, made.NOON)
        updates.write(
            session, storage.vault, who, draft.id, {"en": updates.News("News", "All is well.")}, {}, made.NOON
        )
        updates.queue(session, storage.vault, who, draft.id, made.NOON)
    with storage.writing() as session:
        transitions.stop(session, storage.vault, WHO, SLUG, {}, made.NOON)
    with storage.reading() as session:
        assert session.scalars(select(Update.status)).one() is UpdateStatus.CANCELLED
    assert events(storage)[-1] == "action stopped"
    with pytest.raises(Conflict), storage.writing() as session:
        transitions.stop(session, storage.vault, WHO, SLUG, {}, made.NOON)


def made_organiser(session: object, storage: Storage) -> Actor:
    from campaign.office import organisers
    from campaign.office.audit import COMMAND_LINE
    from campaign.office.organisers import Invitee
    from campaign.vocabulary import Role

    who = Invitee("Ada", "ada@office.example", Role.EDITOR)
    return organisers.actor(organisers.add(session, storage.vault, COMMAND_LINE, who, made.NOON))  # type: ignore[arg-type]


def test_a_stop_is_a_stop_also_in_the_archive(storage: Storage) -> None:
    with storage.writing() as session:
        transitions.stop(session, storage.vault, WHO, SLUG, {}, made.NOON)
        transitions.archive(session, storage.vault, WHO, SLUG, made.NOON)
    archived = action(storage)
    assert archived.status is ActionStatus.ARCHIVED
    assert archived.stop_reason
    with storage.reading() as session:
        assert past_actions(session, "en") == ()


def test_an_open_action_closes_with_its_outcome(storage: Storage) -> None:
    told = {"en": "The cards were renewed.", "ur": "کارڈز کی تجدید ہو گئی۔", "xx": "not one of its languages"}
    with storage.writing() as session:
        transitions.conclude(session, storage.vault, WHO, SLUG, Outcome.POSITIVE, told, made.NOON)
    ended = action(storage)
    assert (ended.status, ended.outcome_kind, ended.outcome_on) == (
        ActionStatus.CLOSED,
        Outcome.POSITIVE,
        date(2025, 8, 1),
    )
    assert ended.outcome == {"en": told["en"], "ur": told["ur"]}
    with storage.reading() as session:
        assert published(session, SLUG, "ur").outcome == Spoken(told["ur"], "ur")
    with storage.writing() as session:
        transitions.conclude(session, storage.vault, WHO, SLUG, Outcome.MIXED, {"en": "Half of them."}, made.NOON)
    assert action(storage).outcome == {"en": "Half of them."}
    assert events(storage) == ["outcome added", "outcome added"]


def test_an_outcome_without_words_or_of_a_draft_is_refused(storage: Storage) -> None:
    with pytest.raises(Refused), storage.writing() as session:
        transitions.conclude(session, storage.vault, WHO, SLUG, Outcome.POSITIVE, {}, made.NOON)
    with storage.writing() as session:
        session.execute(update(Action).values(status=ActionStatus.DRAFT))
    with pytest.raises(Conflict), storage.writing() as session:
        transitions.conclude(session, storage.vault, WHO, SLUG, Outcome.POSITIVE, WHY, made.NOON)


def test_only_what_is_over_is_archived(storage: Storage) -> None:
    with pytest.raises(Conflict), storage.writing() as session:
        transitions.archive(session, storage.vault, WHO, SLUG, made.NOON)
    closed(storage)
    with storage.writing() as session:
        transitions.archive(session, storage.vault, WHO, SLUG, made.NOON)
    assert action(storage).status is ActionStatus.ARCHIVED


def test_further_information_takes_over_what_the_old_action_said(storage: Storage) -> None:
    with storage.writing() as session:
        kept = made.official(name="The Minister, once")
        session.add(kept)
        session.flush()
        session.execute(update(Official).where(Official.id != kept.id).values(merged_into_id=kept.id))
    with storage.writing() as session:
        new = further_information.follow(session, storage.vault, WHO, SLUG, made.NOON)
        assert (new.kind, new.status, new.deadline, new.issued_on) == (
            ActionKind.FURTHER_INFORMATION,
            ActionStatus.DRAFT,
            None,
            None,
        )
        old = session.scalars(select(Action).where(Action.slug == SLUG)).one()
        assert (new.previous_id, new.case_id, new.number) == (old.id, old.case_id, old.number)
        assert [(it.locale, it.title, it.demands) for it in new.texts] == [
            (it.locale, it.title, it.demands) for it in old.texts
        ]
        assert [(it.locale, it.version, it.body) for it in new.letters] == [
            (it.locale, 1, it.body) for it in old.letters
        ]
        assert [it.official_id for it in new.recipients] == [kept.id]
        assert len(session.scalars(select(TextVersion).where(TextVersion.action_id == new.id)).all()) == 2
    assert events(storage) == ["further information drafted"]
    with pytest.raises(Conflict), storage.writing() as session:
        further_information.follow(session, storage.vault, WHO, SLUG, made.NOON)


@pytest.mark.databases
def test_once_the_next_action_is_open_the_old_page_leads_there_and_its_signing_ends(storage: Storage) -> None:
    with storage.writing() as session:
        new = further_information.follow(session, storage.vault, WHO, SLUG, made.NOON).slug
    with storage.reading() as session:
        assert published(session, SLUG, "en").goes_on is None
    with storage.writing() as session:
        assert opening_and_closing.close_due(session, storage.vault, made.NOON) == 0
        opening_and_closing.publish(session, storage.vault, WHO, new, LATER, made.NOON)
    # In the same transaction: for no minute are there two appeals of one case.
    assert action(storage).status is ActionStatus.CLOSED
    assert events(storage)[-2:] == ["action opened", "action closed"]
    with storage.reading() as session:
        shown = published(session, SLUG, "en")
        last = published(session, new, "en")
    assert shown.goes_on is not None
    assert shown.goes_on.slug == new
    assert not shown.takes_signatures(made.NOON)
    assert last.goes_on is None
    assert last.position == 2
    with pytest.raises(Conflict, match="has a newer action"):
        extend(storage)


def test_nobody_is_led_to_an_action_that_was_stopped(storage: Storage) -> None:
    with storage.writing() as session:
        new = further_information.follow(session, storage.vault, WHO, SLUG, made.NOON).slug
        opening_and_closing.publish(session, storage.vault, WHO, new, LATER, made.NOON)
        transitions.stop(session, storage.vault, WHO, new, {}, made.NOON)
    with storage.reading() as session:
        assert published(session, SLUG, "en").goes_on is None


def test_what_was_stopped_or_never_open_has_no_further_information(storage: Storage) -> None:
    with storage.writing() as session:
        transitions.stop(session, storage.vault, WHO, SLUG, {}, made.NOON)
    with pytest.raises(Refused), storage.writing() as session:
        further_information.follow(session, storage.vault, WHO, SLUG, made.NOON)
    with pytest.raises(Unknown), storage.writing() as session:
        further_information.follow(session, storage.vault, WHO, "nowhere", made.NOON)
