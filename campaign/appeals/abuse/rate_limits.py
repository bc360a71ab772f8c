"""How often something may be done, counted by keyed hash in windows of time: no network address is kept."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from campaign.errors import TooMany
from campaign.storage import Vault
from campaign.storage.tables import Throttle
from campaign.storage.upsert import count_up

# A keyed hash of a network tells, while its window lasts, that some network was busy. No longer than this.
KEPT = timedelta(hours=48)


def _(sentence: str) -> str:
    """Marks a sentence for the catalogues; it is translated where it is shown."""
    return sentence


@dataclass(frozen=True)
class Limit:
    """At most `hits` in one `window` per network; `said` is what a person reads who comes after that."""

    purpose: str
    hits: int
    window: timedelta
    said: str = _("Too many requests came from your network at once. Try again in a few minutes.")


# Generous: an office, a school or a camp may share one address with the world.
SIGNING = Limit(
    "sign",
    hits=60,
    window=timedelta(minutes=10),
    said=_("Too many people signed from your network in the last few minutes. Please try again a little later."),
)
CONFIRMING = Limit(
    "confirm",
    hits=300,
    window=timedelta(minutes=10),
    said=_(
        "Too many signatures were confirmed from your network in the last few minutes. Please try again a little later."
    ),
)
# A long letter in Urdu takes most of a second of a core: one network may have a tenth of two of them, and a room of
# letter writers a letter every ten seconds.
PRINTING = Limit(
    "print",
    hits=60,
    window=timedelta(minutes=10),
    said=_("Too many letters were made from your network in the last few minutes. Please try again a little later."),
)
# What is the same for everyone is laid out once and kept; this bounds who asks for each way there is to ask.
LAYING_OUT = Limit("layout", hits=120, window=timedelta(minutes=10), said=PRINTING.said)


def network(address: str) -> str:
    """What is counted as one place: a /24 of IPv4, a /48 of IPv6; anything else as it stands."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped:
        parsed = parsed.ipv4_mapped
    return str(ipaddress.ip_network((parsed, 24 if parsed.version == 4 else 48), strict=False))


def count(session: Session, vault: Vault, limit: Limit, address: str, now: datetime) -> None:
    """Count one hit from an IP address; raises `TooMany` over the limit. One atomic upsert, in the caller's
    transaction."""
    start = _window_start(now, limit.window)
    # The window is hashed in: one network's buckets cannot be followed from one window to the next.
    bucket = vault.keyed_hash(f"throttle/{limit.purpose}/{start.isoformat()}", network(address))
    if count_up(session, Throttle, "hits", bucket=bucket, window=start) > limit.hits:
        wait = start + limit.window - now
        raise TooMany(limit.said, retry_after=max(1, int(wait.total_seconds()) + 1))


def forget(session: Session, now: datetime, *, dry_run: bool = False) -> int:
    """Delete windows older than `KEPT`; returns how many there were."""
    old = Throttle.window < now - KEPT
    found = int(session.scalar(select(func.count()).select_from(Throttle).where(old)) or 0)
    if found and not dry_run:
        session.execute(delete(Throttle).where(old))
    return found


def _window_start(now: datetime, window: timedelta) -> datetime:
    seconds = int(window.total_seconds())
    return datetime.fromtimestamp(int(now.timestamp()) // seconds * seconds, UTC)
