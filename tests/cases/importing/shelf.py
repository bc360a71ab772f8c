"""The self-written bulletins, what each should be read as, and how many of its fields are right."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SHELF = Path(__file__).parent / "bulletins"
BULLETINS = sorted(path for path in SHELF.iterdir() if path.suffix in {".txt", ".md"})
LAYOUTS = sorted({path.name.partition("-")[0] for path in BULLETINS})


def expected(path: Path) -> dict[str, Any]:
    """What a person reads out of a bulletin, as JSON beside it; `unplaced` is not part of it."""
    told: dict[str, Any] = json.loads(path.with_suffix(".json").read_text("utf-8"))
    return told


def fields(told: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Each field that says something, by its path: "officials.0.fax"."""
    for key, value in told.items():
        if key in ("unplaced", "doubts", "missing"):
            continue
        if isinstance(value, dict):
            yield from ((f"{key}.{name}", inner) for name, inner in fields(value))
        elif key == "officials":
            for at, official in enumerate(value):
                yield from ((f"{key}.{at}.{name}", inner) for name, inner in fields(official))
        elif value not in (None, []):
            yield key, value


def score(read: dict[str, Any], wanted: dict[str, Any]) -> tuple[list[str], int]:
    """The fields read wrongly, missed or invented, and how many there are in all."""
    got, due = dict(fields(read)), dict(fields(wanted))
    wrong = [name for name in sorted(got.keys() | due.keys()) if got.get(name) != due.get(name)]
    return wrong, len(got.keys() | due.keys())
