"""States and kinds as organisers read them: a page shows no word that only the database knows."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from campaign.language import gettext
from campaign.sentences import Sentence, in_language
from campaign.vocabulary import (
    ActionKind,
    ActionStatus,
    CorrectionKind,
    DeliveryChannel,
    DeliveryStatus,
    Disclosure,
    Focus,
    InvalidationStatus,
    Outcome,
    ProposalStatus,
    RecipientRole,
    Role,
    Shield,
    SignatureStatus,
    TemplateKind,
    UpdateStatus,
    WordsStatus,
)
from campaign.web.locales import current

_WORDS: dict[type[StrEnum], dict[str, str]] = {
    ActionKind: {
        "first": Sentence("first action"),
        "further_information": Sentence("next action"),
        "stop": Sentence("stop"),
        "outcome": Sentence("outcome"),
    },
    ActionStatus: {
        "draft": Sentence("draft"),
        "in_review": Sentence("in review"),
        "open": Sentence("open"),
        "closed": Sentence("closed"),
        "stopped": Sentence("stopped"),
        "archived": Sentence("archived"),
    },
    CorrectionKind: {
        "typing": Sentence("a slip of typing"),
        "figure": Sentence("a figure"),
        "successor": Sentence("a successor in office"),
        "translation": Sentence("a slip in the translation"),
        "edit": Sentence("an edit"),
    },
    DeliveryChannel: {
        "post": Sentence("by post"),
        "in_person": Sentence("in person"),
        "fax": Sentence("by fax"),
        "email": Sentence("by e-mail"),
    },
    DeliveryStatus: {
        "planned": Sentence("planned"),
        "dispatched": Sentence("dispatched"),
        "delivered": Sentence("delivered"),
        "returned": Sentence("returned"),
        "refused": Sentence("refused"),
        "failed": Sentence("failed"),
    },
    Disclosure: {
        "public": Sentence("everyone"),
        "official": Sentence("only the official"),
        "withheld": Sentence("no one"),
    },
    Focus: {
        "centre": Sentence("Centre"),
        "left": Sentence("Left"),
        "right": Sentence("Right"),
        "top": Sentence("Top"),
        "bottom": Sentence("Bottom"),
        "top_left": Sentence("Top left"),
        "top_right": Sentence("Top right"),
        "bottom_left": Sentence("Bottom left"),
        "bottom_right": Sentence("Bottom right"),
    },
    InvalidationStatus: {
        "running": Sentence("running"),
        "cancelled": Sentence("cancelled"),
        "done": Sentence("done"),
        "undoing": Sentence("undoing"),
        "undone": Sentence("undone"),
    },
    Outcome: {
        "positive": Sentence("positive"),
        "mixed": Sentence("mixed"),
        "negative": Sentence("negative"),
        "unclear": Sentence("unclear"),
    },
    ProposalStatus: {
        "open": Sentence("open"),
        "published": Sentence("published"),
        "rejected": Sentence("rejected"),
        "overtaken": Sentence("overtaken"),
    },
    RecipientRole: {"to": Sentence("to"), "copy": Sentence("copy")},
    Role: {
        "admin": Sentence("admin"),
        "editor": Sentence("editor"),
        "reviewer": Sentence("reviewer"),
        "viewer": Sentence("viewer"),
        "translator": Sentence("translator"),
    },
    Shield: {
        "none": Sentence("off"),
        "proof_of_work": Sentence("browser check"),
        "pause": Sentence("signing paused"),
    },
    SignatureStatus: {
        "pending": Sentence("not confirmed yet"),
        "confirmed": Sentence("confirmed"),
        "withdrawn": Sentence("withdrawn"),
        "invalid": Sentence("not counted"),
        "rejected": Sentence("“This was not me”"),
        "expired": Sentence("expired"),
        "erased": Sentence("deleted"),
    },
    TemplateKind: {
        "letter": Sentence("For sample letters"),
        "action": Sentence("For the texts of an action"),
        "update": Sentence("For updates"),
    },
    UpdateStatus: {
        "draft": Sentence("draft"),
        "queued": Sentence("queued"),
        "sent": Sentence("sent"),
        "cancelled": Sentence("cancelled"),
    },
    WordsStatus: {
        "waiting": Sentence("waiting"),
        "shown": Sentence("shown"),
        "hidden": Sentence("hidden"),
    },
}


def worded(it: Any) -> Any:
    """A state, a kind or a sentence of a room in the reader's language; a kind that is a plain word stays as it is."""
    if isinstance(it, StrEnum):
        words = _WORDS.get(type(it), {}).get(it.value) or it.value.replace("_", " ")
        return in_language(words, current()) if isinstance(words, Sentence) else gettext(current(), words)
    return in_language(it, current())
