"""What leaves is what was written: hostile names and addresses, read again as a mail server reads them.

Ten thousand of them with `--everything`, a twentieth of that otherwise.
"""

from __future__ import annotations

from email import message_from_bytes, message_from_string, policy
from email.header import decode_header, make_header
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import parseaddr
from pathlib import Path

import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaign.appeals.signing import addresses
from campaign.errors import Permanent, Refused
from campaign.mail import outgoing
from campaign.mail.outgoing import Altered
from campaign.mail.rendering import Whole, mailbox, one_line
from campaign.mail.transport import Captured
from tests.conftest import sized

ENCODED = "=?utf-8?b?QQ0KQmNjOiBldmVyeW9uZUBleGFtcGxlLmludmFsaWQ=?="
ROUTES = (
    f"{ENCODED}@catchall.org", "=?utf-8?q?a=40b?=@catchall.org", '"a b"@example.org', "a(comment)@example.org",
    "@relay.example,@other.example:a@example.org", "user%host.example@relay.example", "host!user@relay.example",
    "a@b@example.org", "a,b@example.org", "Ada <ada@example.org>", "a@example.org\r\nBcc: b@example.org",
    "group:a@example.org;@example.org",
)  # fmt: skip

# What has broken headers before, among all that a keyboard can say.
_EVIL = st.sampled_from(
    ["\r\n", "\n", "\r", "\x00", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029", "=?", "?=", ENCODED,
     "\nBcc: e@x.org",
     "\r", '"', "\\", "<", ">", ",", ";", ":", "(", ")", "@", "%", "!", " ", "\t", "\u202e", "\ufeff", "\ud7ff", "é",
     "ﬁ",
     "𝒳",
     "ا"]
)  # fmt: skip
NAMES = st.lists(_EVIL | st.text(st.characters(exclude_categories=["Cs"]), max_size=12), max_size=8).map("".join)
LOCALS = st.lists(_EVIL | st.text("abcXYZ019.+_-=?'{}|~*&^/$#`", max_size=8), min_size=1, max_size=5).map("".join)


def message(to: Address, name: str, reply: Address | None = None) -> EmailMessage:
    """A message with everything in it that we ever send."""
    made = EmailMessage()
    made["Subject"] = one_line(name)
    made["From"] = mailbox("appeals@example.org", name)
    made["To"] = to
    if reply is not None:
        made["Reply-To"] = reply
    made["Date"] = "Sun, 29 Nov 2026 01:00:00 +0000"
    made["Message-ID"] = Whole("Message-ID", "<confirm.1@act.example.org>")
    made["List-Unsubscribe"] = Whole("List-Unsubscribe", "<https://act.example.org/en/unsubscribe/" + "a" * 120 + ">")
    made.set_content(f"Dear {one_line(name)},\n\nplease confirm.\n", cte="quoted-printable")
    made.add_alternative(f"<p>Dear {one_line(name)}", subtype="html", cte="quoted-printable")
    made["Content-Language"] = "en"
    return made


@settings(max_examples=sized(500, 10_000), deadline=None, suppress_health_check=list(HealthCheck))
@given(name=NAMES, local=LOCALS)
def test_no_name_and_no_address_writes_a_header_or_a_recipient(name: str, local: str) -> None:
    address = f"{local}@example.org"
    try:
        to = mailbox(address, name)
    except (Permanent, EmailNotValidError):
        to = mailbox("ada@example.org", name)  # the address is refused; the name is still there to be hostile
    made = message(to, name, to)
    read = message_from_string(outgoing.as_bytes(made).decode(), policy=policy.default)
    assert [it.lower() for it in read] == [it.lower() for it in made]
    assert len(read["To"].addresses) == len(read["From"].addresses) == len(read["Reply-To"].addresses) == 1
    (only,) = read["To"].addresses
    assert (only.username, only.domain) == (to.username, to.domain)
    assert read["From"].addresses[0].addr_spec == "appeals@example.org"
    assert "".join(only.display_name.split()) == "".join(to.display_name.split())
    body = read.get_body(("plain",))
    assert body is not None and body.get_content().startswith("Dear ")


@pytest.mark.parametrize(
    "name",
    ["عائشہ خان بذریعہ ایگزامپل رائٹس آفس", "Ada Lovelace بذریعہ دفتر برائے انسانی حقوق کی مثال (ERO)",
     "Bureau d’exemple pour les droits humains, les libertés et l’égalité",
     "各国民間人権擁護団体連絡協議会事務局の例です"],
)  # fmt: skip
def test_a_name_that_takes_several_encoded_words_leaves_and_is_read_whole(name: str) -> None:
    written = outgoing.as_bytes(message(mailbox("ada@example.org"), name))
    # As RFC 2047 reads it: the space between two encoded words is none. The parser of addresses reads one there.
    read = message_from_bytes(written)
    encoded, address = parseaddr(read["From"])
    assert read["From"].count("=?utf-8?") > 1
    assert (str(make_header(decode_header(encoded))), address) == (name, "appeals@example.org")
    assert str(make_header(decode_header(read["Subject"]))) == name
    assert max(map(len, written.split(b"\r\n\r\n")[0].replace(b"a" * 120, b"").splitlines())) <= 78


@pytest.mark.parametrize("address", ROUTES)
def test_what_is_more_than_a_mailbox_is_refused_on_the_form_and_on_the_way_out(address: str) -> None:
    with pytest.raises(Refused):
        addresses.checked(address)
    with pytest.raises((Permanent, EmailNotValidError)):
        mailbox(address)


@pytest.mark.parametrize(
    "address",
    ["ada@example.org", "ada+action@example.org", "o'brien@example.org", "عائشہ@example.org", "a=b@example.org"],
)
def test_addresses_that_people_have_are_taken(address: str) -> None:
    assert addresses.checked(address) == validate_email(address, check_deliverability=False).normalized
    assert mailbox(address).addr_spec == address


class Planted(str):
    """A header as the faulty versions of the library wrote it: folded as it stands, whatever it holds."""

    name = "Subject"
    defects = ()

    def fold(self, *, policy: object) -> str:
        return f"Subject: {self}\r\n"


@pytest.mark.parametrize(
    "planted",
    ["Renew\r\nBcc: everyone@example.invalid", "Renew\r\nTo: second@example.invalid", "Renew\r\n\r\nA stranger's text",
     "Renew\r\nX-Evil: 1"],
)  # fmt: skip
def test_a_message_that_a_server_would_read_otherwise_does_not_leave(planted: str, tmp_path: Path) -> None:
    made = message(mailbox("ada@example.org"), "Ada")
    del made["Subject"]
    made._headers.append(("Subject", Planted(planted)))  # type: ignore[attr-defined]
    with pytest.raises(Altered):
        Captured(tmp_path).send(made, "00000001-confirm")
    assert list(tmp_path.glob("*.eml")) == []


def test_a_message_to_two_people_or_with_a_header_of_others_does_not_leave() -> None:
    two = message(mailbox("ada@example.org"), "Ada")
    two.replace_header("To", [mailbox("ada@example.org"), mailbox("bob@example.org")])
    copied = message(mailbox("ada@example.org"), "Ada")
    copied["Bcc"] = "everyone@example.invalid"
    for made in (two, copied):
        with pytest.raises(Altered):
            outgoing.as_bytes(made)
