"""What a message is made of: two parts, the reader's language, and no header that anyone else wrote."""

from __future__ import annotations

from datetime import date
from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser
from typing import Any

import pytest
from sqlalchemy import select

from campaign.appeals.mails import signature_mails
from campaign.appeals.signing.links import Links
from campaign.appeals.signing.signing import sign
from campaign.mail import outbox
from campaign.mail.rendering import write
from campaign.publication.best_way import Advice, Way
from campaign.storage import Storage
from campaign.storage.tables import Signature
from campaign.vocabulary import Disclosure, MessageKind, SignatureStatus
from tests import made
from tests.conftest import SECRET_KEY

HEADERS = [
    "Auto-Submitted",
    "Content-Language",
    "Content-Type",
    "Date",
    "From",
    "MIME-Version",
    "Message-ID",
    "Subject",
    "To",
    "X-Auto-Response-Suppress",
]
HOSTILE = [
    "Ada\r\nBcc: everyone@example.invalid",
    "Ada\nX-Evil: 1\n\nA new body",
    "Ada\u2028Bcc: everyone@example.invalid",
    "Ada\x85Bcc: everyone@example.invalid",
    "=?utf-8?q?Ada=0ABcc=3A_everyone=40example=2Einvalid?=",
    '<script>alert(1)</script><a href="https://evil.invalid">&',
    "Ada\u202etxet desrever",
    "A" * 500,
]


def drafted(
    kind: MessageKind = MessageKind.CONFIRM,
    locale: str = "en",
    name: str = "Ada Lovelace",
    to: str = "ada@example.org",
    sender: tuple[str, str] = ("Example Rights Office", "appeals@example.org"),
    title: str = "Renew the cards",
    number: str = "UA 56/25",
) -> EmailMessage:
    """A message as it leaves the writing."""
    values: dict[str, Any] = {
        "name": name,
        "organisation": {"name": sender[0], "contact_email": "office@example.org"},
        "action": {"title": title, "number": number},
        "deadline": date(2025, 9, 15),
        "timely": True,
        "again": False,
        "advice": Advice(Way.POST, date(2025, 9, 8), 7),
        "disclosure": "public",
        "message": False,
        "withheld": False,
        "confirm_url": "https://campaign.test/en/confirm/token",
        "action_url": "https://campaign.test/en/actions/renew-the-cards",
        "letter_url": "https://campaign.test/en/actions/renew-the-cards#letter",
        "mine_url": "https://campaign.test/en/mine/token",
        "unsubscribe_url": "https://campaign.test/en/unsubscribe/token",
        "subject": "Half of the cards are renewed",
        "news": "Half of them.",
        "news_text": "Half of them.",
        "tongue": locale,
        "tongue_dir": "ltr",
        "undo_url": "https://campaign.test/en/undo/token",
        "undo_until": date(2025, 9, 1),
        "sign_url": "https://campaign.test/en/sign/token",
        "sign_until": date(2025, 9, 1),
    }
    return write(kind, locale, sender, to, "<confirm.1@campaign.test>", made.NOON, values)


def written(*args: Any, **kwargs: Any) -> EmailMessage:
    """The same as whoever receives it reads it."""
    return read(drafted(*args, **kwargs).as_bytes(policy=policy.SMTP))


def read(content: bytes) -> EmailMessage:
    message = message_from_bytes(content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def part(message: EmailMessage, subtype: str) -> EmailMessage:
    found = message.get_body(preferencelist=(subtype,))
    assert isinstance(found, EmailMessage)
    return found


class Tags(HTMLParser):
    """The opening tags of a page, with their attributes, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("locale", ["en", "ur"])
@pytest.mark.parametrize("kind", [*signature_mails.OWED, MessageKind.UPDATE])
def test_every_message_says_the_same_in_plain_text_and_in_html(kind: MessageKind, locale: str) -> None:
    message = written(kind, locale)
    assert message.get_content_type() == "multipart/alternative"
    assert [it.get_content_type() for it in message.iter_parts()] == ["text/plain", "text/html"]
    plain, page = part(message, "plain").get_content(), Tags(part(message, "html").get_content())
    for told in ("Ada Lovelace", "Renew the cards", "UA 56/25", "office@example.org", "https://campaign.test/"):
        assert told in plain
        assert told in page.text
    assert str(message["Subject"]).strip()


def test_a_message_in_urdu_says_so_and_runs_from_the_right() -> None:
    message = written(locale="ur", name="عائشہ")
    assert message["Content-Language"] == "ur"
    page = part(message, "html")
    assert ("html", {"lang": "ur", "dir": "rtl"}) in Tags(page.get_content()).tags
    for each in message.iter_parts():
        assert each.get_content_charset() == "utf-8"
        assert "عائشہ" in each.get_content()
    # Whatever the language, what goes over the wire is ASCII, in lines that every server takes.
    assert all(len(line) <= 998 for line in message.as_bytes(policy=policy.SMTP).split(b"\r\n"))
    assert message.as_bytes(policy=policy.SMTP).isascii()


def test_the_language_of_a_message_is_stated() -> None:
    assert written(locale="en")["Content-Language"] == "en"


@pytest.mark.parametrize("field", ["name", "title", "number"])
@pytest.mark.parametrize("hostile", HOSTILE)
def test_nothing_that_anyone_wrote_becomes_a_header(field: str, hostile: str) -> None:
    message = written(**{field: hostile})
    assert sorted(message.keys()) == HEADERS
    assert str(message["To"]) == "ada@example.org"
    assert str(message["From"]) == "Example Rights Office <appeals@example.org>"
    assert len(str(message["Subject"]).splitlines()) == 1


@pytest.mark.parametrize("hostile", HOSTILE)
def test_an_organisation_cannot_name_itself_into_a_header_either(hostile: str) -> None:
    message = written(sender=(hostile, "appeals@example.org"))
    assert sorted(message.keys()) == HEADERS
    (sender,) = message["From"].addresses
    assert sender.addr_spec == "appeals@example.org"


def test_a_hostile_name_stays_text_in_the_html() -> None:
    page = Tags(part(written(name=HOSTILE[5]), "html").get_content())
    assert HOSTILE[5] in page.text
    assert not [tag for tag, _ in page.tags if tag == "script"]
    assert not [attributes for _, attributes in page.tags if "evil.invalid" in (attributes.get("href") or "")]


def test_a_message_loads_nothing_from_anywhere() -> None:
    page = part(written(), "html").get_content()
    assert not [tag for tag, _ in Tags(page).tags if tag in {"img", "link", "script", "iframe", "object", "video"}]
    assert "url(" not in page
    assert "@import" not in page


def test_a_domain_in_another_script_is_written_as_mail_servers_know_it() -> None:
    assert str(written(to="ada@bücher.example")["To"]) == "ada@xn--bcher-kva.example"
    assert str(written(to="ada@straße.example")["To"]) == "ada@xn--strae-oqa.example"


def test_automatic_replies_are_asked_not_to_come() -> None:
    message = written()
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Auto-Response-Suppress"] == "All"


def signed(storage: Storage, name: str = "Ada Lovelace") -> outbox.Leased:
    """Someone signs with everything there is to give; the confirmation message, leased."""
    wish = made.wish(
        "ada.lovelace@example.org",
        name=name,
        country="IS",
        disclosure=Disclosure.WITHHELD,
        message="Some words for the minister alone",
        updates=True,
    )
    with storage.writing() as session:
        made.action(session)
        sign(session, storage.vault, "renew-the-cards", wish, made.NOON)
        (leased,) = outbox.claim(session, made.NOON, 1)
    return leased


def composed(storage: Storage, leased: outbox.Leased) -> EmailMessage | None:
    with storage.reading() as session:
        return signature_mails.compose(
            session, storage.vault, Links(SECRET_KEY), "https://campaign.test", leased, made.NOON
        )


def test_of_what_the_signer_gave_a_message_holds_the_name_and_nothing_else(storage: Storage) -> None:
    message = composed(storage, signed(storage))
    assert message is not None
    told = part(message, "plain").get_content() + part(message, "html").get_content()
    assert "Ada Lovelace" in told
    for private in ("ada.lovelace", "Iceland", "withheld", "Some words", "Signature("):
        assert private not in told
    # The address stands where it must, in "To", and in no other header.
    assert [name for name, value in message.items() if "ada.lovelace" in value] == ["To"]


def test_a_name_neither_turns_the_greeting_around_nor_becomes_a_link(storage: Storage) -> None:
    leased = signed(storage, name="Ada \u202eevil.com")
    message = composed(storage, leased)
    assert message is not None
    plain = part(message, "plain").get_content()
    assert plain.startswith("Dear Ada evil.\u2060com,\n")
    assert "\u202e" not in plain + part(message, "html").get_content()


def test_every_attempt_at_a_message_carries_the_same_id(storage: Storage) -> None:
    leased = signed(storage)
    first, second = composed(storage, leased), composed(storage, leased)
    assert first is not None
    assert second is not None
    assert first["Message-ID"] == second["Message-ID"] == f"<confirm.{leased.id}@campaign.test>"


@pytest.mark.parametrize("status", [SignatureStatus.CONFIRMED, SignatureStatus.REJECTED])
def test_what_is_owed_no_more_is_not_written(storage: Storage, status: SignatureStatus) -> None:
    leased = signed(storage)
    with storage.writing() as session:
        signature = session.scalars(select(Signature)).one()
        signature.status = status
        signature.counts = status is SignatureStatus.CONFIRMED
        signature.confirmed_on = date(2025, 8, 1) if signature.counts else None
    assert composed(storage, leased) is None


def test_a_title_in_another_language_than_the_mail_says_so(storage: Storage) -> None:
    leased = signed(storage)
    with storage.writing() as session:
        session.scalars(select(Signature)).one().locale = "ar"
    message = composed(storage, leased)
    assert message is not None
    tags = Tags(part(message, "html").get_content()).tags
    assert ("bdi", {"lang": "en", "dir": "ltr"}) in tags
