"""What is public about an action: in the reader's language, and nothing of a draft."""

from __future__ import annotations

from datetime import timedelta

import pytest

from campaign import clock
from campaign.errors import Unknown
from campaign.publication.as_json import public_json
from campaign.publication.reading import described, published
from campaign.publication.values import PublicAction
from campaign.storage import Storage
from campaign.vocabulary import ActionStatus
from tests import made


def read(storage: Storage, locale: str = "en", slug: str = "renew-the-cards") -> PublicAction:
    with storage.reading() as session:
        return published(session, slug, locale)


@pytest.fixture
def stored(storage: Storage) -> Storage:
    with storage.writing() as session:
        made.action(session)
    return storage


def test_texts_come_in_the_readers_language_with_the_figures_written_in_it(stored: Storage) -> None:
    assert read(stored, "en").summary == "The cards of at least 1.4 million people have run out."
    assert read(stored, "ur").summary == "کم از کم 14 لاکھ افراد کے کارڈز ختم ہو گئے۔"


def test_numbers_to_dial_stand_as_people_read_them(storage: Storage) -> None:
    with storage.writing() as session:
        made.action(session).recipients[0].official.channels = {"fax": ["+92519201234"], "phone": ["ask the porter"]}
    action = read(storage)
    assert action.recipients[0].channels == {"fax": ("+92519201234",), "phone": ("ask the porter",)}  # as it is kept
    (asked,) = public_json(action)["recipients"]
    assert (asked["fax"], asked["phone"], asked["x_handle"]) == ("+92 51 9201234", "ask the porter", None)
    assert asked["channels"] == {"fax": ["+92 51 9201234"], "phone": ["ask the porter"]}


def test_an_action_without_a_text_in_the_readers_language_shows_the_original(stored: Storage) -> None:
    action = read(stored, "fr")
    assert (action.locale, action.title) == ("en", "Renew the cards")


def test_letters_quote_the_chosen_figure_and_the_page_shows_the_others(stored: Storage) -> None:
    action = read(stored)
    letter = action.letter("en", 1)
    assert letter is not None
    assert "at least 1.4 million" in letter.text
    (group,) = action.figures
    assert group.quoted.text == "at least 1.4 million"
    assert [it.text for it in group.others] == ["at least 1.3 million"]


def test_a_draft_is_as_unknown_as_what_never_was(storage: Storage) -> None:
    with storage.writing() as session:
        made.action(session, status=ActionStatus.DRAFT)
    for slug in ("renew-the-cards", "no-such-action"):
        with pytest.raises(Unknown):
            read(storage, slug=slug)
    with storage.reading() as session:
        assert described(session, "renew-the-cards", "en").status is ActionStatus.DRAFT


@pytest.mark.databases
def test_an_action_takes_signatures_only_while_it_is_open_and_its_deadline_is_ahead(stored: Storage) -> None:
    action = read(stored)
    assert action.takes_signatures(clock.now())
    assert not action.takes_signatures(clock.now() + timedelta(days=12))


@pytest.mark.parametrize("tag", ["1", "xx", "", "en_", "\ud83d", "-", "e" * 5_000, "../en", "en\x00"])
def test_an_action_is_described_in_no_language_that_there_is_not(storage: Storage, tag: str) -> None:
    with storage.writing() as session:
        made.action(session)
    with storage.reading() as session, pytest.raises(Unknown, match="no language of this name"):
        described(session, "renew-the-cards", tag)


@pytest.mark.parametrize("tag", ["en", "ur", "de", "pt-BR", "zh-Hant"])
def test_an_action_is_described_in_every_language_that_there_is(storage: Storage, tag: str) -> None:
    with storage.writing() as session:
        made.action(session)
    with storage.reading() as session:
        assert described(session, "renew-the-cards", tag).slug == "renew-the-cards"
