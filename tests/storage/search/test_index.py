"""The one search: what it finds, in which writing, and that it is current whoever writes."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import delete, text, update

from campaign import migrations
from campaign.storage import Storage, search
from campaign.storage.encrypted_columns import COLUMNS
from campaign.storage.search import Kind, entries
from campaign.storage.tables import Action, Delivery, Dossier, Official, Subject
from campaign.vocabulary import DeliveryChannel, DeliveryStatus, DossierStatus, ReplyShown
from tests import made

pytestmark = pytest.mark.databases

ALL = tuple(Kind)
DAY = date(2025, 9, 20)


@pytest.fixture
def office(storage: Storage) -> Storage:
    """One action with an official called Naqvi, a source, and a delivery that was answered."""
    with storage.writing() as session:
        action = made.action(session)
        action.recipients[0].official.name = "Syed Mohsin Raza Naqvi"
        action.case.subjects[0].name = {"en": "Anna Example", "ur": "عائشہ"}
        action.case.sources[0].publisher = {"en": "Dawn Review", "ur": "روزنامہ ڈان"}
        dossier = Dossier(
            code="ABCD-EFGH",
            action_id=action.id,
            official_id=action.recipients[0].official_id,
            locale="en",
            status=DossierStatus.FROZEN,
            frozen_at=made.NOON,
            appeal="{}",
            named=0,
            withheld=0,
        )
        way = Delivery(
            dossier=dossier,
            channel=DeliveryChannel.POST,
            status=DeliveryStatus.DISPATCHED,
            who="Tomas Achieng",
            place="Block R, Pak Secretariat",
            tracking="RR 473 124 829 GB",
            planned_for=DAY,
            dispatched_on=DAY,
            reply_on=DAY,
            reply_text="We have taken note of the petition.",
            reply_shown=ReplyShown.NOTHING,
            created_at=made.NOON,
        )
        session.add(way)
    return storage


def found(storage: Storage, sought: str, kinds: tuple[Kind, ...] = ALL) -> set[str]:
    """The kinds of what holds these words."""
    with storage.reading() as session:
        return {page.kind.value for page in search.find(session.connection(), sought, kinds, 10)}


# By hand: what holds each of these words, in the office above.
HOLDS = {
    "Naqvi": {"official", "delivery"},
    "naqvi mohsin": {"official", "delivery"},
    "Dawn Review": {"source"},
    "ڈان": {"source"},
    "ڈَان": {"source"},
    "روزنامه": {"source"},  # an Arabic he for one of Urdu
    "UA 56/25": {"action", "delivery"},
    "56/2025": {"action", "delivery"},
    "ASA 33/9511/2025": {"action"},
    "کارڈز": {"action", "delivery"},
    "کَارْڈز": {"action", "delivery"},
    "كارڈز": {"action", "delivery"},  # an Arabic kaf
    "proof": {"action"},
    "forced ret": {"action"},
    "ret forced": set(),
    "Anna Example": {"case"},
    "عائشه": {"case"},
    "hold a card": {"case"},
    "returns begin": {"case"},
    "وزیر داخلہ": {"official", "delivery"},
    "minister@example.invalid": {"official"},
    "sampleminister": {"official"},
    "RR473": set(),
    "rr 473": {"delivery"},
    "taken note": {"delivery"},
    "ABCD-EFGH": {"delivery"},
    "Pakistán": {"action", "case", "official"},
    "پاکستان": {"action", "case", "official"},
    "renew": {"action", "case", "delivery"},
    "rene": {"action", "case", "delivery"},
    "enew": set(),
    "r": {"delivery"},  # one letter is a word of its own, as in "Block R"
    "": set(),
    '()"*: - |&!': set(),
    "NEAR(renew cards)": set(),
    "renew' | 'x": set(),
    "Lovelace": set(),
}


@pytest.mark.parametrize("sought", HOLDS)
def test_everything_is_found_by_its_words_in_any_writing(office: Storage, sought: str) -> None:
    assert found(office, sought) == HOLDS[sought]


def test_only_what_was_asked_for_is_found(office: Storage) -> None:
    assert found(office, "renew", (Kind.CASE,)) == {"case"}
    assert found(office, "renew", ()) == set()


def test_what_is_called_by_the_words_comes_first_then_the_newest(storage: Storage) -> None:
    with storage.writing() as session:
        for n, title in enumerate(("Free Anna", "Nothing", "Free the press", "Nothing")):
            action = made.action(session, f"action-{n}", serial=n + 1)
            action.texts[0].title = title
            action.texts[0].background = "They must be free."
    with storage.reading() as session:
        (page,) = search.find(session.connection(), "free", (Kind.ACTION,), 3)
        (rest,) = search.find(session.connection(), "free", (Kind.ACTION,), 3, 3)
    assert [(it.object_id, it.titled) for it in page.hits] == [(3, True), (1, True), (4, False)]
    assert [it.object_id for it in rest.hits] == [2]
    assert page.total == rest.total == 4


def test_what_changes_is_found_as_it_is_now_whoever_writes(office: Storage) -> None:
    with office.writing() as session:  # by a statement, past all rooms
        session.execute(update(Official).values(name="Zubaida Example"))
        session.execute(text("UPDATE action_texts SET title = 'Open the border' WHERE locale = 'en'"))
    assert found(office, "naqvi") == set()
    assert found(office, "zubaida") == {"official", "delivery"}
    assert found(office, "open the border") == {"action", "delivery"}
    with office.writing() as session:
        session.execute(delete(Subject))
        session.execute(update(Action).values(discarded_at=made.NOON, status="draft"))
        session.execute(update(Official).values(merged_into_id=1))
    assert found(office, "anna") == found(office, "proof") == set()
    assert found(office, "zubaida") == {"delivery"}


def test_what_was_undone_was_never_found(office: Storage) -> None:
    with pytest.raises(ZeroDivisionError), office.writing() as session:
        session.execute(update(Official).values(name="Zubaida Example"))
        raise ZeroDivisionError
    assert found(office, "zubaida") == set()
    assert found(office, "naqvi") == {"official", "delivery"}


def test_what_is_written_past_the_product_is_at_once_found_no_more(office: Storage) -> None:
    with office.engine.connect().execution_options(writing=True) as connection, connection.begin():
        connection.execute(text("UPDATE officials SET name = 'Zubaida Example'"))
    assert found(office, "naqvi") == set()
    with office.writing() as session:  # and whoever writes next makes it findable again
        session.execute(text("UPDATE sources SET note = 'read'"))
    assert found(office, "zubaida") == {"official", "delivery"}


def test_an_index_that_was_tampered_with_is_noticed_and_mended(office: Storage) -> None:
    with office.writing() as session:
        session.execute(text("DELETE FROM search_entries WHERE kind = 'source'"))
        session.execute(text("UPDATE search_entries SET digest = 'another' WHERE kind = 'official'"))
    with office.writing() as session:
        wrong = search.faults(session.connection())
        assert wrong == [(Kind.OFFICIAL, 1), (Kind.SOURCE, 1)]
        search.mend(session.connection(), wrong)
        assert search.faults(session.connection()) == []
    assert found(office, "dawn") == {"source"}
    assert found(office, "naqvi") == {"official", "delivery"}


def test_every_table_that_entries_are_made_of_keeps_the_index_current(office: Storage) -> None:
    """A later migration that makes one of them anew must make its triggers anew, too."""
    with office.engine.connect().execution_options(writing=True) as connection:
        for table in entries.TABLES:
            with connection.begin() as undone:
                connection.execute(text(f"UPDATE {table} SET id = id"))
                due = connection.scalar(text("SELECT count(*) FROM search_stale"))
                undone.rollback()
            assert due, table
            assert search.touches(f"UPDATE {table} SET id = id"), table


def test_nothing_encrypted_and_nothing_of_a_supporter_is_read_for_the_index() -> None:
    encrypted = {it.column.class_.__tablename__ for it in COLUMNS}
    of_people = {"signatures", "later_wishes", "letters", "paper_sheets", "paper_names", "dossier_entries", "messages"}
    assert not set(entries.TABLES) & (encrypted | of_people)


def test_what_was_there_before_the_index_is_in_it_after_the_migration(office: Storage) -> None:
    migrations.downgrade(office.engine, "0025")
    migrations.upgrade(office.engine)
    assert found(office, "naqvi") == {"official", "delivery"}
    with office.reading() as session:
        assert search.faults(session.connection()) == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_of_what_was_erased_no_word_is_left_in_the_file(storage: Storage, tmp_path: Path) -> None:
    with storage.writing() as session:
        action = made.action(session)
        session.add(Subject(case_id=action.case_id, position=2, name={"en": "Xylophone Quagmire"}, pronoun={}))
    with storage.writing() as session:
        session.execute(update(Subject).where(Subject.position == 2).values(name={"en": "a teacher"}))
    storage.tidy()
    assert storage.scrub()
    kept = [it for it in tmp_path.rglob("*") if it.is_file() and b"xylophone" in it.read_bytes().lower()]
    assert kept == []
