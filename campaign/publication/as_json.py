"""Everything public about an action as JSON values: dates ISO, words as they are."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

from campaign.channels import CHANNELS, Channels
from campaign.publication.values import PublicAction

# Row ids and the instant of an end are ours; the letter's HTML is its text said twice.
_INSIDE = frozenset({"id", "official_id", "paragraphs", "ended_at"})


def public_json(action: PublicAction) -> dict[str, Any]:
    """The action as a dictionary that `json.dumps` takes."""
    return {key: _plain(value) for key, value in asdict(action).items() if key not in _INSIDE}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        if value.keys() >= {"emails", "channels"}:
            value = {**value, **_channels(value["channels"])}
        return {key: _plain(it) for key, it in value.items() if key not in _INSIDE}
    if isinstance(value, (list, tuple)):
        return [_plain(it) for it in value]
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, str) else value


def _channels(entries: Channels) -> dict[str, Any]:
    """Each channel by its key: the first entry as people read it, or null; and under `channels` all of them."""
    shown = {it.key: [it.shown(entry) for entry in entries.get(it.key, ())] for it in CHANNELS}
    return {key: next(iter(texts), None) for key, texts in shown.items()} | {
        "channels": {key: texts for key, texts in shown.items() if texts}
    }
