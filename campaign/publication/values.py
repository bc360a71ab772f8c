"""The values that pages, prints and JSON are made from. Plain, frozen, complete: no session hangs on them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from markupsafe import Markup

from campaign import clock
from campaign.channels import Channels
from campaign.publication.signing_time import may_be_signed
from campaign.strip import Strip
from campaign.vocabulary import (
    ActionKind,
    ActionStatus,
    CorrectionKind,
    EventKind,
    Focus,
    Outcome,
    RecipientRole,
    Shield,
    Theme,
)


@dataclass(frozen=True)
class Spoken:
    """Words, and the language that they are in: it may be another than was asked for, where there are no others."""

    text: str
    locale: str


@dataclass(frozen=True)
class ChainLink:
    """One action of the case. `slug` leads to its page here, `url` elsewhere; neither if it is not public."""

    number: str | None
    kind: ActionKind
    title: str
    slug: str | None
    url: str | None
    issued_on: date | None
    status: ActionStatus | None
    current: bool
    latest: bool = False  # the action with which this one's case went on, as far as it has gone


@dataclass(frozen=True)
class PublicSubject:
    """Someone at risk, as far as they are named in public."""

    name: str
    pronoun: str | None


@dataclass(frozen=True)
class PublicRecipient:
    """An official of the action; `n` counts from 1 in the organiser's order and names them in URLs."""

    n: int
    official_id: int
    role: RecipientRole
    name: str | None
    title: str | None
    office: str | None
    postal_office: str | None  # as it stands on an envelope: in the original language, whatever the reader's
    address: tuple[str, ...]
    country: str | None
    emails: tuple[str, ...]
    languages: tuple[str, ...]
    channels: Channels = field(hash=False)  # every other way, by its key, as it is kept
    time_zone: str | None = None  # of the office; None: that of the country's capital

    @property
    def label(self) -> str:
        """What to call them in a sentence: the name, else the office."""
        return self.name or self.office or ""


@dataclass(frozen=True)
class PublicLetter:
    """A model letter to one recipient, fields filled. `text` is the same words, paragraphs a blank line apart."""

    locale: str
    recipient_n: int
    version: int
    salutation: str
    paragraphs: tuple[Markup, ...]
    close: str
    text: str


@dataclass(frozen=True)
class PublicSource:
    """Who published what, and when."""

    publisher: str
    title: str
    published_on: date | None
    published_about: str | None
    url: str | None


@dataclass(frozen=True)
class PublicFigure:
    """A number as it is written in the reader's language, with where it comes from."""

    text: str
    label: str
    as_of: date | None
    source: PublicSource


@dataclass(frozen=True)
class FigureGroup:
    """Figures for one thing: the one that letters quote, and what other sources say."""

    key: str
    label: str
    quoted: PublicFigure
    others: tuple[PublicFigure, ...]


@dataclass(frozen=True)
class PublicEvent:
    """A dated point of the timeline."""

    on: date
    kind: EventKind
    caption: str


@dataclass(frozen=True)
class PublicExtension:
    """The last time that the deadline was moved, and why."""

    was: date
    becomes: date
    on: date
    reason: Spoken | None


@dataclass(frozen=True)
class PublicPicture:
    """The picture of a case, described in the reader's language. `mark` names its files; sizes are in pixels."""

    mark: str
    width: int
    height: int
    alt: str
    credit: str
    focus: Focus


@dataclass(frozen=True)
class PublicCorrection:
    """A correction of what people sign: on which day, of which kind, and why, as the organisers wrote it."""

    on: date
    kind: CorrectionKind
    reason: str


@dataclass(frozen=True)
class PublicAction:
    """Everything public about one action, in `locale`; texts fall back to `original_locale`."""

    id: int
    slug: str
    number: str | None
    index_reference: str | None
    kind: ActionKind
    status: ActionStatus
    country: str
    at_risk_countries: tuple[str, ...]
    time_zone: str
    place: str | None
    issued_on: date | None
    deadline: date | None
    goal: int | None
    locale: str
    original_locale: str
    locales: tuple[str, ...]
    title: str
    summary: str
    demands: tuple[str, ...]
    background: Markup
    after_deadline: str | None
    stop_reason: Spoken | None
    outcome: Spoken | None
    languages: tuple[str, ...]
    position: int
    chain: tuple[ChainLink, ...]
    subjects: tuple[PublicSubject, ...]
    recipients: tuple[PublicRecipient, ...]
    letters: tuple[PublicLetter, ...]
    figures: tuple[FigureGroup, ...]
    events: tuple[PublicEvent, ...]
    unplaced: tuple[str, ...] = ()
    outcome_kind: Outcome | None = None
    outcome_on: date | None = None
    extended: PublicExtension | None = None
    corrections: tuple[PublicCorrection, ...] = ()
    shield: Shield = Shield.NONE
    ask: str | None = None  # what a signer says, in one sentence
    themes: tuple[Theme, ...] = ()
    picture: PublicPicture | None = None
    ended_at: datetime | None = None

    def takes_signatures(self, at: datetime) -> bool:
        """Whether a signature may be given now: open, and before the deadline's end in the case's zone."""
        return may_be_signed(self.status, self.deadline, self.time_zone, at)

    def strip(self, at: datetime) -> Strip | None:
        """The deadline strip, today where the case is; None for a draft without dates."""
        if self.issued_on is None or self.deadline is None:
            return None
        threats = [(event.on, event.caption) for event in self.events if event.kind is EventKind.THREAT]
        return Strip.of(self.issued_on, self.deadline, clock.local_day(at, self.time_zone), threats)

    def letter(self, locale: str, recipient_n: int) -> PublicLetter | None:
        """The model letter to a recipient in a language; None if there is none."""
        return next((it for it in self.letters if it.locale == locale and it.recipient_n == recipient_n), None)

    def recipient(self, n: int) -> PublicRecipient | None:
        """The nth recipient."""
        return next((it for it in self.recipients if it.n == n), None)

    @property
    def goes_on(self) -> ChainLink | None:
        """The action with which the case went on: who comes to an old page is led there."""
        return next((it for it in self.chain if it.latest), None)

    @property
    def asked(self) -> tuple[PublicRecipient, ...]:
        """Those who are asked to act, as against those who get a copy."""
        return tuple(it for it in self.recipients if it.role is RecipientRole.TO)


@dataclass(frozen=True)
class ListedAction:
    """An action in a list. `locale` is that of its title; `position` counts the actions of its case."""

    slug: str
    number: str | None
    kind: ActionKind
    position: int
    title: str
    locale: str
    country: str
    time_zone: str
    place: str | None
    issued_on: date
    deadline: date
    status: ActionStatus
    threats: tuple[tuple[date, str], ...]
    count: int
    countries: int
    goal: int | None
    locales: tuple[str, ...] = ()  # in which its text can be read
    themes: tuple[Theme, ...] = ()
    outcome: Spoken | None = None
    outcome_kind: Outcome | None = None
