"""Text out of plain bytes, whatever encoded them."""

from __future__ import annotations

from charset_normalizer import from_bytes

_LATIN_SHARE = 0.8  # of the letters that are ASCII: what remains is Western Europe's unless proved otherwise
_CANDIDATES = ["cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "koi8_r", "iso8859_6", "mac_roman"]


def decoded(data: bytes) -> str | None:
    """The text that `data` encodes; None where no encoding makes a text of it."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _try(data, "utf-16")
    if wide := _wide(data):
        return _try(data, wide)
    text = _try(data, "utf-8-sig")
    if text is not None:
        return text
    western = _try(data, "cp1252")
    if western is not None:
        letters = [letter for letter in western if letter.isalpha()]
        if letters and sum(map(str.isascii, letters)) >= _LATIN_SHARE * len(letters):
            return western
    best = from_bytes(data[:60_000], cp_isolation=_CANDIDATES).best()
    return (_try(data, best.encoding) if best is not None else None) or western


def _wide(data: bytes) -> str | None:
    """UTF-16 without a mark: every second byte of Latin text is zero."""
    sample = data[:400]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if len(sample) > 20 and max(even, odd) > 0.4 * len(sample) / 2 and min(even, odd) == 0:
        return "utf-16-be" if even > odd else "utf-16-le"
    return None


def _try(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return None
