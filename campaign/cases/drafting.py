"""From an imported bulletin to a draft action. Nothing is published by importing."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign import clock, prose
from campaign.cases.importing import Bulletin
from campaign.cases.importing.bulletin import Official as ReadOfficial
from campaign.cases.lifecycle import NO_COUNTRY
from campaign.cases.places import country_code, language_tag, time_zone
from campaign.language import ORIGINAL
from campaign.storage.tables import Action, ActionText, Case, ModelLetter, Official, Recipient, Subject
from campaign.vocabulary import ActionNumber, ActionStatus

LONGEST_SLUG = 60


def draft(session: Session, bulletin: Bulletin, text: str, now: datetime) -> Action:
    """Store a bulletin as a draft, with its whole text and what was not understood of it."""
    country = country_code(bulletin.country or "") or NO_COUNTRY
    zone, city = time_zone(country)
    slug = free_slug(session, bulletin.title or bulletin.number or "action")
    case = Case(slug=slug, country=country, time_zone=zone, place={ORIGINAL: city} if city else {}, created_at=now)
    case.subjects = [
        Subject(position=n, name={ORIGINAL: it.name}, pronoun={ORIGINAL: it.pronoun} if it.pronoun else {})
        for n, it in enumerate(bulletin.subjects, 1)
    ]
    number = ActionNumber.parse(bulletin.number or "")
    tags = [tag for it in bulletin.languages if (tag := language_tag(it))]
    action = Action(
        case=case,
        slug=slug,
        serial=number.serial if number else None,
        year=number.year if number else None,
        index_reference=bulletin.index_reference,
        kind=bulletin.kind,
        status=ActionStatus.DRAFT,
        issued_on=bulletin.issue_date,
        deadline=bulletin.deadline,
        previous_index=bulletin.previous.index_reference,
        previous_url=bulletin.previous.url,
        seats=1,
        original_locale=ORIGINAL,
        languages=tags,
        created_at=now,
        imported_text=text,
        unplaced=bulletin.unplaced,
    )
    action.texts = [_text(bulletin)]
    action.recipients = [
        Recipient(official=_official(it, country, tags), role=it.role, position=n)
        for n, it in enumerate(bulletin.officials, 1)
    ]
    if bulletin.letter.paragraphs:
        action.letters = [_letter(bulletin, now)]
    session.add(action)
    session.flush()
    return action


def says_late(action: Action, now: datetime) -> bool:
    """Whether a draft's deadline has passed already: it stays a draft, and says so."""
    return action.deadline is not None and not clock.signing_open(now, action.deadline, action.case.time_zone)


def free_slug(session: Session, title: str) -> str:
    """A name for URLs made of the title's words, with a number behind it if it is taken."""
    base = slugged(title) or "action"
    taken = set(session.scalars(select(Action.slug).where(Action.slug.startswith(base)))) | set(
        session.scalars(select(Case.slug).where(Case.slug.startswith(base)))
    )
    return next(it for it in (base, *(f"{base}-{n}" for n in range(2, len(taken) + 3))) if it not in taken)


def slugged(title: str) -> str:
    """The title in small Latin letters and dashes, cut between words."""
    ascii_only = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", ascii_only)
    slug = ""
    for word in words:
        if len(slug) + len(word) + 1 > LONGEST_SLUG:
            break
        slug = f"{slug}-{word}" if slug else word
    return slug


def _text(bulletin: Bulletin) -> ActionText:
    return ActionText(
        locale=ORIGINAL,
        title=bulletin.title or "",
        summary=prose.literal(bulletin.summary or ""),
        demands=[prose.literal(it) for it in bulletin.demands],
        background="\n\n".join(prose.literal(it) for it in bulletin.background),
        after_deadline=bulletin.after_deadline,
    )


def _official(read: ReadOfficial, country: str, languages: list[str]) -> Official:
    return Official(
        name=read.name,
        title={},
        office={ORIGINAL: read.office} if read.office else {},
        # The last line of a printed address names the country; the address is kept as it was printed.
        address=read.address,
        country=None if country == NO_COUNTRY else country,
        fax=read.fax,
        phone=read.phone,
        emails=read.email,
        x_handle=read.x,
        web_form=read.web_form,
        languages=languages,
        salutation={ORIGINAL: read.salutation} if read.salutation else {},
    )


def _letter(bulletin: Bulletin, now: datetime) -> ModelLetter:
    return ModelLetter(
        locale=ORIGINAL,
        version=1,
        salutation=bulletin.letter.salutation or "",
        body="\n\n".join(prose.literal(it) for it in bulletin.letter.paragraphs),
        close=bulletin.letter.close or "",
        created_at=now,
    )
