"""News for those who asked for it: to whom an update goes, how it reads as a mail, and how far it has come.

An update is written into the outbox in batches, in the order of the signatures, and remembers the last one it reached.
A worker that is killed between two batches goes on from there; one killed in the middle of a batch has written none of
it. The key of each message holds the update and the signature, so that nobody is ever owed the same news twice.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from urllib.parse import urlsplit

from markupsafe import Markup
from sqlalchemy import ColumnElement, Select, and_, exists, func, select
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from campaign import prose
from campaign.appeals.mails.signature_mails import DISCREET, at_risk
from campaign.appeals.signing import discretion, names
from campaign.appeals.signing.links import ONE_STEP_GOOD, Links, Sender
from campaign.language import LANGUAGES, ORIGINAL, direction
from campaign.mail import outbox
from campaign.mail.outbox import Leased
from campaign.mail.rendering import write
from campaign.publication.figures import said
from campaign.publication.reading import quoted_figures, text_in
from campaign.publication.signing_time import may_be_signed
from campaign.publication.stopping import stopped
from campaign.storage import Vault, guarded
from campaign.storage.encrypted_columns import SIGNATURE_EMAIL, SIGNATURE_NAME
from campaign.storage.exactly import FOLLOWING
from campaign.storage.tables import Action, Case, Message, Organisation, Organiser, Signature, Update, UpdateText
from campaign.vocabulary import MessageKind, MessageStatus, SignatureStatus, UpdateStatus

# Signatures looked at in one transaction: on SQLite all other writers wait for it.
BATCH = 500
ON_ITS_WAY = (UpdateStatus.QUEUED, UpdateStatus.SENT)


def enqueue_updates(session: Session, now: datetime, most: int = BATCH) -> bool:
    """One batch of the eldest update that is on its way; False if there was nothing to do.

    When every message is written and settled, the update is sent. The signatures are walked by their key alone,
    whatever the action: a batch takes as long for the last of a million as for the first.
    """
    queued = session.scalars(
        select(Update).where(Update.status == UpdateStatus.QUEUED).order_by(Update.id).with_for_update(skip_locked=True)
    ).all()
    return any(_batch(session, it, now, most) or _settled(session, it, now) for it in queued)


def owed() -> ColumnElement[bool]:
    """Whether any update is on its way."""
    return exists(select(Update.id).where(Update.status == UpdateStatus.QUEUED))


def waiting(session: Session) -> bool:
    """The same, asked now."""
    return bool(session.scalar(select(owed())))


def _batch(session: Session, news: Update, now: datetime, most: int) -> bool:
    looked_at = session.execute(
        select(Signature.id, Signature.action_id, Signature.status, Signature.updates)
        .where(Signature.id > news.reached)
        .order_by(Signature.id)
        .limit(most)
    ).all()
    if not looked_at:
        return False
    of_case = set(session.scalars(_actions_of_case(news.action_id)))
    for signature_id, action_id, status, wanted in looked_at:
        if action_id not in of_case or not wanted or status is not SignatureStatus.CONFIRMED:
            continue
        if _last_of_its_owner(session, signature_id, of_case):
            outbox.enqueue_update(session, news.id, signature_id, f"update:{news.id}:{signature_id}", now)
    guarded.change(
        session, Update, Update.id == news.id, Update.status == UpdateStatus.QUEUED, reached=looked_at[-1].id
    )
    return True


def _actions_of_case(action_id: int) -> Select[int]:
    """Who asked to be told follows the case: a later action of it is what changes in it."""
    case_id = select(Action.case_id).where(Action.id == action_id).scalar_subquery()
    return select(Action.id).where(Action.case_id == case_id)


def _last_of_its_owner(session: Session, signature_id: int, of_case: Collection[int]) -> bool:
    """Whether this is the one of its owner that is told: who signed several actions of a case hears of it once."""
    mine, other = aliased(Signature), aliased(Signature)
    later = (
        select(other.id)
        .join(mine, (mine.email_hash == other.email_hash) & (mine.seat == other.seat))
        .where(
            mine.id == signature_id,
            other.id > signature_id,
            other.action_id.in_(of_case),
            other.status == SignatureStatus.CONFIRMED,
            other.updates,
        )
    )
    return session.scalar(later.limit(1)) is None


def _settled(session: Session, news: Update, now: datetime) -> bool:
    underway = select(Message.id).where(
        Message.update_id == news.id,
        Message.signature_id.is_not(None),
        Message.status.in_((MessageStatus.PENDING, MessageStatus.LEASED)),
    )
    if session.scalar(underway.limit(1)) is not None:
        return False
    guarded.change(
        session,
        Update,
        Update.id == news.id,
        Update.status == UpdateStatus.QUEUED,
        status=UpdateStatus.SENT,
        ended_at=now,
    )
    return True


@dataclass(frozen=True)
class Progress:
    """How far an update has come: of `all` who are to get it, for how many it is `written`, `sent` and `failed`."""

    all: int
    written: int
    sent: int
    failed: int

    @property
    def percent(self) -> int:
        """How much of it is settled."""
        return 100 * (self.sent + self.failed) // self.all if self.all else 100


def progress(session: Session, news: Update) -> Progress:
    """How far it has come, as the outbox has it now."""
    counted: Mapping[MessageStatus, int] = {
        status: int(n)
        for status, n in session.execute(
            select(Message.status, func.count())
            .where(Message.update_id == news.id, Message.signature_id.is_not(None))
            .group_by(Message.status)
        )
    }
    written = sum(counted.values())
    whole = max(count_subscribers(session, news.action_id), written) if news.status is UpdateStatus.QUEUED else written
    return Progress(whole, written, counted.get(MessageStatus.SENT, 0), counted.get(MessageStatus.FAILED, 0))


def count_subscribers(session: Session, action_id: int) -> int:
    """How many asked to be told what becomes of the case that an action is of; an address counts once."""
    follow = func.count(func.distinct(Signature.email_hash))
    return int(
        session.scalar(select(follow).where(Signature.action_id.in_(_actions_of_case(action_id)), *FOLLOWING)) or 0
    )


def readers(session: Session, action_id: int) -> dict[str, int]:
    """How many e-mails an update would be, by the language that its reader chose; the most first.

    Who signed several actions of the case is told once, under the signature that was last.
    """
    following = and_(Signature.action_id.in_(_actions_of_case(action_id)), *FOLLOWING)
    told = select(func.max(Signature.id)).where(following).group_by(Signature.email_hash, Signature.seat)
    many = func.count()
    counted = select(Signature.locale, many).where(Signature.id.in_(told)).group_by(Signature.locale)
    return {locale: int(n) for locale, n in session.execute(counted.order_by(many.desc(), Signature.locale))}


def languages(session: Session, action_id: int) -> tuple[str, ...]:
    """In which of our languages those who asked to be told of an action read."""
    # One look for each language: the first who reads in it is enough.
    following = and_(Signature.action_id.in_(_actions_of_case(action_id)), *FOLLOWING)
    one = select(Signature.id).where(following)
    return tuple(it for it in LANGUAGES if session.scalar(one.where(Signature.locale == it).limit(1)) is not None)


@dataclass(frozen=True)
class Reader:
    """Whom an update is written to, and the links that are theirs. `unsubscribe` also goes into the header."""

    name: str
    email: str
    locale: str
    mine_url: str
    unsubscribe_url: str
    unsubscribe: bool
    sign_url: str = ""  # that signs the action in one step, where they have signed another of its case


def compose(
    session: Session, vault: Vault, links: Links, base_url: str, message: Leased, now: datetime
) -> EmailMessage | None:
    """The update as a mail to one supporter, or to the organiser who tries it out; None if it is owed no more.

    It is owed no more to who does not want to be told any more, and to nobody if it was cancelled or its action was
    stopped.
    """
    news = session.scalars(
        select(Update).where(Update.id == message.update_id).options(selectinload(Update.texts))
    ).one_or_none()
    if news is None or not news.texts:
        return None
    action = _action(session, news.action_id)
    if stopped(action):
        return None
    if message.organiser_id is not None:
        reader = _organiser(session, action, base_url, message)
        if reader is None:
            return None
        return as_mail(session, news, action, reader, _id(message, base_url), base_url, now, trial=True)
    signature = session.get(Signature, message.signature_id)
    if signature is None or not _owed(news, signature) or signature.email is None or signature.name is None:
        return None
    locale = signature.locale if signature.locale in LANGUAGES else ORIGINAL
    here = f"{base_url}/{locale}"
    email = vault.decrypt(signature.email, SIGNATURE_EMAIL, signature.reference)
    discreet = at_risk(action.case, signature) or discretion.asked_for(session, vault, email)
    reader = Reader(
        name="" if discreet else names.in_mail(vault.decrypt(signature.name, SIGNATURE_NAME, signature.reference)),
        email=email,
        locale=locale,
        mine_url=f"{here}/{'m' if discreet else 'mine'}/{links.mine(signature.reference)}",
        # Of a mail that says nothing the header says nothing either.
        unsubscribe_url=f"{here}/{'m' if discreet else 'unsubscribe'}/{links.unsubscribing(signature.reference)}",
        unsubscribe=True,
        sign_url=f"{here}/sign/{links.one_step(Sender.SIGNER, signature.reference, action.id, now + ONE_STEP_GOOD)}"
        if _may_sign_too(session, signature, action, now)
        else "",
    )
    template = DISCREET if discreet else str(MessageKind.UPDATE)
    return as_mail(session, news, action, reader, _id(message, base_url), base_url, now, template)


def as_mail(
    session: Session,
    news: Update,
    action: Action,
    reader: Reader,
    message_id: str,
    base_url: str,
    now: datetime,
    template: str = str(MessageKind.UPDATE),
    *,
    trial: bool = False,
) -> EmailMessage:
    """An update as one reader gets it: in their language, else in the action's. A `trial` says so in its subject."""
    organisation = session.scalars(select(Organisation)).one()
    published_updates = _text(news, action, reader.locale)
    text = text_in(action.texts, reader.locale, action.original_locale)
    fields = quoted_figures(action.case.figures, published_updates.locale)
    return write(
        template,
        reader.locale,
        sender=("" if template == DISCREET else said(organisation.name, reader.locale), organisation.sender_email),
        to=reader.email,
        message_id=message_id,
        now=now,
        values={
            "name": reader.name,
            "organisation": {
                "name": said(organisation.name, reader.locale),
                "contact_email": organisation.contact_email,
            },
            "action": {"title": text.title if text else "", "number": str(action.number) if action.number else ""},
            "subject": published_updates.subject,
            "trial": trial,
            "news": prose.to_html(published_updates.body, fields, missing="show"),
            "news_text": prose.to_text(published_updates.body, fields, missing="show"),
            "tongue": published_updates.locale,
            "tongue_dir": direction(published_updates.locale),
            "action_url": f"{base_url}/{reader.locale}/actions/{action.slug}",
            "sign_url": reader.sign_url,
            "sign_until": (now + ONE_STEP_GOOD).date(),
            "mine_url": reader.mine_url,
            "open_url": reader.mine_url if template == DISCREET else f"{reader.mine_url}#news",
            "unsubscribe_url": reader.unsubscribe_url,
        },
        unsubscribe=reader.unsubscribe_url if reader.unsubscribe else None,
    )


def on_trial(action: Action, locale: str, name: str, email: str, base_url: str) -> Reader:
    """An organiser in the place of a supporter: there is no signature, so what would be theirs leads to the action."""
    tag = locale if locale in LANGUAGES else ORIGINAL
    here = f"{base_url}/{tag}/actions/{action.slug}"
    return Reader(name, email, tag, here, here, unsubscribe=False)


@dataclass(frozen=True)
class PublishedUpdate:
    """An update as its reader sees it on their own page. `on` is when it was sent off."""

    on: datetime
    subject: str
    html: Markup
    locale: str


def published_updates(session: Session, signature_id: int, locale: str) -> tuple[PublishedUpdate, ...]:
    """The updates that were written to one signature, the latest first: a discreet mail says only that there is one."""
    found = session.scalars(
        select(Update)
        .join(Message, Message.update_id == Update.id)
        .where(Message.signature_id == signature_id, Update.status.in_(ON_ITS_WAY))
        .order_by(Update.id.desc())
        .options(selectinload(Update.texts))
    ).all()
    if not found:
        return ()
    action = _action(session, found[0].action_id)
    if stopped(action):
        return ()
    texts = [(it.queued_at or it.created_at, _text(it, action, locale)) for it in found if it.texts]
    return tuple(
        PublishedUpdate(
            on,
            text.subject,
            prose.to_html(text.body, quoted_figures(action.case.figures, text.locale), missing="show"),
            text.locale,
        )
        for on, text in texts
    )


def _owed(news: Update, signature: Signature) -> bool:
    return news.status in ON_ITS_WAY and signature.status is SignatureStatus.CONFIRMED and signature.updates


def _may_sign_too(session: Session, signature: Signature, action: Action, now: datetime) -> bool:
    """Whether an update tells of an action that its reader, who signed another of its case, can sign as well."""
    if action.id == signature.action_id or action.deadline is None:
        return False
    if not may_be_signed(action.status, action.deadline, action.case.time_zone, now):
        return False
    signed = select(Signature.id).where(Signature.action_id == action.id, Signature.email_hash == signature.email_hash)
    return session.scalar(signed.limit(1)) is None


def _organiser(session: Session, action: Action, base_url: str, message: Leased) -> Reader | None:
    organiser = session.get(Organiser, message.organiser_id)
    if organiser is None or not organiser.active:
        return None
    # The key of a trial says in which language it was asked for; see `cases.updates.trial_key`.
    locale = session.get_one(Message, message.id).idempotency_key.split(":")[3]
    return on_trial(action, locale, organiser.name, organiser.email, base_url)


def _text(news: Update, action: Action, locale: str) -> UpdateText:
    texts = {it.locale: it for it in news.texts}
    return texts.get(locale) or texts.get(action.original_locale) or news.texts[0]


def _action(session: Session, action_id: int) -> Action:
    return session.scalars(
        select(Action)
        .where(Action.id == action_id)
        .options(selectinload(Action.texts), joinedload(Action.case).selectinload(Case.figures))
    ).one()


def _id(message: Leased, base_url: str) -> str:
    """The same for every attempt: a server that took the message before a worker died can tell."""
    return f"<{message.kind}.{message.id}@{urlsplit(base_url).hostname}>"
