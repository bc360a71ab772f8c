"""How long a post on X is, by the rule X publishes for its own programs (twitter-text, configuration version 3)."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 280
_ADDRESS_WEIGHS = 23
_EMOJI_WEIGHS = 2
# Alphabets, and the punctuation they share, weigh one; ideographs, kana, hangul and all else weigh two.
_LIGHT = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))
_ADDRESS = re.compile(r"https?://\S+")
_PICTURE = "[\U0001f000-\U0001faff\u2600-\u27bf]"
_MODIFIED = f"{_PICTURE}[\ufe0f\U0001f3fb-\U0001f3ff]*"
_EMOJI = re.compile(f"[\U0001f1e6-\U0001f1ff]{{2}}|{_MODIFIED}(?:\u200d{_MODIFIED})*")


def fitted(words: str, ending: str) -> str:
    """`words` and `ending` as one post; the words are cut, between two of them, where both would be too long.

    The words stand first: X takes a post that begins with a handle for a reply, and hides it from most readers.
    """
    whole = f"{words} {ending}".strip()
    kept = words.split()
    while kept and length(whole) > LONGEST:
        kept.pop()
        whole = f"{' '.join(kept)}… {ending}" if kept else ending
    return whole


def length(text: str) -> int:
    """The weighted length: what X's own counter would show."""
    composed = unicodedata.normalize("NFC", text)
    without_addresses, addresses = _ADDRESS.subn("", composed)
    plain, pictures = _EMOJI.subn("", without_addresses)
    return addresses * _ADDRESS_WEIGHS + pictures * _EMOJI_WEIGHS + sum(map(_weight, plain))


def _weight(sign: str) -> int:
    return 1 if any(first <= ord(sign) <= last for first, last in _LIGHT) else 2
