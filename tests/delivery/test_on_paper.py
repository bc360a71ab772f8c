"""Signatures on paper in a dossier: copied when it is frozen, printed in an annex, counted apart."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select

from campaign.appeals.abuse import origins
from campaign.delivery.print_data import sheet_of
from campaign.printing.book.dossier import PaperSheet
from campaign.storage import Storage, tables
from campaign.storage.tables import Action, Dossier, PaperName
from tests import made
from tests.delivery.signed import freeze, printed, sign_all, texts
from tests.printing.book.test_dossier import ENTRIES, SHEET
from tests.printing.books import printed as book_of
from tests.printing.reading import characters, plain

NAMES = ("Mary Shelley", "عمر خیام", "王小明", "ராமசாமி முருகன்", "Same Person", "<b>Bobby</b> 'Tables'")


def returned(storage: Storage, number: str, names: tuple[str, ...], count: int = 0, same: str = "") -> None:
    """A sheet that came back, with one name judged to stand in another list too."""
    with storage.writing() as session:
        sheet_id = (session.scalar(select(func.max(tables.PaperSheet.id))) or 0) + 1
        typed = [
            PaperName(
                row=row,
                name=storage.vault.encrypt(name, "paper_names.name", f"{sheet_id}/{row}"),
                name_hash=origins.name_hash(storage.vault, name),
                same_as_online=True if name == same else None,
            )
            for row, name in enumerate(names, 1)
        ]
        session.add(
            tables.PaperSheet(
                id=sheet_id,
                action_id=session.scalars(select(Action.id)).one(),
                number=number,
                country="GB",
                names=count or len(names),
                created_at=made.NOON,
                typed=typed,
            )
        )


@pytest.fixture
def gathered(storage: Storage) -> Storage:
    """Five signatures online, six on paper of whom one is left out, and a bundle of twenty."""
    with storage.writing() as session:
        made.action(session)
    sign_all(storage)
    returned(storage, "7Q4-2M9K", NAMES, same="Same Person")
    returned(storage, "Market of Lyon", (), count=20)
    return storage


def sheets(storage: Storage, code: str) -> tuple[PaperSheet, ...]:
    with storage.reading() as session:
        return sheet_of(session, storage.vault, "https://act.example.org", code).paper


@pytest.mark.databases
def test_a_freeze_copies_the_sheets_in_order_without_whoever_was_judged_the_same(gathered: Storage) -> None:
    kept = tuple(name for name in NAMES if name != "Same Person")
    assert sheets(gathered, freeze(gathered)) == (
        PaperSheet("7Q4-2M9K", "United Kingdom", 5, kept),
        PaperSheet("Market of Lyon", "United Kingdom", 20),
    )


def test_where_all_signed_on_paper_the_book_is_of_them_alone(storage: Storage, tmp_path: Path) -> None:
    with storage.writing() as session:
        made.action(session)
    returned(storage, "7Q4-2M9K", ("Mary Shelley", "عمر خیام"))
    read = texts(printed(storage, tmp_path, freeze(storage)))
    assert all(sum(name in page for page in read) == 1 for name in ("Mary Shelley", "عمر خیام"))


def test_names_lie_sealed_in_the_frozen_dossier(gathered: Storage) -> None:
    freeze(gathered)
    with gathered.reading() as session:
        stored = session.scalars(select(Dossier.paper)).one() or b""
    assert b"Shelley" not in stored
    assert [it["count"] for it in json.loads(stored)] == [5, 20]


def test_what_happens_to_a_sheet_later_changes_nothing_in_a_frozen_dossier(gathered: Storage) -> None:
    code = freeze(gathered)
    before = sheets(gathered, code)
    with gathered.writing() as session:
        session.execute(delete(PaperName))
        session.execute(delete(tables.PaperSheet))
    assert sheets(gathered, code) == before
    assert sheets(gathered, freeze(gathered)) == ()


def test_a_sheet_on_which_everyone_stands_in_another_list_is_not_in_the_dossier(gathered: Storage) -> None:
    returned(gathered, "Only one", ("Same Person",), same="Same Person")
    assert "Only one" not in [it.number for it in sheets(gathered, freeze(gathered))]


def test_the_printed_dossier_has_each_name_once_in_an_annex_and_says_how_paper_was_counted(
    gathered: Storage, tmp_path: Path
) -> None:
    read = [plain(it) for it in texts(printed(gathered, tmp_path, freeze(gathered)))]
    book = " ".join(read)
    for name in NAMES:
        assert book.count(name) == (name != "Same Person")
    annex = next(it for it in read if it.startswith("Signed on paper"))
    assert "Sheet 7Q4-2M9K · United Kingdom · 5 signatures" in annex
    assert "Sheet Market of Lyon · United Kingdom · 20 signatures names on the sheet itself" in annex
    assert "5 people signed 25 more people signed on paper" in read[0]
    assert "25 more people signed on paper and are counted separately." in read[1]
    assert "were not confirmed by e-mail" in read[-1]


def test_a_dossier_without_paper_says_nothing_of_it(storage: Storage, tmp_path: Path) -> None:
    with storage.writing() as session:
        made.action(session)
    sign_all(storage)
    assert "paper" not in " ".join(texts(printed(storage, tmp_path, freeze(storage))))


HOSTILE = st.text(
    st.sampled_from("aZé王محمدक्षி😀\u0301\u202e\u202d\u2066\u2069\u200f\u200d\u200c<>&'\"\\{}%$ -·1"),
    min_size=1,
    max_size=300,
)


@given(st.lists(HOSTILE, min_size=1, max_size=6))
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_hostile_names_keep_the_columns_and_lose_no_one(names: list[str]) -> None:
    """The names before and after them are whole, and nothing runs over the edge of the type."""
    sheet = PaperSheet("7Q4-2M9K", "France", len(names) + 2, ("Mary Shelley", *names, "Bai Juyi"))
    book = book_of(replace(SHEET, paper=(sheet,)), ENTRIES[:9])
    annex = next(it for it in book.texts if it.startswith("Signed on paper"))
    assert annex.count("Mary Shelley") == annex.count("Bai Juyi") == 1
    assert "Sheet 7Q4-2M9K · France" in annex
    number = book.texts.index(annex)
    places = [x for char, x, _ in characters(book.pdf, number) if char.strip()]
    assert min(places) >= 14
    assert max(places) <= 196
