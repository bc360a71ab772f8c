"""Every channel an official has, what each needs, and which comes first: a rule of values, nothing is looked up."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import ClassVar
from urllib.parse import quote

from campaign.appeals.letters import public_posts
from campaign.channels import CHANNELS, Public, place
from campaign.channels import Channel as Described
from campaign.publication.best_way import Way, best_way
from campaign.publication.values import PublicRecipient
from campaign.vocabulary import ChannelKind

# With fewer days left than this, what arrives today comes before what arrives next week.
FAST_UNDER_DAYS = 7
# Outlook and Chrome on Windows cut or refuse a link somewhat above 2,000 characters, without a word to the writer.
LONG_LINK, LONGEST_LINK = 1_600, 2_000


@dataclass(frozen=True)
class Written:
    """What is to be sent: a subject, the whole letter as plain text, and the address of the action's page."""

    subject: str
    text: str
    link: str


class LinkFit(StrEnum):
    """Whether a letter fits into a link: yes; yes, but some programs may cut it; no, it is to be copied."""

    FITS = "fits"
    LONG = "long"
    COPY = "copy"


@dataclass(frozen=True)
class Email:
    """By e-mail. `length` is that of the link with the whole letter; where that is too long (`fit` is `copy`), the
    links carry addresses and subject alone, and the text is to be pasted."""

    kind: ClassVar[ChannelKind] = ChannelKind.EMAIL
    addresses: tuple[str, ...]
    subject: str
    text: str
    length: int
    fit: LinkFit
    mailto: str
    gmail: str
    outlook: str


@dataclass(frozen=True)
class Post:
    """By post. `by` is the last day on which a letter posted abroad will arrive in time; None without a deadline."""

    kind: ClassVar[ChannelKind] = ChannelKind.POST
    by: date | None
    posting_days: int
    too_late: bool


@dataclass(frozen=True)
class Dialled:
    """By fax or telephone: the number as it is read, and the `tel:` link that dials it if it is one number. A fax has
    no link: who calls it hears a whistle."""

    kind: ChannelKind
    shown: str
    link: str | None


@dataclass(frozen=True)
class PublicPost:
    """On a network, in public: a text with the official's name there in it, its length as the network counts, how long
    it may be, and a link that begins a post with it."""

    kind: ChannelKind
    handle: str
    text: str
    length: int
    most: int
    link: str


@dataclass(frozen=True)
class Site:
    """On a site: a form, or the official's own page."""

    kind: ChannelKind
    shown: str
    link: str | None


Channel = Email | Post | Dialled | PublicPost | Site


def channels(
    recipient: PublicRecipient, letter: Written, deadline: date | None, today: date, posting_days: int
) -> tuple[Channel, ...]:
    """The channels of an official in the order to show them: what weighs most first, or, when days are few, what is
    fastest. `today` is the day where the case is; `posting_days` how long a letter from abroad takes."""
    in_haste = hurried(deadline, today, posting_days)
    others = (
        _way(description, entry, recipient.country, letter)
        for description in CHANNELS
        for entry in recipient.channels.get(description.key, ())
    )
    found = (_post(recipient, deadline, today, posting_days), _email(recipient, letter), *others)
    return tuple(sorted(filter(None, found), key=lambda way: place(way.kind, in_haste=in_haste)))


def best_ways(ways: Sequence[Channel]) -> tuple[Channel, ...]:
    """Channels in the order of what still arrives, the fastest first; a letter by post that is too late comes last."""
    return tuple(sorted(ways, key=lambda way: (isinstance(way, Post) and way.too_late, place(way.kind, in_haste=True))))


def mailto(addresses: Sequence[str], subject: str, text: str | None) -> str:
    """A `mailto:` link by RFC 6068. Lines end in CRLF, as it demands and as Outlook needs to keep paragraphs."""
    to = ",".join(quote(it, safe="@") for it in addresses)
    body = f"&body={_encoded(text)}" if text is not None else ""
    return f"mailto:{to}?subject={quote(subject, safe='')}{body}"


def hurried(deadline: date | None, today: date, posting_days: int) -> bool:
    """Whether what is fast comes first: days are few, or a letter posted today would come too late."""
    if deadline is None:
        return False
    advice = best_way(today, deadline, posting_days, address=True, faster=True)
    return (deadline - today).days < FAST_UNDER_DAYS or advice.way is not Way.POST


def _post(recipient: PublicRecipient, deadline: date | None, today: date, posting_days: int) -> Post | None:
    if not recipient.address:
        return None
    advice = best_way(today, deadline, posting_days, address=True, faster=True)
    return Post(advice.by, posting_days, too_late=advice.way is not Way.POST)


def _email(recipient: PublicRecipient, letter: Written) -> Email | None:
    if not recipient.emails:
        return None
    length = len(mailto(recipient.emails, letter.subject, letter.text))
    fit = LinkFit.FITS if length < LONG_LINK else LinkFit.LONG if length < LONGEST_LINK else LinkFit.COPY
    carried = letter.text if fit is not LinkFit.COPY else None
    return Email(
        addresses=recipient.emails,
        subject=letter.subject,
        text=letter.text,
        length=length,
        fit=fit,
        mailto=mailto(recipient.emails, letter.subject, carried),
        gmail=_gmail(recipient.emails, letter.subject, letter.text),
        outlook=_outlook(recipient.emails, letter.subject, letter.text),
    )


def _gmail(addresses: Sequence[str], subject: str, text: str) -> str:
    base = "https://mail.google.com/mail/?view=cm&fs=1"
    return _bounded(f"{base}&to={quote(','.join(addresses), safe='@')}&su={quote(subject, safe='')}", text)


def _outlook(addresses: Sequence[str], subject: str, text: str) -> str:
    base = "https://outlook.live.com/mail/0/deeplink/compose"
    return _bounded(f"{base}?to={quote(';'.join(addresses), safe='@')}&subject={quote(subject, safe='')}", text)


def _bounded(link: str, text: str) -> str:
    """The link with the text in it where it arrives whole so; a letter cut in half is worse than none."""
    whole = f"{link}&body={_encoded(text)}"
    return whole if len(whole) < LONGEST_LINK else link


def _encoded(text: str) -> str:
    return quote(re.sub(r"\r\n|\r|\n", "\r\n", text), safe="")


def _way(channel: Described, entry: str, country: str | None, letter: Written) -> Dialled | PublicPost | Site:
    if channel.public is not None:
        return _public_post(channel, channel.public, entry, letter)
    if channel.dialled:
        link = channel.link(entry, country)
        number = link.removeprefix("tel:").partition(";")[0] if link else entry
        # A fax number that a telephone dials answers with a whistle.
        return Dialled(channel.kind, channel.shown(number), None if channel.kind is ChannelKind.FAX else link)
    return Site(channel.kind, channel.shown(entry), channel.link(entry, country))


def _public_post(channel: Described, public: Public, entry: str, letter: Written) -> PublicPost:
    name = entry.strip().lstrip("@")
    text = public_posts.fitted(letter.subject, f"@{name} {letter.link}", public)
    begin = public.begin.format(text=quote(text, safe=""), name=quote(name, safe=""))
    return PublicPost(channel.kind, f"@{name}", text, public.length(text), public.most, begin)
