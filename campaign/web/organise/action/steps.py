"""The next step of an action as a link, and what other rooms say of it: for the board and the action's own page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial

from flask import current_app
from sqlalchemy.orm import Session

from campaign.appeals.relay import queue_status
from campaign.appeals.signature_admin import screening
from campaign.cases import planned_updates
from campaign.delivery import overdue
from campaign.delivery.overdue import Lacks
from campaign.language import ORIGINAL
from campaign.office.next_steps import SAID, Flag, Need, Step
from campaign.office.permissions import Permission
from campaign.publication import posting_days
from campaign.sentences import Sentence, in_language, joined
from campaign.web.app_state import door
from campaign.web.organise.account.authorisation import allowed
from campaign.web.rendering import office, url

# Where a step is taken: the page it opens, what that page needs. Who may not take the step looks instead.
STEPS: dict[Step, tuple[str, Permission]] = {
    Step.MOVE_DEADLINE: ("actions.show", Permission.EDIT),
    Step.FINISH: ("texts.show", Permission.EDIT),
    Step.STATEMENT: ("actions.particulars", Permission.EDIT),
    Step.SUBMIT: ("review.show", Permission.EDIT),
    Step.REVIEW: ("review.show", Permission.REVIEW),
    Step.AWAIT: ("review.show", Permission.READ),
    Step.PUBLISH: ("review.show", Permission.PUBLISH),
    Step.OPENS: ("review.show", Permission.READ),
    Step.EXTEND: ("life.show", Permission.PUBLISH),
    Step.TRANSLATE: ("texts.show", Permission.EDIT),
    Step.FIGURES: ("cases.show", Permission.EDIT),
    Step.OFFICIALS: ("recipients.show", Permission.EDIT),
    Step.SIGNATURES: ("signatures.show", Permission.READ),
    Step.LOOK: ("actions.show", Permission.READ),
    Step.DISPATCH: ("dossiers.index", Permission.DELIVER),
    Step.RECEIPT: ("dossiers.index", Permission.DELIVER),
    Step.ANSWER: ("dossiers.index", Permission.DELIVER),
    Step.LETTERS: ("letters.show", Permission.DELIVER),
    Step.UPDATES: ("updates.index", Permission.READ),
    Step.DOSSIER: ("dossiers.index", Permission.DELIVER),
    Step.OUTCOME: ("life.show", Permission.PUBLISH),
    Step.ARCHIVE: ("life.show", Permission.PUBLISH),
}
LACKING = {Lacks.DISPATCH: Need.DISPATCH, Lacks.RECEIPT: Need.RECEIPT, Lacks.ANSWER: Need.ANSWER}
SCREENED, SCREENED_EVERY = "campaign-screened", timedelta(minutes=1)


def step_at(step: Step, slug: str, case_slug: str) -> tuple[str, str]:
    """(what the button of a step says, where it leads): the action's own page where the step's page is not for them."""
    endpoint, permission = STEPS[step]
    if not allowed(permission):
        return SAID[Step.LOOK], url("actions.show", slug=slug)
    anchor = "harm" if step is Step.STATEMENT else None
    return SAID[step], url(endpoint, slug=case_slug if step is Step.FIGURES else slug, _anchor=anchor)


def told(session: Session, now: datetime) -> Mapping[int, list[Flag]]:
    """What screening and delivery say of actions, rooms that the board does not know, and which updates wait."""
    flags: dict[int, list[Flag]] = defaultdict(list)
    for action_id, words in _looks_false(session, now).items():
        flags[action_id].append(Flag(Need.SIGNING, _without_stop(words)))
    own = own_days()
    days = partial(posting_days.posting_days, settings=own)
    for action_id, lacking in overdue.flags(session, now, days).items():
        flags[action_id] += [Flag(LACKING[it.lacks], it.words, it.on) for it in lacking]
    for action_id, sentences in queue_status.flags(session, now, live=not door().settings.demo, own=own).items():
        flags[action_id] += [Flag(Need.QUEUE, _without_stop(it)) for it in sentences]
    for action_id, held_back in planned_updates.flags(session).items():
        flags[action_id] += held_back
    return flags


def _without_stop(sentence: str) -> Sentence:
    """A sentence without its full stop: a flag has none."""
    return joined([lambda locale: in_language(sentence, locale).rstrip(".۔")])


def own_days() -> dict[str, int]:
    """How long letters take to get to countries, as this office knows it."""
    return posting_days.own_days(door().settings.posting_days, office(ORIGINAL).posting_days)


def _looks_false(session: Session, now: datetime) -> Mapping[int, str]:
    """What screening says of each open action, worked out once a minute: it looks at signatures, and there are many."""
    kept: tuple[datetime, dict[int, str]] | None = current_app.extensions.get(SCREENED)
    if kept is None or not timedelta() <= now - kept[0] < SCREENED_EVERY:
        kept = current_app.extensions[SCREENED] = now, screening.suspicious(session, now)
    return kept[1]
