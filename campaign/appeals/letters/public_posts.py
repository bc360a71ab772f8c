"""A post on a network that names the official: as long as the network lets it be, by its own count."""

from __future__ import annotations

from campaign.channels import Public


def fitted(words: str, ending: str, public: Public) -> str:
    """`words` and `ending` as one post; the words are cut, between two of them, where both would be too long.

    The words stand first: a post that begins with a name is taken for a reply, and hidden from most readers.
    """
    whole = f"{words} {ending}".strip()
    kept = words.split()
    while kept and public.length(whole) > public.most:
        kept.pop()
        whole = f"{' '.join(kept)}… {ending}" if kept else ending
    return whole
