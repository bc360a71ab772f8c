"""A case and its evidence, as organisers enter it: checked, recorded, and safe when two write at once."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from campaign.cases.evidence import case_parts
from campaign.cases.evidence.facts import CaseFacts, EventFacts, FigureFacts, SourceFacts, SubjectFacts
from campaign.errors import Conflict, Refused, Unknown
from campaign.office.audit import Actor
from campaign.storage import Storage
from campaign.storage.tables import AuditEvent, Case, Event, Source, Subject
from campaign.vocabulary import EventKind, Naming
from tests import made

WRITER = Actor(None, "Sample Writer")
WHERE = CaseFacts("PK", "Asia/Karachi", {"en": "Islamabad"}, ("AF",))
TEACHER = SubjectFacts({"en": "Sample Teacher"}, {"en": "she"}, Naming.INITIALS)
REPORT = SourceFacts({"en": "Example Press"}, {"en": "A report"}, None, "June 2025", "https://example.org/a", None)


@pytest.fixture
def case_id(storage: Storage) -> int:
    with storage.writing() as session:
        return case_parts.create(session, storage.vault, WRITER, "Cards in Pakistan", WHERE, made.NOON).id


def events(storage: Storage) -> list[AuditEvent]:
    with storage.reading() as session:
        return list(session.scalars(select(AuditEvent).order_by(AuditEvent.id)))


def test_a_case_is_made_with_a_name_for_its_pages_and_recorded(storage: Storage, case_id: int) -> None:
    with storage.reading() as session:
        case = session.scalars(select(Case)).one()
    assert (case.slug, case.country, case.at_risk_countries) == ("cards-in-pakistan", "PK", ["AF"])
    assert [(it.what, it.case_id) for it in events(storage)] == [("case added", case_id)]


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        (replace(WHERE, country="XX"), "country"),
        (replace(WHERE, time_zone="Mars/Base"), "time_zone"),
        (replace(WHERE, at_risk_countries=("AF", "Atlantis")), "at_risk_countries"),
        (replace(TEACHER, name={"ur": "استاد"}), "name"),
        (replace(TEACHER, name={"en": "1234"}), "name"),
        (replace(REPORT, publisher={}), "publisher"),
        (replace(REPORT, published_about=None), "published_on"),
        (replace(REPORT, published_about="last summer"), "published_about"),
        (replace(REPORT, published_on=date(2025, 6, 1)), "published_about"),
        (replace(REPORT, url="javascript:alert(1)"), "url"),
        (EventFacts(None, EventKind.THREAT, {"en": "cards expire"}, None), "on"),
        (EventFacts(date(2025, 6, 30), EventKind.THREAT, {}, None), "caption"),
        (FigureFacts("Not a key", 1, {}, {"en": "people"}, None, 1), "key"),
        (FigureFacts("people", -1, {}, {"en": "people"}, None, 1), "value"),
        (FigureFacts("people", 1, {}, {}, None, 1), "label"),
        (FigureFacts("people", 1, {}, {"en": "people"}, None, None), "source_id"),
        (FigureFacts("people", 1, {"en": "x" * 301}, {"en": "people"}, None, 1), "qualifier"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(facts: CaseFacts | SubjectFacts, field: str) -> None:
    assert list(facts.faults()) == [field]


def test_what_is_wrong_is_not_saved(storage: Storage, case_id: int) -> None:
    with pytest.raises(Refused, match="Enter at least the year"), storage.writing() as session:
        wrong = replace(REPORT, published_about="last summer")
        case_parts.add(session, storage.vault, WRITER, case_id, wrong, made.NOON)
    assert len(events(storage)) == 1


def test_the_audit_trail_names_a_subject_no_further_than_the_public_may(storage: Storage, case_id: int) -> None:
    with storage.writing() as session:
        case_parts.add(session, storage.vault, WRITER, case_id, TEACHER, made.NOON)
    assert json.loads(events(storage)[-1].after or "")["name"] == {"en": "S. T."}


@pytest.mark.databases
def test_two_who_change_the_same_thing_at_once_find_out(storage: Storage, case_id: int) -> None:
    with storage.writing() as session:
        source = case_parts.add(session, storage.vault, WRITER, case_id, REPORT, made.NOON)
    first, second = replace(REPORT, note="From one."), replace(REPORT, note="From the other.")
    with storage.writing() as session:
        case_parts.change(session, storage.vault, WRITER, case_id, source.id, first, REPORT.edit_token(), made.NOON)
    with pytest.raises(Conflict), storage.writing() as session:
        case_parts.change(session, storage.vault, WRITER, case_id, source.id, second, REPORT.edit_token(), made.NOON)
    with storage.reading() as session:
        assert session.scalars(select(Source.note)).one() == "From one."


@pytest.mark.databases
def test_facts_read_back_are_those_that_were_written(storage: Storage, case_id: int) -> None:
    with storage.writing() as session:
        part = case_parts.add(session, storage.vault, WRITER, case_id, REPORT, made.NOON)
    with storage.reading() as session:
        assert SourceFacts.of(session.get(Source, part.id)).edit_token() == REPORT.edit_token()
        assert CaseFacts.of(session.get(Case, case_id)).edit_token() == WHERE.edit_token()


def test_an_event_names_a_source_of_its_own_case(storage: Storage, case_id: int) -> None:
    with storage.writing() as session:
        stranger = made.action(session).case.sources[0].id
    event = EventFacts(date(2025, 6, 30), EventKind.THREAT, {"en": "cards expire"}, stranger)
    with pytest.raises(Refused, match="does not belong to the case"), storage.writing() as session:
        case_parts.add(session, storage.vault, WRITER, case_id, event, made.NOON)


def test_a_part_of_another_case_is_not_found(storage: Storage, case_id: int) -> None:
    with storage.writing() as session:
        subject = made.action(session).case.subjects[0]
        edit_token = SubjectFacts.of(subject).edit_token()
    with pytest.raises(Unknown), storage.writing() as session:
        case_parts.change(session, storage.vault, WRITER, case_id, subject.id, TEACHER, edit_token, made.NOON)


def test_a_source_on_which_a_figure_rests_stays(storage: Storage) -> None:
    with storage.writing() as session:
        case = made.action(session).case
        source = case.sources[0]
    with pytest.raises(Refused, match="Figures use this source"), storage.writing() as session:
        case_parts.remove(session, storage.vault, WRITER, case.id, SourceFacts, source.id, "A doubt.", made.NOON)


def test_what_is_taken_out_is_recorded_with_its_reason(storage: Storage) -> None:
    with storage.writing() as session:
        case = made.action(session).case
        event = case.events[0]
    with pytest.raises(Refused, match="Give a reason"), storage.writing() as session:
        case_parts.remove(session, storage.vault, WRITER, case.id, EventFacts, event.id, " ", made.NOON)
    with storage.writing() as session:
        case_parts.remove(session, storage.vault, WRITER, case.id, EventFacts, event.id, "Entered twice.", made.NOON)
    with storage.reading() as session:
        assert event.id not in session.scalars(select(Event.id)).all()
    assert (events(storage)[-1].what, events(storage)[-1].reason) == ("event removed", "Entered twice.")


@pytest.mark.databases
def test_subjects_are_numbered_again_when_one_is_taken_out(storage: Storage, case_id: int) -> None:
    with storage.writing() as session:
        ids = [case_parts.add(session, storage.vault, WRITER, case_id, TEACHER, made.NOON).id for _ in range(3)]
        case_parts.remove(session, storage.vault, WRITER, case_id, SubjectFacts, ids[0], "Asked not to be.", made.NOON)
        case_parts.add(session, storage.vault, WRITER, case_id, TEACHER, made.NOON)
        assert session.scalars(select(Subject.position).order_by(Subject.position)).all() == [1, 2, 3]


def test_sources_of_one_publisher_get_keys_of_their_own(storage: Storage, case_id: int) -> None:
    with storage.writing() as session:
        for _ in range(2):
            case_parts.add(session, storage.vault, WRITER, case_id, REPORT, made.NOON)
        assert session.scalars(select(Source.key).order_by(Source.id)).all() == ["example_press", "example_press_2"]
