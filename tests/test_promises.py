"""What `docs/promises.md` lists is said somewhere, and each line has a test that exists."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from campaign.settings import ROOT

ROWS = [
    [cell.strip() for cell in line.strip("|\n ").split(" | ")]
    for line in (ROOT / "docs/promises.md").read_text().splitlines()
    if line.startswith('| "')
]


def names_in(path: Path) -> set[str]:
    return {it.name for it in ast.walk(ast.parse(path.read_text())) if isinstance(it, ast.FunctionDef)}


def said_by_the_product() -> str:
    """Every sentence of templates and code, quotation marks and line breaks of the source taken away."""
    sources = [
        *(ROOT / "templates").rglob("*.*"),
        *(ROOT / "letters").glob("*.html"),
        *(ROOT / "campaign").rglob("*.py"),
    ]
    joined = " ".join(path.read_text() for path in sources)
    return re.sub(r"\s+", " ", re.sub(r'"\s*\n\s*"', "", joined))


def test_every_promise_names_a_rule_and_a_test_that_exists() -> None:
    assert len(ROWS) > 30
    for promise, rule, test in ROWS:
        assert rule, promise
        for path, name in re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", test) or [("", promise)]:
            assert name in names_in(ROOT / path), f"{promise}: there is no test {name} in {path}"


def test_every_promise_in_the_list_is_still_made() -> None:
    said = said_by_the_product()
    for promise, _, _ in ROWS:
        assert promise.strip('"') in said, promise
