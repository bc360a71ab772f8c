"""What organisers call the parts of an action, and lists as they read them: for every page about an action."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from campaign.cases.writing.part_names import CALLED
from campaign.language import language_name
from campaign.sentences import Sentence, listed
from campaign.web.locales import current

_WHOLE = {
    "whole": Sentence("the whole action"),
    "texts": Sentence("the texts"),
    "recipients": Sentence("the officials"),
    "particulars": Sentence("the details"),
    "harm": Sentence("the do-no-harm statement"),
    "figure": Sentence("figure of the case"),
    # What a proposal says of a figure.
    "number": Sentence("Number"),
    "counts": Sentence("What is counted"),
    "source": Sentence("Source"),
    "as of": Sentence("Date"),
}

# A change that waits for someone else, by the view whose form it is.
_HELD = {
    "cases.add_part": Sentence("something new about the case"),
    "cases.change_part": Sentence("a fact of the case"),
    "cases.remove_part": Sentence("a fact of the case, removed"),
    "cases.add_figure": Sentence("a new figure of the case"),
    "cases.add_figures": Sentence("new figures of the case"),
    "cases.correct": Sentence("a figure of the case"),
    "cases.quote": Sentence("the figure that is quoted"),
    "cases.remove_figure": Sentence("a figure of the case, removed"),
    "cases.where": Sentence("country and place of the case"),
    "cases.picture": Sentence("the picture of the case"),
    "cases.remove_picture": Sentence("the picture of the case, removed"),
    "recipients.add": Sentence("an official of the action"),
    "recipients.change": Sentence("the officials of the action"),
    "recipients.succeed": Sentence("a successor in office"),
    "actions.particulars": Sentence("the details"),
    "actions.adopt": Sentence("facts from a bulletin"),
    "life.extend": Sentence("the deadline"),
    "life.conclude": Sentence("the outcome"),
    "life.close": Sentence("closing"),
    "officials.edit": Sentence("an official’s entry"),
    "officials.merge": Sentence("two entries of one official"),
    "officials.bring_in": Sentence("a file of officials"),
    "deliveries.reply": Sentence("an official’s reply"),
}


def part_called(part: str) -> str:
    """A part of an action by the word that is kept of it: "whole", "text:en", "letter:ur:3", "summary"."""
    kind, _, rest = part.partition(":")
    tag, _, official = rest.partition(":")
    if kind == "held":
        return _HELD[tag]
    if kind == "text" and tag:
        return Sentence("the text in %(language)s", language=partial(language_name, tag))
    if kind == "letter" and tag and official not in {"", "0"}:
        return Sentence("a separate letter in %(language)s", language=partial(language_name, tag))
    if kind == "letter" and tag:
        return Sentence("the letter in %(language)s", language=partial(language_name, tag))
    return CALLED.get(kind) or _WHOLE.get(kind) or part


def as_list(parts: Iterable[object]) -> str:
    """Several things as the reader's language lists them; empty if there are none."""
    known = list(parts)
    return listed(known)(current()) if known else ""


def languages(tags: Iterable[str]) -> str:
    """Languages by their names, as the reader's language lists them."""
    return as_list(partial(language_name, tag) for tag in tags)
