"""From tables to what checks look at; and how many pages letters and bulletin take, from the layout that is printed.

Reading and measuring are two steps: no transaction waits for a page to be laid out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache, partial

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from campaign import clock
from campaign.cases.evidence.figure_conflicts import reading_of
from campaign.cases.places import NO_COUNTRY
from campaign.cases.review.check_input import CheckedRecipient, Harm, Letter, Text, Written
from campaign.cases.writing.versions import newest_letters
from campaign.channels import CHANNELS
from campaign.errors import Unprintable
from campaign.language import ORIGINAL, country_name, gettext
from campaign.printing.addressee import Addressee
from campaign.printing.engine.pdf import lay_out
from campaign.printing.sheets.bulletin import BulletinSheet, bulletin_html
from campaign.printing.sheets.letter import LetterSheet
from campaign.printing.sheets.letters import Fit, fit
from campaign.publication.figures import said
from campaign.publication.reading import described
from campaign.publication.slugs import known_action
from campaign.publication.values import PublicAction, PublicLetter, PublicRecipient
from campaign.sentences import Sentence, content, joined
from campaign.storage.tables import (
    Action,
    Case,
    Figure,
    HarmStatement,
    Official,
    Organisation,
    Organiser,
    Recipient,
)
from campaign.vocabulary import Paper

Sheets = Mapping[tuple[str, int], LetterSheet]  # by (language, official's id)


@dataclass(frozen=True)
class Inspected:
    """An action as it was read at `revision`: what it says, and its letters, not laid out yet."""

    revision: int
    written: Written
    sheets: Sheets


def inspect(session: Session, slug: str, now: datetime) -> Inspected:
    """Read everything that checks look at but the pages. Raises `Unknown` if there is no such action."""
    action = _read(session, slug)
    shown = described(session, slug, action.original_locale)
    organisation = session.scalars(select(Organisation)).one()
    return Inspected(
        revision=action.revision,
        written=_written(action, organisation, _harm(session, action.id)),
        sheets=letter_sheets(shown, clock.local_day(now, action.case.time_zone), titles_of(action)),
    )


def measured(inspected: Inspected) -> Written:
    """What checks look at, with the pages of every letter to an official who is asked. Slow: it lays them out."""
    return replace(inspected.written, pages={key: pages(sheet) for key, sheet in inspected.sheets.items()})


def titles_of(action: Action) -> dict[str, str]:
    """The action's title by language, where it has a text."""
    return {it.locale: it.title for it in action.texts}


def letter_sheets(action: PublicAction, day: date, titles: Mapping[str, str] | None = None) -> Sheets:
    """Every model letter to an official who is asked to act, as a supporter without a name would print it from the
    page in the letter's language. `titles` are the action's by language; without them only its own is known.
    """
    return {
        (letter.locale, recipient.official_id): letter_sheet(action, recipient, letter, day, titles)
        for recipient in action.asked
        for letter in action.letters
        if letter.recipient_n == recipient.n
    }


def letter_sheet(
    action: PublicAction,
    recipient: PublicRecipient,
    letter: PublicLetter,
    day: date,
    titles: Mapping[str, str] | None = None,
) -> LetterSheet:
    """One letter, as supporters print it, with the subject line that takes its room on the page."""
    return LetterSheet(
        locale=letter.locale,
        day=day,
        addressee=Addressee(
            name=recipient.name or "",
            title=recipient.title,
            office=recipient.postal_office,
            address=recipient.address,
            country=country_name(recipient.country, ORIGINAL) if recipient.country else None,
        ),
        salutation=letter.salutation,
        paragraphs=letter.paragraphs,
        close=letter.close,
        subject=({action.locale: action.title} if titles is None else titles).get(letter.locale),
        reference=action.number,
    )


def pages(sheet: LetterSheet) -> int | None:
    """How many pages of A4 a letter takes; None where no font has its script."""
    found = fits(sheet)
    return None if found is None else found.pages


@lru_cache(maxsize=512)
def fits(sheet: LetterSheet) -> Fit | None:
    """How a letter fits on A4; None where no font has its script. Remembered: most letters are as they were."""
    try:
        return fit(sheet, Paper.A4)
    except Unprintable:
        return None


@lru_cache(maxsize=64)
def bulletin_pages(sheet: BulletinSheet) -> int | None:
    """How many pages of A4 the bulletin takes; None where no font has its script."""
    try:
        return lay_out(bulletin_html(sheet), sheet.locale).pages
    except Unprintable:
        return None


def _read(session: Session, slug: str) -> Action:
    found = session.scalars(
        select(Action)
        .where(Action.slug == slug)
        .options(
            joinedload(Action.case).selectinload(Case.figures).joinedload(Figure.source),
            selectinload(Action.texts),
            selectinload(Action.recipients).joinedload(Recipient.official),
            selectinload(Action.letters),
        )
    ).one_or_none()
    return known_action(found, slug)


def _written(action: Action, organisation: Organisation, harm: Harm | None) -> Written:
    case = action.case
    return Written(
        original_locale=action.original_locale,
        country_known=case.country != NO_COUNTRY,
        numbered=action.number is not None,
        deadline=action.deadline,
        time_zone=case.time_zone,
        place=_as_read(case.place),
        languages=tuple(action.languages),
        wanted_languages=tuple(organisation.languages),
        texts=tuple(
            Text(
                it.locale, it.title, it.summary, tuple(it.demands), it.background, it.after_deadline or "", it.ask or ""
            )
            for it in action.texts
        ),
        letters=tuple(
            Letter(it.locale, it.official_id, it.salutation, it.body, it.close) for it in newest_letters(action)
        ),
        recipients=tuple(asked(it) for it in action.recipients),
        figures=tuple(reading_of(it) for it in case.figures),
        unsourced=frozenset(it.key for it in case.figures if it.quoted and not said(it.source.publisher, ORIGINAL)),
        harm=harm,
        stale_days=organisation.stale_days,
        pages={},
        untold=_untold(action),
    )


def _untold(action: Action) -> tuple[tuple[str, str, str], ...]:
    """What stands beside figures and dates, and is not there in one of the action's languages."""
    case, locales = action.case, sorted({it.locale for it in action.texts} | {it.locale for it in action.letters})
    words = [
        *((it.key, "qualifier", it.qualifier) for it in case.figures if it.quoted),
        *((it.key, "label", it.label) for it in case.figures if it.quoted),
        *((_as_read(it.caption), "caption", it.caption) for it in case.events),
    ]
    return tuple(
        (name, what, locale)
        for name, what, by_locale in words
        for locale in locales
        if any(it.strip() for it in by_locale.values()) and not by_locale.get(locale, "").strip()
    )


def asked(recipient: Recipient) -> CheckedRecipient:
    """A recipient with the channels by which a letter arrives, and those that are known to fail."""
    official = recipient.official
    email_fails = bool(official.emails) and _since_confirmed(official, official.email_bounced_at)
    post_fails = bool(official.address) and _since_confirmed(official, official.post_returned_on)
    ways = {
        Sentence("post"): bool(official.address) and not post_fails,
        Sentence("e-mail"): bool(official.emails) and not email_fails,
        **{_channel(it.label): bool(official.channels.get(it.key)) for it in CHANNELS if it.reaches},
    }
    broken = ((Sentence("e-mail bounced"), email_fails), (Sentence("post returned"), post_fails))
    return CheckedRecipient(
        id=official.id,
        name=official.name or _as_read(official.office) or Sentence("an official without a name"),
        role=recipient.role,
        languages=tuple(official.languages),
        salutations=frozenset(tag for tag, words in official.salutation.items() if words.strip()),
        works=tuple(way for way, is_there in ways.items() if is_there),
        broken=tuple(words for words, fails in broken if fails),
    )


def _channel(label: str) -> Sentence:
    """What a channel is called inside a sentence."""
    return joined([lambda locale: gettext(locale, label).lower()])


def _as_read(words: Mapping[str, str]) -> Sentence:
    """Words of the case or the directory in the reader's language, as far as they are there in it."""
    return content(partial(said, words))


def _since_confirmed(official: Official, failed: date | datetime | None) -> bool:
    """Whether a channel failed after it was last known to work."""
    if failed is None:
        return False
    on = failed.date() if isinstance(failed, datetime) else failed
    return official.contact_confirmed_on is None or official.contact_confirmed_on <= on


def _harm(session: Session, action_id: int) -> Harm | None:
    found = session.execute(
        select(HarmStatement, Organiser.name)
        .join(Organiser, Organiser.id == HarmStatement.organiser_id)
        .where(HarmStatement.action_id == action_id)
    ).one_or_none()
    if found is None:
        return None
    return Harm(found[0].consent, found[0].risk, found[1], found[0].on)
