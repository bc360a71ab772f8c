"""A copy of a letter for its writer, by e-mail, if they ticked it: owed as they agree, so that it goes before our words
do.

It holds the letter, and so the case. Who lives at risk gets it only by their own tick too, under a subject that says
nothing, from no name.
"""

from __future__ import annotations

from datetime import datetime
from email.message import EmailMessage
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import ColumnElement, case, exists, null
from sqlalchemy.orm import Session

from campaign.appeals.letters.of_letter import of_letter
from campaign.appeals.relay.content import Content, addressee_of, label_of, text_of
from campaign.appeals.signing import discretion, names
from campaign.appeals.signing.links import Links
from campaign.language import LANGUAGES, ORIGINAL, direction
from campaign.mail import outbox
from campaign.mail.outbox import Leased
from campaign.mail.rendering import write
from campaign.publication.figures import said
from campaign.publication.risk import at_risk, risk_countries
from campaign.publication.stopping import stopped
from campaign.storage import Vault
from campaign.storage.encrypted_columns import SIGNATURE_EMAIL, SIGNATURE_NAME
from campaign.storage.exactly import OWED
from campaign.storage.tables import Letter, Message
from campaign.vocabulary import MessageKind, SignatureStatus


def owe(session: Session, signature_id: int, letter_id: int, now: datetime) -> None:
    """Owe its writer a copy of a letter; twice is once."""
    outbox.enqueue_of_letter(
        session, MessageKind.LETTER_COPY, signature_id, letter_id, f"{MessageKind.LETTER_COPY}:{letter_id}", now
    )


def is_owed() -> ColumnElement[bool]:
    """Of letters: whether their writer still waits for a copy."""
    return exists().where(Message.letter_id == Letter.id, Message.kind == MessageKind.LETTER_COPY, OWED)


def kept_if_owed() -> Any:
    """What becomes of the words of a letter that has arrived: nothing is left of them, unless a copy is still owed."""
    return case((is_owed(), Letter.content), else_=null())


def compose(
    session: Session, vault: Vault, links: Links, base_url: str, message: Leased, now: datetime
) -> EmailMessage | None:
    """The mail as it should read now; None if it is owed no more: taken back, erased, stopped, or without words."""
    row = session.execute(of_letter(Letter.id == message.letter_id)).one_or_none()
    if row is None:
        return None
    letter, signature, official, action, of_case, organisation = row
    if stopped(action) or signature.status is not SignatureStatus.CONFIRMED or letter.content is None:
        return None
    if signature.email is None or signature.name is None:
        return None
    locale = signature.locale if signature.locale in LANGUAGES else ORIGINAL
    content = Content.decrypted(vault, letter.content, letter.id)
    to = vault.decrypt(signature.email, SIGNATURE_EMAIL, signature.reference)
    lives_at_risk = at_risk(signature.country, risk_countries(of_case.country, of_case.at_risk_countries))
    discreet = lives_at_risk or discretion.asked_for(session, vault, to)
    here = f"{base_url}/{locale}"
    return write(
        message.kind,
        locale,
        sender=("" if discreet else said(organisation.name, locale), organisation.sender_email),
        to=to,
        message_id=f"<{'m' if discreet else message.kind}.{message.id}@{urlsplit(base_url).hostname}>",
        now=now,
        values={
            "name": ""
            if discreet
            else names.in_mail(vault.decrypt(signature.name, SIGNATURE_NAME, signature.reference)),
            "organisation": {"name": said(organisation.name, locale), "contact_email": organisation.contact_email},
            "discreet": discreet,
            "official": label_of(official, locale),
            "letter": {
                "locale": content.locale,
                "dir": direction(content.locale),
                "subject": content.subject,
                "text": text_of(content.sheet(letter.created_at.date(), addressee_of(official, content.locale))),
            },
            "mine_url": f"{here}/{'m' if discreet else 'mine'}/{links.mine(signature.reference)}",
        },
    )
