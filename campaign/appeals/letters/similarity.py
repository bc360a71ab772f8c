"""How much of a letter is still the model's: said gently, to whoever is writing one."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

# Shorter runs of words than this are the language's, not the model's: "of the people who".
LEAST_RUN = 4
_WORD = re.compile(r"\w+(?:['’]\w+)*")


def hundredths_kept(model: str, written: str) -> int:
    """Of every hundred words written, how many stand in a run of words taken from the model; 0 if none is written."""
    words = _words(written)
    if not words:
        return 0
    # The model goes second: its index is small, so time is bounded by what one letter may hold.
    blocks = SequenceMatcher(None, words, _words(model), autojunk=False).get_matching_blocks()
    kept = sum(block.size for block in blocks if block.size >= LEAST_RUN)
    # A short letter's last words are not a run by themselves: all kept is all kept.
    return 100 if words == _words(model) else round(100 * kept / len(words))


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())
