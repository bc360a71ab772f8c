"""How far someone at risk is named in public: in full, by their initials, or by what is said of them."""

from __future__ import annotations

import unicodedata

from campaign.vocabulary import Naming


def public_name(name: str, naming: Naming) -> str:
    """What the public reads in place of a subject's name. A description stands as it was written: it is no name."""
    return initials(name) if naming is Naming.INITIALS else name


def initials(name: str) -> str:
    """ "A. L." for "Ada Lovelace", in any script. What holds no letter gives nothing away, and is left out."""
    return " ".join(f"{first}." for word in name.split() if (first := _first_letter(word)))


def _first_letter(word: str) -> str:
    """The first letter of a word with the signs that belong to it: an accent, a vowel sign."""
    start = next((n for n, it in enumerate(word) if it.isalpha()), None)
    if start is None:
        return ""
    end = start + 1
    while end < len(word) and unicodedata.category(word[end]).startswith("M"):
        end += 1
    return word[start:end]
