"""The self-written bulletins, what each should be read as, and how many of its fields are right.

`python -m tests.cases.importing.shelf` prints the score of each shelf; with `-v`, every field that is not right.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from campaign.cases.importing import read_bulletin
from campaign.errors import Unreadable

SHELF = Path(__file__).parent / "bulletins"
# Oddities, one a bulletin, and bulletins in the shapes of organisations of seven languages; all people are invented.
SHELVES = {name: Path(__file__).parent / name for name in ("bulletins", "samples", "peers")}
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


def shelved(name: str) -> list[Path]:
    """The bulletins on one shelf."""
    return sorted(path for path in SHELVES[name].iterdir() if path.suffix in {".txt", ".md"})


def judged(path: Path) -> tuple[list[str], list[str], list[str]]:
    """The fields of one bulletin that are right, silently wrong (a value that is not so), and left blank."""
    due = dict(fields(expected(path)))
    try:
        got = dict(fields(read_bulletin(path.read_bytes(), path.name).as_json()))
    except Unreadable:
        got = {}
    right = [name for name, value in due.items() if got.get(name) == value]
    wrong = [name for name, value in got.items() if due.get(name) != value]
    return right, wrong, [name for name in due if name not in got]


def main() -> None:
    for name in SHELVES:
        total = right = wrong = blank = 0
        for path in shelved(name):
            good, bad, empty = judged(path)
            right, wrong, blank = right + len(good), wrong + len(bad), blank + len(empty)
            total += len(dict(fields(expected(path))))
            if "-v" in sys.argv and (bad or empty):
                print(f"  {path.name}: wrong {bad}, blank {empty}")
        print(f"{name}: {total} fields, {right} right ({right / total:.1%}), {wrong} silently wrong, {blank} blank")


if __name__ == "__main__":
    main()
