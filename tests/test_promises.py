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


# --- the other way round: what promises something has its line ---

# Words by which a sentence promises: what never happens, what only happens, what we do and for how long.
PROMISES = re.compile(
    r"\b(never|nobody|no one|only|will|deleted?|not (shown|stored|shared|kept)|until|once|at once|days|"
    r"we (do|store|keep|delete|send|count|e-mail|encrypt|show|read|have|move|print|use|ask|tell|write|give|share))\b",
    re.IGNORECASE,
)
# Sentences with such a word that promise nothing, each with what they are.
NO_PROMISE = {
    "a heading, a label or the name of a choice": {
        "until %(day)s", "What we keep, and for how long", "What we ask", "What we keep, and your safety",
        "Once a week", "Only the most urgent", "Only some countries or themes", "in 2 days", "in 7 days", "in 30 days",
        "What we keep about you", "Download or delete your data", "Only the official", "What we keep",
        "Everyone, once an organiser has approved it", "Show my message only to the official",
        "Here is what we do now.",
        "If you only read", "How long we keep it", "Letters we send for you", "See, change or delete your data",
        "Before we send it", "Delete this draft", "Delete this signature", "Delete my address",
        "Leave, and delete my address", "Delete all my data now", "We have deleted your data",
        "We have deleted this signature", "My signature: see what we keep, where it went, or change it",
        "Your name, as it will appear under the letter",
    },
    "advice to the reader": {
        "Please sign in one place only.", "Open it when you are alone, on a device that nobody else can see.",
        "If you do not expect a message from us, you can delete this e-mail.",
        "Write one only if you want to be named there.",
        "A letter posted today will probably arrive too late, so send it by e-mail or another fast way.",
        "Add one sentence that only you could write.", "Delete them if they could put you in danger.",
        "An urgent action works when many people write within days.",
        "We e-mail you when a new urgent action opens, so that you can sign and write in time.",
        "Choose “No one”.", "Delete our e-mail if someone else can read your inbox.",
        "Use an e-mail address that does not contain your name, on a device that nobody else can open.",
    },
    "what is so at this moment, told on the page it is about": {
        "We have a message for you.", "We do not have it in your language yet.", "We have the text of the reply.",
        "New actions will appear here.", "No one has signed yet.", "Nobody signed", "We do not count this signature",
        "In this demonstration we do not send the e-mail.", "We have sent you an e-mail.", "It arrives at once.",
        "We could not be sure that it came from one person who signed once.", "We send a link there.",
        "Your page shows what we keep about you:",
        "Download the archive again later: this page will then say so.",
        "A backup holds what was stored when it was made, until the backup itself is deleted.",
        "Once an official has a signature book, we cannot take it back.",
    },
}  # fmt: skip
CONSENT = ("appeals/signing/consent.py", "appeals/relay/consent.py", "appeals/network/consent.py")


def told_to_supporters() -> set[str]:
    """Every sentence of their pages, mails and prints, and of the wordings that they agree to."""
    found: set[str] = set()
    for folder in ("templates", "letters"):
        for path in (ROOT / folder).rglob("*.*"):
            if {"organise", "office", "demo"} & set(path.parts):
                continue
            source = path.read_text()
            found |= set(re.findall(r'_\(\s*"((?:[^"\\]|\\.)*)"', source))
            found |= set(re.findall(r"{%-?\s*trans[^%]*%}(.*?){%-?\s*(?:pluralize|endtrans)", source, re.DOTALL))
    for name in CONSENT:
        source = re.sub(r'"\s*\n\s*"', "", (ROOT / "campaign" / name).read_text())
        found |= set(re.findall(r'_\(\s*"((?:[^"\\]|\\.)*)"', source))
    lines = {re.sub(r"\s+", " ", it).strip() for it in found}
    return {sentence for it in lines for sentence in re.split(r"(?<=[.!?])\s+", it) if sentence}


def test_a_sentence_that_promises_something_has_its_line_or_a_reason() -> None:
    """Writing a promise without saying what keeps it is how untrue ones came about."""
    whole = [promise.strip('"') for promise, _, _ in ROWS]
    listed = [*whole, *(sentence for it in whole for sentence in re.split(r"(?<=[.!?])\s+", it))]
    reasons = {sentence for sentences in NO_PROMISE.values() for sentence in sentences}
    told = told_to_supporters()
    assert len(told) > 300, "hardly anything was read"
    forgotten = sorted(
        it
        for it in told
        if PROMISES.search(it)
        and it not in reasons
        and not any(it in promise or (promise in it and len(promise) > 20) for promise in listed)
    )
    assert forgotten == []
    assert reasons <= told, f"no longer said: {sorted(reasons - told)}"
