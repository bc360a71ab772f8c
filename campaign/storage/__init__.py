"""State: the database, encrypted values, files. Nothing above this room makes an engine."""

from campaign.storage.engine import Storage
from campaign.storage.vault import Vault

__all__ = ["Storage", "Vault"]
