"""The reader's language: in the path where there is one, from `Accept-Language` only where there is none."""

from __future__ import annotations

from typing import Any

from flask import Flask, g, request
from werkzeug.routing import BaseConverter

from campaign.errors import CampaignError
from campaign.language import LANGUAGES, ORIGINAL, gettext
from campaign.sentences import Sentence, values_in


class LocaleConverter(BaseConverter):
    """Matches the languages of the interface and nothing else, so that `/xx/` is a page that does not exist."""

    regex = "|".join(LANGUAGES)


def install(app: Flask) -> None:
    """Teach the routes what a locale is, and set it before every request."""
    app.url_map.converters["locale"] = LocaleConverter

    @app.before_request
    def set_locale() -> None:
        values: dict[str, Any] = request.view_args or {}
        g.locale = values.get("locale") or from_path(request.path) or preferred()


def current() -> str:
    """The locale of this request."""
    return str(g.get("locale") or ORIGINAL)


def preferred() -> str:
    """The reader's first language that the interface speaks; `ur-PK` is Urdu."""
    wanted = (tag.partition("-")[0].lower() for tag, quality in request.accept_languages if quality > 0)
    return next((tag for tag in wanted if tag in LANGUAGES), ORIGINAL)


def from_path(path: str) -> str | None:
    """The locale of a path that no route knows: an error page answers in the language of its address."""
    first = path.split("/", 2)[1] if path.startswith("/") else ""
    return first if first in LANGUAGES else None


def _(sentence: str, **values: object) -> str:
    """A sentence in the language of this request."""
    return gettext(current(), sentence, **values)


def sentence_of(error: CampaignError) -> str:
    """The sentence of an exception in the language of this request."""
    if isinstance(error.sentence, Sentence):
        return error.sentence.inside(current())
    return _(error.sentence, **values_in(error.values, current()))
