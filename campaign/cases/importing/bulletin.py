"""What an imported bulletin says, as values. Nothing here is stored or published by importing it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from campaign.vocabulary import ActionKind, RecipientRole


@dataclass(frozen=True)
class Official:
    """A person or office to write to, each text as printed; `address` is one entry a printed line."""

    name: str | None = None
    office: str | None = None
    address: tuple[str, ...] = ()
    fax: str | None = None
    phone: str | None = None
    email: tuple[str, ...] = ()
    x: str | None = None
    web_form: str | None = None
    salutation: str | None = None
    role: RecipientRole = RecipientRole.TO


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
                    "fax": official.fax,
                    "phone": official.phone,
                    "email": list(official.email),
                    "x": official.x,
                    "web_form": official.web_form,
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
