"""The code by which anyone can look a dossier up: short enough to type from paper, too many to guess."""

from __future__ import annotations

import re
import secrets

from campaign.vocabulary import LEGIBLE as ALPHABET

WRITTEN = re.compile(rf"\b[{ALPHABET}]{{4}}-[{ALPHABET}]{{4}}\b")


def fresh() -> str:
    """A random code like 7Q4K-2M9X."""
    signs = [secrets.choice(ALPHABET) for _ in range(8)]
    return f"{''.join(signs[:4])}-{''.join(signs[4:])}"


def normalised(written: str) -> str:
    """A code as it was typed, in the one way it is stored: case, spaces and the dash do not count."""
    signs = re.sub(r"[^0-9A-Z]", "", written.upper())
    return f"{signs[:4]}-{signs[4:8]}" if len(signs) == 8 else written.upper()
