"""How the number of an action is read and written."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class ActionNumber:
    """An action's number, "UA 56/25": a serial within a year, the year written with two digits."""

    year: int
    serial: int

    _WRITTEN = re.compile(r"(?:UA[\s:]*)?(\d{1,4})\s*[/.]\s*(\d{4}|\d{2})\b", re.I)

    @classmethod
    def parse(cls, text: str) -> ActionNumber | None:
        """Read "UA 56/25", "UA: 71/08" or "UA 132.19"; None if there is no number. 70 to 99 mean 19xx."""
        found = cls._WRITTEN.search(text)
        if not found:
            return None
        serial, year = int(found[1]), int(found[2])
        if year < 100:
            year += 1900 if year >= 70 else 2000
        return cls(year=year, serial=serial)

    def __str__(self) -> str:
        return f"UA {self.serial}/{self.year % 100:02}"
