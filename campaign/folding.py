"""Text as people search for it: one form for what is written in several ways, in every script. A rule of values.

Whoever searches types without accents, with the letters that their keyboard has, in the digits of their language. So
what is searched, and what is searched for, both go through `folded`.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

# A longer run of letters is no word: an index must not be made large by one.
LONGEST = 64
# More words than these say nothing more of what somebody looks for.
MOST_WORDS = 12
# A last word of one letter stands for itself; a longer one for all that begin with it.
BEGINNING_FROM = 2

# One letter of several that stand for the same, by keyboard or by custom. Marks that Unicode takes apart from their
# letter (a hamza, a madda, an accent) are gone before this is asked.
_SAME = {
    "ي": "ی",  # Arabic yeh, alef maksura: the yeh of Urdu and Persian
    "ى": "ی",
    "ك": "ک",  # Arabic kaf, swash kaf: keheh
    "ڪ": "ک",
    "ہ": "ه",  # the he of Urdu, with two eyes, at a word's end, of Kurdish and Uyghur: one he
    "ھ": "ه",
    "ة": "ه",
    "ۃ": "ه",
    "ە": "ه",
    "ٱ": "ا",  # alef with wasla
    "ß": "ss",
    "æ": "ae",
    "œ": "oe",
    "ø": "o",
    "ł": "l",
    "đ": "d",
    "ð": "d",
    "þ": "th",
    "ħ": "h",
    "ŧ": "t",
    "ı": "i",
}
# Written between letters, and no letter: tatweel, and what only Quranic spelling has.
_UNSEEN = {"\N{ARABIC TATWEEL}", "\N{ARABIC SMALL WAW}", "\N{ARABIC SMALL YEH}"}


def folded(text: str) -> str:
    """The words of a text, each in its one form, with single spaces between.

    No accents, vowel signs, tatweel or capitals; one letter for each of the Arabic, Urdu and Persian variants; digits
    of every script as 0 to 9. What is neither letter nor digit parts words. A Chinese or Japanese sign is a word.
    """
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    return " ".join(it[:LONGEST] for it in apart.translate(_FOLDS).split())


@dataclass(frozen=True)
class Wanted:
    """What somebody looks for: text that holds all of these words, and one that begins as the last was begun."""

    words: tuple[str, ...]
    beginning: str | None

    def __bool__(self) -> bool:
        return bool(self.words or self.beginning)

    def held_by(self, text: str) -> bool:
        """Whether a text is what somebody looks for."""
        there = set(folded(text).split())
        begun = self.beginning
        return there.issuperset(self.words) and (begun is None or any(it.startswith(begun) for it in there))


def wanted(sought: str) -> Wanted:
    """What is looked for by what was typed: whoever types may not have finished the last word."""
    words = folded(sought).split()[:MOST_WORDS]
    if words and len(words[-1]) >= BEGINNING_FROM:
        return Wanted(tuple(words[:-1]), words[-1])
    return Wanted(tuple(words), None)


class _Folds(dict[int, str]):
    """What becomes of each letter, worked out when it is first met."""

    def __missing__(self, code: int) -> str:
        self[code] = _letter(chr(code))
        return self[code]


def _letter(letter: str) -> str:
    if "\u3041" <= letter <= "\u30ff" or "\u3400" <= letter <= "\u9fff" or "\U00020000" <= letter <= "\U0003ffff":
        return f" {letter} " if unicodedata.category(letter)[0] == "L" else ""
    kind = unicodedata.category(letter)
    # Marks, joiners and marks of direction, and the raised signs of transliteration part no word.
    if letter in _UNSEEN or unicodedata.combining(letter) or kind in {"Cf", "Lm"}:
        return ""
    if kind == "Nd":
        return str(unicodedata.decimal(letter))
    return _SAME.get(letter, letter) if kind[0] in "LN" or kind in {"Mc", "Mn"} else " "


_FOLDS = _Folds()
