"""What a letter that the system sends says: its encrypted content, and the sheet that is made from it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta

from markupsafe import Markup

from campaign.appeals.letters.blocks import blocks
from campaign.appeals.letters.documents import words
from campaign.language import ORIGINAL, country_name
from campaign.printing.addressee import Addressee
from campaign.printing.sheets.letter import LetterSheet
from campaign.publication.figures import said
from campaign.storage import Vault
from campaign.storage.encrypted_columns import LETTER_CONTENT
from campaign.storage.tables import Official
from campaign.vocabulary import LetterStatus

# A letter that was shown, and never agreed to.
DRAFT_KEPT = timedelta(hours=24)
# What may still be taken back: it has not gone, or it came back.
RETRIEVABLE = (LetterStatus.DRAFTED, LetterStatus.QUEUED, LetterStatus.BOUNCED)


@dataclass(frozen=True)
class Content:
    """A letter as its writer agreed to it; day and address are those of the day on which it goes.

    `sent_to` is the official's address that it went to last: a report that comes back is about that one, whatever an
    organiser has put in its place meanwhile.
    """

    locale: str
    subject: str
    salutation: str
    paragraphs: tuple[str | Markup, ...]
    close: str
    name: str
    place: str
    sent_to: str | None = None

    @classmethod
    def of(cls, sheet: LetterSheet, subject: str) -> Content:
        """What a sheet says, under the subject of a mail."""
        return cls(
            locale=sheet.locale,
            subject=subject,
            salutation=sheet.salutation,
            paragraphs=sheet.paragraphs,
            close=sheet.close,
            name=sheet.sender_name or "",
            place=sheet.sender_place or "",
        )

    @classmethod
    def decrypted(cls, vault: Vault, encrypted: bytes, letter_id: int) -> Content:
        """The content again. What was markup when it was encrypted, by us, is markup."""
        values = json.loads(vault.decrypt(encrypted, LETTER_CONTENT, letter_id))
        paragraphs = tuple(Markup(text) if is_markup else text for is_markup, text in values.pop("paragraphs"))  # noqa: S704
        return cls(paragraphs=paragraphs, **values)

    def encrypted(self, vault: Vault, letter_id: int) -> bytes:
        """As it lies in the table."""
        values = asdict(self) | {"paragraphs": [(isinstance(it, Markup), str(it)) for it in self.paragraphs]}
        return vault.encrypt(json.dumps(values, ensure_ascii=False), LETTER_CONTENT, letter_id)

    def to(self, address: str) -> Content:
        """The same, sent to an address."""
        return replace(self, sent_to=address)

    def sheet(self, day: date, addressee: Addressee) -> LetterSheet:
        """The letter as it is printed."""
        return LetterSheet(
            locale=self.locale,
            day=day,
            addressee=addressee,
            salutation=self.salutation,
            paragraphs=self.paragraphs,
            close=self.close,
            sender_name=self.name or None,
            sender_place=self.place or None,
        )


def text_of(sheet: LetterSheet) -> str:
    """The letter as its mail says it in plain text."""
    return words(sheet)


def words_hash(vault: Vault, sheet: LetterSheet) -> bytes:
    """A keyed hash of a letter's words alone: case, spaces and line ends make no other letter."""
    written = " ".join(" ".join(block.text for block in blocks(sheet.paragraphs)).casefold().split())
    return vault.keyed_hash("letter", written)


def addressee_of(official: Official, locale: str) -> Addressee:
    """Who stands in the window of the envelope, as the directory has them now."""
    return Addressee(
        name=official.name or "",
        title=said(official.title, locale) or None,
        office=said(official.office, ORIGINAL) or None,
        address=tuple(official.address),
        country=country_name(official.country, ORIGINAL) if official.country else None,
    )


def label_of(official: Official, locale: str) -> str:
    """What to call an official in a sentence."""
    return official.name or said(official.office, locale)
