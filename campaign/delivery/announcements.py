"""What supporters are told when a dossier has arrived, or was answered: an update's words, read before they go."""

from __future__ import annotations

from dataclasses import dataclass

from campaign import prose
from campaign.language import day, gettext, ngettext
from campaign.publication.figures import said
from campaign.storage.tables import Delivery, Dossier
from campaign.vocabulary import DeliveryChannel, ReplyShown


@dataclass(frozen=True)
class Announcement:
    """An update in one language: its subject, and its body in our Markdown."""

    subject: str
    body: str


def delivered(delivery: Delivery, locale: str) -> Announcement:
    """That a dossier has arrived: who received what, how many names, when, by which way."""
    dossier = delivery.dossier
    official, people = _official(dossier, locale), dossier.named + dossier.withheld
    on = day(delivery.ended_on or delivery.planned_for, locale)
    first = ngettext(
        locale,
        "On %(day)s, the signature book with %(n)s signature was delivered to %(official)s.",
        "On %(day)s, the signature book with %(n)s signatures was delivered to %(official)s.",
        people,
        day=on,
        official=prose.literal(official),
    )
    sentences = [first, _way(delivery.channel, locale)]
    if delivery.receipt is not None:
        sentences.append(gettext(locale, "We have a receipt."))
    own_page = gettext(locale, "Your own page shows whether your name is in it, under which number and on which page.")
    subject = gettext(locale, "Delivered to %(official)s", official=official)
    return Announcement(subject, "\n\n".join((" ".join(sentences), own_page)))


def replied(delivery: Delivery, locale: str) -> Announcement:
    """That an official has replied, and what, as far as readers may see it."""
    official = _official(delivery.dossier, locale)
    on = day(delivery.reply_on or delivery.planned_for, locale)
    paragraphs = [
        gettext(
            locale,
            "On %(day)s, %(official)s replied to the action you signed.",
            day=on,
            official=prose.literal(official),
        )
    ]
    if delivery.reply_shown in {ReplyShown.TEXT, ReplyShown.TEXT_AND_SCAN} and delivery.reply_text:
        paragraphs.append(gettext(locale, "This is what it says:"))
        paragraphs += [prose.literal(it) for it in delivery.reply_text.splitlines() if it.strip()]
    subject = gettext(locale, "A reply from %(official)s", official=official)
    return Announcement(subject, "\n\n".join(paragraphs))


def _official(dossier: Dossier, locale: str) -> str:
    return dossier.official.name or said(dossier.official.office, locale)


def _way(channel: DeliveryChannel, locale: str) -> str:
    match channel:
        case DeliveryChannel.POST:
            return gettext(locale, "We sent it by post.")
        case DeliveryChannel.IN_PERSON:
            return gettext(locale, "We delivered it in person.")
        case DeliveryChannel.FAX:
            return gettext(locale, "We sent it by fax.")
        case DeliveryChannel.EMAIL:
            return gettext(locale, "We sent it by e-mail.")
