"""Which characters this machine can print, told before a page is made."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable, Mapping
from functools import cache

from babel import Locale
from fontTools import unicodedata as scripts

from campaign.errors import Incomplete, Unprintable

# Controls, format characters, joiners, variation selectors and the like have no shape of their own.
_SHAPELESS_CATEGORIES = frozenset({"Cc", "Cf", "Zl", "Zp"})
_VARIATION_SELECTORS = frozenset({*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0), 0x034F, 0x180B, 0x180C, 0x180D})
_SHARED = frozenset({"Zyyy", "Zinh", "Zzzz"})
_RANGE = re.compile(r"([0-9a-f]+)(?:-([0-9a-f]+))?")


def refuse_unprintable(text: str, coverage: frozenset[int] | None = None) -> None:
    """Raise `Unprintable`, naming each script (or lone sign) of `text` that no installed font has.

    `coverage` is the code points that can be printed; by default, what the installed fonts have.
    """
    missing = lacking(text, coverage)
    if missing:
        raise Unprintable(
            "No installed font can print this: %(scripts)s. Install a font for it (the Noto fonts have most).",
            scripts=", ".join(sorted({_name(char) for char in missing})),
        )


def printable(text: str, coverage: frozenset[int] | None = None) -> bool:
    """Whether every character of `text` can be printed."""
    return not lacking(text, coverage)


def lacking(text: str, coverage: frozenset[int] | None = None) -> frozenset[str]:
    """The characters of `text` that no installed font has: where nothing may be refused, they are printed as boxes."""
    if text.isascii():
        return frozenset()
    covered = installed() if coverage is None else coverage
    return frozenset(char for char in text if ord(char) not in covered and not _is_shapeless(char))


def scripts_of(chars: Iterable[str], locale: str) -> tuple[str, ...]:
    """The scripts of characters as a language calls them; where many scripts share one, its own code point."""
    named = Locale.parse(locale, sep="-").scripts
    return tuple(sorted({_said(char, named) for char in chars}))


def _said(char: str, named: Mapping[str, str]) -> str:
    script = scripts.script(char)
    return f"U+{ord(char):04X}" if script in _SHARED else str(named.get(script) or _name(char))


@cache
def installed() -> frozenset[int]:
    """The code points that some installed font covers. Asks fontconfig once in a process."""
    try:
        listed = subprocess.run(
            ["fc-list", "--format", "%{charset}\n"],  # noqa: S607
            capture_output=True,
            check=True,
            text=True,
            timeout=60,
        ).stdout
    except (OSError, subprocess.SubprocessError) as error:
        raise Incomplete("The fc-list command is missing. Install fontconfig.") from error
    return frozenset(
        point
        for first, last in set(_RANGE.findall(listed))
        for point in range(int(first, 16), int(last or first, 16) + 1)
    )


def _is_shapeless(char: str) -> bool:
    return scripts.category(char) in _SHAPELESS_CATEGORIES or ord(char) in _VARIATION_SELECTORS


def _name(char: str) -> str:
    """A character's script in words; where many scripts share it, its own code point."""
    script = scripts.script(char)
    if script in _SHARED:
        return f"U+{ord(char):04X} ({scripts.block(char).replace('_', ' ')})"
    return str(scripts.script_name(script)).replace("_", " ")
