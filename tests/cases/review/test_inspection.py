"""What checks are given: an action as it is stored, and its letters as they are printed."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from campaign.appeals.letters import letters
from campaign.cases.review import inspection
from campaign.cases.review.checks import checks, stops
from campaign.cases.writing import previews
from campaign.cases.writing.model_letters import LetterWords, Which
from campaign.cases.writing.previews import Typed
from campaign.cases.writing.texts import Words
from campaign.publication.reading import described
from campaign.storage import Storage
from campaign.storage.tables import Action, ActionText, Figure, ModelLetter
from campaign.vocabulary import ActionStatus
from tests import made
from tests.made import NOON

SLUG = "renew-the-cards"


@pytest.mark.databases
def test_an_action_is_read_with_everything_that_checks_ask_for(storage: Storage) -> None:
    with storage.writing() as session:
        made.action(session, status=ActionStatus.DRAFT, deadline=date(2025, 9, 15))
    with storage.reading() as session:
        seen = inspection.inspect(session, SLUG, NOON)
    written = inspection.measured(seen)
    assert [it.locale for it in written.texts] == ["en", "ur"]
    assert written.recipients[0].works == ("post", "e-mail", "fax")
    assert set(written.pages.values()) == {1}
    # All that is missing is a person's word that it does no harm.
    assert [it.key for it in stops(checks(written, NOON))] == ["harm"]


@pytest.mark.parametrize("page", ["en", "ur"])
def test_the_letter_that_is_measured_is_the_letter_that_is_printed(storage: Storage, page: str) -> None:
    with storage.writing() as session:
        made.action(session)
    with storage.reading() as session:
        action = described(session, SLUG, page)
    day = date(2025, 8, 1)
    sheets = inspection.letter_sheets(action, day)
    assert {locale: letters.sheet(action, day, 1, locale) for locale in ("en", "ur")} == {
        locale: sheet for (locale, _official), sheet in sheets.items()
    }


def test_each_letter_is_measured_with_the_subject_it_has_on_the_page_in_its_language(storage: Storage) -> None:
    with storage.writing() as session:
        made.action(session)
    with storage.reading() as session:
        seen = inspection.inspect(session, SLUG, NOON)
        pages = {locale: described(session, SLUG, locale) for locale in ("en", "ur")}
    assert {locale: sheet.subject for (locale, _official), sheet in seen.sheets.items()} == {
        "en": "Renew the cards",
        "ur": "کارڈز کی تجدید کریں",
    }
    assert {locale: letters.sheet(page, NOON.date(), 1, locale) for locale, page in pages.items()} == {
        locale: sheet for (locale, _official), sheet in seen.sheets.items()
    }


def test_a_channel_that_failed_works_again_once_it_was_confirmed(storage: Storage) -> None:
    bounced = datetime(2025, 7, 1, tzinfo=UTC)
    with storage.writing() as session:
        action = made.action(session)
        official = action.recipients[0].official
        official.email_bounced_at, official.post_returned_on = bounced, date(2025, 7, 1)
        told = inspection.asked(action.recipients[0])
        assert (told.works, told.broken) == (("fax",), ("e-mail bounced", "post returned"))
        official.contact_confirmed_on = date(2025, 7, 2)
        assert inspection.asked(action.recipients[0]).broken == ()


def test_a_letter_in_a_script_without_a_font_has_no_pages(storage: Storage) -> None:
    with storage.writing() as session:
        action = made.action(session)
        action.letters[0].body = "Please act. \U0010fffd"
    with storage.reading() as session:
        seen = inspection.inspect(session, SLUG, NOON)
    assert None in inspection.measured(seen).pages.values()


def test_a_preview_shows_what_was_typed_and_writes_nothing(storage: Storage) -> None:
    with storage.writing() as session:
        official = made.action(session).recipients[0].official_id
    typed = Typed(
        texts={"en": Words(title="Typed", demands=("Typed demand.",)), "fr": Words(title="Tapé")},
        letters={Which("en", official): LetterWords("Dear Sir,", "Typed letter.", "Yours,")},
    )
    with storage.reading() as session:
        english = previews.previewed(session, SLUG, "en", typed, NOON)
    with storage.reading() as session:
        french = previews.previewed(session, SLUG, "fr", typed, NOON)
    assert (english.title, english.demands) == ("Typed", ("Typed demand.",))
    assert french.title == "Tapé"
    letter = english.letter("en", 1)
    assert letter is not None
    assert letter.text == "Typed letter."
    with storage.reading() as session:
        assert sorted(session.scalars(select(ActionText.title))) == sorted(["Renew the cards", "کارڈز کی تجدید کریں"])
        assert len(session.scalars(select(ModelLetter)).all()) == 2


def test_a_field_is_told_with_what_it_prints_in_each_language_or_as_not_chosen(storage: Storage) -> None:
    with storage.writing() as session:
        action = made.action(session)
        source = action.case.sources[0]
        action.case.figures.append(
            Figure(key="other", value=5, qualifier={}, label={"en": "others"}, source=source, quoted=False)
        )
    with storage.reading() as session:
        figures = list(session.scalars(select(Action)).one().case.figures)
        told = previews.fields(figures, ["en", "ur"])
        assert previews.unknown(["((holders)) ((other)) ((nobody))"], figures) == ["nobody", "other"]
    assert [(it.key, it.prints["en"]) for it in told] == [("holders", "at least 1.4 million"), ("other", None)]
    assert told[0].prints["ur"] == "کم از کم 14 لاکھ"
