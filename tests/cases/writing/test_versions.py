"""Versions: what was said can be read as it was, and nothing used is written over."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from campaign.cases.writing.versions import (
    Difference,
    as_it_was,
    compare,
    keep_text,
    latest_letter,
    letter_version,
    read_content,
)
from campaign.office.audit import Actor
from campaign.storage import Storage
from campaign.storage.tables import Action, ActionText, Figure, ModelLetter, TextVersion
from campaign.vocabulary import ActionStatus
from tests import made

WRITER = Actor(None, "Sample Writer")


def test_a_text_is_kept_with_what_its_fields_say_and_only_when_it_says_something_new(storage: Storage) -> None:
    with storage.writing() as session:
        action = made.action(session)
        first = keep_text(session, action, "en", WRITER, None, made.NOON)
        assert first is not None
        assert (first.version, first.filled) == (1, {"holders": "at least 1.4 million"})
        assert read_content(first)["demands"] == ["Renew the cards.", "Stop forced returns."]
        assert keep_text(session, action, "en", WRITER, None, made.NOON) is None
        action.texts[0].title = "Renew every card"
        second = keep_text(session, action, "en", WRITER, "clearer", made.NOON)
        assert second is not None
        assert (second.version, second.why, read_content(second)["title"]) == (2, "clearer", "Renew every card")
        assert read_content(first)["title"] == "Renew the cards"


@pytest.mark.databases
def test_a_text_that_was_changed_by_a_statement_is_kept_as_it_is_now(storage: Storage) -> None:
    with storage.writing() as session:
        action = made.action(session)
        session.execute(update(ActionText).values(title="Behind the session's back"))
        kept = keep_text(session, action, "en", WRITER, None, made.NOON)
    assert kept is not None
    assert read_content(kept)["title"] == "Behind the session's back"


def test_a_text_kept_before_its_fields_were_known_gets_them_and_no_twin(storage: Storage) -> None:
    with storage.writing() as session:
        action = made.action(session)
        kept = keep_text(session, action, "en", WRITER, None, made.NOON)
        assert kept is not None
        kept.filled = {}
        assert keep_text(session, action, "en", WRITER, None, made.NOON) is None
        assert kept.filled == {"holders": "at least 1.4 million"}
        assert len(session.scalars(select(TextVersion)).all()) == 1


def test_a_language_without_a_text_keeps_nothing(storage: Storage) -> None:
    with storage.writing() as session:
        assert keep_text(session, made.action(session), "fr", WRITER, None, made.NOON) is None


def test_a_letter_nobody_can_have_sent_is_changed_in_place(storage: Storage) -> None:
    with storage.writing() as session:
        action = made.action(session, status=ActionStatus.DRAFT, opened_at=None)
        saved = letter_version(session, action, "en", None, "Dear,", "New words.", "Yours,", WRITER, made.NOON)
        assert (saved.version, saved.body) == (1, "New words.")


def test_a_letter_that_stood_on_a_public_page_gets_a_new_version_and_reads_as_it_did(storage: Storage) -> None:
    with storage.writing() as session:
        action = made.action(session)
        saved = letter_version(session, action, "en", None, "Dear,", "Only ((holders)).", "Yours,", WRITER, made.NOON)
        assert saved.version == 2
        session.execute(update(Figure).where(Figure.quoted).values(value=5))
    with storage.reading() as session:
        old = session.scalars(select(ModelLetter).where(ModelLetter.locale == "en", ModelLetter.version == 1)).one()
        assert as_it_was(old) == "I write about the cards of at least 1.4 million people.\n\nPlease renew them."
        assert old.used_at == made.NOON
        action = session.scalars(select(Action)).one()
        newest = latest_letter(session, action.id, "en", None)
        assert newest is not None
        assert as_it_was(newest) is None


def test_saving_the_same_letter_again_makes_no_version(storage: Storage) -> None:
    with storage.writing() as session:
        action = made.action(session)
        old = latest_letter(session, action.id, "en", None)
        assert old is not None
        assert (
            letter_version(session, action, "en", None, old.salutation, old.body, old.close, WRITER, made.NOON) is old
        )


def test_a_letter_to_one_official_has_versions_of_its_own(storage: Storage) -> None:
    with storage.writing() as session:
        action = made.action(session)
        official = action.recipients[0].official_id
        saved = letter_version(session, action, "en", official, "Dear,", "To you alone.", "Yours,", WRITER, made.NOON)
        assert (saved.version, saved.official_id) == (1, official)


def test_two_texts_are_compared_word_by_word() -> None:
    told = [(it.difference, it.text) for it in compare("at least 1.4 million people", "around 1.4 million people")]
    assert told == [
        (Difference.REMOVED, "at least"),
        (Difference.ADDED, "around"),
        (Difference.SAME, " 1.4 million people"),
    ]
    # A number is one word, and a change of two words one change.
    assert [it.text for it in compare("of at least 1.4 million", "of around 1.3 million")] == [
        "of ",
        "at least 1.4",
        "around 1.3",
        " million",
    ]
    assert compare("", "") == ()
    assert "".join(it.text for it in compare("a b", "") if it.difference is Difference.REMOVED) == "a b"
