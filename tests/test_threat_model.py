"""The threat model says nothing that no test proves, and what to do in an incident names commands that there are."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from campaign.cli import MODULES

ROOT = Path(__file__).resolve().parent.parent
MODEL = (ROOT / "docs" / "threat-model.md").read_text("utf-8")


def functions(path: Path) -> set[str]:
    return {it.name for it in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(it, ast.FunctionDef)}


def test_every_mitigation_names_tests_that_are_there() -> None:
    holds = MODEL.split("## What holds")[1].split("## What does not hold")[0]
    rows = [line for line in holds.splitlines() if line.startswith("|")][2:]
    assert len(rows) >= 15
    for row in rows:
        named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", row.split("|")[3])
        assert named, row
        for path, function in named:
            assert (ROOT / path).is_file(), path
            assert function in functions(ROOT / path), function


def test_everybody_who_is_named_as_a_danger_is_answered_or_admitted() -> None:
    who = [
        line.split("|")[1].strip() for line in MODEL.split("## What holds")[0].splitlines() if line.startswith("| a ")
    ]
    assert len(who) >= 7
    rest = MODEL.split("## What holds")[1]
    for one in who:
        assert one.removeprefix("a ") in rest or one in {"a state with the server", "a state at the border"}, one


def test_what_to_do_in_an_incident_names_commands_that_there_are() -> None:
    said = re.findall(r"`campaign ([\w-]+)", (ROOT / "docs" / "incident.md").read_text("utf-8"))
    assert len(said) >= 10
    assert set(said) <= set(MODULES)
