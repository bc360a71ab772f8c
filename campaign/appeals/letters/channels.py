"""Every channel an official has, what each needs, and which comes first: a rule of values, nothing is looked up."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import ClassVar
from urllib.parse import quote

import phonenumbers

from campaign.appeals.letters import x_posts
from campaign.publication.best_way import Way, best_way
from campaign.publication.values import PublicRecipient
from campaign.vocabulary import ChannelKind

# With fewer days left than this, what arrives today comes before what arrives next week.
FAST_UNDER_DAYS = 7
# Outlook and Chrome on Windows cut or refuse a link somewhat above 2,000 characters, without a word to the writer.
LONG_LINK, LONGEST_LINK = 1_600, 2_000

_K = ChannelKind
_USUALLY = (_K.POST, _K.EMAIL, _K.WEB_FORM, _K.FAX, _K.TELEPHONE, _K.X)
_FASTEST = (_K.EMAIL, _K.WEB_FORM, _K.X, _K.FAX, _K.TELEPHONE, _K.POST)
_IN_HASTE = (_K.EMAIL, _K.WEB_FORM, _K.X, _K.FAX, _K.TELEPHONE, _K.POST)


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
class XPost:
    """On X: a text with the handle in it, its length as X counts, and a link that opens it there."""

    kind: ClassVar[ChannelKind] = ChannelKind.X
    handle: str
    text: str
    length: int
    link: str


@dataclass(frozen=True)
class WebForm:
    """By a form on the official's own site."""

    kind: ClassVar[ChannelKind] = ChannelKind.WEB_FORM
    link: str


Channel = Email | Post | Dialled | XPost | WebForm


def channels(
    recipient: PublicRecipient, letter: Written, deadline: date | None, today: date, posting_days: int
) -> tuple[Channel, ...]:
    """The channels of an official in the order to show them: what weighs most first, or, when days are few, what is
    fastest. `today` is the day where the case is; `posting_days` how long a letter from abroad takes."""
    order = _order(deadline, today, posting_days)
    found = (
        _post(recipient, deadline, today, posting_days),
        _email(recipient, letter),
        WebForm(recipient.web_form) if recipient.web_form else None,
        _dialled(ChannelKind.FAX, recipient.fax, recipient.country),
        _dialled(ChannelKind.TELEPHONE, recipient.phone, recipient.country),
        _x_post(recipient, letter),
    )
    return tuple(sorted(filter(None, found), key=lambda it: order.index(it.kind)))


def best_ways(ways: Sequence[Channel]) -> tuple[Channel, ...]:
    """Channels in the order of what still arrives, the fastest first; a letter by post that is too late comes last."""
    return tuple(sorted(ways, key=lambda way: (isinstance(way, Post) and way.too_late, _FASTEST.index(way.kind))))


def mailto(addresses: Sequence[str], subject: str, text: str | None) -> str:
    """A `mailto:` link by RFC 6068. Lines end in CRLF, as it demands and as Outlook needs to keep paragraphs."""
    to = ",".join(quote(it, safe="@") for it in addresses)
    body = f"&body={_encoded(text)}" if text is not None else ""
    return f"mailto:{to}?subject={quote(subject, safe='')}{body}"


def _order(deadline: date | None, today: date, posting_days: int) -> tuple[ChannelKind, ...]:
    if deadline is None:
        return _USUALLY
    advice = best_way(today, deadline, posting_days, address=True, faster=True)
    hurried = (deadline - today).days < FAST_UNDER_DAYS or advice.way is not Way.POST
    return _IN_HASTE if hurried else _USUALLY


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


def _dialled(kind: ChannelKind, number: str | None, country: str | None) -> Dialled | None:
    if not number:
        return None
    try:
        read = phonenumbers.parse(number, country)
    except phonenumbers.NumberParseException:
        return Dialled(kind, number, None)
    if not phonenumbers.is_possible_number(read):
        return Dialled(kind, number, None)
    dialled = phonenumbers.format_number(read, phonenumbers.PhoneNumberFormat.E164)
    if kind is ChannelKind.FAX:
        return Dialled(kind, phonenumbers.format_number(read, phonenumbers.PhoneNumberFormat.INTERNATIONAL), None)
    extension = f";ext={read.extension}" if read.extension else ""
    shown = phonenumbers.format_number(read, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    return Dialled(kind, shown, f"tel:{dialled}{extension}")


def _x_post(recipient: PublicRecipient, letter: Written) -> XPost | None:
    if not recipient.x_handle:
        return None
    handle = "@" + recipient.x_handle.strip().lstrip("@")
    text = x_posts.fitted(letter.subject, f"{handle} {letter.link}")
    return XPost(handle, text, x_posts.length(text), f"https://x.com/intent/post?text={quote(text, safe='')}")
