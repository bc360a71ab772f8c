"""What the outbox's messages say: written from the signature as it is when the worker sends it, not as it was.

Who lives where being named may be dangerous, or asked for it, gets a discreet message, whatever it is about: a shared
or watched mailbox learns nothing of a case from its subject, its words or its links.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from email.message import EmailMessage
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from campaign import clock
from campaign.appeals.mails import reminders
from campaign.appeals.signing import discretion, names
from campaign.appeals.signing.by_reference import MAY_CONFIRM, in_time
from campaign.appeals.signing.links import UNDO_GOOD, Links
from campaign.language import LANGUAGES, ORIGINAL, direction
from campaign.mail.outbox import Leased
from campaign.mail.rendering import write
from campaign.publication import risk
from campaign.publication.best_way import Advice, Reach, best_of
from campaign.publication.figures import said
from campaign.publication.posting_days import own_days
from campaign.publication.reading import text_in
from campaign.publication.signing_time import may_be_signed
from campaign.publication.stopping import stopped
from campaign.storage import Vault
from campaign.storage.encrypted_columns import SIGNATURE_EMAIL, SIGNATURE_NAME
from campaign.storage.tables import Action, Case, LaterWish, Organisation, Signature
from campaign.vocabulary import Disclosure, MessageKind, RecipientRole, SignatureStatus

# Who may still be written to, and about what.
OWED: dict[MessageKind, frozenset[SignatureStatus]] = {
    MessageKind.CONFIRM: frozenset({SignatureStatus.PENDING}),
    MessageKind.SIGNED_ALREADY: frozenset({SignatureStatus.CONFIRMED}),
    MessageKind.THANKS: frozenset({SignatureStatus.CONFIRMED}),
    MessageKind.LETTER_REMINDER: frozenset({SignatureStatus.CONFIRMED}),
}

# The templates of a message that says nothing of what it is about.
DISCREET = "discreet"


def compose(
    session: Session,
    vault: Vault,
    links: Links,
    base_url: str,
    message: Leased,
    now: datetime,
    posting_days: Mapping[str, int] | None = None,
) -> EmailMessage | None:
    """The message as it should read now; None if it is owed no more: confirmed meanwhile, rejected, erased, too late to
    confirm, or of an action that was stopped."""
    signature = session.get(Signature, message.signature_id) if message.signature_id is not None else None
    if signature is None:
        return None
    later = session.get(LaterWish, message.wish_id) if message.wish_id is not None else None
    if message.wish_id is not None and later is None:
        return None
    wish: Signature | LaterWish = later or signature
    if wish.email is None or wish.name is None:
        return None
    action = session.scalars(
        select(Action)
        .where(Action.id == signature.action_id)
        .options(joinedload(Action.case), selectinload(Action.texts))
    ).one()
    if not owed(message.kind, signature, action, now, later):
        return None
    reminds = message.kind is MessageKind.LETTER_REMINDER
    if reminds and not reminders.still_owed(session, signature, action, now):
        return None
    organisation = session.scalars(select(Organisation)).one()
    locale = wish.locale if wish.locale in LANGUAGES else ORIGINAL
    text = text_in(action.texts, locale, action.original_locale)
    here = f"{base_url}/{locale}"
    confirm_url = f"{here}/confirm/{links.confirmation(wish.reference)}"
    mine_url = f"{here}/mine/{links.mine(signature.reference)}"
    # Discreet wherever one of the two is: the mailbox is the same.
    to = vault.decrypt(wish.email, SIGNATURE_EMAIL, wish.reference)
    discreet = at_risk(action.case, signature) or at_risk(action.case, wish) or discretion.asked_for(session, vault, to)
    if discreet:
        # One path for all such links, and it tells nothing.
        confirm_url = f"{here}/m/{links.confirmation(wish.reference)}"
        mine_url = f"{here}/m/{links.mine(signature.reference)}"
    # Of a mail that says nothing the header says nothing either.
    unsubscribe = f"{here}/{'m' if discreet else 'unsubscribe'}/{links.unsubscribing(signature.reference)}"
    return write(
        DISCREET if discreet else message.kind,
        locale,
        # Neither the sender's name, nor a greeting, nor the number of the mail says what it is about.
        sender=("" if discreet else said(organisation.name, locale), organisation.sender_email),
        to=to,
        message_id=f"<{'m' if discreet else message.kind}.{message.id}@{urlsplit(base_url).hostname}>",
        now=now,
        values={
            "name": "" if discreet else names.in_mail(vault.decrypt(wish.name, SIGNATURE_NAME, wish.reference)),
            "organisation": {"name": said(organisation.name, locale), "contact_email": organisation.contact_email},
            "action": {
                "title": text.title if text else "",
                "locale": text.locale if text else locale,
                "dir": direction(text.locale if text else locale),
                "number": str(action.number) if action.number else "",
            },
            "withheld": signature.disclosure is Disclosure.WITHHELD,
            "deadline": action.deadline,
            # After the deadline no letter is asked for by mail: the page of the action says what still helps.
            "timely": _timely(action, now),
            "advice": _advice(action, own_days(posting_days or {}, organisation.posting_days), now),
            "confirm_url": confirm_url,
            "mine_url": mine_url,
            "unsubscribe_url": unsubscribe,
            "undo_url": f"{here}/undo/{links.undoing(signature.reference, now + UNDO_GOOD)}",
            "undo_until": (now + UNDO_GOOD).date(),
            "open_url": confirm_url if message.kind is MessageKind.CONFIRM else mine_url,
            "action_url": f"{here}/actions/{action.slug}",
            "letter_url": f"{here}/actions/{action.slug}#letter",
            # What is so: a mail never says that a name stands where it does not.
            "disclosure": str(wish.disclosure),
            "message": bool(wish.message),
            "again": later is not None and signature.status is SignatureStatus.CONFIRMED,
        },
        unsubscribe=unsubscribe if signature.updates or reminds else None,
    )


def owed(
    kind: MessageKind, signature: Signature, action: Action, now: datetime, later: LaterWish | None = None
) -> bool:
    """The rule of what may still be sent. A stop takes hold of the outbox too: a title and a link would do harm.

    A later wish may be confirmed under a signature that stands, too; once it is, no mail is owed about it.
    """
    if later is not None:
        waits = signature.status in MAY_CONFIRM and later.confirmed_at is None
        if stopped(action) or not waits or action.deadline is None or kind is not MessageKind.CONFIRM:
            return False
        return in_time(later.expires_at, action.deadline, action.case.time_zone, now)
    if stopped(action) or signature.status not in OWED.get(kind, ()) or action.deadline is None:
        return False
    return kind is not MessageKind.CONFIRM or in_time(signature.expires_at, action.deadline, action.case.time_zone, now)


def at_risk(case: Case, signature: Signature | LaterWish) -> bool:
    """Whether being named may be dangerous where the signer lives, so that a message to them must be discreet."""
    return risk.at_risk(signature.country, risk.risk_countries(case.country, case.at_risk_countries))


def _advice(action: Action, own: Mapping[str, int], now: datetime) -> Advice:
    """The best way to write now, as the page of the action says it."""
    asked = [it.official for it in action.recipients if it.role is RecipientRole.TO]
    return best_of(
        (
            Reach(
                country=official.country,
                address=bool(official.address),
                faster=bool(official.emails or official.channels),
            )
            for official in asked
        ),
        clock.local_day(now, action.case.time_zone),
        action.deadline,
        own,
    )


def _timely(action: Action, now: datetime) -> bool:
    return may_be_signed(action.status, action.deadline, action.case.time_zone, now)
