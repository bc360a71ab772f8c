"""Proofs in a real browser, by the very functions of the page: a thousand that hold, a thousand that were altered."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from campaign.delivery.proofs import Proof, Tree
from tests.browser.installation import Installation
from tests.delivery.test_merkle import altered, grown

__all__ = ["grown"]  # a fixture

SCRIPT = Path(__file__).parents[2] / "static" / "verify.js"
pytestmark = pytest.mark.browser


def between(source: str, start: str, end: str) -> str:
    return source[source.index(start) : source.index(end, source.index(start))]


def test_a_thousand_proofs_hold_in_a_browser_and_no_altered_one_does(
    chromium: Browser,
    place: Installation,
    grown: tuple[Tree, list[Proof]],
) -> None:
    tree, found = grown
    chance = random.Random(8)
    source = SCRIPT.read_text("utf-8")
    functions = between(source, "  const hexadecimal", "\n") + between(source, "  const FORM", "  const another")
    asked = f"""async ([texts, root, size]) => {{
        {functions}
        let proved = 0;
        for (const text of texts) {{
            const proof = proofIn(new TextEncoder().encode(text).buffer);
            const led = proof && await rootOf(proof).catch(() => null);
            proved += led === root && proof.size === size;
        }}
        return proved;
    }}"""
    good = [proof.written().decode() for proof in found]
    bad = [altered(proof, chance).written().decode() for proof in found]
    page = chromium.new_page()
    page.goto(f"{place.base}/en/")

    assert page.evaluate(asked, [good, tree.hexadecimal, tree.size]) == 1_000
    assert page.evaluate(asked, [bad, tree.hexadecimal, tree.size]) == 0
    page.close()
