"""Templates: what every page can say, and how it says dates, numbers and countries."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Flask, g, render_template, request, url_for
from jinja2 import StrictUndefined, pass_context
from jinja2.runtime import Context
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from campaign import channels, clock, fence, language
from campaign.language import LANGUAGES
from campaign.office import logo
from campaign.office.logo import Logo
from campaign.publication.figures import said
from campaign.sentences import in_language
from campaign.storage.outage import is_away
from campaign.storage.tables import Organisation
from campaign.web import not_translated
from campaign.web.app_state import door
from campaign.web.assets import asset
from campaign.web.locales import current
from campaign.web.security_headers import is_linked

# Endpoints by the names that templates use.
_ENDPOINTS = {
    "index": "pages.index",
    "closed": "pages.closed",
    "picture": "picture.file",
    "logo": "logo.picture",
    "action": "pages.action",
    "privacy": "pages.privacy",
    "sign": "signing.sign",
    "confirm": "confirming.ask",
    "mine": "mine.show",
    "mine_data": "mine.data",
    "mine_proof": "mine.proof",
    "mine_erase": "mine.erase",
    "unsubscribe": "mine.ask_to_stop",
    "join": "network.ask",
    "one_step": "by_mail.ask",
    "undo": "by_mail.ask_to_undo",
    "message": "mine.message",
    "member": "network.show",
    "leave_network": "network.ask_to_leave",
    "letter": "prints.letter",
    "envelope": "prints.envelope",
    "bulletin": "prints.bulletin",
    "write": "writing.write",
    "call": "calling.call",
    "reasons": "pages.why_people_sign",
    "sent": "writing.sent",
    "let_us_send": "sending.write",
    "sending": "sending.shown",
    "answer": "answering.ask",
    "shared": "pages.action_in_any_language",
    "share_image": "sharing.image",
    "poster": "sharing.poster",
    "signature_sheet": "sheets.sheet",
    "calendar": "feeds.deadline",
    "feed": "feeds.actions",
    "action_feed": "feeds.action",
    "verify": "verifying.verify",
    "reply": "handing.reply",
    "mailbox": "demo.mailbox",
    "mail": "demo.mail",
}

# What answers a form whose page has the same token -> that page.
_ASKED_ON = {
    "mine.change": "mine",
    "mine.erase": "mine",
    "mine.stop": "unsubscribe",
    "mine.one_click": "message",
    "by_mail.sign": "one_step",
    "by_mail.undo": "undo",
    "network.change": "member",
    "network.leave": "leave_network",
    "sending.keep": "let_us_send",
    "sending.answer": "mine",
    "answering.tell": "answer",
}


@dataclass(frozen=True)
class Office:
    """The organisation, as pages show it."""

    name: str
    contact_email: str
    postal_address: tuple[str, ...]
    retention_days: int
    volume_days: int
    leave_url: str  # where "leave quickly" leads
    posting_days: Mapping[str, int]  # by country, where the office knows better than the defaults
    logo: Logo | None = None
    goal_moves: bool = True


def install(app: Flask) -> None:
    """Set up Jinja: strict, autoescaping, in the language of the request."""
    environment = app.jinja_env
    environment.undefined = StrictUndefined
    environment.trim_blocks = environment.lstrip_blocks = True
    environment.finalize = lambda value: in_language(value, current())
    environment.add_extension("jinja2.ext.i18n")
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        lambda sentence: language.translations(current()).gettext(sentence),
        lambda one, many, n: language.translations(current()).ngettext(one, many, n),
        newstyle=True,
    )
    environment.filters.update(
        day=_as_read(language.day),
        local_day=clock.local_day,
        fenced=fence.fenced,
        passage=fence.passage,
        day_short=_as_read(lambda value, locale: language.day(value, locale, "short")),
        day_medium=_as_read(lambda value, locale: language.day(value, locale, "medium")),
        number=_as_read(language.number),
        country=_as_read(language.country_name),
        language_name=_as_read(language.language_name),
        moment=_as_read(language.moment),
        weekday=_as_read(language.weekday),
        time_of_day=_as_read(language.time_of_day),
        channel_label=channels.label,
        by_name=lambda codes: language.by_name(codes, current()),
    )
    environment.globals.update(url=url, asset=asset, direction=language.direction)

    @app.context_processor
    def every_page() -> dict[str, Any]:
        locale = current()
        return {
            "locale": locale,
            "dir": language.direction(locale),
            "languages": [(it, _this_page_in(it.tag)) for it in LANGUAGES.values()],
            "organisation": office(locale),
            "leave_for": office(locale).leave_url,
            "demo": door().settings.demo,
            "is_linked": is_linked(request.path),
            "base_url": door().settings.base_url,
        }


def _as_read(write: Callable[..., str]) -> Callable[..., str]:
    """A filter that writes a value as the reader's language does.

    It takes the context, and uses nothing of it, so that Jinja does not fold `{{ 2000|number }}` into the template:
    whoever read the page first would have chosen the digits for all.
    """

    @pass_context
    def filtered(_context: Context, value: Any, *more: Any) -> str:
        return write(value, current(), *more)

    return filtered


def page(template: str, **values: Any) -> str:
    """Render a page of the product."""
    return not_translated.marked(render_template(template, **values))


def office(locale: str) -> Office:
    """The organisation of this installation, read once a request."""
    if "organisation" not in g:
        g.organisation = _organisation()
    found: Organisation | None = g.organisation
    if found is None:  # an error page must come out even where `campaign init` never ran
        return Office("Campaign", "", (), 0, 0, "https://www.wikipedia.org/", {})
    return Office(
        said(found.name, locale),
        found.contact_email,
        tuple(found.postal_address),
        found.retention_days,
        found.volume_days,
        found.leave_url.replace("{locale}", locale),
        {country: int(days) for country, days in found.posting_days.items()},
        logo.of(found.logo),
        found.goal_moves,
    )


def use_office(organisation: Organisation) -> None:
    """Let this request take the organisation as it is given, and not read it: of a crowd's answers each would."""
    g.organisation = organisation


def _organisation() -> Organisation | None:
    """The organisation as it is; as it was, while the database is away: the page that says so has a head too."""
    remembered = door().remembered
    try:
        with door().storage.reading() as session:
            remembered["organisation"] = session.scalars(select(Organisation)).one_or_none()
    except DBAPIError as error:
        if not is_away(error):
            raise
    return remembered.get("organisation")


def url(endpoint: str, **values: Any) -> str:
    """The path of a page by its short name."""
    return url_for(_ENDPOINTS.get(endpoint, endpoint), **values)


def _this_page_in(locale: str) -> str:
    """This page in another language; where this answers a form, the page the form stands on; else the list."""
    values = request.view_args or {}
    # HEAD too: what it renders is kept for the next GET.
    if request.endpoint and "locale" in values and request.method in {"GET", "HEAD"}:
        return url_for(request.endpoint, **{**values, "locale": locale})
    if "token" in values:
        return url(_ASKED_ON.get(str(request.endpoint), "confirm"), locale=locale, token=values["token"])
    if "slug" in values:
        return url("action", locale=locale, slug=values["slug"])
    return url("index", locale=locale)
