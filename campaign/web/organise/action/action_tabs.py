"""The two things that pages of organisers hang on: an action and a case, each with its tabs."""

from __future__ import annotations

from typing import Any

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from campaign.language import ORIGINAL
from campaign.office.permissions import Permission
from campaign.publication.slugs import known_action, known_case
from campaign.publication.values import Spoken
from campaign.sentences import Sentence
from campaign.storage.tables import Action, Case
from campaign.web.app_state import door
from campaign.web.locales import current
from campaign.web.organise.account.authorisation import allowed
from campaign.web.rendering import page

# The tabs of an action: title, endpoint, what it needs. Each endpoint takes the action's slug.
ACTION_TABS = (
    (Sentence("Overview"), "actions.show", Permission.READ),
    (Sentence("Texts"), "texts.show", Permission.READ),
    (Sentence("Officials"), "recipients.show", Permission.READ),
    (Sentence("Sample letters"), "model_letters.show", Permission.READ),
    (Sentence("Checks and review"), "review.show", Permission.READ),
    (Sentence("Signatures"), "signatures.show", Permission.READ),
    (Sentence("On paper"), "paper.show", Permission.READ),
    (Sentence("Updates"), "updates.index", Permission.READ),
    (Sentence("Letters"), "letters.show", Permission.READ),
    (Sentence("Delivery"), "dossiers.index", Permission.READ),
    (Sentence("Statistics"), "statistics.show", Permission.READ),
    (Sentence("History"), "trail.of_action", Permission.READ),
)


def action_named(session: Session, slug: str) -> Action:
    """The action of a slug with its case, texts, recipients and letters. Raises `Unknown` if there is none."""
    found = session.scalars(
        select(Action)
        .where(Action.slug == slug)
        .options(
            joinedload(Action.case).selectinload(Case.figures),
            selectinload(Action.texts),
            selectinload(Action.recipients),
            selectinload(Action.letters),
        )
    ).one_or_none()
    return known_action(found, slug)


def case_named(session: Session, slug: str) -> Case:
    """The case of a slug. Raises `Unknown` if there is none."""
    found = session.scalars(select(Case).where(Case.slug == slug)).one_or_none()
    return known_case(found, slug)


def title_of(action: Action) -> Spoken:
    """What an action is called at the office, and in which language: its title in the reader's, else in the original
    language, or its slug."""
    titles = {it.locale: it.title for it in action.texts if it.title}
    tag = next((it for it in (current(), action.original_locale) if it in titles), None)
    return Spoken(titles[tag], tag) if tag is not None else Spoken(action.slug, ORIGINAL)


def action_page(template: str, action: Action, tab: str, **values: Any) -> str:
    """A page of one action, under its head and tabs; `tab` is the endpoint of the one that is open."""
    tabs = [
        (title, endpoint)
        for title, endpoint, permission in ACTION_TABS
        if endpoint in current_app.view_functions and allowed(permission)
    ]
    return page(template, action=action, heading=title_of(action), tabs=tabs, tab=tab, **values)


def read_action(slug: str) -> Action:
    """An action outside of any transaction, for a page that only shows it."""
    with door().storage.reading() as session:
        return action_named(session, slug)
