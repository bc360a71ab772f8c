"""The audit trail in words. Every sentence here was written by hand."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import pytest

from campaign.office import audit_sentences
from campaign.office.audit_sentences import known, told, value
from campaign.storage.tables import AuditEvent
from tests import made

NAMES = {("action", 1): "Renew the cards", ("case", 2): "Cards in Pakistan", ("official", 3): "Sample Minister"}


def event(what: str, kind: str, number: int | None = None, *, who: str = "Noor", **more: Any) -> AuditEvent:
    before, after = (
        None if it is None else json.dumps(it) for it in (more.pop("before", None), more.pop("after", None))
    )
    return AuditEvent(
        id=1, at=made.NOON, who=who, what=what, object_kind=kind, object_id=number, before=before, after=after, **more
    )


TOLD = [
    (
        event(
            "action extended", "action", 1, action_id=1, case_id=2, before={"deadline": "2026-03-03"},
            after={"deadline": "2026-04-15"}, reason="The trial was moved.",
        ),
        "Noor changed the deadline of the action “Renew the cards”: deadline from 3 March 2026 to 15 April 2026. "
        "Reason: The trial was moved.",
    ),
    (
        event("text changed (ur)", "text", 7, action_id=1, before={"title": "A"}, after={"title": "B"}),
        "Noor changed the text (ur) in the action “Renew the cards”: title from A to B.",
    ),
    (
        event("source added", "source", 9, case_id=2, after={"publisher": {"en": "Dawn"}, "published_on": None}),
        "Noor added a source in the case “Cards in Pakistan”: published on: nothing; publisher: en: Dawn.",
    ),
    (
        event(
            "contact bounced", "official", 3, who="schedule", before={"email_bounced_at": None},
            after={"email_bounced_at": "2025-08-01 12:00:00+00:00"},
        ),
        "The schedule noted that e-mail to the official “Sample Minister” bounced: "
        "email bounced at from nothing to 1 August 2025, 12:00 UTC.",
    ),
    (
        event("action approved", "action", 99, who="Tomas", action_id=99),
        "Tomas approved the action no. 99.",
    ),
    (event("passkey added", "passkey", None, after={"name": "blue key"}), "Noor added a passkey: name: blue key."),
]  # fmt: skip


@pytest.mark.parametrize(("recorded", "sentence"), TOLD, ids=[it.what for it, _ in TOLD])
def test_an_event_reads_as_a_sentence(recorded: AuditEvent, sentence: str) -> None:
    assert told(recorded, NAMES).whole == sentence


@pytest.mark.parametrize(
    ("kept", "said"),
    [
        (None, "nothing"),
        ([], "nothing"),
        (True, "yes"),
        (False, "no"),
        (1400000, "1,400,000"),
        ("in_review", "in review"),
        ("a_b c", "a_b c"),
        ("2026-03-03", "3 March 2026"),
        (["en", "ur"], "en, ur"),
        ({"en": "Card", "ur": "کارڈ"}, "en: Card; ur: کارڈ"),
        ([{"a": None}, 2], "a: nothing, 2"),
    ],
)
def test_no_kept_value_reads_like_a_program(kept: object, said: str) -> None:
    assert value(kept) == said


def test_every_kind_of_event_that_is_recorded_has_its_sentence() -> None:
    """Those that are written out where they are recorded; all others are refused in whatever test records one."""
    found = set()
    for file in Path("campaign").rglob("*.py"):
        for call in ast.walk(ast.parse(file.read_text())):
            if isinstance(call, ast.Call) and ast.unparse(call.func) in {
                "audit.record",
                "_record",
                "_changed",
                "_begun",
            }:
                found |= {it.value for it in call.args if isinstance(it, ast.Constant) and isinstance(it.value, str)}
    assert len(found) > 60
    assert {it for it in found if not known(it)} == set()


def test_no_sentence_is_of_an_event_that_nobody_records() -> None:
    source = "\n".join(it.read_text() for it in Path("campaign").rglob("*.py") if it.name != "audit_sentences.py")
    put_together = {"contact", "delivery", "message", "subject", "event", "source"}
    made_up = {
        it for it in audit_sentences.DID
        if f'"{it}' not in source and it.split()[0] not in put_together
    }  # fmt: skip
    assert made_up == set()
