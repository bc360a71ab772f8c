"""How much a request may send, decided by its route before anything of it is read. Pure; one table for all doors."""

from __future__ import annotations

from dataclasses import dataclass

# Where the front says, in a request's environment, with which status it refused to read it: the application makes the
# page that says so, in the reader's language.
REFUSED = "campaign.refused"
# Where the error stands that kept a session from being looked up.
AWAY = "campaign.away"
# Where organisers work.
ORGANISE = "/organise"

KB, MB = 1024, 1024 * 1024

# What has no body by its nature, whatever it claims to send.
BODILESS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE", "DELETE"})


@dataclass(frozen=True)
class Allowed:
    """What a request may send.

    `largest` is in bytes, `fields` counts the fields of its form; `slowest` is the least rate in bytes a second, after
    `PATIENCE_SECONDS` that are everyone's. Where `signed_in`, a stranger may send `STRANGERS` and no more.
    """

    largest: int
    fields: int = 200
    slowest: int = 1 * KB
    signed_in: bool = False

    def seconds(self, length: int) -> float:
        """How long a body of so many bytes may take to come in."""
        return PATIENCE_SECONDS + length / self.slowest


PATIENCE_SECONDS = 15.0
# The longest letter in Urdu, as a form writes it, is 36 KB.
STRANGERS = Allowed(64 * KB)
NOTHING = Allowed(0, fields=0)
# Texts of an action in all languages, and the choices of a table with a thousand rows.
ORGANISERS = Allowed(2 * MB, fields=4_000, slowest=4 * KB, signed_in=True)
# A bulletin, a receipt, a scanned sheet, a picture, a copy of a source, a list of officials.
HANDED_IN = Allowed(12 * MB, fields=4_000, slowest=8 * KB, signed_in=True)
# A volume of five hundred pages is a few megabytes; this is for what people take for one.
VOLUMES = Allowed(64 * MB, fields=20, slowest=32 * KB)

# Where organisers hand files in: how the paths below /organise end. `_` stands for one part of a path.
_HANDED_IN = (
    "actions/new/import",
    "actions/_/paper",
    "actions/_/paper/_",
    "cases/_/picture",
    "cases/_/sources/_/copies",
    "deliveries/_/end",
    "deliveries/_/reply",
    "officials/import",
    "settings/logo",
    "translations/_/_/file",
)


def allowed(method: str, path: str) -> Allowed:
    """What may be sent to a path by a method."""
    if method in BODILESS:
        return NOTHING
    if path.startswith("/verify/"):
        return VOLUMES
    if path != ORGANISE and not path.startswith(f"{ORGANISE}/"):
        return STRANGERS
    parts = path.removeprefix(ORGANISE).strip("/").split("/")
    return HANDED_IN if any(_matches(pattern.split("/"), parts) for pattern in _HANDED_IN) else ORGANISERS


def _matches(pattern: list[str], parts: list[str]) -> bool:
    return len(pattern) == len(parts) and all(
        wanted in ("_", part) for wanted, part in zip(pattern, parts, strict=True)
    )
