"""What stands in the way of sending an update: a reason with its values, said in the reader's language."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial

from campaign.cases.writing.placeholders import PLACEHOLDERS
from campaign.language import language_name
from campaign.sentences import Sentence, joined


class Reason(StrEnum):
    """Why an update may not go."""

    NOT_PUBLIC = "not_public"
    NO_SUBJECT = "no_subject"
    NO_TEXT = "no_text"
    NO_VALUE = "no_value"
    PLACEHOLDER = "placeholder"
    SUBJECT_FIELD = "subject_field"
    PLANNER = "planner"
    UNREAD = "unread"


SAID = {
    Reason.NOT_PUBLIC: Sentence("Its action is not public, or was stopped."),
    Reason.NO_SUBJECT: Sentence("The %(language)s subject is empty."),
    Reason.NO_TEXT: Sentence("The %(language)s text is empty."),
    Reason.NO_VALUE: Sentence("The %(language)s text uses %(field)s, which has no value."),
    Reason.PLACEHOLDER: Sentence(
        "The %(language)s text still has the placeholder [%(what)s]. Write your own words in place of %(field)s."
    ),
    Reason.SUBJECT_FIELD: Sentence("The %(language)s subject still has %(field)s. Write it out."),
    Reason.PLANNER: Sentence("Whoever planned it may not send updates any more."),
    Reason.UNREAD: Sentence("Nobody but its writer has read it."),
}


@dataclass(frozen=True)
class Obstacle:
    """A reason, and what its sentence is filled with: `language` by its tag, `field` as it stands in the text,
    `placeholder` by its key."""

    reason: Reason
    values: Mapping[str, str] = field(default_factory=dict)

    @property
    def sentence(self) -> Sentence:
        """It in words."""
        filled: dict[str, object] = dict(self.values)
        if "language" in filled:
            filled["language"] = partial(language_name, self.values["language"])
        if "placeholder" in filled:
            filled["what"] = PLACEHOLDERS[str(filled.pop("placeholder"))]
        return SAID[self.reason].filled(**filled) if filled else SAID[self.reason]


def sentences(found: Iterable[Obstacle]) -> list[Sentence]:
    """Each in words."""
    return [it.sentence for it in found]


def written(found: Iterable[Obstacle]) -> str:
    """As they are kept (JSON)."""
    return json.dumps([[str(it.reason), dict(it.values)] for it in found], ensure_ascii=False)


def read(held_for: str | None) -> Sentence | None:
    """What was kept, in words; None where no reasons were kept."""
    if held_for is None:
        return None
    return joined(sentences(Obstacle(Reason(reason), values) for reason, values in json.loads(held_for)))
