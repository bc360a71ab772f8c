"""E-mail addresses: whether one can be written to, and when two are the same person's."""

from __future__ import annotations

from email_validator import EmailNotValidError, validate_email

from campaign.errors import Refused

# Mail providers that deliver a.b@ and ab@ to the same mailbox.
_DOTS_MEAN_NOTHING = frozenset({"gmail.com", "googlemail.com"})


def checked(written: str) -> str:
    """The address as it should be written to. Raises `Refused` if it cannot be one.

    No look-up is made: a name server would learn who signs, and a mistyped domain shows itself by the mail that
    does not come.
    """
    try:
        return validate_email(written.strip(), check_deliverability=False, strict=True).normalized
    except EmailNotValidError as error:
        raise Refused(
            "This does not look like an e-mail address. Check it for a missing part, such as @ or .org."
        ) from error


def normal_form(address: str) -> str:
    """What counts as the same address under the duplicate rule: case, "+tags" and Gmail's dots do not count."""
    local, _, domain = address.casefold().rpartition("@")
    domain = domain.encode("idna").decode() if not domain.isascii() else domain
    local = local.partition("+")[0] or local
    if domain in _DOTS_MEAN_NOTHING:
        local, domain = local.replace(".", ""), "gmail.com"
    return f"{local}@{domain}"
