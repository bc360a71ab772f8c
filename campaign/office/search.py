"""The one search of the office: what each role may find, and what of it a list of results says."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaign.language import ORIGINAL, country_name, fallback
from campaign.office.audit_values import STATES
from campaign.office.permissions import Permission, may
from campaign.publication.figures import said
from campaign.publication.slugs import case_named
from campaign.sentences import Sentence, content, counted, joined
from campaign.storage import sight
from campaign.storage.search import Hit, Kind, find
from campaign.storage.tables import Action, ActionText, Case, Delivery, Dossier, Official, Source
from campaign.vocabulary import ActionStatus, DeliveryChannel, DeliveryStatus, Role

# Who may see what is found: the permission of the page that a result leads to.
SEES: dict[Kind, Permission] = {
    Kind.ACTION: Permission.READ,
    Kind.CASE: Permission.READ,
    Kind.OFFICIAL: Permission.READ,
    Kind.SOURCE: Permission.READ,
    Kind.DELIVERY: Permission.READ,
}

# A list is narrowed down to no more than this.
MOST = 5_000


@dataclass(frozen=True)
class Result:
    """One line of what was found. `locale` is the language of its title; `slug` that of its action, or else its case.

    `facts` are plain words about it: number, state, day, place.
    """

    kind: Kind
    id: int
    title: str
    locale: str
    slug: str | None
    facts: tuple[str, ...]


@dataclass(frozen=True)
class Results:
    """What was found of one kind; `total` counts what this page of it does not show, too."""

    kind: Kind
    results: tuple[Result, ...]
    total: int


def sees(role: Role) -> tuple[Kind, ...]:
    """What a role may find."""
    return tuple(kind for kind in Kind if may(role, SEES[kind]))


def search(
    session: Session, role: Role, sought: str, most: int, kind: Kind | None = None, page: int = 1
) -> list[Results]:
    """What holds all of the words and may be seen in this role: `most` of each kind, or a page of one kind."""
    kinds = [it for it in sees(role) if kind in (None, it)]
    hidden = sight.hidden(session).cases
    pages = find(session.connection(), sought, kinds, most, (max(page, 1) - 1) * most, hidden)
    return [
        Results(it.kind, tuple(told[hit.object_id] for hit in it.hits if hit.object_id in told), it.total)
        for it in pages
        for told in (_TOLD[it.kind](session, it.hits),)
    ]


def cases(session: Session, role: Role, sought: str) -> frozenset[int]:
    """The ids of the cases that hold all of the words, themselves or in one of their actions or sources."""
    kinds = [it for it in (Kind.CASE, Kind.ACTION, Kind.SOURCE) if it in sees(role)]
    found = find(session.connection(), sought, kinds, MOST, but=sight.hidden(session).cases)
    return frozenset(hit.case_id for it in found for hit in it.hits if hit.case_id is not None)


def _actions(session: Session, hits: Sequence[Hit]) -> dict[int, Result]:
    ids = [it.object_id for it in hits]
    rows = session.execute(select(Action, Case.country).join(Case, Case.id == Action.case_id).where(Action.id.in_(ids)))
    titles = _titles(session, ids)
    found = {}
    for action, country in rows.all():
        title, locale = _title(action, titles.get(action.id, {}))
        facts = (
            str(action.number or ""),
            STATES[action.status],
            Sentence("until %(day)s", day=action.deadline) if action.deadline else "",
            _country(country),
        )
        found[action.id] = Result(Kind.ACTION, action.id, title, locale, action.slug, tuple(filter(None, facts)))
    return found


def _cases(session: Session, hits: Sequence[Hit]) -> dict[int, Result]:
    ids = [it.object_id for it in hits]
    counts: dict[tuple[int, bool], int] = {}
    is_open = Action.status == ActionStatus.OPEN
    for case_id, open_, count in session.execute(
        select(Action.case_id, is_open, func.count()).where(Action.case_id.in_(ids)).group_by(Action.case_id, is_open)
    ):
        counts[case_id, bool(open_)] = count
    found = {}
    for it in session.scalars(select(Case).where(Case.id.in_(ids))):
        opened = counts.get((it.id, True), 0)
        all_of_it = opened + counts.get((it.id, False), 0)
        facts = (
            _country(it.country),
            counted("%(n)s action", "%(n)s actions", all_of_it),
            Sentence("%(n)s open", n=opened) if opened else "",
        )
        name = case_named(it.slug, it.country)
        found[it.id] = Result(Kind.CASE, it.id, name, ORIGINAL, it.slug, tuple(filter(None, facts)))
    return found


def _officials(session: Session, hits: Sequence[Hit]) -> dict[int, Result]:
    found = {}
    for it in session.scalars(select(Official).where(Official.id.in_([hit.object_id for hit in hits]))):
        office, cleared = _in_language(it.office), Sentence("approved for letters") if it.cleared_at else ""
        facts = (office if it.name else "", _country(it.country) if it.country else "", cleared)
        name = it.name or office or _in_language(it.title) or Sentence("official %(number)s", number=str(it.id))
        found[it.id] = Result(Kind.OFFICIAL, it.id, name, ORIGINAL, None, tuple(filter(None, facts)))
    return found


def _sources(session: Session, hits: Sequence[Hit]) -> dict[int, Result]:
    rows = session.execute(
        select(Source, Case.slug, Case.country)
        .join(Case, Case.id == Source.case_id)
        .where(Source.id.in_([hit.object_id for hit in hits]))
    )
    found = {}
    for it, slug, country in rows:
        title = ": ".join(filter(None, (said(it.publisher, ORIGINAL), said(it.title, ORIGINAL))))
        on = joined([it.published_on]) if it.published_on else it.published_about or ""
        facts = (on, Sentence("case: %(name)s", name=case_named(slug, country)))
        found[it.id] = Result(Kind.SOURCE, it.id, title or it.key, ORIGINAL, slug, tuple(filter(None, facts)))
    return found


def _deliveries(session: Session, hits: Sequence[Hit]) -> dict[int, Result]:
    rows = session.execute(
        select(Delivery, Dossier.code, Action, Official)
        .join(Dossier, Dossier.id == Delivery.dossier_id)
        .join(Action, Action.id == Dossier.action_id)
        .join(Official, Official.id == Dossier.official_id)
        .where(Delivery.id.in_([hit.object_id for hit in hits]))
    ).all()
    titles = _titles(session, [action.id for _, _, action, _ in rows])
    found = {}
    for it, code, action, official in rows:
        ended = it.ended_on or it.dispatched_on or it.planned_for
        facts = (
            _BY[it.channel],
            _ON[it.status].filled(day=ended),
            Sentence("action: %(title)s", title=_title(action, titles.get(action.id, {}))[0]),
        )
        title = Sentence("%(code)s to %(official)s", code=code, official=official.name or _in_language(official.office))
        found[it.id] = Result(Kind.DELIVERY, it.id, title, ORIGINAL, action.slug, facts)
    return found


_TOLD: dict[Kind, Callable[[Session, Sequence[Hit]], dict[int, Result]]] = {
    Kind.ACTION: _actions,
    Kind.CASE: _cases,
    Kind.OFFICIAL: _officials,
    Kind.SOURCE: _sources,
    Kind.DELIVERY: _deliveries,
}


def _titles(session: Session, action_ids: Sequence[int]) -> dict[int, dict[str, str]]:
    found: dict[int, dict[str, str]] = {}
    wanted = select(ActionText.action_id, ActionText.locale, ActionText.title)
    for action_id, locale, title in session.execute(wanted.where(ActionText.action_id.in_(action_ids))):
        if title:
            found.setdefault(action_id, {})[locale] = title
    return found


def _title(action: Action, titles: Mapping[str, str]) -> tuple[str, str]:
    """What an action is called at the office, and in which language that is."""
    locale = fallback(titles, action.original_locale, ORIGINAL)
    return (titles[locale], locale) if locale is not None else (action.slug, ORIGINAL)


def _country(code: str) -> Sentence:
    return joined([partial(country_name, code)])


def _in_language(text: Mapping[str, str]) -> Sentence:
    """What an official or an office is called, as the reader's language has it."""
    return content(partial(said, text))


_BY: dict[DeliveryChannel, Sentence] = {
    DeliveryChannel.POST: Sentence("post"),
    DeliveryChannel.IN_PERSON: Sentence("in person"),
    DeliveryChannel.FAX: Sentence("fax"),
    DeliveryChannel.EMAIL: Sentence("email"),
}
_ON: dict[DeliveryStatus, Sentence] = {
    DeliveryStatus.PLANNED: Sentence("planned for %(day)s"),
    DeliveryStatus.DISPATCHED: Sentence("dispatched on %(day)s"),
    DeliveryStatus.DELIVERED: Sentence("delivered on %(day)s"),
    DeliveryStatus.RETURNED: Sentence("returned on %(day)s"),
    DeliveryStatus.REFUSED: Sentence("refused on %(day)s"),
    DeliveryStatus.FAILED: Sentence("failed on %(day)s"),
}
