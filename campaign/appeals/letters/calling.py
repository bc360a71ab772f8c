"""What to say when one calls an official: four sentences, in the language of the text they come from."""

from __future__ import annotations

from campaign.language import gettext
from campaign.publication.values import PublicAction, PublicRecipient


def script(action: PublicAction, recipient: PublicRecipient) -> tuple[str, ...]:
    """The sentences in the language of `action`: who calls, about what, the first demand, and what is to come of it."""
    locale = action.locale
    asked = action.demands[0] if action.demands else action.title
    return (
        gettext(locale, "Hello. My name is … I am calling from …"),
        gettext(locale, "I am calling about this: %(title)s", title=action.title),
        gettext(locale, "I ask %(official)s for this: %(demand)s", official=recipient.label, demand=asked),
        gettext(locale, "Please write this down. Who will read it, and what will you do? Thank you."),
    )
