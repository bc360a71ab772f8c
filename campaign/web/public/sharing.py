"""Passing an action on: links to the places where people talk, the picture beside a link, the poster for a wall."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from flask import Blueprint, Flask, Response, make_response, request

from campaign import clock, language
from campaign.appeals.letters import channels
from campaign.errors import Gone, Refused, Why
from campaign.printing.sheets.poster import PosterSheet, poster_pdf
from campaign.printing.sheets.share_image import ShareSheet, share_image
from campaign.publication.best_way import Advice, NextStep, advice_of, step_of
from campaign.publication.pictures import PHONE_WIDTHS, WIDTHS
from campaign.publication.posting_days import own_days
from campaign.publication.reading import published
from campaign.publication.values import PublicAction, PublicPicture
from campaign.vocabulary import Paper
from campaign.web.app_state import door
from campaign.web.cache import CachedPage
from campaign.web.compression import keep_ready
from campaign.web.locales import _, current
from campaign.web.public.prints import FRESH, screen_layout, writable
from campaign.web.rendering import office, url

blueprint = Blueprint("sharing", __name__)


@dataclass(frozen=True)
class Sharing:
    """What passes an action on. `address` has no language: each reader's own decides. `ways` are (name, link).

    `timely` says that whoever is told now can still sign.
    """

    address: str
    text: str
    ways: tuple[tuple[str, str], ...]
    timely: bool


def install(app: Flask) -> None:
    """Let templates ask how an action is passed on, and in which order a letter is sent."""
    app.jinja_env.globals.update(
        sharing=sharing, advice=advice, best_ways=channels.best_ways, picture_widths=picture_widths
    )


def picture_widths(picture: PublicPicture, phone: bool = False) -> tuple[int, ...]:
    """The widths in which there are files of a picture, the smallest first; for a phone those that weigh little."""
    return tuple(width for width in (PHONE_WIDTHS if phone else WIDTHS) if width <= picture.width)


def sharing(action: PublicAction) -> Sharing:
    """How to pass an action on. The links only lead somewhere when they are followed: nothing is loaded from there."""
    address = shared_address(action.slug)
    text = action.title
    if action.deadline is not None:
        until = language.day(action.deadline, current())
        text = _("%(title)s. Deadline: %(day)s.", title=action.title, day=until)
    both = quote(f"{text} {address}", safe="")
    said, there = quote(text, safe=""), quote(address, safe="")
    ways = (
        ("WhatsApp", f"https://wa.me/?text={both}"),
        ("Telegram", f"https://t.me/share/url?url={there}&text={said}"),
        ("X", f"https://x.com/intent/post?text={said}&url={there}"),
        ("Bluesky", f"https://bsky.app/intent/compose?text={both}"),
        (_("E-mail"), f"mailto:?subject={quote(action.title, safe='')}&body={said}%0D%0A%0D%0A{there}"),
    )
    return Sharing(address, text, ways, action.takes_signatures(clock.now()))


def advice(action: PublicAction) -> Advice:
    """The best way to write now, as every page says it."""
    own = own_days(door().settings.posting_days, office(action.locale).posting_days)
    return advice_of(action, clock.local_day(clock.now(), action.time_zone), own)


def step_after_signing(action: PublicAction, unnamed: bool) -> NextStep:
    """What a person is asked for once they have signed, as the thanks page says it."""
    own = own_days(door().settings.posting_days, office(action.locale).posting_days)
    return step_of(action, clock.local_day(clock.now(), action.time_zone), own, unnamed=unnamed)


def shared_address(slug: str) -> str:
    """The address to pass on: absolute, and in no language."""
    return door().settings.base_url + url("shared", slug=slug)


@blueprint.get("/<locale:locale>/actions/<slug>/share.png")
def image(locale: str, slug: str) -> Response:
    """The share image: 1200 by 630, in the language of the action's text, with the strip of today."""

    def draw() -> tuple[bytes, str]:
        action = in_one_language(slug, locale)
        strip = action.strip(clock.now())
        if strip is None:
            raise AssertionError("a public action without dates")
        sheet = ShareSheet(
            locale=action.locale,
            organisation=office(action.locale).name,
            title=action.title,
            country=language.country_name(action.country, action.locale),
            number=action.number,
            strip=strip,
        )
        return door().prints.kept(slug, share_image, sheet), ""

    return _file(door().cache.page(("share image", locale, slug), draw), "image/png", f"{slug}-{locale}.png")


@blueprint.get("/<locale:locale>/actions/<slug>/poster.pdf")
def poster(locale: str, slug: str) -> Response:
    """The poster, while there is time to act; `paper` chooses a4 or letter."""
    try:
        paper = Paper(request.args.get("paper", Paper.A4).lower())
    except ValueError as error:
        raise Refused("Choose the paper size a4 or letter.") from error

    def draw() -> tuple[bytes, str]:
        action = in_one_language(slug, locale)
        if action.deadline is None or not action.takes_signatures(clock.now()):
            raise Gone(
                "The deadline has passed. There is no poster any more, because letters would come too late.", Why.LATE
            )
        asked = action.asked[0] if action.asked else None
        comma = language.gettext(action.locale, ", ")
        sheet = PosterSheet(
            locale=action.locale,
            organisation=office(action.locale).name,
            title=action.title,
            country=language.country_name(action.country, action.locale),
            number=action.number,
            deadline=action.deadline,
            place=action.place,
            asked=comma.join(filter(None, (asked.name, asked.office or asked.title))) if asked else None,
            demand=action.demands[0] if action.demands else None,
            url=shared_address(slug),
        )
        return door().prints.kept(slug, poster_pdf, sheet, paper, before=screen_layout), ""

    made = door().cache.page(("poster", locale, slug, paper.value), draw)
    return _file(made, "application/pdf", f"{slug}-poster-{locale}.pdf")


def in_one_language(slug: str, locale: str) -> PublicAction:
    """An action for passing on, all of it in the language of its text. Raises `Gone` for a stopped one."""
    return writable(shown_in_one_language(slug, locale))


def shown_in_one_language(slug: str, locale: str) -> PublicAction:
    """A public action, also a stopped one, all of it in the language of its text."""
    with door().storage.reading() as session:
        action = published(session, slug, locale)
        if action.locale != locale:  # labels of its own language beside captions of the reader's would be neither
            action = published(session, slug, action.locale)
    return action


def _file(kept: CachedPage, content_type: str, name: str) -> Response:
    keep_ready(kept.fresh_until)
    response = make_response(kept.body)
    response.headers["Content-Type"] = content_type
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    response.headers["Cache-Control"] = f"public, max-age={FRESH}"
    return response
