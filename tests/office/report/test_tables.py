"""The report as tables, and the same figures as rows of a file."""

from __future__ import annotations

from datetime import date

from campaign.office.report import reading, tables
from campaign.office.report.period import Period
from campaign.storage import Storage
from campaign.vocabulary import ActionKind, DeliveryChannel, Outcome
from tests.office.report import work

YEAR = Period(date(2025, 1, 1), date(2025, 12, 31))
BOOKS = "Signature books by way"
HOW = "By the day on which they left the office. Arrived and not arrived: as recorded up to the day of this report."


def made(storage: Storage, period: Period = YEAR) -> reading.Report:
    with storage.reading() as session:
        return reading.gathered(session, period, work.NOW)


def test_every_figure_stands_in_a_table(storage: Storage) -> None:
    work.fill(storage)
    found = {it.key: it for it in tables.tables(made(storage))}
    assert found["short"].rows == (
        ("Actions issued", 2),
        ("Actions closed", 1),
        ("Actions stopped", 1),
        ("Actions open at the end of the last day", 1),
        ("Outcomes recorded", 2),
        ("Signatures confirmed", 45),
        ("Names on paper", 7),
        ("Letters", 19),
        ("Letters that we e-mailed for their writers", 6),
        ("Letters that we printed and posted for their writers", 7),
        ("Signature books sent or handed over", 4),
        ("Replies to signature books", 3),
        ("Days until a reply came (median)", 14),
        ("Answers to letters", 2),
        ("Updates sent to supporters", 2),
    )
    assert found["countries"].rows == (("Kenya", 1, 1, 0), ("Pakistan", 1, 0, 1))
    assert found["kinds"].rows == ((ActionKind.FIRST, 2, 1, 0), (ActionKind.FURTHER_INFORMATION, 0, 0, 1))
    assert found["outcomes"].rows == (
        ("UA 13/25 a stopped action", "Pakistan", Outcome.UNCLEAR, date(2025, 4, 1)),
        ("UA 12/25 Stop the dam", "Kenya", Outcome.POSITIVE, date(2025, 4, 2)),
    )
    assert found["signatures"].rows == (("United Kingdom", 15), ("France", 6), ("Other countries", 24))
    assert found["letters"].rows == (("Post", 8), ("E-mail", 6), ("Other ways", 5))
    assert found["deliveries"].rows == ((DeliveryChannel.POST, 3, 1, 1), (DeliveryChannel.IN_PERSON, 1, 1, 0))
    assert found["replies"].rows[2] == ("UA 56/25 Renew the cards", date(2025, 7, 1), date(2025, 7, 15), 14)
    assert found["updates"].rows == (("UA 56/25 Renew the cards", 2),)
    assert all(len(row) == len(it.headings) for it in found.values() for row in it.rows)


def test_a_file_has_a_row_for_each_figure_with_how_it_is_counted(storage: Storage) -> None:
    work.fill(storage)
    rows = list(tables.as_rows(made(storage)))
    assert rows[:4] == [
        ("Table", "Of", "What", "Figure", "How it is counted"),
        ("Period", None, "First day", date(2025, 1, 1), None),
        ("Period", None, "Last day", date(2025, 12, 31), None),
        (
            "Period",
            None,
            "Counted up to",
            date(2025, 8, 1),
            "Days of actions, signatures and letters by channel are days where the case is,"
            " all others days in Europe/London.",
        ),
    ]
    assert (BOOKS, DeliveryChannel.POST, "Arrived", 1, HOW) in rows
    assert len(rows) == 4 + sum(len(row) - 1 for it in tables.tables(made(storage)) for row in it.rows)


def test_what_has_nothing_to_say_is_left_out_and_a_few_people_are_no_number(storage: Storage) -> None:
    work.fill(storage)
    quiet = made(storage, Period(date(2024, 3, 1), date(2024, 3, 1)))
    assert [it.key for it in tables.tables(quiet)] == ["short"]
    first = {it.key: it for it in tables.tables(made(storage, Period(date(2025, 1, 1), date(2025, 3, 31))))}
    assert ("Signatures confirmed", "fewer than 5") in first["short"].rows
    assert "signatures" not in first
