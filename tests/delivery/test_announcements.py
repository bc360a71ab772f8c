"""What supporters are told of a delivery: in each language, with the same facts, and with nothing that is a link."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from campaign import prose
from campaign.delivery import announcements
from campaign.delivery.announcements import Announcement
from campaign.language import LANGUAGES, day, number
from campaign.storage.tables import Delivery, Dossier
from campaign.vocabulary import DeliveryChannel, DeliveryStatus, ReplyShown
from tests import made

ON = date(2025, 9, 3)
REPLY = "See [this](https://elsewhere.example) and ((holders)).\n\nThe *cards* stay."


def delivery(**values: object) -> Delivery:
    """A dossier of 1,234 names that has arrived at an office without a name."""
    dossier = Dossier(named=1_230, withheld=4, official=made.official(name=None))
    return Delivery(
        **{
            "dossier": dossier,
            "channel": DeliveryChannel.IN_PERSON,
            "status": DeliveryStatus.DELIVERED,
            "planned_for": ON,
            "ended_on": ON,
            "receipt": None,
            "reply_shown": ReplyShown.NOTHING,
            **values,
        }
    )


@pytest.mark.parametrize("locale", LANGUAGES)
def test_it_says_who_received_how_many_names_and_when_in_every_language(locale: str) -> None:
    told = announcements.delivered(delivery(), locale)
    for fact in (day(ON, locale), number(1_234, locale)):
        assert fact in told.body
    office = {"ur": "وزیر داخلہ"}.get(locale, "Minister of Interior")
    assert office in told.subject
    assert office in told.body
    english = announcements.delivered(delivery(), "en")
    assert locale == "en" or not set(told.body.split("\n\n")) & set(english.body.split("\n\n"))
    assert prose.to_html(told.body, {}).count("<p>") == 2


def test_the_way_and_a_receipt_are_told() -> None:
    bodies = {it: announcements.delivered(delivery(channel=it), "en").body for it in DeliveryChannel}
    assert len(set(bodies.values())) == len(DeliveryChannel)
    assert "receipt" not in bodies[DeliveryChannel.POST]
    assert "We have a receipt." in announcements.delivered(delivery(receipt="receipts/1.png"), "en").body


@pytest.mark.parametrize(
    ("shown", "told"),
    [
        (ReplyShown.THAT_THERE_IS_ONE, False),
        (ReplyShown.TEXT, True),
        (ReplyShown.TEXT_AND_SCAN, True),
    ],
)
def test_of_a_reply_is_told_what_readers_may_see_and_it_stays_plain_text(shown: ReplyShown, told: bool) -> None:
    given = announcements.replied(delivery(reply_on=ON, reply_text=REPLY, reply_shown=shown), "en")
    html = prose.to_html(given.body, {})
    assert "On 3 September 2025, Minister of Interior replied" in html
    assert ("[this](https://elsewhere.example) and ((holders))." in html) is told
    assert ("The *cards* stay." in html) is told
    assert "<a" not in html
    assert replace(given, body="") == Announcement("A reply from Minister of Interior", "")
