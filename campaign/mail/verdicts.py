"""What a mail server's refusal comes to: four kinds, and each asks for something else.

RFC 3463 names the codes; servers use them loosely, and some give none. So the words decide where a code says nothing:
"5.0.0" with "quota exceeded" is a mailbox that works (a peer froze forty accounts over it: wintermeyer/vutuv#992).
"""

from __future__ import annotations

import re
from enum import StrEnum


class Trouble(StrEnum):
    """Why a mail did not arrive.

    `dead`: nobody is at this address. `passing`: the mailbox is full, or the server could not be reached; another try
    may do. `reputation`: the server will have nothing from us, whoever it is for. `content`: this text, or its size.
    """

    DEAD = "dead"
    PASSING = "passing"
    REPUTATION = "reputation"
    CONTENT = "content"


STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_CODE = re.compile(r"(?<![\d.])([45])[0-5]\d(?=[ \-])")

# Of RFC 3463's codes: the longer beginning decides.
_BY_CODE: dict[str, Trouble] = {
    "5.1.": Trouble.DEAD,
    "5.1.7": Trouble.REPUTATION,  # of these two, the address that is wrong is ours
    "5.1.8": Trouble.REPUTATION,
    "5.2.1": Trouble.DEAD,
    "5.2.2": Trouble.PASSING,
    "5.2.3": Trouble.CONTENT,
    "5.3.4": Trouble.CONTENT,
    "5.4.1": Trouble.DEAD,  # Exchange Online: no such recipient in this organisation
    "5.4.4": Trouble.DEAD,
    "5.4.7": Trouble.PASSING,
    "5.4.300": Trouble.PASSING,  # expired in the queue
    "5.4.310": Trouble.DEAD,  # no such domain
    "5.4.316": Trouble.PASSING,
    "5.6.": Trouble.CONTENT,
    "5.7.": Trouble.REPUTATION,
    "5.7.13": Trouble.DEAD,  # RFC 7505 and after: the account is disabled
}
# What servers write, of which the first that fits decides. A host's name is no word: "mx.mailspamprotection.com".
_WORDS: tuple[tuple[Trouble, tuple[str, ...]], ...] = (
    (
        Trouble.PASSING,
        (
            "over ?quota", "quota exceeded", r"exceed\w* (its |the |their |storage )*(quota|allocation|limit)",
            "mailbox (is )?full", "out of storage", "insufficient (system )?(storage|space)",
        ),
    ),
    (
        Trouble.CONTENT,
        (
            "message size", "message too (big|large)", "size limit", "exceeds (the )?(maximum|fixed) (message )?size",
            "too large", "attachments?", "content (was )?(rejected|refused)", "virus", "malware",
        ),
    ),
    (
        Trouble.REPUTATION,
        (
            r"spam(?![\w.-]*\.\w)", "dmarc", "spf (check )?fail", "dkim", "black ?list(ed)?", "block ?list(ed)?",
            "dnsbl", "rbl", "reputation", "spamhaus", "barracuda", "policy (reasons|violation)", "local policy",
            "unsolicited", "unauthenticated", r"TSS\d+", "not allowed to send", "access denied, banned",
        ),
    ),
    (
        Trouble.DEAD,
        (
            "user unknown", "unknown user", "no such (user|mailbox|recipient|person|address)", "does ?n[o']t exist",
            "does not exist", "doesn't have an?", "not exist", "no mailbox", "no account", "unrout(e)?able",
            "mailbox (unavailable|not found|disabled)", "invalid (recipient|mailbox)",
            "recipient (rejected|not found)", "recipient address rejected",
            "account (has been |is )?(disabled|closed|inactive)", "host (or domain name )?not found",
            "no longer (valid|available)",
        ),
    ),
    (
        Trouble.PASSING,
        (
            "retry time(out)? (not reached|exceeded)", "timed? ?out", "giving up", "gave up", r"temporar\w+",
            r"greylist\w*", "try again", "connection (refused|lost)", "could not be delivered for", "queue too long",
        ),
    ),
)  # fmt: skip
_BY_WORDS = tuple((trouble, re.compile(rf"\b({'|'.join(words)})", re.I)) for trouble, words in _WORDS)


def trouble_of(status: str, words: str, otherwise: Trouble = Trouble.DEAD) -> Trouble:
    """What a refusal comes to, by its enhanced code ("5.1.1", or nothing) and what the server wrote with it."""
    if status.startswith("4."):
        return Trouble.PASSING
    found = next((known for known in _prefixes(status) if known in _BY_CODE), None)
    if found is not None:
        return _BY_CODE[found]
    by_words = next((trouble for trouble, pattern in _BY_WORDS if pattern.search(words)), None)
    if by_words is not None:
        return by_words
    return Trouble.PASSING if not status and _reply_class(words) == "4" else otherwise


def status_in(words: str) -> str:
    """The first enhanced code in a text; empty if there is none."""
    found = STATUS.search(words)
    return ".".join(found.groups()) if found else ""


def _prefixes(status: str) -> list[str]:
    """A code as a whole, then its class and subject: "5.7.26", "5.7."."""
    return [status, status.rpartition(".")[0] + "."] if status else []


def _reply_class(words: str) -> str:
    found = _CODE.search(words)
    return found[1] if found else ""
