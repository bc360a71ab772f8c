"""The one rule of who sees a sensitive case: every table that hangs on cases is under it, however it is asked for."""

from __future__ import annotations

import pytest
from sqlalchemy import exists, func, inspect, select, union_all, update
from sqlalchemy.orm import aliased

from campaign.storage import Storage, sight
from campaign.storage.tables import Action, ActionText, Base, Case, Figure, Official, Organisation, Recipient
from tests import made

pytestmark = pytest.mark.databases


@pytest.fixture
def two(storage: Storage) -> Storage:
    """Two actions; the case of the second is sensitive, and nobody is named for it."""
    with storage.writing() as session:
        made.action(session, "seen")
        made.action(session, "hidden").case.sensitive_since = made.NOON
    return storage


def test_lists_counts_and_sub_selects_leave_it_out(two: Storage) -> None:
    other = aliased(Action)
    newest = select(func.max(Action.id)).scalar_subquery()
    per_case = select(Action.case_id, func.count().label("n")).group_by(Action.case_id)
    with two.seen_by(None).reading() as session:
        assert session.scalars(select(Action.slug)).all() == ["seen"]
        assert session.scalars(select(other.slug)).all() == ["seen"]
        assert session.scalar(select(func.count()).select_from(Action)) == 1
        assert session.scalar(select(func.count(other.id))) == 1
        assert session.execute(select(Organisation.id, newest)).all() == [(1, 1)]
        assert session.execute(select(per_case.subquery())).all() == [(1, 1)]
        assert session.execute(select(per_case.cte())).all() == [(1, 1)]
        assert session.scalars(union_all(select(Action.slug), select(Case.slug))).all() == ["seen", "seen"]
        assert session.scalar(select(exists().where(Action.slug == "hidden"))) is False
        assert session.get(Action, 2) is None
        assert session.get(Case, 2) is None


def test_what_hangs_on_it_is_left_out_also_beside_what_is_seen(two: Storage) -> None:
    with two.seen_by(None).reading() as session:
        asked = select(Official.id, func.count(Recipient.id)).outerjoin(Recipient, Recipient.official_id == Official.id)
        assert sorted(session.execute(asked.group_by(Official.id)).all()) == [(1, 1), (2, 0)]
        assert set(session.scalars(select(ActionText.action_id))) == {1}
        assert set(session.scalars(select(Figure.case_id))) == {1}
        action = session.scalars(select(Action)).one()
        assert action.case.slug == "seen"


def test_nobody_changes_what_they_do_not_see(two: Storage) -> None:
    with two.seen_by(None).writing() as session:
        session.execute(update(Action).values(goal=7))
    with two.reading() as session:
        assert dict(session.execute(select(Action.slug, Action.goal)).all()) == {"seen": 7, "hidden": 500}


def test_every_table_that_hangs_on_cases_is_under_the_rule(two: Storage) -> None:
    hidden = sight.Hidden(frozenset({2}), frozenset({2}))
    under = {it.__tablename__ for it in sight.guarded()}
    assert {"cases", "actions", "tasks", "audit_events", "deliveries", "paper_names", "messages", "letters"} <= under
    for mapper in Base.registry.mappers:
        points = {key.column.table.name for column in mapper.local_table.columns for key in column.foreign_keys}
        assert (mapper.local_table.name in under) is (bool(points & under) or mapper.local_table.name == "cases")
        if mapper.local_table.name not in under:
            # Nothing that everybody sees brings rows of a case with it, unasked.
            assert not {it.mapper.local_table.name for it in inspect(mapper.class_).relationships} & under
    with two.seen_by(None).reading() as session:
        for table in sight.guarded():
            for of_it in (table, aliased(table)):
                session.execute(select(of_it)).all()
            assert sight.condition(table, hidden) is not None


def test_the_public_and_the_worker_see_everything(two: Storage) -> None:
    with two.reading() as session:
        assert sorted(session.scalars(select(Action.slug))) == ["hidden", "seen"]
    with two.seen_by(None).reading() as session:
        with sight.everything(session):
            assert sorted(session.scalars(select(Action.slug))) == ["hidden", "seen"]
        assert session.scalars(select(Action.slug)).all() == ["seen"]
