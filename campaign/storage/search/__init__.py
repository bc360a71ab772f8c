"""One search over what the office writes: an index that is current with every transaction, on both databases.

`entries` says what is found by which words, `index` keeps and asks the index. Nothing encrypted is in it, nor anything
of a supporter: their names, words and addresses, and mail that came in, are in no index at all.
"""

from campaign.storage.search.entries import Kind
from campaign.storage.search.index import ENTRIES, Hit, Page, catch_up, derived, faults, find, mend, tidy, touches

__all__ = ["ENTRIES", "Hit", "Kind", "Page", "catch_up", "derived", "faults", "find", "mend", "tidy", "touches"]
