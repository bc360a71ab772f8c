"""Statements worked out once: they say and give what SQLAlchemy itself would, on both databases."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import bindparam, select
from sqlalchemy.exc import IntegrityError

from campaign.storage import Storage, compiled_statements
from campaign.storage.tables import Action, Case, Message, Signature, Throttle
from campaign.storage.upsert import count_up, insert_or_leave
from campaign.vocabulary import ActionStatus, Disclosure, MessageKind, MessageStatus, SignatureStatus
from tests import made

pytestmark = pytest.mark.databases

READ = (
    select(Action.status, Action.deadline, Action.opened_at, Action.languages, Case.country)
    .join(Case, Action.case_id == Case.id)
    .where(Action.slug == bindparam("slug"), Action.status != ActionStatus.DRAFT)
    .limit(1)
)


def test_values_come_out_as_their_columns_say(storage: Storage) -> None:
    with storage.writing() as session:
        made.action(session, deadline=date(2025, 9, 15), opened_at=made.NOON)
    for session_of in (storage.writing, storage.reading):
        with session_of() as session:
            row = compiled_statements.one(session, READ, slug="renew-the-cards")
            assert row == (ActionStatus.OPEN, date(2025, 9, 15), made.NOON, ["en", "ur"], "PK")
            assert row == tuple(session.execute(READ, {"slug": "renew-the-cards"}).one())
            assert compiled_statements.one(session, READ, slug="nothing") is None


def test_values_go_in_as_their_columns_say_and_what_is_left_out_has_its_default(storage: Storage) -> None:
    with storage.writing() as session:
        action = made.action(session)
        values = {
            "action_id": action.id,
            "reference": b"0123456789abcdef",
            "status": SignatureStatus.PENDING,
            "email": b"sealed",
            "email_hash": b"\0" * 32,
            "seat": 1,
            "name": b"sealed\xff",
            "message": None,
            "country": "GB",
            "disclosure": Disclosure.WITHHELD,
            "updates": True,
            "locale": "en",
            "consent_text_id": 1,
            "created_at": made.NOON,
            "expires_at": made.NOON,
            "counts": False,
            "tallied": False,
        }
        first = insert_or_leave(session, Signature, **values)
        assert first is not None
        assert insert_or_leave(session, Signature, **values) is None
    with storage.reading() as session:
        stored = session.get_one(Signature, first)
        assert {name: getattr(stored, name) for name in values} == values
        assert stored.name_hidden is False
        assert stored.confirmed_at is None


def test_a_value_that_no_column_could_hold_is_refused_before_the_database_sees_it(storage: Storage) -> None:
    with storage.writing() as session, pytest.raises(ValueError, match="time zone"):
        count_up(session, Throttle, "hits", bucket=b"x" * 32, window=made.NOON.replace(tzinfo=None))


def test_a_counter_counts(storage: Storage) -> None:
    with storage.writing() as session:
        key = {"bucket": b"x" * 32, "window": made.NOON}
        assert [count_up(session, Throttle, "hits", **key) for _ in range(3)] == [1, 2, 3]


def test_what_breaks_another_rule_is_an_error_and_undoes_the_transaction(storage: Storage) -> None:
    message = {
        "kind": MessageKind.CONFIRM,
        "status": MessageStatus.PENDING,
        "created_at": made.NOON,
        "due_at": made.NOON,
        "attempts": 0,
    }
    with pytest.raises(IntegrityError), storage.writing() as session:
        count_up(session, Throttle, "hits", bucket=b"x" * 32, window=made.NOON)
        insert_or_leave(session, Message, idempotency_key="to nobody", **message)
    with storage.reading() as session:
        assert session.scalars(select(Throttle)).all() == []
