"""Delivery reports: what a mail server says became of a message, read from whatever it sent.

RFC 3464 where servers follow it; what older and odder ones write instead, flufl.bounce knows. A report is outside text
from anyone who knows our address: it is believed about a message only if it carries that message's number with a MAC
that nobody else can make, in the address it came to (VERP), or as the id of what it quotes.
"""

from __future__ import annotations

import base64
import hmac
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from enum import StrEnum

from flufl.bounce import all_failures

from campaign.mail.verdicts import status_in, trouble_of
from campaign.storage import Vault
from campaign.vocabulary import IncomingKind

# Reports quote at most what was sent, and that is small; what is larger is no report of ours.
LARGEST = 5 * 1024 * 1024
# Of what a mail says, so much is looked at, and kept.
WORDS = 20_000
_MAC_HEX = 24
_SEAL = re.compile(rf"(?<![0-9a-z])letter\.(\d{{1,19}})\.([0-9a-f]{{{_MAC_HEX}}})(?=@)", re.IGNORECASE)
_MOST_PARTS = 50
# The second of each is for addresses in all scripts (RFC 6533).
_STATUSES = frozenset({"message/delivery-status", "message/global-delivery-status"})
_HEADERS = frozenset({"text/rfc822-headers", "message/rfc822-headers", "message/global-headers"})
# Whom the mail came to, as servers write it down on the way.
_CAME_TO = ("To", "Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "X-Rcpt-To", "Original-Recipient")
_ABOUT = ("Message-ID", "In-Reply-To", "References", "X-Original-Message-ID")
_MACHINES = re.compile(r"mailer-daemon|postmaster|mail delivery (system|subsystem)|mdaemon|microsoftexchange", re.I)
_DELAYED = re.compile(r"delayed|delivery status notification \(delay\)|will (keep trying|retry|continue to try)", re.I)


class Verdict(StrEnum):
    """What a report comes to: it arrived; it is still on its way (`delayed`); or one of the troubles."""

    DELIVERED = "delivered"
    DELAYED = "delayed"
    DEAD = "dead"
    PASSING = "passing"
    REPUTATION = "reputation"
    CONTENT = "content"


@dataclass(frozen=True)
class Report:
    """What a report says. `message_ids` are (number of a letter, MAC) of every one of ours in it, unchecked; `status`
    is an enhanced code like "5.1.1", or empty; `words` what the server wrote, for a person."""

    verdict: Verdict
    status: str
    message_ids: tuple[tuple[int, str], ...]
    words: str = ""


@dataclass(frozen=True)
class Mail:
    """A mail as far as a person needs it: who, about what, and its words; and which letter it names, unchecked."""

    kind: IncomingKind
    sender: str
    subject: str
    words: str
    message_ids: tuple[tuple[int, str], ...]


def message_id(vault: Vault, letter_id: int, host: str) -> str:
    """The id of a letter's mail, the same for every attempt at it, with a MAC so that no stranger can make one."""
    return f"<letter.{letter_id}.{_mac(vault, letter_id)}@{host}>"


def return_address(vault: Vault, letter_id: int, address: str) -> str:
    """The envelope sender of a letter (VERP): `address` is "bounces@example.org", to which a plus is added, or
    "*@bounces.example.org", where the server takes everything before the sign. At most 55 characters before it."""
    local, _, domain = address.rpartition("@")
    seal = f"letter.{letter_id}.{_mac(vault, letter_id)}"
    return f"{seal if local == '*' else f'{local}+{seal}'}@{domain}"


def letter_of(vault: Vault, about: Report | Mail) -> int | None:
    """The letter that a report is about; None if it is about none of ours, or the MAC is wrong."""
    return next((number for number, mac in about.message_ids if hmac.compare_digest(mac, _mac(vault, number))), None)


def read(raw: bytes) -> Report | None:
    """The report in a mail; None if the mail is none, or one that only a person can read: see `mail_of`."""
    message = parsed(raw)
    if message is None:
        return None
    parts = list(_parts(message))
    ids = tuple(dict.fromkeys(_ids(message, parts)))
    status = next((part for part in parts if part.get_content_type() in _STATUSES), None)
    return _by_standard(status, parts, ids) if status is not None else _odd(message, parts, ids)


def mail_of(raw: bytes) -> Mail | None:
    """What a mail is, that is no report that could be read; None if it is no mail at all."""
    message = parsed(raw)
    if message is None:
        return None
    parts = list(_parts(message))
    return Mail(
        kind=_kind(message, parts),
        sender=_header(message, "From"),
        subject=_header(message, "Subject"),
        words=_words(parts),
        message_ids=tuple(dict.fromkeys(_ids(message, parts))),
    )


def parsed(raw: bytes) -> Message | None:
    """A mail, however broken; None if it is none: nothing, too large, or without a single header of mail."""
    if not raw.strip() or len(raw) > LARGEST:
        return None
    try:
        # The old policy reads headers as they stand, and never raises for what is in them.
        message = message_from_bytes(raw, policy=policy.compat32)
    except (MessageError, ValueError, LookupError, RecursionError):
        return None
    return message if any(message[name] is not None for name in ("From", "Received", "Date", "Message-ID")) else None


def _by_standard(status: Message, parts: list[Message], ids: tuple[tuple[int, str], ...]) -> Report | None:
    fields = _fields(status)
    action = _first(fields, "action").split(" ")[0]
    diagnostic = _first(fields, "diagnostic-code")
    # "5.0.0" is what a server writes that was told no code; what it was told may say more.
    code = status_in(_first(fields, "status"))
    if code in ("", "5.0.0") and status_in(diagnostic).startswith("5"):
        code = status_in(diagnostic)
    words = _words(parts)
    verdict = _verdict(action, code, diagnostic or words)
    return Report(verdict, code, ids, words) if verdict is not None else None


def _verdict(action: str, status: str, words: str) -> Verdict | None:
    match action, status[:1]:
        case (("delivered" | "relayed" | "expanded"), ("" | "2")):
            return Verdict.DELIVERED
        # A server that took it has not refused it, whatever the report is called (Mailtrain-org/mailtrain#508).
        case "failed", ("" | "4" | "5"):
            return Verdict(trouble_of(status, words))
        case "delayed", _:
            return Verdict.DELAYED
    return None


def _odd(message: Message, parts: list[Message], ids: tuple[tuple[int, str], ...]) -> Report | None:
    """What servers write that know no RFC 3464."""
    if _kind(message, parts) is not IncomingKind.REPORT:
        return None
    words, subject = _words(parts), _header(message, "Subject")
    for_good = message["X-Failed-Recipients"] is not None
    passing = False
    try:
        later, failed = all_failures(message)
        for_good, passing = for_good or bool(failed), bool(later)
    except Exception:
        passing = False
    if _DELAYED.search(subject) or (passing and not for_good):
        return Report(Verdict.DELAYED, status_in(words), ids, words)
    if not for_good:
        return None
    return Report(Verdict(trouble_of(status_in(words), words)), status_in(words), ids, words)


def _kind(message: Message, parts: list[Message]) -> IncomingKind:
    """What a mail is, by what its headers say (RFC 3834, RFC 5965) and who sent it."""
    told = str(message["Content-Type"] or "").lower()
    if "feedback-report" in told or any(part.get_content_type() == "message/feedback-report" for part in parts):
        return IncomingKind.COMPLAINT
    from_machine = _MACHINES.search(_header(message, "From")) or _header(message, "Return-Path") == "<>"
    if message["X-Failed-Recipients"] is not None or "delivery-status" in told or from_machine:
        return IncomingKind.REPORT
    automatic = str(message["Auto-Submitted"] or "no").strip().lower().partition(";")[0] != "no"
    others = (message["X-Autoreply"], message["X-Autorespond"], message["X-Auto-Response-Suppress"])
    precedence = str(message["Precedence"] or "").strip().lower() in {"auto_reply", "junk"}
    if automatic or precedence or any(others):
        return IncomingKind.AUTO_REPLY
    return IncomingKind.REPLY


def _header(message: Message, name: str) -> str:
    """A header as people read it, on one line."""
    written = str(message[name] or "")
    with suppress(ValueError, LookupError, MessageError):
        written = str(make_header(decode_header(written)))
    return " ".join(written.split())[:500]


def _words(parts: list[Message]) -> str:
    """The plain text of a mail, without what it quotes as attachments."""
    texts = []
    for part in parts:
        if part.get_content_type() == "text/plain" and not part.is_multipart():
            body = part.get_payload(decode=True)
            texts.append(body.decode("utf-8", "replace") if isinstance(body, bytes) else str(part.get_payload()))
    return "\n\n".join(texts).replace("\x00", "")[:WORDS]


def _parts(message: Message) -> Iterator[Message]:
    waiting, seen = [message], 0
    while waiting and seen < _MOST_PARTS:
        part = waiting.pop(0)
        seen += 1
        yield part
        inside = part.get_payload()
        # Below a report's own parts stands the message it is about, with its attachments: its headers are enough.
        if isinstance(inside, list) and part.get_content_type() not in _STATUSES:
            waiting += [inner for inner in inside if isinstance(inner, Message)]


def _fields(status: Message) -> list[dict[str, str]]:
    """The groups of fields of a delivery status: first of the message, then of each recipient."""
    inside = status.get_payload()
    groups = [group for group in inside if isinstance(group, Message)] if isinstance(inside, list) else []
    read = [{name.lower(): str(value) for name, value in group.items()} for group in groups]
    rest = "\n\n".join(str(group.get_payload()) for group in groups if not group.is_multipart())
    if str(status["Content-Transfer-Encoding"]).strip().lower() == "base64":  # which is forbidden, and done
        try:
            rest = base64.b64decode(rest).decode("utf-8", "replace")
        except ValueError:
            return read
    return read + [
        {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in group.splitlines())}
        for group in re.split(r"\r?\n\r?\n", rest)
    ]


def _first(groups: list[dict[str, str]], name: str) -> str:
    return " ".join(next((group[name] for group in groups if group.get(name)), "").lower().split())


def _ids(message: Message, parts: list[Message]) -> Iterator[tuple[int, str]]:
    # The address that it came to was made for one letter, and no relay rewrites it: it speaks first.
    for name in _CAME_TO:
        for value in message.get_all(name, []):
            yield from _sealed(str(value))
    for value in message.get_all("Received", []):
        yield from _sealed(str(value))
    for part in parts:
        if part.get_content_type() in _HEADERS and not part.is_multipart():
            body = part.get_payload(decode=True)
            text = body.decode("utf-8", "replace") if isinstance(body, bytes) else str(part.get_payload())
            yield from _sealed(" ".join(line for line in re.split(r"\r?\n(?![ \t])", text) if _names_one(line)))
        else:
            yield from _sealed(" ".join(str(part[name] or "") for name in (*_ABOUT, "Return-Path")))
    # Older servers quote the message in their text.
    yield from _sealed(_words(parts))


def _names_one(line: str) -> bool:
    return line.lower().startswith(("message-id:", "return-path:", "x-original-message-id:"))


def _sealed(text: str) -> Iterator[tuple[int, str]]:
    for number, mac in _SEAL.findall(text):
        yield int(number), mac.lower()


def _mac(vault: Vault, letter_id: int) -> str:
    return vault.keyed_hash("letter report", str(letter_id)).hex()[:_MAC_HEX]
