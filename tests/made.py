"""Small things to test with, each with as little in it as its test needs."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from campaign import channels, clock
from campaign.appeals.signing.wishes import Wish
from campaign.storage.tables import (
    Action,
    ActionText,
    Case,
    Event,
    Figure,
    ModelLetter,
    Official,
    Recipient,
    Source,
    Subject,
)
from campaign.vocabulary import ActionKind, ActionStatus, Disclosure, EventKind, RecipientRole

NOON = datetime(2025, 8, 1, 12, 0, tzinfo=UTC)

ORGANISATION: dict[str, Any] = {
    "id": 1,
    "name": {"en": "Example Rights Office", "ur": "ایگزامپل رائٹس آفس"},
    "contact_email": "office@example.org",
    "sender_email": "appeals@example.org",
    "postal_address": ["12 Sample Street", "Exampletown"],
    "retention_days": 90,
    "time_zone": "Europe/London",
    "least_country": 1,  # small numbers are hidden in the tests about that
    "name_hold_minutes": 0,
}


def action(
    session: Session,
    slug: str = "renew-the-cards",
    deadline: date | None = None,
    status: ActionStatus = ActionStatus.OPEN,
    seats: int = 1,
    **values: Any,
) -> Action:
    """An action in Pakistan with one official, texts and letters in English and Urdu; open for ten more days."""
    ended = {ActionStatus.CLOSED, ActionStatus.STOPPED, ActionStatus.ARCHIVED}
    made = Action(
        **{
            "case": case(slug),
            "slug": slug,
            "serial": 56,
            "year": 2025,
            "index_reference": "ASA 33/9511/2025",
            "kind": ActionKind.FIRST,
            "status": status,
            "issued_on": date(2025, 6, 17),
            "deadline": deadline or (clock.now() + timedelta(days=10)).date(),
            "seats": seats,
            "goal": 500,
            "original_locale": "en",
            "languages": ["en", "ur"],
            "created_at": NOON,
            "opened_at": NOON,
            "ended_at": clock.now() if status in ended else None,
            "unplaced": [],
            **values,
        }
    )
    made.texts = [
        ActionText(
            locale="en",
            title="Renew the cards",
            summary="The cards of ((holders)) people have run out.",
            demands=["Renew the cards.", "Stop forced returns."],
            background="A card is *proof*. [Report](https://example.org/report)",
        ),
        ActionText(
            locale="ur",
            title="کارڈز کی تجدید کریں",
            summary="((holders)) افراد کے کارڈز ختم ہو گئے۔",
            demands=["کارڈز کی تجدید کریں۔"],
            background="کارڈ ثبوت ہے۔",
        ),
    ]
    made.recipients = [Recipient(official=official(), role=RecipientRole.TO, position=1)]
    made.letters = [
        ModelLetter(
            locale="en",
            version=1,
            salutation="Dear Minister,",
            body="I write about the cards of ((holders)) people.\n\nPlease renew them.",
            close="Yours sincerely,",
            created_at=NOON,
        ),
        ModelLetter(
            locale="ur",
            version=1,
            salutation="محترم وزیر صاحب،",
            body="((holders)) افراد کے کارڈز ختم ہو گئے۔\n\nبراہ کرم تجدید کریں۔",
            close="والسلام،",
            created_at=NOON,
        ),
    ]
    session.add(made)
    session.flush()
    return made


def case(slug: str, zone: str = "Asia/Karachi") -> Case:
    """A case with one figure in two versions, two threats and a subject."""
    made = Case(
        slug=slug,
        country="PK",
        time_zone=zone,
        place={"en": "Islamabad", "ur": "اسلام آباد"},
        created_at=NOON,
    )
    source = Source(key="report", publisher={"en": "Example Press"}, title={"en": "A report"}, url=None)
    made.sources = [source]
    made.figures = [
        Figure(
            key="holders",
            value=value,
            qualifier={"en": "at least", "ur": "کم از کم"},
            label={"en": "people hold a card", "ur": "افراد کے پاس کارڈ ہے"},
            source=source,
            as_of=date(2025, 6, 17),
            quoted=quoted,
        )
        for value, quoted in ((1_400_000, True), (1_300_000, False))
    ]
    made.events = [
        Event(on=date(2025, 6, 30), kind=EventKind.THREAT, caption={"en": "cards expire", "ur": "کارڈ ختم"}),
        Event(on=date(2025, 9, 1), kind=EventKind.THREAT, caption={"en": "returns begin", "ur": "واپسی شروع"}),
    ]
    made.subjects = [Subject(position=1, name={"en": "Card holders"}, pronoun={"en": "all"})]
    return made


def official(**values: Any) -> Official:
    """An invented minister who can be reached by post, fax, e-mail and X. A channel is given by its key: one entry, or
    several in a list."""
    ways: dict[str, Any] = {"fax": "+92 51 555 0100", "x_handle": "@sampleminister"}
    ways |= {key: values.pop(key) for key in channels.KEYS if key in values}
    return Official(
        **{
            "name": "Sample Minister",
            "title": {},
            "office": {"en": "Minister of Interior", "ur": "وزیر داخلہ"},
            "address": ["1 Sample Road", "Islamabad, Pakistan"],
            "country": "PK",
            "emails": ["minister@example.invalid"],
            "channels": {key: [it] if isinstance(it, str) else it for key, it in ways.items() if it},
            "languages": ["en", "ur"],
            "salutation": {"en": "Dear Minister,", "ur": "محترم وزیر صاحب،"},
            **values,
        }
    )


def wish(email: str = "ada@example.org", **values: Any) -> Wish:
    """What Ada asks for."""
    return Wish(
        **{
            "name": "Ada Lovelace",
            "email": email,
            "country": "GB",
            "disclosure": Disclosure.PUBLIC,
            "message": None,
            "updates": False,
            "locale": "en",
            "sure": True,
            **values,
        }
    )
