"""The fence around what strangers write: names, addresses, messages. One rule for page, mail, feed and print.

It may be in any script, and stays in its line: nothing invisible hides or turns what stands beside it, at most a few
marks stand on one letter, and a word that is longer than any line may be broken anywhere.
"""

from __future__ import annotations

import re
import unicodedata

from markupsafe import Markup, escape

# More than any name needs on one letter (Tibetan stacks and pointed Hebrew have up to four), less than strikes through
# the lines above and below.
MARKS = 4
# A run of letters that is longer than this may be broken: the longest first names and surnames are shorter.
RUN = 20

# Signs that show nothing: of no width, of direction, soft hyphens, tags, variation selectors. Not U+200C and U+200D,
# which spell names in Persian and Hindi.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
_JOINERS = "\u200c\u200d"
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_STRAY_JOINER = re.compile("(?:(?<=\\s)|^)[\u200c\u200d]+|[\u200c\u200d]+(?=\\s|$)|(?<=[\u200c\u200d])[\u200c\u200d]+")


def visible(text: str) -> str:
    """`text` in composed form without what shows nothing; joiners stay where they join something."""
    return _STRAY_JOINER.sub("", _INVISIBLE.sub("", unicodedata.normalize("NFC", text)))


def one_line(text: str | None) -> str:
    """What someone types into a field of one line: `visible`, with few marks, every run of space one space."""
    return few_marks(visible(" ".join(_CONTROL.sub(" ", text or "").split())))


def address(text: str | None) -> str:
    """What someone types or pastes as an e-mail address: without anything invisible at all, and without spaces at its
    ends."""
    return visible(_CONTROL.sub(" ", text or "")).translate(dict.fromkeys(map(ord, _JOINERS))).strip()


def few_marks(text: str) -> str:
    """`text` with at most `MARKS` marks on one letter; the others are left out."""
    if text.isascii():
        return text
    kept, marks = [], 0
    for char in text:
        marks = marks + 1 if unicodedata.category(char) in {"Mn", "Me"} else 0
        if marks <= MARKS:
            kept.append(char)
    return "".join(kept)


def breakable(text: str) -> Markup:
    """`text` as HTML whose long runs may be broken, between letters and never before a mark or a joiner."""
    parts, run = [], 0
    for n, char in enumerate(text):
        held = unicodedata.category(char).startswith("M") or char in _JOINERS or (n and text[n - 1] in _JOINERS)
        run = 0 if char.isspace() else run + (not held)
        if run > RUN and not held:
            parts.append(Markup("<wbr>"))
            run = 1
        parts.append(escape(char))
    return Markup("").join(parts)


def passage(text: str | None) -> Markup:
    """A stranger's text of several lines, to stand in a block of its own that isolates it and keeps its lines."""
    return Markup("\n").join(breakable(one_line(line)) for line in (text or "").splitlines())


def fenced(text: str | None) -> Markup:
    """A stranger's line as a page or a mail shows it: isolated, not translated by a browser, inside its own line."""
    return Markup('<bdi translate="no">{}</bdi>').format(breakable(one_line(text)))
