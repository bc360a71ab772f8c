"""What an imported bulletin says, as values. Nothing here is stored or published by importing it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from campaign.channels import KEYS, Channels
from campaign.vocabulary import ActionKind, RecipientRole


@dataclass(frozen=True)
class Official:
    """A person or office to write to, each text as printed; `address` is one entry a printed line."""

    name: str | None = None
    office: str | None = None
    address: tuple[str, ...] = ()
    email: tuple[str, ...] = ()
    channels: Channels = field(default_factory=dict, hash=False)  # every other channel by its key, entries as printed
    salutation: str | None = None
    role: RecipientRole = RecipientRole.TO

    def printed(self, key: str) -> str | None:
        """The entries of a channel as one text; None where there is none."""
        return " / ".join(self.channels.get(key, ())) or None

    @property
    def fax(self) -> str | None:
        """The fax numbers as one text."""
        return self.printed("fax")

    @property
    def x(self) -> str | None:
        """The accounts on X as one text."""
        return self.printed("x_handle")

    @property
    def web_form(self) -> str | None:
        """The addresses of forms as one text."""
        return self.printed("web_form")

    @property
    def phone(self) -> str | None:
        """The telephone numbers as one text."""
        return self.printed("phone")


# What a channel is called in the importer's JSON, where that is older than its key.
JSON_NAMES = {("x" if key == "x_handle" else key): key for key in KEYS}


@dataclass(frozen=True)
class ModelLetter:
    """The letter supporters start from, one entry a paragraph, without marks of emphasis."""

    salutation: str | None = None
    paragraphs: tuple[str, ...] = ()
    close: str | None = None

    def __bool__(self) -> bool:
        return bool(self.salutation or self.paragraphs)


@dataclass(frozen=True)
class Subject:
    """Someone at risk, with the pronoun or the gender mark the bulletin prints ("she/her", "m", "All")."""

    name: str
    pronoun: str | None = None


@dataclass(frozen=True)
class Previous:
    """The action before this one in the case."""

    url: str | None = None
    index_reference: str | None = None


@dataclass(frozen=True)
class Doubt:
    """A value left out of `field` because it is not sure, with the line it stands on, counted from 1, and why."""

    field: str
    line: int | None
    value: str
    why: str


@dataclass(frozen=True)
class Bulletin:
    """A bulletin's fields. What was not understood stands in `unplaced`, in the order of the document.

    `links` are the web addresses met, each once, targets of Markdown links included. `country` and `languages`
    are English names. A missing text is None, a missing list is empty. `doubts` are values left out of their fields
    because they are not sure; `missing` names the fields an action needs and this bulletin does not give.
    """

    kind: ActionKind = ActionKind.FIRST
    number: str | None = None
    index_reference: str | None = None
    issue_date: date | None = None
    country: str | None = None
    title: str | None = None
    summary: str | None = None
    demands: tuple[str, ...] = ()
    officials: tuple[Official, ...] = ()
    letter: ModelLetter = field(default_factory=ModelLetter)
    languages: tuple[str, ...] = ()
    deadline: date | None = None
    after_deadline: str | None = None
    subjects: tuple[Subject, ...] = ()
    previous: Previous = field(default_factory=Previous)
    background: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    unplaced: tuple[str, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    missing: tuple[str, ...] = ()

    def as_json(self) -> dict[str, object]:
        """The fields as JSON values: dates ISO, missing texts null, missing lists empty."""
        return {
            "kind": self.kind.value,
            "number": self.number,
            "index_reference": self.index_reference,
            "issue_date": self.issue_date.isoformat() if self.issue_date else None,
            "country": self.country,
            "title": self.title,
            "summary": self.summary,
            "demands": list(self.demands),
            "officials": [
                {
                    "name": official.name,
                    "office": official.office,
                    "address": list(official.address),
                    "email": list(official.email),
                    **{name: official.printed(key) for name, key in JSON_NAMES.items()},
                    "salutation": official.salutation,
                    "role": official.role.value,
                }
                for official in self.officials
            ],
            "letter": {
                "salutation": self.letter.salutation,
                "paragraphs": list(self.letter.paragraphs),
                "close": self.letter.close,
            },
            "languages": list(self.languages),
            "deadline": self.deadline.isoformat() if self.deadline else None,
            "after_deadline": self.after_deadline,
            "subjects": [{"name": subject.name, "pronoun": subject.pronoun} for subject in self.subjects],
            "previous": {"url": self.previous.url, "index_reference": self.previous.index_reference},
            "background": list(self.background),
            "links": list(self.links),
            "unplaced": list(self.unplaced),
            "doubts": [
                {"field": doubt.field, "line": doubt.line, "value": doubt.value, "why": doubt.why}
                for doubt in self.doubts
            ],
            "missing": list(self.missing),
        }
