"""A letter that a supporter asks the system to send: shown to them first, then agreed to, and theirs to take back.

Whoever holds the link from the mail is the owner, as on "My signature".
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session

from campaign import clock
from campaign.appeals.letters import letters
from campaign.appeals.relay import consent as relay_consent
from campaign.appeals.relay import copies, incoming
from campaign.appeals.relay.content import DRAFT_KEPT, RETRIEVABLE, Content, addressee_of, label_of, text_of, words_hash
from campaign.appeals.signing.by_reference import DEAD_LINK_STATUSES, no_longer_valid
from campaign.errors import Conflict, Gone, Refused, Unknown, Unprintable, Why
from campaign.language import country_name
from campaign.printing.engine import fonts
from campaign.printing.engine.text import clean
from campaign.printing.sheets.letter import LetterSheet
from campaign.publication.reading import published
from campaign.publication.risk import at_risk, risk_countries
from campaign.publication.stopping import refuse_if_stopped
from campaign.publication.values import PublicAction, PublicRecipient
from campaign.storage import Vault, guarded
from campaign.storage.encrypted_columns import SIGNATURE_EMAIL, SIGNATURE_NAME
from campaign.storage.tables import Action, Case, IncomingMail, Letter, LetterConsent, Official, PostRun, Signature
from campaign.storage.upsert import insert_or_leave
from campaign.vocabulary import IncomingKind, LetterAnswer, LetterStatus, SignatureStatus

# An official reads what many people write, not what one writes often.
MAX_LETTERS_PER_OFFICIAL = 3
LONGEST = 20_000  # characters of own words


@dataclass(frozen=True)
class Drafted:
    """A letter as it would go, for its writer to look at. `locale` is the letter's language.

    `reply_to` is their own address, which the official will see; `at_risk`: being known may be dangerous where they
    live, so the page asks twice.
    """

    id: int
    slug: str
    official: str
    locale: str
    subject: str
    text: str
    sheet: LetterSheet
    name: str
    place: str
    reply_to: str
    at_risk: bool
    expires_at: datetime


@dataclass(frozen=True)
class Mine:
    """One letter, for its owner. `text` is None once its words are forgotten; `posted_on` is of a printed one."""

    id: int
    official: str
    locale: str
    status: LetterStatus
    created_at: datetime
    sent_at: datetime | None
    ended_at: datetime | None
    posted_on: date | None
    may_be_taken_back: bool
    subject: str | None
    text: str | None
    consent: str | None  # what they were told, in the language they agreed in
    asked: bool  # whether they wish to be asked if there was an answer
    answer: LetterAnswer | None
    handed_in: str | None  # an answer's text that they gave us, until it is forgotten


def save_draft(
    session: Session,
    vault: Vault,
    reference: bytes | None,
    slug: str,
    official_n: int,
    locale: str,
    own_words: str | None,
    now: datetime,
) -> Drafted:
    """Keep a letter as it would go, for a day, to be shown and agreed to.

    `locale` is the letter's language, `official_n` the recipient's number, `own_words` what was written; None is the
    model. One draft to an official is kept, the last. Raises `Gone` (no such signature, stopped, too late), `Unknown`
    (no such recipient or model), `Refused` (not confirmed, no e-mail to send to, nothing we could print), `Conflict`
    (the same words again, or enough letters).
    """
    signature = _signature(session, reference)
    action = published(session, slug, locale)
    if signature.action_id != action.id:
        raise no_longer_valid()
    name, email = _known(vault, signature)
    _refuse_unless_open(action, now)
    recipient, _ = letters.model(action, official_n, locale)
    _refuse_unless_reachable(recipient)
    place = country_name(signature.country, locale)
    sheet = letters.sheet(action, clock.local_day(now, action.time_zone), official_n, locale, name, place, own_words)
    _refuse_unprintable(sheet, own_words)
    _refuse_more(session, signature.id, recipient.official_id)
    content = Content.of(sheet, action.title)
    letter_id = _kept(session, vault, signature, action.id, recipient.official_id, content, sheet, now)
    return _drafted(letter_id, action.slug, recipient.label, content, sheet, email, _at_risk(action, signature), now)


def shown(session: Session, vault: Vault, reference: bytes | None, letter_id: int, now: datetime) -> Drafted:
    """A draft once more. Raises `Unknown` if there is none of theirs with this number."""
    row = session.execute(
        select(Letter, Signature, Official, Action, Case)
        .join(Signature, Signature.id == Letter.signature_id)
        .join(Official, Official.id == Letter.official_id)
        .join(Action, Action.id == Letter.action_id)
        .join(Case, Case.id == Action.case_id)
        .where(Letter.id == letter_id, Letter.status == LetterStatus.DRAFTED, Signature.reference == reference)
    ).one_or_none()
    if row is None or row.Letter.content is None or row.Signature.email is None:
        raise _no_such_letter()
    content = Content.decrypted(vault, row.Letter.content, letter_id)
    day = clock.local_day(now, row.Case.time_zone)
    return _drafted(
        letter_id,
        row.Action.slug,
        label_of(row.Official, content.locale),
        content,
        content.sheet(day, addressee_of(row.Official, content.locale)),
        vault.decrypt(row.Signature.email, SIGNATURE_EMAIL, row.Signature.reference),
        at_risk(row.Signature.country, risk_countries(row.Case.country, row.Case.at_risk_countries)),
        row.Letter.created_at,
    )


def submit(
    session: Session,
    vault: Vault,
    reference: bytes | None,
    letter_id: int,
    locale: str,
    now: datetime,
    *,
    copy: bool = False,
    ask: bool = False,
) -> None:
    """Have a drafted letter sent, with the consent as it reads in `locale`, the page's language. Twice is once.

    `copy`: its writer wants it by e-mail. `ask`: they want to be asked, once, whether there was an answer.

    Raises `Unknown` if there is no such letter of theirs, `Gone` and `Refused` as `draft` does, `Conflict` if enough
    were sent to this official.
    """
    signature = _signature(session, reference)
    letter = session.scalars(
        select(Letter).where(Letter.id == letter_id, Letter.signature_id == signature.id)
    ).one_or_none()
    if letter is None:
        raise _no_such_letter()
    if letter.status is not LetterStatus.DRAFTED:
        return  # agreed to already
    _known(vault, signature)
    action = published(session, session.scalars(select(Action.slug).where(Action.id == letter.action_id)).one(), locale)
    _refuse_unless_open(action, now)
    recipient = next((it for it in action.recipients if it.official_id == letter.official_id), None)
    if recipient is None:
        raise Unknown("This action is not addressed to this official.")
    _refuse_unless_reachable(recipient)
    _refuse_more(session, signature.id, letter.official_id)
    guarded.change(
        session,
        Letter,
        Letter.id == letter_id,
        Letter.status == LetterStatus.DRAFTED,
        status=LetterStatus.QUEUED,
        letter_consent_id=relay_consent.agreed(session, locale, now),
        created_at=now,
        due_at=now,
        ask_answer=ask,
    )
    if copy:
        copies.owe(session, signature.id, letter_id, now)


def withdraw(session: Session, reference: bytes | None, letter_id: int) -> None:
    """Take a letter back that has not gone, or came back; nothing of it remains.

    Raises `Unknown` if there is none of theirs with this number, `Conflict` if it has gone, or goes at this moment.
    """
    theirs = select(Signature.id).where(Signature.reference == reference, Signature.status.not_in(DEAD_LINK_STATUSES))
    mine = (Letter.id == letter_id, Letter.signature_id.in_(theirs.scalar_subquery()))
    gone = guarded.remove(session, Letter, *mine, Letter.status.in_(RETRIEVABLE), Letter.lease.is_(None))
    if gone:
        return
    if session.scalars(select(Letter.id).where(*mine)).one_or_none() is None:
        raise _no_such_letter()
    raise Conflict("We have already sent this letter. You can no longer withdraw it.")


def letters_of(session: Session, vault: Vault, reference: bytes | None) -> tuple[Mine, ...]:
    """All letters that a signature's owner asked us to send, the newest first; none for a link that leads nowhere."""
    rows = session.execute(
        select(Letter, Official, PostRun.posted_on, LetterConsent.text, IncomingMail)
        .join(Signature, Signature.id == Letter.signature_id)
        .join(Official, Official.id == Letter.official_id)
        .outerjoin(PostRun, PostRun.id == Letter.post_run_id)
        .outerjoin(LetterConsent, LetterConsent.id == Letter.letter_consent_id)
        .outerjoin(
            IncomingMail,
            and_(IncomingMail.letter_id == Letter.id, IncomingMail.kind == IncomingKind.HANDED_IN),
        )
        .where(Signature.reference == reference, Signature.status.not_in(DEAD_LINK_STATUSES))
        .order_by(Letter.id.desc())
    ).all()
    return tuple(_mine(vault, *row) for row in rows)


def _mine(
    vault: Vault,
    letter: Letter,
    official: Official,
    posted_on: date | None,
    consent: str | None,
    handed_in: IncomingMail | None,
) -> Mine:
    content = Content.decrypted(vault, letter.content, letter.id) if letter.content is not None else None
    sheet = content.sheet(letter.created_at.date(), addressee_of(official, content.locale)) if content else None
    return Mine(
        id=letter.id,
        official=label_of(official, letter.locale),
        locale=letter.locale,
        status=letter.status,
        created_at=letter.created_at,
        sent_at=letter.sent_at,
        ended_at=letter.ended_at,
        posted_on=posted_on,
        may_be_taken_back=letter.status in RETRIEVABLE and letter.lease is None,
        subject=content.subject if content else None,
        text=text_of(sheet) if sheet else None,
        consent=consent,
        asked=letter.ask_answer,
        answer=letter.answer,
        handed_in=incoming.words_of(vault, handed_in) if handed_in is not None else None,
    )


def _signature(session: Session, reference: bytes | None) -> Signature:
    # Locked: two letters of one person at the same moment are counted one after the other.
    wanted: Select[Signature] = select(Signature).where(
        Signature.reference == reference, Signature.status.not_in(DEAD_LINK_STATUSES)
    )
    found = session.scalars(wanted.with_for_update()).one_or_none()
    if found is None:
        raise no_longer_valid()
    return found


def _known(vault: Vault, signature: Signature) -> tuple[str, str]:
    if signature.status is SignatureStatus.PENDING:
        raise Refused("Confirm your signature first. The link is in the e-mail we sent you.")
    if signature.status is not SignatureStatus.CONFIRMED or signature.name is None or signature.email is None:
        raise Gone("This signature was withdrawn. We send letters only for people who have signed.", Why.WITHDRAWN)
    return (
        vault.decrypt(signature.name, SIGNATURE_NAME, signature.reference),
        vault.decrypt(signature.email, SIGNATURE_EMAIL, signature.reference),
    )


def _refuse_unless_open(action: PublicAction, now: datetime) -> None:
    refuse_if_stopped(action)
    if not action.takes_signatures(now):
        raise Gone("The deadline of this action has passed. We no longer send letters.", Why.LATE)


def _refuse_unless_reachable(recipient: PublicRecipient) -> None:
    if not recipient.emails:
        raise Refused("We have no e-mail address for this official. Print the letter and send it by post.")


def _refuse_unprintable(sheet: LetterSheet, own_words: str | None) -> None:
    if own_words is not None and len(own_words) > LONGEST:
        raise Refused("This letter is too long. Officials read one page.")
    if not sheet.paragraphs:
        raise Refused("Your letter is empty. Write something, or use the sample letter.")
    try:
        fonts.refuse_unprintable(clean("\n".join([sheet.sender_name or "", own_words or ""])))
    except Unprintable as missing:
        raise Refused(
            "We cannot print this: %(scripts)s. Write it another way, or leave it out.", **missing.values
        ) from missing


def _refuse_more(session: Session, signature_id: int, official_id: int) -> None:
    sent = session.scalar(
        select(func.count())
        .select_from(Letter)
        .where(
            Letter.signature_id == signature_id,
            Letter.official_id == official_id,
            Letter.status != LetterStatus.DRAFTED,
        )
    )
    if (sent or 0) >= MAX_LETTERS_PER_OFFICIAL:
        raise Conflict(
            "You have already asked us to send three letters to this official. We do not send more, because more "
            "letters from one person are hardly read."
        )


def _kept(
    session: Session,
    vault: Vault,
    signature: Signature,
    action_id: int,
    official_id: int,
    content: Content,
    sheet: LetterSheet,
    now: datetime,
) -> int:
    """The id of the draft. One that was shown before, and not agreed to, gives way."""
    guarded.remove(
        session,
        Letter,
        Letter.signature_id == signature.id,
        Letter.official_id == official_id,
        Letter.status == LetterStatus.DRAFTED,
    )
    letter_id = _number(now)
    made = insert_or_leave(
        session,
        Letter,
        id=letter_id,
        action_id=action_id,
        official_id=official_id,
        signature_id=signature.id,
        locale=content.locale,
        status=LetterStatus.DRAFTED,
        content=content.encrypted(vault, letter_id),
        text_hash=words_hash(vault, sheet),
        created_at=now,
        due_at=now,
        attempts=0,
    )
    if made is None:
        raise Conflict("We have already sent, or are sending, this same letter to this official for you.")
    return made


def _number(now: datetime) -> int:
    """A number that no other letter has had: the time in milliseconds, and a million at random.

    SQLite gives the number of a row that is gone to the next. A page that is still open would then agree to words that
    it does not show, and a report about a letter that was erased would be taken for one about another.
    """
    return int(now.timestamp() * 1000) << 20 | secrets.randbits(20)


def _drafted(
    letter_id: int,
    slug: str,
    official: str,
    content: Content,
    sheet: LetterSheet,
    email: str,
    at_risk: bool,
    made_at: datetime,
) -> Drafted:
    return Drafted(
        id=letter_id,
        slug=slug,
        official=official,
        locale=content.locale,
        subject=content.subject,
        text=text_of(sheet),
        sheet=sheet,
        name=content.name,
        place=content.place,
        reply_to=email,
        at_risk=at_risk,
        expires_at=made_at + DRAFT_KEPT,
    )


def _at_risk(action: PublicAction, signature: Signature) -> bool:
    return at_risk(signature.country, action.at_risk_countries)


def _no_such_letter() -> Unknown:
    return Unknown("There is no such letter. It may have been withdrawn.")
