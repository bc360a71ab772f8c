"""Which language a text is likely in, by its letters and where it comes from: what a screen reader needs for a voice.

Nobody is asked what language their name is in. Letters tell the script, and Unicode's likely subtags (in Babel) tell
in which language it is mostly written: Arabic letters from Pakistan are read as Urdu, from Egypt as Arabic.
"""

from __future__ import annotations

from functools import cache

from babel.core import get_global
from fontTools import unicodedata as scripts

# Names in Latin letters are read by the voice of the document: nothing tells Polish from Portuguese.
_SAID = frozenset({"Latn", "Zyyy", "Zinh", "Zzzz"})
_MOSTLY_IN = {"Hira": "Jpan", "Kana": "Jpan", "Hang": "Kore"}


def language_of(text: str, region: str = "") -> str:
    """The language code of a text by its first letter that tells; empty if none does (Latin letters, signs)."""
    if text.isascii():
        return ""
    tongue = ""
    for char in text:
        script = _script(char)
        if script in {"Kana", "Hira"}:
            return "ja"
        if script not in _SAID:
            tongue = tongue or likely(script, region)
    return tongue


@cache
def likely(script: str, region: str = "") -> str:
    """The language that a script is mostly written in there, or anywhere."""
    written = _MOSTLY_IN.get(script, script)
    subtags = get_global("likely_subtags")
    if region and (told := subtags.get(f"und_{script}_{region}")):
        return str(told.partition("_")[0])
    if region and (told := subtags.get(f"und_{region}")) and f"_{script}" in told:
        return str(told.partition("_")[0])
    told = subtags.get(f"und_{written}") or subtags.get(f"und_{script}") or ""
    return str(told.partition("_")[0])


@cache
def _script(char: str) -> str:
    return str(scripts.script(char))
