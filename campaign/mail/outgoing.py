"""What may leave: every message is serialised, parsed again and compared before a server or a file gets it.

Names, titles and addresses come from strangers, and the library that writes headers has had faults by which one header
became two. So what is compared is what a mail server would read, not what we meant to write.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from email import message_from_string, policy
from email.header import Header
from email.headerregistry import Address, AddressHeader
from email.message import EmailMessage
from email.policy import EmailPolicy

from campaign.errors import Permanent

# All the headers that we ever write; whatever else is there was written by somebody else.
OURS = frozenset(
    {
        "subject", "from", "to", "reply-to", "date", "message-id", "auto-submitted", "x-auto-response-suppress",
        "list-unsubscribe", "list-unsubscribe-post", "content-language", "content-type", "content-transfer-encoding",
        "mime-version",
    }
)  # fmt: skip
_ONCE = ("from", "to", "subject", "date", "message-id")
_ADDRESSES = ("from", "to", "reply-to")

# An encoded word, quotes, comments, lists, groups, literals; and "%" and "!", by which relays of old were routed.
_MORE_THAN_A_MAILBOX = re.compile(r'=\?|[\s"(),:;<>\[\]\\%!\x00-\x1f\x7f-\x9f]')


class Altered(Permanent):
    """A message that a server would read otherwise than it was meant. It does not leave."""


def more_than_a_mailbox(address: str) -> bool:
    """Whether an address holds what some program might read as more than one mailbox, or as a header."""
    local, at, domain = address.rpartition("@")
    return not at or "@" in local or bool(_MORE_THAN_A_MAILBOX.search(address)) or "=?" in domain


class _Encoded(EmailPolicy):
    """Writes a title or a name that is not ASCII as encoded words from its first letter to its last.

    The library encodes the words that need it alone, and on a long line loses spaces between those and the others, and
    the quotes about a name.
    """

    def fold_binary(self, name: str, value: str) -> bytes:
        """What the library asks of a policy: the header's lines."""
        addresses = value.addresses if isinstance(value, AddressHeader) else ()
        if name.lower() == "subject" and not value.isascii():
            return f"{name}: {_encoded(name, value)}{self.linesep}".encode()
        quoted_and_long = '"' in value and len(f"{name}: {value}") > (self.max_line_length or 0)
        if len(addresses) == 1 and (quoted_and_long or not addresses[0].display_name.isascii()):
            words = _encoded(name, addresses[0].display_name)
            return f"{name}: {words}{self.linesep} <{addresses[0].addr_spec}>{self.linesep}".encode()
        return super().fold_binary(name, value)


def _encoded(name: str, words: str) -> str:
    return Header(str(words), "utf-8", header_name=name).encode(linesep="\r\n")


_ASCII, _UTF8 = _Encoded(linesep="\r\n"), _Encoded(linesep="\r\n", utf8=True)


def as_bytes(message: EmailMessage) -> bytes:
    """The message as it leaves. Raises `Altered` if it would not be read as it was written."""
    to = _mailboxes(message, "to")
    international = not all(
        str(mailbox.addr_spec).isascii() for name in _ADDRESSES for mailbox in _mailboxes(message, name)
    )
    written = message.as_bytes(policy=_UTF8 if international else _ASCII)
    # As text: of bytes the library reads ASCII alone, and headers of SMTPUTF8 are UTF-8 (RFC 6532).
    read = message_from_string(written.decode(), policy=policy.default)
    if [name.lower() for name in read] != [name.lower() for name in message]:
        raise Altered("its headers are not those that were written")
    names = [name.lower() for name in read]
    if not OURS.issuperset(names) or len(names) != len(set(names)) or any(names.count(name) != 1 for name in _ONCE):
        raise Altered("it has headers that are not ours")
    if len(to) != 1:
        raise Altered("it is not to one person")
    for name in _ADDRESSES:
        if [_told(it) for it in _mailboxes(message, name)] != [_told(it) for it in _mailboxes(read, name)]:
            raise Altered("its addresses are not those that were written")
        if any(more_than_a_mailbox(mailbox.addr_spec) for mailbox in _mailboxes(read, name)):
            raise Altered("an address of it is more than a mailbox")
    for name in ("subject", "message-id", "list-unsubscribe"):
        if _plain(message.get(name)) != _plain(read.get(name)):
            raise Altered("a header of it says something else")
    if _contents(message) != _contents(read) or read.defects:
        raise Altered("its text is not the one that was written")
    return written


def recipient(message: EmailMessage) -> str:
    """The one address that a message is to."""
    (mailbox,) = _mailboxes(message, "to")
    return mailbox.addr_spec


def sender(message: EmailMessage) -> str:
    """The one address that a message is from."""
    (mailbox,) = _mailboxes(message, "from")
    return mailbox.addr_spec


def _mailboxes(message: EmailMessage, name: str) -> tuple[Address, ...]:
    header = message.get(name)
    return header.addresses if isinstance(header, AddressHeader) else ()


def _told(mailbox: Address) -> tuple[str, str, str]:
    # Between two encoded words of a name the library reads a space that RFC 2047 (6.2) says is none.
    return "".join(mailbox.display_name.split()), mailbox.username, mailbox.domain


def _plain(value: object) -> str:
    return " ".join(str(value or "").split())


def _contents(message: EmailMessage) -> list[tuple[str, object]]:
    return [(part.get_content_type(), _content(part)) for part in _leaves(message)]


def _leaves(message: EmailMessage) -> Iterable[EmailMessage]:
    return (part for part in message.walk() if not part.is_multipart() and isinstance(part, EmailMessage))


def _content(part: EmailMessage) -> object:
    content = part.get_content()
    # How lines end is the business of mail servers.
    return "\n".join(content.splitlines()).rstrip("\n") if isinstance(content, str) else content
