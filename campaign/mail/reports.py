"""Delivery reports (RFC 3464): what a mail server says became of a message, read from whatever it sent.

A report is outside text from anyone who knows our address: it is believed about a message only if it carries that
message's id with a mac that nobody else can make.
"""

from __future__ import annotations

import base64
import hmac
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.errors import MessageError
from email.message import Message
from enum import StrEnum

from campaign.storage import Vault

# Reports quote at most what was sent, and that is small; what is larger is no report of ours.
LARGEST = 5 * 1024 * 1024
_MAC_HEX = 24
_MESSAGE_ID = re.compile(rf"<?letter\.(\d{{1,19}})\.([0-9a-f]{{{_MAC_HEX}}})@", re.IGNORECASE)
_STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_MOST_PARTS = 50
# The second of each is for addresses in all scripts (RFC 6533).
_STATUSES = frozenset({"message/delivery-status", "message/global-delivery-status"})
_HEADERS = frozenset({"text/rfc822-headers", "message/rfc822-headers", "message/global-headers"})


class Verdict(StrEnum):
    """What a report comes to: it arrived; it never will (`hard`); it did not, and another try may (`soft`); it is still
    on its way (`delayed`)."""

    DELIVERED = "delivered"
    HARD = "hard"
    SOFT = "soft"
    DELAYED = "delayed"


@dataclass(frozen=True)
class Report:
    """What a report says. `message_ids` are (number of a letter, mac) of every id of ours in it, unchecked; `status`
    is an enhanced code like "5.1.1", or empty."""

    verdict: Verdict
    status: str
    message_ids: tuple[tuple[int, str], ...]


def message_id(vault: Vault, letter_id: int, host: str) -> str:
    """The id of a letter's mail, the same for every attempt at it, with a MAC so that no stranger can make one."""
    return f"<letter.{letter_id}.{_mac(vault, letter_id)}@{host}>"


def letter_of(vault: Vault, report: Report) -> int | None:
    """The letter that a report is about; None if it is about none of ours, or the mac is wrong."""
    return next((number for number, mac in report.message_ids if hmac.compare_digest(mac, _mac(vault, number))), None)


def read(raw: bytes) -> Report | None:
    """The report in a mail; None if the mail is none: an answer, an advertisement, a broken one."""
    message = parsed(raw)
    if message is None:
        return None
    parts = list(_parts(message))
    status = next((it for it in parts if it.get_content_type() in _STATUSES), None)
    if status is None:
        return None
    fields = _fields(status)
    action = _first(fields, "action").split(" ")[0]
    code = _STATUS.search(_first(fields, "status")) or _STATUS.search(_first(fields, "diagnostic-code"))
    verdict = _verdict(action, code[1] if code else "")
    if verdict is None:
        return None
    return Report(verdict, ".".join(code.groups()) if code else "", tuple(dict.fromkeys(_ids(parts))))


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


def _verdict(action: str, kind: str) -> Verdict | None:
    match action, kind:
        case (("delivered" | "relayed" | "expanded"), ("" | "2")):
            return Verdict.DELIVERED
        case "failed", ("" | "5"):
            return Verdict.HARD
        # They tried for days and gave up; the address may be right.
        case "failed", "4":
            return Verdict.SOFT
        case "delayed", _:
            return Verdict.DELAYED
    return None


def _parts(message: Message) -> Iterator[Message]:
    waiting, seen = [message], 0
    while waiting and seen < _MOST_PARTS:
        part = waiting.pop(0)
        seen += 1
        yield part
        inside = part.get_payload()
        # Below a report's own parts stands the message it is about, with its attachments: its headers are enough.
        if isinstance(inside, list) and part.get_content_type() not in _STATUSES:
            waiting += [it for it in inside if isinstance(it, Message)]


def _fields(status: Message) -> list[dict[str, str]]:
    """The groups of fields of a delivery status: first of the message, then of each recipient."""
    inside = status.get_payload()
    groups = [it for it in inside if isinstance(it, Message)] if isinstance(inside, list) else []
    read = [{name.lower(): str(value) for name, value in it.items()} for it in groups]
    rest = "\n\n".join(str(it.get_payload()) for it in groups if not it.is_multipart())
    if str(status["Content-Transfer-Encoding"]).strip().lower() == "base64":  # which is forbidden, and done
        try:
            rest = base64.b64decode(rest).decode("utf-8", "replace")
        except ValueError:
            return read
    return read + [
        {name.strip().lower(): value.strip() for name, _, value in (it.partition(":") for it in group.splitlines())}
        for group in re.split(r"\r?\n\r?\n", rest)
    ]


def _first(groups: list[dict[str, str]], name: str) -> str:
    return " ".join(next((it[name] for it in groups if it.get(name)), "").lower().split())


def _ids(parts: list[Message]) -> Iterator[tuple[int, str]]:
    for part in parts:
        if part.get_content_type() in _HEADERS and not part.is_multipart():
            body = part.get_payload(decode=True)
            text = body.decode("utf-8", "replace") if isinstance(body, bytes) else str(part.get_payload())
            yield from _found(" ".join(it for it in re.split(r"\r?\n(?![ \t])", text) if _names_one(it)))
        else:
            yield from _found(" ".join(str(part[it] or "") for it in ("Message-ID", "In-Reply-To", "References")))


def _names_one(line: str) -> bool:
    return line.lower().startswith("message-id:")


def _found(text: str) -> Iterator[tuple[int, str]]:
    for number, mac in _MESSAGE_ID.findall(text):
        yield int(number), mac.lower()


def _mac(vault: Vault, letter_id: int) -> str:
    return vault.keyed_hash("letter report", str(letter_id)).hex()[:_MAC_HEX]
