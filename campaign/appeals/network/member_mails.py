"""What members of the network are written: from their choices and the actions as they are when the worker sends it."""

from __future__ import annotations

from datetime import datetime
from email.message import EmailMessage
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign import clock
from campaign.appeals.network import rounds
from campaign.appeals.network.choices import at_once, fits
from campaign.appeals.network.membership import chosen
from campaign.appeals.signing.links import ONE_STEP_GOOD, Links, Sender
from campaign.language import LANGUAGES, ORIGINAL, direction
from campaign.mail.outbox import Leased
from campaign.mail.rendering import write
from campaign.publication.figures import said
from campaign.publication.reading import text_in
from campaign.storage import Vault
from campaign.storage.encrypted_columns import MEMBER_EMAIL
from campaign.storage.tables import Action, Member, NetworkRound, Organisation
from campaign.vocabulary import MemberStatus, MessageKind

KINDS = frozenset({MessageKind.NETWORK_CONFIRM, MessageKind.NETWORK_ACTION, MessageKind.NETWORK_WEEKLY})
# The templates of a message that says nothing of what it is about.
DISCREET = "discreet"


def compose(
    session: Session, vault: Vault, links: Links, base_url: str, message: Leased, now: datetime
) -> EmailMessage | None:
    """The message as it should read now; None if it is owed no more: they left, or nothing of it can be signed."""
    member = session.get(Member, message.member_id)
    if member is None:
        return None
    choices = chosen(member)
    locale = member.locale if member.locale in LANGUAGES else ORIGINAL
    here = f"{base_url}/{locale}"
    actions: list[Action] = []
    if message.kind is MessageKind.NETWORK_CONFIRM:
        if member.status is MemberStatus.PENDING and member.expires_at <= now:
            return None
    else:
        going = session.get(NetworkRound, message.round_id)
        if going is None or member.status is not MemberStatus.CONFIRMED:
            return None
        weekly = going.action_id is None
        actions = [
            it
            for it in rounds.in_round(session, going, now)
            if (
                fits(choices, rounds.news_of(it))
                if weekly
                else at_once(choices, rounds.news_of(it), clock.local_day(going.created_at, it.case.time_zone))
            )
        ]
        if not actions:
            return None
    organisation = session.scalars(select(Organisation)).one()
    discreet, token = member.discreet, links.member(member.reference)
    leave_url = f"{here}/leave/{links.leaving(member.reference)}"
    member_url = f"{here}/{'m' if discreet else 'network'}/{token}"
    return write(
        DISCREET if discreet else str(message.kind),
        locale,
        sender=("" if discreet else said(organisation.name, locale), organisation.sender_email),
        to=vault.decrypt(member.email, MEMBER_EMAIL, member.reference),
        message_id=f"<{'m' if discreet else message.kind}.{message.id}@{urlsplit(base_url).hostname}>",
        now=now,
        values={
            "name": "",
            "organisation": {"name": said(organisation.name, locale), "contact_email": organisation.contact_email},
            "joined": member.status is MemberStatus.CONFIRMED,
            "actions": [_told(it, locale, here, links, member.reference, now) for it in actions],
            "open_url": member_url,
            "member_url": member_url,
            "leave_url": leave_url,
        },
        # Of a mail that says nothing the header says nothing either.
        unsubscribe=None
        if message.kind is MessageKind.NETWORK_CONFIRM
        else f"{here}/m/{links.leaving(member.reference)}"
        if discreet
        else leave_url,
    )


def _told(action: Action, locale: str, here: str, links: Links, reference: bytes, now: datetime) -> dict[str, object]:
    until = now + ONE_STEP_GOOD
    text = text_in(action.texts, locale, action.original_locale)
    tongue = text.locale if text else locale
    return {
        "title": text.title if text else "",
        "summary": text.summary if text else "",
        "locale": tongue,
        "dir": direction(tongue),
        "deadline": action.deadline,
        "url": f"{here}/actions/{action.slug}",
        "sign_url": f"{here}/sign/{links.one_step(Sender.MEMBER, reference, action.id, until)}",
        "until": until.date(),
    }
