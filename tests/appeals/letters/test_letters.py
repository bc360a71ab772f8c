"""Letters: to one official or to each, from the model or in one's own words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from markupsafe import Markup

from campaign.appeals.letters.letters import sheet, sheets
from campaign.errors import Unknown
from campaign.publication.reading import published
from campaign.publication.values import PublicAction
from campaign.settings import Settings
from campaign.storage import Storage
from campaign.storage.tables import ModelLetter, Recipient
from campaign.vocabulary import RecipientRole
from tests import made

DAY = date(2025, 8, 5)


@pytest.fixture
def action(on_sqlite: Settings) -> PublicAction:
    """An action with a minister to ask and an ambassador to inform, who has an English letter of their own."""
    storage = Storage(on_sqlite)
    with storage.writing() as session:
        stored = made.action(session)
        ambassador = made.official(name="Sample Ambassador", salutation={"en": "Your Excellency,"})
        stored.recipients.append(Recipient(official=ambassador, role=RecipientRole.COPY, position=2))
        session.flush()
        stored.letters.append(
            ModelLetter(
                locale="en",
                version=1,
                official_id=ambassador.id,
                salutation="Your Excellency,",
                body="Please pass this on.",
                close="Yours faithfully,",
                created_at=made.NOON,
            )
        )
    with storage.reading() as session:
        found = published(session, "renew-the-cards", "en")
    storage.dispose()
    return found


def test_a_letter_to_each_goes_to_those_who_are_asked_first_with_their_own_greeting(action: PublicAction) -> None:
    minister, ambassador = sheets(action, DAY, "en", "Ada", None, "My own words.")

    assert (minister.salutation, ambassador.salutation) == ("Dear Minister,", "Your Excellency,")
    assert minister.paragraphs == ambassador.paragraphs == ("My own words.",)
    assert ambassador.addressee.name == "Sample Ambassador"


def test_the_model_sent_back_untouched_is_the_model_each_official_has(action: PublicAction) -> None:
    as_browsers_send_it = action.letters[0].text.replace("\n", "\r\n") + "  "
    minister, ambassador = sheets(action, DAY, "en", own_words=as_browsers_send_it)

    assert isinstance(minister.paragraphs[0], Markup)
    assert ambassador.paragraphs == (Markup("<p>Please pass this on.</p>"),)
    assert sheet(action, DAY, 1, "en", own_words=as_browsers_send_it).paragraphs == minister.paragraphs


def test_one_changed_word_makes_it_ones_own(action: PublicAction) -> None:
    own = sheet(action, DAY, 1, "en", own_words=action.letters[0].text.replace("Please", "Do please"))

    assert own.paragraphs[-1] == "Do please renew them."


def test_a_letter_in_a_language_there_is_none_in_is_refused(action: PublicAction) -> None:
    refusals: list[Callable[[], object]] = [
        lambda: sheets(action, DAY, "fr"),
        lambda: sheet(action, DAY, 1, "fr"),
        lambda: sheet(action, DAY, 7),
        lambda: sheets(replace(action, recipients=()), DAY),
    ]
    for refusal in refusals:
        with pytest.raises(Unknown):
            refusal()
