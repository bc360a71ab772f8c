"""Slips in the domains of large mail providers: gmial.com. A rule of text; no one is asked, and nothing is kept."""

from __future__ import annotations

# Domains where millions have their address; national ones of the same providers too. What is here is never a slip.
PROVIDERS = (
    "gmail.com", "googlemail.com", "hotmail.com", "hotmail.co.uk", "hotmail.fr", "hotmail.es", "outlook.com",
    "outlook.fr", "outlook.es", "live.com", "live.fr", "msn.com", "yahoo.com", "yahoo.co.uk", "yahoo.fr", "yahoo.es",
    "yahoo.de", "ymail.com", "rocketmail.com", "icloud.com", "me.com", "mac.com", "aol.com", "mail.com", "email.com",
    "gmx.com", "gmx.de", "gmx.net", "gmx.at", "gmx.ch", "web.de", "t-online.de", "freenet.de", "orange.fr",
    "laposte.net", "free.fr", "sfr.fr", "wanadoo.fr", "libero.it", "proton.me", "protonmail.com", "tutanota.com",
    "posteo.de", "mailbox.org", "zoho.com", "yandex.com", "yandex.ru", "mail.ru", "btinternet.com", "comcast.net",
    "verizon.net", "sbcglobal.net", "bluewin.ch",
)  # fmt: skip
# Where a slip would lead to a provider as small as this, the address is more likely right than wrong.
_LARGE = frozenset(
    {
        "gmail.com", "googlemail.com", "hotmail.com", "hotmail.co.uk", "hotmail.fr", "outlook.com", "outlook.fr",
        "yahoo.com", "yahoo.co.uk", "yahoo.fr", "yahoo.es", "icloud.com", "protonmail.com", "laposte.net",
    }
)  # fmt: skip
_KNOWN = frozenset(PROVIDERS)


def meant(address: str) -> str | None:
    """The address that was probably meant, if its domain is one slip from a large provider's; else None.

    A slip is one letter too many, too few, or wrong, or two neighbours exchanged.
    """
    name, at, domain = address.rpartition("@")
    domain = domain.casefold()
    if not name or not at or domain in _KNOWN:
        return None
    near = [known for known in PROVIDERS if known in _LARGE and _one_slip(domain, known)]
    return f"{name}@{near[0]}" if len(near) == 1 else None


def _one_slip(typed: str, known: str) -> bool:
    """Whether one slip of the fingers makes one of the other."""
    if abs(len(typed) - len(known)) > 1 or typed == known:
        return False
    start = next((n for n, (a, b) in enumerate(zip(typed, known, strict=False)) if a != b), min(len(typed), len(known)))
    a, b = typed[start:], known[start:]
    exchanged = len(a) == len(b) > 1 and a[0] == b[1] and a[1] == b[0] and a[2:] == b[2:]
    return exchanged or a[1:] == b[1:] or a[1:] == b or a == b[1:]
