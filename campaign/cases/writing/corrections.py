"""What may be corrected in a text under which people have signed, and what is another text.

Rules over words and nothing else. A slip of typing may be mended, a figure follows its source, a successor in office
takes the place of who left. Whatever asks for something else is not what people signed: it needs an action of its own.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from difflib import SequenceMatcher

from campaign.errors import Refused
from campaign.sentences import Sentence
from campaign.vocabulary import CorrectionKind

THE_WAY = Sentence(
    "People have signed this text, so it cannot be replaced. To mend a slip of typing, a figure or an official, "
    "propose a correction and say why. Someone else approves it, and readers see it. To ask for something else, start "
    "a new action that follows this one: choose “Further information”."
)
# A slip is in few letters: of one word, and of the whole.
_LETTERS_OFF, _WORDS_OFF = 2, 3
_WORD = re.compile(r"\w+(?:[.,٬٫'’-]\w+)*")
_DIGITS = re.compile(r"\d")
# What turns a word into its opposite with a letter or two.
_OPPOSITES = ("un", "in", "im", "il", "ir", "non", "dis", "de", "anti", "a", "re")
_DENIALS = frozenset(
    ("no", "not", "never", "nor", "none", "without", "cannot", "can't", "don't", "nicht", "kein", "pas", "sans")
)
_DENIALS |= frozenset(("نہیں", "نہ", "بغیر"))


def refuse_unless_slip(before: Sequence[str], after: Sequence[str]) -> None:
    """Raises `Refused` if one text is not the other with a slip of typing mended. Both in the same order of parts."""
    if len(before) != len(after) or not all(map(is_slip, before, after)):
        raise Refused(THE_WAY)


def is_slip(was: str, becomes: str) -> bool:
    """Whether two sentences differ by typing alone: words are nearly the same, numbers and denials quite."""
    old, new = _words(was), _words(becomes)
    if old == new:
        return True
    changed = 0
    for tag, i, j, k, n in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        left, right = old[i:j], new[k:n]
        if "".join(left) == "".join(right):  # a space that was missing, or one too many
            continue
        if len(left) != len(right) or not all(map(_same_word, left, right)):
            return False
        changed += len(left)
    return changed <= _WORDS_OFF


def refuse_unless_kept(kind: CorrectionKind, reason: str) -> None:
    """Raises `Refused` for a correction that does not say why, or whose kind is none of those that may be."""
    if kind is CorrectionKind.EDIT:
        raise Refused(THE_WAY)
    if not reason.strip():
        raise Refused("Say what is corrected and why. Readers see this.")


def _words(text: str) -> list[str]:
    return [it.casefold() for it in _WORD.findall(unicodedata.normalize("NFC", text))]


def _same_word(old: str, new: str) -> bool:
    if _DIGITS.search(old + new) or (old in _DENIALS) != (new in _DENIALS):
        return old == new
    if any(long == start + short for start in _OPPOSITES for long, short in ((old, new), (new, old))):
        return False
    shortest = min(len(old), len(new))
    allowed = min(_LETTERS_OFF, max(1, shortest // 3)) if shortest > 2 else 0
    return _distance(old, new) <= allowed


def _distance(a: str, b: str) -> int:
    """Letters put in, left out, exchanged or swapped with their neighbour (Damerau-Levenshtein, restricted)."""
    rows = [list(range(len(b) + 1))]
    for i, left in enumerate(a, 1):
        row = [i]
        for j, right in enumerate(b, 1):
            best = min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + (left != right))
            if i > 1 and j > 1 and left == b[j - 2] and a[i - 2] == right:
                best = min(best, rows[-2][j - 2] + 1)
            row.append(best)
        rows.append(row)
    return rows[-1][-1]
