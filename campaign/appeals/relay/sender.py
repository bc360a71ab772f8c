"""Carrying letters to officials: what one looks like as a mail, and the sweep that sends what may go now.

From the organisation's own address, so that mail servers can see it is no forgery, with the supporter in Reply-To:
answers go to the person who wrote, and never through us.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import urlsplit

from email_validator import EmailNotValidError
from sqlalchemy.orm import Session

from campaign import clock
from campaign.appeals.letters.of_letter import of_letter
from campaign.appeals.relay import bounces, incoming, owed_news, queue
from campaign.appeals.relay.content import Content, addressee_of, text_of
from campaign.appeals.relay.queue import Leased
from campaign.errors import Permanent, Temporary, Unprintable
from campaign.language import gettext
from campaign.mail.rendering import Whole, mailbox, one_line
from campaign.mail.reports import Mail, message_id, return_address
from campaign.mail.transport import AddressRefused, SenderRefused, to_officials
from campaign.printing.sheets.letter import LetterSheet, letter_pdf
from campaign.publication.figures import said
from campaign.publication.signing_time import may_be_signed
from campaign.publication.stopping import stopped
from campaign.settings import Settings
from campaign.storage import Storage, Vault
from campaign.storage.encrypted_columns import SIGNATURE_EMAIL
from campaign.storage.tables import Letter, Signature
from campaign.vocabulary import IncomingKind, LetterStatus, MessageKind, Paper, SignatureStatus

log = logging.getLogger("campaign.letters")

# Where offices print on Letter.
_LETTER_PAPER = frozenset({"CA", "CL", "CO", "CR", "DO", "GT", "MX", "NI", "PA", "PH", "PR", "SV", "US", "VE"})

Printer = Callable[[LetterSheet, Paper], bytes]


@dataclass(frozen=True)
class Outgoing:
    """A letter with everything its mail is made from; `cleared` is the official's, as it is now."""

    leased: Leased
    content: Content
    sheet: LetterSheet
    paper: Paper
    organisation: str
    sender: str
    reply_to: str
    to: str
    to_name: str
    cleared: bool
    message_id: str
    envelope: str | None = None  # where reports about this letter, and no other, go


def outgoing(
    session: Session, vault: Vault, base_url: str, letter: Leased, now: datetime, bounces_address: str | None = None
) -> Outgoing | None:
    """What is to go; None if it may go no more: taken back, erased, stopped, parked or too late since it was leased."""
    row = session.execute(
        of_letter(Letter.id == letter.id, Letter.lease == letter.lease, Letter.status == LetterStatus.QUEUED)
    ).one_or_none()
    if row is None:
        return None
    stored, signature, official, action, case, organisation = row
    if stopped(action) or not may_be_signed(action.status, action.deadline, case.time_zone, now):
        return None
    if signature.status is not SignatureStatus.CONFIRMED or signature.email is None or stored.content is None:
        return None
    if official.email_bounced_at is not None or not official.emails:
        return None
    content = Content.decrypted(vault, stored.content, stored.id).to(official.emails[0])
    return Outgoing(
        leased=letter,
        content=content,
        sheet=content.sheet(_day(signature, now), addressee_of(official, content.locale)),
        paper=Paper.LETTER if official.country in _LETTER_PAPER else Paper.A4,
        organisation=said(organisation.name, content.locale),
        sender=organisation.sender_email,
        reply_to=vault.decrypt(signature.email, SIGNATURE_EMAIL, signature.reference),
        to=official.emails[0],
        to_name=official.name or "",
        cleared=official.cleared_at is not None,
        message_id=message_id(vault, letter.id, urlsplit(base_url).hostname or "localhost"),
        envelope=return_address(vault, letter.id, bounces_address) if bounces_address else None,
    )


def _day(signature: Signature, now: datetime) -> date:
    """A letter carries its writer's day: the one where they live."""
    return clock.local_day(now, clock.capital_zone(signature.country))


def compose(out: Outgoing, now: datetime, printer: Printer = letter_pdf) -> EmailMessage:
    """The mail: the letter as plain text, and as PDF beside it. Raises `AddressRefused` if the address is none.

    It says nothing of machines: a person wrote it, and an answer to it reaches them. Printing takes its time, so this
    belongs in no transaction.
    """
    locale, name = out.content.locale, out.content.name
    through = on_behalf_of(name, out.organisation, locale)
    message = EmailMessage()
    message["Subject"] = one_line(out.content.subject)
    message["From"] = mailbox(out.sender, through)
    message["Reply-To"] = mailbox(out.reply_to, name)
    message["To"] = _official(out.to, out.to_name)
    message["Date"] = format_datetime(now)
    message["Message-ID"] = Whole("Message-ID", out.message_id)
    message.set_content(text_of(out.sheet), cte="quoted-printable")
    try:
        pdf = printer(out.sheet, out.paper)
    except Unprintable:  # no font here has a script of it: the words go all the same. Which script is nobody's business
        log.warning("Letter %d is sent without its PDF", out.leased.id)
    else:
        message.add_attachment(pdf, maintype="application", subtype="pdf", filename="letter.pdf")
    message["Content-Language"] = locale  # last: setting the content takes away every header about content
    return message


def on_behalf_of(name: str, organisation: str, locale: str) -> str:
    """Whom such a mail is from, in the letter's language."""
    return gettext(locale, "%(name)s via %(organisation)s", name=name, organisation=organisation)


def _official(address: str, name: str) -> Address:
    try:
        return mailbox(address, name)
    except Permanent:  # more than a mailbox: no letter of anybody will ever go there
        raise AddressRefused("no address") from None
    except EmailNotValidError:
        pass
    # A domain that is nobody's, or of a network within the house: its form may still be right, and servers decide.
    try:
        return Address(one_line(name), addr_spec=one_line(address))
    except (ValueError, IndexError, MessageError):
        raise AddressRefused("no address") from None


class Carrier:
    """The sweep: what may go now is leased, written, sent and recorded, each step in a transaction of its own."""

    def __init__(self, settings: Settings, storage: Storage, printer: Printer = letter_pdf) -> None:
        self._settings, self._storage, self._printer = settings, storage, printer

    def carry(self) -> int:
        """Send what may go now, at most a letter to each official; returns how many were settled: sent, put off or
        refused."""
        return sum(self._carry_one(it) for it in self._lease())

    def _lease(self) -> tuple[Leased, ...]:
        live = not self._settings.demo
        with self._storage.reading() as session:
            if not queue.ready(session, clock.now(), live=live):
                return ()
        with self._storage.writing() as session:
            return queue.claim(session, clock.now(), live=live)

    def _carry_one(self, letter: Leased) -> bool:
        if not letter.safe(clock.now()):
            self._give_back(letter)
            return False
        out = None
        try:
            with self._storage.reading() as session:
                out = outgoing(
                    session, self._storage.vault, self._settings.base_url, letter, clock.now(),
                    self._settings.bounces_address,
                )  # fmt: skip
            if out is None or (not out.cleared and not self._settings.demo):
                self._give_back(letter)
                return False
            written = compose(out, clock.now(), self._printer)
            with to_officials(self._settings, out.cleared) as way:
                way.send(written, f"{letter.id:08}-letter", out.envelope)
        except SenderRefused as refused:
            self._held(letter, refused)
        except Permanent as refused:
            self._refused(letter, out.to if out else None, refused)
        except Temporary as trouble:
            self._put_off(letter, str(trouble))
        except Exception as fault:  # one letter that cannot be written must not hold up the others
            log.error("Letter %d could not be sent: %s", letter.id, type(fault).__name__)
            self._put_off(letter, type(fault).__name__)
        else:
            encrypted = out.content.encrypted(self._storage.vault, letter.id)

            def sent(session: Session) -> None:
                if queue.mark_sent(session, letter, encrypted, clock.now()):
                    owed_news.enqueue_of(session, letter.id, MessageKind.LETTER_SENT, clock.now())

            # Done again by itself: that a letter went must be known, or it goes a second time.
            self._storage.write(sent)
        return True

    def _give_back(self, letter: Leased) -> None:
        with self._storage.writing() as session:
            queue.release(session, letter)

    def _put_off(self, letter: Leased, problem: str) -> None:
        with self._storage.writing() as session:
            queue.retry_later(session, letter, problem, clock.now())

    def _refused(self, letter: Leased, to: str | None, refused: Permanent) -> None:
        now = clock.now()
        of_address = isinstance(refused, AddressRefused)
        problem = str(refused) if of_address else f"{bounces.CONTENT} {refused}"
        with self._storage.writing() as session:
            if not queue.mark_bounced(session, letter, problem):
                return
            owed_news.enqueue_of(session, letter.id, MessageKind.LETTER_RETURNED, now)
            if of_address and to is not None:
                bounces.mark(session, self._storage.vault, letter.official_id, to, now)

    def _held(self, letter: Leased, refused: SenderRefused) -> None:
        """The server will have nothing from us: the letter waits, and so does every other."""
        now, vault = clock.now(), self._storage.vault
        with self._storage.writing() as session:
            if queue.retry_later(session, letter, str(refused), now) and bounces.hold(session, vault, now):
                words = f"{refused}\n{refused.words}"
                mail = Mail(IncomingKind.REFUSAL, "", "", words, ())
                incoming.keep(session, vault, f"{now.isoformat()} {words}".encode(), mail, None, now)
