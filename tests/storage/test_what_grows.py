"""What people and jobs ask for all day is found by an index: no statement reads, or sorts, all that is stored."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, select, text
from sqlalchemy.orm import Session

from campaign.appeals import retention
from campaign.appeals.counting import tallies
from campaign.appeals.mails import reminders, update_mails
from campaign.appeals.signature_admin import equal_messages, moderation, screening, statistics, table
from campaign.appeals.signature_admin.table import Filter
from campaign.appeals.signing import equal_words, names
from campaign.appeals.supporter import reasons
from campaign.mail import outbox
from campaign.publication import listing, reading
from campaign.publication.values import PublicAction
from campaign.storage import Storage
from campaign.storage.tables import Action, Signature
from campaign.vocabulary import ActionStatus, SignatureStatus
from tests import full_width, made

# FULL_SIZE=1: the plans with 300,000 rows too, and the time each statement takes with 30,000 and with 300,000.
FULL_SIZE = bool(os.environ.get("FULL_SIZE"))
LARGE = ("signatures", "messages", "dossier_entries")
# Of these an index holds only what is young, or waits for somebody: to read all of it is what is meant.
FEW = ("uncounted", "unread", "alike", "ungrouped", "held", "network", "origin", "owed")


@dataclass(frozen=True)
class Asked:
    """Something that is asked for, of the largest action or of all.

    `sorts`: it sorts what is young, what is of one name, or what it must count. `whole`: it goes through an action once
    whose time is over.
    """

    run: Callable[[Storage, Session, int], object]
    sorts: bool = False
    whole: bool = False


def _narrowed(*, sorts: bool = False, **by: Any) -> Asked:
    return Asked(lambda storage, session, action: table.listed(session, storage.vault, action, Filter(**by)), sorts)


def _second_page(storage: Storage, session: Session, action: int) -> object:
    first = table.listed(session, storage.vault, action, Filter(), most=1)
    return table.listed(session, storage.vault, action, Filter(), first.before, most=1)


HOTTEST = {
    "counting": Asked(lambda _, session, __: tallies.roll_up(session)),
    "the public count": Asked(lambda _, session, action: tallies.counted(session, action, None, made.NOON)),
    "countries": Asked(lambda _, session, action: tallies.by_country(session, action)),
    "board: words that wait": Asked(lambda _, session, __: moderation.waiting_everywhere(session)),
    "board: what looks false": Asked(lambda _, session, __: screening.suspicious(session, made.NOON), sorts=True),
    "screening": Asked(
        lambda storage, session, it: screening.panel(session, storage.vault, it, made.NOON, names=False), sorts=True
    ),
    "moderation": Asked(lambda _, session, action: moderation.waiting(session, action)),
    "moderation: a group": Asked(
        lambda storage, session, it: equal_messages.members(session, storage.vault, it, b"k" * 32)
    ),
    "grouping": Asked(lambda _, session, __: equal_words.waiting(session)),
    "moderation: names": Asked(lambda storage, session, it: moderation.held_names(session, storage.vault, it)),
    "statistics": Asked(lambda _, session, action: statistics.gathered(session, action, made.NOON.date())),
    "table": _narrowed(),
    "table: next page": Asked(_second_page),
    "table: a name": _narrowed(name="Ada Lovelace", sorts=True),
    "table: an address": _narrowed(email="ada@example.org", sorts=True),
    "table: words": _narrowed(words=True),
    "table: a day": _narrowed(day=made.NOON.date()),
    "table: a status": _narrowed(status=SignatureStatus.CONFIRMED),
    "home": Asked(lambda _, session, __: listing.open_actions(session, "en")),
    "past": Asked(lambda _, session, __: listing.past_actions(session, "en", 20)),
    "letting go": Asked(lambda _, session, __: retention.purge(session, made.NOON), whole=True),
    "reminders": Asked(lambda _, session, __: reminders.due(session, made.NOON)),
    "reminders: those due": Asked(lambda _, session, __: reminders.owe_due(session, made.NOON)),
    "who follows": Asked(lambda _, session, action: update_mails.count_subscribers(session, action), True),
    "in which languages": Asked(lambda _, session, action: update_mails.languages(session, action)),
    "outbox": Asked(lambda _, session, __: outbox.claim(session, made.NOON, 20)),
    "outbox: what is over": Asked(lambda _, session, __: outbox.forget(session, made.NOON, 1_000)),
}  # fmt: skip
# These decrypt what they find, which cannot be had of rows that a database made up: the statement alone is looked at.
DECRYPTING = {
    "reasons": lambda storage, session, action: reasons.shown(session, storage.vault, _public(session, action)),
    "public names": lambda storage, session, action: names.latest(session, storage.vault, action, now=made.NOON),
    "moderation: public names": lambda storage, session, it: moderation.public_names(session, storage.vault, it),
    "moderation: groups": lambda storage, session, it: equal_messages.groups(session, storage.vault, it),
    "file": lambda storage, session, it: list(table.exported(storage, it, Filter(), 1_000_000)),
    "file: one country": lambda storage, session, it: list(table.exported(storage, it, Filter(country="PK"), 10**6)),
}
# Of what waits, the most frequent words come first.
SORTING = {"moderation: groups"}


def _public(session: Session, action_id: int) -> PublicAction:
    slug = session.scalars(select(Action.slug).where(Action.id == action_id)).one()
    return reading.published(session, slug, "en")


def _stored(storage: Storage, many: int) -> int:
    """A large action and a small one; nine of ten signatures are the large one's, and each was written to."""
    with storage.writing() as session:
        over = {"status": ActionStatus.CLOSED, "ended_at": made.NOON - timedelta(days=100)}
        large, small = made.action(session).id, made.action(session, "another", **over).id
        for action_id, part in ((large, many * 9 // 10), (small, many // 10)):
            full_width.sign(session, action_id, part, made.NOON - timedelta(days=20), made.NOON)
            full_width.write_to(session, action_id, made.NOON - timedelta(days=20))
    _known(storage)
    return large


def _known(storage: Storage) -> None:
    if storage.engine.dialect.name == "postgresql":  # as its own housekeeping would have done by then
        with storage.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM"))
    storage.learn()
    storage.dispose()  # SQLite reads what is known of its tables when it is opened


@pytest.mark.databases
def test_nothing_that_is_asked_all_day_reads_or_sorts_all_that_is_stored(storage: Storage) -> None:
    _refuse_what_grows(storage, _stored(storage, 3_000))


def _refuse_what_grows(storage: Storage, action_id: int) -> None:
    everything = {**HOTTEST, **{name: Asked(run, name in SORTING) for name, run in DECRYPTING.items()}}
    faults = [
        f"{name}: {fault}\n    {statement}"
        for name, asked in everything.items()
        for statement, parameters in _statements(storage, asked, action_id)
        for fault in _faults(storage, statement, parameters, asked)
    ]
    assert not faults, "\n".join(faults)


@pytest.mark.databases
@pytest.mark.slow
def test_with_ten_times_as_many_signatures_nothing_reads_or_sorts_them_all_either(
    storage: Storage, capsys: pytest.CaptureFixture[str]
) -> None:
    if not FULL_SIZE:
        pytest.skip("takes minutes: FULL_SIZE=1")
    action_id = _stored(storage, 30_000)
    before = {name: _seconds(storage, asked, action_id) for name, asked in HOTTEST.items()}
    with storage.writing() as session:
        full_width.sign(session, action_id, 270_000, made.NOON - timedelta(days=20), made.NOON)
        full_width.write_to(session, action_id, made.NOON - timedelta(days=20))
    _known(storage)
    after = {name: _seconds(storage, asked, action_id) for name, asked in HOTTEST.items()}
    with capsys.disabled():
        print(f"\n{storage.engine.dialect.name}: milliseconds with 30,000 and 300,000 signatures")
        for name in HOTTEST:
            print(f"  {name:28} {1000 * before[name]:8.2f} {1000 * after[name]:8.2f}")
    # Times are for people to read: another process's work is in them. What is refused is the plan, which does not
    # show how many rows of one action an index search reads: docs/performance.md lists what grows in that way.
    _refuse_what_grows(storage, action_id)


def _seconds(storage: Storage, asked: Asked, action_id: int) -> float:
    took = []
    for _ in range(5):
        with _undone(storage) as session:
            began = time.perf_counter()
            with suppress(Exception):
                asked.run(storage, session, action_id)
            took.append(time.perf_counter() - began)
    return min(took)


class _Enough(Exception):
    """Nothing of it is kept."""


@contextmanager
def _undone(storage: Storage) -> Iterator[Session]:
    with suppress(_Enough), storage.writing() as session:
        yield session
        raise _Enough


def _statements(storage: Storage, asked: Asked, action_id: int) -> list[tuple[str, Any]]:
    """What is asked of the database, as it is asked."""
    seen: dict[str, Any] = {}

    def note(_: object, __: object, statement: str, parameters: Any, *___: object) -> None:
        if any(name in statement for name in LARGE) and not statement.startswith("INSERT"):
            seen.setdefault(statement, parameters)

    event.listen(storage.engine, "before_cursor_execute", note)
    try:
        # Made-up names cannot be decrypted; by then the statement is known.
        with suppress(Exception), _undone(storage) as session:
            asked.run(storage, session, action_id)
    finally:
        event.remove(storage.engine, "before_cursor_execute", note)
    return list(seen.items())


def _faults(storage: Storage, statement: str, parameters: Any, asked: Asked) -> list[str]:
    with storage.engine.connect() as connection:
        if storage.engine.dialect.name == "sqlite":
            rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
            steps = [row[3] for row in rows]
            return [
                it
                for it in steps
                if _reads_all(it)
                or (_reads_an_action(it) and not asked.whole)
                or (it.startswith("USE TEMP") and not asked.sorts)
            ]
        # To read a small table whole is right: what is asked is whether there is another way.
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        plan = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", parameters).scalar_one()
        return list(_of_plan(json.loads(plan) if isinstance(plan, str) else plan, asked.sorts))


def _reads_all(step: str) -> bool:
    words = step.split()
    if words[0] != "SCAN" or words[1] not in LARGE:
        return False
    return not any(step.endswith(f"INDEX ix_{words[1]}_{few}") for few in FEW)


def _reads_an_action(step: str) -> bool:
    # The index of all signatures by their state serves who counts from it alone; who looks behind it at each row reads
    # all of an action.
    return step.startswith("SEARCH signatures USING INDEX ix_signatures_standing ")


def _of_plan(found: Any, sorts: bool) -> Iterator[str]:
    if isinstance(found, list):
        for it in found:
            yield from _of_plan(it, sorts)
        return
    node = found.get("Plan", found)
    kind = node.get("Node Type")
    if kind == "Seq Scan" and node.get("Relation Name") in LARGE:
        yield f"{kind} on {node['Relation Name']}"
    if kind == "Sort" and node["Plan Rows"] > 1_000 and not sorts:
        yield f"{kind} of {node['Plan Rows']} rows"
    yield from _of_plan(node.get("Plans", []), sorts)


@pytest.mark.databases
def test_the_table_and_its_file_go_on_where_the_last_page_ended_also_within_one_moment(storage: Storage) -> None:
    with storage.writing() as session:
        action_id = made.action(session).id
        full_width.sign(session, action_id, 120, made.NOON, made.NOON)
        ids = list(session.scalars(select(Signature.id).order_by(Signature.created_at.desc(), Signature.id.desc())))
        session.execute(text("UPDATE signatures SET name = NULL, message = NULL, words_hash = NULL, email = NULL "
                             "WHERE status = 'confirmed'"))  # fmt: skip
        session.execute(text("DELETE FROM signatures WHERE status = 'pending'"))
        ids = [it for it in ids if session.get(Signature, it) is not None]
    seen: list[int] = []
    before: int | None = None
    while True:
        with storage.reading() as session:
            page = table.listed(session, storage.vault, action_id, Filter(), before, most=7)
        seen += [row.id for row in page.rows]
        before = page.before
        if before is None:
            break
    assert seen == ids
