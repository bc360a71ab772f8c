"""States and kinds as organisers read them: a page shows no word that only the database knows."""

from __future__ import annotations

from enum import StrEnum

from campaign.vocabulary import ActionKind, Disclosure, Shield, SignatureStatus

_WORDS: dict[type[StrEnum], dict[str, str]] = {
    ActionKind: {"first": "first action", "further_information": "next action", "stop": "stop", "outcome": "outcome"},
    Disclosure: {"public": "everyone", "official": "only the official", "withheld": "no one"},
    Shield: {"none": "off", "proof_of_work": "a task for each browser", "pause": "signing paused"},
    SignatureStatus: {
        "pending": "not confirmed yet",
        "confirmed": "confirmed",
        "withdrawn": "withdrawn",
        "invalid": "not counted",
        "rejected": "“This was not me”",
        "expired": "expired",
        "erased": "deleted",
    },
}


def worded(state: StrEnum) -> str:
    """A state or kind in words; one that is a plain word already stays as it is."""
    return _WORDS.get(type(state), {}).get(state.value) or state.value.replace("_", " ")
