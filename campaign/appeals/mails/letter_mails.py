"""What becomes of a letter is told to its writer: sent, come back, posted, or dropped unsent. Nothing ends in silence.

Like every mail about a signature, it is written when it is sent, and says nothing of its matter to who lives at risk.
"""

from __future__ import annotations

from datetime import datetime
from email.message import EmailMessage
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from campaign import clock
from campaign.appeals.letters.of_letter import of_letter
from campaign.appeals.mails.signature_mails import DISCREET, at_risk
from campaign.appeals.signing import discretion, names
from campaign.appeals.signing.links import Links
from campaign.language import LANGUAGES, ORIGINAL
from campaign.mail.outbox import Leased
from campaign.mail.rendering import write
from campaign.publication.figures import said
from campaign.publication.signing_time import may_be_signed
from campaign.publication.stopping import stopped
from campaign.storage import Vault
from campaign.storage.encrypted_columns import SIGNATURE_EMAIL, SIGNATURE_NAME
from campaign.storage.tables import Letter, PostRun
from campaign.vocabulary import LetterStatus, MessageKind, SignatureStatus

# Of a letter that was refused for what is in it: the beginning of its problem, as bounces record it.
OF_CONTENT = "content:"


def compose(
    session: Session, vault: Vault, links: Links, base_url: str, message: Leased, now: datetime
) -> EmailMessage | None:
    """The message as it should read now; None if it is owed no more: withdrawn, erased, stopped, or not so any more."""
    row = session.execute(of_letter(Letter.id == message.letter_id)).one_or_none()
    if row is None:
        return None
    letter, signature, official, action, case, organisation = row
    # After a stop nothing is said that leads to writing; that a letter was not sent is the opposite.
    if stopped(action) and message.kind is not MessageKind.LETTER_DROPPED:
        return None
    if signature.status is not SignatureStatus.CONFIRMED:
        return None
    if signature.email is None or signature.name is None or not true_still(message.kind, letter.status):
        return None
    if message.kind is MessageKind.LETTER_ANSWERED and letter.answer is not None:
        return None  # they told us unasked
    locale = signature.locale if signature.locale in LANGUAGES else ORIGINAL
    here = f"{base_url}/{locale}"
    to = vault.decrypt(signature.email, SIGNATURE_EMAIL, signature.reference)
    discreet = at_risk(case, signature) or discretion.asked_for(session, vault, to)
    # One path for all such links, and it tells nothing.
    mine_url = f"{here}/{'m' if discreet else 'mine'}/{links.mine(signature.reference)}"
    answer_url = f"{here}/{'m' if discreet else 'answer'}/{links.answering(letter.id)}"
    run = session.get(PostRun, letter.post_run_id) if letter.post_run_id is not None else None
    sent_on = clock.local_day(letter.sent_at, case.time_zone) if letter.sent_at is not None else None
    return write(
        DISCREET if discreet else message.kind,
        locale,
        sender=("" if discreet else said(organisation.name, locale), organisation.sender_email),
        to=to,
        message_id=f"<{message.id}@{urlsplit(base_url).hostname}>",
        now=now,
        values={
            "name": ""
            if discreet
            else names.in_mail(vault.decrypt(signature.name, SIGNATURE_NAME, signature.reference)),
            "organisation": {"name": said(organisation.name, locale), "contact_email": organisation.contact_email},
            "stopped": stopped(action),
            "official": official.name or said(official.office, locale),
            "sent_on": sent_on,
            "posted_on": run.posted_on if run is not None else None,
            "of_content": (letter.problem or "").startswith(OF_CONTENT),
            "timely": may_be_signed(action.status, action.deadline, case.time_zone, now),
            "letter_url": f"{here}/actions/{action.slug}#letter",
            "mine_url": mine_url,
            "answer_url": answer_url,
            "open_url": answer_url if message.kind is MessageKind.LETTER_ANSWERED else mine_url,
        },
    )


def true_still(kind: MessageKind, status: LetterStatus) -> bool:
    """Whether what a mail would say of a letter is so when it goes: one that was sent may be back by then."""
    match kind:
        case MessageKind.LETTER_SENT:
            return status in (LetterStatus.SENT, LetterStatus.DELIVERED)
        case MessageKind.LETTER_RETURNED:
            return status in (LetterStatus.BOUNCED, LetterStatus.PRINTED)
        case MessageKind.LETTER_POSTED:
            return status is LetterStatus.PRINTED
        case MessageKind.LETTER_ANSWERED:
            return status in (LetterStatus.SENT, LetterStatus.DELIVERED, LetterStatus.PRINTED)
        case MessageKind.LETTER_DROPPED:
            return status is LetterStatus.DROPPED
    return False
