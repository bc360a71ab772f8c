"""The audit trail: whatever is changed in it afterwards shows."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import delete, select, text, update

from campaign.office import audit
from campaign.office.audit import COMMAND_LINE, About
from campaign.storage import Storage
from campaign.storage.tables import AuditEvent, AuditHead
from tests import made

pytestmark = pytest.mark.databases


@pytest.fixture
def trail(storage: Storage) -> Storage:
    with storage.writing() as session:
        for n in range(5):
            audit.record(
                session,
                storage.vault,
                COMMAND_LINE,
                "figure corrected",
                About("figure", n),
                made.NOON + timedelta(minutes=n),
                before={"value": n},
                after={"value": n + 1},
                reason="the report was mended",
            )
    return storage


def faults(storage: Storage) -> list[str]:
    with storage.reading() as session:
        return audit.faults(session, storage.vault)


def test_an_untouched_trail_is_whole(trail: Storage) -> None:
    assert faults(trail) == []


def test_an_empty_trail_is_whole(storage: Storage) -> None:
    assert faults(storage) == []


@pytest.mark.parametrize(
    ("column", "value"),
    [("who", "somebody else"), ("after", '{"value": 9}'), ("reason", "another"), ("organiser_id", None), ("what", "x")],
)
def test_a_changed_event_is_found(trail: Storage, column: str, value: object) -> None:
    with trail.writing() as session:
        unchanged = value is None
        if not unchanged:
            session.execute(update(AuditEvent).where(AuditEvent.id == 3).values(**{column: value}))
    assert (faults(trail) == []) is unchanged
    if not unchanged:
        assert "Audit event 3 has been changed." in faults(trail)


def test_one_changed_byte_is_found(trail: Storage) -> None:
    with trail.writing() as session:
        session.execute(text("UPDATE audit_events SET reason = replace(reason, 'mended', 'mendes') WHERE id = 2"))
    assert "Audit event 2 has been changed." in faults(trail)


def test_a_dropped_event_is_found(trail: Storage) -> None:
    with trail.writing() as session:
        session.execute(delete(AuditEvent).where(AuditEvent.id == 2))
    assert "Audit events 2 to 2 are missing." in faults(trail)


def test_a_cut_off_end_is_found(trail: Storage) -> None:
    with trail.writing() as session:
        session.execute(delete(AuditEvent).where(AuditEvent.id > 3))
    assert faults(trail) == ["The end of the audit trail is missing. The last event is now 3."]


def test_an_end_that_was_cut_off_and_patched_without_the_key_is_found(trail: Storage) -> None:
    with trail.writing() as session:
        session.execute(delete(AuditEvent).where(AuditEvent.id == 5))
        session.execute(update(AuditHead).values(last_id=4, digest=b"0" * 32))
    assert faults(trail) != []


def test_what_differs_is_kept_and_nothing_else() -> None:
    assert audit.changed({"a": 1, "b": 2}, {"a": 1, "b": 3, "c": 4}) == ({"b": 2, "c": None}, {"b": 3, "c": 4})


def test_events_are_numbered_without_a_gap_whoever_writes(trail: Storage) -> None:
    with trail.reading() as session:
        assert session.scalars(select(AuditEvent.id).order_by(AuditEvent.id)).all() == [1, 2, 3, 4, 5]
