"""Outside text made safe to set in type: nothing invisible that could turn, hide or break the text around it."""

from __future__ import annotations

import re
import unicodedata

from markupsafe import Markup

from campaign import fence

# Controls but for the line feed; marks that turn the direction of whatever follows, with or without an end;
# half characters and positions that are no character.
_UNWANTED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u206f\ufeff\ufdd0-\ufdef\ufff9-\ufffb\ufffe\uffff]"
    "|[\ud800-\udfff]"
)
_SPACES = re.compile("[\t\u2028\u2029]")
_RUN_OF_SPACE = re.compile(r"\s+")


def clean(text: str) -> str:
    """`text` in composed form, without controls and direction marks. Markup stays markup."""
    cleaned = fence.few_marks(unicodedata.normalize("NFC", _UNWANTED.sub("", _SPACES.sub(" ", text))))
    return Markup(cleaned) if isinstance(text, Markup) else cleaned  # noqa: S704 - markup already, only lessened


def one_line(text: str) -> str:
    """`clean` text without line breaks, every run of space one space."""
    return _RUN_OF_SPACE.sub(" ", clean(text)).strip()


def direction_of(text: str, otherwise: str = "ltr") -> str:
    """The direction of the first character that has one."""
    for char in text:
        match unicodedata.bidirectional(char):
            case "L":
                return "ltr"
            case "R" | "AL":
                return "rtl"
    return otherwise
