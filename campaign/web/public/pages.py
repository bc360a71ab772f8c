"""Reading: the list of actions, an action, its count, what is kept about people."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Hashable, Mapping

from flask import Blueprint, Response, jsonify, redirect, request
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from campaign import clock
from campaign.appeals.counting import letter_reports, tallies
from campaign.appeals.paper import sheets
from campaign.appeals.signing import consent, names
from campaign.delivery import public_view
from campaign.errors import Unknown
from campaign.publication import signed_texts
from campaign.publication.reading import PUBLIC, open_actions, past_actions, published
from campaign.publication.stopping import stopped
from campaign.publication.values import PublicAction
from campaign.storage.tables import Action
from campaign.web import cache, locales
from campaign.web.app_state import door
from campaign.web.compression import answer
from campaign.web.public import view_models
from campaign.web.rendering import page, url

blueprint = Blueprint("pages", __name__)


@blueprint.get("/<locale:locale>/")
def index(locale: str) -> Response:
    """Open actions by deadline, and those that are over."""

    def render() -> str:
        now = clock.now()
        with door().storage.reading() as session:
            rows = [view_models.row(it, now) for it in open_actions(session, locale)]
            past = [view_models.row(it, now) for it in past_actions(session, locale)]
        return page(
            "public/index.html",
            rows=[it for it in rows if it.strip.days_left >= 0],
            past=[*(it for it in rows if it.strip.days_left < 0), *past],
        )

    return cached(("index", locale), render)


@blueprint.get("/<locale:locale>/actions/<slug>")
def action(locale: str, slug: str) -> Response:
    """One action. The same bytes for everyone who asks within a few seconds, the form's token included."""
    wanted = request.args.get("letter", "")[:16]
    official = request.args.get("official", type=int)
    return cached(("action", locale, slug, wanted, official), lambda: action_page(locale, slug, wanted, official))


def action_page(
    locale: str,
    slug: str,
    wanted: str | None = None,
    official: int | None = None,
    values: Mapping[str, object] | None = None,
    errors: Mapping[str, str] | None = None,
) -> str:
    """The page of an action in its state: open, over or stopped; with a refused form's values and errors."""
    now = clock.now()
    with door().storage.reading() as session:
        shown = view_models.as_read(published(session, slug, locale), locale)
        if stopped(shown):
            return page("public/stopped.html", action=shown)
        return page(
            "public/action.html",
            action=shown,
            strip=shown.strip(now),
            tally=tallies.counted(session, shown.id, shown.goal, now),
            by_country=tallies.by_country(session, shown.id, view_models.TOP_COUNTRIES),
            letters=letter_reports.by_channel(session, shown.id),
            on_paper=sheets.counted(session, shown.id),
            deliveries=public_view.public(session, shown.id),
            names=names.latest(session, door().storage.vault, shown.id),
            form=_form(session, shown, locale, values, errors) if shown.takes_signatures(now) else None,
            letter=view_models.letter_view(shown, locale, wanted, official),
        )


def _form(
    session: Session,
    shown: PublicAction,
    locale: str,
    values: Mapping[str, object] | None,
    errors: Mapping[str, str] | None,
) -> view_models.SigningForm:
    told = consent.current(session, locale).text
    text = signed_texts.newest(session, shown.id)
    token = door().links.form(shown.slug, text.version if text else None)
    return view_models.signing_form(shown, locale, token, told, values, errors)


@blueprint.get("/<locale:locale>/privacy")
def privacy(locale: str) -> Response:
    """What is kept, and for how long: from the settings that the purge itself reads."""
    return cached(("privacy", locale), lambda: page("public/privacy.html", kept=view_models.KEPT))


@blueprint.get("/actions/<slug>/count.json")
def count(slug: str) -> Response:
    """`{"count", "countries", "goal", "as_of"}`."""
    now = clock.now()
    with door().storage.reading() as session:
        found = session.execute(
            select(Action.id, Action.goal).where(Action.slug == slug, Action.status.in_(PUBLIC))
        ).one_or_none()
        if found is None:
            raise Unknown("There is no action at this address.")
        tally = tallies.counted(session, found.id, found.goal, now)
    response = jsonify(
        count=tally.count,
        countries=tally.countries,
        goal=tally.goal,
        as_of=tally.as_of.isoformat(timespec="seconds").replace("+00:00", "Z"),
    )
    response.headers["Cache-Control"] = f"public, max-age={cache.SECONDS}"
    return response


@blueprint.get("/")
def home() -> AnyResponse:
    """The list, in the reader's language."""
    return _chosen(url("index", locale=locales.preferred()))


@blueprint.get("/actions/<slug>")
def action_in_any_language(slug: str) -> AnyResponse:
    """A shared link without a language: the reader's own decides."""
    return _chosen(url("action", locale=locales.preferred(), slug=slug))


def _chosen(there: str) -> AnyResponse:
    response = redirect(there, 302)
    response.headers["Cache-Control"] = "public, max-age=300"
    response.headers["Vary"] = "Accept-Language"
    return response


def cached(
    key: Hashable,
    render: Callable[[], str],
    content_type: str = "text/html; charset=utf-8",
    seconds: int = cache.SECONDS,
) -> Response:
    """A public page: from the cache of this process, compressed, with an ETag, open to every cache on the way."""

    def made() -> tuple[bytes, str]:
        body = render().encode()
        return body, hashlib.blake2s(body, digest_size=12).hexdigest()

    return answer(door().cache.page(key, made), content_type, f"public, max-age={seconds}")
