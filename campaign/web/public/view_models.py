"""What the templates of an action are given: values put side by side, addresses made, nothing decided anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from babel import Locale
from babel.dates import get_month_names
from babel.lists import format_list

from campaign import clock, language
from campaign.appeals.abuse import rate_limits
from campaign.appeals.counting import tallies
from campaign.appeals.letters import channels, documents
from campaign.appeals.letters.channels import Channel, Email, LinkFit, Written
from campaign.appeals.letters.letters import sheet
from campaign.appeals.network import membership
from campaign.appeals.relay import bounces, content, incoming, queue_status
from campaign.appeals.signing.signing import PENDING_KEPT
from campaign.language import ORIGINAL
from campaign.publication.goals import Milestones, milestones
from campaign.publication.posting_days import own_days, posting_days
from campaign.publication.reading import published
from campaign.publication.values import ListedAction, PublicAction, PublicFigure, PublicLetter, PublicRecipient
from campaign.strip import Strip
from campaign.web.app_state import door
from campaign.web.locales import _
from campaign.web.rendering import office, url

TOP_COUNTRIES = 10


@dataclass(frozen=True)
class RetentionPeriods:
    """How long what is kept, as the rules that let it go have it."""

    pending_days: int
    grace_hours: int
    network_hours: int
    letter_days: int  # of one that we sent, from then on
    reply_days: int  # of a reply that a supporter handed in, once an organiser has read it
    draft_hours: int  # of one that was not agreed to
    joining_days: int  # of an address in the network that nobody confirmed
    unsent_days: int  # of one that could not be sent, from the end of its action


KEPT = RetentionPeriods(
    pending_days=PENDING_KEPT.days,
    grace_hours=int(clock.CONFIRMATION_GRACE.total_seconds() // 3600),
    network_hours=int(rate_limits.KEPT.total_seconds() // 3600),
    letter_days=bounces.REPORTS_WITHIN.days,
    reply_days=incoming.HANDLED_KEPT.days,
    draft_hours=int(content.DRAFT_KEPT.total_seconds() // 3600),
    joining_days=membership.PENDING_KEPT.days,
    unsent_days=queue_status.UNSENT_KEPT.days,
)


@dataclass(frozen=True)
class SigningForm:
    """The signing form as a page shows it, fresh or after a refusal."""

    action_url: str
    token: str
    values: Mapping[str, object]
    errors: Mapping[str, str]
    countries: tuple[tuple[str, str], ...]
    minister: str
    consent: str
    at_risk: tuple[str, ...]
    at_risk_note: str


def minister_of(action: PublicAction) -> str:
    """Who sees the names: the office of the first official who is asked to act."""
    first = next(iter(action.asked), None)
    return (first.office or first.label) if first else ""


@dataclass(frozen=True)
class LetterView:
    """A model letter on the page: the text, whom it is to, and the other languages and officials as links."""

    letter: PublicLetter
    recipient: PublicRecipient
    tabs: tuple[tuple[str, str, bool], ...]
    officials: tuple[tuple[PublicRecipient, str, bool], ...]
    subject: str
    channels: tuple[Channel, ...]
    copies: tuple[tuple[PublicRecipient, tuple[Channel, ...]], ...]
    token: str

    @property
    def mailto(self) -> str | None:
        """The link that opens the whole letter in a mail program; None without an address, or if it would be cut."""
        email = next((it for it in self.channels if isinstance(it, Email)), None)
        return email.mailto if email is not None and email.fit is not LinkFit.COPY else None


@dataclass(frozen=True)
class Row:
    """An action in the list."""

    action: ListedAction
    strip: Strip
    tally: tallies.Count
    goal: Milestones | None


def row(action: ListedAction, now: datetime) -> Row:
    """A listed action with its strip."""
    today = clock.local_day(now, action.time_zone)
    return Row(
        action=action,
        strip=Strip.of(action.issued_on, action.deadline, today, action.threats),
        tally=tallies.Count(action.count, action.countries, action.goal, now),
        goal=goal_of(action.count, action.goal, today <= action.deadline),
    )


def goal_of(count: int, goal: int | None, signing: bool) -> Milestones | None:
    """Where a count stands. Once signing has closed nothing moves: the goal is what it was, or there is none."""
    return milestones(count, goal, signing and office(ORIGINAL).goal_moves)


def as_read(action: PublicAction, locale: str) -> PublicAction:
    """The action with addresses for those of its chain that have a page here, its sources dated as the reader dates."""
    chain = tuple(
        replace(link, url=url("action", locale=locale, slug=link.slug)) if link.slug else link for link in action.chain
    )
    figures = tuple(
        replace(
            group,
            quoted=group.quoted and _dated(group.quoted, locale),
            others=tuple(_dated(it, locale) for it in group.others),
        )
        for group in action.figures
    )
    return replace(action, chain=chain, figures=figures)


def _dated(figure: PublicFigure, locale: str) -> PublicFigure:
    about = figure.source.published_about
    return (
        replace(figure, source=replace(figure.source, published_about=month_written(about, locale)))
        if about
        else figure
    )


def month_written(about: str, locale: str) -> str:
    """A month and a year in English, as sources are dated, as the locale writes them; anything else as it stands."""
    month, _space, year = about.strip().rpartition(" ")
    months = {name.casefold(): n for n, name in get_month_names("wide", locale=ORIGINAL).items()}
    if month.casefold() not in months or not (year.isascii() and year.isdecimal() and len(year) == 4):
        return about
    return language.month(date(int(year), months[month.casefold()], 1), locale)


def signing_form(
    action: PublicAction,
    locale: str,
    token: str,
    consent: str,
    values: Mapping[str, object] | None = None,
    errors: Mapping[str, str] | None = None,
) -> SigningForm:
    """The form of an action that takes signatures."""
    first = action.asked[0] if action.asked else None
    return SigningForm(
        action_url=url("sign", locale=locale, slug=action.slug),
        token=token,
        values=values or {},
        errors=errors or {},
        countries=language.countries(locale),
        minister=(first.office or first.label) if first else "",
        consent=consent,
        at_risk=action.at_risk_countries,
        at_risk_note=_(
            "If you live in %(countries)s, or being named could harm you or your family, choose “No one”.",
            countries=either(action.at_risk_countries, locale),
        ),
    )


def either(countries: Sequence[str], locale: str) -> str:
    """Countries by name, any one of them: "Pakistan or Afghanistan"."""
    names = [language.country_name(it, locale) for it in countries]
    return str(format_list(names, "or", Locale.parse(locale, sep="-")))


def letter_view(
    action: PublicAction, locale: str, wanted: str | None, official: int | None, token: str = ""
) -> LetterView | None:
    """The letter to show: in the language asked for, else the reader's, else the original. None if there is none.

    `token` is that of the page, where it has one: a second one would be a hundred bytes that no compression makes less.
    """
    recipients = tuple(it for it in action.asked if any(letter.recipient_n == it.n for letter in action.letters))
    if not recipients:
        return None
    recipient = next((it for it in recipients if it.n == official), recipients[0])
    letters = {it.locale: it for it in action.letters if it.recipient_n == recipient.n}
    order = (wanted, locale, action.original_locale, next(iter(letters)))
    letter = next(letters[it] for it in order if it in letters)
    now = clock.now()
    subject = subject_in(action, letter.locale)
    text = documents.words(sheet(action, clock.local_day(now, action.time_zone), recipient.n, letter.locale))
    return LetterView(
        letter=letter,
        recipient=recipient,
        tabs=tuple((tag, _there(action, locale, tag, recipient.n), tag == letter.locale) for tag in letters),
        officials=tuple((it, _there(action, locale, letter.locale, it.n), it is recipient) for it in recipients),
        subject=subject,
        channels=ways(action, recipient, subject, text, now),
        copies=tuple((it, ways(action, it, subject, text, now)) for it in action.recipients if it not in action.asked),
        token=token or door().links.form(action.slug),
    )


def ways(
    action: PublicAction, recipient: PublicRecipient, subject: str, text: str, now: datetime
) -> tuple[Channel, ...]:
    """The channels of an official for one letter, in the order of today."""
    here = door()
    return channels.channels(
        recipient,
        Written(subject, text, here.settings.base_url + url("shared", slug=action.slug)),
        action.deadline,
        clock.local_day(now, action.time_zone),
        posting_days(recipient.country, own_days(here.settings.posting_days, office(action.locale).posting_days)),
    )


def subject_in(action: PublicAction, locale: str) -> str:
    """The title of an action in the language of a letter: an official's mail has one language."""
    if action.locale == locale:
        return action.title
    with door().storage.reading() as session:
        return published(session, action.slug, locale).title


def _there(action: PublicAction, locale: str, letter: str, official: int) -> str:
    return url("action", locale=locale, slug=action.slug, letter=letter, official=official) + "#letter"
