"""Reading: the list of actions, an action, its count, what is kept about people."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Hashable, Mapping

from flask import Blueprint, Response, jsonify, redirect, request
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from campaign import clock, language
from campaign.appeals.counting import letter_reports, tallies
from campaign.appeals.paper import sheets
from campaign.appeals.signing import consent, names, visits
from campaign.appeals.supporter import reasons
from campaign.delivery import public_view
from campaign.errors import Unknown
from campaign.language import LANGUAGES
from campaign.publication import searching, signed_texts
from campaign.publication.listing import count_past, open_actions, past_actions
from campaign.publication.reading import PUBLIC, published
from campaign.publication.stopping import stopped
from campaign.publication.values import ListedAction, PublicAction
from campaign.storage.tables import Action
from campaign.vocabulary import ActionStatus, Theme
from campaign.web import cache, locales, numbers
from campaign.web.app_state import door
from campaign.web.compression import Common, answer
from campaign.web.public import view_models
from campaign.web.public.via import FIELD, tagged
from campaign.web.rendering import page, url

blueprint = Blueprint("pages", __name__)

# How many closed actions the list of open ones names.
LATEST = 3


@blueprint.get("/<locale:locale>/")
def index(locale: str) -> Response:
    """Open actions by deadline; what is looked for stands in the address."""
    return _listed(locale, "public/index.html", open_actions)


@blueprint.get("/<locale:locale>/closed")
def closed(locale: str) -> Response:
    """Actions that are closed, the latest first, each with what came of it."""
    return _listed(locale, "public/closed.html", past_actions)


def _listed(locale: str, template: str, read: Callable[[Session, str], tuple[ListedAction, ...]]) -> Response:
    wanted, number = _wanted(), request.args.get("page", 1, type=int)

    def render() -> str:
        now = clock.now()
        with door().storage.reading() as session:
            actions = read(session, locale)
            # Past its deadline an action may still stand open for some minutes, until the job closes it.
            over = [it for it in open_actions(session, locale) if view_models.row(it, now).strip.days_left < 0]
            past, past_total = (*over, *past_actions(session, locale, LATEST)), len(over) + count_past(session)
        actions = tuple(it for it in actions if it not in over) if read is open_actions else (*over, *actions)
        found = searching.find(actions, wanted, now.date(), number)
        return page(
            template,
            rows=[view_models.row(it, now) for it in found.actions],
            found=found,
            wanted=wanted,
            countries=sorted(
                ((code, language.country_name(code, locale)) for code in searching.countries_of(actions)),
                key=lambda it: it[1],
            ),
            themes=searching.themes_of(actions),
            tongues=searching.languages_of(actions),
            any_there=bool(actions),
            past=[view_models.row(it, now) for it in past[:LATEST]],
            past_total=past_total,
        )

    return cached((template, locale, wanted, number), render)


def _wanted() -> searching.Wanted:
    """What is looked for, as far as it can be: anything else in an address is nothing."""
    asked = {name: request.args.get(name, "").strip() for name in ("q", "country", "theme", "language", "deadline")}
    return searching.Wanted(
        words=" ".join(asked["q"].split())[:80],
        country=asked["country"].upper() if asked["country"].isalpha() and len(asked["country"]) == 2 else "",
        theme=asked["theme"] if asked["theme"] in {*Theme} else "",
        language=asked["language"] if asked["language"] in LANGUAGES else "",
        within=next((days for days in searching.DAYS if asked["deadline"] == str(days)), None),
    )


@blueprint.get("/<locale:locale>/actions/<slug>")
def action(locale: str, slug: str) -> Response:
    """One action. The same bytes for everyone who asks within a few seconds, the form's token included."""
    # Cut to what there may be: each other value would be a page of its own to render.
    wanted = tag if re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})?", tag := request.args.get("letter", "")) else ""
    official = request.args.get("official", type=numbers.official)
    via = visits.tag(request.args.get(FIELD))
    return cached(
        ("action", locale, slug, wanted, official),
        lambda: action_page(locale, slug, wanted, official),
        as_read=(lambda kept: tagged(kept, via)) if via else None,
    )


def action_page(locale: str, slug: str, wanted: str | None = None, official: int | None = None) -> str:
    """The page of an action in its state: open, over or stopped."""
    now = clock.now()
    with door().storage.reading() as session:
        shown = view_models.as_read(published(session, slug, locale), locale)
        if stopped(shown):
            return page("public/stopped.html", action=shown)
        tally, signing = tallies.counted(session, shown.id, shown.goal, now), shown.takes_signatures(now)
        form = _form(session, shown, locale) if signing else None
        return page(
            "public/action.html",
            action=shown,
            strip=shown.strip(now),
            tally=tally,
            goal=view_models.goal_of(tally.count, shown.goal, signing),
            by_country=tallies.public_countries(session, shown.id, view_models.TOP_COUNTRIES),
            letters=letter_reports.by_channel(session, shown.id),
            on_paper=sheets.counted(session, shown.id),
            deliveries=public_view.public(session, shown.id),
            names=names.latest(session, door().storage.vault, shown.id),
            reasons=reasons.shown(session, door().storage.vault, shown, most=reasons.GLIMPSE, now=now),
            form=form,
            letter=view_models.letter_view(shown, locale, wanted, official, form.token if form else ""),
        )


@blueprint.get("/<locale:locale>/actions/<slug>/reasons")
def why_people_sign(locale: str, slug: str) -> Response:
    """Messages that their writers let everyone read, the newest first."""
    number = min(max(request.args.get("page", 1, type=numbers.whole) or 1, 1), reasons.LAST_PAGE)

    def render() -> str:
        now = clock.now()
        with door().storage.reading() as session:
            shown = published(session, slug, locale)
            if stopped(shown):
                return page("public/stopped.html", action=shown)
            found = reasons.shown(session, door().storage.vault, shown, number, now=now)
        return page("public/reasons.html", action=shown, reasons=found, signing=shown.takes_signatures(now))

    return cached(("reasons", locale, slug, number), render)


def refused_form(locale: str, slug: str, values: Mapping[str, object], errors: Mapping[str, str]) -> str:
    """A form that was refused, alone, with what was typed: nothing is lost, and nothing is to be scrolled past."""
    with door().storage.reading() as session:
        shown = view_models.as_read(published(session, slug, locale), locale)
        form = _form(session, shown, locale, values, errors)
    return page("public/sign_again.html", action=shown, form=form)


def _form(
    session: Session,
    shown: PublicAction,
    locale: str,
    values: Mapping[str, object] | None = None,
    errors: Mapping[str, str] | None = None,
) -> view_models.SigningForm:
    told = consent.current(session, locale).text
    text = signed_texts.newest(session, shown.id)
    token = str((values or {}).get("token") or "") or door().links.form(shown.slug, text.version if text else None)
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
            select(Action.id, Action.goal, Action.status).where(Action.slug == slug, Action.status.in_(PUBLIC))
        ).one_or_none()
        if found is None:
            raise Unknown("There is no action at this address.")
        tally = tallies.counted(session, found.id, found.goal, now)
        goal = view_models.goal_of(tally.count, tally.goal, found.status is ActionStatus.OPEN)
    response = jsonify(
        count=tally.count,
        countries=tally.countries,
        goal=goal.target if goal else None,
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
    via = visits.tag(request.args.get(FIELD))
    return _chosen(url("action", locale=locales.preferred(), slug=slug, **({FIELD: via} if via else {})))


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
    as_read: Callable[[Common], Common] | None = None,
) -> Response:
    """A public page: from the cache of this process, compressed, with an ETag, open to every cache on the way.

    `as_read` makes of what is kept for everyone what this reader gets.
    """

    def made() -> tuple[bytes, str]:
        body = render().encode()
        return body, hashlib.blake2s(body, digest_size=12).hexdigest()

    kept = door().cache.page(key, made)
    found = as_read(kept) if as_read is not None else kept
    return answer(found, content_type, f"public, max-age={seconds}", kept.fresh_until)
