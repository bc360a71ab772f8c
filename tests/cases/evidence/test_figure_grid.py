"""Several figures at once: all of them or none, one entry of the audit trail, and nothing quoted that nobody chose."""

from __future__ import annotations

import json
from datetime import date

import pytest
from sqlalchemy import select

from campaign.cases.evidence import figure_grid, figure_rows
from campaign.cases.evidence.figure_conflicts import side_by_side
from campaign.cases.evidence.figure_rows import NEW, RowTyped
from campaign.errors import Refused
from campaign.office.audit import Actor
from campaign.storage import Storage
from campaign.storage.tables import AuditEvent, Case, Figure, Source
from tests import made

WRITER, NOON = Actor(None, "Sample Writer"), made.NOON


@pytest.fixture
def case_id(storage: Storage) -> int:
    """A case with an action whose texts say ((holders)), which one of two figures answers."""
    with storage.writing() as session:
        return made.action(session).case_id


def save(storage: Storage, case_id: int, *rows: RowTyped) -> int:
    with storage.writing() as session:
        read = figure_rows.read(rows, figure_grid.known(session, case_id), "en")
        assert not any(it.faults for it in read)
        return figure_grid.save(session, storage.vault, WRITER, case_id, [it.row for it in read], NOON)


def figures(storage: Storage) -> list[tuple[str, int, bool]]:
    with storage.reading() as session:
        return [(it.key, int(it.value), it.quoted) for it in session.scalars(select(Figure).order_by(Figure.id))]


def test_rows_become_figures_with_one_new_source_for_all_that_name_it(storage: Storage, case_id: int) -> None:
    new = {"source": NEW, "publisher": "Agency for Cards", "title": "First update", "published": "2025-06-20"}
    assert save(
        storage, case_id,
        RowTyped(qualifier="at least", number="1.3 million", unit="cards renewed", quoted="yes", **new),
        RowTyped(number="70", unit="people returned", as_of="2025-06-18", **new),
        RowTyped(number="1,080,312", unit="cards renewed", source="1"),
    ) == 3  # fmt: skip
    assert figures(storage)[2:] == [
        ("cards_renewed", 1_300_000, True),
        ("people_returned", 70, False),
        ("cards_renewed", 1_080_312, False),
    ]
    with storage.reading() as session:
        sources = session.scalars(select(Source).order_by(Source.id)).all()
    assert [(it.publisher["en"], it.published_on) for it in sources] == [
        ("Example Press", None), ("Agency for Cards", date(2025, 6, 20)),
    ]  # fmt: skip


def test_a_source_that_the_case_has_is_not_added_again(storage: Storage, case_id: int) -> None:
    new = {"source": NEW, "publisher": "agency for cards", "title": "First Update", "published": "2025-06-20"}
    save(storage, case_id, RowTyped(number="70", unit="people returned", **new))
    save(storage, case_id, RowTyped(number="71", unit="people returned", **new))
    with storage.reading() as session:
        assert len(session.scalars(select(Source)).all()) == 2


def test_the_trail_has_one_entry_with_its_members(storage: Storage, case_id: int) -> None:
    new = {"source": NEW, "publisher": "Agency for Cards", "published": "2025-06-20"}
    save(
        storage, case_id,
        RowTyped(qualifier="at least", number="1.3 million", unit="cards renewed", quoted="yes", **new),
        RowTyped(number="70", unit="people returned", source="1"),
    )  # fmt: skip
    with storage.reading() as session:
        (event,) = session.scalars(select(AuditEvent)).all()
    assert (event.what, event.case_id) == ("figures added", case_id)
    assert json.loads(event.after or "") == {
        "figures": ["cards_renewed: at least 1.3 million cards renewed (used)", "people_returned: 70 people returned"],
        "sources": ["Agency for Cards"],
    }


def test_one_that_cannot_be_kept_keeps_all_the_others_out(storage: Storage, case_id: int) -> None:
    with pytest.raises(Refused, match="already in the case"):
        save(
            storage, case_id,
            RowTyped(number="70", unit="people returned", source="1"),
            RowTyped(number="70", unit="people returned", source="1"),
        )  # fmt: skip
    with pytest.raises(Refused, match="Fill in at least one row"):
        save(storage, case_id)
    assert len(figures(storage)) == 2


def test_who_ticks_what_another_has_just_chosen_is_told(storage: Storage, case_id: int) -> None:
    ticked = RowTyped(number="70", unit="people returned", source="1", quoted="yes")
    with storage.reading() as session:
        read = figure_rows.read([ticked], figure_grid.known(session, case_id), "en")
    save(storage, case_id, RowTyped(number="71", unit="people returned", source="1", quoted="yes"))
    with pytest.raises(Refused, match="Texts use another figure of"), storage.writing() as session:
        figure_grid.save(session, storage.vault, WRITER, case_id, [it.row for it in read], NOON)


def test_five_sources_that_disagree_are_told_by_figure_and_not_by_pair(storage: Storage, case_id: int) -> None:
    save(
        storage, case_id,
        *(
            RowTyped(
                number=number, unit="people returned", source=NEW, publisher=f"Paper {number}", published="2025-06-20",
                quoted="yes" if number == "50" else "",
            )
            for number in ("10", "20", "30", "40", "50")
        ),
    )  # fmt: skip
    with storage.reading() as session:
        case = session.scalars(select(Case)).one()
        (group,) = [it for it in side_by_side(case.figures, 90, date(2025, 7, 1)) if it.key == "people_returned"]
    assert [str(it) for it in group.conflicts] == [
        "50 (Paper 50) against 10 (Paper 10), 20 (Paper 20), 30 (Paper 30) and 40 (Paper 40), all for the same day.",
        "20 (Paper 20) or 10 (Paper 10), both for the same day.",
        "30 (Paper 30) against 10 (Paper 10) and 20 (Paper 20), all for the same day.",
        "40 (Paper 40) against 10 (Paper 10), 20 (Paper 20) and 30 (Paper 30), all for the same day.",
    ]


def test_news_is_told_from_one_number_to_the_next(storage: Storage, case_id: int) -> None:
    save(
        storage, case_id,
        *(
            RowTyped(number=number, unit="people returned", source="1", as_of=f"2025-06-{number}")
            for number in ("10", "20", "30")
        ),
    )  # fmt: skip
    with storage.reading() as session:
        case = session.scalars(select(Case)).one()
        (group,) = [it for it in side_by_side(case.figures, 90, date(2025, 7, 1)) if it.key == "people_returned"]
    assert group.conflicts == ()
    assert [str(it) for it in group.updates] == [
        "10 (Example Press), and later 20 (Example Press).",
        "20 (Example Press), and later 30 (Example Press).",
    ]
