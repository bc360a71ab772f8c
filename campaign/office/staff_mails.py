"""What is written to organisers, in their language: an invitation, a new password, the digest, what awaits review."""

from __future__ import annotations

from datetime import datetime
from email.message import EmailMessage
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign import language
from campaign.mail.outbox import Leased
from campaign.mail.rendering import write
from campaign.office import digest, mail_choices, review_mails, sensitive_cases
from campaign.office.calendar_and_digest import language_of
from campaign.office.next_steps import SAID
from campaign.office.password_links import LIFE, Welcomes
from campaign.office.permissions import Permission, may
from campaign.publication.figures import said
from campaign.storage.tables import Organisation, Organiser
from campaign.vocabulary import MessageKind, OfficeEvent


def compose(session: Session, welcomes: Welcomes, base_url: str, message: Leased, now: datetime) -> EmailMessage | None:
    """The message as it should read now; None if it is owed no more: their access ended, a password was chosen, the
    digest was switched off, or what was due or waited for them is done."""
    organiser = session.get(Organiser, message.organiser_id)
    if organiser is None or not organiser.active:
        return None
    if message.kind is MessageKind.INVITATION and organiser.password is not None:
        return None
    locale = language_of(organiser)
    values: dict[str, object] = {}
    if message.kind is MessageKind.DIGEST:
        told = digest.digest(session, now, organiser.id, locale)
        if told.empty or not organiser.digest or not may(organiser.role, Permission.READ):
            return None
        steps = {due: SAID[step] for due in told.all if (step := due.next_for(organiser.id))}
        values = {"digest": told, "steps": steps, "board_url": f"{base_url}/organise/", "base_url": base_url}
    if message.kind is MessageKind.REVIEW:
        waiting = review_mails.waiting(session, organiser)
        published = review_mails.published_urgently(session, organiser, now)
        entered = sensitive_cases.entered(session, organiser.id, now)
        held = review_mails.held(session, organiser, now)
        if not (waiting or published or entered or held):
            return None
        values = {"waiting": waiting, "published": published, "entered": entered, "held": held, "base_url": base_url}
    organisation = session.scalars(select(Organisation)).one()
    if message.kind is MessageKind.LETTERS_HELD:
        if organisation.letters_held_at is None or mail_choices.unwanted(organiser, OfficeEvent.LETTERS):
            return None
        values = {"incoming_url": f"{base_url}/organise/incoming/"}
    return write(
        f"office/{message.kind}",
        locale,
        sender=(said(organisation.name, locale), organisation.sender_email),
        to=organiser.email,
        message_id=f"<{message.kind}.{message.id}@{urlsplit(base_url).hostname}>",
        now=now,
        values={
            "name": organiser.name,
            "organisation": said(organisation.name, locale),
            "welcome_url": f"{base_url}/organise/welcome/{welcomes.token(organiser)}",
            "days": LIFE.days,
            "account_url": f"{base_url}/organise/account",
            "at": language.moment(now, locale),
            **values,
        },
    )
