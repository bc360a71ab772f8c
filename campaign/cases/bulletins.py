"""An action as a printed bulletin: the same values as its page, in the order that activists know."""

from __future__ import annotations

from datetime import datetime

from campaign.channels import CHANNELS
from campaign.language import country_name, day, gettext, language_name
from campaign.printing.addressee import Addressee
from campaign.printing.sheets.bulletin import BulletinSheet, Contact, ModelLetter, PrintedFigure
from campaign.publication.values import PublicAction, PublicFigure, PublicRecipient
from campaign.vocabulary import ActionKind


def bulletin_sheet(action: PublicAction, now: datetime, organisation: str, url: str | None = None) -> BulletinSheet:
    """The sheet of an action in the language of its text, as of `now`."""
    locale = action.locale
    asked = action.asked[0] if action.asked else None
    letter = action.letter(locale, asked.n) if asked else None
    earlier = [link for link in action.chain if not link.current]
    return BulletinSheet(
        locale=locale,
        organisation=organisation,
        title=action.title,
        country=country_name(action.country, locale),
        summary=action.summary,
        contacts=tuple(_contact(it, action) for it in action.recipients),
        number=action.number,
        kind=_kind(action),
        index_reference=action.index_reference,
        issued_on=action.issued_on,
        strip=action.strip(now),
        place=action.place,
        demands=action.demands,
        letter=ModelLetter(letter.locale, letter.salutation, letter.paragraphs, letter.close) if letter else None,
        background=action.background,
        figures=tuple(_figure(group.quoted, locale) for group in action.figures),
        languages=tuple(language_name(tag, locale) for tag in action.languages),
        deadline=action.deadline,
        after_deadline=action.after_deadline,
        subjects=tuple((it.name, it.pronoun) for it in action.subjects),
        previous=(earlier[-1].number or earlier[-1].title) if earlier else None,
        previous_url=earlier[-1].url if earlier else None,
        url=url,
    )


def _contact(recipient: PublicRecipient, action: PublicAction) -> Contact:
    letter = action.letter(action.locale, recipient.n)
    return Contact(
        addressee=Addressee(
            name=recipient.name,
            title=recipient.title,
            office=recipient.postal_office,
            address=recipient.address,
            country=None,
        ),
        role=recipient.role,
        emails=recipient.emails,
        numbers=_ways(recipient, action.locale, dialled=True),
        ways=_ways(recipient, action.locale, dialled=False),
        salutation=letter.salutation if letter else None,
    )


def _ways(recipient: PublicRecipient, locale: str, *, dialled: bool) -> tuple[tuple[str, str], ...]:
    return tuple(
        (gettext(locale, channel.printed), channel.shown(entry))
        for channel in CHANNELS
        for entry in recipient.channels.get(channel.key, ())
        if channel.dialled is dialled
    )


def _figure(figure: PublicFigure, locale: str) -> PrintedFigure:
    source = figure.source
    when = day(source.published_on, locale) if source.published_on else source.published_about
    return PrintedFigure(
        text=figure.text,
        label=figure.label,
        source=", ".join(filter(None, (source.publisher, source.title, when))),
        as_of=figure.as_of,
    )


def _kind(action: PublicAction) -> str | None:
    return {
        ActionKind.FIRST: None,
        ActionKind.FURTHER_INFORMATION: gettext(action.locale, "further information"),
        ActionKind.STOP: gettext(action.locale, "stop action"),
        ActionKind.OUTCOME: gettext(action.locale, "outcome"),
    }[action.kind]
