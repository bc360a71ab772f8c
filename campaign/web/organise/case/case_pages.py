"""What the pages of a case share: their blueprint, the case they are about, and one way to show a form of facts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import available_timezones

from flask import Blueprint, flash, redirect, url_for
from jinja2 import pass_context
from jinja2.runtime import Context
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload
from werkzeug.wrappers import Response

from campaign.cases.evidence.facts import Facts
from campaign.cases.review import held
from campaign.language import countries
from campaign.publication.figures import said
from campaign.publication.slugs import case_named, known_case
from campaign.storage.tables import Action, ActionText, Case, Organisation
from campaign.web.app_state import door
from campaign.web.locales import current
from campaign.web.organise.case.fact_forms import FORMS, Kind, Typed, tags
from campaign.web.organise.two_people import Doing
from campaign.web.rendering import page

blueprint = Blueprint("cases", __name__, url_prefix="/cases")


@blueprint.app_template_filter("as_said")
@pass_context
def as_said(_context: Context, words: Mapping[str, str]) -> str:
    """Words in the reader's language, else in English, else in any there are."""
    return said(words, current())


def named(case: Case) -> str:
    """A case's name for people: its slug as words, its country spelt as countries are."""
    return case_named(case.slug, case.country)


def case_read(session: Session, slug: str) -> Case:
    """The case of a slug with its subjects, events and sources. Raises `Unknown` if there is none."""
    found = session.scalars(
        select(Case)
        .where(Case.slug == slug)
        .options(selectinload(Case.subjects), selectinload(Case.events), selectinload(Case.sources))
    ).one_or_none()
    return known_case(found, slug)


def stale_days(session: Session) -> int:
    """After how many days a figure is stale, as this office has it."""
    return session.scalar(select(Organisation.stale_days)) or 90


def asked_page(
    template: str,
    facts_type: type[Facts],
    typed: Typed,
    faults: Mapping[str, str],
    case: Case | None = None,
    **values: Any,
) -> str:
    """A form for facts with what was typed in it, and each fault beside its field."""
    asked = FORMS[facts_type]
    with door().storage.reading() as session:
        organisation = session.scalars(select(Organisation.languages)).one_or_none() or []
        texts: list[str] = []
        if case is not None:
            of_case = select(Action.id).where(Action.case_id == case.id)
            texts = list(session.scalars(select(ActionText.locale).where(ActionText.action_id.in_(of_case))))
    typed_in = [name.rpartition("-")[2] for name in typed if "-" in name]
    sources = [(it.id, said(it.publisher, current()), said(it.title, current())) for it in case.sources] if case else []
    return page(
        template,
        asked=asked,
        typed=typed,
        faults=faults,
        tags=tags(organisation, texts, typed_in),
        case=case,
        case_title=named(case) if case else None,
        sources=sources,
        countries=countries(current()),
        zones=sorted(available_timezones()) if any(it.kind is Kind.ZONE for it in asked) else (),
        **values,
    )


def of_case(case: Case, change: held.Change) -> Doing:
    """A change that the pages of the case's actions could show."""
    return Doing(change, lambda session: held.of_case(session, case.id))


def answered(sentence: str, slug: str, where: str | None = None) -> Response:
    """Back to the case after something was done."""
    flash(sentence)
    return redirect(url_for("cases.show", slug=slug, _anchor=where))
