"""E-mail addresses: whether one can be written to, and when two are the same person's."""

from __future__ import annotations

import re
from functools import lru_cache

from email_validator import EmailNotValidError, validate_email

from campaign import fence
from campaign.errors import Refused
from campaign.mail.outgoing import more_than_a_mailbox

# Mail providers that deliver a.b@ and ab@ to the same mailbox.
_DOTS_MEAN_NOTHING = frozenset({"gmail.com", "googlemail.com"})

# How nearly every address is typed: only its domain can be wrong, and nothing in it wants another spelling.
_PLAIN = re.compile(r"[a-z0-9_+-]+(?:\.[a-z0-9_+-]+)*@([a-z0-9.-]+)")
_LONGEST, _LONGEST_BEFORE_THE_AT = 254, 64  # RFC 5321


def checked(written: str) -> str:
    """The address as it should be written to. Raises `Refused` if it cannot be one.

    No look-up is made: a name server would learn who signs, and a mistyped domain shows itself by the mail that
    does not come.
    """
    written = fence.address(written)
    plain = _PLAIN.fullmatch(written)
    if plain and len(written) <= _LONGEST and plain.start(1) - 1 <= _LONGEST_BEFORE_THE_AT and _is_good(plain[1]):
        return written
    try:
        normalized = _normalized(written)
    except EmailNotValidError as error:
        raise Refused("Enter a full e-mail address, like name@example.org.") from error
    if more_than_a_mailbox(normalized):
        raise Refused("Write the address alone, like name@example.org, without signs such as =?, ! or quotes.")
    return normalized


def _normalized(written: str) -> str:
    return validate_email(written, check_deliverability=False, strict=True).normalized


@lru_cache(maxsize=4096)
def _is_good(domain: str) -> bool:
    """Whether a domain is one, and spelt as it should be. Kept, since most people share a few."""
    address = f"a@{domain}"
    try:
        return _normalized(address) == address
    except EmailNotValidError:
        return False


def normal_form(address: str) -> str:
    """What counts as the same address under the duplicate rule: case, "+tags" and Gmail's dots do not count.

    `address` is one that `checked` made. Every stored hash is of this form: whatever changes it lets who signed before
    sign once more, and loses the mark of who asked not to be written to. For addresses in ASCII it never changed.
    """
    local, _, domain = address.lower().rpartition("@")
    if not domain.isascii():
        # As name servers know it, by IDNA 2008: straße.example and strasse.example are two domains, of two owners.
        parts = validate_email(address, check_deliverability=False, globally_deliverable=False)
        domain = parts.ascii_domain
    local = local.partition("+")[0] or local
    if domain in _DOTS_MEAN_NOTHING:
        local, domain = local.replace(".", ""), "gmail.com"
    return f"{local}@{domain}"
