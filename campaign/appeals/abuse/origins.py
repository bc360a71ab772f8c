"""Where signatures come from, as keyed hashes, and for how long anyone may know.

Many signatures from one network, or with addresses of one mail domain, may be one person's. That is looked for in the
first two days; after them nothing here tells any more which came from the same place. The hash of a name finds a
name that is known exactly, and lives as long as the name.
"""

from __future__ import annotations

import unicodedata
from datetime import datetime

from sqlalchemy import ColumnElement, and_

from campaign.appeals.abuse.rate_limits import KEPT
from campaign.storage import Vault
from campaign.storage.tables import Signature

# Sixteen bytes: enough to tell places apart for two days.
MARK_BYTES = 16

# What is set when the time is over.
FORGOTTEN: dict[str, None] = {"network_hash": None, "domain_hash": None}


def of(vault: Vault, network: str, domain: str, name: str) -> dict[str, bytes]:
    """`network_hash`, `domain_hash` (16 bytes each) and `name_hash` (32) of a signature that is being taken.

    `network` is what `throttles.network` makes of an address, `domain` what stands behind the @.
    """
    return {
        "network_hash": network_mark(vault, network),
        "domain_hash": domain_mark(vault, domain),
        "name_hash": name_hash(vault, name),
    }


def network_mark(vault: Vault, network: str) -> bytes:
    """A network, unknown ones included: whoever has a mail domain's mark has a network's, so that both are found."""
    return vault.keyed_hash("origin/network", network)[:MARK_BYTES]


def domain_mark(vault: Vault, domain: str) -> bytes:
    """A mail domain, however it was written."""
    return vault.keyed_hash("origin/domain", domain.strip().lstrip("@").casefold())[:MARK_BYTES]


def name_hash(vault: Vault, name: str) -> bytes:
    """A name; case and runs of space do not count."""
    return vault.keyed_hash("name", " ".join(unicodedata.normalize("NFKC", name).casefold().split()))


def known_too_long(now: datetime) -> ColumnElement[bool]:
    """The signatures whose origin is to be forgotten. The partial index on networks holds no others than the known."""
    return and_(Signature.network_hash.is_not(None), Signature.created_at < now - KEPT)
