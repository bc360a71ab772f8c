"""Signatures on paper: entered, corrected, judged against the other lists, counted apart, and let go of."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from campaign.appeals import retention
from campaign.appeals.abuse import origins
from campaign.appeals.counting import tallies
from campaign.appeals.paper import name_matches, sheet_numbers
from campaign.appeals.paper import sheets as paper_sheets
from campaign.appeals.paper.blank_sheets import Sender, back_by, blank
from campaign.appeals.paper.sheets import Filled
from campaign.appeals.signing.signing import sign
from campaign.appeals.supporter import confirming
from campaign.delivery import freezing
from campaign.errors import Conflict, Gone, Refused, Unknown
from campaign.office.audit import COMMAND_LINE
from campaign.publication.reading import published
from campaign.storage import Storage
from campaign.storage.tables import Action, AuditEvent, Dossier, PaperName, PaperSheet, Signature
from campaign.vocabulary import LEGIBLE, ActionStatus, Disclosure
from tests import made

SLUG = "renew-the-cards"


@pytest.fixture
def gathered(storage: Storage) -> Storage:
    """An open action that Ada Lovelace (GB) and Omar Khayyam (IR) have signed online."""
    with storage.writing() as session:
        made.action(session)
    online(storage, "Ada Lovelace", "GB")
    online(storage, "Omar Khayyam", "IR")
    return storage


def online(storage: Storage, name: str, country: str) -> None:
    with storage.writing() as session:
        wish = made.wish(f"{abs(hash((name, country)))}@example.org", name=name, country=country)
        sign(session, storage.vault, SLUG, wish, made.NOON)
        last = session.scalars(select(Signature.reference).order_by(Signature.id.desc())).first()
        confirming.confirm(session, storage.vault, last, made.NOON)


def enter(storage: Storage, number: str = "A bundle", names: str = "", count: str = "", country: str = "GB") -> int:
    with storage.writing() as session:
        action = session.scalars(select(Action).where(Action.slug == SLUG)).one()
        filled = Filled(number, country, count, names)
        return paper_sheets.enter(session, storage.vault, COMMAND_LINE, action, filled, None, made.NOON).id


def correct(storage: Storage, sheet_id: int, filled: Filled, reason: str = "Misread") -> None:
    with storage.writing() as session:
        action = session.scalars(select(Action).where(Action.slug == SLUG)).one()
        seen = paper_sheets.mark(paper_sheets.one(session, action.id, sheet_id))
        paper_sheets.correct(session, storage.vault, COMMAND_LINE, action, sheet_id, filled, seen, reason, made.NOON)


def asked(storage: Storage) -> list[tuple[str, int, list[str]]]:
    """(name, line, who it may be) of each name that waits for a judgement."""
    with storage.reading() as session:
        action_id = session.scalars(select(Action.id)).one()
        found = name_matches.questions(session, storage.vault, action_id)
        assert name_matches.count_unresolved(session, action_id) == len(found)
    return [(it.name, it.row, [other.sheet or other.country for other in it.alike]) for it in found]


def judge(storage: Storage, sheet_id: int, row: int, same: bool | None, was: bool | None = None) -> None:
    with storage.writing() as session:
        action_id = session.scalars(select(Action.id)).one()
        name_matches.resolve_match(
            session, storage.vault, COMMAND_LINE, action_id, (sheet_id, row), same, was, made.NOON
        )


def counted(storage: Storage) -> int:
    with storage.reading() as session:
        return paper_sheets.counted(session, session.scalars(select(Action.id)).one())


def action_id(storage: Storage) -> int:
    with storage.reading() as session:
        return session.scalars(select(Action.id)).one()


def test_a_sheet_is_entered_as_a_count_or_with_names_or_with_some_of_them(gathered: Storage) -> None:
    enter(gathered, "One", count="14")
    enter(gathered, "Two", names="Mary Shelley\n\n  Bai   Juyi \r\n")
    enter(gathered, "Three", count="5", names="عائشہ قریشی", country="PK")
    assert counted(gathered) == 14 + 2 + 5
    with gathered.reading() as session:
        assert paper_sheets.by_country(session, action_id(gathered)) == (("GB", 16), ("PK", 5))
        sheets = session.scalars(select(PaperSheet).order_by(PaperSheet.id)).all()
        assert [paper_sheets.typed_names(gathered.vault, it) for it in sheets] == [
            (),
            ("Mary Shelley", "Bai Juyi"),
            ("عائشہ قریشی",),
        ]


def test_names_are_sealed_and_found_by_the_hash_that_names_online_have(gathered: Storage) -> None:
    enter(gathered, names="ada  LOVELACE")
    with gathered.reading() as session:
        stored = session.scalars(select(PaperName)).one()
        assert b"LOVELACE" not in stored.name
        assert stored.name_hash == origins.name_hash(gathered.vault, "Ada Lovelace")
        assert stored.name_hash in session.scalars(select(Signature.name_hash)).all()


def test_paper_is_in_no_other_count(gathered: Storage) -> None:
    enter(gathered, count="900")
    with gathered.writing() as session:
        tallies.roll_up(session)
        assert tallies.counted(session, action_id(gathered), None, made.NOON).count == 2


@pytest.mark.parametrize(
    ("filled", "said"),
    [
        (Filled("One", "GB"), "enter their names"),
        (Filled("One", "GB", "0"), "whole number"),
        (Filled("One", "GB", "100001"), "whole number"),
        (Filled("One", "GB", "²"), "whole number"),
        (Filled("One", "GB", "1", "Ada\nBo"), "You entered more names"),
        (Filled("One", "XX", "1"), "country"),
        (Filled("One", "", "1"), "country"),
        (Filled("", "GB", "1"), "number printed on the sheet"),
        (Filled("–", "GB", "1"), "number printed on the sheet"),
        (Filled("x" * 41, "GB", "1"), "40 characters"),
        (Filled("One", "GB", "", "Ada\nwww.example.org"), "Line 2 looks like a web address"),
        (Filled("One", "GB", "", "Ada\n\n12 34"), "Line 2 has no name"),
        (Filled("One", "GB", "", "Ada " + "x" * 200), "line 1 is longer"),
        (Filled("One", "GB", "", "Ada \ue000"), "font"),
        (Filled("One", "GB", "", "Ada\n" * 2_001), "2,000 names"),
    ],
)
def test_what_cannot_be_entered_is_refused_in_a_sentence_that_names_no_one(filled: Filled, said: str) -> None:
    with pytest.raises(Refused) as refused:
        paper_sheets.checked(filled, 7)
    assert said in str(refused.value)
    assert "Ada" not in str(refused.value)


def test_what_turns_or_hides_is_taken_out_of_a_name_and_joiners_stay() -> None:
    given = paper_sheets.checked(Filled("One", "GB", "", "Ada \u202eevil\u202c\u2066 Lovelace\nمی\u200cخواهم"), 7)
    assert given.names == ("Ada evil Lovelace", "می\u200cخواهم")


@pytest.mark.databases
def test_the_same_number_twice_is_a_conflict_and_a_copy_has_a_stroke(gathered: Storage) -> None:
    (number,) = sheet_numbers.fresh(action_id(gathered), 1)
    enter(gathered, number, count="3")
    with pytest.raises(Conflict, match=number):
        enter(gathered, number.lower().replace("-", " – "), count="4")
    enter(gathered, f"{number} / 2", count="4")
    assert counted(gathered) == 7


@pytest.mark.databases
def test_sheets_that_supporters_printed_share_a_number_and_are_counted_off(gathered: Storage) -> None:
    number = sheet_numbers.common(action_id(gathered))
    for _ in range(3):
        enter(gathered, number, count="2")
    with gathered.reading() as session:
        assert session.scalars(select(PaperSheet.number).order_by(PaperSheet.id)).all() == [
            f"{number}/{n}" for n in (1, 2, 3)
        ]


def test_a_number_is_read_however_it_was_typed_or_scanned() -> None:
    (number,) = sheet_numbers.fresh(7, 1)
    for typed in (number, number.lower(), number.replace("-", ""), f" {number} ", number.replace("-", "—")):
        if typed.replace("-", "").isalpha() and "-" not in typed:
            continue  # seven letters and no figure may be the name of a bundle
        assert sheet_numbers.read(typed, 7) == number
    assert sheet_numbers.read(f"https://act.example.org/sheets/renew-the-cards/{number}", 7) == number
    assert sheet_numbers.read("Market of Lyon, 3 May", 7) == "Market of Lyon, 3 May"


def test_one_sign_misread_two_exchanged_and_the_sheet_of_another_action_are_noticed() -> None:
    (number,) = sheet_numbers.fresh(7, 1)
    wrong = [f"{number[:2]}{sign}{number[3:]}" for sign in LEGIBLE if sign != number[2]]
    if number[0] != number[1]:
        wrong.append(number[1] + number[0] + number[2:])
    wrong += [f"{number[:4]}{sign}{number[5:]}" for sign in "01ILOUV"]
    for typed in wrong:
        with pytest.raises(Refused, match="no sheet with the number"):
            sheet_numbers.read(typed, 7)
    with pytest.raises(Refused, match="belongs to this action"):
        sheet_numbers.read(number, 8)


def test_numbers_of_a_run_are_each_another_and_none_is_the_common_one() -> None:
    run = sheet_numbers.fresh(7, 200)
    assert len(set(run)) == 200
    assert sheet_numbers.common(7) not in run
    assert sheet_numbers.common(7) == sheet_numbers.common(7) != sheet_numbers.common(8)


@pytest.mark.databases
def test_a_name_that_stands_online_or_on_an_earlier_sheet_is_asked_about_and_the_same_country_comes_first(
    gathered: Storage,
) -> None:
    online(gathered, "Omar Khayyam", "GB")
    enter(gathered, "First", names="Omar Khayyam\nMary Shelley")
    enter(gathered, "Second", names="Mary Shelley\nNobody Else\nmary shelley")
    assert asked(gathered) == [
        ("Omar Khayyam", 1, ["GB", "IR"]),
        ("Mary Shelley", 1, ["First"]),
        ("mary shelley", 3, ["First", "Second"]),
    ]


def test_nothing_is_left_out_until_a_person_judges_and_what_was_judged_can_be_opened_again(gathered: Storage) -> None:
    sheet = enter(gathered, names="Ada Lovelace\nOmar Khayyam\nMary Shelley")
    assert counted(gathered) == 3
    judge(gathered, sheet, 1, True)
    judge(gathered, sheet, 2, False)
    assert (counted(gathered), asked(gathered)) == (2, [])
    with pytest.raises(Conflict):
        judge(gathered, sheet, 1, False)
    judge(gathered, sheet, 1, None, was=True)
    assert counted(gathered) == 3
    assert [name for name, _, _ in asked(gathered)] == ["Ada Lovelace"]


def test_who_took_back_a_signature_online_is_asked_about_no_more(gathered: Storage) -> None:
    enter(gathered, names="Ada Lovelace")
    with gathered.writing() as session:
        first = session.scalars(select(Signature.reference).order_by(Signature.id)).first()
        confirming.not_me(session, gathered.vault, first)
    assert asked(gathered) == []


def test_a_correction_keeps_the_judgements_of_the_names_that_stay(gathered: Storage) -> None:
    sheet = enter(gathered, names="Ada Lovelace\nMary Shely\nAda Lovelace")
    judge(gathered, sheet, 1, False)
    judge(gathered, sheet, 3, True)
    correct(gathered, sheet, Filled("Other", "FR", "4", "Mary Shelley\nAda Lovelace\nAda Lovelace"))
    with gathered.reading() as session:
        found = paper_sheets.one(session, action_id(gathered), sheet)
        assert (found.number, found.country, found.names) == ("Other", "FR", 4)
        assert [it.same_as_online for it in found.typed] == [None, False, True]
        assert paper_sheets.typed_names(gathered.vault, found)[0] == "Mary Shelley"
    assert counted(gathered) == 3


@pytest.mark.databases
def test_a_correction_of_what_someone_else_changed_meanwhile_is_a_conflict(gathered: Storage) -> None:
    sheet = enter(gathered, names="Mary Shelley")
    with gathered.reading() as session:
        seen = paper_sheets.mark(paper_sheets.one(session, action_id(gathered), sheet))
    correct(gathered, sheet, Filled("A bundle", "GB", "9"))
    with gathered.writing() as session, pytest.raises(Conflict, match="Someone else has changed this sheet"):
        action = session.scalars(select(Action)).one()
        filled = Filled("A bundle", "GB", "8")
        paper_sheets.correct(session, gathered.vault, COMMAND_LINE, action, sheet, filled, seen, "Why", made.NOON)
    assert counted(gathered) == 9


def test_a_correction_to_a_number_that_is_entered_already_changes_nothing(gathered: Storage) -> None:
    enter(gathered, "First", count="1")
    second = enter(gathered, "Second", count="2")
    with pytest.raises(Conflict, match="First"):
        correct(gathered, second, Filled("First", "GB", "7"))
    assert counted(gathered) == 3


def test_when_the_other_sheet_is_deleted_who_was_left_out_for_it_counts_again(gathered: Storage) -> None:
    first = enter(gathered, "First", names="Mary Shelley\nAda Lovelace")
    second = enter(gathered, "Second", names="Mary Shelley\nAda Lovelace")
    judge(gathered, second, 1, True)
    judge(gathered, second, 2, True)
    with gathered.writing() as session:
        paper_sheets.remove(
            session, gathered.vault, COMMAND_LINE, action_id(gathered), first, "Entered twice", made.NOON
        )
    # Ada still stands online.
    assert counted(gathered) == 1
    with gathered.reading() as session:
        assert session.scalars(select(PaperName.same_as_online).order_by(PaperName.row)).all() == [None, True]


def test_changing_and_deleting_need_a_reason(gathered: Storage) -> None:
    sheet = enter(gathered, count="2")
    with pytest.raises(Refused, match="Give a reason"):
        correct(gathered, sheet, Filled("A bundle", "GB", "3"), reason=" ")
    with gathered.writing() as session, pytest.raises(Refused, match="Give a reason"):
        paper_sheets.remove(session, gathered.vault, COMMAND_LINE, action_id(gathered), sheet, "", made.NOON)
    with gathered.writing() as session, pytest.raises(Unknown):
        paper_sheets.remove(session, gathered.vault, COMMAND_LINE, action_id(gathered) + 1, sheet, "Why", made.NOON)


def test_every_change_is_on_record_and_no_record_holds_a_name(gathered: Storage) -> None:
    sheet = enter(gathered, names="Ada Lovelace")
    judge(gathered, sheet, 1, True)
    correct(gathered, sheet, Filled("A bundle", "GB", "2", "Ada Lovelace"))
    with gathered.writing() as session:
        paper_sheets.remove(session, gathered.vault, COMMAND_LINE, action_id(gathered), sheet, "Twice", made.NOON)
    with gathered.reading() as session:
        events = session.scalars(select(AuditEvent).order_by(AuditEvent.id)).all()
        assert [it.what for it in events] == [
            "paper sheet entered",
            "name on paper decided",
            "paper sheet corrected",
            "paper sheet deleted",
        ]
        assert json.loads(events[2].after or "") == {"signatures": 2}
        assert not [it for it in events if "Lovelace" in f"{it.before}{it.after}{it.reason}"]


@pytest.mark.parametrize(
    ("status", "refused"),
    [
        (ActionStatus.DRAFT, Refused),
        (ActionStatus.IN_REVIEW, Refused),
        (ActionStatus.STOPPED, Gone),
        (ActionStatus.ARCHIVED, Refused),
    ],
)
def test_sheets_are_entered_while_an_action_is_open_or_closed(
    storage: Storage, status: ActionStatus, refused: type[Exception]
) -> None:
    stopped = {"stop_reason": {"en": "Danger."}} if status is ActionStatus.STOPPED else {}
    with storage.writing() as session:
        made.action(session, status=status, **stopped)
    with pytest.raises(refused):
        enter(storage, count="1")


@pytest.mark.databases
def test_names_scans_and_what_dossiers_copied_go_when_retention_is_over_and_numbers_stay(gathered: Storage) -> None:
    sheet = enter(gathered, names="Ada Lovelace\nMary Shelley")
    judge(gathered, sheet, 1, True)
    gathered.files.write("sheets/abc/scan.png", b"picture")
    with gathered.writing() as session:
        session.scalars(select(PaperSheet)).one().scan = "sheets/abc/scan.png"
    with gathered.writing() as session:
        freezing.freeze(session, published(session, SLUG, "en"), None, made.NOON)
    with gathered.writing() as session:
        action = session.scalars(select(Action)).one()
        action.status, action.ended_at = ActionStatus.CLOSED, made.NOON

    assert retention.purge_all(gathered, made.NOON + timedelta(days=90)).paper == 0
    assert "sheets/abc/scan.png" in gathered.files.names()
    then = made.NOON + timedelta(days=91)
    with gathered.reading() as session:
        assert retention.purge(session, then, dry_run=True).paper == 2
    assert retention.purge_all(gathered, then).paper == 2
    assert retention.purge_all(gathered, then).paper == 0

    assert gathered.files.names() == []
    assert counted(gathered) == 1
    with gathered.reading() as session:
        assert {(it.name, it.name_hash) for it in session.scalars(select(PaperName))} == {(b"", b"")}
        assert session.scalars(select(PaperSheet.scan)).one() is None
        (kept,) = json.loads(session.scalars(select(Dossier.paper)).one() or b"")
    assert (kept["count"], kept["names"]) == (1, [])
    assert asked(gathered) == []


def test_a_sheet_is_to_be_back_in_time_to_be_posted_on_and_if_that_is_over_by_the_deadline() -> None:
    deadline = made.NOON.date() + timedelta(days=20)
    assert back_by(deadline, made.NOON.date(), 15) == deadline - timedelta(days=15)
    assert back_by(deadline, made.NOON.date(), 20) == deadline
    assert back_by(deadline, made.NOON.date(), 30) == deadline


def test_a_sheet_says_what_the_action_says_in_the_language_of_its_text(storage: Storage) -> None:
    sender = Sender("Example Rights Office", ("12 Sample Street",), "office@example.org", 90, {"PK": 4})
    with storage.writing() as session:
        action = made.action(session, deadline=made.NOON.date() + timedelta(days=20))
        in_urdu = published(session, action.slug, "ur")
    sheet = blank(in_urdu, sender, "https://act.example.org", "7Q4-2M9K", made.NOON)
    assert (sheet.locale, sheet.title) == ("ur", "کارڈز کی تجدید کریں")
    assert sheet.asked == (("Sample Minister", "وزیر داخلہ"),)
    assert sheet.url == "https://act.example.org/sheets/renew-the-cards/7Q4-2M9K"
    assert sheet.return_by == made.NOON.date() + timedelta(days=16)
    with pytest.raises(Gone):
        blank(in_urdu, sender, "https://act.example.org", "7Q4-2M9K", made.NOON + timedelta(days=22))


def test_a_name_of_many_is_shown_with_some_of_them_and_how_many_more(gathered: Storage) -> None:
    for country in ("FR", "DE", "ES", "IT", "PK", "CA", "US"):
        online(gathered, "Ada Lovelace", country)
    enter(gathered, names="Ada Lovelace", country="US")
    with gathered.reading() as session:
        (question,) = name_matches.questions(session, gathered.vault, action_id(gathered))
    assert len(question.alike) == name_matches.MOST_ALIKE
    assert question.alike[0].country == "US"
    assert question.more == 2


def test_whoever_signed_online_unnamed_and_on_paper_is_a_question_too(gathered: Storage) -> None:
    with gathered.writing() as session:
        for it in session.scalars(select(Signature)):
            it.disclosure = Disclosure.WITHHELD
    enter(gathered, names="Ada Lovelace")
    assert [name for name, _, _ in asked(gathered)] == ["Ada Lovelace"]
