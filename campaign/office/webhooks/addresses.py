"""Where a message may go: the services that we know, and the rule for addresses of machines. Rules of values."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

# What may be shown of an address: the service. Others that the library knows (e-mail, desktops, files) stay out.
SERVICES = {
    "discord": "Discord",
    "gchat": "Google Chat",
    "jsons": "JSON",
    "matrixs": "Matrix",
    "mmosts": "Mattermost",
    "rockets": "Rocket.Chat",
    "slack": "Slack",
    "zulip": "Zulip",
}
# The same without encryption: to this machine alone, where a setting allows it.
UNENCRYPTED = {"json": "jsons", "matrix": "matrixs", "mmost": "mmosts", "rocket": "rockets"}
HERE = ("127.0.0.1", "::1", "localhost")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


def may_connect(host: str, loopback: bool) -> bool:
    """Whether a machine may be written to, by its number: one of the internet, never one of a network around us.

    `loopback`: this machine, and nothing else. What is no number is refused.
    """
    try:
        number = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    inside = _inside(number)
    if loopback:
        return number.is_loopback
    return all(it.is_global and not it.is_multicast for it in (number, *inside))


def _inside(number: ipaddress.IPv4Address | ipaddress.IPv6Address) -> tuple[ipaddress.IPv4Address, ...]:
    """The IPv4 numbers that an IPv6 number leads to."""
    if isinstance(number, ipaddress.IPv4Address):
        return ()
    found = [number.ipv4_mapped, number.sixtofour, *(number.teredo or ())]
    if number in _NAT64:
        found.append(ipaddress.IPv4Address(int(number) & 0xFFFFFFFF))
    return tuple(it for it in found if it is not None)


def may_ask(url: str, loopback: bool) -> bool:
    """Whether a request may go out in this form: encrypted, or to this machine where that is allowed."""
    parts = urlsplit(url)
    return parts.scheme == "https" or (loopback and parts.scheme == "http" and parts.hostname in HERE)


def names_a_machine_of_ours(host: str) -> bool:
    """Whether a host's name alone says that it lies in a network around us. What others lead to shows on connecting."""
    name = host.strip("[]").rstrip(".").casefold()
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return name == "localhost" or name.endswith((".localhost", ".local", ".internal", ".lan", ".home.arpa"))
    return not may_connect(name, loopback=False)
