"""Drafts: from an imported bulletin, from an earlier action, or empty. Nothing is published by drafting."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import SQLColumnExpression, and_, func, select
from sqlalchemy.orm import Session

from campaign import clock, prose
from campaign.action_number import ActionNumber
from campaign.cases.importing import Bulletin
from campaign.cases.importing.bulletin import Official as ReadOfficial
from campaign.cases.places import NO_COUNTRY, country_code, language_tag, time_zone
from campaign.cases.slugs import free_slug
from campaign.cases.writing import office_templates, placeholders, versions
from campaign.cases.writing.headings import Heading, head
from campaign.cases.writing.texts import Words
from campaign.cases.writing.versions import newest_letters
from campaign.errors import Refused
from campaign.language import LANGUAGES, ORIGINAL, countries, language_name
from campaign.office import audit, ownership
from campaign.office.audit import About, Actor
from campaign.publication.slugs import known_action, known_case
from campaign.storage import Vault
from campaign.storage.tables import (
    Action,
    ActionText,
    Case,
    ModelLetter,
    Official,
    Organisation,
    Recipient,
    Subject,
)
from campaign.vocabulary import ActionKind, ActionStatus, TemplateKind


def _draft(session: Session, bulletin: Bulletin, text: str, now: datetime, case: Case | None = None) -> Action:
    slug = free_slug(session, bulletin.title or bulletin.number or "action")
    country = case.country if case is not None else country_code(bulletin.country or "") or NO_COUNTRY
    if case is None:
        case = _case(slug, country, now)
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
        seats=session.scalars(select(Organisation.household_seats)).one(),
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


@dataclass(frozen=True)
class Beginning:
    """What a new action begins with: its title, the language it is written in first, and its case: the slug of one
    that is there, or the country (ISO 3166 alpha-2) of a new one. `template` is the number of one of the office's own
    for its texts."""

    title: str
    locale: str = ORIGINAL
    case: str | None = None
    country: str | None = None
    template: int | None = None


def imported(
    session: Session, vault: Vault, actor: Actor, bulletin: Bulletin, text: str, now: datetime, case: str | None = None
) -> Action:
    """A draft from a bulletin, with its whole text and what was not understood of it: the one way in, for the browser
    and the command line. It makes a case of its own, unless it belongs to one that is there."""
    action = _draft(session, bulletin, text, now, _case_named(session, case) if case else None)
    _begun(session, vault, actor, action, "bulletin imported", now)
    return action


def imported_before(session: Session, bulletin: Bulletin, text: str) -> Action | None:
    """The action that was made from this bulletin already: the same text, or the same number and index reference.

    Copied once more, or saved by another program, a text has other spaces and ends of lines, and is the same.
    """
    number = ActionNumber.parse(bulletin.number or "")
    same = _without_spaces(Action.imported_text) == "".join(sign for sign in text if sign not in _SPACES)
    if number is not None and bulletin.index_reference:
        same |= and_(
            Action.serial == number.serial,
            Action.year == number.year,
            Action.index_reference == bulletin.index_reference,
        )
    found = select(Action).where(same, Action.discarded_at.is_(None)).order_by(Action.id.desc()).limit(1)
    return session.scalars(found).one_or_none()


_SPACES = " \t\r\n\u00a0"


def _without_spaces(text: SQLColumnExpression[Any]) -> SQLColumnExpression[Any]:
    for sign in _SPACES:
        text = func.replace(text, sign, "")
    return text


def begun(session: Session, vault: Vault, actor: Actor, beginning: Beginning, now: datetime) -> Action:
    """A draft with a title, and the texts of a template where one was chosen.

    Raises `Refused` without a title, without a case or a country, or for a template in another language.
    """
    title = " ".join(beginning.title.split())
    if not title:
        raise Refused("Enter a title. You can change it at any time.")
    if beginning.locale not in LANGUAGES:
        raise Refused("Choose the original language.")
    slug = free_slug(session, title)
    if beginning.case:
        case = _case_named(session, beginning.case)
    elif beginning.country in dict(countries(ORIGINAL)):
        case = _case(slug, str(beginning.country), now)
    else:
        raise Refused("Choose a case, or the country of a new case.")
    action = _empty(case, slug, beginning.locale, session.scalars(select(Organisation.household_seats)).one(), now)
    words = _of_template(session, action, beginning)
    action.texts = [
        ActionText(
            locale=beginning.locale,
            title=title,
            ask=words.ask or None,
            summary=words.summary,
            demands=list(words.demands),
            background=words.background,
            after_deadline=words.after_deadline or None,
        )
    ]
    session.add(action)
    session.flush()
    _begun(session, vault, actor, action, "action created", now)
    return action


def _of_template(session: Session, action: Action, beginning: Beginning) -> Words:
    if beginning.template is None:
        return Words()
    template = office_templates.kept(session, beginning.template, TemplateKind.ACTION)
    if template.locale != beginning.locale:
        raise Refused(
            "This template is in %(language)s. Choose it as the original language, or choose another template.",
            language=partial(language_name, template.locale),
        )
    return office_templates.words_of(office_templates.begun(template, placeholders.known(action, template.locale)))


def copied(
    session: Session,
    vault: Vault,
    actor: Actor,
    slug: str,
    now: datetime,
    *,
    same_case: bool,
    heading: Heading | None = None,
) -> Action:
    """A draft that says and asks what an earlier action did, with its recipients and newest letters; without its
    number, its dates, and its statement of doing no harm, which is about that time. `heading` calls it otherwise.

    Raises `Unknown`, and `Refused` for what is no title or number and where a sensitive case would be told to all.
    """
    source = session.scalars(select(Action).where(Action.slug == slug)).one_or_none()
    source = known_action(source, slug)
    if source.case.sensitive_since is not None and not same_case:
        raise Refused("This case is sensitive, and a new case would not be. Copy the action in the same case.")
    free = free_slug(session, heading.title if heading is not None else source.slug)
    case = source.case if same_case else _case(free, source.case.country, now)
    action = _empty(case, free, source.original_locale, source.seats, now)
    action.goal, action.languages, action.tags = source.goal, list(source.languages), list(source.tags)
    action.texts = [
        ActionText(
            locale=it.locale,
            title=it.title,
            ask=it.ask,
            summary=it.summary,
            demands=list(it.demands),
            background=it.background,
            after_deadline=it.after_deadline,
        )
        for it in source.texts
    ]
    action.recipients = [
        Recipient(official_id=it.official_id, role=it.role, position=it.position)
        for it in source.recipients
        if it.official.merged_into_id is None
    ]
    action.letters = [
        ModelLetter(
            locale=it.locale,
            official_id=it.official_id,
            version=1,
            salutation=it.salutation,
            body=it.body,
            close=it.close,
            organiser_id=actor.id,
            created_at=now,
        )
        for it in newest_letters(source)
    ]
    if heading is not None:
        head(action, heading)
    session.add(action)
    session.flush()
    _begun(session, vault, actor, action, "action created", now, reason=f"copy of {source.slug}")
    return action


def says_late(action: Action, now: datetime) -> bool:
    """Whether a draft's deadline has passed already: it stays a draft, and says so."""
    return action.deadline is not None and not clock.signing_open(now, action.deadline, action.case.time_zone)


def _case(slug: str, country: str, now: datetime) -> Case:
    zone, city = time_zone(country)
    return Case(slug=slug, country=country, time_zone=zone, place={ORIGINAL: city} if city else {}, created_at=now)


def _case_named(session: Session, slug: str) -> Case:
    found = session.scalars(select(Case).where(Case.slug == slug)).one_or_none()
    return known_case(found, slug)


def _empty(case: Case, slug: str, locale: str, seats: int, now: datetime) -> Action:
    return Action(
        case=case,
        slug=slug,
        kind=ActionKind.FIRST,
        status=ActionStatus.DRAFT,
        seats=seats,
        original_locale=locale,
        languages=[],
        created_at=now,
        unplaced=[],
    )


def _begun(
    session: Session, vault: Vault, actor: Actor, action: Action, what: str, now: datetime, reason: str | None = None
) -> None:
    ownership.begin_with(action, actor)
    for text in action.texts:
        versions.keep_text(session, action, text.locale, actor, reason or what, now)
    about = About("action", action.id, action_id=action.id, case_id=action.case_id)
    audit.record(session, vault, actor, what, about, now, after={"slug": action.slug}, reason=reason)


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
        emails=read.email,
        channels={key: list(entries) for key, entries in read.channels.items()},
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
