"""The evidence example: four reports and an action disagree; a correction reaches what quotes it, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import event, select, update

from campaign.appeals.signing import consent
from campaign.appeals.signing.signing import sign
from campaign.appeals.supporter import confirming
from campaign.cases import demonstration
from campaign.cases.evidence import figure_usage
from campaign.cases.evidence.facts import FigureFacts
from campaign.cases.evidence.figure_conflicts import SideBySide, flags, side_by_side
from campaign.cases.evidence.figure_corrections import add_figure, choose_figure, correct_figure, remove_figure
from campaign.cases.writing.versions import Difference, as_it_was
from campaign.delivery import freezing
from campaign.errors import Conflict, Refused, Unknown
from campaign.office import audit
from campaign.office.audit import Actor
from campaign.publication.reading import described, published
from campaign.storage import Storage
from campaign.storage.tables import (
    Action,
    AuditEvent,
    Case,
    Dossier,
    Figure,
    ModelLetter,
    Signature,
    Source,
    TextVersion,
)
from campaign.vocabulary import ActionStatus
from tests import made

# Five months after the reports.
NOW = datetime(2025, 11, 20, 9, 0, tzinfo=UTC)
CHECKER = Actor(None, "Sample Checker")
WHY = "The agency published a corrected count."


@pytest.fixture
def loaded(storage: Storage) -> Storage:
    with storage.writing() as session:
        organisation, _ = demonstration.load(session, NOW)
        consent.state(session, organisation.retention_days, NOW)
    return storage


def beside(storage: Storage) -> dict[str, SideBySide]:
    with storage.reading() as session:
        case = session.scalars(select(Case)).one()
        return {it.key: it for it in side_by_side(case.figures, 90, NOW.date())}


def figure(storage: Storage, key: str, value: int, publisher: str | None = None) -> Figure:
    with storage.reading() as session:
        wanted = select(Figure).join(Source, Source.id == Figure.source_id)
        wanted = wanted.where(Figure.key == key, Figure.value == value)
        return session.scalars(wanted.where(Source.key == publisher) if publisher else wanted).one()


def correct(storage: Storage, it: Figure, value: int, edit_token: str | None = None) -> None:
    was = FigureFacts.of(it)
    with storage.writing() as session:
        to, seen = replace(was, value=value), edit_token or was.edit_token()
        correct_figure(session, storage.vault, CHECKER, it.case_id, it.id, to, seen, WHY, NOW)


def letters(storage: Storage, locale: str) -> list[ModelLetter]:
    with storage.reading() as session:
        wanted = select(ModelLetter).where(ModelLetter.locale == locale).order_by(ModelLetter.version)
        return list(session.scalars(wanted))


def kept(storage: Storage, locale: str) -> list[tuple[int, dict[str, str], str | None]]:
    with storage.reading() as session:
        wanted = select(TextVersion).where(TextVersion.locale == locale).order_by(TextVersion.version)
        return [(it.version, it.filled, it.why) for it in session.scalars(wanted)]


def appeal(storage: Storage) -> str:
    with storage.reading() as session:
        return session.scalars(select(Dossier.appeal)).one()


def told(pieces: Iterable[figure_usage.Piece], left_out: Difference) -> str:
    return "".join(it.text for it in pieces if it.difference is not left_out)


def test_the_reports_conflicts_are_found_and_news_is_told_from_them(loaded: Storage) -> None:
    found = beside(loaded)
    holders, returned, deported = found["card_holders"], found["returned"], found["deported"]
    assert any("1,400,000" in it and "1,300,000" in it for it in holders.conflicts)
    (error,) = [it for it in deported.conflicts if "907,391" in it and "907,351" in it]
    assert "contradicts itself" in error
    (news,) = [it for it in returned.updates if "1,080,312" in it and "1,088,133" in it]
    assert "later number is lower" in news
    assert not any("1,080,312" in it and "1,088,133" in it for it in returned.conflicts)
    # Three reports that agree about a number leave nothing to weigh.
    assert found["citizen_card_holders"].conflicts == ()


def test_figures_of_june_are_stale_in_november_and_the_board_is_told(loaded: Storage) -> None:
    stale = {it.key for it in beside(loaded).values() if it.figures[0].freshness == "stale"}
    assert {"card_holders", "returned", "women", "girls", "first_phase"} <= stale
    # An article that only names its year may be as young as that year's end.
    assert "deported" not in stale
    with loaded.reading() as session:
        case_id = session.scalars(select(Case.id)).one()
        raised = [it.words for it in flags(session, [case_id], NOW)[case_id]]
        assert raised[0] == "6 figures out of date (over 90 days)"
        assert any(it.startswith("Sources disagree about card holders") for it in raised)
        assert flags(session, [case_id + 1], NOW) == {}


def test_a_conflict_that_nobody_weighed_is_told_from_one_that_was(loaded: Storage) -> None:
    with loaded.writing() as session:
        case_id = session.scalars(select(Case.id)).one()
        session.scalars(select(Figure).where(Figure.key == "deported", Figure.quoted)).one().why = None
        session.flush()
        decided = {it.words.split(";")[0]: it.decided for it in flags(session, [case_id], NOW)[case_id]}
    assert decided["Sources disagree about card holders"] is True
    assert decided["Sources disagree about deported"] is False


def test_before_a_correction_every_text_that_quotes_the_figure_is_shown_in_each_language(loaded: Storage) -> None:
    holders = figure(loaded, "card_holders", 1_400_000, "bulletin")
    with loaded.reading() as session:
        reach = figure_usage.of_correction(session, holders, replace(FigureFacts.of(holders), value=1_500_000))
    shown = {(it.place.locale, it.place.part): it for it in reach.quotations}
    assert set(shown) == {(tag, part) for tag in ("en", "ur") for part in ("background", "sample letter")}
    letter = shown["en", "sample letter"].pieces
    assert "cards of at least 1.4 million Afghans" in told(letter, Difference.ADDED)
    assert "cards of at least 1.5 million Afghans" in told(letter, Difference.REMOVED)
    assert "کم از کم 15 لاکھ" in told(shown["ur", "sample letter"].pieces, Difference.REMOVED)
    # The titles say the number in words of their own: nothing but an organiser can change those.
    assert {(it.locale, it.part) for it in reach.typed} == {("en", "title"), ("ur", "title")}


def test_a_correction_reaches_page_and_letters_and_leaves_their_old_versions_as_they_were(loaded: Storage) -> None:
    correct(loaded, figure(loaded, "returned", 1_080_312), 1_080_400)
    with loaded.reading() as session:
        action = published(session, "renew-the-cards", "en")
    new = action.letter("en", 1)
    assert new is not None
    assert new.version == 2
    assert "at least 1,080,400 Afghans" in new.text
    assert "at least 1,080,400" in [it.quoted.text for it in action.figures]
    for locale in ("en", "ur"):
        old, newest = letters(loaded, locale)
        assert old.body == newest.body
        assert "1,080,312" in (as_it_was(old) or "")
        assert as_it_was(newest) is None


@pytest.mark.databases
def test_texts_that_quote_it_get_a_new_version_with_the_same_words_and_their_new_number(loaded: Storage) -> None:
    correct(loaded, figure(loaded, "women", 51_309), 51_903)
    (first, before, none), (second, after, why) = kept(loaded, "en")
    assert (first, second, none, why) == (1, 2, None, WHY)
    assert (before["women"], after["women"]) == ("51,309", "51,903")
    assert before["girls"] == after["girls"]
    # No letter quotes it: none gets a version for nothing.
    assert len(letters(loaded, "en")) == 1


def test_a_draft_reads_the_corrected_figure_and_needs_no_new_letter(storage: Storage) -> None:
    with storage.writing() as session:
        made.action(session, status="draft", opened_at=None)
    correct(storage, figure(storage, "holders", 1_400_000), 1_500_000)
    assert [it.version for it in letters(storage, "en")] == [1]
    with storage.reading() as session:
        assert "1.5 million" in described(session, "renew-the-cards", "en").summary


def test_what_was_signed_and_what_was_printed_stay_as_they_were(loaded: Storage) -> None:
    with loaded.writing() as session:
        # The summary quotes the figure, so that what is signed, and the dossier's cover, do.
        case = session.scalars(select(Case)).one()
        action = published(session, "renew-the-cards", "en")
        text = next(it for it in figure_usage.actions_of(session, case.id) if it.id == action.id).texts[0]
        text.summary = "The cards of ((card_holders)) people ran out."
        session.flush()
        sign(session, loaded.vault, "renew-the-cards", made.wish(), NOW)
        reference = session.scalars(select(Signature.reference)).one()
        confirming.confirm(session, loaded.vault, reference, NOW + timedelta(minutes=5))
    with loaded.writing() as session:
        freezing.freeze(session, published(session, "renew-the-cards", "en"), None, NOW)
    frozen = appeal(loaded)
    correct(loaded, figure(loaded, "card_holders", 1_400_000, "bulletin"), 1_500_000)
    # A dossier is printed from its own appeal alone, whenever that is.
    assert appeal(loaded) == frozen
    assert json.loads(frozen)["summary"] == "The cards of at least 1.4 million people ran out."
    with loaded.reading() as session:
        assert (
            published(session, "renew-the-cards", "en").summary == "The cards of at least 1.5 million people ran out."
        )


def test_a_correction_is_one_event_with_before_after_and_the_reason(loaded: Storage) -> None:
    correct(loaded, figure(loaded, "returned", 1_080_312), 1_080_400)
    with loaded.reading() as session:
        written = session.scalars(select(AuditEvent)).one()
        assert (written.what, written.who, written.reason) == ("figure corrected", "Sample Checker", WHY)
        assert json.loads(written.before or "") == {"value": 1_080_312}
        assert json.loads(written.after or "") == {
            "value": 1_080_400,
            "letters": ["renew-the-cards en 2", "renew-the-cards ur 2"],
        }
        assert audit.faults(session, loaded.vault) == []


@pytest.mark.databases
def test_two_who_correct_at_once_find_out_and_nothing_is_half_done(loaded: Storage) -> None:
    it = figure(loaded, "returned", 1_080_312)
    edit_token = FigureFacts.of(it).edit_token()
    correct(loaded, it, 1_080_400)
    with pytest.raises(Conflict):
        correct(loaded, it, 1_080_500, edit_token)
    assert figure(loaded, "returned", 1_080_400)
    assert len(letters(loaded, "en")) == 2


def test_a_correction_needs_a_reason_and_something_to_correct(loaded: Storage) -> None:
    it = figure(loaded, "women", 51_309)
    was = FigureFacts.of(it)
    with pytest.raises(Refused, match="Give a reason"), loaded.writing() as session:
        to = replace(was, value=1)
        correct_figure(session, loaded.vault, CHECKER, it.case_id, it.id, to, was.edit_token(), "  ", NOW)
    with pytest.raises(Refused, match="not changed anything"):
        correct(loaded, it, 51_309)
    with pytest.raises(Unknown), loaded.writing() as session:
        correct_figure(session, loaded.vault, CHECKER, it.case_id + 1, it.id, was, was.edit_token(), WHY, NOW)


def test_correcting_only_the_date_changes_no_text(loaded: Storage) -> None:
    it = figure(loaded, "women", 51_309)
    was = FigureFacts.of(it)
    with loaded.writing() as session:
        to = replace(was, as_of=date(2025, 6, 16))
        correct_figure(session, loaded.vault, CHECKER, it.case_id, it.id, to, was.edit_token(), WHY, NOW)
    assert kept(loaded, "en") == []


def test_a_figure_that_letters_do_not_quote_is_corrected_without_touching_them(loaded: Storage) -> None:
    it = figure(loaded, "returned", 1_088_133)
    with loaded.reading() as session:
        assert figure_usage.of_correction(session, it, replace(FigureFacts.of(it), value=1_088_134)).quotations == ()
    correct(loaded, it, 1_088_134)
    assert kept(loaded, "en") == []
    assert len(letters(loaded, "en")) == 1


def test_another_figure_can_be_chosen_with_a_reason_and_the_page_shows_the_first_among_the_others(
    loaded: Storage,
) -> None:
    was, chosen = figure(loaded, "returned", 1_080_312), figure(loaded, "returned", 1_088_133)
    with loaded.reading() as session:
        reach = figure_usage.of_choice(session, chosen)
    assert {it.place.locale for it in reach.quotations} == {"en", "ur"}
    with loaded.writing() as session:
        choose_figure(session, loaded.vault, CHECKER, was.case_id, chosen.id, was.id, "An exact count.", NOW)
    with loaded.reading() as session:
        action = published(session, "renew-the-cards", "en")
        written = session.scalars(select(AuditEvent)).one()
    letter = action.letter("en", 1)
    assert letter is not None
    assert "2023, 1,088,133 Afghans" in letter.text
    group = next(it for it in action.figures if it.key == "returned")
    assert group.quoted.text == "1,088,133"
    assert "at least 1,080,312" in [it.text for it in group.others]
    assert (written.what, written.reason) == ("figure chosen", "An exact count.")
    assert "1,080,312" in (as_it_was(letters(loaded, "en")[0]) or "")


def test_a_choice_made_on_an_old_page_is_refused(loaded: Storage) -> None:
    was, chosen = figure(loaded, "returned", 1_080_312), figure(loaded, "returned", 1_088_133)
    with loaded.writing() as session:
        choose_figure(session, loaded.vault, CHECKER, was.case_id, chosen.id, was.id, "An exact count.", NOW)
    with pytest.raises(Conflict), loaded.writing() as session:
        choose_figure(session, loaded.vault, CHECKER, was.case_id, was.id, was.id, "Once more.", NOW)


def test_the_first_figure_of_its_key_is_quoted_and_a_second_waits_to_be_chosen(loaded: Storage) -> None:
    source = figure(loaded, "women", 51_309)
    facts = FigureFacts("camps", 12, {}, {"en": "camps were closed"}, date(2025, 6, 1), source.source_id)
    with loaded.writing() as session:
        first = add_figure(session, loaded.vault, CHECKER, source.case_id, facts, NOW)
        second = add_figure(session, loaded.vault, CHECKER, source.case_id, replace(facts, value=13), NOW)
        assert (first.quoted, second.quoted) == (True, False)
    with pytest.raises(Refused, match="already in the case"), loaded.writing() as session:
        add_figure(session, loaded.vault, CHECKER, source.case_id, facts, NOW)


@pytest.mark.databases
def test_an_undated_figure_is_not_entered_twice(loaded: Storage) -> None:
    source = figure(loaded, "women", 51_309)
    undated = FigureFacts("camps", 12, {}, {"en": "camps were closed"}, None, source.source_id)
    with loaded.writing() as session:
        add_figure(session, loaded.vault, CHECKER, source.case_id, undated, NOW)
    with pytest.raises(Refused, match="already in the case"), loaded.writing() as session:
        add_figure(session, loaded.vault, CHECKER, source.case_id, undated, NOW)
    with loaded.writing() as session:  # the same number with a date is another statement
        dated = replace(undated, as_of=date(2025, 6, 1))
        add_figure(session, loaded.vault, CHECKER, source.case_id, dated, NOW)
    with loaded.reading() as session:
        days = session.scalars(select(Figure.as_of).where(Figure.key == "camps").order_by(Figure.id)).all()
    assert days == [None, date(2025, 6, 1)]


def test_a_figure_that_texts_quote_cannot_be_taken_out(loaded: Storage) -> None:
    quoted, other = figure(loaded, "women", 51_309), figure(loaded, "deported", 907_391)
    with pytest.raises(Refused, match="Texts use this figure"), loaded.writing() as session:
        remove_figure(session, loaded.vault, CHECKER, quoted.case_id, quoted.id, WHY, NOW)
    with loaded.writing() as session:
        remove_figure(session, loaded.vault, CHECKER, other.case_id, other.id, WHY, NOW)
    assert [it.figure.value for it in beside(loaded)["deported"].figures] == [907_351, 1_000_000]


@pytest.mark.databases
def test_flags_take_as_many_queries_for_many_cases_as_for_one(loaded: Storage) -> None:
    with loaded.writing() as session:
        ids = [made.action(session, f"action-{n}").case_id for n in range(8)]
    counted: list[str] = []
    event.listen(loaded.engine, "before_cursor_execute", lambda *args: counted.append(args[2]))

    def queries(of: list[int]) -> int:
        counted.clear()
        with loaded.reading() as session:
            assert len(flags(session, of, NOW)) == len(of)
        return len(counted)

    assert queries(ids[:1]) == queries(ids) == 2


def test_an_approval_does_not_outlive_a_correction_of_what_was_approved(loaded: Storage) -> None:
    with loaded.writing() as session:
        session.execute(
            update(Action).values(
                status=ActionStatus.IN_REVIEW, opened_at=None, approved_at=NOW, opens_at=NOW + timedelta(days=1)
            )
        )
    correct(loaded, figure(loaded, "card_holders", 1_400_000, "bulletin"), 1_500_000)
    with loaded.reading() as session:
        approved = session.scalars(select(Action.approved_at)).all()
    assert approved.count(None) == 1  # of the one that quotes it
